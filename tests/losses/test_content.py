"""Content losses against values worked out by hand."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.losses import content

# n pictures, c channels, h×w pixels


def test_instance_normalized_has_zero_mean_and_about_unit_deviation() -> None:
    x = torch.randn(2, 3, 8, 8) * 50 + 7
    y = content.instance_normalized(x)
    assert torch.allclose(y.mean((2, 3)), torch.zeros(2, 3), atol=1e-5)
    assert torch.allclose(y.flatten(2).std(2), torch.ones(2, 3), atol=0.02)


def test_instance_normalized_leaves_an_even_channel_at_zero() -> None:
    assert not content.instance_normalized(torch.full((1, 2, 4, 4), 3.0)).any()


@given(gain=st.floats(0.5, 4), shift=st.floats(-1, 1))
def test_feature_content_forgives_palette_and_contrast(gain: float, shift: float) -> None:
    x = torch.linspace(-30, 30, 64).reshape(1, 1, 8, 8)
    assert float(content.feature_content([gain * x + shift], [x])) < 0.01


def test_feature_content_by_hand() -> None:
    # Both sides are ±1 in two equal halves: normalized they are alike up to their order.
    a = torch.tensor([[[[1.0, 1.0, -1.0, -1.0]]]])
    b = torch.tensor([[[[1.0, -1.0, 1.0, -1.0]]]])
    unit = 1 / (math.sqrt(4 / 3) + 0.01)  # std over four values is √(4/3)
    assert float(content.feature_content([a], [b])) == pytest.approx(2 * unit / 2)
    assert float(content.feature_content([a, a], [b, a])) == pytest.approx(2 * unit / 4)
    assert float(content.feature_content([a], [a])) == 0.0


def test_patch_nce_by_hand() -> None:
    source = torch.eye(2).reshape(1, 2, 1, 2)  # two places, orthogonal features
    positions = torch.tensor([0, 1])
    right = content.patch_nce(5 * source, source, positions, temperature=0.5)
    assert float(right) == pytest.approx(math.log(1 + math.exp(-2)))
    swapped = content.patch_nce(source.flip(3), source, positions, temperature=0.5)
    assert float(swapped) == pytest.approx(math.log(1 + math.exp(2)))


def test_patch_nce_looks_at_the_places_asked_for() -> None:
    x = torch.randn(2, 4, 4, 4)
    y = x.clone()
    y[:, :, 0, 0] = -y[:, :, 0, 0]
    elsewhere = torch.arange(1, 16)
    assert torch.equal(content.patch_nce(y, x, elsewhere), content.patch_nce(x, x, elsewhere))
    assert (content.patch_nce(y, x, torch.arange(16)) > content.patch_nce(x, x, torch.arange(16))).all()


def test_pixels_apart_is_the_mean_absolute_difference() -> None:
    a, b = torch.zeros(2, 3, 2, 2), torch.zeros(2, 3, 2, 2)
    b[0] += 0.5
    b[1, 0] -= 0.3
    assert content.pixels_apart(a, b).tolist() == pytest.approx([0.5, 0.1])


def test_beyond_range_counts_only_what_is_clipped() -> None:
    x = torch.tensor([1.0, -1.0, 0.3, 1.5, -3.0, 0.0]).reshape(1, 1, 2, 3)
    assert float(content.beyond_range(x)) == pytest.approx((0.5 + 2.0) / 6)


def test_smoothed_apart_sees_cells_and_luma_only() -> None:
    a = torch.zeros(1, 3, 32, 32)
    checkered = a + (torch.arange(32) % 2 * 2.0 - 1)  # mean zero in every cell
    assert float(content.smoothed_apart(a, checkered)) == pytest.approx(0.0, abs=1e-6)
    green = a.clone()
    green[:, 1] += 0.5
    assert float(content.smoothed_apart(green, a)) == pytest.approx(0.587 * 0.5, rel=1e-5)
    half = a.clone()
    half[:, :, :16] += 1.0
    assert float(content.smoothed_apart(half, a)) == pytest.approx(0.5, rel=1e-5)


def test_tint_sees_hues_and_not_light() -> None:
    gray = torch.zeros(1, 3, 32, 32)
    assert float(content.tint_apart(gray + 0.7, gray)) == pytest.approx(0.0, abs=1e-6)
    green, half = gray.clone(), gray.clone()
    green[:, 1] += 0.5
    half[:, 1, :16] += 0.5
    off = (0.587 * 0.5 - 0.08) * 2 / 3 + (0.413 * 0.5 - 0.08) / 3  # red and blue fall short of gray, green exceeds it
    assert float(content.tint_apart(green, gray)) == pytest.approx(off, rel=1e-4)
    assert float(content.tint_apart(half, gray)) == pytest.approx(off / 2, rel=1e-4)
    assert float(content.tint_apart(0.2 * green, gray)) == 0  # within the margin
    assert float(content.tint_apart(gray, green, margin=0.0)) > off


def test_light_by_hand() -> None:
    gray = torch.zeros(2, 3, 32, 32)
    dusk, half, green = gray - 0.5, gray.clone(), gray.clone()
    half[:, :, :16] -= 0.5
    green[:, 1] += 0.5
    assert content.light_apart(dusk, gray).tolist() == pytest.approx([0.3, 0.3])
    assert content.light_apart(half, gray).tolist() == pytest.approx([0.15, 0.15])
    assert float(content.light_apart(green, gray)[0]) == pytest.approx(0.587 * 0.5 - 0.2, rel=1e-4)
    mixed = torch.stack((gray[0], dusk[0]))
    assert content.light_apart(mixed, gray).tolist() == pytest.approx([0, 0.3])  # each picture for itself


def test_light_looks_at_cells_and_not_at_what_is_within() -> None:
    gray = torch.zeros(1, 3, 32, 32)
    checkered = gray + (torch.arange(32) % 2 * 2.0 - 1)  # mean zero in every cell
    assert float(content.light_apart(checkered, gray, margin=0.0)) == pytest.approx(0, abs=1e-6)
    halves = gray.clone()
    halves[..., :8], halves[..., 8:16] = 1.0, -1.0
    assert float(content.light_apart(halves, gray, margin=0.0)) == pytest.approx(0, abs=1e-6)
    assert float(content.light_apart(halves, gray, cell=8, margin=0.0)) == pytest.approx(0.5, rel=1e-5)


@settings(max_examples=30, deadline=None)
@given(gap=st.floats(-2, 2), margin=st.floats(0, 0.5))
def test_light_is_free_within_the_margin_and_grows_beyond_alike_to_both_sides(gap: float, margin: float) -> None:
    scene = torch.linspace(-1, 1, 3 * 32 * 16).reshape(1, 3, 32, 16)
    one, other = (float(content.light_apart(scene + by, scene, margin=margin)) for by in (gap, -gap))
    assert one == pytest.approx(max(0.0, abs(gap) - margin), abs=1e-5)
    assert one == pytest.approx(other, abs=1e-5)
    assert float(content.light_apart(scene, scene + gap, margin=margin)) == pytest.approx(one, abs=1e-5)


def test_light_does_not_see_tint_and_tint_does_not_see_light() -> None:
    gray = torch.zeros(1, 3, 16, 16)
    tinted = gray.clone()
    tinted[:, 0], tinted[:, 1] = 0.587, -0.299  # of no luma
    assert float(content.light_apart(tinted, gray, margin=0.0)) == pytest.approx(0, abs=1e-6)
    assert float(content.tint_apart(tinted, gray)) > 0.2
    assert float(content.light_apart(gray + 0.7, gray)) == pytest.approx(0.5, rel=1e-4)
    assert float(content.tint_apart(gray + 0.7, gray, margin=1e-4)) == 0


def test_light_of_halves_is_summed_in_full() -> None:
    night = torch.full((1, 3, 64, 64), -0.9).half()
    found = content.light_apart(night, torch.zeros_like(night))
    assert found.dtype == torch.float32
    assert float(found) == pytest.approx(0.7, abs=1e-3)


@given(n=st.integers(1, 3), side=st.sampled_from([16, 32, 48]))
def test_one_value_per_picture_and_none_for_equal_pictures(n: int, side: int) -> None:
    x = torch.linspace(-1, 1, n * 3 * side * side).reshape(n, 3, side, side)
    for value in (
        content.feature_content([x], [x]),
        content.pixels_apart(x, x),
        content.beyond_range(x),
        content.smoothed_apart(x, x),
        content.tint_apart(x, x),
        content.light_apart(x, x),
    ):
        assert value.shape == (n,)
        assert not value.any()
    assert content.patch_nce(x, x, torch.arange(5)).shape == (n,)


def test_gradients_reach_the_painting() -> None:
    x, y = torch.randn(1, 3, 16, 16).clamp(-1, 1) * 1.5, torch.randn(1, 3, 16, 16)
    for loss in (
        lambda p: content.feature_content([p], [y]),
        lambda p: content.pixels_apart(p, y),
        content.beyond_range,
        lambda p: content.smoothed_apart(p, y),
        lambda p: content.tint_apart(p, y, margin=0.0),
        lambda p: content.light_apart(p, y, margin=0.0),
        lambda p: content.patch_nce(p, y, torch.arange(8)),
    ):
        painted = x.clone().requires_grad_()
        (slope,) = torch.autograd.grad(loss(painted).sum(), painted)
        assert slope.any()
        assert bool(torch.isfinite(slope).all())
