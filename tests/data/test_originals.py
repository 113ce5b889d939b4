"""Originals: found in any folder, read whatever their kind, judged in plain words, never the end of a whole folder."""

import hashlib
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from pleinair.data.originals import Found, examine, judged, listed, pixels_of, read_rgb, sha_of
from pleinair.errors import DataError, PictureError
from tests.data.pictures import save, scene

MINIMUM = 64


def reason(path: Path) -> str:
    found = Found(path, path.name)
    examined = examine(found, sha_of(found), MINIMUM)
    assert bool(examined.reason) != bool(examined.pieces)
    return examined.reason


def test_pictures_are_listed_below_a_folder_sorted(tmp_path: Path) -> None:
    for name in ("b.PNG", "a/x.jpg", "a/deep/er/y.webp", "c.tif"):
        save(scene(0), tmp_path / name)
    (tmp_path / "manifest.csv").write_text("file,artist\n")
    (tmp_path / "notes").write_text("no suffix")
    found, others = listed([tmp_path])
    assert [one.source for one in found] == ["a/deep/er/y.webp", "a/x.jpg", "b.PNG", "c.tif"]
    assert others == 2


def test_hidden_files_are_passed_over(tmp_path: Path) -> None:
    for name in (".a.jpg", ".thumbs/b.jpg", "c.jpg"):
        save(scene(0), tmp_path / name)
    found, others = listed([tmp_path])
    assert [one.source for one in found] == ["c.jpg"]
    assert others == 0


def test_several_folders_are_told_apart(tmp_path: Path) -> None:
    for name in ("one/a.jpg", "two/a.jpg", "single.jpg"):
        save(scene(0), tmp_path / name)
    found, _ = listed([tmp_path / "one", tmp_path / "two", tmp_path / "single.jpg"])
    assert [one.source for one in found] == ["one/a.jpg", "two/a.jpg", "single.jpg"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"there is no folder .*monet"):
        listed([tmp_path / "monet"])


@pytest.mark.skipif(
    sys.platform == "win32" or getattr(os, "geteuid", lambda: 0)() == 0, reason="everything can be read here"
)
def test_a_folder_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0)
    try:
        with pytest.raises(DataError, match=r"locked cannot be read"):
            listed([tmp_path])
    finally:
        locked.chmod(0o700)


def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(_: object) -> object:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(DataError, match="cannot be read: permission denied; check its permissions"):
        listed([tmp_path])


def test_the_sha_is_that_of_the_file(tmp_path: Path) -> None:
    path = save(scene(0), tmp_path / "a.png")
    assert sha_of(Found(path, "a.png")) == hashlib.sha256(path.read_bytes()).hexdigest()
    assert sha_of(Found(tmp_path / "gone.png", "gone.png")) == ""


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif"])
def test_all_usual_kinds_are_read(tmp_path: Path, suffix: str) -> None:
    path = save(scene(0), tmp_path / f"a.{suffix}")
    pixels, note = read_rgb(path)
    assert pixels.shape == (140, 160, 3)
    assert pixels.dtype == np.uint8
    assert note == ""
    assert np.abs(pixels.astype(int) - scene(0)).mean() < 6
    assert reason(path) == ""


def test_photos_are_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = save(scene(0), tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(read_rgb(path)[0], np.rot90(scene(0), -1))


def test_gray_becomes_rgb(tmp_path: Path) -> None:
    path = save(scene(0)[..., 0], tmp_path / "a.png")
    pixels, _ = read_rgb(path)
    np.testing.assert_array_equal(pixels, scene(0)[..., :1].repeat(3, 2))


def test_transparency_is_laid_on_white(tmp_path: Path) -> None:
    alpha = np.full((140, 160, 1), 255, np.uint8)
    alpha[:70] = 0
    alpha[70:80] = 128
    path = save(np.concatenate((scene(0), alpha), -1), tmp_path / "a.png")
    pixels, note = read_rgb(path)
    assert note == "transparency on white"
    assert (pixels[:70] == 255).all()
    np.testing.assert_array_equal(pixels[80:], scene(0)[80:])
    assert np.abs(pixels[70:80] - (scene(0)[70:80] / 2 + 127.5)).max() <= 1


def test_an_opaque_alpha_needs_no_note(tmp_path: Path) -> None:
    path = save(np.concatenate((scene(0), np.full((140, 160, 1), 255, np.uint8)), -1), tmp_path / "a.png")
    pixels, note = read_rgb(path)
    np.testing.assert_array_equal(pixels, scene(0))
    assert note == ""


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def renamed(profile: bytes) -> bytes:
    """The same profile under another name, in UTF-16 as ICC 4 has it."""
    assert b"s\0R\0G\0B" in profile
    return profile.replace(b"s\0R\0G\0B", b"m\0i\0n\0e")


def test_srgb_stays_as_it_is(tmp_path: Path) -> None:
    pixels, note = read_rgb(save(scene(0), tmp_path / "a.png", icc_profile=SRGB))
    np.testing.assert_array_equal(pixels, scene(0))
    assert note == ""


def test_another_color_space_becomes_srgb(tmp_path: Path) -> None:
    """A space whose red light is sRGB's green, and the other way round."""
    swapped = renamed(SRGB).replace(b"rXYZ", b"tmp0").replace(b"gXYZ", b"rXYZ").replace(b"tmp0", b"gXYZ")
    pixels, note = read_rgb(save(scene(0), tmp_path / "a.png", icc_profile=swapped))
    assert note == "converted from mine built-in to sRGB"
    assert np.abs(pixels.astype(int) - scene(0)[..., [1, 0, 2]]).max() <= 3


def test_a_broken_profile_is_said_and_passed_over(tmp_path: Path) -> None:
    broken = SRGB[:128] + bytes(len(SRGB) - 128)
    pixels, note = read_rgb(save(scene(0), tmp_path / "a.png", icc_profile=broken))
    np.testing.assert_array_equal(pixels, scene(0))
    assert note == "color profile not understood"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.jpg", b"", "cannot be read: empty"),
        ("text.jpg", b"this is no picture at all", "cannot be read: not a picture"),
        ("anim.gif", b"GIF89a" + bytes(50), "cannot be read: a GIF"),
        ("broken.png", b"\x89PNG\r\n\x1a\n" + bytes(60), "cannot be read: damaged or cut short"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    told = reason(tmp_path / name)
    assert told.startswith(said)
    assert "\n" not in told
    assert str(tmp_path) not in told


@settings(max_examples=25, deadline=None)
@given(share=st.floats(0.02, 0.9), suffix=st.sampled_from(["png", "jpg", "tif"]))
def test_a_truncated_picture_is_said(tmp_path_factory: pytest.TempPathFactory, share: float, suffix: str) -> None:
    path = save(scene(0), tmp_path_factory.mktemp("cut") / f"a.{suffix}")
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])
    assert reason(path).startswith("cannot be read: ")


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    assert reason(tmp_path / "gone.jpg").startswith("cannot be read: ")


@pytest.mark.parametrize(
    ("width", "height", "good"), [(64, 64, True), (63, 200, False), (100, 63, False), (64, 65, True)]
)
def test_small_pictures_are_refused(width: int, height: int, good: bool) -> None:
    told, _ = judged(scene(0, width, height), MINIMUM)
    assert told == ("" if good else "too small (short side below 64 px)")


def test_pictures_of_nearly_one_color_are_refused() -> None:
    gray = np.full((100, 100, 3), 128, np.uint8)
    assert judged(gray, MINIMUM)[0] == "nearly one color"
    noisy = (gray + np.random.default_rng(0).integers(-2, 3, gray.shape)).astype(np.uint8)
    assert judged(noisy, MINIMUM)[0] == "nearly one color"
    gradient = gray + np.linspace(0, 40, 100).astype(np.uint8)[:, None, None]
    assert judged(gradient, MINIMUM)[0] == ""


def test_borders_are_cut_off_and_noted(tmp_path: Path) -> None:
    pixels = np.full((180, 200, 3), 255, np.uint8)
    pixels[20:160, 20:180] = scene(0)
    found = Found(save(pixels, tmp_path / "a.png"), "a.png")
    (piece,) = examine(found, "", MINIMUM).pieces
    assert (piece.box, piece.size, piece.whole) == ((20, 20, 180, 160), (160, 140), (200, 180))
    assert piece.note == "even borders cut off"
    np.testing.assert_array_equal(pixels_of(piece), scene(0))


def test_a_strip_is_cut_into_pieces(tmp_path: Path) -> None:
    scroll = scene(0, 500, 100)
    found = Found(save(scroll, tmp_path / "scroll.png"), "scroll.png")
    pieces = examine(found, "", MINIMUM).pieces
    assert [piece.name for piece in pieces] == ["scroll_c0", "scroll_c1", "scroll_c2"]
    assert [piece.note for piece in pieces] == [f"piece {i} of 3" for i in (1, 2, 3)]
    np.testing.assert_array_equal(np.concatenate([pixels_of(piece) for piece in pieces], 1), scroll)


def test_the_empty_end_of_a_scroll_is_left_out(tmp_path: Path) -> None:
    scroll = scene(0, 400, 100)
    scroll[:, 200:] = 230
    pieces = examine(Found(save(scroll, tmp_path / "a.png"), "a.png"), "", MINIMUM).pieces
    assert [piece.box for piece in pieces] == [(0, 0, 200, 100)]


def test_a_strip_too_thin_is_refused(tmp_path: Path) -> None:
    assert reason(save(scene(0, 900, 30), tmp_path / "a.png")).startswith("too small")


def test_a_picture_that_changes_meanwhile_is_said(tmp_path: Path) -> None:
    path = save(scene(0), tmp_path / "a.png")
    (piece,) = examine(Found(path, "a.png"), "", MINIMUM).pieces
    save(scene(0, 90, 90), path)
    with pytest.raises(PictureError, match="has changed"):
        pixels_of(piece)
