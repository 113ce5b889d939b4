"""The classic recipe, against a computation by hand, and killed wherever it may be."""

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image
from torch import nn

from pleinair.data.gray import Gray, gray_pictures
from pleinair.errors import RunError, TrainingError
from pleinair.networks.classic import Generator
from pleinair.objectives.classic import Draw
from pleinair.recipes.classic import builder, classic, drawn, latent, preview, score, tiny
from pleinair.training import checkpoint, launch, loop, state
from pleinair.training.journal import STATS
from pleinair.training.ranks import Ranks
from pleinair.training.run import Run
from pleinair.training.task import Task
from pleinair.training.trial import Choice
from tests.training import narrow
from tests.training.alone import ALONE, check_going_on, check_shares, shared
from tests.training.processes import learn, started
from tests.training.test_kill import finished, kill_after, saved
from tests.training.test_launch import end_of

# n pictures, i inputs, o outputs, k kernel, h×w pixels

Array = npt.NDArray[np.float64]


def pictures(count: int = 40) -> Gray:
    """Blobs of light, each at a place of its own."""
    chance = np.random.default_rng(0)
    y, x = np.mgrid[:28, :28]
    places = chance.uniform(6, 22, (count, 2))
    light = [255 * np.exp(-((y - a) ** 2 + (x - b) ** 2) / 18) for a, b in places]
    return Gray(np.stack(light).round().astype(np.uint8))


def small(epochs: int = 1, seed: int = 0, **changes: object) -> Run:
    return replace(tiny(classic(pictures(), epochs, seed)), **changes)  # type: ignore[arg-type]


def training(run: Run) -> state.Training[Draw]:
    torch.manual_seed(run.seed)
    return state.begin(run, builder(pictures())(run, ALONE.device, Choice(threads=1), ALONE))


# By hand, in numpy.


def leaky(x: Array) -> Array:
    return np.where(x > 0, x, 0.2 * x)


def convolved(x: Array, weight: Array, bias: Array, stride: int) -> Array:
    """x (n, i, h, w), already padded, weight (o, i, k, k) → (n, o, h', w')."""
    k = weight.shape[2]
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, k), (2, 3))[:, :, ::stride, ::stride]
    return np.asarray(np.einsum("nihwab,oiab->nohw", windows, weight) + bias[:, None, None])


def halved(x: Array, weight: Array, bias: Array) -> Array:
    return convolved(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))), weight, bias, 2)


def doubled(x: Array, weight: Array, bias: Array) -> Array:
    """A transposed convolution: zeros between pixels, then the kernel turned by half a turn; weight (i, o, 4, 4)."""
    n, i, h, w = x.shape
    spread = np.zeros((n, i, 2 * h - 1, 2 * w - 1))
    spread[:, :, ::2, ::2] = x
    turned = weight.transpose(1, 0, 2, 3)[:, :, ::-1, ::-1]
    return convolved(np.pad(spread, ((0, 0), (0, 0), (2, 2), (2, 2))), turned, bias, 1)


def numbers(module: nn.Module) -> dict[str, Array]:
    return {name: value.detach().double().numpy().copy() for name, value in module.state_dict().items()}


def generated(w: dict[str, Array], noise: Array) -> Array:
    x = leaky(noise @ w["dense.weight"].T + w["dense.bias"]).reshape(len(noise), -1, 7, 7)
    return np.tanh(doubled(leaky(doubled(x, w["up0.weight"], w["up0.bias"])), w["up1.weight"], w["up1.bias"]))


def logits(w: dict[str, Array], x: Array) -> Array:
    x = leaky(halved(x, w["down0.weight"], w["down0.bias"]))
    x = leaky(halved(x, w["down1.weight"], w["down1.bias"]))
    return (x.reshape(len(x), -1) @ w["dense.weight"].T + w["dense.bias"])[:, 0]


def test_two_steps_against_losses_by_hand() -> None:
    """-log σ(l) = log(e⁰ + e⁻ˡ), -log(1 - σ(l)) = log(e⁰ + eˡ), as sums of logarithms over networks written out."""
    made = training(small())
    players = made.task.objective.players
    batches = made.task.batches(0, 0, 1)
    for step in range(2):
        batch = next(batches)
        of_generator, of_discriminator = numbers(players["generator"]), numbers(players["discriminator"])
        fake = logits(of_discriminator, generated(of_generator, batch.noise.double().numpy()))
        real = logits(of_discriminator, batch.real.double().numpy())
        figures = loop.advance(made, batch, ALONE)
        by_hand = {
            "generator.adversarial": np.logaddexp(0, -fake).mean(),
            "discriminator.adversarial": np.logaddexp(0, -real).mean() + np.logaddexp(0, fake).mean(),
            "discriminator.certainty": ((real > 0).mean() + (fake < 0).mean()) / 2,
            "discriminator.fooled": (fake > 0).mean(),
        }
        assert {name: figures[name] for name in by_hand} == pytest.approx(by_hand, abs=1e-5), f"step {step}"
    batches.close()
    assert made.seen_pictures == 8


def test_the_first_step_of_adam_moves_every_weight_by_its_rate() -> None:
    """Adam's first step is rate · g / (|g| + 1e-8): the rate itself, toward the lower loss."""
    made = training(small())
    players = made.task.objective.players
    before = {name: numbers(module) for name, module in players.items()}
    batches = made.task.batches(0, 0, 1)
    loop.advance(made, next(batches), ALONE)
    batches.close()
    for name, module in players.items():
        moves = np.concatenate([abs(new - before[name][key]).ravel() for key, new in numbers(module).items()])
        assert moves.max() <= 1.01e-4, name
        assert np.median(moves) == pytest.approx(1e-4, rel=0.01), name


def test_the_recipe_is_the_textbooks() -> None:
    run = classic(pictures())
    assert (run.recipe, run.batch, run.pictures, run.betas) == ("classic", 32, 50 * 40, (0.9, 0.999))
    assert run.weights == {"generator.adversarial": 1.0, "discriminator.adversarial": 1.0}
    from pleinair.training.schedules import average_decay, rate_at

    for rate in run.rates.values():
        assert {rate_at(rate, seen, run.pictures) for seen in (0, 1000, 1999)} == {1e-4}
    assert average_decay(run.average_pictures, run.batch, 1000) < 1e-9  # what people get are the last weights
    assert json.loads(run.to_json())["data"]["pictures"] == 40


def test_a_rehearsal_keeps_what_the_recipe_is_about() -> None:
    run = classic(pictures(), 3, 5)
    little = tiny(run)
    assert (little.pictures, little.seed, little.weights, little.rates, little.betas, little.data) == (
        run.pictures,
        run.seed,
        run.weights,
        run.rates,
        run.betas,
        run.data,
    )
    assert little.network["width"] < run.network["width"]


def test_batches_are_in_range_and_of_the_number_asked_for() -> None:
    task = builder(pictures())(small(), ALONE.device, Choice(), ALONE)
    from_zero, from_four = task.batches(0, 0, 1), task.batches(4, 0, 1)
    first, second, same = next(from_zero), next(from_zero), next(from_four)
    assert first.real.shape == (4, 1, 28, 28)
    assert first.noise.shape == (4, 100)
    assert -1 <= first.real.min() < first.real.max() <= 1
    assert torch.equal(second.real, same.real)
    assert torch.equal(second.noise, same.noise)
    assert not torch.equal(first.noise, second.noise)


def test_two_ranks_share_a_batch() -> None:
    task = builder(pictures())(small(), ALONE.device, Choice(), ALONE)
    whole, even, odd = shared(task)
    check_shares(whole, even, odd, ("real", "noise"))


def test_a_run_ends_after_its_epochs_and_keeps_the_last_weights(tmp_path: Path) -> None:
    run = small(4, batch=32, preview_pictures=64, watch_pictures=64)
    assert launch.launch(run, builder(pictures()), tmp_path / "run") == loop.ALL_SEEN
    weights, facts = checkpoint.read(tmp_path / "run" / checkpoint.AVERAGE)
    last, _ = checkpoint.read(tmp_path / "run" / checkpoint.STATE)
    assert facts["seen_pictures"] == 160
    for name, value in weights.items():
        torch.testing.assert_close(value, last[f"module/generator/{name}"], rtol=1e-6, atol=1e-8)
    Generator(facts["network"]["width"]).load_state_dict(weights)
    lines = [json.loads(line) for line in (tmp_path / "run" / STATS).read_text().splitlines()]
    assert [line["seen_pictures"] for line in lines if "watch.score" in line] == [64, 128, 160]
    assert len(list((tmp_path / "run/previews").iterdir())) == 3


@pytest.mark.parametrize(("sign", "winner"), [(40.0, "discriminator"), (-40.0, "generator")])
def test_a_run_ends_when_one_player_has_won(tmp_path: Path, sign: float, winner: str) -> None:
    """A discriminator that is bound to see through everything, or to believe everything."""

    class Bound(nn.Module):
        def __init__(self, inner: nn.Module) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            seen = x.amax((1, 2, 3)) > 0.9  # the real ones have a light place
            verdict = torch.where(seen, 40.0, -40.0) if sign > 0 else torch.full((len(x),), 40.0)
            logits: torch.Tensor = verdict + 1e-3 * self.inner(x)
            return logits

    def build(run: Run, device: torch.device, choice: Choice, ranks: Ranks) -> Task[Draw]:
        task = builder(pictures())(run, device, choice, ranks)
        objective = task.objective
        objective.discriminator = Bound(objective.players["discriminator"])  # type: ignore[attr-defined]
        return replace(task, watch=None, preview=None)

    run = small(30, settings={"speed": "plain", "won_pictures": 80})
    ending = launch.launch(run, build, tmp_path / "run")
    assert ending.startswith(f"the {winner} has won: ")
    assert checkpoint.read(tmp_path / "run" / checkpoint.STATE)[1]["seen_pictures"] == 4 * (200 + 20 - 1)
    assert launch.launch(run, build, tmp_path / "run") == ending  # typed again, it still is over


def test_a_run_ends_when_the_score_no_longer_improves(tmp_path: Path) -> None:
    def build(run: Run, device: torch.device, choice: Choice, ranks: Ranks) -> Task[Draw]:
        return replace(builder(pictures())(run, device, choice, ranks), watch=lambda _: {"score": 0.5})

    run = small(10, watch_pictures=8, patience_pictures=40)
    ending = launch.launch(run, build, tmp_path / "run")
    assert ending == "no score had a gain above 0.002 over 0.5, reached at 8 pictures, in the 40 pictures since"


@pytest.mark.parametrize("picture", [0, 4, 16, 36])
def test_killed_and_typed_again_it_ends_as_the_uninterrupted_run(tmp_path: Path, picture: int) -> None:
    run = small(1, save_seconds=1e-9, preview_pictures=16, watch_pictures=16)

    check_going_on(run, builder(pictures()), picture, tmp_path)


def test_killed_from_outside_it_ends_as_the_uninterrupted_run(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, one in enumerate(pictures().pixels):
        Image.fromarray(one).save(folder / f"{number:02}.png")
    run = replace(
        tiny(classic(gray_pictures(folder, 28), 40)), save_seconds=0.05, preview_pictures=400, watch_pictures=200
    )
    whole = started(learn, tmp_path / "whole", folder, run)
    process = started(learn, tmp_path / "killed", folder, run)
    kill_after(process, tmp_path / "killed", random.Random(1).randrange(4, 400), 0.01)
    assert 0 < saved(tmp_path / "killed") < run.pictures
    finished(started(learn, tmp_path / "killed", folder, run))
    finished(whole)
    assert end_of(tmp_path / "killed") == end_of(tmp_path / "whole")


def test_other_pictures_are_another_run(tmp_path: Path) -> None:
    launch.launch(small(), builder(pictures()), tmp_path / "run")
    fewer = Gray(pictures().pixels[:39])
    with pytest.raises(RunError, match=r"holds another recipe .*data\.pictures: 40 → 39"):
        launch.launch(tiny(classic(fewer, 1)), builder(fewer), tmp_path / "run")


def test_collapse_is_named(tmp_path: Path) -> None:
    """All pictures alike for 200 steps."""
    torch.manual_seed(0)

    def build(run: Run, device: torch.device, choice: Choice, ranks: Ranks) -> Task[Draw]:
        task = builder(pictures())(run, device, choice, ranks)
        task.objective.players["generator"].dense.weight.data.zero_()  # type: ignore[union-attr, operator]
        task.objective.players["generator"].dense.weight.requires_grad_(False)  # type: ignore[union-attr]
        return replace(task, watch=None, preview=None)

    with pytest.raises(TrainingError, match="collapse: for 200 steps") as caught:
        launch.launch(small(30), build, tmp_path / "run")
    assert "\n" not in str(caught.value)


def test_a_seed_is_a_picture() -> None:
    torch.manual_seed(0)
    generator = Generator(4)
    some = drawn(generator, [3, 7])
    assert some.shape == (2, 28, 28)
    assert some.dtype == np.uint8
    assert abs(drawn(generator, [7])[0].astype(int) - some[1]).max() <= 1
    assert latent(7).tolist() == np.random.RandomState(7).standard_normal(100).astype(np.float32).tolist()
    assert preview(generator).shape == (10 * 32 + 4, 10 * 32 + 4, 3)


def test_the_score_knows_the_real_ones_and_what_is_missing() -> None:
    real = pictures(600).pixels
    same, half = score(real[::2], real[1::2]), score(real[:300][real[:300, :, :14].mean((1, 2)) > 20], real[300:])
    noise = np.random.default_rng(0).integers(0, 256, (300, 28, 28), np.uint8)
    assert half < 0.1 * score(noise, real)
    assert abs(same) < 0.1 * half  # unbiased, so it may be below zero


def test_narrow_numbers_serve_as_well() -> None:
    narrow.check(small(), builder(pictures()))
