"""Files → pictures."""

import io
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from pleinair.errors import PictureError
from pleinair.images import read
from tests.images.pictures import cmyk_profile, gray_profile, noise, png, rgb_profile, smooth, tiff

ORIENTATION = 0x0112
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
LOSSLESS = {"PNG": {}, "WEBP": {"lossless": True}, "TIFF": {}}


def saved(folder: Path, image: Image.Image, name: str, **options: object) -> Path:
    path = folder / f"picture.{name.lower()}"
    image.save(path, name, **options)
    return path


@pytest.mark.parametrize("name", LOSSLESS)
def test_pixels_come_as_they_are(tmp_path: Path, name: str) -> None:
    pixels = noise(13, 7)
    picture = read(saved(tmp_path, Image.fromarray(pixels), name, **LOSSLESS[name]))
    assert picture.pixels.dtype == np.uint8
    assert np.array_equal(picture.pixels, pixels)
    assert (picture.alpha, picture.icc, picture.format, picture.note) == (None, None, name, "")


def test_a_jpeg_comes_as_pillow_decodes_it(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.fromarray(smooth(40, 30)), "JPEG")
    picture = read(path)
    with Image.open(path) as image:
        assert np.array_equal(picture.pixels, np.asarray(image))
    assert picture.format == "JPEG"


@given(height=st.integers(1, 40), width=st.integers(1, 40), rows=st.integers(1, 50))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_strips_put_any_size_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, height: int, width: int, rows: int
) -> None:
    monkeypatch.setattr("pleinair.images.modes.STRIP_PIXELS", rows * width)
    pixels = noise(height, width, 4)
    picture = read(saved(tmp_path, Image.fromarray(pixels), "PNG"))
    assert np.array_equal(np.dstack((picture.pixels, picture.alpha)), pixels)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_and_reset(tmp_path: Path, name: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[0x010F] = orientation, "Maker"
    path = saved(tmp_path, Image.fromarray(smooth(9, 17)), name, exif=exif, **LOSSLESS.get(name, {}))
    picture = read(path)
    with Image.open(path) as image:
        assert np.array_equal(picture.pixels, np.asarray(ImageOps.exif_transpose(image)))
    assert picture.exif is not None
    kept = Image.Exif()
    kept.load(picture.exif)
    assert kept.get(ORIENTATION, 1) == 1
    assert kept[0x010F] == "Maker"
    assert picture.pixels.flags.c_contiguous


def test_alpha_turns_with_the_picture(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    pixels = noise(3, 5, 4)
    picture = read(saved(tmp_path, Image.fromarray(pixels), "PNG", exif=exif))
    assert picture.alpha is not None
    assert np.array_equal(picture.alpha, np.rot90(pixels[:, :, 3], -1))


def test_exif_folders_are_kept_and_the_thumbnail_is_not(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0110] = "Camera"
    exif.get_ifd(0x8769)[0x829D] = 2.8  # aperture
    exif.get_ifd(0x8825)[1] = "N"  # latitude
    kept = Image.Exif()
    kept.load(read(saved(tmp_path, Image.fromarray(smooth(8, 8)), "JPEG", exif=exif)).exif or b"")
    assert kept[0x0110] == "Camera"
    assert float(kept.get_ifd(0x8769)[0x829D]) == pytest.approx(2.8)
    assert kept.get_ifd(0x8825)[1] == "N"
    assert not kept.get_ifd(1)


def test_a_tiffs_storage_tags_are_not_exif(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x013B] = "Painter"
    kept = Image.Exif()
    kept.load(read(saved(tmp_path, Image.fromarray(noise(4, 4)), "TIFF", exif=exif)).exif or b"")
    assert kept[0x013B] == "Painter"
    assert not {256, 257, 258, 273, 279} & set(kept)


def test_broken_exif_does_not_cost_the_picture(tmp_path: Path) -> None:
    picture = read(saved(tmp_path, Image.fromarray(smooth(8, 8)), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\x7f"))
    assert picture.pixels.shape == (8, 8, 3)


@pytest.mark.parametrize("name", FORMATS)
def test_an_rgb_profile_is_kept(tmp_path: Path, name: str) -> None:
    icc = rgb_profile()
    assert read(saved(tmp_path, Image.fromarray(smooth(8, 8)), name, icc_profile=icc)).icc == icc


@pytest.mark.parametrize("mode", ["L", "1", "P"])
def test_gray_palette_and_bits_become_rgb_quietly(tmp_path: Path, mode: str) -> None:
    image = Image.fromarray(smooth(12, 9)).convert(mode)
    picture = read(saved(tmp_path, image, "PNG"))
    assert np.array_equal(picture.pixels, np.asarray(image.convert("RGB")))
    assert (picture.alpha, picture.note) == (None, "")


@pytest.mark.parametrize(("mode", "transparency"), [("P", 3), ("L", 7), ("RGB", (1, 2, 3))])
def test_a_transparent_color_becomes_alpha(tmp_path: Path, mode: str, transparency: object) -> None:
    image = Image.new(mode, (2, 1), 3 if mode == "P" else 7 if mode == "L" else (1, 2, 3))
    if mode == "P":
        image.putpalette(bytes(range(12)))
    image.putpixel((1, 0), 0)
    picture = read(saved(tmp_path, image, "PNG", transparency=transparency))
    assert picture.alpha is not None
    assert picture.alpha.tolist() == [[0, 255]]


def test_gray_with_alpha(tmp_path: Path) -> None:
    samples = noise(5, 4, 2)
    path = tmp_path / "la.png"
    path.write_bytes(png(samples))
    picture = read(path)
    assert picture.alpha is not None
    assert np.array_equal(picture.alpha, samples[:, :, 1])
    assert np.array_equal(picture.pixels, samples[:, :, :1].repeat(3, 2))


@pytest.mark.parametrize("name", ["JPEG", "TIFF"])
def test_cmyk_goes_through_its_profile_and_says_so(tmp_path: Path, name: str) -> None:
    image = Image.new("CMYK", (8, 8), (255, 0, 0, 0))
    picture = read(saved(tmp_path, image, name, icc_profile=cmyk_profile()))
    assert np.abs(picture.pixels.astype(int) - 185).max() <= 3  # the profile's cyan is a gray of L* = 75
    assert picture.note == "converted from CMYK to sRGB"
    assert picture.icc is None


def test_cmyk_without_a_profile_says_that_too(tmp_path: Path) -> None:
    for options in ({}, {"icc_profile": b"\0" * 16 + b"CMYK" + b"\0" * 200}):
        picture = read(saved(tmp_path, Image.new("CMYK", (8, 8), (255, 0, 0, 0)), "JPEG", **options))
        assert picture.pixels[4, 4, 0] < 40
        assert picture.pixels[4, 4, 2] > 200
        assert picture.note.startswith("converted from CMYK without a profile")


def test_lab_is_converted_and_said(tmp_path: Path) -> None:
    image = Image.new("LAB", (4, 4), (255, 128, 128))  # L* = 100, a* = b* = 0
    picture = read(saved(tmp_path, image, "TIFF"))
    assert picture.pixels.min() >= 254
    assert picture.note == "converted from Lab to sRGB"


def test_gray_goes_through_its_profile_quietly(tmp_path: Path) -> None:
    picture = read(saved(tmp_path, Image.new("L", (4, 4), 128), "PNG", icc_profile=gray_profile()))
    assert np.abs(picture.pixels.astype(int) - 188).max() <= 1
    assert (picture.icc, picture.note) == (None, "")


def test_without_littlecms_cmyk_is_still_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise ImportError("The _imagingcms C module is not installed")

    monkeypatch.setattr("PIL.ImageCms.ImageCmsProfile", missing)
    path = saved(tmp_path, Image.new("CMYK", (8, 8)), "TIFF", icc_profile=cmyk_profile())
    assert "without a profile" in read(path).note


@pytest.mark.parametrize("name", ["WEBP", "TIFF", "PNG"])
def test_of_many_frames_the_first_is_read_and_said(tmp_path: Path, name: str) -> None:
    frames = [Image.fromarray(noise(8, 8, seed=seed)) for seed in range(3)]
    picture = read(saved(tmp_path, frames[0], name, save_all=True, append_images=frames[1:], **LOSSLESS[name]))
    assert np.array_equal(picture.pixels, np.asarray(frames[0]))
    assert picture.note == "the first of several frames or pages"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_truncated_files_are_one_clear_line(tmp_path: Path, name: str, share: float) -> None:
    path = saved(tmp_path, Image.fromarray(noise(64, 64)), name)
    content = path.read_bytes()
    path.write_bytes(content[: max(12, int(share * len(content)))])
    with pytest.raises(PictureError, match="damaged or cut short") as caught:
        read(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@given(data=st.data(), name=st.sampled_from(FORMATS))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_to_a_file_the_answer_is_a_picture_or_a_picture_error(
    tmp_path: Path, data: st.DataObject, name: str
) -> None:
    path = saved(tmp_path, Image.fromarray(smooth(16, 16)), name)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        picture = read(path, limit_pixels=1_000_000)
    except PictureError as error:
        complaint = str(error)
    else:
        assert picture.pixels.shape[2] == 3
        complaint = "none"
    assert len(complaint.splitlines()) == 1


@pytest.mark.parametrize("name", FORMATS)
def test_bombs_are_refused_by_their_header(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path, Image.new("RGB", (600, 500)), name)
    with pytest.raises(PictureError, match=r"has 600×500 pixels; at most 0 megapixels"):
        read(path, limit_pixels=299_999)
    assert read(path, limit_pixels=300_000).pixels.shape == (500, 600, 3)


def test_a_bomb_of_a_few_bytes_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png(noise(1, 1), declared=(65535, 65535)))
    with pytest.raises(PictureError, match=r"65535×65535 pixels; at most 201 megapixels"):
        read(path)


def test_pillows_own_guard_is_not_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = {name: saved(tmp_path, Image.new("RGB", (8, 8)), name) for name in FORMATS}
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 40)  # a photo between the limit, where Pillow warns, and twice that
    assert all(read(path).pixels.shape == (8, 8, 3) for path in paths.values())
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)  # a photo beyond twice the limit
    assert read(paths["JPEG"]).pixels.shape == read(paths["PNG"]).pixels.shape == (8, 8, 3)
    for name in ("WEBP", "TIFF"):
        with pytest.raises(PictureError, match=r"too many pixels for a (webp|tiff)"):
            read(paths[name])


def test_a_strip_as_long_as_jpeg_allows(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("RGB", (65_500, 2), (10, 200, 90)), "JPEG")
    assert read(path).pixels.shape == (2, 65_500, 3)


def test_a_jpeg_longer_than_that_is_refused_clearly(tmp_path: Path) -> None:
    content = bytearray(saved(tmp_path, Image.new("RGB", (16, 16)), "JPEG").read_bytes())
    frame = content.index(b"\xff\xc0")
    content[frame + 7 : frame + 9] = (65_535).to_bytes(2, "big")
    path = tmp_path / "long.jpg"
    path.write_bytes(content)
    with pytest.raises(PictureError, match="JPEG ends at 65500"):
        read(path)


@pytest.mark.parametrize("dtype", [np.float32, np.uint32])
@pytest.mark.parametrize("channels", [1, 3])
def test_32_bits_are_refused(tmp_path: Path, dtype: type[np.generic], channels: int) -> None:
    path = tmp_path / "deep.tif"
    path.write_bytes(tiff(np.zeros((4, 4, channels), dtype)))
    with pytest.raises(PictureError, match="32 bits per channel"):
        read(path)


def test_reading_leaves_no_warning_and_no_open_file(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.fromarray(noise(4, 4)), "TIFF")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        read(path)
    assert not caught
    path.unlink()  # which Windows refuses while a file is open


def test_memory_running_out_is_a_picture_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("pleinair.images.reading.unpacked", exhausted)
    with pytest.raises(PictureError, match="too large for this machine's memory"):
        read(saved(tmp_path, Image.fromarray(noise(4, 4)), "PNG"))


def test_a_path_may_be_a_text(tmp_path: Path) -> None:
    assert read(str(saved(tmp_path, Image.fromarray(noise(4, 4)), "PNG"))).pixels.shape == (4, 4, 3)


def test_a_file_of_two_pictures_as_phones_write_it(tmp_path: Path) -> None:
    frames = [Image.fromarray(smooth(16, 16)), Image.fromarray(noise(16, 16))]
    file = io.BytesIO()
    frames[0].save(file, "MPO", save_all=True, append_images=frames[1:])
    path = tmp_path / "phone.jpg"
    path.write_bytes(file.getvalue())
    assert np.abs(read(path).pixels.astype(int) - smooth(16, 16)).mean() < 6
