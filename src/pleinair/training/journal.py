"""The journal: one JSON line per look in `stats.jsonl`, TensorBoard if installed, and a live line on the screen."""

import json
import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from pleinair.errors import OutputError

STATS = "stats.jsonl"
WATCH = "watch."  # begins the names of a look's figures
TERMINAL_SECONDS, FILE_SECONDS = 0.5, 30.0  # between live lines


class Journal:
    """Writes what a training says. Lines beyond the saving gone on from are dropped, so that the file tells one
    uninterrupted story: those of more than `seen_pictures`, and of looks after the one at `looked`, which are made
    anew.

    Only rank 0 has one. Raises OutputError where it cannot write.
    """

    def __init__(
        self, directory: Path, seen_pictures: int, pictures: int, looked: int = 0, screen: TextIO | None = None
    ) -> None:
        self.path = directory / STATS
        self.pictures = pictures
        self.screen = screen or sys.stderr
        self.begun, self.begun_at = time.monotonic(), seen_pictures
        self.shown = -FILE_SECONDS
        if self.path.exists():
            self._drop_after(seen_pictures, looked)
        self.board = _board(directory, seen_pictures)

    def write(self, seen_pictures: int, figures: Mapping[str, Any]) -> None:
        """One line into the file (and TensorBoard)."""
        line = {"seen_pictures": seen_pictures, **figures}
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise OutputError(f"{self.path}: cannot be written ({error.strerror}); make room") from error
        if self.board is not None:
            for name, value in figures.items():
                if isinstance(value, int | float):
                    self.board.add_scalar(name.replace(".", "/", 1), value, seen_pictures)

    def rate(self, seen_pictures: int) -> float:
        """Pictures per second since the journal was opened."""
        return (seen_pictures - self.begun_at) / max(1e-9, time.monotonic() - self.begun)

    def tell(self, seen_pictures: int, figures: Mapping[str, float], left_seconds: float | None = None) -> None:
        """A step's figures into the file, and on the live line: rewritten on a terminal, every half minute elsewhere.

        `left_seconds` are those until the time is up, where there is one.
        """
        rate, now, terminal = self.rate(seen_pictures), time.monotonic(), self.screen.isatty()
        rounded = {name: round(value, 5) for name, value in figures.items()}
        self.write(seen_pictures, {**rounded, "pictures_per_second": round(rate, 3)})
        if now - self.shown < (TERMINAL_SECONDS if terminal else FILE_SECONDS):
            return
        self.shown = now
        left = (self.pictures - seen_pictures) / rate if rate > 0 else float("inf")
        left = min(left, left_seconds) if left_seconds is not None else left
        losses = "  ".join(f"{name} {value:.3f}" for name, value in figures.items())
        line = f"{seen_pictures:,}/{self.pictures:,} pictures  {rate:.1f}/s  {clock(left)} left  {losses}"
        width = shutil.get_terminal_size().columns - 1
        self.screen.write(f"\r\x1b[K{line[:width]}" if terminal else f"{line}\n")
        self.screen.flush()

    def say(self, text: str) -> None:
        """A line of its own on the screen."""
        self.screen.write(("\r\x1b[K" if self.screen.isatty() else "") + text + "\n")
        self.screen.flush()

    def close(self) -> None:
        """End the live line and what TensorBoard holds back."""
        if self.screen.isatty():
            self.screen.write("\n")
        if self.board is not None:
            self.board.close()

    def _drop_after(self, seen_pictures: int, looked: int) -> None:
        lines = self.path.read_text("utf-8", errors="replace").splitlines()
        kept = [line for line in lines if _belongs(line, seen_pictures, looked)]
        if len(kept) < len(lines):
            beside = self.path.with_name(f".{self.path.name}.part")
            try:
                beside.write_text("".join(f"{line}\n" for line in kept), "utf-8")
                beside.replace(self.path)
            except OSError as error:
                raise OutputError(f"{self.path}: cannot be written ({error.strerror}); make room") from error


def clock(seconds: float) -> str:
    """Seconds as `1 h 05 min`, `12 min` or `40 s`."""
    if seconds == float("inf"):
        return "?"
    if seconds < 90:
        return f"{max(0.0, seconds):.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"


def _belongs(line: str, seen_pictures: int, looked: int) -> bool:
    try:
        figures = json.loads(line)
        is_look = any(name.startswith(WATCH) for name in figures)
        return bool(figures["seen_pictures"] <= (looked if is_look else seen_pictures))
    except (ValueError, KeyError, TypeError):  # the torn last line of a killed training
        return False


def _board(directory: Path, seen_pictures: int) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(directory / "tensorboard"), purge_step=seen_pictures + 1 if seen_pictures else None)
