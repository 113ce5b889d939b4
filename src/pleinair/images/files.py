"""Files that are written whole."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class _Whole(io.BufferedRandom):
    """A file for Pillow. Through the number of a file its encoders write by themselves, and do not notice when the disk
    takes only a part of the last piece; so it has none here, and they hand over what they make."""

    def fileno(self) -> int:
        raise io.UnsupportedOperation("fileno")


@contextmanager
def written_whole(path: Path) -> Iterator[io.BufferedRandom]:
    """A new file at `path` for Pillow to write into; on the disk with every byte at the end. Raises OSError if it is
    there already or the disk does not take all of it."""
    raw = io.FileIO(path, "x+")
    with _Whole(raw) as file:
        yield file
        file.flush()
        os.fsync(raw.fileno())  # a disk that is full may say so only now
