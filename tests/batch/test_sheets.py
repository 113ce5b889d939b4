"""Sheets: which files a seed becomes, when they are all there, and what is said of a picture made otherwise."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pleinair.batch.sheets import Sheet, check_same, plan_sheets
from pleinair.errors import OutputError
from pleinair.images import Picture, write

SEEDS = st.lists(st.integers(0, 2**31), unique=True, max_size=9)
STAGES = st.lists(st.sampled_from(["label", "render", "photo"]), unique=True)


@dataclass(frozen=True)
class Wanted:
    """What is asked for: the seed, and what else is said."""

    said: tuple[tuple[str, str], ...] = (("style", "photo"),)

    def told(self, seed: int) -> dict[str, str]:
        return {"seed": str(seed), **dict(self.said)}


@given(SEEDS, STAGES)
def test_every_file_has_a_name_of_its_own(seeds: list[int], stages: list[str]) -> None:
    sheets = plan_sheets(seeds, Path("out"), stages)
    assert [sheet.seed for sheet in sheets] == seeds
    files = [path for sheet in sheets for path in (sheet.target, *(path for _, path in sheet.stages))]
    assert len(set(files)) == len(seeds) * (1 + len(stages))
    assert {path.parent for path in files} <= {Path("out")}
    assert all([name for name, _ in sheet.stages] == stages for sheet in sheets)


def test_files_are_named_by_seed_and_stage() -> None:
    (sheet,) = plan_sheets([7], Path("out"), ["label"])
    assert sheet == Sheet(7, Path("out/seed0007.png"), (("label", Path("out/seed0007-label.png")),))
    assert plan_sheets([123456], Path(), ())[0].target == Path("seed123456.png")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(stages=STAGES, missing=st.integers(0, 3))
def test_a_sheet_is_done_when_all_of_it_is_there(tmp_path: Path, stages: list[str], missing: int) -> None:
    (sheet,) = plan_sheets([1], tmp_path, stages)
    files = [sheet.target, *(path for _, path in sheet.stages)]
    for path in files:
        path.touch()
    assert sheet.done
    if missing < len(files):
        files[missing].unlink()
        assert not sheet.done


def picture(folder: Path, told: dict[str, str]) -> Sheet:
    sheet = Sheet(3, folder / "seed0003.png")
    write(Picture(np.zeros((4, 4, 3), np.uint8)), sheet.target, told)
    return sheet


def test_what_was_made_so_may_stay(tmp_path: Path) -> None:
    check_same(picture(tmp_path, Wanted().told(3)), Wanted())


@pytest.mark.parametrize(
    ("more", "differs"),
    [
        ({"style": "hokusai"}, "another style"),
        ({"seed": "4", "wrap": "x"}, "another seed, wrap"),
        ({"layoutSha256": "12ab"}, "another layout"),
        ({"layout": "iVBO", "layoutSha256": "12ab"}, "another layout"),
        ({"version": "0"}, "another version"),
    ],
)
def test_what_was_made_otherwise_is_named(tmp_path: Path, more: dict[str, str], differs: str) -> None:
    sheet = picture(tmp_path, Wanted().told(3) | more)
    with pytest.raises(OutputError, match=rf"seed0003\.png is of {differs}; choose another --out, or --overwrite$"):
        check_same(sheet, Wanted())


def test_what_it_does_not_tell_is_another_too(tmp_path: Path) -> None:
    sheet = picture(tmp_path, Wanted().told(3))
    with pytest.raises(OutputError, match="is of another strength;"):
        check_same(sheet, Wanted((("strength", "0.5"), ("style", "photo"))))


@pytest.mark.parametrize("content", [b"", b"mine"])
def test_files_of_others_are_something_else(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(OutputError, match="is of something else;"):
        check_same(picture(tmp_path, {}), Wanted())
    sheet = Sheet(3, tmp_path / "other.png")
    sheet.target.write_bytes(content)
    with pytest.raises(OutputError, match="is of something else;"):
        check_same(sheet, Wanted())
