"""`pleinair fiction`: scenes out of a procedural world, with label map, depth, normals, albedo and exact motion."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pleinair.cli.scene_options import draw_again_option, out_option, turn_or_tile_option
from pleinair.cli.scoring import progress

if TYPE_CHECKING:
    from pleinair.fiction.spec import SceneSpec
    from pleinair.render.borders import Wrap

DEFAULT_SIZE = "512x320"


@click.command()
@out_option("pleinair-fiction")
@click.option("--kind", metavar="NAME", help="Lake, river, coast, island, mountains, hills, valley, canyon, desert …")
@click.option("--seed", type=click.IntRange(0), metavar="N", help="One seed.  [default: the spec's, or 0]")
@click.option("--seeds", metavar="LIST", help="Several, as 7, 2,0,1,3 or 0-63.")
@click.option("--season", metavar="NAME", help="Spring, summer, autumn or winter.")
@click.option("--time", metavar="NAME", help="Dawn, morning, noon, afternoon, dusk or night.")
@click.option("--weather", metavar="NAME", help="Clear, cloudy, overcast, fog, rain, snow or storm.")
@click.option("--mood", metavar="NAME", help="Calm or dramatic.")
@click.option(
    "--spec",
    "spec_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Scene as JSON, see the docs; the options above change it.",
)
@click.option("--size", default=DEFAULT_SIZE, show_default=True, metavar="WxH", help="Pixels across and down.")
@click.option("--maps", default="", metavar="LIST", help="Write as well: label,depth,normals,albedo.")
@turn_or_tile_option
@click.option("--frames", type=click.IntRange(2, 999), metavar="N", help="Move the camera: so many frames, with flow.")
@click.option(
    "--path",
    type=click.Choice(["forward", "back", "left", "right", "up", "turn"]),
    default="forward",
    show_default=True,
    help="Which way it moves.",
)
@click.option("--step", type=float, default=1.0, show_default=True, help="Meters a frame; degrees of a turn.")
@draw_again_option
def fiction(
    out: Path,
    kind: str | None,
    seed: int | None,
    seeds: str | None,
    season: str | None,
    time: str | None,
    weather: str | None,
    mood: str | None,
    spec_file: Path | None,
    size: str,
    maps: str,
    wrap: Wrap,
    frames: int | None,
    path: str,
    step: float,
    overwrite: bool,
) -> None:
    """Draw fictional scenes, computed by rules.

    The scene of seed 7 becomes DIR/seed0007.png, its maps seed0007-label.png and so on. What is not said is chosen
    from the seed. No model is needed.
    """
    from pleinair.batch.fiction import Drawing
    from pleinair.errors import SettingError
    from pleinair.fiction.render import check_size
    from pleinair.fiction.spec import SceneSpec
    from pleinair.images import make_folder
    from pleinair.render.scenes import parse_size
    from pleinair.seeds import parse_seeds

    if seed is not None and seeds is not None:
        raise SettingError("--seed is one seed and --seeds are several; give one of them")
    base = _read_spec(spec_file)
    said: dict[str, str | None] = {"kind": kind, "season": season, "time": time, "weather": weather, "mood": mood}
    told = json.loads(base.to_json()) | {name: value.lower() for name, value in said.items() if value}
    base = SceneSpec.from_json(json.dumps(told))
    chosen = parse_seeds(seeds) if seeds is not None else (base.seed if seed is None else seed,)
    wanted = tuple(name.strip() for name in maps.split(",") if name.strip())
    across, down = parse_size(size)
    check_size((across, down))
    drawing = Drawing((across, down), wrap, wanted, path, frames or 0, step)
    make_folder(out)
    _draw([base.seeded(each) for each in chosen], out, drawing, overwrite)


def _read_spec(path: Path | None) -> SceneSpec:
    """The file's scene; without a file one of which everything is open."""
    from pleinair.errors import SettingError
    from pleinair.fiction.spec import SceneSpec

    if path is None:
        return SceneSpec()
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SettingError(f"{path} is no text; a scene is JSON, as pleinair.SceneSpec.to_json() writes it") from error
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from error
    try:
        return SceneSpec.from_json(text)
    except SettingError as error:
        raise SettingError(f"{path}: {error}") from error


def _draw(specs: list[SceneSpec], out: Path, drawing: object, overwrite: bool) -> None:
    """Draw what is not there yet, and say so."""
    from pleinair.batch.fiction import Drawing, plan_fiction, write_fiction
    from pleinair.errors import OutputError
    from pleinair.version import __version__

    assert isinstance(drawing, Drawing)
    jobs = plan_fiction(specs, out, drawing)
    todo = [job for job in jobs if overwrite or not job.done]
    failed: list[int] = []
    with progress("drawing", len(todo) * max(drawing.frames, 1)) as advance:
        for job in todo:
            try:
                write_fiction(job, drawing, __version__, advance)
            except OutputError as error:
                failed.append(job.spec.seed)
                click.echo(f"pleinair: {error}", err=True)
    done = len(jobs) - len(todo)
    there = f", {done} there already (--overwrite draws anew)" if done else ""
    click.echo(f"{len(todo) - len(failed)} drawn{there} → {out}")
    if failed:
        click.echo(f"{len(failed)} not written: seeds {', '.join(map(str, failed))}", err=True)
        raise click.exceptions.Exit(1)
