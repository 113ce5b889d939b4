"""Scenes with label maps for tests: stripes of classes, each as bright as its number says, in memory and as files."""

from pathlib import Path

import numpy as np
from PIL import Image

from pleinair.data.labeled import LabeledScene
from pleinair.fiction.palette import COLORS, NAMES
from pleinair.images.maps import write_classes


def striped(height: int = 30, width: int = 48, first: int = 0) -> LabeledScene:
    """Stripes of classes, the class `first` at the left."""
    stripes = (np.arange(width) * len(NAMES) // width + first) % len(NAMES)
    labels = np.repeat(stripes[None].astype(np.uint8), height, 0)
    return LabeledScene(np.repeat(20 * labels[..., None], 3, 2), labels)


def write_scene(folder: Path, stem: str, scene: LabeledScene) -> None:
    """A picture and its label map, as `pleinair fiction --maps label` names them."""
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(scene.picture).save(folder / f"{stem}.png")
    write_classes(scene.labels, COLORS, folder / f"{stem}-label.png", {})


def write_scenes(folder: Path, count: int = 5, height: int = 30, width: int = 48) -> Path:
    """A folder of so many scenes."""
    for number in range(count):
        write_scene(folder, f"seed{number:04}", striped(height, width, number))
    return folder
