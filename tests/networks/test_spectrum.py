"""The spectrum of blocks: which waves there are, and that each is told by its wavelength, direction and strength."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pleinair.losses.matching import described
from pleinair.networks.spectrum import BLOCK, STEP, BlockSpectrum, cosines

WAVES = BLOCK * BLOCK - 1


def ripples(period: float, down: bool, strength: float = 0.5, side: int = 32) -> Tensor:
    """A gray picture (1, 3, h, w) that ripples along rows, or down columns."""
    wave = strength * torch.cos(2 * math.pi * (torch.arange(side) + 0.5) / period)
    plane = wave[:, None].expand(side, side) if down else wave[None].expand(side, side)
    return plane.expand(1, 3, side, side)


def seen(picture: Tensor) -> Tensor:
    """Mean strength of each wave, as rows down and columns across; the constant one is not seen."""
    (strengths,) = BlockSpectrum(1)(picture)
    return torch.cat((torch.zeros(1), strengths.mean((0, 2, 3)))).reshape(BLOCK, BLOCK)


def test_waves_are_orthonormal_and_sum_to_nothing() -> None:
    waves = cosines().reshape(WAVES, -1)
    torch.testing.assert_close(waves @ waves.T, torch.eye(WAVES), atol=1e-6, rtol=0)
    torch.testing.assert_close(waves.sum(1), torch.zeros(WAVES), atol=1e-5, rtol=0)


@pytest.mark.parametrize("period", [2, 4, 8, 16])
@pytest.mark.parametrize("down", [False, True])
def test_a_ripple_stands_at_its_wavelength_and_direction(period: int, down: bool) -> None:
    found = seen(ripples(period, down))
    at = found.argmax().item()
    wanted = min(2 * BLOCK // period, BLOCK - 1)  # half periods in a block; the finest stands for two pixels
    assert divmod(int(at), BLOCK) == ((wanted, 0) if down else (0, wanted))


@given(light=st.floats(-1, 1))
def test_even_light_has_no_ripples(light: float) -> None:
    assert float(seen(torch.full((1, 3, 16, 16), light)).max()) < 1e-4


@settings(max_examples=20, deadline=None)
@given(factor=st.floats(0.1, 2), seed=st.integers(0, 99))
def test_strengths_grow_with_contrast_and_know_no_sign(factor: float, seed: int) -> None:
    picture = torch.rand(1, 3, 24, 24, generator=torch.Generator().manual_seed(seed)) - 0.5
    torch.testing.assert_close(seen(-factor * picture), factor * seen(picture), atol=1e-4, rtol=1e-4)


@settings(max_examples=20, deadline=None)
@given(bands=st.integers(1, 4), high=st.integers(5, 9), wide=st.integers(2, 9), count=st.integers(1, 3))
def test_bands_are_of_any_size(bands: int, high: int, wide: int, count: int) -> None:
    spectrum = BlockSpectrum(bands)
    found = spectrum(torch.rand(count, 3, STEP * high + 4, STEP * wide + 4))
    assert len(found) <= bands == len(spectrum.widths)
    assert all(band.shape[:2] == (count, WAVES) and band.shape[3] == wide for band in found)
    assert sum(band.shape[2] for band in found) == high
    assert spectrum.widths == [WAVES] * bands


def test_a_band_sees_only_its_part() -> None:
    picture = torch.zeros(1, 3, 64, 32)
    picture[:, :, 40:] = ripples(4, down=False)[:, :, :24]
    above, below = (float(band.max()) for band in BlockSpectrum(2)(picture))
    assert above < 1e-4 < 1 < below


def test_narrow_numbers_see_what_wide_ones_do() -> None:
    """A ripple of a thousandth of the range, in bright light, would be lost in eight bits of mantissa."""
    picture = 0.9 + ripples(4, down=True, strength=0.002)
    with torch.autocast("cpu", torch.bfloat16):
        narrow = seen(picture)
    torch.testing.assert_close(narrow, seen(picture))
    assert narrow[4, 0] > 0.005


def test_a_mesh_is_unlearned() -> None:
    """Descending on the descriptions takes a mesh out of a picture whose model is smooth."""
    smooth = ripples(16, down=True)
    picture = (smooth + ripples(4, down=False, strength=0.2)).clone().requires_grad_()
    spectrum, before = BlockSpectrum(2), float(seen(picture.detach())[0, 4])
    with torch.no_grad():
        wanted = described(spectrum(smooth))
    learner = torch.optim.Adam([picture], 0.02)
    for _ in range(60):
        learner.zero_grad()
        gap = (described(spectrum(picture)) - wanted).abs().mean()
        gap.backward()  # type: ignore[no-untyped-call]
        learner.step()
    assert float(seen(picture.detach())[0, 4]) < 0.3 * before


def test_nothing_of_it_learns_or_is_saved() -> None:
    spectrum = BlockSpectrum()
    assert not list(spectrum.parameters())
    assert not spectrum.state_dict()
