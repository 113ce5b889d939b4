"""Which file becomes which."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pleinair.batch.plan import Job, plan, target_name
from pleinair.errors import PictureError, SettingError


def picture(path: Path, name: str | None = None) -> Path:
    """A tiny picture file, in the format of its suffix or in another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.zeros((2, 3, 3), np.uint8)).save(path, name)
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_files_keep_their_order_and_names(tmp_path: Path, out: Path) -> None:
    sources = [picture(tmp_path / name) for name in ("b.jpg", "a.PNG", "c.webp", "d.tiff")]
    work = plan(sources, out)
    assert work.jobs == tuple(Job(source, out / source.name) for source in sources)
    assert (work.done, work.refused) == ((), ())
    assert not out.exists()  # a plan changes nothing


def test_of_a_folder_the_pictures_in_it_by_name(tmp_path: Path, out: Path) -> None:
    folder = tmp_path / "photos"
    for name in ("2.jpg", "1.png", ".hidden.jpg", "below/3.jpg"):
        picture(folder / name)
    (folder / "notes.txt").write_text("not a picture", encoding="utf-8")
    (folder / "folder.jpg").mkdir()
    assert [job.source.name for job in plan([folder], out).jobs] == ["1.png", "2.jpg"]


def test_a_bad_file_in_a_folder_is_named(tmp_path: Path, out: Path) -> None:
    good = picture(tmp_path / "photos" / "good.jpg")
    bad = good.with_name("bad.jpg")
    bad.write_bytes(b"")
    work = plan([good.parent], out)
    assert [job.source for job in work.jobs] == [good]
    ((source, reason),) = work.refused
    assert source == bad
    assert reason == f"{bad} is empty (0 bytes)"


def test_missing_inputs_and_folders_without_pictures_are_named(tmp_path: Path, out: Path) -> None:
    (tmp_path / "none").mkdir()
    work = plan([tmp_path / "nowhere.jpg", tmp_path / "none"], out)
    assert not work.jobs
    reasons = dict(work.refused)
    assert "holds no pictures" in reasons[tmp_path / "none"]
    assert "is not there" in reasons[tmp_path / "nowhere.jpg"]


def test_a_folder_that_cannot_be_opened_is_named(tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert plan([tmp_path], out).refused == ((tmp_path, f"{tmp_path} cannot be opened: permission denied"),)


@pytest.mark.parametrize(
    ("named", "is_really", "becomes"),
    [
        ("a.jpg", "PNG", "a.png"),
        ("a.png", "JPEG", "a.jpg"),
        ("a.b.txt", "WEBP", "a.b.webp"),
        ("a.JPEG", "JPEG", "a.JPEG"),
    ],
)
def test_a_suffix_that_belies_the_file_is_corrected(tmp_path: Path, named: str, is_really: str, becomes: str) -> None:
    assert target_name(picture(tmp_path / named, is_really)) == becomes


def test_no_picture_has_no_target(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"text")
    with pytest.raises(PictureError, match="not a picture"):
        target_name(tmp_path / "a.jpg")


def test_what_is_there_is_left_out_unless_overwritten(tmp_path: Path, out: Path) -> None:
    sources = [picture(tmp_path / name) for name in ("a.jpg", "b.jpg")]
    picture(out / "a.jpg")
    work = plan(sources, out)
    assert [job.source.name for job in work.jobs] == ["b.jpg"]
    assert [job.source.name for job in work.done] == ["a.jpg"]
    assert [job.source.name for job in plan(sources, out, overwrite=True).jobs] == ["a.jpg", "b.jpg"]


def test_the_same_picture_named_twice_is_painted_once(tmp_path: Path, out: Path) -> None:
    source = picture(tmp_path / "photos" / "a.jpg")
    detour = tmp_path / "photos" / ".." / "photos" / "a.jpg"
    assert [job.source for job in plan([source, source, detour, source.parent], out).jobs] == [source]


@pytest.mark.parametrize("other", ["two/a.jpg", "two/A.jpg"])
@pytest.mark.parametrize("overwrite", [False, True])
def test_two_sources_of_one_target_are_refused(tmp_path: Path, out: Path, other: str, overwrite: bool) -> None:
    sources = [picture(tmp_path / "one" / "a.jpg"), picture(tmp_path / other)]
    with pytest.raises(SettingError, match=r"(?i)would both become .*a\.jpg; paint them into two folders"):
        plan(sources, out, overwrite=overwrite)


def test_one_stem_with_two_suffixes_are_two_targets(tmp_path: Path, out: Path) -> None:
    work = plan([picture(tmp_path / "a.jpg"), picture(tmp_path / "a.png")], out)
    assert [job.target.name for job in work.jobs] == ["a.jpg", "a.png"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_target_never_overwrites_a_source(tmp_path: Path, overwrite: bool) -> None:
    source = picture(tmp_path / "a.jpg")
    for folder in (tmp_path, tmp_path / "sub" / ".."):
        (tmp_path / "sub").mkdir(exist_ok=True)
        with pytest.raises(SettingError, match="would be overwritten; name another --out"):
            plan([source], folder, overwrite=overwrite)


def test_nor_another_source(tmp_path: Path) -> None:
    first, second = picture(tmp_path / "one" / "a.jpg"), picture(tmp_path / "two" / "b.jpg")
    with pytest.raises(SettingError, match="would be overwritten"):
        plan([first, second, picture(tmp_path / "two" / "c.jpg")], tmp_path / "two")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_not_even_through_a_link(tmp_path: Path, out: Path) -> None:
    source = picture(tmp_path / "a.jpg")
    out.mkdir()
    os.link(source, out / "a.jpg")
    with pytest.raises(SettingError, match="would be overwritten"):
        plan([source], out, overwrite=True)


@given(names=st.lists(st.sampled_from(["a.jpg", "b.png", "c.webp", "bad.jpg", "none.jpg"]), unique=True))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_input_is_a_job_or_refused(tmp_path: Path, out: Path, names: list[str]) -> None:
    for name in names:
        if name == "bad.jpg":
            (tmp_path / name).write_bytes(b"bad")
        elif name != "none.jpg":
            picture(tmp_path / name)
    (tmp_path / "none.jpg").unlink(missing_ok=True)
    work = plan([tmp_path / name for name in names], out)
    assert sorted([job.source.name for job in work.jobs] + [source.name for source, _ in work.refused]) == sorted(names)
    assert {source.name for source, _ in work.refused} <= {"bad.jpg", "none.jpg"}


@pytest.mark.parametrize(("head", "suffix"), [(b"\x76\x2f\x31\x01", ".exr"), (b"#?RADIANCE\n", ".hdr")])
def test_light_keeps_its_format(tmp_path: Path, out: Path, head: bytes, suffix: str) -> None:
    for name in (f"a{suffix}", "b.png"):
        (tmp_path / name).write_bytes(head)
    assert [job.target.name for job in plan([tmp_path], out).jobs] == [f"a{suffix}", f"b{suffix}"]
