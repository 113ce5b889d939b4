"""Specs → files: a picture for each seed, its maps beside it, or the frames of a path."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pleinair.errors import SettingError
from pleinair.fiction.motion import Motion, frames
from pleinair.fiction.palette import COLORS
from pleinair.fiction.render import Rendering, render
from pleinair.fiction.spec import SceneSpec
from pleinair.fiction.texture import tileable
from pleinair.images import Picture, write
from pleinair.images.maps import write_classes, write_depth, write_flow, write_gray
from pleinair.images.metadata import exact
from pleinair.render.borders import Wrap

MAPS = ("label", "depth", "normals", "albedo")
HIDDEN = "hidden"  # the map of a motion


@dataclass(frozen=True)
class Drawing:
    """How scenes are drawn: pixels across and down, wrap, maps that are wanted; a path with frames, `step` apart."""

    size: tuple[int, int]
    wrap: Wrap = "none"
    maps: tuple[str, ...] = ()
    path: str = "forward"
    frames: int = 0
    step: float = 1.0

    def __post_init__(self) -> None:
        strange = [name for name in self.maps if name not in MAPS]
        if strange:
            raise SettingError(f"there is no map {strange[0]!r}; there are {', '.join(MAPS)}")
        if self.frames and self.wrap == "xy":
            raise SettingError("a texture has no path to move along; leave --frames away, or --wrap xy")

    def provenance(self, spec: SceneSpec) -> dict[str, str]:
        """What made a file, for its metadata."""
        told = {"seed": str(spec.seed), "scene": spec.to_json(), "size": f"{self.size[0]}x{self.size[1]}"}
        if self.wrap != "none":
            told["wrap"] = self.wrap
        if self.frames:
            told |= {"path": self.path, "frames": str(self.frames), "step": exact(self.step)}
        return told


@dataclass(frozen=True)
class SceneFiles:
    """A spec and the files that it becomes; the last to be written stands last, and says that all are there."""

    spec: SceneSpec
    targets: tuple[Path, ...]

    @property
    def done(self) -> bool:
        return all(target.exists() for target in self.targets)


def plan_fiction(specs: Sequence[SceneSpec], out: Path, drawing: Drawing) -> list[SceneFiles]:
    """The files of each spec in the folder `out`."""
    return [SceneFiles(spec, tuple(_targets(out, spec.seed, drawing))) for spec in specs]


def _targets(out: Path, seed: int, drawing: Drawing) -> Iterator[Path]:
    stems = [f"seed{seed:04}"]
    if drawing.frames:
        stems = [f"seed{seed:04}-frame{number:03}" for number in range(drawing.frames)]
    for number, stem in enumerate(stems):
        yield from (out / f"{stem}-{name}.png" for name in drawing.maps)
        if number + 1 < drawing.frames:
            yield out / f"{stem}-flow.flo"
            yield out / f"{stem}-hidden.png"
        yield out / f"{stem}.png"


def write_fiction(
    job: SceneFiles, drawing: Drawing, version: str, advance: Callable[[int], None] | None = None
) -> None:
    """Draw a spec and write its files, each whole or not at all. Raises SettingError, OutputError."""
    told = {**drawing.provenance(job.spec), "version": version}
    out = job.targets[0].parent
    stem = f"seed{job.spec.seed:04}"
    if drawing.frames:
        assert drawing.wrap != "xy"
        moving = frames(job.spec, drawing.path, drawing.frames, drawing.step, drawing.size, drawing.wrap)
        for number, frame in enumerate(moving):
            of_frame = {**told, "frame": str(number)}
            _write_scene(frame.rendering, frame.motion, out, f"{stem}-frame{number:03}", drawing, of_frame)
            if advance:
                advance(1)
        return
    shown = tileable(job.spec, drawing.size) if drawing.wrap == "xy" else render(job.spec, drawing.size, drawing.wrap)
    _write_scene(shown, None, out, stem, drawing, told)
    if advance:
        advance(1)


def _write_scene(
    shown: Rendering, motion: Motion | None, out: Path, stem: str, drawing: Drawing, told: Mapping[str, str]
) -> None:
    for name in drawing.maps:
        write_map(name, shown, motion, out / f"{stem}-{name}.png", {**told, "map": name})
    if motion is not None:
        write_flow(motion.flow, out / f"{stem}-flow.flo")
        write_map(HIDDEN, shown, motion, out / f"{stem}-hidden.png", {**told, "map": HIDDEN})
    write(Picture(shown.picture), out / f"{stem}.png", told)


def write_map(name: str, shown: Rendering, motion: Motion | None, path: Path, told: Mapping[str, str]) -> None:
    """Write one map of a rendering, by name, or what its motion hides. Raises SettingError, OutputError."""
    if name == "label":
        write_classes(shown.labels, COLORS, path, told)
    elif name == "depth":
        write_depth(shown.depth, path, told)
    elif name == "normals":
        coded = np.rint((shown.normals * 0.5 + 0.5) * 255).astype(np.uint8)
        write(Picture(coded), path, told)
    elif name == "albedo":
        write(Picture(shown.albedo), path, told)
    elif name == HIDDEN and motion is not None:
        write_gray(motion.hidden.astype(np.uint8) * np.uint8(255), path, told)
    else:
        raise SettingError(f"there is no map {name!r}; there are {', '.join(MAPS)}")
