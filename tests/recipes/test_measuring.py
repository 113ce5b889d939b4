"""The statistics that trainings begin with."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from pleinair.networks.statistics import keeping
from pleinair.networks.translator import Translator, one_hot
from pleinair.training import launch, loop, state, warm
from pleinair.training.run import Run
from pleinair.training.state import Training
from tests.training.alone import ALONE
from tests.training.rehearsal import PLAIN, STYLES, build, tiny_run


def plain(pictures: int = 8) -> Run:
    """The recipe as it was before there were statistics."""
    run = tiny_run(pictures=pictures)
    return replace(run, network={**run.network, "statistics": False})


def ready(packs: Path, run: Run) -> Training[Any]:
    torch.manual_seed(0)
    return state.begin(run, build(packs)(run, ALONE.device, PLAIN, ALONE))


def painters(training: Training[Any]) -> list[Translator]:
    found = [training.modules()[name] for name in ("generator", "average")]
    return [one for one in found if isinstance(one, Translator)]


def weights(training: Training[Any]) -> list[torch.Tensor]:
    return [value.clone() for one in painters(training) for value in one.state_dict().values()]


def test_a_training_from_nothing_begins_with_those_of_its_pictures(packs: Path) -> None:
    training = ready(packs, tiny_run())
    for one in painters(training):
        assert keeping(one)
        for layer in keeping(one):
            assert layer.observed.tolist() == [1] * len(STYLES)
            assert layer.mean.abs().max() > 0


def test_only_styles_that_learn_are_looked_at(packs: Path) -> None:
    run = tiny_run()
    training = ready(packs, replace(run, data={**run.data, "weights": [0, 1, 0]}))
    assert all(layer.observed.tolist() == [0, 1, 0] for one in painters(training) for layer in keeping(one))


def test_a_network_without_any_gets_none(packs: Path) -> None:
    assert not any(keeping(one) for one in painters(ready(packs, plain())))


def test_it_begins_where_the_other_ended(packs: Path, tmp_path: Path) -> None:
    launch.launch(plain(), build(packs), tmp_path / "old")
    old, new = ready(packs, plain()), ready(packs, tiny_run())
    warm.start_from(tmp_path / "old", old.modules(), STYLES)
    left = warm.start_from(tmp_path / "old", new.modules(), STYLES)
    assert new.task.warmed is not None
    new.task.warmed(new.modules(), left)
    picture = torch.rand(1, 3, 32, 32) * 2 - 1
    for was, became in zip(painters(old), painters(new), strict=True):
        with torch.no_grad():
            for style in range(len(STYLES)):
                mix = one_hot(torch.tensor([style]), len(STYLES))
                torch.testing.assert_close(became(picture, mix, True), was(picture, mix, True), rtol=1e-3, atol=1e-3)


def test_a_second_warm_start_keeps_what_was_seen(packs: Path, tmp_path: Path) -> None:
    launch.launch(plain(), build(packs), tmp_path / "old")
    for start, end in (("old", "new"), ("new", "newer")):
        ending = launch.launch(tiny_run(pictures=8), build(packs), tmp_path / end, start=tmp_path / start)
        assert ending == loop.ALL_SEEN
    training = ready(packs, tiny_run())
    left = warm.start_from(tmp_path / "newer", training.modules(), STYLES)
    assert left == []
    before = weights(training)
    assert training.task.warmed is not None
    training.task.warmed(training.modules(), left)
    assert all(torch.equal(a, b) for a, b in zip(before, weights(training), strict=True))


def test_a_resume_pack_holds_them(packs: Path, tmp_path: Path) -> None:
    launch.launch(tiny_run(pictures=24), build(packs), tmp_path / "run")
    warm.write_pack(tmp_path / "run", tmp_path / "pack.safetensors")
    whole, packed = ready(packs, tiny_run()), ready(packs, tiny_run())
    warm.start_from(tmp_path / "run", whole.modules(), STYLES)
    assert not [x for x in warm.start_from(tmp_path / "pack.safetensors", packed.modules(), STYLES) if "mean" in x]
    for one, other in zip(painters(whole), painters(packed), strict=True):
        for a, b in zip(one.buffers(), other.buffers(), strict=True):
            torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-3)


def test_statistics_follow_what_is_learned(packs: Path, tmp_path: Path) -> None:
    launch.launch(tiny_run(pictures=24), build(packs), tmp_path / "run")
    before, after = ready(packs, tiny_run()), ready(packs, tiny_run())
    warm.start_from(tmp_path / "run", after.modules(), STYLES)
    moved = [
        not torch.equal(a.mean, b.mean)
        for one, other in zip(painters(before), painters(after), strict=True)
        for a, b in zip(keeping(one), keeping(other), strict=True)
    ]
    assert all(moved)
    assert all(layer.observed.sum() > len(STYLES) for layer in keeping(painters(after)[0]))
