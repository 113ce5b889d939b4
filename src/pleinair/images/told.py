"""What a picture says of its own making: the provenance that `write` put into its metadata, read back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from pleinair.errors import PictureError
from pleinair.images.headers import sniff
from pleinair.images.metadata import NAMESPACE, XMP_TAG
from pleinair.images.radiance import header_told
from pleinair.images.reading import opened

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST_PACKET = 1_000_000  # bytes


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
            packet = _packet(image)
    except OSError as error:
        raise PictureError(f"{path} is damaged or cut short ({error}); fetch or export it again") from error
    return parsed(packet)


def parsed(packet: bytes) -> dict[str, str]:
    """The properties of our namespace in an XMP packet, be they attributes, as we write them, or elements, as other
    programs do. What is no such packet says nothing."""
    if len(packet) > LARGEST_PACKET or b"<!" in packet:  # XMP declares nothing, and so nothing can be blown up
        return {}
    try:
        root = ElementTree.fromstring(packet.strip(b"\0 \n\r\t"))
    except (ElementTree.ParseError, ValueError, LookupError):
        return {}
    mark = f"{{{NAMESPACE}}}"
    found: dict[str, str] = {}
    for element in root.iter():
        if element.tag.startswith(mark):
            found[element.tag.removeprefix(mark)] = element.text or ""
        found |= {key.removeprefix(mark): value for key, value in element.attrib.items() if key.startswith(mark)}
    return found


def _packet(image: Image) -> bytes:
    """The XMP of an opened file, as bytes."""
    value: Any = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    if not value:
        tags: Any = getattr(image, "tag_v2", {})
        value = tags.get(XMP_TAG, b"")
    return value.encode("utf-8", "replace") if isinstance(value, str) else bytes(value)
