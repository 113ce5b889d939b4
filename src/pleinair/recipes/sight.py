"""The frozen networks that a Run names, from the files that the user gives."""

from dataclasses import replace
from pathlib import Path

from pleinair.errors import SettingError
from pleinair.networks.classifier import SqueezeNet, load_squeezenet
from pleinair.networks.frozen import QuarterVGG, load_quarter_vgg
from pleinair.training.run import Run

CLASSIFIER = "squeezenet1_1"


def frozen_of(run: Run, features: Path | None, blind: str) -> QuarterVGG | None:
    """The network, or None if the run names none. blind: a recipe that needs none. Raises SettingError where the file
    is not given, ModelError."""
    if not run.settings["frozen"]:
        return None
    if features is None:
        raise SettingError(
            f"recipe {run.recipe} sees with {run.settings['frozen']}; give its file by --features, "
            f"or use --recipe {blind}"
        )
    return load_quarter_vgg(features)


def looked_on(run: Run, meaning: float, spread: float) -> Run:
    """The run in which a frozen classifier looks on, too, its terms weighed so much."""
    weights = {**run.weights, "generator.meaning": meaning, "generator.meaning_spread": spread}
    return replace(run, weights=weights, settings={**run.settings, "classifier": CLASSIFIER})


def classifier_of(run: Run, classifier: Path | None) -> SqueezeNet | None:
    """The classifier, or None if the run names none. Raises SettingError where its file is not given, ModelError."""
    if not run.settings.get("classifier"):
        return None
    if classifier is None:
        raise SettingError(f"this run also sees with {run.settings['classifier']}; give its file by --classifier")
    return load_squeezenet(classifier)
