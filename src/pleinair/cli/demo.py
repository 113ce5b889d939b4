"""`pleinair demo`: what the painters can do, on sample scenes of the package."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pleinair.demo.scenes import Scene

LANDSCAPE = "landscape"  # of all shipped painters the one with the most styles


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("pleinair-demo"),
    show_default=True,
    help="Folder to write to.",
)
@click.option(
    "--painter", default=LANDSCAPE, show_default=True, metavar="NAME", help="Model, style or .onnx file to show."
)
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
def demo(out: Path, painter: str, open_page: bool) -> None:
    """Paint sample scenes in every style and write a page to open."""
    from pleinair.demo.make import make_demo
    from pleinair.demo.scenes import PHOTO, drawn_scenes
    from pleinair.painter import load

    shown = load(painter)
    back = load(PHOTO) if painter == LANDSCAPE else None  # as the page's command, --style photo, paints it
    done = make_demo(shown, out, _tell, drawn_scenes(), back)
    click.echo(f"{done.pictures} pictures painted in {done.seconds:.1f} s")
    click.echo(f"sheet: {done.sheet}")
    click.echo(f"page:  {done.page}")
    if open_page:
        import webbrowser

        webbrowser.open(done.page.resolve().as_uri())


def _tell(scene: "Scene", style: str) -> None:
    click.echo(f"{scene.title}: {style}", err=True)
