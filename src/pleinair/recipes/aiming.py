"""The objective that a Run of the translate recipe names: its critics, and what it sees with."""

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from torch import nn

from pleinair.networks.discriminator import Columns, FeatureHeads, Patches, PyramidPatches
from pleinair.networks.frozen import QuarterVGG
from pleinair.networks.translator import Translator
from pleinair.objectives.matching import Meaning
from pleinair.objectives.settings import TranslateSettings
from pleinair.objectives.translate import Translate
from pleinair.recipes.plain import PHOTO
from pleinair.recipes.sight import classifier_of
from pleinair.training.ranks import Ranks
from pleinair.training.run import Run


def aimed(
    run: Run,
    translator: Translator,
    frozen: QuarterVGG | None,
    classifier: Path | None,
    ranks: Ranks,
) -> Translate:
    """The objective; classifier: the file of the one that the run names, if it does. Raises SettingError where that is
    not given, ModelError."""
    count = len(run.styles)
    made: dict[str, Callable[[], nn.Module | None]] = {
        "one": lambda: Patches(count),
        "pyramid": lambda: PyramidPatches(count),
        "none": lambda: None,
    }
    patches = made[run.settings["patches"]]()
    given = {field.name: run.settings[field.name] for field in fields(TranslateSettings) if field.name in run.settings}
    plain: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in given.items()}
    settings = TranslateSettings(**plain)
    if PHOTO in run.styles:  # of paintings of every style and of renders
        domains = count + len(run.data.get("renders", ()))
        settings = replace(settings, apart=run.styles.index(PHOTO), domains=domains)
    heads = FeatureHeads(QuarterVGG.widths, count) if frozen and run.settings.get("heads", "all") != "none" else None
    columns = Columns(QuarterVGG.widths, count) if frozen and run.weights.get("generator.columns") else None
    sees = classifier_of(run, classifier)
    meaning = Meaning(sees, count, ranks.gather, more=settings.domains) if sees else None
    return Translate(translator, heads, patches, frozen, run.weights, settings, ranks.gather, columns, meaning)
