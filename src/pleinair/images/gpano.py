"""What a picture says of being a panorama: Photo Sphere XMP, the namespace GPano.

Source: https://developers.google.com/streetview/spherical-metadata. A full sphere is twice as wide as high; cropped
ones say how large the full one would be, in pixels of their own scale, and where they lie in it.
"""

from dataclasses import dataclass
from typing import Literal

from pleinair.images.xmp import GPANO, properties

EQUIRECTANGULAR = "equirectangular"
AUTO: Literal["auto"] = "auto"
SAME_SHAPE = 0.01  # a picture whose shape differs more from what it says was cropped since


@dataclass(frozen=True)
class Sphere:
    """How much of a turn a picture shows: degrees across, 360 for a full turn."""

    degrees: float

    @property
    def closed(self) -> bool:
        """Whether the left edge and the right are neighbors."""
        return self.degrees >= 360


def sphere_of(xmp: bytes | None, width: int, height: int) -> Sphere | None:
    """What the XMP of a picture of width × height pixels says, or None if it is no equirectangular panorama, or says so
    of a picture of another shape."""
    told = properties(xmp, GPANO) if xmp else {}
    if told.get("ProjectionType", "").lower() != EQUIRECTANGULAR:
        return None
    try:
        across = float(told.get("CroppedAreaImageWidthPixels", width))
        down = float(told.get("CroppedAreaImageHeightPixels", height))
        whole = float(told.get("FullPanoWidthPixels", across))
    except ValueError:
        return None
    if not (across > 0 and down > 0 and whole > 0 and abs(across * height / (down * width) - 1) <= SAME_SHAPE):
        return None
    return Sphere(360.0 if across >= whole else 360 * across / whole)


def wrap_told(xmp: bytes | None, width: int, height: int) -> tuple[Literal["none", "x"], str]:
    """Whether a picture that says so goes around, and a note on what follows from what it says; empty if it is silent.

    A part of a turn has a left and a right edge, and is painted as any picture.
    """
    sphere = sphere_of(xmp, width, height)
    if sphere is None:
        return "none", ""
    if sphere.closed:
        return "x", "painted as a full turn, since it says that it is one (--wrap none paints it as it lies)"
    return "none", f"shows {sphere.degrees:.0f}° of a turn, so its edges were not joined"
