"""The layout objective beside the scene's: what it adds, each term by what it punishes, and that it changes nothing of
the rest."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from pleinair.networks.critic import PixelCritic
from pleinair.networks.frozen import QuarterVGG
from pleinair.networks.layout import CLASSES, LayoutGenerator, told_of
from pleinair.networks.segmenter import Segmenter
from pleinair.networks.spectrum import BlockSpectrum
from pleinair.objectives.layout import READ_AT, Layout, Sketch, Views
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
    return Sketch(drawn, labels, torch.rand(n, 3, 64, 64, generator=draw) * 2 - 1)


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
    assert not {"structure", "tint", "light"} & terms.keys()  # nobody sees features, and none is weighed
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
    losses = [
        float(objective.terms("generator", replace(views, read=read, labels=labels))["layout"].mean())
        for labels in (views.labels, (views.labels + 1) % CLASSES)
    ]
    assert losses[0] < 0.01
    assert losses[1] > 5


def test_wavelengths_are_matched_here_too() -> None:
    aim = seeing(ripples=1.0, ripples_spread=1.0)
    terms = aim.terms("generator", aim.views(sketch(2), torch.Generator().manual_seed(0), 0))
    assert set(RIPPLED) <= terms.keys()
    assert terms["ripples"].shape == (2,)


def first(aim: Layout, n: int = 2) -> Views:
    """What an objective makes of its first batch."""
    return aim.views(sketch(n), torch.Generator().manual_seed(0), 0)


def showing(views: Views, fake: Tensor) -> Views:
    """The same, had this been drawn."""
    return replace(views, seen=replace(views.seen, fake=fake))


def blind(**weights: float) -> Layout:
    """An objective without a frozen network, and these weights of the generator besides."""
    torch.manual_seed(0)
    named = WEIGHTS | {f"generator.{name}": weight for name, weight in weights.items()}
    critics, reader = Critics(PixelCritic(64, 4, 1)), Segmenter(8).requires_grad_(False)
    return Layout(LayoutGenerator(1), critics, None, reader, torch.ones(CLASSES), named, SceneSettings())


def test_the_generator_is_told_the_labels_and_the_render_of_its_own_layout(objective: Layout) -> None:
    batch = sketch()
    with torch.no_grad():
        views = objective.views(batch, torch.Generator().manual_seed(0), 0)
        drawn = batch.drawn
        wanted = objective.generator(drawn.latents, drawn.noise, told_of(batch.labels, batch.renders))
    torch.testing.assert_close(views.seen.fake, wanted)


def test_pictures_are_read_at_half_their_size(objective: Layout) -> None:
    batch = sketch()
    batch = replace(batch, labels=torch.arange(64 * 64).reshape(1, 64, 64).expand(2, -1, -1) % CLASSES)
    seen: list[Tensor] = []
    hook = objective.segmenter.register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0]))
    views = objective.views(batch, torch.Generator().manual_seed(0), 0)
    hook.remove()
    assert READ_AT == 2
    assert views.read.shape == (2, CLASSES, 32, 32)
    assert views.labels.shape == (2, 32, 32)
    fake = views.seen.fake
    torch.testing.assert_close(seen[0], fake.reshape(2, 3, 32, 2, 32, 2).mean((3, 5)))
    for row, column in ((0, 0), (5, 9), (31, 31)):  # a label is one of those that its pixel is the mean of
        assert views.labels[1, row, column] in batch.labels[1, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]


@pytest.mark.parametrize("weighed", [(), ("tint",), ("light",), ("tint", "light")])
def test_tint_and_light_are_there_where_they_are_weighed_even_if_nobody_sees_features(weighed: tuple[str, ...]) -> None:
    aim = blind(**dict.fromkeys(weighed, 2.0), **({} if "tint" in weighed else {"tint": 0.0}))
    views = first(aim)
    terms = aim.terms("generator", views)
    assert {"tint", "light"} & terms.keys() == set(weighed)
    assert all(terms[name].shape == (2,) for name in weighed)
    assert not {"tint", "light"} & aim.terms("discriminator", views).keys()


def test_what_is_darker_than_its_render_costs_light_and_what_is_greener_costs_tint() -> None:
    aim = blind(tint=1.0, light=1.0)
    views = first(aim)
    costs: dict[str, list[float]] = {"tint": [], "light": []}
    green = torch.tensor([-0.299 / 0.587, 1.0, -0.114 / 0.587])[None, :, None, None]
    green[:, 1] = (0.299**2 + 0.114**2) / 0.587**2  # of no luma
    for fake in (views.renders, views.renders - 0.4, views.renders - 0.8, views.renders + 0.4 * green):
        for name, values in costs.items():
            values.append(float(aim.terms("generator", showing(views, fake))[name].mean()))
    same, dark, darker, tinted = zip(*costs.values(), strict=True)
    assert same == (0, 0)
    assert dark[1] == pytest.approx(0.2, abs=1e-4)  # beyond the margin
    assert darker[1] == pytest.approx(0.6, abs=1e-4)
    assert dark[0] == darker[0] == 0
    assert tinted[0] > 0.02
    assert tinted[1] == 0


def test_a_render_is_compared_with_the_picture_of_its_own_layout() -> None:
    aim = blind(light=1.0)
    views = first(aim)
    lit = views.renders.clone()
    lit[1] += 0.5
    costs = aim.terms("generator", showing(views, lit))["light"]
    assert costs[0] == 0
    assert float(costs[1]) == pytest.approx(0.3, abs=1e-4)


def test_structure_costs_nothing_where_a_picture_is_made_as_its_render_is() -> None:
    aim = seeing()
    views = first(aim)
    own = float(aim.terms("generator", views)["structure"].detach().mean())
    same = replace(views, seen=replace(views.seen, fake_levels=views.render_levels))
    assert own > 0.1
    assert float(aim.terms("generator", same)["structure"].mean()) == 0
    assert first(seeing(structure=0.0)).render_levels == []


@pytest.mark.parametrize("name", ["layout", "tint", "light", "structure", "adversarial"])
def test_every_term_reaches_the_whole_generator(name: str) -> None:
    aim = seeing(tint=1.0, light=1.0)
    batch = sketch()
    if name == "light":
        batch = replace(batch, renders=0.1 * batch.renders - 0.9)  # a fresh generator draws nearly gray
    views = aim.views(batch, torch.Generator().manual_seed(0), 0)
    slopes = torch.autograd.grad(
        aim.terms("generator", views)[name].sum(), list(aim.generator.parameters()), allow_unused=True
    )
    learns = [bool(slope is not None and slope.any() and slope.isfinite().all()) for slope in slopes]
    assert sum(learns) > 0.9 * len(learns)
    render_and_labels = [slope for (known, _), slope in zip(aim.generator.named_parameters(), slopes, strict=True)
                         if known.startswith("told")]  # fmt: skip
    assert all(slope is not None and bool(slope.any()) for slope in render_and_labels)


def test_what_is_read_wrongly_is_counted(objective: Layout) -> None:
    views = first(objective)
    read = torch.nn.functional.one_hot(views.labels, CLASSES).movedim(3, 1) * 9.0
    read[1, :, :16] = read[1, :, :16].roll(1, 0)  # the upper half of the second picture
    assert objective.terms("generator", replace(views, read=read))["right"].tolist() == [1, 0.5]
