"""What is written is written whole, or the writer hears of it: also where a disk takes only a part."""

import io
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair.errors import OutputError
from pleinair.images import write
from pleinair.images.files import written_whole
from pleinair.images.picture import Picture

resource = pytest.importorskip("resource", reason="the size of files is limited by POSIX alone")
NOISE = np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8)


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file of this process may be larger: what goes beyond is cut, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # an error instead of an end
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


def length(suffix: str, folder: Path) -> int:
    path = folder / f"whole{suffix}"
    write(Picture(NOISE), path, {})
    return path.stat().st_size


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
@pytest.mark.parametrize("missing", [1, 100, 20_000])
def test_a_picture_that_does_not_fit_is_said_and_leaves_nothing(tmp_path: Path, suffix: str, missing: int) -> None:
    whole = length(suffix, tmp_path)
    with files_up_to(whole - missing), pytest.raises(OutputError, match="cannot be written"):
        write(Picture(NOISE), tmp_path / f"cut{suffix}", {})
    assert [path.name for path in tmp_path.iterdir()] == [f"whole{suffix}"]


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
def test_a_picture_that_just_fits_is_whole(tmp_path: Path, suffix: str) -> None:
    whole = length(suffix, tmp_path)
    with files_up_to(whole):
        write(Picture(NOISE), tmp_path / f"fits{suffix}", {})
    with Image.open(tmp_path / f"fits{suffix}") as image:
        image.load()
        assert image.size == (128, 128)


def test_encoders_are_not_given_the_number_of_the_file(tmp_path: Path) -> None:
    with written_whole(tmp_path / "x") as file:
        with pytest.raises(io.UnsupportedOperation):
            file.fileno()
        file.write(b"abc")
        file.seek(0)
        assert file.read() == b"abc"
    assert (tmp_path / "x").read_bytes() == b"abc"


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"mine")
    with pytest.raises(FileExistsError), written_whole(tmp_path / "x"):
        pass
    assert (tmp_path / "x").read_bytes() == b"mine"


def test_it_is_brought_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="the disk is full"):
        write(Picture(NOISE), tmp_path / "x.jpg", {})
    assert list(tmp_path.iterdir()) == []
