"""One job, one file."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair.batch.plan import Job
from pleinair.batch.work import Settings, paint_file
from pleinair.engine.fake import FakeEngine
from pleinair.errors import OutputError, PictureError, SettingError
from pleinair.images import Picture, read, write
from pleinair.images.told import told as told_by
from pleinair.render.looks import Look
from pleinair.render.still import stylize
from pleinair.render.windows import FORMER_WINDOW
from pleinair.store import sha256_of
from tests.images.lights import deep, read_exr, render, rgbe, same_bits, scene, write_exr
from tests.images.pictures import noise, parts_in, rgb_profile, smooth


def job(folder: Path, suffix: str = "png", **parts: object) -> Job:
    source = folder / f"photo.{suffix}"
    write(Picture(smooth(60, 90), **parts), source, {})  # type: ignore[arg-type]
    (folder / "out").mkdir(exist_ok=True)
    return Job(source, folder / "out" / source.name)


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_the_file_holds_the_painting(tmp_path: Path, suffix: str) -> None:
    work = job(tmp_path, suffix)
    note = paint_file(work, FakeEngine(), Settings(Look(0.7, keep_colors=True, wrap="x")), {"style": "fake"})
    expected = stylize(smooth(60, 90), FakeEngine(), strength=0.7, keep_colors=True, wrap="x")
    assert np.array_equal(read(work.target).pixels, expected)
    assert note == ""


def test_alpha_profile_and_exif_come_along(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = "Camera", 8
    alpha = noise(60, 90, 1)[:, :, 0]
    work = job(tmp_path, alpha=alpha, icc=rgb_profile(), exif=exif.tobytes())
    paint_file(work, FakeEngine(), Settings(), {})
    painted = read(work.target)
    assert painted.alpha is not None
    assert np.array_equal(painted.alpha, np.rot90(alpha))
    assert painted.icc == rgb_profile()
    with Image.open(work.target) as image:
        assert image.size == (60, 90)  # turned, and said to be upright
        assert image.getexif().get(0x0112, 1) == 1
        assert image.getexif()[0x0110] == "Camera"


def test_settings_tell_what_changed_the_look() -> None:
    assert Settings().provenance() == {"strength": "1", "workingSize": "1536", "window": "1536"}
    assert Settings(Look(window=FORMER_WINDOW)).provenance() == {"strength": "1", "workingSize": "1536"}
    assert Settings(Look(0.85, True, None, "xy", window=64), quality=3).provenance() == {
        "strength": "0.85",
        "workingSize": "full",
        "keepColors": "yes",
        "wrap": "xy",
        "window": "64",
    }
    assert Settings(gutter=4).provenance()["gutter"] == "4"
    assert Settings(Look(1 / 3)).provenance()["strength"] == repr(1 / 3)


def test_frames_go_around_as_the_look_says() -> None:
    """Whatever a film's file may say of itself."""
    for own in (False, True):
        assert Settings(Look(wrap="x"), own_wrap=own).of_frames() == Look(wrap="x")
        assert Settings(Look(), own_wrap=own).of_frames() == Look()
        pair = Settings(Look(stereo="top-bottom"), own_wrap=own)
        assert pair.of_frames() == Look(wrap="x", stereo="top-bottom")
        assert pair.provenance()["stereo"] == "top-bottom"
        assert "wrap" not in pair.provenance()


def test_the_provenance_is_in_the_file(tmp_path: Path) -> None:
    work = job(tmp_path)
    paint_file(work, FakeEngine(), Settings(Look(strength=0.5)), {"style": "fake", "sha256": "ab12"})
    with Image.open(work.target) as image:
        xmp = image.info["XML:com.adobe.xmp"]
    for told in ('pleinair:style="fake"', 'pleinair:sha256="ab12"', 'pleinair:strength="0.5"'):
        assert told in xmp
    assert f'pleinair:source="{work.source.name}"' in xmp
    assert f'pleinair:sourceSha256="{sha256_of(work.source)}"' in xmp


def test_the_note_of_the_reading_is_passed_on(tmp_path: Path) -> None:
    source = tmp_path / "print.jpg"
    Image.new("CMYK", (30, 20)).save(source)
    assert "CMYK" in paint_file(Job(source, tmp_path / "out.jpg"), FakeEngine(), Settings(), {})
    assert read(tmp_path / "out.jpg").pixels.shape == (20, 30, 3)


def test_quality_is_heeded(tmp_path: Path) -> None:
    sizes = []
    for quality in (20, 95):
        work = job(tmp_path, "jpg")
        paint_file(work, FakeEngine(), Settings(quality=quality), {})
        sizes.append(work.target.stat().st_size)
    assert sizes[0] < sizes[1]


def test_a_failure_leaves_no_target(tmp_path: Path) -> None:
    work = job(tmp_path)
    with pytest.raises(SettingError):
        paint_file(work, FakeEngine(), Settings(Look(strength=7)), {})
    work.source.write_bytes(work.source.read_bytes()[:200])
    with pytest.raises(PictureError):
        paint_file(work, FakeEngine(), Settings(), {})
    with pytest.raises(OutputError):
        paint_file(Job(job(tmp_path).source, tmp_path / "none" / "a.png"), FakeEngine(), Settings(), {})
    assert list((tmp_path / "out").iterdir()) == []
    assert parts_in(tmp_path) == []


def test_memory_running_out_is_said(tmp_path: Path) -> None:
    def exhausted(_: object) -> None:
        raise MemoryError

    with pytest.raises(PictureError, match=r"too large for this machine's memory; try --window 256"):
        paint_file(job(tmp_path), FakeEngine(function=exhausted), Settings(), {})  # type: ignore[arg-type]


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[float] = []
    paint_file(job(tmp_path), FakeEngine(), Settings(Look(working_size=64)), {}, told.append)
    assert told[-1] == 1


@deep
def test_a_render_is_painted_as_light(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", render(40, 60))
    (tmp_path / "out").mkdir()
    work = Job(path, tmp_path / "out" / "a.exr")
    paint_file(work, FakeEngine(), Settings(Look(strength=0)), {})
    before, after = read_exr(path), read_exr(work.target)
    assert all(same_bits(before[name], after[name]) for name in before)
    paint_file(work, FakeEngine(), Settings(), {"style": "fake"})
    after = read_exr(work.target)
    assert [name for name in before if not same_bits(before[name], after[name])] == ["R", "G", "B"]
    said = told_by(work.target)
    assert (said["style"], said["source"], said["strength"]) == ("fake", "a.exr", "1")
    light = read(path).light
    assert light is not None
    assert float(said["exposure"]) == light.exposure
    assert parts_in(tmp_path / "out") == []


@deep
def test_an_exposure_that_is_said_is_taken(tmp_path: Path) -> None:
    (tmp_path / "a.hdr").write_bytes(rgbe(scene(40, 60)))
    (tmp_path / "out").mkdir()
    work = Job(tmp_path / "a.hdr", tmp_path / "out" / "a.hdr")
    paint_file(work, FakeEngine(), Settings(exposure=-1.5), {})
    assert told_by(work.target)["exposure"] == "-1.5"


@deep
def test_a_gutter_beside_light_is_refused(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", render(40, 60))
    with pytest.raises(SettingError, match="so it has no gutter"):
        paint_file(Job(path, tmp_path / "b.exr"), FakeEngine(), Settings(gutter=2), {})
    assert not (tmp_path / "b.exr").exists()


def test_a_gutter_reaches_under_the_transparent(tmp_path: Path) -> None:
    alpha = np.zeros((60, 90), np.uint8)
    alpha[20:40, 30:60] = 255
    work = job(tmp_path, alpha=alpha)
    paint_file(work, FakeEngine(), Settings(gutter=3), {})
    painted = read(work.target)
    assert painted.alpha is not None
    assert np.array_equal(painted.alpha, alpha)
    apart = (painted.pixels != smooth(60, 90)).any(2)
    assert apart[17:43, 27:63].mean() > 0.9
    apart[17:43, 27:63] = False
    assert not apart.any()
