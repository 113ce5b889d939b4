"""The header of a Radiance HDR file (Ward, Real Pixels, 1991): lines of text, an empty one, the resolution."""

import re
from collections.abc import Mapping
from pathlib import Path

from pleinair.errors import PictureError

LONGEST_HEADER = 65_536  # bytes
FORMAT = b"FORMAT=32-bit_rle_rgbe"
RESOLUTION = re.compile(rb"[-+]Y \d{1,9} \+X \d{1,9}")  # stored row by row, from the left
OWN = b"pleinair:"


def check_header(path: Path) -> None:
    """Raise PictureError unless the file is RGBE, stored row by row."""
    _header(path)


def put_header(source: Path, path: Path, provenance: Mapping[str, str]) -> None:
    """Give the file at `path` the header of the source, with entries for the provenance. Raises PictureError."""
    lines, resolution, _ = _header(source)
    _, _, start = _header(path)
    kept = [line for line in lines if not line.startswith(OWN)]
    told = [OWN + f"{key}={' '.join(value.split())}".encode() for key, value in provenance.items()]
    data = path.read_bytes()[start:]
    path.write_bytes(b"\n".join([*kept, *told, b"", resolution, b""]) + data)


def header_told(path: Path) -> dict[str, str]:
    """The provenance in a header. Raises PictureError."""
    lines, _, _ = _header(path)
    entries = [line.removeprefix(OWN).decode("utf-8", "replace") for line in lines if line.startswith(OWN)]
    return {key: value for key, _, value in (entry.partition("=") for entry in entries)}


def _header(path: Path) -> tuple[list[bytes], bytes, int]:
    """The lines before the empty one, the line of the resolution, and where the pixels begin."""
    with path.open("rb") as file:
        head = file.read(LONGEST_HEADER)
    text, blank, rest = head.partition(b"\n\n")
    resolution, end, _ = rest.partition(b"\n")
    if not blank or not end:
        raise PictureError(f"{path} is damaged or cut short (the header ends too early); fetch or export it again")
    lines = text.split(b"\n")
    if FORMAT not in lines:
        raise PictureError(f"{path} is not in the RGBE of Radiance; save it as RGBE or OpenEXR first")
    if not RESOLUTION.fullmatch(resolution):
        raise PictureError(f"{path} is stored column by column or from the right; save it row by row first")
    return lines, resolution, len(text) + 2 + len(resolution) + 1
