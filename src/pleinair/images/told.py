"""What a picture says of its own making: the provenance that `write` put into its metadata, read back."""

from __future__ import annotations

from pathlib import Path

from pleinair.errors import PictureError
from pleinair.images.headers import sniff
from pleinair.images.metadata import NAMESPACE
from pleinair.images.radiance import header_told
from pleinair.images.reading import opened
from pleinair.images.xmp import packet_of, properties


def told(path: str | Path) -> dict[str, str]:
    """The entries of a picture's provenance, none if it says nothing. Raises PictureError if it is no picture."""
    path = Path(path)
    name = sniff(path)
    try:
        if name == "HDR":
            return header_told(path)
        if name == "EXR":
            from pleinair.images.exr import light_told

            return light_told(path)
        with path.open("rb") as file:
            image, _ = opened(file, path, name)
            packet = packet_of(image)
    except OSError as error:
        raise PictureError(f"{path} is damaged or cut short ({error}); fetch or export it again") from error
    return parsed(packet) if packet else {}


def parsed(packet: bytes) -> dict[str, str]:
    """The properties of our namespace in an XMP packet. What is no such packet says nothing."""
    return properties(packet, NAMESPACE)
