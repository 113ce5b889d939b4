"""The benchmark of a twin that normalizes over the picture, with toy networks."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks import twins as benchmark
from pleinair.errors import SettingError
from pleinair.networks.translator import Translator
from tests.training.rehearsal import look_little, stage


def network(normalizing: bool) -> Translator:
    """Random weights, one style."""
    torch.manual_seed(0)
    made = Translator(1, 4, (1,)).eval()
    if normalizing:
        benchmark.normalizing(made)
    return made


def test_the_clip_stands_still_but_for_what_comes_in() -> None:
    frames = benchmark.clip((128, 48), 5, 10)
    assert len(frames) == 5
    assert all(np.array_equal(frame[:, 21:], frames[0][:, 21:]) for frame in frames)
    assert tuple(frames[-1][24, 10]) == benchmark.BRIGHT
    assert (frames[-1][24, 2:18] != frames[0][24, 2:18]).any(1).all()


def test_only_the_twin_changes_where_nothing_does() -> None:
    frames = benchmark.clip((160, 48), 4, 10)
    ours, shown = benchmark.judged("ours", network(False), frames, 10)
    assert (ours.far, ours.far_worst) == (0, 0)
    assert shown[0].shape == frames[0].shape
    twin, _ = benchmark.judged("normalized", network(True), frames, 10)
    assert twin.far > 0
    assert twin.far_worst >= 1
    assert twin.flicker > ours.flicker


def test_the_twins_weights_are_of_the_same_shapes() -> None:
    ours, twin = (network(normalizing).state_dict() for normalizing in (False, True))
    assert {name: value.shape for name, value in ours.items()} == {name: value.shape for name, value in twin.items()}


def test_a_clip_too_narrow_is_refused() -> None:
    with pytest.raises(SettingError, match="take a clip wider than"):
        benchmark.judged("ours", network(False), benchmark.clip((48, 48), 2, 10), 10)


def test_both_are_trained_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    look_little(monkeypatch.setattr)
    monkeypatch.setattr(benchmark, "SIZE", (256, 32))
    packs = stage(tmp_path / "stage")
    words = ["--content", str(packs / "photo.pack"), "--style", f"dots={packs / 'dots.pack'}", "--tiny"]
    words += ["--features", str(packs / "frozen.safetensors"), "--runs", str(tmp_path / "runs"), "--pictures", "16"]
    assert benchmark.main(words) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [one["twin"] for one in told["twins"]] == ["ours", "normalized"]
    assert told["twins"][0]["far_worst"] == 0
    assert told["twins"][1]["far_worst"] > 0
    assert (tmp_path / "runs/twins.jpg").stat().st_size > 1000
    words[1] = str(tmp_path / "none.pack")
    assert benchmark.main(words) == 1
    assert "none.pack" in capsys.readouterr().err
