"""`pleinair models`: the painters and generators there are, and what is known of each."""

import json
from dataclasses import asdict
from typing import Any

import click

from pleinair import store
from pleinair.engine.opening import LAYOUT, PAINTER, SCENE
from pleinair.spec import ModelSpec
from pleinair.store import Catalog, Model

KIND_NAMES = {PAINTER: "painter", SCENE: "scenes", LAYOUT: "layouts"}  # as they are listed
PIPED_COLUMNS = 140  # where no terminal says how wide it is


@click.group(invoke_without_command=True, subcommand_metavar="[COMMAND] [ARGS]...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")
@click.pass_context
def models(ctx: click.Context, as_json: bool) -> None:
    """List painters and generators, with data and scores."""
    if ctx.invoked_subcommand is not None:
        return
    found = store.catalog()
    if as_json:
        click.echo(json.dumps([_facts(model) for model in found.models], ensure_ascii=False, indent=1))
    else:
        _print_tables(found)
    for complaint in found.broken.values():
        click.echo(f"pleinair: {complaint}", err=True)


@models.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")
def info(name: str, as_json: bool) -> None:
    """Show the card of one: a model's name, a style's, or an .onnx file."""
    model, _ = store.resolve(name)
    facts = _facts(model) | {"sha256": store.sha256_of(model.path), "spec": asdict(model.spec)}
    card = model.card.read_text(encoding="utf-8") if model.card else None
    if as_json:
        click.echo(json.dumps(facts | {"card": card}, ensure_ascii=False, indent=1))
        return
    spec = model.spec
    paints, scenes = spec.kind == PAINTER, spec.kind == SCENE
    named = ", ".join(f"{style} ({title})" if title else style for style, title in _titles(model))
    rows = {
        "file": f"{model.path} ({model.origin}, {_size(model.size_bytes)})",
        "SHA-256": facts["sha256"],
        "license": spec.license or "not said",
        "makes": _kind(model),
        "styles" if paints else "domains": named,
        "kinds": ", ".join(spec.kinds),
        "trained": f"{spec.seen_pictures:,} pictures seen{f', recipe {spec.recipe}' if spec.recipe else ''}",
        "strokes": "" if not paints else f"fit a long side of {spec.working_size} pixels (--working-size)",
        "paints": "" if not paints else f"in steps of {spec.stride} pixels, looking {spec.halo} pixels far",
        "draws": f"pictures up to {spec.side} pixels high, of any width" if scenes else "",
        "receipt": spec.receipt,
    }
    for key, value in rows.items():
        if value:
            click.echo(f"{key + ':':9} {value}")
    for source in spec.sources:
        click.echo(f"{'data:':9} {source.title}, {source.pictures:,} pictures, {source.license}")
    for score in spec.scores:
        click.echo(
            f"{'score:':9} {score.style} {score.protocol} {score.value:.3g}{f' ({score.note})' if score.note else ''}"
        )
    for failure in spec.known_failures:
        click.echo(f"{'fails:':9} {failure}")
    if card:
        click.echo(f"\n{card.rstrip()}")


@models.command()
@click.argument("url")
@click.option("--sha256", required=True, help="The SHA-256 that the file must have.")
def fetch(url: str, sha256: str) -> None:
    """Fetch a model from an http address into your models folder."""
    model, _ = store.resolve(store.fetch(url, sha256))
    click.echo(f"{model.name}: {', '.join(model.spec.styles)} ({_size(model.size_bytes)}) → {model.path}")


def _facts(model: Model) -> dict[str, Any]:
    """What the list says of a model, as JSON."""
    return {
        "name": model.name,
        "kind": _kind(model),
        "origin": model.origin,
        "path": str(model.path),
        "size_bytes": model.size_bytes,
        "license": model.spec.license,
        "styles": list(model.spec.styles),
        "kinds": list(model.spec.kinds),
        "data": [asdict(source) for source in model.spec.sources],
        "scores": [asdict(score) for score in model.spec.scores],
    }


def _print_tables(found: Catalog) -> None:
    """A heading per model, and under it a row per style."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = PIPED_COLUMNS
    for model in found.models:
        spec = model.spec
        console.print(
            f"{model.name} · {model.origin} · {_size(model.size_bytes)} · {spec.license or 'license not said'}",
            style="bold",
        )
        word = "style" if spec.kind == PAINTER else "domain"
        table = Table("kind", word, "title", "learned from", "pictures", "rights", "score", box=None, pad_edge=True)
        table.columns[4].justify = "right"
        for style, title in _titles(model):
            sources = [source for source in spec.sources if source.name == style]
            table.add_row(
                _kind(model),
                style,
                title,
                "; ".join(source.title for source in sources),
                f"{sum(source.pictures for source in sources):,}" if sources else "",
                "; ".join(dict.fromkeys(source.license for source in sources)),
                _scores(spec, style) or "not measured",
            )
        console.print(table)
        if spec.kinds:
            console.print(f" draws {', '.join(spec.kinds)}{' (--kind)' if spec.kind == SCENE else ''}")
    if not found.models:
        console.print("There are no models. Train one: pleinair train --help")


def _kind(model: Model) -> str:
    return KIND_NAMES.get(model.spec.kind, model.spec.kind)


def _titles(model: Model) -> list[tuple[str, str]]:
    return [(style, model.spec.titles.get(style, "")) for style in model.spec.styles]


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 2**20:.2f} MiB" if size_bytes >= 2**20 / 10 else f"{size_bytes / 2**10:.1f} KiB"


def _scores(spec: ModelSpec, style: str) -> str:
    """A style's figures; a line for each set of pictures, named, where it was measured on more than one."""
    lines: dict[str, list[str]] = {}
    for score in spec.scores:
        if score.style == style:
            lines.setdefault(score.note.partition(",")[0], []).append(f"{score.protocol} {score.value:.3g}")
    named = len(lines) > 1
    return "\n".join((f"{of}: " if named else "") + ", ".join(figures) for of, figures in lines.items())
