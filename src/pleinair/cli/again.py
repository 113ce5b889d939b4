"""`pleinair again`: pictures that pleinair made, made again from what they say of themselves."""

from __future__ import annotations

from pathlib import Path

import click

from pleinair.cli.scene_options import threads_option
from pleinair.cli.scoring import progress

PATH = click.Path(path_type=Path)


@click.command(no_args_is_help=True)
@click.argument("pictures", nargs=-1, required=True, type=PATH, metavar="PICTURE...")
@click.option("--out", required=True, type=PATH, metavar="DIR", help="Folder to write to.")
@click.option(
    "--source",
    "sources",
    multiple=True,
    type=PATH,
    metavar="PICTURE|DIR",
    help="What a stylized picture was painted from, or the folder that holds it; may be repeated.",
)
@click.option(
    "--model", "models", multiple=True, type=PATH, metavar="FILE", help="Model that is not installed; may be repeated."
)
@click.option("--overwrite", is_flag=True, help="Make again what is there already, instead of skipping it.")
@threads_option
def again(
    pictures: tuple[Path, ...],
    out: Path,
    sources: tuple[Path, ...],
    models: tuple[Path, ...],
    overwrite: bool,
    threads: int | None,
) -> None:
    """Make pictures again, from what they say of themselves.

    PICTURE is a picture of pleinair imagine, paint, fiction, generate or stylize. It becomes DIR/NAME, with the same
    pixels if the machine and the models are the same; how near it came is said.
    """
    from pleinair.batch.again import target_of, write_again
    from pleinair.errors import PleinairError
    from pleinair.images import make_folder
    from pleinair.remaking import Means

    means = Means(lambda line: click.echo(f"pleinair: {line}", err=True), sources, models, threads)
    make_folder(out)
    failed: list[Path] = []
    with progress("making again", len(pictures)) as advance:
        for path in pictures:
            try:
                target = target_of(path, out)
                if target.exists() and not overwrite:
                    click.echo(f"{target.name}: there already (--overwrite makes it anew)")
                else:
                    click.echo(write_again(path, target, means))
            except PleinairError as error:
                failed.append(path)
                click.echo(f"pleinair: {error}", err=True)
            advance(1)
    if failed:
        if len(pictures) > 1:
            click.echo(f"{len(failed)} not made again: {', '.join(map(str, failed))}", err=True)
        raise click.exceptions.Exit(1)
