"""What a run sees with: the networks that it names have to be given, and are those that its objective has."""

from pathlib import Path

import pytest
import torch

from pleinair.data.pack import Pack
from pleinair.errors import ModelError, SettingError
from pleinair.networks.classifier import SqueezeNet
from pleinair.networks.frozen import QuarterVGG
from pleinair.networks.translator import translator_of
from pleinair.objectives.matching import MEANT
from pleinair.objectives.translate import Translate
from pleinair.recipes import translate as recipes
from pleinair.recipes.aiming import aimed
from pleinair.recipes.sight import frozen_of
from pleinair.recipes.translate import builder
from pleinair.training.ranks import Ranks
from pleinair.training.run import Run
from pleinair.training.trial import Choice
from tests.training.rehearsal import STYLES

CPU = torch.device("cpu")
ALONE = Ranks(None, 0, 1, CPU)


def seeing() -> Run:
    return recipes.tiny(recipes.meaning(recipes.translate(STYLES, 16)))


def test_a_run_that_sees_with_a_classifier_says_so() -> None:
    plain, run = recipes.translate(STYLES, 16), recipes.meaning(recipes.translate(STYLES, 16))
    assert "classifier" not in plain.settings
    assert run.settings["classifier"] == "squeezenet1_1"
    assert {name for name in run.weights if name not in plain.weights} == {f"generator.{name}" for name in MEANT}
    assert all(run.weights[f"generator.{name}"] > 0 for name in MEANT)


def test_what_is_named_has_to_be_given(packs: Path, tmp_path: Path) -> None:
    run, frozen = seeing(), packs / "frozen.safetensors"
    (tmp_path / "text").write_text("no network")
    with pytest.raises(SettingError, match="--features, or use --recipe another"):
        frozen_of(run, None, "another")
    translator, sees = translator_of(len(STYLES), run.network), frozen_of(run, frozen, "another")
    for file, error, words in (
        (None, SettingError, "sees with squeezenet1_1; give its file by --classifier"),
        (tmp_path / "text", ModelError, "text: not SqueezeNet"),
        (tmp_path / "nowhere", ModelError, "nowhere"),
    ):
        with pytest.raises(error, match=words) as caught:
            aimed(run, translator, sees, file, ALONE)
        assert "\n" not in str(caught.value)


def test_without_one_nothing_of_it_is_computed_or_kept(packs: Path) -> None:
    run = recipes.tiny(recipes.translate(STYLES, 16))
    aim = aimed(
        run,
        translator_of(len(STYLES), run.network),
        frozen_of(run, packs / "frozen.safetensors", "another"),
        packs / "classifier.safetensors",
        ALONE,
    )
    assert aim.meaning is None
    assert not any("meant" in name for name in aim.players["discriminator"].state_dict())


def test_a_step_learns_from_what_the_classifier_sees(packs: Path) -> None:
    styles = {style: Pack.open(packs / f"{style}.pack") for style in STYLES[1:]}
    content = Pack.open(packs / "photo.pack")
    make = builder(content, styles, packs / "frozen.safetensors", classifier=packs / "classifier.safetensors")
    task = make(seeing(), CPU, Choice(threads=1, channels_last=True), ALONE)
    batches, chance = task.batches(0, 0, 1), torch.Generator().manual_seed(0)
    terms = [task.objective.terms("generator", task.objective.views(next(batches), chance, 4 * n)) for n in range(3)]
    batches.close()
    assert all(set(MEANT) <= set(found) for found in terms)
    assert any(float(found["meaning"].detach().sum()) > 0 for found in terms[1:])
    assert isinstance(task.objective, Translate)
    assert [type(network) for network in task.objective.onlookers] == [QuarterVGG, SqueezeNet]
    for network in task.objective.onlookers:  # in the layout of the pictures, so that no step brings them there
        weights = [weight for weight in network.parameters() if weight.dim() == 4]
        assert all(weight.is_contiguous(memory_format=torch.channels_last) for weight in weights)
    kept = task.objective.players["discriminator"].state_dict()
    assert int(kept["meant.many"].sum()) > 0
