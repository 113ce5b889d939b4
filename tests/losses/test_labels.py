"""Reading labels: right and wrong, rare classes, one value per picture."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pleinair.losses.labels import misread, rarity_of, right


def sure(labels: torch.Tensor, classes: int = 4, by: float = 12.0) -> torch.Tensor:
    return torch.nn.functional.one_hot(labels.long(), classes).movedim(3, 1).float() * by


def test_who_reads_rightly_loses_nothing() -> None:
    labels = torch.randint(4, (3, 5, 6))
    assert misread(sure(labels), labels, torch.ones(4)).max() < 1e-3
    assert right(sure(labels), labels).tolist() == [1, 1, 1]
    wrong = (labels + 1) % 4
    assert misread(sure(wrong), labels, torch.ones(4)).min() > 10
    assert right(sure(wrong), labels).tolist() == [0, 0, 0]


def test_who_cannot_tell_loses_the_log_of_the_classes() -> None:
    labels = torch.randint(4, (2, 5, 6))
    rarity = torch.tensor([1.0, 2, 3, 9])
    torch.testing.assert_close(misread(torch.zeros(2, 4, 5, 6), labels, rarity), torch.tensor(4.0).log().expand(2))


def test_rare_classes_count_more_and_no_picture_more_than_another() -> None:
    labels = torch.zeros(1, 1, 4, dtype=torch.long)
    labels[..., 3] = 1
    logits = sure(torch.zeros_like(labels), 2)  # the rare pixel is read wrongly
    even, rare = (float(misread(logits, labels, torch.tensor(w))) for w in ([1.0, 1.0], [1.0, 3.0]))
    assert even == pytest.approx(12 / 4, rel=1e-3)
    assert rare == pytest.approx(12 / 2, rel=1e-3)


def test_shares_of_reading_have_no_gradient() -> None:
    logits = torch.zeros(1, 2, 2, 2, requires_grad=True)
    assert not right(logits, torch.zeros(1, 2, 2)).requires_grad
    assert misread(logits, torch.zeros(1, 2, 2), torch.ones(2)).requires_grad


@given(st.lists(st.floats(0, 1), min_size=2, max_size=12).filter(lambda x: sum(x) > 0.1))
def test_rarity_has_mean_one_over_pixels_and_falls_with_the_share(values: list[float]) -> None:
    shares = torch.tensor(values) / sum(values)
    weights = rarity_of(shares)
    assert float((weights * shares).sum()) == pytest.approx(1, rel=1e-4)
    order = shares.argsort()
    assert (weights[order].diff() <= 1e-5).all()
    assert torch.isfinite(weights).all()
