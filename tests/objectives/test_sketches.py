"""The objective of sketches: what it adds to the scene's, each term by what it punishes, and what is read."""

from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional as F

from pleinair.networks.critic import PixelCritic
from pleinair.networks.frozen import QuarterVGG
from pleinair.networks.layout import CLASSES
from pleinair.networks.sketched import PLANES, SKETCHED, SketchedScene, shares
from pleinair.objectives.layout import Sketch
from pleinair.objectives.reading import COARSE, Start
from pleinair.objectives.scene import Critics, Draw
from pleinair.objectives.scene_settings import SceneSettings
from pleinair.objectives.sketches import Sketching, Views, layouts_of
from pleinair.seeds import HALO, LATENT, NOISE, ROWS

WEIGHTS = {"generator.adversarial": 1.0, "discriminator.adversarial": 1.0, "generator.sketched": 1.0,
           "discriminator.sketched": 1.0}  # fmt: skip
READS = (16, 32, 64, 128)


def batch(n: int = 2) -> Sketch:
    draw = torch.Generator().manual_seed(0)
    drawn = Draw(
        real=torch.rand(n, 3, SKETCHED, SKETCHED, generator=draw) - 0.5,
        domains=torch.zeros(n, dtype=torch.long),
        numbers=torch.arange(n),
        marks=torch.ones(n, 1),
        latents=torch.randn(n, LATENT, generator=draw),
        noise=torch.randn(n, NOISE, ROWS, ROWS + 2 * HALO, generator=draw),
        shakes=torch.rand(n, 2, 12, generator=draw),
    )
    labels = torch.randint(CLASSES, (n, 8, 8), generator=draw).repeat_interleave(16, 1).repeat_interleave(16, 2)
    return Sketch(drawn, labels, torch.rand(n, 3, 128, 128, generator=draw) * 2 - 1)


def objective(*, sees: bool = False, read: float = 0.0, **more: float) -> Sketching:
    """An objective with these weights besides; sees: with a frozen network. A critic of colors makes it cheap."""
    torch.manual_seed(0)
    settings = SceneSettings(read=read)
    generator = SketchedScene(SKETCHED, 1, 1, READS if read else ())
    critics = Critics(PixelCritic(SKETCHED, 4, 1))
    sketches = PixelCritic(SKETCHED, 4, 1, PLANES)
    named = WEIGHTS | {name.replace("__", "."): weight for name, weight in more.items()}
    return Sketching(generator, critics, sketches, QuarterVGG() if sees else None, named, settings)


def seen(aim: Sketching) -> Views:
    return aim.views(batch(), torch.Generator().manual_seed(0), 0)


def test_terms_of_both_players() -> None:
    aim = objective(discriminator__sketched_penalty=1.0)
    views = seen(aim)
    terms = aim.terms("generator", views)
    assert set(terms) == {"adversarial", "sketched", "variety"}
    assert all(value.shape == (2,) for value in terms.values())
    own = aim.terms("discriminator", views)
    assert set(own) == {"adversarial", "certainty", "sketched", "sketched_certainty", "sketched_penalty"}
    later = aim.terms("discriminator", replace(views, seen=replace(views.seen, penalize=False)))
    assert "sketched_penalty" not in later


def test_players_are_those_of_the_scene_objective_and_the_critic_of_sketches() -> None:
    aim = objective()
    assert aim.players is aim.scene.players
    assert aim.averaged is aim.generator
    learned = {id(p) for p in aim.players["discriminator"].parameters()}
    assert {id(p) for p in aim.sketches.parameters()} < learned


def test_both_players_pull_the_sketch_apart() -> None:
    """What makes the critic surer makes the generator's term larger, by as much as it says of the sketch."""
    aim = objective()
    views = seen(aim)
    marks = views.seen.batch.marks
    logits = aim.sketches(views.sketches, marks)[0].flatten()
    torch.testing.assert_close(aim.terms("generator", views)["sketched"], -logits)
    real = aim.sketches(views.layouts, marks)[0].flatten()
    wanted = F.relu(1 - real) + F.relu(1 + logits)
    torch.testing.assert_close(aim.terms("discriminator", views)["sketched"], wanted)


def test_the_penalty_is_the_squared_gradient_of_the_logit() -> None:
    aim = objective(discriminator__sketched_penalty=1.0)
    views = seen(aim)
    with torch.no_grad():
        for parameter in aim.sketches.parameters():  # it begins as nearly nothing
            parameter.add_(0.05 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)))
    real = views.layouts.detach().clone().requires_grad_(True)
    logits = aim.sketches(real, views.seen.batch.marks)[0].sum()
    (gradient,) = torch.autograd.grad(logits, real)
    wanted = gradient.square().sum((1, 2, 3)) * aim.scene.settings.penalty_every
    assert float(wanted.min()) > 0
    torch.testing.assert_close(aim.terms("discriminator", views)["sketched_penalty"], wanted, rtol=1e-4, atol=1e-6)


def test_colors_of_renders_are_learned_as_if_they_were_photos() -> None:
    aim = objective()
    views = seen(aim)
    assert torch.equal(views.seen.batch.real, views.layouts[:, CLASSES:])
    torch.testing.assert_close(views.seen.fake, views.sketches[:, CLASSES:])
    given = batch().drawn
    with torch.no_grad():
        wanted, sketches = aim.generator.drawn(given.latents, given.noise, given.marks)
    torch.testing.assert_close(views.seen.fake, wanted)
    torch.testing.assert_close(views.sketches, shares(sketches))


def test_classes_and_colors_learn_from_the_critic_of_sketches() -> None:
    aim = objective()
    with torch.no_grad():
        for parameter in (*aim.generator.parameters(), *aim.sketches.parameters()):
            parameter.add_(0.05 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(2)))
    term = aim.terms("generator", seen(aim))["sketched"].mean()
    leave = aim.generator.sketch.leave[-1]
    assert isinstance(leave, torch.nn.Conv2d)
    (slope,) = torch.autograd.grad(term, [leave.weight])
    assert (slope.flatten(1).abs().sum(1) > 0).all()
    assert len(slope) == PLANES


def test_layouts_are_shares_and_colors() -> None:
    labels = torch.zeros(1, 128, 128, dtype=torch.long)
    labels[:, :, 65:] = 3
    renders = torch.linspace(-1, 1, 128)[None, None, None].expand(1, 3, 128, 128).contiguous()
    found = layouts_of(labels, renders)
    assert found.shape == (1, CLASSES + 3, SKETCHED, SKETCHED)
    torch.testing.assert_close(found[:, :CLASSES].sum(1), torch.ones(1, SKETCHED, SKETCHED))
    assert found[0, 0, 5, :32].eq(1).all()
    assert found[0, [0, 3], 5, 32].tolist() == [0.5, 0.5]  # the edge lies within a pixel of the sketch
    assert found[0, 3, 5, 33:].eq(1).all()
    torch.testing.assert_close(found[0, CLASSES:, 0, 0], renders[0, :, 0, :2].mean(1))
    small = labels[:, :SKETCHED, :SKETCHED], renders[..., :SKETCHED, :SKETCHED]
    assert torch.equal(layouts_of(*small)[:, CLASSES:], small[1])


def reading(aim: Sketching, rows: list[int], sketches: Tensor | None = None) -> Tensor:
    """What a sketch costs where these rows were read."""
    views = seen(aim)
    start = Start(views.seen.start.latents, views.seen.start.noise, torch.tensor(rows, dtype=torch.long))
    views = replace(views, seen=replace(views.seen, start=start))
    if sketches is not None:
        views = replace(views, sketches=sketches)
    return aim.terms("generator", views)["named"]


def test_what_was_read_is_to_be_named_as_it_was() -> None:
    aim = objective(sees=True, read=0.5, generator__named=1.0)
    layouts = layouts_of(batch().labels, batch().renders)
    right, wrong = layouts, torch.cat((layouts[:, :CLASSES].roll(1, 1), layouts[:, CLASSES:]), 1)
    costs = [float(reading(aim, [0], x)[0]) for x in (right, wrong)]
    assert costs[0] < 1e-3
    assert costs[1] > 5
    assert float(reading(aim, [0], wrong)[1]) == 0  # was not read
    assert reading(aim, []).tolist() == [0, 0]
    one, both = reading(aim, [1], wrong), reading(aim, [0, 1], wrong)
    torch.testing.assert_close(one[1], both[1])


def test_naming_is_a_cross_entropy_of_places() -> None:
    aim = objective(sees=True, read=0.5, generator__named=1.0)
    views = seen(aim)
    rows = views.seen.start.rows
    assert len(rows) == 1  # half of two
    wanted, found = (F.adaptive_avg_pool2d(x[rows, :CLASSES], COARSE) for x in (views.layouts, views.sketches))
    cost = -(wanted * found.log()).sum(1).mean() / 0.5
    torch.testing.assert_close(aim.terms("generator", views)["named"].sum(), cost)
    assert {"rebuilt", "nats"} <= aim.terms("generator", views).keys()


def test_noise_beside_what_is_read_stays() -> None:
    aim = objective(sees=True, read=1.0)
    views = seen(aim)
    assert views.seen.start.read is not None
    assert len(views.seen.start.rows) == 2
    noise, given = views.seen.start.noise, batch().drawn.noise
    assert torch.equal(noise[..., :HALO], given[..., :HALO])
    assert torch.equal(noise[..., -HALO:], given[..., -HALO:])
    assert not torch.equal(noise[..., HALO:-HALO], given[..., HALO:-HALO])
