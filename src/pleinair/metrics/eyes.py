"""Whether a pair for two eyes is painted alike: what both see, brought to one place, and compared.

The right eye's picture is brought to the left eye's place by the known shift of every pixel (a procedural world knows
it), and the mean absolute difference where both see the same is divided by the left picture's mean gradient, so that a
faded painting gains nothing. A pair has such an error before it is painted, from resampling and from what shines
otherwise to either eye; painting is judged by how many times larger it makes it: 1 is as consistent as the source.
"""

import numpy as np
import numpy.typing as npt

from pleinair.errors import DataError
from pleinair.images.picture import Pixels
from pleinair.render.sphere import between, extended

Floats = npt.NDArray[np.float32]


def eye_error(left: Pixels, right: Pixels, shift: Floats, hidden: npt.NDArray[np.bool_]) -> float:
    """Warp error over gradient energy, of full turns (h, w, 3). shift: pixels to the right and down (h, w, 2) from the
    left picture to the right one. hidden: (h, w), what the right eye does not see. Raises DataError if it sees nothing.
    """
    if hidden.all():
        raise DataError("nothing of the left picture is seen by the right eye; move the eyes closer together")
    rows, columns = np.mgrid[: left.shape[0], : left.shape[1]].astype(np.float64)
    one, other = left.astype(np.float32), extended(right.astype(np.float32))
    apart = np.abs(between(other, rows + shift[:, :, 1], columns + shift[:, :, 0]) - one).mean(2)
    steep = np.abs(np.roll(one, -1, 1) - one).mean() + np.abs(np.diff(one, axis=0)).mean()
    return float(apart[~hidden].mean()) / max(float(steep), 1e-6)
