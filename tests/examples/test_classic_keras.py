"""The lesson in Keras is the same lesson: from equal weights and noise, equal losses.

On PyTorch, whatever Keras would choose by itself; skipped where Keras is not installed.
"""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch

from pleinair.networks.classic import Discriminator, Generator
from pleinair.objectives.classic import Classic, Draw
from pleinair.training import loop, state
from pleinair.training.run import Run
from pleinair.training.task import Task
from tests.recipes.test_classic import small
from tests.training.alone import ALONE

ROOT = Path(__file__).parents[2]
STEPS, WIDTH, BATCH = 3, 4, 8

Array = npt.NDArray[np.float32]

pytestmark = pytest.mark.skipif(
    find_spec("keras") is None, reason='Keras is not installed; type: pip install ".[keras]"'
)

# In a process of its own: Keras takes its backend once, and PyTorch through Keras has settings of its own.
PROGRAM = """
import json, sys
import numpy as np
import torch
torch.set_num_threads(1)
from examples.classic_keras import Game, players

given = np.load(sys.argv[1])
game = Game(*players(width=int(given["width"])))
game.generator.set_weights([given[f"generator{i}"] for i in range(6)])
game.discriminator.set_weights([given[f"discriminator{i}"] for i in range(6)])
losses = [game.step(given["real"][i], given["noise"][i]) for i in range(len(given["real"]))]
after = {f"generator{i}": w for i, w in enumerate(game.generator.get_weights())}
after |= {f"discriminator{i}": w for i, w in enumerate(game.discriminator.get_weights())}
np.savez(sys.argv[2], **after)
print(json.dumps(losses))
"""


def of_generator(generator: Generator) -> list[Array]:
    """Its weights as Keras has them: channels last, kernels (k, k, o, i)."""
    w = {name: value.detach().numpy() for name, value in generator.state_dict().items()}
    dense = w["dense.weight"].reshape(2 * WIDTH, 7, 7, -1).transpose(3, 1, 2, 0).reshape(100, -1)
    bias = w["dense.bias"].reshape(2 * WIDTH, 7, 7).transpose(1, 2, 0).ravel()
    ups = [part for up in ("up0", "up1") for part in (w[f"{up}.weight"].transpose(2, 3, 1, 0), w[f"{up}.bias"])]
    return [dense.copy(), bias.copy(), *(up.copy() for up in ups)]


def of_discriminator(discriminator: Discriminator) -> list[Array]:
    """Likewise; kernels (k, k, i, o)."""
    w = {name: value.detach().numpy() for name, value in discriminator.state_dict().items()}
    downs = [part for at in ("down0", "down1") for part in (w[f"{at}.weight"].transpose(2, 3, 1, 0), w[f"{at}.bias"])]
    dense = w["dense.weight"].reshape(1, 2 * WIDTH, 7, 7).transpose(2, 3, 1, 0).reshape(-1, 1)
    return [*(down.copy() for down in downs), dense.copy(), w["dense.bias"].copy()]


def test_one_step_and_those_after_it_cost_what_they_cost_in_the_recipe(tmp_path: Path) -> None:
    torch.manual_seed(4)
    run: Run = small(batch=BATCH)
    objective = Classic(Generator(WIDTH), Discriminator(WIDTH), run.weights)
    training = state.begin(run, Task(objective, lambda *_: iter(()), facts={}))  # type: ignore[arg-type]
    begun = {
        **{f"generator{i}": weight for i, weight in enumerate(of_generator(objective.generator))},
        **{f"discriminator{i}": weight for i, weight in enumerate(of_discriminator(objective.discriminator))},
    }
    chance = np.random.default_rng(0)
    real = chance.uniform(-1, 1, (STEPS, BATCH, 28, 28, 1)).astype(np.float32)
    noise = chance.standard_normal((STEPS, BATCH, 100)).astype(np.float32)
    np.savez(tmp_path / "given.npz", real=real, noise=noise, width=WIDTH, **begun)  # type: ignore[arg-type]

    ours = []
    for x, z in zip(real, noise, strict=True):
        draw = Draw(torch.from_numpy(x.transpose(0, 3, 1, 2).copy()), torch.from_numpy(z))
        figures = loop.advance(training, draw, ALONE)
        ours.append([figures["generator.adversarial"], figures["discriminator.adversarial"]])

    theirs = keras(tmp_path / "given.npz", tmp_path / "after.npz")
    assert theirs[0] == pytest.approx(ours[0], abs=1e-4)
    assert np.array(theirs) == pytest.approx(np.array(ours), abs=1e-4)  # so they also step alike
    after = np.load(tmp_path / "after.npz")
    for name, weights in (
        ("generator", of_generator(objective.generator)),
        ("discriminator", of_discriminator(objective.discriminator)),
    ):
        moved = [float(abs(after[f"{name}{i}"] - begun[f"{name}{i}"]).max()) for i in range(6)]
        assert min(moved) > 1e-4, name  # both players have learned …
        gaps = [float(np.median(abs(after[f"{name}{i}"] - weight))) for i, weight in enumerate(weights)]
        assert max(gaps) < 1e-5, name  # … and the same, but for rounding


def keras(given: Path, after: Path) -> list[list[float]]:
    """The losses of the Keras program's steps."""
    environment = {**os.environ, "KERAS_BACKEND": "torch", "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(given), str(after)],
        cwd=given.parent,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    losses: list[list[float]] = json.loads(done.stdout.splitlines()[-1])
    return losses


def test_the_program_draws_a_sheet(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn brings the digits")
    code = (
        "import sys; sys.argv = ['x', '--epochs', '1', '--out', sys.argv[1]]\n"
        "from examples import classic_keras as program\n"
        "everything = program.digits()\nassert everything.shape == (1797, 28, 28, 1)\n"
        "assert (everything.min(), everything.max()) == (-1, 1)\n"
        "program.digits = lambda: everything[:64]\nraise SystemExit(program.main())\n"
    )
    environment = {**os.environ, "KERAS_BACKEND": "torch", "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "on torch, 64 pictures" in done.stdout
    assert "epoch 1: generator 0." in done.stdout
    from PIL import Image

    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (280, 280)
        assert len(set(sheet.tobytes())) > 10
