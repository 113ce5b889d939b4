"""A model card: what a shipped model learned from, how, what it scored and what it cannot do, as Markdown."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pleinair.spec import ModelSpec
from pleinair.store import SUMS, sha256_of

Training = Mapping[str, Any]  # pictures, minutes, hardware, seed, date, command, note
BESIDE = "what it paints"  # of pictures that are of no style of the model
OF_TRAINING = ("pictures", "minutes", "hardware", "seed", "date")


def card_text(spec: ModelSpec, opening: str, trainings: Sequence[Training], scores: Sequence[str]) -> str:
    """The whole card. opening: what it is, in a sentence. trainings: all that led to it, the first one first.
    scores: lines of Markdown that tell the protocol and the figures. Raises KeyError for a training that leaves out
    what a card tells."""
    lines = [
        f"# {spec.name}",
        "",
        f"{opening} License of the weights: {spec.license}.",
        "",
        "## What it learned from",
        "",
        *sources(spec),
        "",
        "## Training",
        "",
        *told(trainings),
        "",
        "## Scores",
        "",
        *scores,
        "",
        "## Known failures",
        "",
        *(f"- {failure}" for failure in spec.known_failures),
        "",
    ]
    return "\n".join(lines)


def sources(spec: ModelSpec) -> list[str]:
    """A table of the pictures that each of the model's styles, or domains, was learned from, and of those beside them,
    that it learned to paint, as far as their rights are told."""
    rows = [
        (
            source.name,
            spec.titles.get(source.name, "" if source.name in spec.styles else BESIDE),
            str(source.pictures),
            source.title,
            source.license,
        )
        for source in spec.sources
        if source.name in spec.styles or source.license
    ]
    return table(("style", "title", "pictures", "source", "rights"), rows)


def told(trainings: Sequence[Training]) -> list[str]:
    """A table of trainings."""
    rows = [[*(str(each[key]) for key in OF_TRAINING), f"`{each['command']}`", str(each["note"])] for each in trainings]
    return table((*OF_TRAINING, "command", "note"), rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table in Markdown. Raises ValueError for a row of another length than the head."""
    if ragged := [row for row in rows if len(row) != len(head)]:
        raise ValueError(f"a row has {len(ragged[0])} cells where the table has {len(head)} columns")
    return ["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows)]


def write_sums(folder: Path) -> None:
    """Write down the checksums of all models in a folder, as the store reads them."""
    lines = [f"{sha256_of(path)}  {path.name}\n" for path in sorted(folder.glob("*.onnx"))]
    (folder / SUMS).write_text("".join(lines), "utf-8")
