"""Pictures → files."""

import errno
import os
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pleinair.errors import OutputError, PictureError, SettingError
from pleinair.images import Picture, make_folder, read, write, writing
from pleinair.images.metadata import NAMESPACE, SOFTWARE, xmp_packet
from pleinair.version import __version__
from tests.images.lights import deep, render, write_exr
from tests.images.pictures import noise, parts_in, rgb_profile, smooth

PROVENANCE = {"style": "shanshui=0.6,hiroshige=0.4", "strength": "0.8", "title": "<\"山水\" & 'paint'>"}
SUFFIXES = ("jpg", "png", "webp", "tif")


def exif(**_: object) -> bytes:
    found = Image.Exif()
    found[0x010F], found[0x0131] = "Maker", "Camera firmware 7"
    found.get_ifd(0x8769)[0x829D] = 2.8
    return found.tobytes()


def told(path: Path) -> dict[str, str]:
    """The provenance in a file's XMP."""
    with Image.open(path) as image:
        xmp = image.info.get("xmp") or image.info["XML:com.adobe.xmp"]
    root = ElementTree.fromstring(xmp if isinstance(xmp, str) else xmp.decode())
    (description,) = root.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description")
    own = {key.removeprefix(f"{{{NAMESPACE}}}"): value for key, value in description.attrib.items() if NAMESPACE in key}
    assert description.attrib["{http://ns.adobe.com/xap/1.0/}CreatorTool"] == SOFTWARE
    return own


@pytest.mark.parametrize("suffix", ["png", "tif"])
@given(height=st.integers(1, 30), width=st.integers(1, 30), transparent=st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lossless_formats_give_back_every_pixel(
    tmp_path: Path, suffix: str, height: int, width: int, transparent: bool
) -> None:
    samples = noise(height, width, 4)
    alpha = np.ascontiguousarray(samples[:, :, 3]) if transparent else None
    path = tmp_path / f"out.{suffix}"
    write(Picture(np.ascontiguousarray(samples[:, :, :3]), alpha), path, PROVENANCE)
    back = read(path)
    assert np.array_equal(back.pixels, samples[:, :, :3])
    assert (back.alpha is None) != transparent
    assert alpha is None or np.array_equal(back.alpha, alpha)  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_profile_exif_and_provenance_are_in_every_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out.{suffix}"
    write(Picture(smooth(16, 24), icc=rgb_profile(), exif=exif()), path, PROVENANCE)
    back = read(path)
    assert back.icc == rgb_profile()
    kept = Image.Exif()
    kept.load(back.exif or b"")
    assert kept[0x010F] == "Maker"
    assert float(kept.get_ifd(0x8769)[0x829D]) == pytest.approx(2.8)
    if suffix != "tif":  # where the software stands with the file's own tags
        assert kept[0x0131] == SOFTWARE
    assert told(path) == PROVENANCE


def test_the_software_is_named_in_tiff_and_png_too(tmp_path: Path) -> None:
    for suffix in ("png", "tif"):
        write(Picture(smooth(4, 4)), tmp_path / f"a.{suffix}", {})
    with Image.open(tmp_path / "a.png") as image:
        assert image.info["Software"] == SOFTWARE
    with Image.open(tmp_path / "a.tif") as image:
        assert image.getexif()[0x0131] == SOFTWARE == f"pleinair {__version__}"


def test_the_packet_says_that_an_algorithm_had_a_hand_in_it() -> None:
    assert b"compositeWithTrainedAlgorithmicMedia" in xmp_packet({})
    assert xmp_packet({}).startswith(b'<?xpacket begin="\xef\xbb\xbf"')


def test_jpeg_keeps_color_at_full_size(tmp_path: Path) -> None:
    path = tmp_path / "out.jpg"
    write(Picture(smooth(40, 40)), path, {})
    with Image.open(path) as image:
        assert [layer[1:3] for layer in image.layer] == [(1, 1)] * 3  # type: ignore[attr-defined]
    assert np.abs(read(path).pixels.astype(int) - smooth(40, 40)).mean() < 1.5


@pytest.mark.parametrize("suffix", ["jpg", "webp"])
def test_quality_is_heeded(tmp_path: Path, suffix: str) -> None:
    sizes = []
    for quality in (10, 60, 100):
        write(Picture(noise(64, 64)), tmp_path / f"{quality}.{suffix}", {}, quality=quality)
        sizes.append((tmp_path / f"{quality}.{suffix}").stat().st_size)
    assert sizes[0] < sizes[1] < sizes[2]


@pytest.mark.parametrize("quality", [0, 101, -5])
def test_quality_out_of_range_is_a_setting_error(tmp_path: Path, quality: int) -> None:
    with pytest.raises(SettingError, match="quality is 1 to 100"):
        write(Picture(smooth(4, 4)), tmp_path / "a.jpg", {}, quality=quality)


def test_webp_keeps_alpha_and_what_it_hides(tmp_path: Path) -> None:
    alpha = noise(8, 8, 1)[:, :, 0]
    write(Picture(smooth(8, 8), alpha), tmp_path / "a.webp", {}, quality=100)
    back = read(tmp_path / "a.webp")
    assert back.alpha is not None
    assert np.array_equal(back.alpha, alpha)
    assert np.abs(back.pixels.astype(int) - smooth(8, 8)).max() < 40


def test_transparency_in_a_jpeg_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"a\.jpg: JPEG cannot hold transparency; write PNG or WebP"):
        write(Picture(smooth(4, 4), noise(4, 4, 1)[:, :, 0]), tmp_path / "a.jpg", {})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.gif", "a", "a.jpg.txt"])
def test_other_suffixes_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"written as \.jpg, \.png, \.webp or \.tif"):
        write(Picture(smooth(4, 4)), tmp_path / name, {})


@pytest.mark.parametrize(("suffix", "longest"), [("jpg", 65_500), ("webp", 16_383)])
def test_strips_go_as_far_as_the_format(tmp_path: Path, suffix: str, longest: int) -> None:
    path = tmp_path / f"strip.{suffix}"
    write(Picture(np.full((1, longest, 3), 90, np.uint8)), path, {})
    assert read(path).pixels.shape == (1, longest, 3)
    with pytest.raises(OutputError, match=f"at most {longest} pixels on a side"):
        write(Picture(np.full((1, longest + 1, 3), 90, np.uint8)), path, {})


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied"), "permission denied"),
        (MemoryError(), "memory is too small"),
    ],
)
def test_a_failure_on_the_way_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, error: Exception, said: str
) -> None:
    path = tmp_path / f"out.{suffix}"
    path.write_bytes(b"an older painting")

    def half(_picture: Picture, file: Any, *_: object) -> None:
        file.write(b"half of it")
        raise error

    monkeypatch.setattr(writing, "_save", half)
    with pytest.raises(OutputError, match=said) as caught:
        write(Picture(smooth(4, 4)), path, {})
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == b"an older painting"
    assert parts_in(tmp_path) == []


@pytest.mark.parametrize("kind", [OutputError, PictureError])
def test_what_a_library_could_not_write_is_named_and_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    """OpenImageIO speaks of the file under the name that it has until it is whole, and not of the disk."""
    path = tmp_path / "out.exr"

    def half() -> None:
        with writing.appearing(path) as part:
            part.write_bytes(b"half of it")
            raise kind(f"{part} could only write 12/128 bytes")

    def failing() -> str:
        with pytest.raises(OutputError) as caught:
            half()
        assert list(tmp_path.iterdir()) == []
        return str(caught.value)

    assert failing() == f"{path} could only write 12/128 bytes"

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert failing() == f"{path} cannot be written: the disk is full"


def test_complaints_of_other_files_stay_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"^the source is damaged$"), writing.appearing(tmp_path / "out.exr"):
        raise PictureError("the source is damaged")


@deep
def test_light_on_a_disk_that_is_full_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_exr(tmp_path / "light.exr", render())

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    picture, path = read(source), tmp_path / "out.exr"
    with pytest.raises(OutputError) as caught:
        write(picture, path, {})
    assert str(caught.value) == f"{path} cannot be written: the disk is full"
    assert list(tmp_path.iterdir()) == [source]


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Image.Image, "save", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(Picture(smooth(4, 4)), tmp_path / "out.png", {})
    assert not list(tmp_path.iterdir())


def test_an_older_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    for seed in range(2):
        write(Picture(noise(4, 4, seed=seed)), path, {})
    assert np.array_equal(read(path).pixels, noise(4, 4, seed=1))
    assert [file.name for file in tmp_path.iterdir()] == ["out.png"]


def test_a_missing_folder_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written: no such file or directory"):
        write(Picture(smooth(4, 4)), tmp_path / "none" / "out.png", {})


def test_a_folder_is_made_and_tried(tmp_path: Path) -> None:
    make_folder(tmp_path / "new" / "deep")
    make_folder(str(tmp_path / "new" / "deep"))
    assert list((tmp_path / "new" / "deep").iterdir()) == []


def test_a_file_in_the_folders_place_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OutputError, match="cannot be written to"):
            make_folder(folder)
    assert (tmp_path / "file").read_bytes() == b"x"


def test_a_read_only_folder_is_an_output_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(OutputError, match="cannot be written to: permission denied; name another"):
        make_folder(tmp_path)


def test_exif_larger_than_jpeg_holds_is_left_out(tmp_path: Path) -> None:
    large = Image.Exif()
    large[0x010F], large[0x010E] = "Maker", "x" * 70_000
    for suffix in ("jpg", "png"):
        write(Picture(smooth(8, 8), exif=large.tobytes()), tmp_path / f"a.{suffix}", {})
    kept = Image.Exif()
    kept.load(read(tmp_path / "a.jpg").exif or b"")
    assert dict(kept) == {0x0131: SOFTWARE}
    kept.load(read(tmp_path / "a.png").exif or b"")
    assert kept[0x010F] == "Maker"


def test_exif_that_cannot_be_written_again_does_not_cost_the_painting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, tries = writing._save, []

    def fussy(picture: Picture, file: Any, name: str, options: Any) -> None:
        tries.append(options["exif"])
        if len(tries) == 1:
            file.write(b"half of it")
            raise ValueError("bad EXIF")
        save(picture, file, name, options)

    monkeypatch.setattr(writing, "_save", fussy)
    write(Picture(noise(4, 4), exif=exif()), tmp_path / "a.png", {})
    assert len(tries) == 2
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")  # nothing of the first try is left
    assert np.array_equal(read(tmp_path / "a.png").pixels, noise(4, 4))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_file_has_the_mode_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "any").touch()
    write(Picture(smooth(4, 4)), tmp_path / "a.png", {})
    assert (tmp_path / "a.png").stat().st_mode == (tmp_path / "any").stat().st_mode


def test_what_a_name_asks_for() -> None:
    assert writing.format_written(Path("a.tif")) == "TIFF"
    with pytest.raises(OutputError, match=r"a\.gif: a picture is written as"):
        writing.format_written(Path("a.gif"))


@pytest.mark.parametrize("read_from", [None, "HDR", "PNG"])
def test_light_goes_back_into_its_own_format_alone(read_from: str | None) -> None:
    writing.check_light(Path("a.exr"), "EXR", "EXR")
    with pytest.raises(OutputError, match=r"a\.exr: only what was read from EXR can be written as EXR"):
        writing.check_light(Path("a.exr"), "EXR", read_from)
