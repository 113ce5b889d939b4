"""The XMP of what was painted: read as it stands, kept with what is no longer true taken out, our own words added.

XMP is RDF in XML (ISO 16684-1). It was written by anyone: a packet that is too large, declares entities or is no XML is
left behind, and never a reason to refuse a picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from pleinair.images.metadata import NAMESPACE, XMP_TAG, xmp_packet

if TYPE_CHECKING:
    from xml.dom.minidom import Element

    from PIL.Image import Image

LARGEST_PACKET = 1_000_000  # bytes
LARGEST_IN_JPEG = 65_502  # of a segment, less what names it
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XMP, TIFF = "http://ns.adobe.com/xap/1.0/", "http://ns.adobe.com/tiff/1.0/"
GPANO = "http://ns.google.com/photos/1.0/panorama/"
# What a painting does not keep: its orientation is applied, its thumbnail shows the picture before, and parts of a
# packet that lie elsewhere in the file (depth maps, the other eye) do not come along.
UNTRUE = {
    (TIFF, "Orientation"),
    (XMP, "Thumbnails"),
    (XMP, "CreatorTool"),
    ("http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "DigitalSourceType"),
    ("http://ns.adobe.com/xmp/note/", "HasExtendedXMP"),
}


def packet_of(image: Image) -> bytes | None:
    """The XMP of an image opened by Pillow, or None without, or if it is none that can be kept."""
    value: Any = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    if not value:
        tags: Any = getattr(image, "tag_v2", {})
        value = tags.get(XMP_TAG)
    if not isinstance(value, str | bytes):
        return None
    packet = value.encode("utf-8", "replace") if isinstance(value, str) else value
    return packet if parsed(packet) is not None else None


def parsed(packet: bytes) -> ElementTree.Element | None:
    """The tree of a packet, or None for what is no XMP. XMP declares nothing, so that nothing can be blown up."""
    if len(packet) > LARGEST_PACKET or b"<!" in packet:
        return None
    try:
        return ElementTree.fromstring(packet.strip(b"\0 \n\r\t"))
    except (ElementTree.ParseError, ValueError, LookupError):
        return None


def properties(packet: bytes, namespace: str) -> dict[str, str]:
    """The simple properties of a namespace, be they attributes, as most programs write them, or elements."""
    root, mark = parsed(packet), f"{{{namespace}}}"
    found: dict[str, str] = {}
    for element in () if root is None else root.iter():
        if element.tag.startswith(mark):
            found[element.tag.removeprefix(mark)] = (element.text or "").strip()
        found |= {key.removeprefix(mark): value for key, value in element.attrib.items() if key.startswith(mark)}
    return found


def packet_with(provenance: Mapping[str, str], source: bytes | None, largest: int = LARGEST_PACKET) -> bytes:
    """Our packet (see `metadata.xmp_packet`) with what the source's says beside it; ours alone if that is too large for
    `largest` bytes or cannot be read."""
    ours = xmp_packet(provenance)
    joined = _kept(source, ours)
    return ours if joined is None or len(joined) > largest else joined


def still_true(source: bytes | None) -> bytes | None:
    """A packet without what is no longer true of a painting; None without one that can be read."""
    return _kept(source, None)


def _kept(source: bytes | None, ours: bytes | None) -> bytes | None:
    """The source's descriptions, less what is untrue, and ours as one more; None if it has none."""
    from xml.dom import minidom  # which keeps the prefixes that other programs look for

    if source is None or parsed(source) is None:
        return None
    theirs = minidom.parseString(source.strip(b"\0 \n\r\t"))
    folders, root = theirs.getElementsByTagNameNS(RDF, "RDF"), theirs.documentElement
    if not folders or root is None:
        return None
    for element in list(_elements(root)):
        _strip(element)
    for description in list(folders[0].getElementsByTagNameNS(RDF, "Description")):
        if description.parentNode is folders[0] and _says_nothing(description):
            folders[0].removeChild(description)
    for description in minidom.parseString(ours).getElementsByTagNameNS(RDF, "Description") if ours else ():
        description.setAttribute("xmlns:rdf", RDF)  # which the source may know by another prefix
        folders[0].appendChild(description)
    head, tail = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n', '\n<?xpacket end="r"?>'
    return (head + root.toxml() + tail).encode("utf-8", "replace")


def _elements(element: Element) -> Iterator[Element]:
    for child in element.childNodes:
        if child.nodeType == child.ELEMENT_NODE:
            yield child
            yield from _elements(child)


def _strip(element: Element) -> None:
    """Take out what is untrue: an element itself, or attributes of it. What an earlier painting said of itself goes
    with its namespace."""
    if _untrue(element.namespaceURI, element.localName) and element.parentNode is not None:
        element.parentNode.removeChild(element)
        return
    for attribute in list(element.attributes.values()):
        if _untrue(attribute.namespaceURI, attribute.localName):
            element.removeAttributeNode(attribute)


def _says_nothing(description: Element) -> bool:
    """Whether nothing is left of a description but what it would be of."""
    names = {name for name in description.attributes.keys() if not name.startswith("xmlns")}  # noqa: SIM118
    children = any(child.nodeType == child.ELEMENT_NODE for child in description.childNodes)
    return not children and all(name.endswith(":about") for name in names)


def _untrue(namespace: str | None, name: str | None) -> bool:
    return namespace == NAMESPACE or (namespace, name) in UNTRUE
