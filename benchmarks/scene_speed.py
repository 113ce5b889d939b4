#!/usr/bin/env python3
"""How much faster a step of the scene recipe is than the same losses written plainly: same device, same run, in turn.

    python benchmarks/scene_speed.py [--side N] [--rounds N] [--threads N] [--recipe NAME]

Plainly: eager, contiguous, 32 bits, Adam parameter by parameter, each player drawing and looking for itself, at the
same penalty interval. Ours computes as the recipe's own trial chooses. Both see the same made-up pictures through
random features of the same shapes, which does not matter to speed; medians are compared. Last line: the result as JSON.
Bars: on a CPU at 64 px at least 1.5 times the pictures/s (1.1 without bf16 instructions), on a GPU at 128 px 3 times.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch

from pleinair.data.encode import Setting, encode
from pleinair.data.pack import TRAIN, Entry, Pack, write
from pleinair.networks.frozen import QuarterVGG
from pleinair.objectives.scene import Draw
from pleinair.recipes.scene_building import builder
from pleinair.recipes.scene_rivals import RECIPES
from pleinair.training import loop, state, step, trial
from pleinair.training.launch import Build
from pleinair.training.ranks import Ranks, connect
from pleinair.training.run import Run

PICTURES = 24
BARS = {"cuda": 3.0, "bf16": 1.5, "cpu": 1.1}


def made_up(folder: Path, side: int) -> tuple[Path, Path]:
    """A pack of noise, and random weights of the frozen network."""
    from safetensors.torch import save_file

    draw = np.random.default_rng(0)
    size = 2 * side
    pixels = [draw.integers(0, 256, (size, size, 3), np.uint8) for _ in range(PICTURES)]
    entries = [Entry(str(i), "", size, size, TRAIN, "") for i in range(PICTURES)]
    pictures = ((entry, encode(picture, Setting(10_000))) for entry, picture in zip(entries, pixels, strict=True))
    write(folder / "photo.pack", "photo", pictures, {})
    torch.manual_seed(0)
    save_file(QuarterVGG().state_dict(), folder / "frozen.safetensors")
    return folder / "photo.pack", folder / "frozen.safetensors"


def ours(run: Run, build: Build, world: Ranks) -> tuple[Callable[[Draw], Any], trial.Choice]:
    """The recipe's step, computed as its trial chooses."""
    best = trial.Choice(threads=torch.get_num_threads())
    choices = trial.candidates(world.device)
    if len(choices) > 1:

        def rate(choice: trial.Choice) -> float:
            advance, draw = stepping(run, build, choice)
            return trial.timed(lambda: (advance(draw), None)[1], run.batch, world.device)

        best = trial.fastest(choices, rate, lambda text: print(text, flush=True))
    return stepping(run, build, best)[0], best


def stepping(run: Run, build: Build, choice: trial.Choice) -> tuple[Callable[[Draw], Any], Draw]:
    """A training's step, and a batch in its layout."""
    world = connect(choice.precision)
    torch.manual_seed(run.seed)
    training = state.begin(run, build(run, world.device, choice, world))
    batches = training.task.batches(0, 0, 1)
    draw = next(batches)
    batches.close()
    layout = torch.channels_last if choice.channels_last else torch.contiguous_format
    return lambda d: loop.advance(training, _laid(d, layout), world), draw


def _laid(draw: Draw, layout: torch.memory_format) -> Draw:
    rest = (draw.domains, draw.numbers, draw.marks, draw.latents, draw.noise, draw.shakes)
    return Draw(draw.real.contiguous(memory_format=layout), *rest)


def plain(run: Run, build: Build, world: Ranks) -> Callable[[Draw], Any]:
    """The same losses and penalties, written as one would without thinking of speed."""
    torch.manual_seed(run.seed)
    task = build(run, world.device, trial.Choice(threads=torch.get_num_threads()), world)
    objective = task.objective
    optimizers = {
        player: torch.optim.Adam(module.parameters(), run.rates[player].peak, run.betas, foreach=False, fused=False)
        for player, module in objective.players.items()
    }
    average = {name: value.clone() for name, value in objective.averaged.state_dict().items()}
    seen = 0

    def advance(draw: Draw) -> None:
        nonlocal seen
        for player, module in objective.players.items():
            views = objective.views(draw, loop.chance(run.seed, 0, seen), seen)
            loss = step.weighed(player, objective.terms(player, views), run.weights)
            for parameter in module.parameters():
                parameter.grad = None
            for parameter, grad in zip(module.parameters(), step.gradients(loss, module), strict=True):
                parameter.grad = grad
            torch.nn.utils.clip_grad_norm_(module.parameters(), run.clip_norm, foreach=False)
            optimizers[player].step()
        for name, value in objective.averaged.state_dict().items():
            average[name].mul_(0.999).add_(value, alpha=0.001)
        seen += run.batch

    return advance


def seconds(work: Callable[[], Any], device: torch.device) -> float:
    """Wall time of one call, the device waited for; on a CPU its processor time, which other programs do not change."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
        begun = time.perf_counter()
        work()
        torch.cuda.synchronize(device)
        return time.perf_counter() - begun
    begun = time.process_time()
    work()
    return (time.process_time() - begun) / torch.get_num_threads()


def measured(recipe: str, side: int, rounds: int, folder: Path) -> dict[str, Any]:
    """Run both in turn and compare; every round is one interval of the penalties."""
    pack, frozen = made_up(folder, side)
    run = RECIPES[recipe](["photo"], [], side, 10**6, 0)
    world = connect()
    build = builder({"photo": Pack.open(pack)}, frozen, None, {})
    mine, choice = ours(run, build, world)
    theirs = plain(run, build, world)
    batches = build(run, world.device, trial.Choice(), world).batches(0, 0, 1)
    draws = [next(batches) for _ in range(int(run.settings["penalty_every"]))]
    batches.close()
    times: dict[str, list[float]] = {"ours": [], "plain": []}
    for number in range(rounds + 1):
        for name, advance in (("ours", mine), ("plain", theirs)):
            spent = sum(seconds(lambda d=draw, a=advance: a(d), world.device) for draw in draws)  # type: ignore[misc]
            if number:  # the first finds its memory
                times[name].append(run.batch * len(draws) / spent)
        if number:
            print(f"round {number}: {times['ours'][-1]:.1f} and {times['plain'][-1]:.1f} pictures/s", flush=True)
    rates = {name: statistics.median(found) for name, found in times.items()}
    return {
        "pictures_per_second": round(rates["ours"], 2),
        "plain_pictures_per_second": round(rates["plain"], 2),
        "faster": round(rates["ours"] / rates["plain"], 2),
        "choice": trial.described(choice),
        "batch": run.batch,
        "device": world.device.type,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=128 if torch.cuda.is_available() else 64)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--recipe", choices=list(RECIPES), default="scene")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    with tempfile.TemporaryDirectory() as name:
        figures = measured(given.recipe, given.side, given.rounds, Path(name))
    bf16 = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)()
    bar = BARS["cuda" if figures["device"] == "cuda" else "bf16" if bf16 else "cpu"]
    result = {
        "benchmark": "scene_speed",
        "recipe": given.recipe,
        "side": given.side,
        "threads": given.threads,
        "rounds": given.rounds,
        **figures,
        "bar": bar,
        "torch": torch.__version__,
        "machine": f"{platform.system()} {platform.machine()}",
        "date": date.today().isoformat(),
    }
    met = "met" if result["faster"] >= bar else "MISSED"
    print(f"{result['faster']} times the pictures/s of the plain step (bar {bar:g}): {met}")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
