"""EXR and HDR: strength 0 bit for bit, the painted changed, all else untouched, bad files named."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pleinair.errors import MissingExtraError, OutputError, PictureError, SettingError
from pleinair.images import Picture, read, write
from pleinair.images.chunks import retype
from pleinair.images.light import HELD
from pleinair.images.reading import metered
from pleinair.images.told import told
from tests.images.lights import deep, openimageio, read_exr, render, rgbe, same_bits, scene, spec_of, write_exr
from tests.images.pictures import noise, parts_in

COMPRESSIONS = ("none", "rle", "zips", "zip", "piz", "pxr24", "b44", "b44a", "dwaa", "dwab")


def lossless(compression: str) -> str:
    """What would lose more each time it is written becomes zip."""
    return "zip" if compression.startswith(("b44", "dwa")) else compression


def copied(source: Path, target: Path, compression: str) -> Path:
    """A file in another compression."""
    oiio = openimageio()

    file, out = oiio.ImageInput.open(str(source)), oiio.ImageOutput.create("openexr")
    spec = file.spec()
    spec.attribute("compression", compression)
    assert out.open(str(target), spec)
    assert out.copy_image(file)
    assert out.close()
    return target


def darkened(picture: Picture) -> Picture:
    return replace(picture, pixels=(picture.pixels * 0.6).astype(np.uint16))


@deep
@pytest.mark.parametrize("kind", [np.float16, np.float32])
@pytest.mark.parametrize("tile", [0, 16])
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_unpainted_every_channel_is_the_same_bit_for_bit(
    tmp_path: Path, kind: Any, tile: int, compression: str
) -> None:
    path = write_exr(tmp_path / "a.exr", render(kind=kind), {"compression": compression, "tile": tile})
    write(read(path), tmp_path / "b.exr", {"style": "monet"})
    before, after = read_exr(path), read_exr(tmp_path / "b.exr")
    assert list(before) == list(after)
    assert all(same_bits(before[name], after[name]) for name in before)
    assert spec_of(tmp_path / "b.exr").tile_width == tile
    assert spec_of(tmp_path / "b.exr")["compression"].partition(":")[0] == lossless(compression)
    assert parts_in(tmp_path) == []


@deep
@pytest.mark.parametrize("kind", [np.float16, np.float32])
@pytest.mark.parametrize("tile", [0, 16])
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_painted_only_the_colors_change(tmp_path: Path, kind: Any, tile: int, compression: str) -> None:
    path = write_exr(tmp_path / "a.exr", render(kind=kind), {"compression": compression, "tile": tile})
    picture = read(path)
    assert ("would lose more" in picture.note) == (lossless(compression) != compression)
    write(darkened(picture), tmp_path / "b.exr", {})
    before, after = read_exr(path), read_exr(tmp_path / "b.exr")
    assert {name: channel.dtype for name, channel in before.items()} == {
        name: channel.dtype for name, channel in after.items()
    }
    for name in before:
        assert same_bits(before[name], after[name]) == (name not in "RGB"), name
    for name in "RGB":
        assert np.isfinite(after[name]).all()
        assert (after[name][before[name] >= 0] >= 0).all()
        hidden = before["A"] == 0
        assert np.array_equal(before[name][hidden], after[name][hidden])
        assert after[name].mean(dtype=float) < before[name].mean(dtype=float)


@deep
def test_highlights_keep_their_ratio_to_white(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", render(kind=np.float32))
    picture = read(path)
    assert picture.light is not None
    for value in (0, 65535):
        write(replace(picture, pixels=np.full_like(picture.pixels, value)), tmp_path / "b.exr", {})
        before, after = read_exr(path), read_exr(tmp_path / "b.exr")
        for name in "RGB":
            bright = before[name] > picture.light.white
            ratio = after[name][bright] / before[name][bright]
            assert bright.any()
            assert ratio.min() >= 1 / HELD - 1e-4
            assert ratio.max() <= HELD + 1e-4


@deep
@given(
    height=st.integers(1, 9),
    width=st.integers(1, 9),
    kind=st.sampled_from([np.float16, np.float32]),
    origin=st.tuples(st.integers(-7, 7), st.integers(-7, 7)),
    tile=st.sampled_from([0, 16]),
    strange=st.booleans(),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_size_window_and_value(
    tmp_path: Path, height: int, width: int, kind: Any, origin: tuple[int, int], tile: int, strange: bool
) -> None:
    channels = render(height, width, kind)
    if strange:
        channels["G"][0, 0], channels["B"][-1, -1], channels["R"][0, -1] = np.nan, np.inf, -0.5
    path = write_exr(tmp_path / "a.exr", channels, {"origin": origin, "display": (64, 48), "tile": tile})
    before, picture = read_exr(path), read(path)
    assert picture.pixels.shape == (height, width, 3)
    write(picture, tmp_path / "b.exr", {})
    unpainted = read_exr(tmp_path / "b.exr")
    assert all(same_bits(before[name], unpainted[name]) for name in before)
    write(replace(picture, pixels=noise(height, width).astype(np.uint16) * 257), tmp_path / "c.exr", {})
    after, spec = read_exr(tmp_path / "c.exr"), spec_of(tmp_path / "c.exr")
    assert (spec.x, spec.y, spec.full_width, spec.full_height) == (*origin, 64, 48)
    for name in before:
        sound = np.isfinite(before[name])
        assert np.isfinite(after[name][sound]).all()
        assert np.array_equal(after[name][~sound], before[name][~sound], equal_nan=True)
        if name in "RGB":
            assert (after[name][before[name] >= 0] >= 0).all()
        else:
            assert same_bits(before[name], after[name])


@deep
@pytest.mark.parametrize("compression", ["zip", "piz", "pxr24", "dwaa", "none"])
@pytest.mark.parametrize("tile", [0, 16])
def test_integers_beside_colors_keep_every_bit(tmp_path: Path, compression: str, tile: int) -> None:
    """OpenImageIO can only write them as floats, but copy them: a file to start from is made by the function under
    test, and then copied into the compression."""
    channels = render()
    ids = np.random.default_rng(1).integers(0, 2**32, channels["R"].shape, dtype=np.uint32)
    path = write_exr(tmp_path / "z.exr", {**channels, "id": ids.view(np.float32)}, {"compression": "zip", "tile": tile})
    retype(path, 0, ("id",))
    path = copied(path, tmp_path / "a.exr", compression)
    assert same_bits(read_exr(path)["id"], ids)
    picture = read(path)
    for number, painted in enumerate((picture, darkened(picture))):
        write(painted, tmp_path / f"{number}.exr", {})
        after = read_exr(tmp_path / f"{number}.exr")
        assert same_bits(after["id"], ids)
        assert same_bits(after["Z"], read_exr(path)["Z"])
        assert after["R"].dtype == np.float16
    assert not same_bits(after["R"], channels["R"])


@deep
@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (1, 2, 0)])
def test_of_many_parts_the_first_color_is_painted(tmp_path: Path, order: tuple[int, ...]) -> None:
    beauty = {name: channel for name, channel in render().items() if name in "RGBA"}
    depth = {"Z": render()["Z"]}
    right = {name: channel.astype(np.float32) for name, channel in beauty.items()}
    parts = [(beauty, depth, right)[place] for place in order]
    path = write_exr(tmp_path / "a.exr", parts, {"Copyright": "studio"})
    picture = read(path)
    assert f"as they were: part part{max(order.index(0), order.index(2))}" in picture.note
    for name, painted in (("b.exr", picture), ("c.exr", darkened(picture))):
        write(painted, tmp_path / name, {"style": "monet"})
        for number in range(len(order)):
            before, after = read_exr(path, number), read_exr(tmp_path / name, number)
            for channel in before:
                expected = name == "b.exr" or number != min(order.index(0), order.index(2)) or channel == "A"
                assert same_bits(before[channel], after[channel]) == expected
            assert spec_of(tmp_path / name, number)["oiio:subimagename"] == f"part{number}"
        assert spec_of(tmp_path / name)["Copyright"] == "studio"


@deep
def test_layers_of_blender(tmp_path: Path) -> None:
    layers = {f"ViewLayer.Combined.{name}": channel for name, channel in render().items() if name in "RGBA"}
    layers |= {f"ViewLayer.DiffCol.{name}": render()[name] for name in "RGB"}
    layers["ViewLayer.Depth.Z"] = render()["Z"]
    path = write_exr(tmp_path / "a.exr", layers)
    picture = read(path)
    assert picture.note == "painted ViewLayer.Combined; as they were: ViewLayer.DiffCol"
    write(darkened(picture), tmp_path / "b.exr", {})
    before, after = read_exr(path), read_exr(tmp_path / "b.exr")
    for name in before:
        assert same_bits(before[name], after[name]) == (name[:-1] != "ViewLayer.Combined." or name[-1] == "A")


@deep
def test_gray_stays_one_channel(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", {"Y": scene()[:, :, 0], "Z": render()["Z"]})
    picture = read(path)
    assert (picture.pixels == picture.pixels[:, :, :1]).all()
    write(darkened(picture), tmp_path / "b.exr", {})
    after = read_exr(tmp_path / "b.exr")
    assert list(after) == ["Y", "Z"]
    assert after["Y"].mean() < scene()[:, :, 0].mean()
    write(picture, tmp_path / "c.exr", {})
    assert same_bits(read_exr(tmp_path / "c.exr")["Y"], scene()[:, :, 0])


@deep
def test_metadata_and_provenance(tmp_path: Path) -> None:
    kept = {
        "Copyright": "studio",
        "ImageDescription": "take 3",
        "studioShot": 7,
        "cryptomatte/1a2b3c4/name": "crypto",
        "chromaticities": (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767),
        "worldToCamera": tuple(float(number) for number in range(16)),
        "PixelAspectRatio": 2.0,
    }
    path = write_exr(tmp_path / "a.exr", render(), kept)
    before = {each.name: each.value for each in spec_of(path).extra_attribs}
    for painted in (read(path), darkened(read(path))):
        write(painted, tmp_path / "b.exr", {"style": "monet", "strength": "1"})
        after = {each.name: each.value for each in spec_of(tmp_path / "b.exr").extra_attribs}
        assert kept.keys() <= before.keys()
        assert {name: after.get(name) for name in before} == before
        assert told(tmp_path / "b.exr") == {"style": "monet", "strength": "1"}
    assert told(path) == {}
    write(read(tmp_path / "b.exr"), tmp_path / "c.exr", {"style": "hokusai"})
    assert told(tmp_path / "c.exr") == {"style": "hokusai"}  # nothing of the first painting


@deep
@pytest.mark.parametrize("width", [5, 40])  # narrower than 8 pixels nothing is compressed
def test_hdr_there_and_back(tmp_path: Path, width: int) -> None:
    header = ["# from a lens", "EXPOSURE=2.5", "VIEW=-vtv -vp 1 2 3", "pleinair:style=old"]
    path = tmp_path / "a.hdr"
    path.write_bytes(rgbe(scene(20, width), header))
    picture = read(path)
    assert picture.light is not None
    assert np.allclose(picture.light.colors, scene(20, width), rtol=0.02, atol=0.02)
    write(picture, tmp_path / "b.hdr", {"style": "monet"})
    again = read(tmp_path / "b.hdr")
    assert again.light is not None
    assert np.array_equal(again.light.colors, picture.light.colors)
    assert again.light.exposure == picture.light.exposure
    text = (tmp_path / "b.hdr").read_bytes().split(b"\n\n")[0].decode().splitlines()
    assert text == ["#?RADIANCE", *header[:3], "FORMAT=32-bit_rle_rgbe", "pleinair:style=monet"]
    assert told(tmp_path / "b.hdr") == {"style": "monet"}
    write(darkened(picture), tmp_path / "c.hdr", {})
    dark = read(tmp_path / "c.hdr").light
    assert dark is not None
    assert dark.colors.mean() < picture.light.colors.mean()
    bright = picture.light.colors > picture.light.white
    assert bright.any()
    assert np.abs(dark.colors[bright] / picture.light.colors[bright] - 1).max() < 0.1


@deep
def test_the_exposure_can_be_said(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", render())
    dim, plain, bright = (read(path, exposure=stops) for stops in (-2, None, 3))
    assert dim.pixels.mean() < plain.pixels.mean() < bright.pixels.mean()
    assert plain.light is not None
    assert read(path, exposure=plain.light.exposure).pixels.tobytes() == plain.pixels.tobytes()
    with pytest.raises(SettingError):
        read(path, exposure=1000)


@deep
def test_what_reading_would_measure_can_be_asked_for(tmp_path: Path) -> None:
    """Of colors multiplied by alpha, in other primaries, of a layer; and not of darkness or of what is no light."""
    wide = {"chromaticities": (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767)}
    layered = {f"{layer}.{name}": render()[name] for layer in ("Back", "Fore") for name in "RGBA"}
    files = [write_exr(tmp_path / "a.exr", render(), wide), write_exr(tmp_path / "b.exr", layered)]
    (tmp_path / "c.hdr").write_bytes(rgbe(scene()))
    for path, layer in ((files[0], None), (files[1], "Fore"), (tmp_path / "c.hdr", None)):
        light = read(path, layer=layer).light
        assert light is not None
        assert metered(path, layer) == light.exposure != 0
    assert metered(write_exr(tmp_path / "dark.exr", {name: np.zeros((4, 5), np.float16) for name in "RGB"})) is None
    write(Picture(noise(4, 5)), tmp_path / "a.png", {})
    assert metered(tmp_path / "a.png") is None
    with pytest.raises(PictureError, match="is not there"):
        metered(tmp_path / "none.exr")


@deep
def test_the_view_can_be_had_as_a_png(tmp_path: Path) -> None:
    picture = read(write_exr(tmp_path / "a.exr", render()))
    write(picture, tmp_path / "view.png", {})
    view = read(tmp_path / "view.png")
    assert np.array_equal(view.pixels, picture.pixels)
    assert view.alpha is not None


@pytest.mark.parametrize("suffix", ["exr", "hdr"])
def test_only_light_becomes_light(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(OutputError, match=f"only what was read from {suffix.upper()} can be written as"):
        write(Picture(noise(3, 3)), tmp_path / f"a.{suffix}", {})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("suffix", "data"), [("exr", b"\x76\x2f\x31\x01"), ("hdr", rgbe(scene()))])
def test_without_the_extra_the_command_to_type_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, data: bytes
) -> None:
    monkeypatch.setitem(sys.modules, "OpenImageIO", None)
    (tmp_path / f"a.{suffix}").write_bytes(data)
    with pytest.raises(MissingExtraError, match=r'and needs the extra \[deep\]; type: pip install "pleinair\[deep\]"'):
        read(tmp_path / f"a.{suffix}")


@deep
@pytest.mark.parametrize("kept", [4, 9, 200, 700, 2000])
def test_files_cut_short_are_one_line(tmp_path: Path, kept: int) -> None:
    whole = write_exr(tmp_path / "a.exr", render(40, 40)).read_bytes()
    assert len(whole) > 2000
    (tmp_path / "cut.exr").write_bytes(whole[:kept])
    with pytest.raises(PictureError, match="damaged or cut short") as caught:
        read(tmp_path / "cut.exr")
    assert "\n" not in str(caught.value)
    (tmp_path / "cut.hdr").write_bytes(rgbe(scene())[:kept])
    with pytest.raises(PictureError, match=r"damaged or cut short|not a picture"):
        read(tmp_path / "cut.hdr")


@deep
def test_what_has_no_color_is_named(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", {name: render()[name] for name in ("Z", "N.X", "N.Y", "N.Z")})
    with pytest.raises(PictureError, match=r"has no color to paint; its channels are Z, N\.X, N\.Y, N\.Z"):
        read(path)


@deep
def test_too_many_pixels_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", render(20, 30))
    with pytest.raises(PictureError, match="30×20 pixels; at most"):
        read(path, limit_pixels=599)


@deep
def test_mipmaps_are_refused(tmp_path: Path) -> None:
    oiio = openimageio()

    source = oiio.ImageBuf(str(write_exr(tmp_path / "a.exr", {name: render()[name] for name in "RGB"})))
    assert oiio.ImageBufAlgo.make_texture(oiio.MakeTxTexture, source, str(tmp_path / "mip.exr"))
    with pytest.raises(PictureError, match="smaller copies of itself"):
        read(tmp_path / "mip.exr")


@deep
def test_deep_samples_are_refused_by_name(tmp_path: Path) -> None:
    oiio = openimageio()

    spec = oiio.ImageSpec(4, 4, 5, oiio.FLOAT)
    spec.channelnames, spec.deep = ("R", "G", "B", "A", "Z"), True
    samples = oiio.DeepData()
    samples.init(16, 5, [oiio.FLOAT] * 5, list(spec.channelnames))
    for pixel in range(16):
        samples.set_samples(pixel, 2)
    out = oiio.ImageOutput.create("openexr")
    assert out.open(str(tmp_path / "a.exr"), spec)
    assert out.write_deep_image(samples)
    assert out.close()
    with pytest.raises(PictureError, match="holds deep samples, several per pixel, in part 0; flatten it first"):
        read(tmp_path / "a.exr")


@deep
def test_a_source_that_changes_meanwhile_is_noticed(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", render(20, 30))
    picture = read(path)
    write_exr(path, render(8, 8))
    with pytest.raises(PictureError, match="was changed while it was painted"):
        write(darkened(picture), tmp_path / "b.exr", {})
    path.unlink()
    with pytest.raises(PictureError):
        write(darkened(picture), tmp_path / "b.exr", {})
    assert not (tmp_path / "b.exr").exists()
    assert parts_in(tmp_path) == []
