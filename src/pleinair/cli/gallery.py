"""`pleinair gallery`: sentences in rows, each with its label map, render, photo-like scene and painting."""

from pathlib import Path

import click

from pleinair.cli.scene_options import out_option, paint_again_option, threads_option
from pleinair.cli.scoring import progress


@click.command()
@out_option("pleinair-gallery")
@click.option(
    "--sentence",
    "sentences",
    multiple=True,
    metavar="TEXT",
    help="Sentence to show, English or Chinese; repeat.  [default: eight of the package's own]",
)
@click.option("--seed", type=int, metavar="N", help="Of what the sentences leave open.  [default: 4]")
@click.option("--size", metavar="WxH", help="Pixels across and down.  [default: 512x320]")
@paint_again_option
@threads_option
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
def gallery(
    out: Path,
    sentences: tuple[str, ...],
    seed: int | None,
    size: str | None,
    overwrite: bool,
    threads: int | None,
    open_page: bool,
) -> None:
    """Paint sentences and write a page of every stage.

    DIR/index.html shows each sentence in a row: what was understood, label map, render, photo-like scene, painting.
    The pictures stand in DIR/01, DIR/02 and so on.
    """
    from pleinair.demo.gallery import Wish, make_gallery
    from pleinair.demo.sentences import SEED, SENTENCES
    from pleinair.fiction.render import SIZE
    from pleinair.render.scenes import parse_size

    across, down = parse_size(size) if size else SIZE
    wish, chosen = Wish(SEED if seed is None else seed, (across, down), threads, overwrite), sentences or SENTENCES
    with progress("painting sentences", len(chosen)) as advance:
        done = make_gallery(chosen, out, wish, advance)
    there = f", {done.there} there already (--overwrite paints anew)" if done.there else ""
    click.echo(f"{done.painted} painted{there}")
    click.echo(f"sheet: {done.sheet}")
    click.echo(f"page:  {done.page}")
    if open_page:
        import webbrowser

        webbrowser.open(done.page.resolve().as_uri())
    if done.failures:
        for line in done.failures:
            click.echo(f"pleinair: {line}", err=True)
        raise click.exceptions.Exit(1)
