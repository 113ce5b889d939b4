"""Files ⇄ pictures ⇄ float arrays in [-1, 1]: depth, alpha, ICC profile and EXIF kept, bad files named in one line."""

from pleinair.images.exchange import from_any, to_kind_of
from pleinair.images.headers import SUFFIXES, format_of_suffix, sniff
from pleinair.images.picture import Picture, to_float, to_pixels
from pleinair.images.reading import LIMIT_PIXELS, read
from pleinair.images.writing import QUALITY, make_folder, write

__all__ = [
    "LIMIT_PIXELS",
    "QUALITY",
    "SUFFIXES",
    "Picture",
    "format_of_suffix",
    "from_any",
    "make_folder",
    "read",
    "sniff",
    "to_float",
    "to_kind_of",
    "to_pixels",
    "write",
]
