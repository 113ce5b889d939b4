"""One tree of errors. Libraries raise them; only the command line prints them and exits.

    PleinairError
    ├── PictureError          a picture cannot be read: empty, truncated, not a picture, too large
    ├── OutputError           a result cannot be written: folder missing or read-only, disk full
    ├── SettingError          a setting is out of its range or contradicts another
    ├── ModelError            a model file cannot be used: corrupt, foreign, of a newer format
    │   ├── UnknownModelError no model of that name
    │   ├── UnknownStyleError the model does not have that style
    │   └── UnknownKindError  the model does not know that kind of scene
    ├── MissingExtraError     the verb needs an extra that is not installed
    ├── ClusterError          a cluster cannot be reached, or has no worker that can paint
    ├── DataError             a folder cannot be trained on: too few pictures, all alike, no pack
    ├── RunError              a run folder cannot be continued: another recipe, no checkpoint
    ├── TrainingError         a training went wrong: NaN, collapse, a runaway discriminator
    └── ParityError           an exported model does not paint as its network does

Every message is one line that says what is wrong and what to try.
"""


class PleinairError(Exception):
    """Whatever pleinair itself has to complain about."""


class PictureError(PleinairError):
    """A picture cannot be read."""


class OutputError(PleinairError):
    """A result cannot be written."""


class SettingError(PleinairError):
    """A setting is out of its range or contradicts another."""


class ModelError(PleinairError):
    """A model file cannot be used."""


class UnknownModelError(ModelError):
    """There is no model of that name."""


class UnknownStyleError(ModelError):
    """The model does not have that style."""


class UnknownKindError(ModelError):
    """The model does not know that kind of scene."""


class MissingExtraError(PleinairError):
    """The verb needs an extra that is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f'{what} needs the extra [{extra}]; type: pip install "pleinair[{extra}]"')
        self.extra = extra


class ClusterError(PleinairError):
    """A cluster cannot be reached, or has no worker that can paint."""


class DataError(PleinairError):
    """A folder of pictures cannot be trained on."""


class RunError(PleinairError):
    """A run folder cannot be continued."""


class TrainingError(PleinairError):
    """A training went wrong."""


class ParityError(PleinairError):
    """An exported model does not paint as its network does."""
