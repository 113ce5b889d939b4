"""`pleinair export`: the averaged weights of a run → one `.onnx` that anybody can paint with."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from pleinair.errors import MissingExtraError, SettingError

NEEDED = ("torch", "safetensors", "onnx")


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Where to write; NAME.onnx in the run by default."
)
@click.option("--style", metavar="NAME", help="Only this style of a painter, everything baked, for other tools.")
@click.option("--full-precision", is_flag=True, help="Store the weights in 32 bits: twice the size, no rounding.")
@click.option("--name", metavar="NAME", help="The model's name; by default the run folder's.")
@click.option(
    "--card",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="JSON with license, titles, scores … to write into it.",
)
@click.option(
    "--pictures",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Compare with the network on these; by default on samples.",
)
def export(
    run: Path,
    out: Path | None,
    style: str | None,
    full_precision: bool,
    name: str | None,
    card: Path | None,
    pictures: Path | None,
) -> None:
    """Hand a trained run over as one .onnx file.

    RUN is the folder of a run, of a painter or a generator of scenes, or its average.safetensors. The file is painted
    with and compared to the network before it is kept.
    """
    if not all(find_spec(module) for module in NEEDED):
        raise MissingExtraError("export", "train")
    fields = read_card(card) if card else {}
    from pleinair.export.handover import hand_over
    from pleinair.export.parity import SAMPLES

    done = hand_over(
        run, out, style=style, half=not full_precision, name=name, card=fields, pictures=pictures or SAMPLES
    )
    worst = max(done.differences, key=done.differences.__getitem__)
    kinds = f"; kinds {', '.join(done.spec.kinds)}" if done.spec.kinds else ""
    click.echo(f"{done.path}: {', '.join(done.spec.styles)}{kinds}; {done.size_bytes / 2**20:.2f} MiB")
    click.echo(f"paints as its network does, at worst {done.differences[worst]:.3f}/255 off ({worst})")


def read_card(path: Path) -> dict[str, Any]:
    """The fields of a card. Raises SettingError if it is no file with a JSON object."""
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingError(f"{path} cannot be read ({error.strerror}); check --card") from error
    except ValueError as error:
        raise SettingError(f"{path} is no JSON ({error}); check --card") from error
    if not isinstance(card, dict):
        raise SettingError(f'{path} must hold a JSON object, as {{"license": "CC0-1.0"}}')
    return card
