"""EXR and HDR files for tests, written by OpenImageIO: channels of any types, parts, tiles, windows."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

deep = pytest.mark.skipif(find_spec("OpenImageIO") is None, reason="the extra [deep] is not installed")
Samples = npt.NDArray[Any]
Channels = Mapping[str, Samples]


def openimageio() -> Any:
    """The library, whose hints do not know that what is opened may be used."""
    import OpenImageIO

    return OpenImageIO


def scene(height: int = 20, width: int = 30, seed: int = 0) -> npt.NDArray[np.float32]:
    """Light (h, w, 3): a smooth ground, some darkness, a sun a thousand times as bright."""
    y, x = np.mgrid[:height, :width].astype(np.float32) / max(height, width)
    colors = np.stack((0.1 + 0.6 * x, 0.2 + 0.3 * y, 0.15 + 0.2 * x * y), 2)
    colors *= np.random.default_rng(seed).uniform(0.8, 1.2, colors.shape).astype(np.float32)
    colors[height // 5, width // 4] = (400, 350, 200)
    colors[0, 0] = 0
    return colors.astype(np.float32)


def render(height: int = 20, width: int = 30, kind: type[np.floating[Any]] = np.float16) -> dict[str, Samples]:
    """Channels as of a render: premultiplied color with a soft edge, depth and normals in float."""
    colors = scene(height, width)
    alpha = np.clip(np.linspace(-0.3, 1.4, width, dtype=np.float32), 0, 1)[None].repeat(height, 0)
    colors *= alpha[:, :, None]
    draw = np.random.default_rng(5)
    channels: dict[str, Samples] = {name: colors[:, :, place].astype(kind) for place, name in enumerate("RGB")}
    channels["A"] = alpha.astype(kind)
    channels["Z"] = np.where(alpha > 0, draw.uniform(1, 100, alpha.shape), 1e10).astype(np.float32)
    for name in "XYZ":
        channels[f"N.{name}"] = draw.normal(size=alpha.shape).astype(np.float32)
    channels["crypto00.R"] = draw.integers(0, 2**32, alpha.shape, dtype=np.uint32).view(np.float32)
    return channels


def write_exr(path: Path, parts: Sequence[Channels] | Channels, attributes: Mapping[str, Any] | None = None) -> Path:
    """Channels by name, (h, w) each, all of one type or half and float mixed, of one part or of several.

    attributes: of the first part; beside OpenImageIO's own, `tile` (pixels), `origin` (x, y) and `display` (w, h),
    which all parts share.
    """
    oiio = openimageio()

    kinds = {"float16": oiio.HALF, "float32": oiio.FLOAT, "uint32": oiio.UINT}
    parts = [parts] if isinstance(parts, Mapping) else parts
    specs = []
    for number, channels in enumerate(parts):
        first = next(iter(channels.values()))
        spec = oiio.ImageSpec(first.shape[1], first.shape[0], len(channels), kinds[first.dtype.name])
        spec.channelnames = tuple(channels)
        spec.channelformats = tuple(kinds[channel.dtype.name] for channel in channels.values())
        own = {} if number else dict(attributes or {})
        spec.tile_width = spec.tile_height = own.pop("tile", 0)
        spec.x, spec.y = own.pop("origin", (0, 0))
        own.pop("display", None)
        spec.full_width, spec.full_height = (attributes or {}).get("display", (spec.width, spec.height))
        if len(parts) > 1:
            spec.attribute("oiio:subimagename", f"part{number}")
        for name, value in own.items():
            if isinstance(value, tuple):
                spec.attribute(name, oiio.TypeDesc(f"float[{len(value)}]"), value)
            else:
                spec.attribute(name, value)
        specs.append(spec)
    out = oiio.ImageOutput.create("openexr")
    for number, (spec, channels) in enumerate(zip(specs, parts, strict=True)):
        if number:
            done = out.open(str(path), spec, "AppendSubimage")
        else:
            done = out.open(str(path), specs if len(specs) > 1 else spec)
        assert done, out.geterror()
        wide = np.stack(list(channels.values()), 2)
        assert out.write_image(np.ascontiguousarray(wide)), out.geterror()
    assert out.close()
    return path


def read_exr(path: Path, part: int = 0) -> dict[str, Samples]:
    """All channels of a part by name, (h, w) each, in the file's own types."""
    oiio = openimageio()

    file = oiio.ImageInput.open(str(path))
    assert file, oiio.geterror()
    assert file.seek_subimage(part, 0), file.geterror()
    spec, channels = file.spec(), {}
    for place, name in enumerate(spec.channelnames):
        kind = spec.channelformats[place] if spec.channelformats else spec.format
        samples = file.read_image(part, 0, place, place + 1, kind)
        assert samples is not None, file.geterror()
        channels[name] = samples[:, :, 0]
    file.close()
    return channels


def spec_of(path: Path, part: int = 0) -> Any:
    """OpenImageIO's description of a part."""
    oiio = openimageio()

    file = oiio.ImageInput.open(str(path))
    assert file, oiio.geterror()
    assert file.seek_subimage(part, 0), file.geterror()
    return file.spec()


def same_bits(one: Samples, other: Samples) -> bool:
    return one.dtype == other.dtype and one.tobytes() == other.tobytes()


def rgbe(colors: npt.NDArray[np.float32], header: Sequence[str] = ()) -> bytes:
    """A Radiance HDR file without compression: Ward's shared exponent, three bytes and one more."""
    top = colors.max(2)
    fraction, exponent = np.frexp(top)
    scale = np.where(top > 1e-32, fraction * 256 / np.maximum(top, 1e-32), 0)
    bytes_ = np.zeros((*colors.shape[:2], 4), np.uint8)
    bytes_[:, :, :3] = colors * scale[:, :, None]
    bytes_[:, :, 3] = np.where(top > 1e-32, exponent + 128, 0)
    lines = ["#?RADIANCE", *header, "FORMAT=32-bit_rle_rgbe", "", f"-Y {colors.shape[0]} +X {colors.shape[1]}", ""]
    return "\n".join(lines).encode() + bytes_.tobytes()
