"""The frozen scenes: as they were drafted, of every kind and weather, and drawn once."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import frozen
from pleinair.data.labeled import read_labels
from pleinair.errors import DataError, SettingError
from pleinair.fiction import SceneSpec
from pleinair.fiction.spec import KINDS, SEASONS, TIMES, WEATHERS
from pleinair.metrics.squares import pixels_of


def test_all_there_is_is_among_them() -> None:
    specs = frozen.read_specs()
    assert len(specs) == len({spec.seed for spec in specs}) == frozen.COUNT
    for name, known in (("kind", KINDS), ("season", SEASONS), ("time", TIMES), ("weather", WEATHERS)):
        counts = {value: sum(getattr(spec, name) == value for spec in specs) for value in known}
        assert min(counts.values()) >= 3, counts


def test_the_file_is_what_was_drafted() -> None:
    """Specs say all that matters, so that a change of how fiction drafts moves none of them; the first say the rest."""
    specs = frozen.read_specs()
    assert [(s.kind, s.season, s.seed) for s in specs] == [
        (s.kind, s.season, s.seed) for s in frozen.draft(frozen.COUNT, frozen.FROZEN_SEED)
    ]
    assert all(spec.time and spec.weather and spec.mood for spec in specs)


def test_nothing_frozen_is_trained_on() -> None:
    trained = {spec.seed for spec in frozen.draft(5000, frozen.TRAINING_SEED)}
    assert not trained & {spec.seed for spec in frozen.read_specs()}


def test_scenes_are_drawn_once(tmp_path: Path) -> None:
    specs = frozen.read_specs()[8:10]
    files = frozen.rendered(specs, tmp_path / "new", (24, 16))
    assert [picture.name for picture, _ in files] == ["seed9000008.png", "seed9000009.png"]
    for picture, label in files:
        assert pixels_of(picture).shape == (16, 24, 3)
        assert read_labels(label).shape == (16, 24)
    before = [path.stat().st_mtime_ns for pair in files for path in pair]
    again = frozen.rendered(specs, tmp_path / "new", (24, 16))
    assert [path.stat().st_mtime_ns for pair in again for path in pair] == before


def test_the_command_drafts_and_draws(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert frozen.main(["draft"]) == 0
    assert capsys.readouterr().out == frozen.SPECS.read_text("utf-8")
    drawn: list[list[int]] = []

    def rendered(specs: list[SceneSpec], folder: Path) -> list[tuple[Path, Path]]:
        drawn.append([spec.seed for spec in specs])
        return [(folder / f"seed{spec.seed}.png", folder / f"seed{spec.seed}-label.png") for spec in specs]

    monkeypatch.setattr(frozen, "rendered", rendered)
    frozen.main(["render", str(tmp_path)])
    frozen.main(["render", str(tmp_path), "--train", "5", "--first", "3"])
    assert drawn[0] == [spec.seed for spec in frozen.read_specs()]
    assert drawn[1] == [frozen.TRAINING_SEED + 3, frozen.TRAINING_SEED + 4]
    kinds = (tmp_path / frozen.KINDS_FILE).read_text("utf-8").splitlines()
    first = frozen.TRAINING_SEED + 3
    assert kinds == ["name,kind", f"seed{first},{KINDS[3]}", f"seed{first + 1},{KINDS[4]}"]


def test_files_that_are_no_scenes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        frozen.read_specs(tmp_path / "none.jsonl")
    (tmp_path / "bad.jsonl").write_text('{"kind": "moonbase"}\n')
    with pytest.raises(SettingError, match="moonbase"):
        frozen.read_specs(tmp_path / "bad.jsonl")
    (tmp_path / "blank.jsonl").write_text("\n\n")
    assert frozen.read_specs(tmp_path / "blank.jsonl") == []
    assert np.unique([spec.kind for spec in frozen.read_specs()]).size == len(KINDS)
