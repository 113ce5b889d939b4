"""The classic objective: two players, one picture out of noise for both."""

import math

import pytest
import torch

from pleinair.networks.classic import NOISE, Discriminator, Generator
from pleinair.objectives.classic import Classic, Draw, Views

CHANCE = torch.Generator()


def objective() -> Classic:
    torch.manual_seed(0)
    return Classic(Generator(4), Discriminator(4), {"generator.adversarial": 1.0, "discriminator.adversarial": 1.0})


def draw(count: int = 6) -> Draw:
    chance = torch.Generator().manual_seed(3)
    return Draw(torch.rand(count, 1, 28, 28, generator=chance) * 2 - 1, torch.randn(count, NOISE, generator=chance))


class Fixed(Discriminator):
    """Gives every picture its mean for a logit."""

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return pictures.mean((1, 2, 3))


def judged(real: list[float], fake: list[float]) -> dict[str, list[float]]:
    """The discriminator's terms where it gives these logits."""
    made = Classic(Generator(4), Fixed(4), {})
    flat = [torch.tensor(values)[:, None, None, None].expand(-1, 1, 28, 28) for values in (real, fake)]
    terms = made.terms("discriminator", Views(flat[0], flat[1]))
    return {name: value.tolist() for name, value in terms.items()}


def test_players_step_in_the_order_of_the_lesson() -> None:
    made = objective()
    assert list(made.players) == ["generator", "discriminator"]
    assert made.averaged is made.generator


def test_both_players_see_the_same_fakes() -> None:
    made, batch = objective(), draw()
    views = made.views(batch, CHANCE, 0)
    assert torch.equal(views.fake, made.generator(batch.noise))
    assert views.real is batch.real


def test_one_value_per_picture() -> None:
    made = objective()
    views = made.views(draw(), CHANCE, 0)
    for player, names in (
        ("generator", {"adversarial", "variety"}),
        ("discriminator", {"adversarial", "certainty", "fooled"}),
    ):
        terms = made.terms(player, views)
        assert set(terms) == names
        assert {value.shape for value in terms.values()} == {(6,)}


def test_each_loss_teaches_its_own_player() -> None:
    """The discriminator's loss has nothing to tell the generator."""
    made = objective()
    views = made.views(draw(), CHANCE, 0)
    of_generator = made.terms("generator", views)["adversarial"].sum()
    slopes = torch.autograd.grad(of_generator, list(made.generator.parameters()), retain_graph=True)
    assert all(slope.abs().max() > 0 for slope in slopes)
    of_discriminator = made.terms("discriminator", views)["adversarial"].sum()
    slopes_or_none = torch.autograd.grad(of_discriminator, list(made.generator.parameters()), allow_unused=True)
    assert all(slope is None for slope in slopes_or_none)


def test_the_players_want_opposite_things() -> None:
    made = objective()
    views = made.views(draw(), CHANCE, 0)
    fake = made.discriminator(views.fake)
    assert torch.allclose(made.terms("generator", views)["adversarial"], -torch.log(torch.sigmoid(fake)), atol=1e-5)
    real = made.discriminator(views.real)
    by_hand = -torch.log(torch.sigmoid(real)) - torch.log(1 - torch.sigmoid(fake))
    assert torch.allclose(made.terms("discriminator", views)["adversarial"], by_hand, atol=1e-5)


def test_signs_count_verdicts() -> None:
    terms = judged([1.0, 1.0, -1.0, -1.0], [-1.0, 1.0, -1.0, 1.0])
    assert terms["certainty"] == [1.0, 0.5, 0.5, 0.0]
    assert terms["fooled"] == [0.0, 1.0, 0.0, 1.0]
    assert terms["adversarial"][0] == pytest.approx(2 * math.log(1 + math.exp(-1)))


def test_variety_is_that_of_the_fakes_beside_the_real_ones() -> None:
    made, batch = objective(), draw()
    fake = 0.5 * batch.real
    terms = made.terms("generator", Views(batch.real, fake))
    assert terms["variety"].tolist() == pytest.approx([0.5] * 6)
    alike = made.terms("generator", Views(batch.real, fake[:1].expand(6, -1, -1, -1)))
    assert float(alike["variety"][0]) == pytest.approx(0, abs=1e-6)


def test_one_picture_has_no_variety_to_speak_of() -> None:
    made = objective()
    views = made.views(draw(1), CHANCE, 0)
    assert made.terms("generator", views)["variety"].tolist() == [1.0]


def test_signs_have_no_gradient() -> None:
    made = objective()
    views = made.views(draw(), CHANCE, 0)
    signs = [made.terms("generator", views)["variety"]]
    signs += [made.terms("discriminator", views)[name] for name in ("certainty", "fooled")]
    assert not any(sign.requires_grad for sign in signs)
