"""Preparing a pack, from a folder with all that folders have in them to a pack and a report that tell the truth."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.data import prepare as module
from pleinair.data.pack import VALIDATION, Pack, read_index
from pleinair.data.prepare import FEW, FEWEST, pack_path, prepare
from pleinair.data.report import Report, load, report_path
from pleinair.errors import DataError, OutputError, SettingError
from tests.data.pictures import folder_of, save, scene

QUICK = {"threads": 2, "short_side": 96, "minimum": 64}


def prepared(folder: Path, out: Path, **settings: object) -> Report:
    return prepare([folder], out, **{**QUICK, **settings})  # type: ignore[arg-type]


def test_a_folder_becomes_a_pack(tmp_path: Path) -> None:
    report = prepared(folder_of(tmp_path / "ink", 12), tmp_path / "ink.pack")
    pack = Pack.open(tmp_path / "ink.pack")
    assert (pack.name, report.name, report.pack) == ("ink", "ink", "ink.pack")
    assert len(pack.train) + len(pack.validation) == len(report.kept) == 12
    assert (len(pack.train), len(pack.validation)) == (report.train, report.validation)
    assert report.validation >= 1
    for entry, kept in zip(pack.entries, report.kept, strict=True):
        assert (entry.source, entry.split) == (kept.source, kept.split)
        assert kept.original == (160, 140)
        assert kept.stored == (entry.width, entry.height) == (110, 96)
    assert report.pack_bytes == (tmp_path / "ink.pack").stat().st_size
    assert not report.skipped


def test_pixels_are_those_of_the_files(tmp_path: Path) -> None:
    prepared(folder_of(tmp_path / "ink", 8), tmp_path / "ink.pack", short_side=512, validation=0)
    pack = Pack.open(tmp_path / "ink.pack")
    for i, entry in enumerate(pack.train.entries):
        assert entry.name == f"work{i:03}"
        assert np.abs(pack.train[i].astype(int) - scene(i)).mean() < 4


def test_what_is_unfit_is_skipped_and_named(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "ink", 10)
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "text.png").write_text("not a picture")
    (folder / "movie.gif").write_bytes(b"GIF89a")
    (folder / "notes.txt").write_text("sketches from June")
    save(scene(50, 40, 90), folder / "small.png")
    save(np.full((100, 100, 3), 77, np.uint8), folder / "flat.png")
    shutil.copy(folder / "work003.png", folder / "zcopy.png")
    save(scene(4, 80, 70), folder / "zsmaller.jpg")  # the picture of work004 at half the size
    report = prepared(folder, tmp_path / "ink.pack")
    reasons = {skipped.source: skipped for skipped in report.skipped}
    assert reasons["empty.jpg"].reason == "cannot be read: empty (0 bytes)"
    assert reasons["text.png"].reason.startswith("cannot be read: not a picture")
    assert reasons["movie.gif"].reason == "cannot be read: a GIF"
    assert reasons["small.png"].reason == "too small (short side below 64 px)"
    assert reasons["flat.png"].reason == "nearly one color"
    assert (reasons["zcopy.png"].reason, reasons["zcopy.png"].twin) == ("exact copy", "work003.png")
    assert (reasons["zsmaller.jpg"].reason, reasons["zsmaller.jpg"].twin) == ("near-duplicate", "work004.png")
    assert len(reasons) == 7
    assert len(report.kept) == 10
    assert report.other_files == 1
    assert "3 files could not be read; see above." in report.warnings


def test_of_twins_the_largest_is_kept(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "ink", 10)
    save(scene(4, 320, 280), folder / "zlarger.png")
    report = prepared(folder, tmp_path / "ink.pack")
    assert [(skipped.source, skipped.twin) for skipped in report.skipped] == [("work004.png", "zlarger.png")]


def test_several_folders_and_pictures_below_them(tmp_path: Path) -> None:
    folder_of(tmp_path / "one/deep", 6)
    folder_of(tmp_path / "two", 6, first=20)
    report = prepare([tmp_path / "one", tmp_path / "two"], tmp_path / "both.pack", short_side=96, minimum=64)
    assert {kept.source for kept in report.kept} == {f"one/deep/work{i:03}.png" for i in range(6)} | {
        f"two/work{i:03}.png" for i in range(20, 26)
    }


def test_strips_and_borders_are_cut(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "ink", 8)
    save(scene(60, 400, 100), folder / "scroll.png")
    framed = np.full((180, 200, 3), 255, np.uint8)
    framed[20:160, 20:180] = scene(61)
    save(framed, folder / "framed.png")
    report = prepared(folder, tmp_path / "ink.pack")
    kept = {one.name: one for one in report.kept}
    assert kept["scroll_c0"].stored == kept["scroll_c1"].stored == (192, 96)
    assert kept["scroll_c0"].original == (400, 100)
    assert kept["scroll_c0"].split == kept["scroll_c1"].split
    assert kept["framed"].note == "even borders cut off"
    assert kept["framed"].stored == (110, 96)


def test_crops_of_a_work_fall_on_one_side(tmp_path: Path) -> None:
    for work in range(8):
        for crop in range(3):
            save(scene(10 * work + crop), tmp_path / f"ink/work{work}_c{crop}.png")
    report = prepared(tmp_path / "ink", tmp_path / "ink.pack", validation=0.3)
    sides: dict[str, set[str]] = {}
    for kept in report.kept:
        sides.setdefault(kept.name[:5], set()).add(kept.split)
    assert len(sides) == 8
    assert all(len(side) == 1 for side in sides.values())
    assert report.validation in (3, 6, 9, 12)


def test_the_split_is_stable_when_pictures_are_added(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "ink", 20)
    before = {kept.source: kept.split for kept in prepared(folder, tmp_path / "a.pack", validation=0.25).kept}
    folder_of(folder, 15, first=20)
    after = {kept.source: kept.split for kept in prepared(folder, tmp_path / "a.pack", validation=0.25).kept}
    assert len(after) == 35
    assert VALIDATION in before.values()
    assert {source: after[source] for source in before} == before


def test_no_validation_if_none_is_wanted(tmp_path: Path) -> None:
    report = prepared(folder_of(tmp_path / "ink", 8), tmp_path / "a.pack", validation=0)
    assert report.validation == 0
    assert not any("set aside" in warning for warning in report.warnings)


def test_one_work_has_no_validation_and_it_is_said(tmp_path: Path) -> None:
    for crop in range(9):
        save(scene(crop), tmp_path / f"ink/scroll_c{crop}.png")
    report = prepared(tmp_path / "ink", tmp_path / "ink.pack")
    assert report.validation == 0
    assert any("crops of one work" in warning for warning in report.warnings)


def test_the_same_again_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder_of(tmp_path / "ink", 8)
    first = prepared(folder, tmp_path / "ink.pack")
    assert not first.up_to_date
    raw = (tmp_path / "ink.pack").read_bytes()

    def unexpected(*_: object) -> None:
        raise AssertionError("pictures were examined again")

    with monkeypatch.context() as patch:
        patch.setattr(module, "examine", unexpected)
        second = prepared(folder, tmp_path / "ink.pack")
        assert second == replace(first, up_to_date=True)
        with pytest.raises(AssertionError, match="again"):
            prepared(folder, tmp_path / "ink.pack", overwrite=True)
    assert not prepared(folder, tmp_path / "ink.pack", overwrite=True).up_to_date
    assert (tmp_path / "ink.pack").read_bytes() == raw


@pytest.mark.parametrize(
    "change", [{"short_side": 80}, {"validation": 0.2}, {"name": "x"}, {"seed": 1}, {"minimum": 70}]
)
def test_another_wish_prepares_anew(tmp_path: Path, change: dict[str, object]) -> None:
    folder = folder_of(tmp_path / "ink", 8)
    prepared(folder, tmp_path / "ink.pack")
    assert not prepared(folder, tmp_path / "ink.pack", **change).up_to_date
    assert prepared(folder, tmp_path / "ink.pack", **change).up_to_date


def test_another_file_prepares_anew(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "ink", 8)
    prepared(folder, tmp_path / "ink.pack")
    save(scene(99), folder / "work003.png")
    assert not prepared(folder, tmp_path / "ink.pack").up_to_date


def test_without_its_report_a_pack_is_not_up_to_date(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "ink", 8)
    prepared(folder, tmp_path / "ink.pack")
    report_path(tmp_path / "ink.pack").write_text("{}")
    assert not prepared(folder, tmp_path / "ink.pack").up_to_date
    assert load(report_path(tmp_path / "ink.pack")) is not None


@settings(max_examples=5, deadline=None)
@given(budget=st.integers(12_000, 120_000))
def test_the_budget_is_kept(tmp_path_factory: pytest.TempPathFactory, budget: int) -> None:
    root = tmp_path_factory.getbasetemp() / "budget"
    if not root.exists():
        folder_of(root / "ink", 8)
    report = prepared(root / "ink", root / "ink.pack", budget=budget, short_side=140, minimum=32)
    assert (root / "ink.pack").stat().st_size == report.pack_bytes <= budget
    assert len(Pack.open(root / "ink.pack").entries) == 8
    if report.short_side < 140:
        assert any(f"short side of {report.short_side} px" in warning for warning in report.warnings)


def test_a_budget_is_made_use_of(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "ink", 8)
    full = prepared(folder, tmp_path / "full.pack", short_side=140)
    assert (full.format, full.quality) == ("JPEG", 95)
    same = prepared(folder, tmp_path / "same.pack", short_side=140, budget=full.pack_bytes + 100)
    assert (same.format, same.quality, same.short_side) == ("JPEG", 95, 140)
    half = prepared(folder, tmp_path / "half.pack", short_side=140, budget=full.pack_bytes // 2)
    assert half.format == "WEBP"
    assert half.pack_bytes > full.pack_bytes // 4


def test_a_budget_that_cannot_be_kept_is_said_and_nothing_written(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "ink", 8)
    with pytest.raises(SettingError, match="8 pictures do not fit into 2000 bytes even at 64 px; raise the budget"):
        prepared(folder, tmp_path / "ink.pack", budget=2000)
    assert [path.name for path in tmp_path.iterdir()] == ["ink"]


def test_few_pictures_are_said(tmp_path: Path) -> None:
    few = prepared(folder_of(tmp_path / "ink", FEWEST), tmp_path / "a.pack")
    assert any(f"{FEWEST} pictures are few" in warning for warning in few.warnings)
    folder_of(tmp_path / "ink", FEW)
    assert not prepared(tmp_path / "ink", tmp_path / "a.pack").warnings


def test_too_few_pictures_are_refused(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "ink", FEWEST - 1)
    save(scene(50, 40, 90), folder / "small.png")
    with pytest.raises(
        DataError, match=r"has 7 usable pictures \(1 skipped, the first: small.png: too small.*at least 8"
    ):
        prepared(folder, tmp_path / "a.pack")
    assert not (tmp_path / "a.pack").exists()


def test_pictures_all_alike_are_refused(tmp_path: Path) -> None:
    for i in range(20):
        save(np.clip(scene(0).astype(int) + i, 0, 255).astype(np.uint8), tmp_path / f"ink/frame{i}.png")
    with pytest.raises(DataError, match=r"all alike: 19 of 20 are copies or near-duplicates and 1 remain"):
        prepared(tmp_path / "ink", tmp_path / "a.pack")


def test_pictures_much_alike_are_said(tmp_path: Path) -> None:
    base = scene(0).astype(float)
    for i in range(40):
        save((0.66 * base + 0.34 * scene(1000 + i)).astype(np.uint8), tmp_path / f"ink/view{i}.png")
    report = prepared(tmp_path / "ink", tmp_path / "a.pack")
    assert any("much alike" in warning for warning in report.warnings)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ink").mkdir()
    with pytest.raises(DataError, match=r"there are no pictures in .*ink; JPEG, PNG, WebP and TIFF are read"):
        prepared(tmp_path / "ink", tmp_path / "a.pack")


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"short_side": 32}, "size must be at least 64"),
        ({"minimum": 8}, "at least 16 px"),
        ({"validation": 0.7}, "between 0 and 0.5"),
        ({"validation": -0.1}, "between 0 and 0.5"),
        ({"budget": 0}, "above 0 bytes"),
    ],
)
def test_settings_out_of_range_are_refused_at_the_door(tmp_path: Path, wish: dict[str, object], said: str) -> None:
    with pytest.raises(SettingError, match=said):
        prepared(tmp_path / "not even there", tmp_path / "a.pack", **wish)


def test_the_pack_gets_its_suffix(tmp_path: Path) -> None:
    assert pack_path(tmp_path / "monet") == tmp_path / "monet.pack"
    assert pack_path(tmp_path / "monet.pack") == tmp_path / "monet.pack"
    assert pack_path(tmp_path / "v1.2") == tmp_path / "v1.2.pack"


def test_nothing_else_is_written_over(tmp_path: Path) -> None:
    save(scene(0), tmp_path / "valley.png").rename(tmp_path / "valley.pack")
    with pytest.raises(OutputError, match=r"valley.pack is there and is no whole pack"):
        pack_path(tmp_path / "valley.pack")
    with pytest.raises(OutputError, match=r"is a folder; give the pack a name: .*NAME.pack"):
        pack_path(tmp_path)


def test_an_unwritable_place_is_one_line(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "ink", 8)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written"):
        prepared(folder, tmp_path / "file/ink.pack")


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    prepared(folder_of(tmp_path / "ink", 9), tmp_path / "a.pack", progress=lambda *step: told.append(step))
    assert told == [(what, i, 9) for what in ("looking", "storing") for i in range(1, 10)]


def test_the_number_of_threads_does_not_matter(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "ink", 12)
    prepared(folder, tmp_path / "one/a.pack", threads=1)
    prepared(folder, tmp_path / "many/a.pack", threads=7)
    assert (tmp_path / "one/a.pack").read_bytes() == (tmp_path / "many/a.pack").read_bytes()


def test_the_pack_tells_how_it_was_made_and_nothing_of_the_machine(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "ink", 8)
    prepared(folder, tmp_path / "ink.pack", seed=5)
    _, _, about = read_index(tmp_path / "ink.pack")
    assert about | {"fingerprint": ""} == {
        "fingerprint": "",
        "seed": 5,
        "validation": 0.1,
        "short_side": 96,
        "format": "JPEG",
        "quality": 95,
    }
    assert str(tmp_path).encode() not in (tmp_path / "ink.pack").read_bytes()
    assert str(tmp_path) not in report_path(tmp_path / "ink.pack").read_text(encoding="utf-8")
