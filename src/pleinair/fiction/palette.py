"""The label map: what each pixel shows, as one of twelve classes, and the colors by which people and files know it."""

from enum import IntEnum

import numpy as np
import numpy.typing as npt


class Label(IntEnum):
    """The classes, in the order of the palette."""

    SKY = 0
    CLOUD = 1
    WATER = 2
    MOUNTAIN = 3
    ROCK = 4
    SNOW = 5
    SAND = 6
    GRASS = 7
    FOREST = 8
    TREE = 9
    FLOWERS = 10
    PATH = 11


NAMES = (
    "sky", "cloud", "water", "mountain", "rock", "snow", "sand", "grass", "forest", "tree", "flower field", "path",
)  # fmt: skip
# Far enough apart to be told from each other after a JPEG, and near enough to nature to be painted with by eye.
COLORS = (
    (135, 206, 235), (255, 255, 255), (30, 90, 200), (120, 110, 130), (90, 80, 70), (220, 235, 255),
    (237, 201, 120), (124, 200, 60), (20, 90, 40), (0, 150, 90), (230, 80, 170), (170, 110, 50),
)  # fmt: skip


def colored(labels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Labels (h, w) → the palette's colors, uint8 (h, w, 3)."""
    result: npt.NDArray[np.uint8] = np.array(COLORS, np.uint8)[labels]
    return result
