"""`pleinair demo`: what the painters can do, on sample scenes of the package."""

from pathlib import Path

import click


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("pleinair-demo"),
    show_default=True,
    help="Folder to write to.",
)
@click.option(
    "--painter", default="landscape", show_default=True, metavar="NAME", help="Model, style or .onnx file to show."
)
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
def demo(out: Path, painter: str, open_page: bool) -> None:
    """Paint sample scenes in every style and write a page to open."""
    from pleinair.demo.make import make_demo
    from pleinair.demo.scenes import drawn_scenes
    from pleinair.painter import load

    shown = load(painter)
    drawn = drawn_scenes()
    done = make_demo(shown, out, lambda scene, style: click.echo(f"{scene.title}: {style}", err=True), drawn)
    click.echo(f"{done.pictures} pictures painted in {done.seconds:.1f} s")
    click.echo(f"sheet: {done.sheet}")
    click.echo(f"page:  {done.page}")
    if open_page:
        import webbrowser

        webbrowser.open(done.page.resolve().as_uri())
