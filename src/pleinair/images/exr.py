"""OpenEXR and Radiance HDR: light in, light out, through OpenImageIO: the extra [deep].

Of an OpenEXR file one layer of one part is painted, the finished picture or the one that is asked for; all its other
channels and all other parts pass as they are.
Shapes: h×w pixels of the data window, c channels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pleinair.errors import OutputError, PictureError
from pleinair.images.chunks import retype
from pleinair.images.deep import complaint_of, openimageio
from pleinair.images.layers import Colors, colors_among, colors_of, is_called, is_finished, rank
from pleinair.images.light import LUMINANCE, Array, Matrix, carried_back, exposed, measured, to_rec709
from pleinair.images.picture import Picture, Pixels
from pleinair.images.radiance import check_header, put_header

if TYPE_CHECKING:
    from types import ModuleType

KINDS = {"EXR": "openexr", "HDR": "hdr"}  # our names of formats, and OpenImageIO's
LOSSY = ("b44", "b44a", "dwaa", "dwab")  # compressions that would lose more each time
BLIND = ("none", "rle", "zip", "zips", "piz")  # compressions that do not care whether 32 bits are float or integer
PLAIN = "zip"  # the compression instead
LARGEST_HALF = 65504.0
LIMIT_BYTES = 16 * 2**30  # of all channels of the painted part
LIMIT_PARTS = 4096
OWN = "pleinair:"  # what entries on the making begin with
COUNTED = "openexr:chunkCount"  # which the library tells of parts, and would write as an attribute of theirs
NAMED = 8  # channels and parts that a note names


@dataclass(frozen=True, eq=False)
class _File:
    """An opened file: its parts' descriptions, which part is painted and where its colors are."""

    oiio: ModuleType
    input: Any
    path: Path
    specs: Sequence[Any]
    part: int
    colors: Colors
    asked: str | None = None

    @property
    def spec(self) -> Any:
        return self.specs[self.part]

    def type_of(self, place: int) -> Any:
        return self.spec.channelformats[place] if self.spec.channelformats else self.spec.format

    def samples(self, first: int, stop: int, kind: Any) -> Any:
        """Channels first … stop - 1 of the painted part (h, w, stop - first). Raises PictureError."""
        values = self.input.read_image(self.part, 0, first, stop, kind)
        trouble = complaint_of(self.input)
        if values is None or trouble:
            raise PictureError(
                f"{self.path} is damaged or cut short ({trouble or 'it ends too early'}); fetch or export it again"
            )
        return values


def read_light(path: Path, name: str, limit_pixels: int, exposure: float | None, layer: str | None = None) -> Picture:
    """An EXR or HDR file, as `name` says, → a picture that is a view of its light. See `images.light`. layer: of an
    EXR, by default the finished picture, see `layers.colors_of`.

    Raises MissingExtraError without OpenImageIO, PictureError if the file is damaged or holds nothing to paint, or no
    such layer.
    """
    with _opened(path, name, layer) as file:
        colors, alpha, matrix = _light(file, name, limit_pixels)
        half = any(file.type_of(place) == file.oiio.HALF for place in file.colors.places)
        light = exposed(
            colors,
            alpha,
            path,
            exposure=exposure,
            matrix=matrix,
            largest=LARGEST_HALF if half else float(np.finfo(np.float32).max),
            layer=layer,
        )
        return Picture(light.view, _levels(alpha), format=name, note=_note(file), light=light)


def exposure_of(path: Path, name: str, limit_pixels: int, layer: str | None = None) -> float | None:
    """The exposure in stops that `read_light` would measure; None for darkness. Raises as it does."""
    with _opened(path, name, layer) as file:
        return measured(*_light(file, name, limit_pixels))


def _light(file: _File, name: str, limit_pixels: int) -> tuple[Array, Array | None, Matrix | None]:
    """The colors that are painted (h, w, 3), their alpha (h, w) and what takes them to Rec. 709. Raises
    PictureError."""
    path, spec, places, cover = file.path, file.spec, file.colors.places, file.colors.alpha
    _check_size(path, spec, limit_pixels)
    wanted = sorted({*places, *(() if cover is None else (cover,))})
    if file.oiio.UINT in map(file.type_of, wanted):
        raise PictureError(f"{path} has whole numbers for colors; save them as half or float first")
    whole = file.samples(wanted[0], wanted[-1] + 1, file.oiio.FLOAT)
    colors: Array = np.stack([whole[:, :, place - wanted[0]] for place in places], 2)
    alpha = None if cover is None else np.ascontiguousarray(whole[:, :, cover - wanted[0]])
    return colors, alpha, to_rec709(spec.getattribute("chromaticities")) if name == "EXR" else None


def write_light(picture: Picture, path: Path, provenance: Mapping[str, str]) -> None:
    """Write the light with what the painting changed to `path`, whatever its suffix, in the source's own format.

    Raises OutputError, and PictureError if the source is no longer what was read.
    """
    light = picture.light
    assert light is not None
    with _opened(light.source, picture.format, light.layer) as file:
        if (file.spec.height, file.spec.width) != light.view.shape[:2]:
            raise PictureError(f"{light.source} was changed while it was painted; paint it again")
        for spec in file.specs:  # what is told of an earlier painting is no longer true, or never was of the file
            for name in [each.name for each in spec.extra_attribs if each.name.startswith((OWN, COUNTED))]:
                spec.erase_attribute(name)
        for key, value in provenance.items():
            file.spec.attribute(f"{OWN}{key}", value)
        for spec in file.specs:
            if _compression(spec) in LOSSY:  # what is not painted would lose by it as well
                spec.attribute("compression", PLAIN)
        samples: Any = None
        integers: tuple[str, ...] = ()
        if not np.array_equal(picture.pixels, light.view):
            samples, integers = _assembled(file, carried_back(light, picture.pixels))
        _write_parts(file, path, picture.format, samples)
    if integers:
        retype(path, file.part, integers)
    if picture.format == "HDR":
        put_header(light.source, path, provenance)


def light_told(path: Path) -> dict[str, str]:
    """What `write_light` was told when it wrote the EXR file. Raises PictureError, MissingExtraError."""
    with _opened(path, "EXR") as file:
        marked = [each for spec in file.specs for each in spec.extra_attribs if each.name.startswith(OWN)]
    return {each.name.removeprefix(OWN): str(each.value) for each in marked}


def _write_parts(file: _File, path: Path, name: str, samples: Any) -> None:
    """All parts: the painted one of the samples, if there are any, and the others as they are in the file."""
    out = file.oiio.ImageOutput.create(KINDS[name])
    if out is None:
        raise OutputError(f"{path.name}: {complaint_of(file.oiio)}")
    for number, spec in enumerate(file.specs):
        if number:
            done = out.open(str(path), spec, "AppendSubimage")
        else:
            done = out.open(str(path), list(file.specs) if len(file.specs) > 1 else spec)
        if done and number == file.part and samples is not None:
            done = out.write_image(samples)
        elif done:
            done = file.input.seek_subimage(number, 0) and out.copy_image(file.input)
        if not done:
            reason = complaint_of(out) or complaint_of(file.input)
            out.close()
            raise OutputError(f"{path.name} cannot be written: {reason}")
    if not out.close():
        raise OutputError(f"{path.name} cannot be written: {complaint_of(out)}")


def _assembled(file: _File, painted: Array) -> tuple[Any, tuple[str, ...]]:
    """All channels of the painted part (h, w, c) with the painted colors, as half if all are, else as float; and the
    names of those that are integers, whose bits stand in the floats: the library would scale them to 0 … 1. The
    part's description is made to fit."""
    oiio, spec = file.oiio, file.spec
    types = [file.type_of(place) for place in range(spec.nchannels)]
    half = all(each == oiio.HALF for each in types)
    samples = np.empty((spec.height, spec.width, spec.nchannels), np.float16 if half else np.float32)
    for first, stop in _runs(types):
        read = file.samples(first, stop, types[first])
        samples[:, :, first:stop] = read.view(np.float32) if types[first] == oiio.UINT else read
    places = file.colors.places
    if len(set(places)) == 1:
        before = samples[:, :, places[0]].astype(np.float32)
        changed = (painted != before[:, :, None]).any(2) & np.isfinite(before)
        samples[changed, places[0]] = (painted[changed] @ LUMINANCE).astype(samples.dtype)
    else:
        samples[:, :, list(places)] = painted
    integers = tuple(name for name, each in zip(spec.channelnames, types, strict=True) if each == oiio.UINT)
    if integers:
        spec.set_format(oiio.FLOAT)
        spec.channelformats = tuple(oiio.FLOAT if each == oiio.UINT else each for each in types)
        if _compression(spec) not in BLIND:
            spec.attribute("compression", PLAIN)
    return samples, integers


@contextmanager
def _opened(path: Path, name: str, layer: str | None = None) -> Iterator[_File]:
    oiio = openimageio(f"{path} is {'OpenEXR' if name == 'EXR' else 'Radiance HDR'} and")
    if name == "HDR":
        check_header(path)
    file = oiio.ImageInput.open(str(path))
    if file is None:
        raise PictureError(f"{path} is damaged or cut short ({complaint_of(oiio)}); fetch or export it again")
    try:
        specs: list[Any] = []
        while len(specs) < LIMIT_PARTS and file.seek_subimage(len(specs), 0):
            specs.append(file.spec())
            if file.seek_subimage(len(specs) - 1, 1):
                raise PictureError(f"{path} is a texture with smaller copies of itself; paint what it was made from")
        complaint_of(file)
        part, colors = _painted_part(path, specs, layer)
        yield _File(oiio, file, path, specs, part, colors, layer)
    except UnicodeDecodeError as error:  # of names and texts in it
        raise PictureError(f"{path} is damaged (its texts are no UTF-8); fetch or export it again") from error
    finally:
        complaint_of(file)
        file.close()


def _painted_part(path: Path, specs: Sequence[Any], layer: str | None) -> tuple[int, Colors]:
    """The part to paint and its colors: the layer that is asked for, or what is most like a finished picture, of equals
    the first. Raises PictureError if there is none that can be painted."""
    if any(spec.deep for spec in specs):
        raise PictureError(f"{path} holds deep samples, several per pixel, in {_part_names(specs)}; flatten it first")
    parts = _names(specs) if len(specs) > 1 else [""]
    found = [(part, colors) for part, spec in enumerate(specs) for colors in colors_among(spec.channelnames)]
    if not found:
        names = [name for spec in specs for name in spec.channelnames]
        raise PictureError(f"{path} has no color to paint; its channels are {_some(names)}")
    asked = [each for each in found if layer is None or is_called(layer, each[1].layer, parts[each[0]])]
    if not asked:
        names = [colors.layer or parts[part] or "one without a name" for part, colors in found]
        raise PictureError(f"{path} has no layer {layer!r} of color; there are: {_some(names)}")
    return min(asked, key=lambda each: rank(each[1].layer, parts[each[0]]))


def _check_size(path: Path, spec: Any, limit_pixels: int) -> None:
    if spec.width * spec.height * spec.depth > limit_pixels:
        limit = limit_pixels // 1_000_000
        raise PictureError(
            f"{path} has {spec.width}×{spec.height} pixels; at most {limit} megapixels are painted: scale it down first"
        )
    if (
        spec.width < 1
        or spec.height < 1
        or spec.depth > 1
        or spec.nchannels * 4 * spec.width * spec.height > LIMIT_BYTES
    ):
        raise PictureError(f"{path} has {spec.nchannels} channels of {spec.width}×{spec.height}×{spec.depth}; split it")


def _note(file: _File) -> str:
    """What a user should know: colors beside the painted ones that stay as they are, and a compression that changes."""
    painted, notes = file.colors.layer, []
    names = list(file.spec.channelnames)
    others = [colors.layer or "the channels without a layer" for colors in colors_among(names) if colors != file.colors]
    for number, (name, spec) in enumerate(zip(_names(file.specs), file.specs, strict=True)):
        if number != file.part and colors_of(spec.channelnames):
            others.append(f"part {name}")
    if others:
        notes.append(f"painted {painted or 'the first colors'}; as they were: {_some(others)}")
        if file.asked is None and any(map(is_finished, others)):
            notes.append("--layer NAME paints another")
    lossy = dict.fromkeys(_compression(spec) for spec in file.specs if _compression(spec) in LOSSY)
    if lossy:
        notes.append(f"its compression, {', '.join(lossy)}, would lose more and becomes {PLAIN}")
    return "; ".join(notes)


def _names(specs: Sequence[Any]) -> list[str]:
    return [str(spec.getattribute("oiio:subimagename") or number) for number, spec in enumerate(specs)]


def _part_names(specs: Sequence[Any]) -> str:
    return _some([f"part {name}" for name, spec in zip(_names(specs), specs, strict=True) if spec.deep])


def _some(names: Sequence[str]) -> str:
    """Names in a line, not too many of them."""
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def _compression(spec: Any) -> str:
    return str(spec.getattribute("compression") or "").partition(":")[0]


def _runs(types: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """First and last + 1 of the neighbors of one type, so that each is read at once."""
    first = 0
    for place in range(1, len(types) + 1):
        if place == len(types) or types[place] != types[first]:
            yield first, place
            first = place


def _levels(alpha: Array | None) -> Pixels | None:
    """Alpha as uint16, 0 where it is no number."""
    if alpha is None:
        return None
    known = np.nan_to_num(alpha, nan=0.0, posinf=1.0, neginf=0.0)
    levels: Pixels = np.rint(np.clip(known, 0, 1) * np.float32(65535)).astype(np.uint16)
    return levels
