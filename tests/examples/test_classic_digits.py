"""The digits example, rehearsed: pictures, run, curves, sheet, and a judge that can tell."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

pytest.importorskip("sklearn", reason="scikit-learn brings the digits; it is in the extra [dev]")

from examples import classic_digits as example
from examples.classic_digits import Judge, curves, digits, looks
from pleinair.training.journal import STATS
from tests.one_thread import one_thread

__all__ = ["one_thread"]


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(*digits())


def test_the_digits_are_enlarged_as_they_are() -> None:
    pictures, labels = digits()
    assert pictures.shape == (1797, 28, 28)
    assert pictures.dtype == np.uint8
    assert sorted(set(labels.tolist())) == list(range(10))
    small = np.asarray(Image.fromarray(pictures[0]).resize((8, 8), Image.Resampling.BOX), float)
    from sklearn.datasets import load_digits

    assert np.corrcoef(small.ravel(), load_digits().images[0].ravel())[0, 1] > 0.95


def test_the_judge_knows_digits_and_is_not_sure_of_everything(judge: Judge) -> None:
    assert judge.accuracy > 0.97
    assert 0.7 < judge.sure < 1
    pictures, labels = digits()
    verdict = judge.verdict(pictures[:100])
    assert verdict["sure"] > 0.7
    assert len(verdict["digits"]) == 10
    assert sum(verdict["digits"]) == round(100 * verdict["sure"])
    threes = judge.verdict(pictures[labels == 3][:50])
    assert threes["digits"].index(max(threes["digits"])) == 3
    noise = np.random.default_rng(0).integers(0, 256, (100, 28, 28), np.uint8)
    assert judge.verdict(noise)["sure"] < 0.5


def test_a_rehearsal_from_pictures_to_a_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures, labels = digits()
    monkeypatch.setattr(example, "digits", lambda: (pictures[:300], labels[:300]))
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    line = ["--tiny", "--epochs", "2", "--out", str(tmp_path)]
    assert example.main(line) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["epochs"], said["ended"], said["threads"]) == (2, "all pictures seen", 1)
    assert 0 <= said["sure"] <= 1
    assert said["met_at_epochs"] == []  # after two epochs of a toy
    assert len(list((tmp_path / "pictures").glob("*.png"))) == 300
    assert looks(tmp_path / "run" / STATS, 300).keys() == {2.0}
    with Image.open(tmp_path / "sheet.jpg") as sheet, Image.open(tmp_path / "curves.jpg") as lines:
        assert sheet.width == lines.width == 644
        assert sheet.height == 644 + lines.height
    assert (tmp_path / "sheet.jpg").stat().st_size < 300_000
    assert example.main(line) == 0  # typed again, nothing is left to do
    again = json.loads(capsys.readouterr().out)
    assert {key: again[key] for key in ("sure", "digits")} == {key: said[key] for key in ("sure", "digits")}


def test_curves_show_what_the_journal_says(tmp_path: Path) -> None:
    stats = tmp_path / STATS
    steps = [
        {"seen_pictures": 32 * i, "generator.adversarial": 3.0, "discriminator.adversarial": 1.0} for i in range(250)
    ]
    look = {"seen_pictures": 640, "watch.score": 0.1, "watch.sure": 0.75, "watch.digits": 10.0}
    stats.write_text("".join(json.dumps(line) + "\n" for line in [*steps[:20], look, *steps[20:]]))
    picture = curves(stats).astype(int)
    top, bottom = 8, 240 - 24
    for player, loss in (("generator", 3.0), ("discriminator", 1.0)):
        drawn = abs(picture[:bottom] - example.COLORS[player]).sum(2) == 0
        rows = np.flatnonzero(drawn[:, 100:600].any(1))
        expected = bottom - (bottom - top) * loss / 3.3
        assert rows.size
        assert abs(rows.mean() - expected) < 2
    assert looks(stats, 320) == {2.0: (0.75, 10)}
