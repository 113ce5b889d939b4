"""The layout objective beside the scene's: what it adds, and that it changes nothing of the rest."""

from dataclasses import replace

import pytest
import torch

from pleinair.networks.critic import PixelCritic
from pleinair.networks.frozen import QuarterVGG
from pleinair.networks.layout import CLASSES, LayoutGenerator
from pleinair.networks.segmenter import Segmenter
from pleinair.networks.spectrum import BlockSpectrum
from pleinair.objectives.layout import VARIED, Layout, Sketch, twice
from pleinair.objectives.matching import RIPPLED, Meaning
from pleinair.objectives.scene import Critics, Draw
from pleinair.objectives.scene_settings import SceneSettings
from pleinair.seeds import HALO, LATENT, NOISE, ROWS

WEIGHTS = {"generator.adversarial": 1.0, "generator.layout": 1.0, "generator.structure": 1.0,
           "discriminator.adversarial": 1.0}  # fmt: skip


def sketch(n: int = 2) -> Sketch:
    draw = torch.Generator().manual_seed(0)
    tints = torch.rand(n, 3, 1, 1, generator=draw) - 0.5
    drawn = Draw(
        real=tints + torch.rand(n, 3, 64, 64, generator=draw) - 0.5,
        domains=torch.zeros(n, dtype=torch.long),
        numbers=torch.arange(n),
        marks=torch.ones(n, 1),
        latents=torch.randn(n, LATENT, generator=draw),
        noise=torch.randn(n, NOISE, ROWS, ROWS + 2 * HALO, generator=draw),
        shakes=torch.rand(n, 2, 12, generator=draw),
    )
    labels = torch.randint(CLASSES, (n, 64, 64), generator=draw)
    return Sketch(drawn, labels, torch.rand(n, 3, 64, 64, generator=draw))


@pytest.fixture(scope="module")
def objective() -> Layout:
    torch.manual_seed(0)
    critics = Critics(PixelCritic(64, 4, 1))
    reader = Segmenter(8).requires_grad_(False)
    return Layout(LayoutGenerator(1), critics, None, reader, torch.ones(CLASSES), WEIGHTS, SceneSettings())


def seeing(**weights: float) -> Layout:
    """An objective with a frozen network and these weights of the generator besides."""
    torch.manual_seed(0)
    critics, reader = Critics(PixelCritic(64, 4, 1)), Segmenter(8).requires_grad_(False)
    named = WEIGHTS | {f"generator.{name}": weight for name, weight in weights.items()}
    ripples = Meaning(BlockSpectrum(), 1, lambda rows: rows, names=RIPPLED)
    return Layout(
        LayoutGenerator(1), critics, QuarterVGG(), reader, torch.ones(CLASSES), named, SceneSettings(), ripples=ripples
    )


def test_terms_of_both_players(objective: Layout) -> None:
    views = objective.views(sketch(), torch.Generator().manual_seed(0), 0)
    terms = objective.terms("generator", views)
    assert {"adversarial", "layout", "right", "variety"} <= terms.keys()
    assert "structure" not in terms  # nobody sees features
    assert all(value.shape == (2,) for value in terms.values())
    assert set(objective.terms("discriminator", views)) == {"adversarial", "certainty"}


def test_players_are_those_of_the_scene_objective(objective: Layout) -> None:
    assert objective.players is objective.scene.players
    assert objective.averaged is objective.generator
    learned = {id(p) for module in objective.players.values() for p in module.parameters()}
    assert not learned & {id(p) for p in objective.segmenter.parameters()}


def test_another_map_costs_more_where_its_picture_is_read_as_the_first(objective: Layout) -> None:
    views = objective.views(sketch(), torch.Generator().manual_seed(0), 0)
    read = torch.nn.functional.one_hot(views.labels, CLASSES).movedim(3, 1) * 9.0
    losses = []
    for labels in (views.labels, (views.labels + 1) % CLASSES):
        seen = type(views)(views.seen, read, labels, [])
        losses.append(float(objective.terms("generator", seen)["layout"].mean()))
    assert losses[0] < 0.01
    assert losses[1] > 5


def test_every_layout_is_drawn_twice_where_its_pictures_shall_vary() -> None:
    batch = sketch(5)
    pairs = twice(batch)
    assert torch.equal(pairs.labels[[0, 2, 4]], batch.labels[[0, 2, 4]])
    assert torch.equal(pairs.labels[1:4:2], pairs.labels[0:4:2])
    assert torch.equal(pairs.renders[1:4:2], batch.renders[0:4:2])
    assert pairs.drawn is batch.drawn
    chance = torch.Generator().manual_seed(0)
    plain, varied = (seeing(varied=weight).views(batch, chance, 0) for weight in (0.0, 1.0))
    assert torch.equal(plain.labels, batch.labels)
    assert torch.equal(varied.labels, pairs.labels)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_two_alike_cost_and_two_that_differ_as_photos_do_cost_nothing(count: int) -> None:
    aim = seeing(varied=1.0, structure=0.0)
    views = aim.views(sketch(count), torch.Generator().manual_seed(0), 0)
    found = aim.terms("generator", views)["varied"]
    pairs = count // 2 * 2
    assert found.shape == (count,)
    assert (found[:pairs] > 0.2 * VARIED).all()  # a fresh generator draws nearly gray
    assert not found[pairs:].any()
    seen = replace(views.seen, fake=views.seen.batch.real, fake_levels=views.seen.real_levels)
    as_photos = aim.terms("generator", replace(views, seen=seen))["varied"]
    assert as_photos.shape == (count,)
    assert float(as_photos.max()) < 0.2


def test_what_varies_too_little_is_told_so() -> None:
    aim = seeing(varied=1.0, structure=0.0)
    value = aim.terms("generator", aim.views(sketch(4), torch.Generator().manual_seed(0), 0))["varied"].sum()
    slopes = torch.autograd.grad(value, list(aim.generator.parameters()), allow_unused=True)
    assert sum(slope is not None and bool(slope.any()) for slope in slopes) > len(slopes) // 2


def test_wavelengths_are_matched_here_too() -> None:
    aim = seeing(ripples=1.0, ripples_spread=1.0)
    terms = aim.terms("generator", aim.views(sketch(2), torch.Generator().manual_seed(0), 0))
    assert set(RIPPLED) <= terms.keys()
    assert terms["ripples"].shape == (2,)
    assert "varied" not in terms
