"""The scene objective: which terms, computed when, teaching whom."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from pleinair.errors import SettingError
from pleinair.losses import adversarial, content
from pleinair.losses.matching import described
from pleinair.networks.augment import DRAWS
from pleinair.networks.baselines import FastGANDiscriminator
from pleinair.networks.critic import PixelCritic, PlacedColumns
from pleinair.networks.discriminator import FeatureHeads
from pleinair.networks.frozen import QuarterVGG
from pleinair.networks.scene import SceneGenerator
from pleinair.objectives import scene as module
from pleinair.objectives.scene import Critics, Draw, Scene, Views, banded
from pleinair.objectives.scene_settings import SceneSettings
from pleinair.seeds import HALO, LATENT, NOISE, ROWS

# n pictures, s side

OF_GENERATOR = ("adversarial", "columns", "matching", "spread", "range")
OF_DISCRIMINATOR = ("adversarial", "penalty", "penalty_fake", "heads_penalty", "columns", "columns_penalty")
ALL = {**{f"generator.{n}": 1.0 for n in OF_GENERATOR}, **{f"discriminator.{n}": 1.0 for n in OF_DISCRIMINATOR}}
SIGNS = {"generator": {"variety"}, "discriminator": {"certainty", "columns_certainty"}}
ONLY = {"generator.adversarial": 1.0, "discriminator.adversarial": 1.0}
SETTINGS = SceneSettings(bands=2, memory=64, remembered=32, recalled=16, generated=8, works=8)
SIDE, DOMAINS = 32, 2


def frozen() -> QuarterVGG:
    torch.manual_seed(5)
    network = QuarterVGG()
    for parameter in network.parameters():
        nn.init.kaiming_normal_(parameter) if parameter.dim() > 1 else nn.init.zeros_(parameter)
    return network


def objective(
    weights: Mapping[str, float] = ALL,
    settings: SceneSettings = SETTINGS,
    seeing: bool = True,
    pixels: nn.Module | None = None,
    reads: tuple[int, ...] = (),
) -> Scene:
    torch.manual_seed(0)
    generator = SceneGenerator(SIDE, 2, 3, reads)
    for leave in generator.leave:
        nn.init.normal_(leave.weight, std=0.3)  # type: ignore[arg-type]
    widths = QuarterVGG.widths
    wanted = seeing and weights.get("generator.columns")
    columns = PlacedColumns(widths, DOMAINS, 8, settings.views) if wanted else None
    heads = FeatureHeads(widths, DOMAINS, channels=4) if seeing and weights.get("discriminator.heads_penalty") else None
    critics = Critics(pixels or PixelCritic(SIDE, 4, 3), heads, columns)
    return Scene(generator, critics, frozen() if seeing else None, DOMAINS, weights, settings)


def batch(n: int = 4, seed: int = 0) -> Draw:
    draw = torch.Generator().manual_seed(seed)
    domains = torch.arange(n) % DOMAINS
    return Draw(
        real=torch.rand(n, 3, SIDE, SIDE, generator=draw) * 2 - 1,
        domains=domains,
        numbers=torch.arange(n) + 4 * seed,
        marks=torch.eye(3)[domains],
        latents=torch.randn(n, LATENT, generator=draw),
        noise=torch.randn(n, NOISE, ROWS, ROWS + 2 * HALO, generator=draw),
        shakes=torch.rand(n, 2, DRAWS, generator=draw),
    )


def views(aim: Scene, seen_pictures: int = 0, drawn: Draw | None = None) -> Views:
    return aim.views(drawn or batch(), torch.Generator().manual_seed(0), seen_pictures)


def slopes(loss: Tensor, player: nn.Module) -> list[Tensor]:
    found = torch.autograd.grad(loss, list(player.parameters()), allow_unused=True, retain_graph=True)
    return [g for g in found if g is not None]


@pytest.mark.parametrize("adversary", ["hinge", "relativistic", "logistic"])
def test_every_weighted_term_is_given_one_finite_value_per_picture(adversary: str) -> None:
    aim = objective(settings=replace(SETTINGS, adversary=adversary, augment=0.5))
    seen = views(aim)
    for player, wanted in (("generator", OF_GENERATOR), ("discriminator", OF_DISCRIMINATOR)):
        terms = aim.terms(player, seen)
        assert terms.keys() - SIGNS[player] == set(wanted)
        for name, value in terms.items():
            assert value.shape == (4,), name
            assert bool(torch.isfinite(value).all()), name


def test_terms_without_a_weight_are_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Tensor:
        raise AssertionError("computed in vain")

    monkeypatch.setattr(content, "beyond_range", fail)
    monkeypatch.setattr(adversarial, "gradient_penalty", fail)
    monkeypatch.setattr(module, "described", fail)
    monkeypatch.setattr(module, "taught", fail)
    aim = objective({**ONLY, "generator.range": 0.0})
    seen = views(aim)
    assert aim.terms("generator", seen).keys() == {"adversarial", "variety"}
    assert aim.terms("discriminator", seen).keys() == {"adversarial", "certainty"}


@pytest.mark.parametrize("name", OF_GENERATOR)
def test_each_term_teaches_the_generator(name: str) -> None:
    aim = objective({**ONLY, f"generator.{name}": 1.0})
    views(aim)
    seen = views(aim)
    aim.terms("generator", seen)  # the population remembers
    found = slopes(aim.terms("generator", seen)[name].sum(), aim.generator)
    assert any(g.any() for g in found)
    assert all(bool(torch.isfinite(g).all()) for g in found)


@pytest.mark.parametrize("adversary", ["hinge", "relativistic", "logistic"])
def test_the_discriminator_teaches_nothing_to_the_generator(adversary: str) -> None:
    aim = objective(settings=replace(SETTINGS, adversary=adversary))
    terms = aim.terms("discriminator", views(aim))
    loss = torch.stack([v.sum() for name, v in terms.items() if "certainty" not in name]).sum()
    assert not slopes(loss, aim.generator)
    assert len(slopes(loss, aim.players["discriminator"])) == len(list(aim.players["discriminator"].parameters()))


def test_the_frozen_network_is_taught_by_nobody() -> None:
    aim = objective()
    assert aim.frozen is not None
    assert not any(p.requires_grad for p in aim.frozen.parameters())
    assert all(aim.frozen is not part for player in aim.players.values() for part in player.modules())


def test_penalties_come_every_so_many_steps_of_the_whole_batch() -> None:
    aim = objective(settings=replace(SETTINGS, penalty_every=2))
    for step in range(4):
        terms = aim.terms("discriminator", views(aim, 4 * step))
        for name in ("penalty", "penalty_fake", "heads_penalty", "columns_penalty"):
            assert (name in terms) == (step % 2 == 0), name


def test_the_penalty_is_the_squared_gradient_in_all_pixels_times_its_interval() -> None:
    aim = objective({**ONLY, "discriminator.penalty": 1.0}, replace(SETTINGS, penalty_every=3))
    seen = views(aim)
    x = seen.real_seen.clone().requires_grad_()
    assert aim.pixels is not None
    (slope,) = torch.autograd.grad(aim.pixels(x, seen.batch.marks)[0].sum(), x)
    torch.testing.assert_close(aim.terms("discriminator", seen)["penalty"], 3 * slope.square().sum((1, 2, 3)))


def test_losses_on_pixels_by_hand() -> None:
    for adversary in ("hinge", "relativistic", "logistic"):
        aim = objective(ONLY, replace(SETTINGS, adversary=adversary))
        seen = views(aim)
        assert aim.pixels is not None
        real, fake = (aim.pixels(x, seen.batch.marks)[0].flatten() for x in (seen.batch.real, seen.fake))
        plus = nn.functional.softplus
        wanted = {
            "hinge": (-fake, (1 - real).relu() + (1 + fake).relu()),
            "relativistic": (plus(real - fake), plus(fake - real)),
            "logistic": (plus(-fake), plus(-real) + plus(fake)),
        }[adversary]
        for player, value in zip(("generator", "discriminator"), wanted, strict=True):
            torch.testing.assert_close(aim.terms(player, seen)["adversarial"], value)


def test_critics_of_pixels_see_augmented_pictures_and_the_frozen_network_only_if_asked() -> None:
    plain, shaken = objective(), objective(settings=replace(SETTINGS, augment=1.0))
    both = objective(settings=replace(SETTINGS, augment=1.0, augment_features=True))
    a, b, c = (views(aim) for aim in (plain, shaken, both))
    assert a.fake_seen is a.fake
    assert not torch.equal(b.fake_seen, b.fake)
    assert not torch.equal(b.real_seen, b.batch.real)
    assert torch.equal(a.fake_levels[0], b.fake_levels[0])
    assert not torch.equal(b.fake_levels[0], c.fake_levels[0])
    assert not torch.equal(b.real_levels[0], c.real_levels[0])


def test_each_domain_is_matched_with_its_own() -> None:
    aim = objective({**ONLY, "generator.matching": 1.0, "generator.spread": 1.0})
    aim.terms("generator", views(aim))
    assert aim.population is not None
    assert aim.population.many.tolist() == [[2, 2], [2, 2]]
    one = batch()
    lone = replace(one, domains=torch.zeros(4, dtype=torch.long))
    values = aim.terms("generator", views(aim, drawn=lone))["matching"]
    assert len(set(values.tolist())) == 1


def test_bands_go_from_top_to_bottom() -> None:
    rows = torch.arange(8.0)[None, None, :, None].expand(1, 2, 8, 5)
    bands = banded([rows, rows[:, :, ::2]], 2)
    assert [band.shape[2] for band in bands] == [4, 4, 2, 2]
    assert [float(band.mean()) for band in bands] == [1.5, 5.5, 1.0, 5.0]


def test_what_is_remembered_travels_with_the_discriminator() -> None:
    aim = objective()
    views_ = views(aim)
    for player in aim.players:
        aim.terms(player, views_)
    state = aim.players["discriminator"].state_dict()
    assert int(state["memory.filled"].sum()) == SETTINGS.remembered
    assert int(state["population.many"].sum()) == 8
    other = objective()
    other.players["discriminator"].load_state_dict(state)


def test_two_halves_are_one_whole() -> None:
    """What ranks compute from gathered rows: with every rank's rows at hand, means over halves are the whole's."""
    whole = objective()
    seen = views(whole)
    found = {player: whole.terms(player, seen) for player in whole.players}
    parts = [slice(rank, None, 2) for rank in range(2)]
    halves = []
    for part in parts:
        aim = objective()
        mine = Draw(**{name: getattr(seen.batch, name)[part] for name in seen.batch.__dataclass_fields__})
        aim.gather = iter_shares(whole, seen, parts)
        halves.append({player: aim.terms(player, views(aim, drawn=mine)) for player in aim.players})
    for player, terms in found.items():
        for name in terms.keys() - {"variety"}:
            mean = (halves[0][player][name].mean() + halves[1][player][name].mean()) / 2
            torch.testing.assert_close(mean, terms[name].mean(), rtol=1e-4, atol=1e-5, msg=name)


def iter_shares(aim: Scene, seen: Views, parts: list[slice]) -> Callable[[Tensor], Tensor]:
    """A gather that finds the rows of the other rank among those of the whole batch, by their shape."""
    with torch.no_grad():
        levels = [seen.fake_levels, seen.real_levels]
        pools = [described(banded(x, SETTINGS.bands)) for x in levels]
        assert aim.columns is not None
        pools += [aim.columns.columns(x) for x in levels]
        pools += [nn.functional.adaptive_avg_pool2d(x, 8) for x in (seen.fake, seen.batch.real)]
        pools += [torch.zeros_like(seen.batch.domains, dtype=torch.bool), seen.batch.domains]

    def gather(rows: Tensor) -> Tensor:
        for pool in pools:
            for part in parts:
                if (pool.dtype, pool[part].shape) == (rows.dtype, rows.shape) and torch.allclose(
                    pool[part].float(), rows.float(), rtol=1e-3, atol=1e-3
                ):
                    return torch.cat([pool[p] for p in parts])
        raise AssertionError(f"rows of {rows.shape} are of no batch")

    return gather


def test_variety_is_one_for_pictures_as_different_as_the_real_ones() -> None:
    aim = objective(ONLY)
    seen = views(aim)
    same = replace(seen, fake=seen.batch.real)
    assert aim.terms("generator", same)["variety"].tolist() == pytest.approx([1.0] * 4)
    alike = replace(seen, fake=seen.batch.real[:1].expand(4, -1, -1, -1))
    assert float(aim.terms("generator", alike)["variety"].max()) < 1e-3


def test_a_critic_that_rebuilds_is_taught_to() -> None:
    aim = objective({**ONLY, "discriminator.rebuilt": 1.0}, pixels=FastGANDiscriminator(SIDE, 2))
    terms = aim.terms("discriminator", views(aim))
    assert terms.keys() == {"adversarial", "certainty", "rebuilt"}
    assert slopes(terms["rebuilt"].sum(), aim.players["discriminator"])


@pytest.mark.parametrize("name", ["columns", "matching", "spread"])
def test_terms_that_see_need_a_frozen_network(name: str) -> None:
    with pytest.raises(SettingError, match=f"{name} need a frozen network"):
        objective({**ONLY, f"generator.{name}": 1.0}, seeing=False)


def test_without_any_discriminator_there_is_nothing_to_learn_from() -> None:
    with pytest.raises(SettingError, match="there is no discriminator"):
        Scene(SceneGenerator(SIDE, 2, 3), Critics(), None, 2, ONLY, SETTINGS)


class TestReading:
    def test_what_was_read_is_drawn_again_and_teaches_the_reader(self) -> None:
        weights = {**ONLY, "generator.rebuilt": 1.0, "generator.nats": 0.1}
        aim = objective(weights, replace(SETTINGS, read=0.5), reads=QuarterVGG.widths)
        seen = views(aim)
        assert seen.start.rows.tolist() == [1, 3]
        terms = aim.terms("generator", seen)
        for name in ("rebuilt", "nats"):
            assert not terms[name][[0, 2]].any()
            assert (terms[name][[1, 3]] > 0).all()
        assert seen.start.read is not None
        torch.testing.assert_close(terms["nats"].mean(), seen.start.read.nats().mean())
        assert isinstance(aim.generator, SceneGenerator)
        assert aim.generator.reader is not None
        for name in ("rebuilt", "nats"):
            assert any(g.abs().max() > 0 for g in slopes(terms[name].sum(), aim.generator.reader))

    def test_a_generator_that_does_not_read_has_no_such_terms(self) -> None:
        for aim in (objective(settings=replace(SETTINGS, read=0.5)), objective(reads=QuarterVGG.widths)):
            assert not {"rebuilt", "nats"} & set(aim.terms("generator", views(aim)))

    def test_what_is_read_is_not_shaken(self) -> None:
        with pytest.raises(SettingError, match="pictures are read as they are"):
            objective(settings=replace(SETTINGS, read=0.5, augment_features=True))

    def test_nothing_is_rebuilt_unseen(self) -> None:
        with pytest.raises(SettingError, match="rebuilt need a frozen network"):
            objective({**ONLY, "generator.rebuilt": 1.0}, seeing=False)


def test_two_views_are_looked_at_by_everything_that_is_seen() -> None:
    aim = objective(settings=replace(SETTINGS, views=2, read=0.5), reads=QuarterVGG.widths)
    levels = aim.levels(batch().real)
    assert [level.shape[2] for level in levels] == [32, 16, 8, 4, 16, 8, 4, 2]
    assert aim.columns is not None
    assert aim.columns.columns(levels).shape == (4, aim.columns.remembered, 8, 8)
    seen = views(aim)
    for player in aim.players:
        terms = aim.terms(player, seen)
        assert all(bool(value.isfinite().all()) for value in terms.values())
    whole = views(objective(settings=replace(SETTINGS, read=0.5), reads=QuarterVGG.widths))
    assert len(seen.fake_levels) == 2 * len(whole.fake_levels)
    assert torch.equal(seen.fake, whole.fake)  # readers look at the picture itself, as before
