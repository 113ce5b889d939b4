"""EXIF without what is no longer true, and provenance as an XMP packet, which all four formats can carry."""

from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

from pleinair.version import __version__

SOFTWARE = f"pleinair {__version__}"
ORIENTATION, SOFTWARE_TAG, XMP_TAG = 0x0112, 0x0131, 700
EXIF_IFD, GPS_IFD = 0x8769, 0x8825
# Those tags of a TIFF's first page that describe the picture and not its storage.
DESCRIPTIVE = (0x010E, 0x010F, 0x0110, 0x011A, 0x011B, 0x0128, 0x0132, 0x013B, 0x8298, EXIF_IFD, GPS_IFD)
NAMESPACE = "urn:pleinair:1.0/"
# IPTC's words for a picture that an algorithm learned from examples has reworked, and for one that it made.
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
REWORKED, MADE = f"{SOURCE_TYPES}compositeWithTrainedAlgorithmicMedia", f"{SOURCE_TYPES}trainedAlgorithmicMedia"
COMPUTED = f"{SOURCE_TYPES}algorithmicMedia"  # by rules alone, nothing learned


def profile_space(icc: bytes | None) -> str:
    """The color space that an ICC profile is for, as "RGB" or "CMYK" (ICC.1 section 7.2.6); empty without one."""
    return icc[16:20].decode("ascii", "replace").strip() if icc and len(icc) >= 128 else ""


def exact(number: float) -> str:
    """A number as short as can be so that reading it gives the same number again."""
    short = f"{number:g}"
    return short if float(short) == number else repr(float(number))


def xmp_packet(provenance: Mapping[str, str]) -> bytes:
    """An XMP packet with each entry as a property of our own namespace. Keys must be XML names; the packet is UTF-8.

    What has a seed was made from noise, and says so; with a scene or a layout and no model it was computed; all else
    was a picture before.
    """
    source_type = MADE if "seed" in provenance else REWORKED
    if provenance.keys() & {"scene", "layoutSha256"} and "model" not in provenance:
        source_type = COMPUTED
    entries = "".join(f"\n   pleinair:{key}={quoteattr(value)}" for key, value in provenance.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n  <rdf:Description rdf:about=""\n'
        '   xmlns:xmp="http://ns.adobe.com/xap/1.0/"\n'
        '   xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"\n'
        f'   xmlns:pleinair="{NAMESPACE}"\n'
        f'   xmp:CreatorTool="{SOFTWARE}"\n   Iptc4xmpExt:DigitalSourceType="{source_type}"{entries}/>\n'
        ' </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="r"?>'
    ).encode()
