"""The layout objective beside the scene's: what it adds, and that it changes nothing of the rest."""

import pytest
import torch

from pleinair.networks.critic import PixelCritic
from pleinair.networks.layout import CLASSES, LayoutGenerator
from pleinair.networks.segmenter import Segmenter
from pleinair.objectives.layout import Layout, Sketch
from pleinair.objectives.scene import Critics, Draw
from pleinair.objectives.scene_settings import SceneSettings
from pleinair.seeds import HALO, LATENT, NOISE, ROWS

WEIGHTS = {"generator.adversarial": 1.0, "generator.layout": 1.0, "generator.structure": 1.0,
           "discriminator.adversarial": 1.0}  # fmt: skip


def sketch(n: int = 2) -> Sketch:
    draw = torch.Generator().manual_seed(0)
    drawn = Draw(
        real=torch.rand(n, 3, 64, 64, generator=draw) * 2 - 1,
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
