"""A trained run → a model that ships: its file, its card, its checksum, and the pack from which a training goes on."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pleinair.errors import RunError
from pleinair.export.cards import card_text, write_sums
from pleinair.export.handover import hand_over
from pleinair.export.parity import SAMPLES
from pleinair.spec import ModelSpec
from pleinair.store import SHIPPED
from pleinair.training.checkpoint import STATE
from pleinair.training.warm import write_pack

LARGEST_MODEL, LARGEST_PACK = 12 * 2**20, 8 * 2**20  # bytes


@dataclass(frozen=True)
class Findings:
    """What no run knows of itself: a sentence on what the model is, made of its spec; scores as entries of the spec;
    lines of Markdown that tell their protocol and the figures."""

    opening: Callable[[ModelSpec], str]
    scores: Sequence[Mapping[str, Any]]
    lines: Sequence[str]


def bring_home(
    run: Path, name: str, resume: Path, found: Findings, shipped: Path = SHIPPED, pictures: Path = SAMPLES
) -> str:
    """Export a run into the folder `shipped`, write the card NAME.md and the checksums there and the pack into the
    folder `resume`, and return a line on their sizes. pictures: a folder of pictures to compare painters by.

    `resume/NAME.json` holds titles, sources, known failures and the trainings so far, the last of which made the run.
    Raises RunError for what is too large to ship, and as `handover.hand_over` and `warm.write_pack` do.
    """
    story = json.loads((resume / f"{name}.json").read_text("utf-8"))
    trainings = story.pop("trainings")
    card = {**story, "receipt": trainings[-1]["command"], "recipe": trainings[-1]["recipe"], "scores": found.scores}
    card["seen_pictures"] = sum(training["pictures"] for training in trainings)
    written = hand_over(run, shipped / f"{name}.onnx", name=name, card=card, pictures=pictures)
    text = card_text(written.spec, found.opening(written.spec), trainings, found.lines)
    (shipped / f"{name}.md").write_text(text, "utf-8")
    write_sums(shipped)
    pack = write_pack(run / STATE, resume / f"{name}.safetensors")
    sizes = f"{name}.onnx: {written.size_bytes / 2**20:.2f} MiB; resume pack {pack / 2**20:.2f} MiB"
    if written.size_bytes > LARGEST_MODEL or pack > LARGEST_PACK:
        raise RunError(f"{sizes}: too large to ship; at most {LARGEST_MODEL >> 20} and {LARGEST_PACK >> 20} MiB are")
    return sizes
