"""One thread: small networks gain nothing from more, and results are the same on every machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.training.rehearsal import look_little, stage


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings look at few pictures, and small ones."""
    look_little(monkeypatch.setattr)


@pytest.fixture(scope="session")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with packs of three styles and the file of a frozen network."""
    return stage(tmp_path_factory.getbasetemp() / "stage")
