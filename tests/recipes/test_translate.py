"""The translate recipes, rehearsed from packs to a painter's weights."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from pleinair.data.pack import Pack
from pleinair.errors import DataError, ModelError, SettingError
from pleinair.networks.translator import translator_of
from pleinair.objectives.translate import Pictures
from pleinair.recipes import translate as recipes
from pleinair.recipes.translate import builder
from pleinair.spec import ModelSpec
from pleinair.training import checkpoint, launch, loop, state
from pleinair.training.journal import STATS
from pleinair.training.ranks import Ranks
from pleinair.training.run import Run
from pleinair.training.task import Task
from pleinair.training.trial import Choice
from tests.training import narrow
from tests.training.alone import ALONE
from tests.training.rehearsal import PLAIN, STYLES, build, tiny_run

RECIPES = ("translate", "translate_plain")


def tensors(folder: Path) -> dict[str, Tensor]:
    return checkpoint.read(folder / checkpoint.STATE)[0]


def equal(a: Mapping[str, Tensor], b: Mapping[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def task(packs: Path, recipe: str = "translate") -> Task[Pictures]:
    torch.manual_seed(0)
    return build(packs)(tiny_run(recipe), ALONE.device, PLAIN, ALONE)


@pytest.mark.parametrize("recipe", RECIPES)
def test_two_steps_on_a_cpu(packs: Path, tmp_path: Path, recipe: str) -> None:
    run = tiny_run(recipe, pictures=8)
    assert launch.launch(run, build(packs), tmp_path / "run") == loop.ALL_SEEN
    weights, facts = checkpoint.read(tmp_path / "run" / checkpoint.AVERAGE)
    assert facts["seen_pictures"] == 8
    assert facts["styles"] == list(STYLES)
    spec = ModelSpec.from_json(facts["spec"])
    assert (spec.styles, spec.width, spec.recipe) == (STYLES, 4, recipe)
    assert {source.name: source.pictures for source in spec.sources} == {"content": 12, "dots": 12, "lines": 12}
    translator = translator_of(len(STYLES), facts["network"])
    translator.load_state_dict(weights)
    assert (translator.halo, translator.stride) == (spec.halo, spec.stride)
    lines = [json.loads(line) for line in (tmp_path / "run" / STATS).read_text().splitlines()]
    figures = {name for line in lines for name in line}
    assert {name for name, weight in run.weights.items() if weight} <= figures
    assert (tmp_path / "run/previews/000000008.jpg").stat().st_size > 1000


@pytest.mark.parametrize("recipe", RECIPES)
def test_both_players_learn(packs: Path, recipe: str) -> None:
    made = task(packs, recipe)
    training = state.begin(tiny_run(recipe), made)
    before = checkpoint.flattened(training.modules(), {})
    batches = made.batches(0, 0, 1)
    loop.advance(training, next(batches), ALONE)
    batches.close()
    after = checkpoint.flattened(training.modules(), {})
    for player in ("generator", "discriminator", "average"):
        changed = [
            not torch.equal(before[name], after[name]) for name in before if name.startswith(f"module/{player}/")
        ]
        assert sum(changed) >= len(changed) // 2, player


def test_previews_and_scores_consume_no_randomness(packs: Path, tmp_path: Path) -> None:
    """Looked at after every step, or not at all: the same weights."""
    run = tiny_run(pictures=12)
    looked = replace(run, preview_pictures=4, watch_pictures=8)
    launch.launch(looked, build(packs), tmp_path / "looked")

    def blind(run: Run, device: torch.device, choice: Choice, world: Ranks) -> Task[Pictures]:
        return replace(build(packs)(run, device, choice, world), preview=None, watch=None)

    launch.launch(run, blind, tmp_path / "blind")
    assert len(list((tmp_path / "looked/previews").iterdir())) == 3
    assert len(checkpoint.read(tmp_path / "looked" / checkpoint.STATE)[1]["history"]) == 2
    assert not (tmp_path / "blind/previews").exists()
    assert equal(tensors(tmp_path / "looked"), tensors(tmp_path / "blind"))


def test_batches_are_on_the_device_in_range_and_of_the_number_asked_for(packs: Path) -> None:
    made = task(packs)
    from_zero, from_four = (made.batches(start, 0, 1) for start in (0, 4))
    first, second, same = next(from_zero), next(from_zero), next(from_four)
    assert first.content.shape == first.style.shape == (4, 3, 32, 32)
    assert first.content.dtype == torch.float32
    assert -1 <= first.content.min() < first.content.max() <= 1
    assert torch.equal(second.content, same.content)
    assert torch.equal(second.styles, same.styles)
    for batches in (from_zero, from_four):
        batches.close()


def test_two_ranks_share_a_batch(packs: Path) -> None:
    made = task(packs)
    whole, *parts = (made.batches(0, rank, ranks) for rank, ranks in ((0, 1), (0, 2), (1, 2)))
    batch, (even, odd) = next(whole), (next(part) for part in parts)
    assert torch.equal(torch.stack((even.content, odd.content), 1).flatten(0, 1), batch.content)
    assert torch.equal(torch.stack((even.styles, odd.styles), 1).flatten(), batch.styles)
    for batches in (whole, *parts):
        batches.close()


def test_content_of_a_style_is_of_another_domain(packs: Path) -> None:
    """Paintings are made from photos, photos from paintings, but for the share of identity."""
    batches = task(packs).batches(0, 0, 1)
    pairs = [
        pair
        for _ in range(30)
        for b in [next(batches)]
        for pair in zip(b.styles.tolist(), b.sources.tolist(), strict=True)
    ]
    batches.close()
    assert all((target == 0) != (source == 0) or target == source for target, source in pairs)
    assert 0 < sum(target == source for target, source in pairs) < 30


def test_the_builder_refuses_what_is_missing(packs: Path, tmp_path: Path) -> None:
    pack = Pack.open(packs / "photo.pack")
    styles = dict.fromkeys(STYLES[1:], pack)
    frozen = packs / "frozen.safetensors"
    (tmp_path / "text").write_text("no network")
    for given, error, words in (
        (builder(pack, {"dots": pack}, frozen), DataError, "no pictures of lines"),
        (builder(pack, styles, None), SettingError, "--features"),
        (builder(pack, styles, tmp_path / "text"), ModelError, "not the quarter-width VGG-19"),
        (builder(pack, styles, tmp_path / "nowhere"), ModelError, "nowhere"),
        (builder(pack, styles, frozen, tmp_path / "text"), ModelError, "text"),
    ):
        with pytest.raises(error, match=words) as caught:
            given(tiny_run(), ALONE.device, PLAIN, ALONE)
        assert "\n" not in str(caught.value)


def test_a_trunk_without_photo_can_be_built_but_not_by_cycles(packs: Path) -> None:
    styles = STYLES[1:]
    made = build(packs)(tiny_run(styles=styles), ALONE.device, PLAIN, ALONE)
    batches = made.batches(0, 0, 1)
    assert {source for _ in range(4) for source in next(batches).sources.tolist()} >= {2}  # the content's own domain
    batches.close()
    with pytest.raises(SettingError, match="painted back to photo"):
        build(packs)(tiny_run("translate_plain", styles=styles), ALONE.device, PLAIN, ALONE)


def test_recipes_say_what_they_are() -> None:
    for name in RECIPES:
        run = getattr(recipes, name)(STYLES, 1_000, 5)
        assert (run.recipe, run.styles, run.pictures, run.seed) == (name, STYLES, 1_000, 5)
        assert {weight.partition(".")[0] for weight in run.weights} == set(run.rates) == {"generator", "discriminator"}
        assert json.loads(run.to_json())["recipe"] == name
    assert recipes.__doc__ is not None


def test_the_plain_recipe_sees_with_nothing() -> None:
    run = recipes.translate_plain(STYLES)
    assert not run.settings["frozen"]
    assert not {name.partition(".")[2] for name in run.weights} & {
        "content",
        "nce",
        "moments",
        "gram",
        "sliced",
        "columns",
        "columns_penalty",
    }


def test_each_style_may_hold_its_scene_as_firmly_as_asked() -> None:
    run = recipes.translate(STYLES)
    assert recipes.holding(run, {}) == run
    assert recipes.holding(run, {"lines": 0.3}).settings["content_shares"] == [1.0, 1.0, 0.3]
    calm = recipes.holding(run, {}, {"dots": 2.0}).settings
    assert (calm["content_shares"], calm["quiet_shares"]) == ([], [1.0, 2.0, 1.0])
    for wrong in (({"lines": 1.0, "nobody": 2.0},), ({"lines": 1.0}, {"nobody": 2.0})):
        with pytest.raises(SettingError, match="nobody: no style of this run; it has photo, dots, lines"):
            recipes.holding(run, *wrong)


def test_the_shares_reach_the_objective(packs: Path) -> None:
    run = recipes.holding(tiny_run(), {"dots": 0.5}, {"lines": 3.0})
    made = build(packs)(run, ALONE.device, PLAIN, ALONE)
    assert made.objective.settings.quiet_shares == (1.0, 1.0, 3.0)  # type: ignore[attr-defined]
    assert made.objective.settings.content_shares == (1.0, 0.5, 1.0)  # type: ignore[attr-defined]
    assert made.objective.columns is not None  # type: ignore[attr-defined]
    assert made.objective.settings.reduced == 2  # type: ignore[attr-defined]


def test_a_rehearsal_keeps_what_the_recipe_is_about() -> None:
    run = recipes.translate(STYLES)
    small = recipes.tiny(run)
    assert (small.recipe, small.weights, small.rates, small.pictures) == (
        run.recipe,
        run.weights,
        run.rates,
        run.pictures,
    )
    assert small.settings["adversary"] == run.settings["adversary"]
    assert small.save_seconds < 1 < run.save_seconds


@pytest.mark.parametrize("recipe", RECIPES)
def test_narrow_numbers_serve_as_well(packs: Path, recipe: str) -> None:
    narrow.check(tiny_run(recipe), build(packs))


def test_narrow_numbers_serve_a_classifier_as_well(packs: Path) -> None:
    given = {style: Pack.open(packs / f"{style}.pack") for style in STYLES}
    seeing = builder(given["photo"], given, packs / "frozen.safetensors", classifier=packs / "classifier.safetensors")
    narrow.check(recipes.meaning(tiny_run()), seeing)
