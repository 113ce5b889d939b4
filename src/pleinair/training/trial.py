"""A short trial at the start chooses how to compute: precision, memory layout, compilation. The choice is written into
the run, so that the run goes on as it began."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from pleinair.errors import RunError
from pleinair.training import checkpoint


@dataclass(frozen=True)
class Choice:
    """How a training computes. `precision` is Fabric's name; `threads` (CPU) are part of what makes runs bit-equal."""

    precision: str = "32-true"
    channels_last: bool = False
    compiled: bool = False
    threads: int = 0
    pictures_per_second: float = 0.0


def candidates(device: torch.device) -> list[Choice]:
    """What is worth trying on a device: bf16 on a CPU only where the chip multiplies it, compiling only on a GPU."""
    plain = Choice(threads=torch.get_num_threads() if device.type == "cpu" else 0)
    if device.type == "cpu":
        supported = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)()
        precisions = ["32-true", "bf16-mixed"] if supported else ["32-true"]
        return [Choice(precision, last, False, plain.threads) for precision in precisions for last in (False, True)]
    return [Choice(), Choice("bf16-mixed", True), Choice("bf16-mixed", True, compiled=True)]


def fastest(choices: Sequence[Choice], rate: Callable[[Choice], float], say: Callable[[str], None]) -> Choice:
    """Measure each choice in pictures per second; what fails is named and left out. Ties within 3 % go to the first."""
    best: Choice | None = None
    for choice in choices:
        try:
            measured = Choice(**{**asdict(choice), "pictures_per_second": round(rate(choice), 2)})
        except RuntimeError as error:
            say(f"trial: {described(choice)} does not run here ({str(error).splitlines()[0]})")
            continue
        say(f"trial: {described(measured)}: {measured.pictures_per_second:.1f} pictures/s")
        if best is None or measured.pictures_per_second > 1.03 * best.pictures_per_second:
            best = measured
    return best or Choice(threads=torch.get_num_threads())


def timed(one_step: Callable[[], None], pictures: int, device: torch.device, steps: int = 4) -> float:
    """Pictures per second over the quickest of some steps, after one to warm up."""
    seconds = []
    for index in range(steps + 1):
        begun = time.perf_counter()
        one_step()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        if index:
            seconds.append(time.perf_counter() - begun)
    return pictures / min(seconds)


def described(choice: Choice) -> str:
    parts = [choice.precision, "channels-last" if choice.channels_last else "", "compiled" if choice.compiled else ""]
    return " ".join(part for part in parts if part)


def write(path: Path, choice: Choice) -> None:
    """Raises OutputError."""
    checkpoint.write_text(path, json.dumps(asdict(choice), indent=1))


def read(path: Path) -> Choice:
    """Raises RunError."""
    try:
        return Choice(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise RunError(f"{path} is damaged ({error}); delete it, and the trial is made again") from error
