"""Trainings in processes of their own, to be killed or to speak with each other.

Run by forkserver where there is one: it imports PyTorch once for all of them.
"""

import json
import multiprocessing
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from pleinair.errors import PleinairError
from pleinair.training.run import Run


def started(target: Callable[..., None], *arguments: object) -> BaseProcess:
    """A process that runs a function of a module."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context: Any = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["pleinair.recipes.translate", "pleinair.training.ranks", "lightning_fabric"])
    process: BaseProcess = context.Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def train(folder: Path, stage: Path, run: Run, environment: Mapping[str, str] | None = None) -> None:
    """Rehearse a run; previews and scores are small. Complaints go into a file beside the run folder."""
    os.environ.update(environment or {})
    import torch

    from pleinair.training.launch import launch
    from tests.training.rehearsal import build, look_little

    torch.set_num_threads(1)
    look_little()
    try:
        launch(run, build(stage), folder)
    except PleinairError as error:
        rank = os.environ.get("RANK", "0")
        folder.with_name(f"{folder.name}.{rank}.txt").write_text(str(error), "utf-8")
        raise SystemExit(1) from error


def learn(folder: Path, pictures: Path, run: Run) -> None:
    """Train the classic recipe on a folder of pictures."""
    import torch

    from pleinair.data.gray import gray_pictures
    from pleinair.recipes.classic import builder
    from pleinair.training.launch import launch

    torch.set_num_threads(1)
    launch(run, builder(gray_pictures(pictures, 28)), folder)


def blas(out: Path) -> None:
    """Write down how many threads each library for matrices has here that came with NumPy."""
    import numpy as np
    from threadpoolctl import threadpool_info

    found = [pool for pool in threadpool_info() if pool["internal_api"] == "openblas"]
    out.write_text(json.dumps([np.__version__, [pool["num_threads"] for pool in found]]), "utf-8")


def slopes(out: Path, stage: Path, run: Run, environment: Mapping[str, str]) -> None:
    """Gradients of both players at the first step, and the means of their terms, as rank 0 has them after averaging."""
    os.environ.update(environment)
    import torch
    from safetensors.torch import save_file

    from pleinair.training.loop import chance
    from pleinair.training.ranks import connect
    from pleinair.training.step import gradients, weighed
    from tests.training.rehearsal import PLAIN, build

    torch.set_num_threads(1)
    world = connect()
    torch.manual_seed(run.seed)
    task = build(stage)(run, world.device, PLAIN, world)
    batches = task.batches(0, world.rank, world.ranks)
    views = task.objective.views(next(batches), chance(run.seed, 0, 0), 0)
    found: dict[str, torch.Tensor] = {}
    for player, module in task.objective.players.items():
        terms = task.objective.terms(player, views)
        grads = gradients(weighed(player, terms, run.weights), module)
        world.average(grads)
        found |= {f"gradient/{player}/{name}": g for (name, _), g in zip(module.named_parameters(), grads, strict=True)}
        means = {f"term/{player}.{name}": value.detach().mean() for name, value in terms.items()}
        world.average(list(means.values()))
        found |= means
    batches.close()
    if world.rank == 0:
        save_file({name: value.contiguous() for name, value in found.items()}, out)


def together(count: int) -> list[dict[str, str]]:
    """What torchrun would tell each of so many processes on this machine."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {
        "WORLD_SIZE": str(count),
        "LOCAL_WORLD_SIZE": str(count),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
    }
    return [{**shared, "RANK": str(rank), "LOCAL_RANK": str(rank), "GROUP_RANK": "0"} for rank in range(count)]


def rehearsed(recipe: str = "translate", pictures: int = 48, **changes: object) -> Run:
    """A tiny run that previews every fifth batch, scores every tenth, and saves ten times a second."""
    from tests.training.rehearsal import tiny_run

    lively = replace(tiny_run(recipe, pictures), preview_pictures=20, watch_pictures=40, save_seconds=0.1)
    return replace(lively, **changes)  # type: ignore[arg-type]


def command(arguments: list[str], said: Path) -> None:
    """A command line as a process of its own; what it says on stderr goes into a file."""
    import sys

    import torch

    from pleinair.cli.main import main
    from tests.training.rehearsal import look_little

    torch.set_num_threads(1)
    look_little()
    with said.open("w", encoding="utf-8") as sys.stderr:
        code = main(arguments)
    raise SystemExit(code)
