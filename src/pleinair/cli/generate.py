"""`pleinair generate`: scenes out of noise, by seed, kind and domain; a sheet of them, a walk between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pleinair.cli.scene_options import draw_again_option, out_option, strength_option, threads_option, turn_option
from pleinair.cli.scoring import progress
from pleinair.cli.values import seconds

if TYPE_CHECKING:
    from pleinair.batch.scenes import SceneJob
    from pleinair.images.picture import Pixels
    from pleinair.painter import Painter
    from pleinair.render.scenes import SceneWrap
    from pleinair.scenes import Look, SceneMaker

    Finish = Callable[[Pixels], Pixels]

SEEDS, LIKE_SEEDS = "0", "0-511"
GRID, WALK = "grid.jpg", "walk.mp4"
GRID_MOST, GRID_WIDTH, GRID_BYTES = 100, 256, 4_000_000  # pictures, pixels each, bytes of the sheet


@click.command()
@out_option("pleinair-scenes")
@click.option("--seeds", metavar="LIST", help=f"Seeds as 7, 2,0,1,3 or 0-63.  [default: {SEEDS}]")
@click.option(
    "--model", default="scene", show_default=True, metavar="NAME", help="Scene generator, by name or .onnx file."
)
@click.option("--kind", metavar="NAME", help="Kind of scene, as forest; list them by: pleinair models.")
@click.option("--domain", metavar="NAME", help="Photo, or a painter's picture.  [default: the model's first]")
@click.option("--style", metavar="NAME", help="Paint the scenes in this style, as pleinair stylize does.")
@strength_option
@click.option(
    "--truncation",
    type=float,
    default=1.0,
    show_default=True,
    metavar="PSI",
    help="Above 0 to 1; less is nearer to the mean of all scenes: surer, and less various.",
)
@click.option("--size", metavar="N|WxH", help="Pixels, as 256 or 448x256.  [default: a square as large as can be]")
@turn_option
@click.option("--grid", is_flag=True, help=f"Write {GRID} as well, all scenes on one sheet.")
@click.option(
    "--walk", callback=seconds, metavar="TIME", help=f"Write {WALK} as well, a looping walk between the seeds, as 10s."
)
@click.option("--fps", type=click.IntRange(1, 120), default=24, show_default=True, help="Frames a second of the walk.")
@click.option(
    "--like",
    type=click.Path(path_type=Path),
    metavar="PICTURE",
    help=f"Draw the one seed most like a picture, of --seeds.  [default: of {LIKE_SEEDS}]",
)
@click.option(
    "--format", "suffix", type=click.Choice(["png", "jpg", "webp"]), default="png", show_default=True, help="Of files."
)
@draw_again_option
@threads_option
def generate(
    out: Path,
    seeds: str | None,
    model: str,
    kind: str | None,
    domain: str | None,
    style: str | None,
    strength: float,
    truncation: float,
    size: str | None,
    wrap: SceneWrap,
    grid: bool,
    walk: float | None,
    fps: int,
    like: Path | None,
    suffix: str,
    overwrite: bool,
    threads: int | None,
) -> None:
    """Draw natural scenes out of noise.

    The scene of seed 7 becomes DIR/seed0007.png, and is the same on every machine. The generator that
    ships draws 256 pixels and twelve kinds of scenes; one that you trained is given by --model.
    """
    from pleinair import scenes
    from pleinair.errors import SettingError
    from pleinair.images import make_folder, read
    from pleinair.images.film import check_film
    from pleinair.render.scenes import parse_size
    from pleinair.seeds import parse_seeds

    chosen = parse_seeds(seeds or (LIKE_SEEDS if like else SEEDS))
    maker = scenes.load(model, threads=threads)
    look = scenes.Look(kind, domain, parse_size(size) if size else None, truncation, wrap)
    frame = maker.frame(look)
    if strength != 1 and not style:
        raise SettingError("--strength is that of a style; name one: --style shanshui")
    if walk and like:
        raise SettingError("--like finds one seed, and a walk goes between two or more; give one of them")
    if walk:
        maker.walk(chosen, round(walk * fps), look)
        check_film(*frame.size)
    painter = _painter(style, threads)
    provenance = _provenance(maker, look, str(frame.size), painter, strength)
    picture = read(like) if like else None
    make_folder(out)
    if picture:
        with progress("looking for a likeness", len(chosen)) as advance:
            seed, distance = maker.like(picture, chosen, look, advance)
        click.echo(f"seed {seed} is most like {like} (distance {distance:.1f}, of {len(chosen)} seeds)")
        chosen = (seed,)
    finish = _finish(painter, strength, wrap)
    jobs, failed = _draw(maker, look, chosen, out, suffix, overwrite, provenance, finish)
    if grid:
        _write_grid([job for job in jobs if job not in failed], out / GRID)
    if walk:
        _write_walk(maker, look, chosen, out / WALK, round(walk * fps), fps, overwrite, provenance, finish)
    if failed:
        click.echo(f"{len(failed)} not written: seeds {', '.join(str(job.seed) for job in failed)}", err=True)
        raise click.exceptions.Exit(1)


def _painter(style: str | None, threads: int | None) -> Painter | None:
    """The painter that has the style, which is checked."""
    from pleinair import painter as painters

    if style is None:
        return None
    painter = painters.load(style, threads=threads)
    painter.mix()
    return painter


def _finish(painter: Painter | None, strength: float, wrap: SceneWrap) -> Finish:
    """What becomes of a scene that was drawn: nothing, or a painting."""
    if painter is None:
        return lambda pixels: pixels
    return lambda pixels: painter.stylize(pixels, strength=strength, wrap=wrap)


def _provenance(maker: SceneMaker, look: Look, size: str, painter: Painter | None, strength: float) -> dict[str, str]:
    """How the scenes were made, for the files' metadata."""
    from pleinair.images.metadata import exact
    from pleinair.store import sha256_of
    from pleinair.version import __version__

    assert maker.path is not None
    told = {"model": maker.spec.name, "sha256": sha256_of(maker.path), "version": __version__}
    told |= {"domain": look.domain or maker.domains[0], "truncation": exact(look.truncation), "size": size}
    told |= {key: value for key, value in (("kind", look.kind), ("wrap", look.wrap)) if value and value != "none"}
    if painter:
        told |= {"style": painter.style or "", "strength": exact(strength), "painter": painter.spec.name}
        told["painterSha256"] = painter.sha256
    return told


def _draw(
    maker: SceneMaker,
    look: Look,
    seeds: Sequence[int],
    out: Path,
    suffix: str,
    overwrite: bool,
    provenance: dict[str, str],
    finish: Finish,
) -> tuple[list[SceneJob], list[SceneJob]]:
    """Draw what is not there yet, say so; all jobs in the order of their seeds, and those that failed."""
    from pleinair.batch.scenes import plan_scenes, write_scenes

    todo, done = plan_scenes(seeds, out, suffix, overwrite=overwrite)
    failed: list[SceneJob] = []
    with progress("drawing", len(todo)) as advance:
        pictures = maker.pictures([job.seed for job in todo], look)
        for job, error in write_scenes(todo, pictures, provenance, finish):
            advance(1)
            if error:
                failed.append(job)
                click.echo(f"pleinair: {error}", err=True)
    there = f", {len(done)} there already (--overwrite draws anew)" if done else ""
    click.echo(f"{len(todo) - len(failed)} drawn{there} → {out}")
    places = {seed: place for place, seed in enumerate(seeds)}
    return sorted([*todo, *done], key=lambda job: places[job.seed]), failed


def _write_grid(jobs: Sequence[SceneJob], path: Path) -> None:
    """The files' pictures on one sheet, the seed under each."""
    from math import ceil, sqrt

    import numpy as np
    from PIL import Image

    from pleinair.demo.sheet import Cell, compose
    from pleinair.images import read
    from pleinair.metrics.sheets import save_sheet

    if not jobs:
        return
    shown = jobs[:GRID_MOST]
    cells = [Cell(f"seed {job.seed}", Image.fromarray(read(job.target).pixels)) for job in shown]
    shape = cells[0].picture.width / cells[0].picture.height
    columns = max(1, ceil(sqrt(len(cells) / shape)))
    save_sheet(np.asarray(compose([cells], columns=columns, width=GRID_WIDTH)), path, GRID_BYTES)
    click.echo(f"sheet: {path}" + (f" (the first {GRID_MOST})" if len(jobs) > GRID_MOST else ""))


def _write_walk(
    maker: SceneMaker,
    look: Look,
    seeds: Sequence[int],
    path: Path,
    frames: int,
    fps: int,
    overwrite: bool,
    provenance: dict[str, str],
    finish: Finish,
) -> None:
    from pleinair.images.film import write_film
    from pleinair.seeds import named

    if path.exists() and not overwrite:
        click.echo(f"walk: {path} is there already (--overwrite makes it anew)")
        return
    with progress("walking", frames) as advance:
        pictures: Iterator[Pixels] = map(finish, maker.walk(seeds, frames, look, advance))
        write_film(pictures, path, fps, {"seeds": named(seeds), **provenance})
    click.echo(f"walk: {path} ({frames} frames, {frames / fps:g} s)")
