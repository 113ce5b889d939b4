"""Layouts for tests, drawn in a few lines: a lake below mountains with every label in it, and ground from above."""

import numpy as np

from pleinair.fiction.layout_regions import Labels
from pleinair.fiction.palette import Label


def country(width: int = 96, height: int = 60) -> Labels:
    """Sky with a cloud; snowy mountains; forest; a lake; sand; grass with flowers, a path, a rock and a tree."""
    labels = np.full((height, width), Label.SKY, np.uint8)
    row, column = np.mgrid[:height, :width] / np.array([height, width]).reshape(2, 1, 1)
    labels[(abs(row - 0.12) < 0.06) & (abs(column - 0.75) < 0.15)] = Label.CLOUD
    ridge = 0.15 + 0.8 * abs(column - 0.35)
    labels[row > ridge] = Label.MOUNTAIN
    labels[(row > ridge) & (row < 0.27)] = Label.SNOW
    labels[row > 0.45] = Label.FOREST
    labels[row > 0.52] = Label.WATER
    labels[row > 0.66] = Label.SAND
    labels[row > 0.72] = Label.GRASS
    labels[(row > 0.8) & (column < 0.35)] = Label.FLOWERS
    labels[(row > 0.72) & (abs(column - 0.5) < 0.02 + 0.1 * (row - 0.72))] = Label.PATH
    labels[(row > 0.85) & (row < 0.93) & (abs(column - 0.68) < 0.05)] = Label.ROCK
    crown = ((row - 0.5) / 0.2) ** 2 + ((column - 0.88) / 0.09) ** 2 < 1
    labels[crown | ((row > 0.6) & (row < 0.84) & (abs(column - 0.88) < 0.012))] = Label.TREE
    return labels


def ground(width: int = 64, height: int = 48) -> Labels:
    """Grass with a path, sand, flowers, a rock and snow, from above."""
    labels = np.full((height, width), Label.GRASS, np.uint8)
    labels[height // 3 : height // 2] = Label.PATH
    labels[2:12, 4:20] = Label.SAND
    labels[2:12, 30:50] = Label.SNOW
    labels[-18:-4, 4:24] = Label.FLOWERS
    labels[-16:-6, 34:48] = Label.ROCK
    return labels
