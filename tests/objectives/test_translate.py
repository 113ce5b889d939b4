"""The translate objective: which terms, computed when, teaching whom."""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import pytest
import torch
from torch import Tensor, nn

from pleinair.errors import SettingError
from pleinair.losses import adversarial, content, quiet, style
from pleinair.networks.discriminator import Columns, FeatureHeads, Patches
from pleinair.networks.frozen import QuarterVGG
from pleinair.networks.translator import Translator
from pleinair.objectives.settings import TranslateSettings
from pleinair.objectives.translate import Pictures, Translate, Views

# n pictures, S styles, s side of a crop

ALL = {
    **{f"generator.{name}": 1.0 for name in ("adversarial", "content", "nce", "cycle", "light", "identity", "range")},
    **{f"generator.{name}": 1.0 for name in ("moments", "gram", "sliced", "steady", "tint", "quiet")},
    **{f"discriminator.{name}": 1.0 for name in ("adversarial", "others", "unpainted", "penalty", "penalty_fake")},
}
CRITIC = dict.fromkeys(("generator.columns", "discriminator.columns", "discriminator.columns_penalty"), 1.0)
ONLY = {"generator.adversarial": 1.0, "discriminator.adversarial": 1.0}
SIDE = 32


def objective(
    weights: Mapping[str, float] = ALL,
    settings: TranslateSettings | None = None,
    frozen: bool = True,
    heads: bool = True,
    columns: bool = False,
) -> Translate:
    torch.manual_seed(0)
    network = QuarterVGG() if frozen else None
    return Translate(
        Translator(3, 4, (1,)),
        FeatureHeads(QuarterVGG.widths, 3, channels=8) if heads and frozen else None,
        Patches(3, 4),
        network,
        weights,
        settings or TranslateSettings(),
        columns=Columns(QuarterVGG.widths, 3, 8) if columns else None,
    )


def batch(n: int = 4, seed: int = 0) -> Pictures:
    draw = torch.Generator().manual_seed(seed)
    pixels = [torch.rand(n, 3, SIDE, SIDE, generator=draw) * 2 - 1 for _ in range(2)]
    return Pictures(pixels[0], pixels[1], torch.arange(n) % 3, torch.zeros(n, dtype=torch.long))


def views(aim: Translate, seen_pictures: int = 0, pictures: Pictures | None = None, seed: int = 0) -> Views:
    return aim.views(pictures or batch(), torch.Generator().manual_seed(seed), seen_pictures)


def slopes(loss: Tensor, module: nn.Module) -> list[Tensor]:
    found = torch.autograd.grad(loss, list(module.parameters()), allow_unused=True, retain_graph=True)
    return [g for g in found if g is not None]


def test_every_weighted_term_is_given_one_finite_value_per_picture() -> None:
    aim = objective()
    seen = views(aim)
    for player in aim.players:
        terms = aim.terms(player, seen)
        signs = {"generator": {"variety"}, "discriminator": {"certainty"}}[player]
        assert terms.keys() - signs == {name.partition(".")[2] for name in ALL if name.startswith(player)}
        for name, value in terms.items():
            assert value.shape == (4,), name
            assert bool(torch.isfinite(value).all()), name


def test_terms_without_a_weight_are_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Tensor:
        raise AssertionError("computed in vain")

    for module, names in {
        content: ("feature_content", "patch_nce", "pixels_apart", "smoothed_apart", "tint_apart", "beyond_range"),
        style: ("moment_distance", "gram_distance", "sliced_wasserstein"),
        quiet: ("restless",),
        adversarial: ("gradient_penalty",),
    }.items():
        for name in names:
            monkeypatch.setattr(module, name, fail)
    aim = objective({**ONLY, "generator.content": 0.0})
    seen = views(aim)
    assert seen.moves is None
    assert seen.directions == []
    assert aim.terms("generator", seen).keys() == {"adversarial", "variety"}
    assert aim.terms("discriminator", seen).keys() == {"adversarial", "certainty"}


def test_without_an_adversarial_weight_the_generator_asks_no_discriminator(monkeypatch: pytest.MonkeyPatch) -> None:
    aim = objective({"generator.range": 1.0})
    seen = views(aim)
    monkeypatch.setattr(aim, "_logits", None)
    assert aim.terms("generator", seen).keys() == {"range", "variety"}


def test_quiet_is_asked_of_paintings_beside_those_of_the_same_style() -> None:
    aim = objective({**ONLY, "generator.quiet": 1.0})
    pictures = replace(batch(), sources=torch.full((4,), 3))  # styles 0 1 2 0
    seen = views(aim, pictures=pictures)
    found = aim.terms("generator", seen)["quiet"]
    for rows in ([0, 3], [1], [2]):
        alike = quiet.restless(seen.painted[rows], seen.batch.content[rows], torch.zeros(len(rows)))
        assert torch.allclose(found[rows], alike)


def test_what_becomes_a_photo_may_liven_up_but_a_photo_may_not() -> None:
    aim = objective({**ONLY, "generator.quiet": 1.0}, TranslateSettings(apart=0))
    pictures = replace(batch(), sources=torch.tensor([0, 0, 0, 1]))  # styles 0 1 2 0
    seen = views(aim, pictures=pictures)
    found = aim.terms("generator", seen)["quiet"]
    assert [bool(value) for value in found] == [True, True, True, False]
    alone = quiet.restless(seen.painted[:1], seen.batch.content[:1], torch.zeros(1))
    assert torch.allclose(found[:1], alone)  # not beside what is not asked for it


def test_only_what_is_apart_keeps_its_tints() -> None:
    aim = objective({**ONLY, "generator.tint": 1.0}, TranslateSettings(apart=1))
    seen = views(aim)
    found = aim.terms("generator", seen)["tint"]
    wanted = content.tint_apart(seen.painted, seen.batch.content)
    assert wanted.all()
    assert torch.equal(found, wanted * (seen.batch.styles == 1))


@pytest.mark.parametrize("adversary", ["hinge", "relativistic"])
def test_the_discriminator_teaches_nothing_to_the_generator(adversary: str) -> None:
    aim = objective(settings=TranslateSettings(adversary=adversary))
    terms = aim.terms("discriminator", views(aim))
    loss = torch.stack([v.sum() for name, v in terms.items() if name != "certainty"]).sum()
    assert not slopes(loss, aim.translator)
    assert len(slopes(loss, aim.players["discriminator"])) == len(list(aim.players["discriminator"].parameters()))


def test_the_frozen_network_is_taught_by_nobody() -> None:
    aim = objective()
    assert aim.frozen is not None
    assert not any(p.requires_grad for p in aim.frozen.parameters())
    assert all(aim.frozen is not part for player in aim.players.values() for part in player.modules())


@pytest.mark.parametrize("name", [name for name in ALL if name.startswith("generator.")])
def test_each_term_teaches_the_translator(name: str) -> None:
    aim = objective({**ONLY, name: 1.0}, TranslateSettings(apart=2))
    pictures = replace(batch(), sources=torch.tensor([0, 1, 0, 0]))  # rows 0, 1, 3 are of the style asked for
    pictures = replace(pictures, content=pictures.content * 1.5)  # so that some pixels leave the range
    value = aim.terms("generator", views(aim, pictures=pictures))[name.partition(".")[2]]
    found = slopes(value.sum(), aim.translator)
    assert found
    assert any(g.any() for g in found)
    assert all(bool(torch.isfinite(g).all()) for g in found)


@pytest.mark.parametrize(("name", "every"), [("steady", 3), ("penalty", 2), ("penalty_fake", 2)])
def test_lazy_terms_come_every_so_many_steps_of_the_whole_batch(name: str, every: int) -> None:
    weights = {**ONLY, "generator.steady": 1.0, "discriminator.penalty": 1.0, "discriminator.penalty_fake": 1.0}
    aim = objective(weights, TranslateSettings(penalty_every=2, steady_every=3), heads=False)
    player = "generator" if name == "steady" else "discriminator"
    given = [name in aim.terms(player, views(aim, 4 * step)) for step in range(4)]
    assert given == [step % every == 0 for step in range(4)]


@pytest.mark.parametrize("name", ["penalty", "penalty_fake"])
def test_each_penalty_can_be_had_alone(name: str) -> None:
    aim = objective({**ONLY, f"discriminator.{name}": 1.0})
    assert aim.terms("discriminator", views(aim)).keys() == {"adversarial", "certainty", name}


def test_unpainted_content_is_refused_unless_it_is_of_the_style_asked_for() -> None:
    aim = objective({**ONLY, "discriminator.unpainted": 1.0})
    values = aim.terms("discriminator", views(aim))["unpainted"]  # sources are all 0, styles 0 1 2 0
    assert [bool(v) for v in values] == [False, True, True, False]


def test_one_style_alone_has_no_others() -> None:
    torch.manual_seed(0)
    weights = {**ONLY, "discriminator.others": 1.0}
    aim = Translate(Translator(1, 4, (1,)), None, Patches(1, 4), None, weights, TranslateSettings())
    alone = replace(batch(), styles=torch.zeros(4, dtype=torch.long))
    assert "others" not in aim.terms("discriminator", views(aim, pictures=alone))


def test_a_lazy_penalty_is_multiplied_by_its_interval() -> None:
    values = []
    for every in (1, 4):
        aim = objective(settings=TranslateSettings(penalty_every=every))
        values.append(aim.terms("discriminator", views(aim))["penalty"])
    assert torch.allclose(4 * values[0], values[1])


def test_views_are_a_function_of_batch_chance_and_pictures_seen() -> None:
    aim = objective()
    a, b, other = views(aim, seed=1), views(aim, seed=1), views(aim, seed=2)
    assert a.moves is not None
    assert b.moves is not None
    assert other.moves is not None
    assert torch.equal(a.moves, b.moves)
    assert torch.equal(a.positions, b.positions)
    assert not torch.equal(a.moves, other.moves)
    assert not torch.equal(a.directions[0], other.directions[0])
    assert torch.allclose(a.directions[0].norm(dim=1), torch.ones(len(a.directions[0])))


def test_views_leave_the_global_chance_alone() -> None:
    aim = objective()
    torch.manual_seed(3)
    before = torch.random.get_rng_state()
    seen = views(aim)
    aim.terms("generator", seen)
    aim.terms("discriminator", seen)
    assert torch.equal(before, torch.random.get_rng_state())


def test_style_statistics_are_pooled_by_style() -> None:
    aim = objective({**ONLY, "generator.moments": 1.0})
    seen = views(aim)
    values = aim.terms("generator", seen)["moments"]
    assert values[0] == values[3]  # both of style 0
    assert len(set(values.tolist())) == 3
    mine = [0, 3]
    by_hand = style.moment_distance([x[mine] for x in seen.painted_levels], [x[mine] for x in seen.style_levels])
    assert torch.equal(values[0], by_hand)


def test_identity_counts_only_pictures_of_the_style_asked_for() -> None:
    aim = objective({**ONLY, "generator.identity": 1.0})
    values = aim.terms("generator", views(aim))["identity"]  # sources are all 0, styles 0 1 2 0
    assert [bool(v) for v in values] == [True, False, False, True]


def test_steady_is_the_same_for_all_and_zero_for_a_painter_that_changes_nothing() -> None:
    aim = objective({**ONLY, "generator.steady": 1.0})
    values = aim.terms("generator", views(aim))["steady"]
    assert len(set(values.tolist())) == 1
    assert values[0] > 0
    with torch.no_grad():
        aim.translator.leave.weight.zero_()
    seen = views(aim)
    assert seen.noise is not None
    still = aim.terms("generator", replace(seen, noise=0 * seen.noise))["steady"]
    assert still[0] < 1e-6


def test_hinge_terms_are_those_of_the_asked_style() -> None:
    aim = objective(ONLY, heads=False)
    seen = views(aim)
    assert aim.patches is not None
    (maps,) = aim.patches(seen.painted)
    by_hand = [-maps[row, index].mean().item() for row, index in enumerate(seen.batch.styles.tolist())]
    assert aim.terms("generator", seen)["adversarial"].tolist() == pytest.approx(by_hand, rel=1e-5)


def test_one_style_all_over_gives_what_the_mixed_way_gives() -> None:
    aim = objective({**ONLY, "generator.content": 1.0})
    pictures = replace(batch(), styles=torch.full((4,), 2))
    alike = aim.terms("generator", views(aim, pictures=pictures))["content"][:3]
    longer = replace(batch(), styles=torch.tensor([2, 2, 2, 0]))
    assert torch.allclose(alike, aim.terms("generator", views(aim, pictures=longer))["content"][:3], atol=1e-4)


def test_variety_tells_paintings_that_are_all_alike() -> None:
    aim = objective(ONLY)
    assert float(aim.terms("generator", views(aim))["variety"][0]) == pytest.approx(1.0, abs=0.3)
    seen = views(aim)
    alike = replace(seen, painted=seen.painted[:1].expand(4, -1, -1, -1))
    assert float(aim.terms("generator", alike)["variety"][0]) == pytest.approx(0.0, abs=1e-6)


def test_one_picture_has_no_variety_to_lose() -> None:
    aim = objective(ONLY)
    assert aim.terms("generator", views(aim, pictures=batch(1)))["variety"].tolist() == [1.0]


def test_plain_works_without_a_frozen_network() -> None:
    plain = {k: v for k, v in ALL.items() if k.split(".")[1] not in ("content", "nce", "moments", "gram", "sliced")}
    aim = objective(plain, frozen=False)
    seen = views(aim)
    assert seen.painted_levels == seen.style_levels == []
    for player in aim.players:
        assert {name for name in plain if name.startswith(player)} <= {f"{player}.{n}" for n in aim.terms(player, seen)}


def test_the_door_refuses_what_cannot_be() -> None:
    with pytest.raises(SettingError, match="content need a frozen network"):
        objective({"generator.content": 1.0}, frozen=False)
    with pytest.raises(SettingError, match="heads need a frozen network"):
        Translate(Translator(1, 4, (1,)), FeatureHeads((4, 4, 4, 4), 1), None, None, {}, TranslateSettings())
    with pytest.raises(SettingError, match="no discriminator"):
        Translate(Translator(1, 4, (1,)), None, None, None, ONLY, TranslateSettings())


def test_rows_gathered_from_all_ranks_are_what_statistics_see() -> None:
    """Gathering twice the same rows changes no statistic, and makes steps count the whole batch."""
    alone = objective()
    doubled = objective()
    doubled.gather = lambda rows: torch.cat((rows, rows))
    one, two = views(alone, 16), views(doubled, 32)
    assert (one.moves is None) == (two.moves is None)
    ours, theirs = (aim.terms("generator", seen) for aim, seen in ((alone, one), (doubled, two)))
    for name, tolerance in (("moments", 1e-4), ("gram", 1e-4), ("sliced", 0.02)):  # its deviations divide by n - 1
        assert torch.allclose(ours[name], theirs[name], rtol=tolerance), name


def test_the_critic_of_columns_gives_its_terms_and_teaches_both_players() -> None:
    aim = objective({**ONLY, **CRITIC}, columns=True)
    seen = views(aim)
    taught = aim.terms("generator", seen)["columns"]
    assert taught.shape == (4,)
    assert any(g.any() for g in slopes(taught.sum(), aim.translator))
    terms = aim.terms("discriminator", seen)
    assert terms.keys() == {"adversarial", "certainty", "columns", "columns_certainty", "columns_penalty"}
    assert aim.columns is not None
    loss = terms["columns"].mean() + terms["columns_penalty"].mean()
    assert len(slopes(loss, aim.columns)) >= len(list(aim.columns.parameters())) - 1  # a bias has no slope of slopes
    assert not slopes(loss, aim.translator)


def test_the_memory_fills_with_what_is_painted_and_teaches_every_style() -> None:
    aim = objective({**ONLY, **CRITIC}, TranslateSettings(memory=64, remembered=16, recalled=8), columns=True)
    assert aim.memory is not None
    of_one = replace(batch(), styles=torch.ones(4, dtype=torch.long))
    aim.terms("discriminator", views(aim, pictures=of_one))
    assert aim.memory.filled.tolist() == [0, 16, 0]
    of_two = replace(batch(), styles=torch.full((4,), 2))
    terms = aim.terms("discriminator", views(aim, pictures=of_two, seed=1))
    assert aim.memory.filled.tolist() == [0, 16, 16]
    assert aim.columns is not None
    rows = torch.autograd.grad(terms["columns"].mean(), aim.columns.leave.weight)[0].flatten(1).abs().sum(1)
    assert bool((rows > 0).all())  # the output of style 0, never asked for, learns from the others' works


def test_the_memory_holds_columns_of_this_batch() -> None:
    aim = objective({**ONLY, **CRITIC}, TranslateSettings(memory=64, remembered=64), columns=True)
    assert aim.memory is not None
    assert aim.columns is not None
    pictures = replace(batch(), styles=torch.ones(4, dtype=torch.long))
    seen = views(aim, pictures=pictures)
    aim.terms("discriminator", seen)
    there = aim.columns.columns(seen.style_levels).permute(0, 2, 3, 1).flatten(0, 2).half()
    places = seen.places % len(there)
    assert torch.equal(aim.memory.examples[1], there[places])


def test_the_critic_learns_to_tell_paintings_from_works() -> None:
    aim = objective({**ONLY, **CRITIC}, columns=True)
    assert aim.columns is not None
    dark = batch()
    dark = replace(dark, style=dark.style * 0.1 - 0.8, styles=torch.ones(4, dtype=torch.long))
    aim.columns.fit(aim.levels(torch.cat((dark.content, dark.style))))
    optimizer = torch.optim.Adam(aim.columns.parameters(), 1e-2)
    certainty = []
    for step in range(12):
        terms = aim.terms("discriminator", views(aim, pictures=dark, seed=step))
        certainty.append(float(terms["columns_certainty"][0]))
        optimizer.zero_grad()
        torch.autograd.backward(terms["columns"].mean())
        optimizer.step()
    assert certainty[-1] > 0.95 > certainty[0], certainty


def test_patches_may_look_at_a_window_only() -> None:
    aim = objective(ONLY, TranslateSettings(patch_view=16), heads=False)
    seen = views(aim)
    assert seen.part(seen.painted).shape == (4, 3, 16, 16)
    assert aim.patches is not None
    (maps,) = aim.patches(seen.part(seen.painted))
    by_hand = [-maps[row, index].mean().item() for row, index in enumerate(seen.batch.styles.tolist())]
    assert aim.terms("generator", seen)["adversarial"].tolist() == pytest.approx(by_hand, rel=1e-5)
    others = {views(aim, seed=seed).window[0].start for seed in range(8)}
    assert len(others) > 1
    whole = views(objective(ONLY, heads=False))
    assert whole.part(whole.painted).shape == (4, 3, SIDE, SIDE)


def test_the_frozen_network_may_see_reduced_pictures() -> None:
    aim = objective({**ONLY, "generator.content": 1.0, "generator.nce": 1.0}, TranslateSettings(reduced=2))
    seen = views(aim)
    assert aim.frozen is not None
    halves = torch.nn.functional.avg_pool2d(seen.batch.style, 2)
    for mine, theirs in zip(seen.style_levels, aim.frozen(halves), strict=True):
        assert torch.equal(mine, theirs)
    assert int(seen.positions.max()) < (SIDE // 8) ** 2
    assert bool(torch.isfinite(aim.terms("generator", seen)["nce"]).all())


@pytest.mark.parametrize("term", ["content", "quiet"])
def test_styles_may_hold_their_scene_and_its_quiet_differently(term: str) -> None:
    weights, told = {**ONLY, f"generator.{term}": 1.0}, {f"{term}_shares": (1.0, 0.5, 0.0)}
    settings = TranslateSettings(), replace(TranslateSettings(), **told)  # type: ignore[arg-type]
    same, mine = (aim.terms("generator", views(aim))[term] for aim in (objective(weights, each) for each in settings))
    assert same.all()
    assert torch.allclose(mine, same * torch.tensor([1.0, 0.5, 0.0, 1.0]))  # styles 0 1 2 0


class TestMatching:
    WEIGHTS: ClassVar = {**ONLY, "generator.matching": 1.0, "generator.spread": 1.0}

    def test_it_teaches_once_there_is_a_population(self) -> None:
        aim = objective(self.WEIGHTS)
        pictures = replace(batch(), styles=torch.ones(4, dtype=torch.long))
        terms = aim.terms("generator", views(aim, pictures=pictures))
        assert {"matching", "spread"} < terms.keys()
        for name in ("matching", "spread"):
            found = slopes(terms[name].sum(), aim.translator)
            assert any(g.any() for g in found), name
            assert all(bool(torch.isfinite(g).all()) for g in found), name

    def test_pictures_that_already_are_of_the_style_are_left_out(self) -> None:
        aim = objective(self.WEIGHTS)
        terms = aim.terms("generator", views(aim, pictures=replace(batch(), styles=torch.zeros(4, dtype=torch.long))))
        assert aim.population is not None
        assert aim.population.many[:, 0].tolist() == [0, 4]
        assert not terms["matching"].any()

    def test_its_memory_is_saved_with_the_discriminator(self) -> None:
        aim = objective(self.WEIGHTS)
        assert any(name.startswith("population.") for name in aim.players["discriminator"].state_dict())
        assert objective({**ONLY}).population is None

    def test_it_needs_a_frozen_network_and_is_no_discriminator(self) -> None:
        with pytest.raises(SettingError, match="matching, spread need a frozen network"):
            objective(self.WEIGHTS, frozen=False)
        with pytest.raises(SettingError, match="there is no discriminator"):
            Translate(Translator(3, 4, (1,)), None, None, QuarterVGG(), self.WEIGHTS, TranslateSettings())
