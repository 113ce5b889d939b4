"""`pleinair stylize`: pictures and folders in a style, or in a mix of styles."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from pleinair.cli.ending import ended_tidily
from pleinair.cli.farm_options import FarmOptions, farm_options, show
from pleinair.cli.films import FilmOptions, film_options, paint_shots, shots_among
from pleinair.cli.guide_options import guide_options
from pleinair.cli.light_options import LightOptions, light_options
from pleinair.cli.scene_options import paint_again_option, threads_option
from pleinair.cli.suiting import asked, suited
from pleinair.cli.values import Within
from pleinair.cli.wrap_options import wrap_options

if TYPE_CHECKING:
    from pleinair.batch.plan import Job, Plan
    from pleinair.batch.work import Settings
    from pleinair.cli.guide_options import GuideOptions
    from pleinair.cli.wrap_options import WrapOptions
    from pleinair.painter import Painter


SMALLEST_SIZE = 64  # pixels, of the working size and of windows


def _size(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    """Pixels as a number, `full` as 0, nothing as None."""
    if value is None:
        return None
    if value == "full":
        return 0
    if not value.isdecimal() or int(value) < SMALLEST_SIZE:
        raise click.BadParameter(f"{value!r} is neither a number of pixels from {SMALLEST_SIZE} up nor 'full'")
    return int(value)


def _mix(_ctx: click.Context, _param: click.Parameter, value: str | None) -> dict[str, float] | None:
    """Styles with their weights, from a text as shanshui=0.6,hiroshige=0.4."""
    if value is None:
        return None
    weights: dict[str, float] = {}
    for part in value.split(","):
        style, _, weight = (word.strip() for word in part.partition("="))
        try:
            weights[style] = weights.get(style, 0.0) + float(weight)
        except ValueError:
            style = ""
        if not style:
            raise click.BadParameter(f"{part!r} is no style with a weight; write it as shanshui=0.6,hiroshige=0.4")
    return weights


@click.command(no_args_is_help=True)
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="INPUT...")
@click.option("--style", metavar="NAME", help="Style to paint in; list them by: pleinair models.")
@click.option("--mix", callback=_mix, metavar="A=W,B=W", help="Or a mix of styles, as shanshui=0.6,hiroshige=0.4.")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Folder to write to.")
@click.option(
    "--painter", "painter_name", metavar="NAME", help="Model or .onnx file.  [default: one that has the style]"
)
@click.option(
    "--strength",
    type=Within(0, 1.5),
    default=1.0,
    show_default=True,
    help="How much of the painting is laid over the picture, 0 to 1.5.",
)
@click.option("--keep-colors", is_flag=True, help="Keep the picture's colors; only light and dark change.")
@click.option(
    "--working-size",
    callback=_size,
    metavar="N|full",
    help="Long side in pixels at which strokes are painted; full: every pixel.  [default: the model's, mostly 1536]",
)
@wrap_options
@guide_options
@paint_again_option
@click.option("--quality", type=click.IntRange(1, 100), default=92, show_default=True, help="Of JPEG and WebP.")
@click.option(
    "--window",
    type=click.IntRange(SMALLEST_SIZE),
    metavar="N",
    default=1536,
    show_default=True,
    help="Side in pixels of the windows painted one by one; smaller ones take less memory and more time.",
)
@light_options
@farm_options
@threads_option
@film_options
def stylize(
    inputs: tuple[Path, ...],
    style: str | None,
    mix: dict[str, float] | None,
    out: Path,
    painter_name: str | None,
    strength: float,
    keep_colors: bool,
    working_size: int | None,
    overwrite: bool,
    quality: int,
    window: int,
    threads: int | None,
    around: WrapOptions,
    guide: GuideOptions,
    light: LightOptions,
    farm: FarmOptions,
    film: FilmOptions,
) -> None:
    """Paint pictures and folders in a style.

    INPUT is a JPEG, PNG, WebP, TIFF, EXR or HDR, or a folder of them (not of folders); a film; or numbered pictures, as
    shot.%04d.png. The painting goes to DIR under the picture's name. Pictures that cannot be read are named, the others
    painted, and the exit code is 1. Ctrl-C leaves a film that plays, and the same command goes on from there.
    """
    from pleinair import painter as painters
    from pleinair.batch.cubes import plan_cubes
    from pleinair.batch.exposures import at_one_exposure
    from pleinair.batch.plan import check_sheets, plan
    from pleinair.batch.work import Settings
    from pleinair.images import make_folder
    from pleinair.render.looks import Look
    from pleinair.store import name_for

    if style and mix:
        raise click.UsageError("give --style or --mix, not both")
    name = painter_name or name_for([*([style] if style else mix or ()), *guide.wanted])
    if name is None:
        raise click.UsageError("name a style by --style NAME; list them by: pleinair models")
    painter = painters.load(name, threads=farm.threads(threads))
    weights = None if guide.styles and not (style or mix) else painter.mix(style, mix)
    files = guide.files(painter.spec)
    cubes = around.cube or around.to
    shots, pictures = shots_among(inputs)
    if shots and (cubes or files or around.sheet):
        raise click.UsageError("cubes, sheets, masks and regions are for pictures; a film is painted whole")
    if shots:
        farm.check_films()
    if cubes:
        if files or light.gutter:
            raise click.UsageError("masks, regions and gutters are for pictures, not for --cube and --to")
        work = plan_cubes(pictures, out, around.cube or "sphere", around.to or cubes, overwrite=overwrite)
    else:
        work = plan(pictures, out, overwrite=overwrite)
    if around.sheet:
        check_sheets(work)
    if shots:
        from pleinair.batch.shots import check_shots

        check_shots(shots, film.name, (*work.jobs, *work.done))
    options = asked(film, light, quality, around.as_picture)
    work, shots, lines = suited(options, work, shots, film.name)
    for line in lines:
        click.echo(f"pleinair: {line}", err=True)
    if farm.shown:
        show(work, shots)
        return
    if work.jobs or shots:
        make_folder(out)
    if light.steady:
        work = at_one_exposure(work, light.layer, lambda line: click.echo(line, err=True))
    size = painter.spec.working_size if working_size is None else working_size or None
    settings = Settings(
        Look(strength, keep_colors, size, "none" if around.wrap == "auto" else around.wrap, window, around.stereo),
        own_wrap=around.wrap == "auto",
        quality=quality,
        guide=files,
        sheet=around.sheet,
        as_picture=around.as_picture,
        exposure=light.exposure,
        gutter=light.gutter,
        layer=light.layer,
        own_exposure=light.each,
    )
    failed = _paint(work, painter, weights, settings, farm)
    films = 0
    if shots and weights is not None:
        told = _provenance(painter, weights, settings)
        lanes, each = farm.of_films(threads)
        engine = painters.Painter(painter.path, painter.spec, threads=each).engine(weights)
        films, lost = paint_shots(shots, out, engine, settings, film, told, overwrite, lanes)
        failed += lost
    _conclude(work, failed, films)


def _paint(
    work: Plan, painter: Painter, weights: dict[str, float] | None, settings: Settings, farm: FarmOptions
) -> list[Path]:
    """Do the jobs, complain about each that fails in one line, and return the sources not painted."""
    from pleinair.batch.hand import Order

    for _, reason in work.refused:
        click.echo(f"pleinair: {reason}", err=True)
    failed = [source for source, _ in work.refused]
    if not work.jobs:
        return failed
    order = Order(painter, weights, settings, _provenance(painter, weights, settings))
    with (
        ended_tidily(),
        _display(len(work.jobs)) as display,
        closing(farm.done(work.jobs, order, display.begin, display.say)) as outcomes,
    ):
        for job, outcome in outcomes:
            if not isinstance(outcome, str):
                failed.append(job.source)
                display.say(f"pleinair: {outcome}")
            elif outcome:
                display.say(f"{job.source}: {outcome}")
    return failed


def _provenance(painter: Painter, weights: dict[str, float] | None, settings: Settings) -> dict[str, str]:
    """What painted, for the metadata."""
    from pleinair.images.metadata import exact
    from pleinair.version import __version__

    mix = weights or dict.fromkeys(settings.guide.needed if settings.guide else (), 1.0)
    look = ",".join(style if weight == 1 else f"{style}={exact(weight)}" for style, weight in mix.items())
    return {"style": look, "model": painter.spec.name, "sha256": painter.sha256, "version": __version__}


def _conclude(work: Plan, failed: list[Path], films: int = 0) -> None:
    """Say what was done, pictures and so many films; exit with 1 if anything was not."""
    painted = len([job for job in work.jobs if job.source not in failed]) + films
    click.echo(
        f"{painted} painted" + (f", {len(work.done)} there already (--overwrite paints anew)" if work.done else "")
    )
    if failed:
        click.echo(f"{len(failed)} not painted: {', '.join(map(str, failed))}", err=True)
        raise click.exceptions.Exit(1)


class Display(NamedTuple):
    """Where progress goes and where lines go: a bar with lines above it on a terminal, else plain lines."""

    begin: Callable[[Job], Callable[[float], None]]
    say: Callable[[str], None]


@contextmanager
def _display(jobs: int) -> Iterator[Display]:
    if not sys.stderr.isatty():
        yield Display(lambda _: lambda _: None, lambda line: click.echo(line, err=True))
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=jobs)
        begun = iter(range(jobs))

        def begin(job: Job) -> Callable[[float], None]:
            before = next(begun)
            bar.update(task, description=job.source.name, completed=before)
            return lambda share: bar.update(task, completed=before + share)

        yield Display(begin, lambda line: bar.console.print(line, markup=False, highlight=False, soft_wrap=True))
