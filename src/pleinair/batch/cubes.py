"""Faces of a cube ⇄ panoramas, painted: one or six files → one or six files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pleinair.batch.plan import Job, Plan, plan, target_name
from pleinair.batch.work import Settings
from pleinair.engine.protocol import Engine
from pleinair.errors import PictureError, SettingError
from pleinair.images import Picture, format_of_suffix, read, write
from pleinair.images.headers import LIGHT_SUFFIXES
from pleinair.images.metadata import exact
from pleinair.images.picture import Pixels
from pleinair.images.writing import format_written
from pleinair.render.cube import FACES, check_sphere, cut_out, faces_of, laid_out, paint_faces, sphere_of
from pleinair.render.windows import Progress
from pleinair.store import sha256_of

ONE_EACH, SPHERE = "faces", "sphere"
WORDS = {  # how the faces of a sky are called in file names, in the order of FACES
    face: words.split()
    for face, words in zip(
        FACES,
        (
            "px posx right rt r",
            "nx negx left lf l",
            "py posy top up u t",
            "ny negy bottom down dn d b",
            "pz posz front ft f",
            "nz negz back bk",
        ),
        strict=True,
    )
}
NAMED = {word: face for face, words in WORDS.items() for word in words}


@dataclass(frozen=True)
class CubeJob(Job):
    """source: the first of the files; faces: all six, if there is one each, in the order of FACES. targets: the files
    that are written, `target` as the last. cube, to: how the faces come and go, or `sphere`."""

    faces: tuple[Path, ...]
    targets: tuple[Path, ...]
    cube: str
    to: str


def plan_cubes(inputs: Sequence[Path], out: Path, cube: str, to: str, *, overwrite: bool = False) -> Plan:
    """Jobs from files and folders into `out`. cube, to: a layout, `faces` or `sphere`. Raises SettingError if targets
    clash; of six files, those of which some are missing are refused."""
    every = plan(inputs, out, overwrite=True)
    refused, jobs = list(every.refused), []
    for name, faces in _sets(every.jobs, cube, refused):
        source = faces[0]
        suffix = Path(target_name(source)).suffix
        stems = [f"{name}_{face}" for face in FACES] if to == ONE_EACH else [name]
        if to == ONE_EACH and cube == ONE_EACH:
            stems = [Path(target_name(face)).stem for face in faces]
        targets = tuple(out / f"{stem}{suffix}" for stem in stems)
        jobs.append(CubeJob(source, targets[-1], faces if cube == ONE_EACH else (), targets, cube, to))
    _check(jobs)
    _check_light(jobs)
    done = tuple(job for job in jobs if not overwrite and all(target.exists() for target in job.targets))
    return Plan(tuple(job for job in jobs if job not in done), done, tuple(refused))


def paint_cube(
    job: CubeJob, engine: Engine, settings: Settings, provenance: Mapping[str, str], progress: Progress | None = None
) -> str:
    """Paint a job's files into its targets, and return a note, mostly empty. Raises PictureError, OutputError,
    SettingError; a target is there whole or not at all."""
    exposure = job.exposed(settings.exposure)
    pictures = [read(path, exposure=exposure, layer=settings.layer) for path in job.faces or (job.source,)]
    look, note = replace(settings.look, wrap="x"), pictures[0].note
    pixels, alpha = _pixels(job, pictures, "pixels"), None
    if all(picture.alpha is not None for picture in pictures):
        alpha = _pixels(job, pictures, "alpha")
    if job.cube == SPHERE:
        check_sphere(pixels)
        result: Pixels = faces_of(look.painted(pixels, engine, progress), pixels.shape[1] // 4)
    elif job.to == SPHERE:
        size = pixels.shape[1]
        result = look.painted(sphere_of(pixels, 2 * size, 4 * size), engine, progress)
    else:
        result = paint_faces(pixels, engine, look, progress)
    if alpha is not None and SPHERE in (job.cube, job.to):
        alpha, note = None, "; ".join(filter(None, (note, "its transparency was left behind")))
    told = {**provenance, **settings.provenance(), "cube": job.cube, "to": job.to, "source": job.source.name}
    told |= {"sourceSha256": sha256_of(job.source)}
    if (light := pictures[0].light) is not None:
        told["exposure"] = exact(light.exposure)
    blank = pictures[0] if job.cube == job.to == "4x3" else None
    for target, part in zip(job.targets, _parts(result, alpha, job, pictures[0], blank), strict=True):
        write(part, target, told, quality=settings.quality)
    return note


def _pixels(job: CubeJob, pictures: Sequence[Picture], what: str) -> Pixels:
    """A panorama (h, w, c), or six faces (6, n, n, c), of pictures' pixels or alpha."""
    arrays = [np.atleast_3d(getattr(picture, what)) for picture in pictures]
    if job.cube == SPHERE:
        return arrays[0]
    if job.cube != ONE_EACH:
        try:
            return cut_out(arrays[0], job.cube)
        except PictureError as error:
            raise PictureError(f"{job.source}: {error}") from error
    size = arrays[0].shape[0]
    for path, array in zip(job.faces, arrays, strict=True):
        if array.shape != (size, size, array.shape[2]) or array.dtype != arrays[0].dtype:
            raise PictureError(
                f"{path} has {array.shape[1]}×{array.shape[0]} pixels; the six faces are squares of one size and depth"
            )
    return np.stack(arrays)


def _parts(result: Pixels, alpha: Pixels | None, job: CubeJob, first: Picture, blank: Picture | None) -> list[Picture]:
    """The pictures to write. What the file says of being a sphere stays only with one."""
    like = replace(first, alpha=None, xmp=None)
    if job.to == SPHERE:
        return [replace(like, pixels=result)]
    if job.to == ONE_EACH:
        alphas = [None] * 6 if alpha is None else [face[:, :, 0] for face in alpha]
        return [replace(like, pixels=face, alpha=a) for face, a in zip(result, alphas, strict=True)]
    strip = laid_out(result, job.to, None if blank is None else blank.pixels)
    laid = None if alpha is None else laid_out(alpha, job.to)[:, :, 0]
    return [replace(like, pixels=strip, alpha=laid)]


def _sets(jobs: Sequence[Job], cube: str, refused: list[tuple[Path, str]]) -> list[tuple[str, tuple[Path, ...]]]:
    """Names, each with its file, or with its six in the order of FACES."""
    if cube != ONE_EACH:
        return [(Path(target_name(job.source)).stem, (job.source,)) for job in jobs]
    found: dict[tuple[Path, str], dict[str, Path]] = {}
    for job in jobs:
        words = re.fullmatch(r"(.*?)[_\-. ]?([A-Za-z]+)", job.source.stem)
        face = NAMED.get(words[2].lower()) if words else None
        if words is None or face is None:
            refused.append((job.source, f"{job.source} is not named as a face of a cube, as sky_px, sky_top or sky_ft"))
            continue
        found.setdefault((job.source.parent, words[1] or "cube"), {})[face] = job.source
    sets = []
    for (folder, name), faces in found.items():
        missing = [face for face in FACES if face not in faces]
        if missing:
            reason = f"{folder / name} lacks the faces {', '.join(missing)}; a cube has six"
            refused.extend((path, reason) for path in list(faces.values())[:1])
            continue
        sets.append((name, tuple(faces[face] for face in FACES)))
    return sets


def _check(jobs: Sequence[CubeJob]) -> None:
    """Raise SettingError rather than write two results to one file, or one over a picture; OutputError for a format
    that cannot be written."""
    seen: set[str] = set()
    originals = {path.resolve() for job in jobs for path in (job.source, *job.faces)}
    for target in (target for job in jobs for target in job.targets):
        if target.name.casefold() in seen:
            raise SettingError(f"two of the inputs would become {target}; paint them into two folders")
        if target.resolve() in originals:
            raise SettingError(f"{target} is one of the pictures and would be overwritten; name another --out")
        format_written(target)
        seen.add(target.name.casefold())


def _check_light(jobs: Sequence[CubeJob]) -> None:
    """Raise SettingError for light that would not come back into the file that it is read from, pixel by pixel."""
    for job in jobs:
        if format_of_suffix(job.target) in LIGHT_SUFFIXES and (job.faces or job.cube != job.to):
            raise SettingError(
                f"{job.source} is light, which is painted as it lies: a strip into a strip, as --cube 3x2 alone; "
                "save it as 16-bit PNG or TIFF first"
            )
