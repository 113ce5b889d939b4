"""One thread: small networks gain nothing from more, and results are the same on every machine."""

from pathlib import Path

import pytest

from tests.one_thread import one_thread
from tests.training.rehearsal import look_little, stage

__all__ = ["one_thread"]


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings look at few pictures, and small ones."""
    look_little(monkeypatch.setattr)


@pytest.fixture(scope="session")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with packs of three styles and the file of a frozen network."""
    return stage(tmp_path_factory.getbasetemp() / "stage")
