"""The frozen network that a Run names, from the file that the user gives."""

from pathlib import Path

from pleinair.errors import SettingError
from pleinair.networks.frozen import QuarterVGG, load_quarter_vgg
from pleinair.training.run import Run


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
