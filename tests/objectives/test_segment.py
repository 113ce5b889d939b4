"""The segment objective: what is read is disguised, wrong readings cost, one player learns."""

import torch

from pleinair.data.labeled import LabeledCrops
from pleinair.networks.segmenter import CLASSES, Segmenter
from pleinair.objectives.segment import Lesson, Segment
from pleinair.recipes.segment import lesson
from tests.labels import striped


def some() -> Lesson:
    crops = LabeledCrops([striped(first=first) for first in range(4)], side=16, scales=(16, 24), seed=0)
    return lesson(crops.batch(0, 3), torch.device("cpu"))


def objective() -> Segment:
    torch.manual_seed(0)
    return Segment(Segmenter(8), {"segmenter.misread": 1.0}, torch.ones(CLASSES))


def test_terms_are_one_value_per_picture() -> None:
    made, batch = objective(), some()
    views = made.views(batch, torch.Generator(), 0)
    terms = made.terms("segmenter", views)
    assert {name: value.shape for name, value in terms.items()} == {"misread": (3,), "right": (3,)}
    assert views.logits.shape == (3, CLASSES, 16, 16)
    assert not terms["right"].requires_grad


def test_nothing_but_the_batch_decides() -> None:
    made, batch = objective(), some()
    one, two = (made.views(batch, torch.Generator().manual_seed(seed), seed) for seed in (1, 2))
    assert torch.equal(one.logits, two.logits)


def test_what_is_read_is_disguised() -> None:
    made, batch = objective(), some()
    batch.draws.fill_(0.999)
    plain = made.views(batch, torch.Generator(), 0).logits
    torch.testing.assert_close(plain, made.segmenter(batch.pictures))
    batch.draws[:, 6] = 0.0  # gray
    assert not torch.allclose(made.views(batch, torch.Generator(), 0).logits, plain)


def test_pictures_beyond_the_share_are_read_as_they_are() -> None:
    torch.manual_seed(0)
    made, batch = Segment(Segmenter(8), {"segmenter.misread": 1.0}, torch.ones(CLASSES), disguised=0.5), some()
    batch.draws.fill_(0.0)
    batch.draws[:, -1] = torch.tensor([0.2, 0.6, 0.9])
    plain, read = made.segmenter(batch.pictures), made.views(batch, torch.Generator(), 0).logits
    assert [torch.allclose(a, b, atol=1e-5) for a, b in zip(plain, read, strict=True)] == [False, True, True]


def test_reading_gets_better() -> None:
    made, batch = objective(), some()
    optimizer = torch.optim.Adam(made.segmenter.parameters(), 1e-2)
    losses = []
    for _ in range(12):
        loss = made.terms("segmenter", made.views(batch, torch.Generator(), 0))["misread"].mean()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.8 * losses[0]
