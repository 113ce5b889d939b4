"""Which seed is most like a picture: colors and light of 8×8 places, and how much goes on in each, compared.

Cheap, and enough for the layout of a scene: where sky, water and slopes are, and their colors. Shapes: h×w pixels,
8×8 places.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from pleinair.images.picture import Pixels

PLACES, FINE = 8, 32  # on a side: of the comparison, and of the picture that gradients are taken from
GRADIENT = 2.0  # weight of gradients beside colors; both in units of CIE L*
# Linear sRGB → CIE XYZ, each divided by the white of D65 (IEC 61966-2-1)
TO_XYZ = np.array([[0.4339, 0.3763, 0.1898], [0.2126, 0.7152, 0.0722], [0.0178, 0.1095, 0.8727]])
Numbers = npt.NDArray[np.float64]


def nearest(pictures: Iterable[Pixels], seeds: Sequence[int], wanted: Pixels) -> tuple[int, float]:
    """The seed whose picture is most like the wanted one, and how far it is. All are of one shape, or nearly."""
    target = described(wanted)
    found = [float(np.abs(described(picture) - target).mean()) for picture in pictures]
    best = int(np.argmin(found))
    return seeds[best], found[best]


def cropped(picture: Pixels, width: int, height: int) -> Pixels:
    """The middle of a picture, as large as it can be in the shape of width × height."""
    high, wide = picture.shape[:2]
    across = min(wide, max(1, round(high * width / height)))
    down = min(high, max(1, round(wide * height / width)))
    top, left = (high - down) // 2, (wide - across) // 2
    return picture[top : top + down, left : left + across]


def described(picture: Pixels) -> Numbers:
    """Numbers (5, 8, 8) of an 8-bit picture (h, w, 3): the mean L*, a*, b* of each place, and how much L* changes
    across and down."""
    from PIL import Image

    fine = Image.fromarray(np.ascontiguousarray(picture)).resize((FINE, FINE), Image.Resampling.BOX)
    colors = lab(np.asarray(fine, np.float64) / 255)  # (FINE, FINE, 3)
    light = colors[:, :, 0]
    across = np.abs(np.diff(light, axis=1, append=light[:, -1:]))
    down = np.abs(np.diff(light, axis=0, append=light[-1:]))
    planes = np.stack([*colors.transpose(2, 0, 1), GRADIENT * across, GRADIENT * down])
    step = FINE // PLACES
    means: Numbers = planes.reshape(5, PLACES, step, PLACES, step).mean((2, 4))
    return means


def lab(rgb: Numbers) -> Numbers:
    """sRGB in [0, 1], (…, 3) → CIE L*a*b* under D65."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = linear @ TO_XYZ.T
    root = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)
