"""Small pictures and packs to test with, made up from a seed."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from pleinair.data.encode import Setting, encode
from pleinair.data.pack import TRAIN, Entry, Pack, Pixels, write


def scene(seed: int, width: int = 160, height: int = 140, grain: float = 6.0) -> Pixels:
    """A cloudy picture (h, w, 3): no two seeds look alike, and fine grain stands for brushwork."""
    rng = np.random.default_rng(seed)
    clouds = Image.fromarray(rng.integers(0, 256, (6, 7, 3), np.uint8)).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    grainy = np.asarray(clouds, np.float64) + rng.normal(0, grain, (height, width, 3))
    return np.clip(np.rint(grainy), 0, 255).astype(np.uint8)


def save(pixels: Pixels, path: Path, **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)  # type: ignore[arg-type]
    return path


def folder_of(path: Path, count: int, first: int = 0, width: int = 160, height: int = 140) -> Path:
    """A folder of `count` different pictures, work000.png and so on."""
    for seed in range(first, first + count):
        save(scene(seed, width, height), path / f"work{seed:03}.png")
    return path


def pack_of(path: Path, sizes: Sequence[tuple[int, int]], splits: Sequence[str] = (), first: int = 0) -> Pack:
    """A pack of pictures of the given sizes (width, height), all to train on unless told otherwise."""
    splits = splits or [TRAIN] * len(sizes)
    pictures = [
        (
            Entry(f"work{i}", f"work{i}.png", width, height, split, sha=f"{i:064}"),
            encode(scene(first + i, width, height), Setting(10_000)),
        )
        for i, ((width, height), split) in enumerate(zip(sizes, splits, strict=True))
    ]
    write(path, path.stem, pictures, {"seed": 0})
    return Pack.open(path)
