"""OpenEXR as Blender writes it: the finished picture is painted, and everything else is what it was, bit for bit."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pleinair.errors import PictureError
from pleinair.images import Picture, read, write
from tests.images.exr_headers import Attribute, headers, put_attributes, text, version
from tests.images.lights import Samples, deep, read_exr, render, rgbe, same_bits, scene, spec_of, write_exr
from tests.images.pictures import noise

pytestmark = deep
LONG_NAMES = 0x400
# What Blender tells of a render, and the attributes of a cryptomatte.
TOLD = {
    "BlenderMultiChannel": "Blender V2.55.1 and newer",
    "Camera": "Camera.001",
    "Date": "2026/11/23 09:30:00",
    "File": "/shots/valley.blend",
    "Frame": "0007",
    "RenderTime": "01:02.33",
    "Scene": "Scène 山",
    "Software": "Blender 4.2.1",
    "cycles.ViewLayer.samples": "4096",
    "cryptomatte/f834d0a/conversion": "uint32_to_float32",
    "cryptomatte/f834d0a/hash": "MurmurHash3_32",
    "cryptomatte/f834d0a/manifest": '{"Tree":"' + "0123456789abcdef" * 300 + '"}',
    "cryptomatte/f834d0a/name": "ViewLayer.CryptoObject",
}
WINDOWS = {"origin": (5, 3), "display": (64, 48)}  # what the border of the render left out


def passes(view_layer: str, height: int = 20, width: int = 30, *, seed: int = 1) -> dict[str, Samples]:
    """The channels of a view layer: color in half, data in float."""
    made, draw = render(height, width, np.float16), np.random.default_rng(seed)
    channels = {f"Combined.{letter}": made[letter] for letter in "RGBA"}
    channels |= {f"DiffCol.{letter}": made[letter][::-1] for letter in "RGB"}
    channels |= {f"Noisy Image.{letter}": made[letter] for letter in "RGBA"}
    channels |= {"Depth.Z": made["Z"], "IndexOB.X": draw.integers(0, 9, made["Z"].shape).astype(np.float32)}
    channels |= {"Mist.Z": draw.uniform(size=made["Z"].shape).astype(np.float32)}
    channels |= {f"Vector.{letter}": draw.normal(size=made["Z"].shape).astype(np.float32) for letter in "XYZW"}
    channels |= {f"Normal.{letter}": made[f"N.{letter}"] for letter in "XYZ"}
    # Cryptomatte has bits of numbers for floats, some of which are not any number.
    bits = draw.integers(0, 2**32, made["Z"].shape, dtype=np.uint32)
    channels |= {f"CryptoObject00.{letter}": bits.view(np.float32) for letter in "rgba"}
    named = {f"{view_layer}.{name}": np.ascontiguousarray(samples) for name, samples in channels.items()}
    return dict(sorted(named.items()))


def blend(path: Path, channels: dict[str, Samples], **others: Any) -> Path:
    """A multilayer file as Blender writes it: one part, all that it tells, the long names flagged."""
    write_exr(path, channels, {**WINDOWS, **others})
    put_attributes(path, {name: text(value) for name, value in TOLD.items() if name not in headers(path)[0]})
    data = bytearray(path.read_bytes())
    if max(map(len, (*channels, *TOLD))) > 31:
        data[5] |= LONG_NAMES >> 8
    path.write_bytes(data)
    return path


def painted(picture: Picture) -> Picture:
    return replace(picture, pixels=(picture.pixels * 0.6).astype(np.uint16))


def check_rest(before: Path, after: Path, layer: str, part: int = 0) -> None:
    """All channels of a part but R, G and B of the layer are the same, in order, type and bits; and those are not."""
    one, other = read_exr(before, part), read_exr(after, part)
    assert list(one) == list(other)
    for name in one:
        changed = layer != "" and name in {f"{layer}.{letter}" for letter in "RGB"}
        assert one[name].dtype == other[name].dtype
        assert same_bits(one[name], other[name]) != changed, name


def check_header(before: Path, after: Path, repacked: bool = False) -> None:
    """Attributes of all parts, byte by byte, but for what is told of the painting."""
    assert version(before) == version(after)
    for one, other in zip(headers(before), headers(after), strict=True):
        ours = {name for name in other if name.startswith("pleinair:")}
        loose = {"compression", "chunkCount"} if repacked else set()
        assert {name: one[name] for name in one.keys() - loose} == {
            name: other[name] for name in other.keys() - ours - loose
        }


@pytest.mark.parametrize("compression", ["zip", "piz", "zips", "rle", "none", "pxr24", "dwaa", "dwab", "b44"])
def test_the_combined_layer_is_painted_and_all_else_passes(tmp_path: Path, compression: str) -> None:
    path = blend(tmp_path / "a.exr", passes("ViewLayer"), compression=compression)
    picture = read(path)
    assert picture.pixels.shape == (20, 30, 3)
    lossy = compression in ("dwaa", "dwab", "b44")
    notes = ["painted ViewLayer.Combined; as they were: ViewLayer.DiffCol, ViewLayer.Noisy Image"]
    notes += [f"its compression, {compression}, would lose more and becomes zip"] * lossy
    assert picture.note == "; ".join(notes)
    write(painted(picture), tmp_path / "b.exr", {"style": "monet"})
    check_rest(path, tmp_path / "b.exr", "ViewLayer.Combined")
    check_header(path, tmp_path / "b.exr", repacked=lossy)
    assert headers(tmp_path / "b.exr")[0]["pleinair:style"] == text("monet")
    spec = spec_of(tmp_path / "b.exr")
    assert (spec.x, spec.y, spec.full_width, spec.full_height) == (5, 3, 64, 48)
    write(picture, tmp_path / "c.exr", {})
    check_rest(path, tmp_path / "c.exr", "")
    check_header(path, tmp_path / "c.exr", repacked=lossy)


@pytest.mark.parametrize(("layer", "chosen"), [(None, "Back"), ("Fore", "Fore"), ("back.combined", "Back")])
def test_of_two_view_layers_one_is_asked_for(tmp_path: Path, layer: str | None, chosen: str) -> None:
    path = blend(tmp_path / "a.exr", {**passes("Back"), **passes("Fore", seed=2)})
    picture = read(path, layer=layer)
    assert picture.note.startswith(f"painted {chosen}.Combined; as they were: Back.")
    assert picture.note.endswith("; --layer NAME paints another") == (layer is None)
    write(painted(picture), tmp_path / "b.exr", {})
    check_rest(path, tmp_path / "b.exr", f"{chosen}.Combined")
    check_header(path, tmp_path / "b.exr")


def test_any_layer_of_color_can_be_asked_for(tmp_path: Path) -> None:
    path = blend(tmp_path / "a.exr", passes("ViewLayer"))
    write(painted(read(path, layer="ViewLayer.DiffCol")), tmp_path / "b.exr", {})
    check_rest(path, tmp_path / "b.exr", "ViewLayer.DiffCol")


@pytest.mark.parametrize("layer", ["Fore", "ViewLayer.Depth", "Combined", ""])
def test_a_layer_that_is_not_there_is_one_line(tmp_path: Path, layer: str) -> None:
    path = blend(tmp_path / "a.exr", passes("ViewLayer"))
    with pytest.raises(PictureError) as caught:
        read(path, layer=layer)
    assert str(caught.value) == (
        f"{path} has no layer {layer!r} of color; there are: ViewLayer.Combined, ViewLayer.DiffCol, "
        "ViewLayer.Noisy Image"
    )


def test_what_has_no_layers_says_so(tmp_path: Path) -> None:
    write(Picture(noise(4, 4)), tmp_path / "a.png", {})
    (tmp_path / "a.hdr").write_bytes(rgbe(scene()))
    for name in ("a.png", "a.hdr"):
        with pytest.raises(PictureError, match=r"has no layers, which only OpenEXR has; paint it without --layer"):
            read(tmp_path / name, layer="Combined")


@pytest.mark.parametrize("chosen", ["left", "right"])
def test_two_eyes(tmp_path: Path, chosen: str) -> None:
    """Blender's views stand between a layer and its letters; the left one comes first."""
    made = passes("ViewLayer")
    channels = {
        f"{name.rpartition('.')[0]}.{eye}.{name.rpartition('.')[2]}": samples
        for eye in ("left", "right")
        for name, samples in made.items()
    }
    path = blend(tmp_path / "a.exr", dict(sorted(channels.items())), multiView="left,right")
    layer = None if chosen == "left" else f"ViewLayer.Combined.{chosen}"
    write(painted(read(path, layer=layer)), tmp_path / "b.exr", {})
    check_rest(path, tmp_path / "b.exr", f"ViewLayer.Combined.{chosen}")


@pytest.mark.parametrize("compression", ["zip", "piz", "dwaa"])
@pytest.mark.parametrize("layer", [None, "Fore"])
def test_a_part_for_each_pass(tmp_path: Path, compression: str, layer: str | None) -> None:
    """Data first, so that the finished picture is neither the first part nor the first with color."""
    made = {**passes("Back"), **passes("Fore", seed=2)}
    groups: dict[str, dict[str, Samples]] = {}
    for name, samples in sorted(made.items(), key=lambda item: ("Combined" in item[0], item[0])):
        groups.setdefault(name.rpartition(".")[0], {})[name] = samples
    path = write_exr(tmp_path / "a.exr", list(groups.values()), {**WINDOWS, "compression": compression, "Scene": "山"})
    picture = read(path, layer=layer)
    assert picture.note.startswith(f"painted {layer or 'Back'}.Combined")
    write(painted(picture), tmp_path / "b.exr", {"style": "monet"})
    for number, name in enumerate(groups):
        check_rest(path, tmp_path / "b.exr", name if name == f"{layer or 'Back'}.Combined" else "", number)
    check_header(path, tmp_path / "b.exr", repacked=compression == "dwaa")


@given(
    names=st.lists(
        st.sampled_from(["Combined", "DiffCol", "Depth", "Mist", "Env", "Shadow Catcher"]),
        min_size=1,
        max_size=6,
        unique=True,
    ),
    kinds=st.lists(st.sampled_from([np.float16, np.float32]), min_size=6, max_size=6),
    size=st.tuples(st.integers(1, 9), st.integers(1, 40)),
    origin=st.tuples(st.integers(-9, 9), st.integers(-9, 9)),
    compression=st.sampled_from(["zip", "piz", "none", "zips"]),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_passes_of_any_types_and_sizes(
    tmp_path: Path, names: list[str], kinds: list[Any], size: tuple[int, int], origin: tuple[int, int], compression: str
) -> None:
    draw, channels = np.random.default_rng(7), dict[str, Samples]()
    for name, kind in zip(sorted(names), kinds, strict=False):
        for letter in ("Z",) if name in ("Depth", "Mist") else ("B", "G", "R"):
            channels[f"ViewLayer.{name}.{letter}"] = draw.uniform(0, 3, size).astype(kind)
    path = write_exr(tmp_path / "a.exr", channels, {"origin": origin, "display": (64, 48), "compression": compression})
    colors = [name for name in sorted(names) if name not in ("Depth", "Mist")]
    if not colors:
        with pytest.raises(PictureError, match="has no color to paint"):
            read(path)
        return
    chosen = "Combined" if "Combined" in colors else colors[0]
    write(painted(read(path)), tmp_path / "b.exr", {})
    check_header(path, tmp_path / "b.exr")
    before, after = read_exr(path), read_exr(tmp_path / "b.exr")
    assert list(before) == list(after)
    for name in before:
        assert before[name].dtype == after[name].dtype
        assert same_bits(before[name], after[name]) or name.startswith(f"ViewLayer.{chosen}.")
    assert any(not same_bits(before[name], after[name]) for name in before)


# Attributes of the kinds that renderers and compositors write, each of which stays byte by byte.
KEPT = {
    "int": Attribute("int", (-7).to_bytes(4, "little", signed=True)),
    "float": Attribute("float", np.float32(0.1).tobytes()),
    "double": Attribute("double", np.float64(0.1).tobytes()),
    "v2f": Attribute("v2f", np.arange(2, dtype="<f4").tobytes()),
    "v3f": Attribute("v3f", np.arange(3, dtype="<f4").tobytes()),
    "v3i": Attribute("v3i", np.arange(3, dtype="<i4").tobytes()),
    "m33f": Attribute("m33f", np.arange(9, dtype="<f4").tobytes()),
    "worldToCamera": Attribute("m44f", np.arange(16, dtype="<f4").tobytes()),
    "box2f": Attribute("box2f", np.arange(4, dtype="<f4").tobytes()),
    "timeCode": Attribute("timecode", bytes((4, 3, 2, 1, 5, 0, 0, 0))),
    "keyCode": Attribute("keycode", np.array((1, 2, 3, 4, 5, 4, 64), "<i4").tobytes()),
    "framesPerSecond": Attribute("rational", np.array((24000, 1001), "<u4").tobytes()),
    "chromaticities": Attribute(
        "chromaticities", np.array((0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290), "<f4").tobytes()
    ),
    "multiView": Attribute("stringvector", b"\4\0\0\0left\5\0\0\0right"),
    "view": text("left"),
    "comments": text("雪 & <snow>"),
}


@pytest.mark.parametrize("name", KEPT)
def test_attributes_of_every_type_stay(tmp_path: Path, name: str) -> None:
    path = write_exr(tmp_path / "a.exr", passes("ViewLayer", 4, 5))
    put_attributes(path, {name: KEPT[name]})
    assert headers(path)[0][name] == KEPT[name]
    for number, picture in enumerate((read(path), painted(read(path)))):
        write(picture, tmp_path / f"{number}.exr", {})
        check_header(path, tmp_path / f"{number}.exr")


def test_a_thumbnail_of_what_was_there_before_goes(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", passes("ViewLayer", 4, 5))
    put_attributes(path, {"preview": Attribute("preview", bytes((2, 0, 0, 0, 1, 0, 0, 0)) + bytes(8))})
    write(painted(read(path)), tmp_path / "b.exr", {})
    assert headers(tmp_path / "b.exr")[0].keys() == headers(path)[0].keys() - {"preview"}
