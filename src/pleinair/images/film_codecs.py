"""Which codec, pixel format and container a painted film has: its source's where they can hold it, never less depth."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from pleinair.errors import OutputError, SettingError
from pleinair.images.film_colors import layout, settled
from pleinair.images.film_facts import FULL, RGB_MATRIX, Colors, Facts, needed, reason
from pleinair.images.scheduling import scheduled_as_before

GROUP_SECONDS = 5  # from key frame to key frame at most: what a killed run has to paint again
CLOSED_GROUPS = {"x265-params": "open-gop=0:log-level=none"}
SAFE_X265_WIDTH = 64  # below it x265's tree of costs writes past its row (three blocks of 16 px, written by fours)


@dataclass(frozen=True)
class Codec:
    """An encoder by FFmpeg's name, its usual constant rate factor (None: it has none) and the largest, its options."""

    encoder: str
    crf: int | None = None
    worst: int = 51
    options: dict[str, str] = field(default_factory=dict)


CODECS = {
    "h264": Codec("libx264", 17, 51, {"preset": "medium"}),
    "hevc": Codec("libx265", 18, 51, {"preset": "medium", **CLOSED_GROUPS}),
    "vp9": Codec("libvpx-vp9", 20, 63, {"b": "0", "deadline": "good", "cpu-used": "4", "row-mt": "1"}),
    "av1": Codec("libsvtav1", 20, 63, {"preset": "8"}),
    "prores": Codec("prores_ks"),
}
CONTAINERS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm"}
FALLBACKS = (".mp4", ".mov", ".mkv")
PRORES_PROFILES = {1: "hq", 0: "4444"}  # by how often chroma is halved across


@dataclass(frozen=True)
class Encoding:
    """How a film is encoded. colors: the tags as they are to be written; group: frames from key to key at most."""

    codec: str
    pixel_format: str
    width: int
    height: int
    time_base: Fraction
    rate: Fraction
    colors: Colors
    aspect: Fraction | None
    crf: int | None
    group: int

    def told(self) -> dict[str, str]:
        """What two runs must have in common to go on with each other's packets."""
        return {
            "codec": self.codec,
            "pixelFormat": self.pixel_format,
            "crf": str(self.crf),
            "size": f"{self.width}x{self.height}",
            "timeBase": str(self.time_base),
        }


def choose(
    facts: Facts, codec: str | None = None, crf: int | None = None, pixel_format: str | None = None
) -> tuple[Encoding, str]:
    """The encoding of a film's painting, and a note on what differs from the source.

    codec: by default the source's own if there is an encoder for it that keeps the depth, else hevc above 8 bits and
    h264. pixel_format: by default the source's, or the nearest that is no less deep. Raises SettingError, OutputError.
    """
    name = codec or _usual(facts)
    if name not in CODECS:
        raise SettingError(f"codec {name!r} is not one of {', '.join(CODECS)}")
    chosen = CODECS[name]
    if crf is not None and (chosen.crf is None or not 0 <= crf <= chosen.worst):
        raise SettingError(f"{name} takes {'no --crf' if chosen.crf is None else f'--crf 0 to {chosen.worst}'}")
    formats = _formats(chosen)
    if pixel_format is not None and pixel_format not in formats:
        raise SettingError(f"{name} is written in {', '.join(formats)}, not in {pixel_format!r}")
    picked = pixel_format or _nearest(facts, formats)
    if picked is None:
        raise SettingError(
            f"{facts.path.name} has {facts.bits} bits and {facts.width}x{facts.height} pixels, which {name} cannot "
            "hold here; give another --codec, or --pixel-format for less"
        )
    colors = facts.colors
    if picked.startswith("yuvj"):
        colors = replace(colors, range=FULL)
    if colors.matrix == RGB_MATRIX and not layout(picked).rgb:  # RGB that becomes YUV: by the matrix that it gets
        colors = replace(colors, matrix=settled(colors, facts.height).matrix)
    notes = [] if name == facts.codec else [f"{facts.codec} becomes {name}"]
    if picked != facts.pixel_format:
        notes.append(f"{facts.pixel_format} becomes {picked}")
    group = max(1, round(GROUP_SECONDS * facts.rate))
    crf = chosen.crf if crf is None else crf
    size = (facts.width, facts.height)
    encoding = Encoding(name, picked, *size, facts.time_base, facts.rate, colors, facts.aspect, crf, min(group, 300))
    return encoding, "; ".join(notes)


def encoder(encoding: Encoding) -> Any:
    """PyAV's encoder, opened, its headers apart from the packets. Raises OutputError if it refuses."""
    av = needed()
    os.environ.setdefault("SVT_LOG", "1")  # by which SVT-AV1 tells errors only; it knows no other way
    made = av.CodecContext.create(CODECS[encoding.codec].encoder, "w")
    configure(made, encoding)
    try:
        with scheduled_as_before():
            made.open()
    except (av.error.FFmpegError, ValueError) as error:
        raise OutputError(
            f"{encoding.codec} cannot hold {encoding.width}x{encoding.height} in {encoding.pixel_format} "
            f"({reason(error)}); give another --codec or --pixel-format"
        ) from error
    return made


def configure(made: Any, encoding: Encoding) -> None:
    """Tell an encoder all that it is to know."""
    from av.codec.context import Flags

    chosen = CODECS[encoding.codec]
    made.width, made.height, made.pix_fmt = encoding.width, encoding.height, encoding.pixel_format
    made.time_base, made.framerate = encoding.time_base, encoding.rate
    made.gop_size = encoding.group
    made.color_range, made.color_primaries = encoding.colors.range, encoding.colors.primaries
    made.color_trc, made.colorspace = encoding.colors.transfer, encoding.colors.matrix
    if encoding.aspect is not None:
        made.sample_aspect_ratio = encoding.aspect
    made.flags |= Flags.global_header | Flags.closed_gop
    options = dict(chosen.options)
    if encoding.crf is not None:
        options["crf"] = str(encoding.crf)
    if encoding.codec == "hevc" and encoding.width < SAFE_X265_WIDTH:
        options["x265-params"] += ":cutree=0"
    if encoding.codec == "prores":
        options["profile"] = PRORES_PROFILES[layout(encoding.pixel_format).across]
    made.options = options


def suffix_for(facts: Facts, codec: str, wanted: str | None = None) -> str:
    """The suffix of a container that holds the painting and, if any can, all sound and subtitles. wanted: asked for by
    name, by default the source's own. Raises SettingError for one that cannot hold the codec."""
    own = (wanted or facts.path.suffix).lower()
    if wanted and (own not in CONTAINERS or codec not in holds(own)):
        can = [suffix for suffix in CONTAINERS if codec in holds(suffix)]
        raise SettingError(f"{codec} is written to {', '.join(can)}, not to {wanted!r}; name such a file, or a --codec")
    if own in CONTAINERS and codec in holds(own):
        return own
    beside = {name for kind, name in facts.others.values() if kind in ("audio", "subtitle")}
    able = [suffix for suffix in FALLBACKS if codec in holds(suffix)]
    return next((suffix for suffix in able if beside <= holds(suffix)), able[-1])


def holds(suffix: str) -> set[str]:
    """The codecs that a container may hold, by FFmpeg's names."""
    import io

    av = needed()
    with av.open(io.BytesIO(), "w", format=CONTAINERS[suffix]) as made:
        return set(made.supported_codecs)


def _usual(facts: Facts) -> str:
    if facts.codec in CODECS and _nearest(facts, _formats(CODECS[facts.codec])) is not None:
        return facts.codec
    return "h264" if facts.bits <= 8 else "hevc"


def _formats(codec: Codec) -> list[str]:
    """Pixel formats that an encoder takes and that hold colors. Raises OutputError where PyAV lacks the encoder."""
    av = needed()
    try:
        found = av.codec.Codec(codec.encoder, "w").video_formats or []
    except ValueError as error:
        raise OutputError(f"this PyAV was built without {codec.encoder}; give another --codec") from error
    names = [each.name for each in found]
    return [name for name in names if not name.startswith(("gray", "yuva", "gbra", "nv2"))]


def _nearest(facts: Facts, formats: list[str]) -> str | None:
    """The source's own pixel format, else the least that is no less deep and, if there is any, no coarser in color."""
    source = layout(facts.pixel_format)
    odd_across, odd_down = facts.width % 2, facts.height % 2
    usable = [
        (name, stored)
        for name in formats
        if (stored := layout(name)).bits >= source.bits
        and stored.rgb == (source.rgb and name == facts.pixel_format)
        and not (odd_across and stored.across)
        and not (odd_down and stored.down)
        and name.startswith("yuvj") == facts.pixel_format.startswith("yuvj")
    ]
    if any(name == facts.pixel_format for name, _ in usable):
        return facts.pixel_format
    # What is stored as RGB or by a palette is written as players like it best: chroma halved.
    across, down = (1, 1) if source.rgb or not source.planar else (source.across, source.down)

    def cost(entry: tuple[str, Any]) -> tuple[bool, int, int]:
        stored = entry[1]
        return (stored.across > across or stored.down > down, stored.bits, -stored.across - stored.down)

    return min(usable, key=cost)[0] if usable else None


def container_of(path: Path) -> str:
    """FFmpeg's name of the container that a film's name asks for. Raises SettingError."""
    if path.suffix.lower() not in CONTAINERS:
        raise SettingError(f"{path.name}: a film is written as {', '.join(CONTAINERS)}")
    return CONTAINERS[path.suffix.lower()]
