"""The end that verbs share: what is painted, skipped, kept and failed is counted, and the exit code says if all went
well."""

from dataclasses import dataclass, field
from pathlib import Path

import click
import numpy as np
import pytest

from pleinair.batch.sheets import Sheet, plan_sheets
from pleinair.cli.sheets import paint_sheets
from pleinair.errors import OutputError, SettingError
from pleinair.images import Picture, write


@dataclass(frozen=True)
class Wanted:
    """A style; `written` are the seeds that were painted."""

    style: str = "photo"
    written: list[int] = field(default_factory=list)

    def told(self, seed: int) -> dict[str, str]:
        return {"seed": str(seed), "style": self.style}


def black(sheet: Sheet, order: Wanted) -> None:
    """Paints nothing, and fails at seed 13."""
    if sheet.seed == 13:
        raise OutputError("the disk is full")
    write(Picture(np.zeros((4, 4, 3), np.uint8)), sheet.target, order.told(sheet.seed))
    order.written.append(sheet.seed)


def paint(folder: Path, seeds: list[int], order: Wanted, overwrite: bool = False) -> None:
    paint_sheets("painting", plan_sheets(seeds, folder, ()), order, black, folder, overwrite)


def test_what_is_there_is_skipped_unless_it_is_painted_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    order = Wanted()
    paint(tmp_path, [0, 1], order)
    assert capsys.readouterr().out == f"2 painted → {tmp_path}\n"
    paint(tmp_path, [0, 1, 2], order)
    assert capsys.readouterr().out == f"1 painted, 2 there already (--overwrite paints anew) → {tmp_path}\n"
    paint(tmp_path, [2], order, overwrite=True)
    assert capsys.readouterr().out == f"1 painted → {tmp_path}\n"
    assert order.written == [0, 1, 2, 2]


def test_what_is_of_another_is_kept_and_the_rest_painted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paint(tmp_path, [0, 2], Wanted("hokusai"))
    capsys.readouterr()
    order = Wanted()
    with pytest.raises(click.exceptions.Exit) as raised:
        paint(tmp_path, [0, 1, 2], order)
    assert raised.value.exit_code == 1
    assert order.written == [1]
    shown = capsys.readouterr()
    assert shown.out == f"1 painted → {tmp_path}\n"
    assert shown.err.count("is of another style") == 2
    assert shown.err.endswith("2 not painted: seeds 0, 2\n")
    paint(tmp_path, [0, 2], order, overwrite=True)
    assert order.written == [1, 0, 2]


def test_what_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(click.exceptions.Exit):
        paint(tmp_path, [12, 13, 14], Wanted())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["seed0012.png", "seed0014.png"]
    assert capsys.readouterr().err == "pleinair: the disk is full\n1 not painted: seeds 13\n"


def test_what_is_wrong_with_all_of_them_is_not_caught(tmp_path: Path) -> None:
    def refuse(_sheet: Sheet, _order: Wanted) -> None:
        raise SettingError("no such look")

    with pytest.raises(SettingError):
        paint_sheets("painting", plan_sheets([1], tmp_path, ()), Wanted(), refuse, tmp_path, False)
