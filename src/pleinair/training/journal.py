"""The journal: one JSON line per look in `stats.jsonl`, TensorBoard if installed, and a live line on the screen."""

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO


class Journal:
    """Writes what a training says. Lines beyond the pictures seen by the saving gone on from are dropped, so that the file tells
    one uninterrupted story."""

    def __init__(self, directory: Path, seen_pictures: int, pictures: int, screen: TextIO | None = None) -> None:
        self.path = directory / "stats.jsonl"
        self.pictures = pictures
        self.screen = screen or sys.stderr
        self.begun, self.begun_at = time.monotonic(), seen_pictures
        self.last_line = 0.0
        if self.path.exists():
            kept = [line for line in self.path.read_text("utf-8").splitlines() if _seen(line) <= seen_pictures]
            self.path.write_text("".join(f"{line}\n" for line in kept), "utf-8")
        self.board = _board(directory)

    def write(self, seen_pictures: int, figures: Mapping[str, Any]) -> None:
        """One line into the file (and TensorBoard)."""
        line = {"seen_pictures": seen_pictures, **figures}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        if self.board is not None:
            for name, value in figures.items():
                if isinstance(value, int | float):
                    self.board.add_scalar(name, value, seen_pictures)

    def rate(self, seen_pictures: int) -> float:
        """Pictures per second since the journal was opened."""
        return (seen_pictures - self.begun_at) / max(1e-9, time.monotonic() - self.begun)

    def show(self, seen_pictures: int, figures: Mapping[str, float], left_seconds: float | None = None) -> None:
        """The live line: rewritten on a terminal, every half minute in a file."""
        now, terminal = time.monotonic(), self.screen.isatty()
        if now - self.last_line < (0.5 if terminal else 30):
            return
        self.last_line = now
        rate = self.rate(seen_pictures)
        left = (self.pictures - seen_pictures) / rate if rate > 0 else float("inf")
        left = min(left, left_seconds) if left_seconds is not None else left
        losses = "  ".join(f"{name} {value:.3f}" for name, value in figures.items())
        line = f"{seen_pictures:,}/{self.pictures:,} pictures  {rate:.1f}/s  {clock(left)} left  {losses}"
        self.screen.write(f"\r\x1b[K{line[:220]}" if terminal else f"{line}\n")
        self.screen.flush()

    def say(self, text: str) -> None:
        """A line of its own on the screen."""
        self.screen.write(("\r\x1b[K" if self.screen.isatty() else "") + text + "\n")
        self.screen.flush()

    def close(self) -> None:
        if self.board is not None:
            self.board.close()


def clock(seconds: float) -> str:
    """Seconds as `1 h 05 min`, `12 min` or `40 s`."""
    if seconds == float("inf"):
        return "?"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"


def _seen(line: str) -> float:
    try:
        return float(json.loads(line)["seen_pictures"])
    except (ValueError, KeyError, TypeError):  # the torn last line of a killed training
        return float("inf")


def _board(directory: Path) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(directory / "tensorboard"))
