"""Whose hidden folder it is: held by a lock as long as its owner lives, so that what is surely left over can be told.

A process that is killed cannot tidy up, but with it goes its lock (flock). Whether a lock of another machine would be
seen here depends on the disk, so the owner's machine stands in the file beside it.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = ".painting-"
NAMED = re.compile(rf"{re.escape(PREFIX)}[0-9a-f]{{8}}")
OWNER = "owner"  # in the folder; no painting is called so
BOOT = Path("/proc/sys/kernel/random/boot_id")


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Hold a folder that is this process's own until the end, or until the process dies. Raises OSError."""
    number = os.open(folder / OWNER, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if _locked(number):  # what is not locked says no owner, and is left alone by others
            os.write(number, _here().encode())
        yield
    finally:
        os.close(number)


def sweep(out: Path, say: Callable[[str], None]) -> None:
    """Take away what runs of this machine that were killed have left in `out`, and say what may be left of others."""
    for folder in sorted(out.glob(f"{PREFIX}*")):
        if NAMED.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink():
            owner = _owner(folder)
            if owner != _here():
                whose = f"a run on {owner.partition(' ')[0]}" if owner else "a run that cannot be told from here"
                say(f"{folder} is of {whose}; delete it if that has ended")
            elif _left(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _owner(folder: Path) -> str:
    """The owner's machine, as `_here` says it, or nothing."""
    try:
        return (folder / OWNER).read_text("utf-8", "replace")
    except OSError:
        return ""


def _left(folder: Path) -> bool:
    """Whether the folder's owner, of this machine, is gone. It wrote its name under the lock, so none is on its way."""
    try:
        number = os.open(folder / OWNER, os.O_RDWR)
    except OSError:
        return False
    try:
        return _locked(number)
    finally:
        os.close(number)


def _locked(number: int) -> bool:
    """Lock an opened file, unless another holds it or there are no locks here."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        return False
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _here() -> str:
    """This machine, since it was started."""
    boot = ""
    with suppress(OSError):
        boot = BOOT.read_text("ascii", "replace").strip()
    return f"{socket.gethostname()} {boot}"
