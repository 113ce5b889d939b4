"""The tiny extractor, written once."""

from pathlib import Path

import pytest

from pleinair.metrics.features import Features
from tests.metrics.tiny import write_extractor


@pytest.fixture(scope="session")
def extractor_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_extractor(tmp_path_factory.mktemp("extractor") / "quarters.onnx")


@pytest.fixture(scope="session")
def extractor(extractor_file: Path) -> Features:
    return Features(extractor_file, threads=1)
