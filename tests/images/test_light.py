"""Light → a view of it → light."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pleinair.errors import SettingError
from pleinair.images.light import (
    HELD,
    KNEE,
    MIDDLE_GRAY,
    REC709,
    WHITE,
    carried_back,
    curve,
    exposed,
    measured,
    to_rec709,
    uncurve,
)

Array = npt.NDArray[np.float32]
SOURCE = Path("a.exr")
HALF, BRIGHTEST = 65504.0, 66000.0
ACESCG = (0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767)
MATRICES = st.sampled_from([None, ACESCG])
# any light: dark, bright, negative, none at all, no number
LIGHT = st.one_of(
    st.floats(0, 4, width=32),
    st.floats(-1, BRIGHTEST, width=32),
    st.sampled_from([0.0, -0.0, HALF, np.nan, np.inf, -np.inf, 1e-40, 1e-7]),
)
SHAPES = st.tuples(st.integers(1, 5), st.integers(1, 5), st.just(3))
LIGHTS = SHAPES.flatmap(lambda shape: arrays.arrays(np.float32, shape, elements=LIGHT))
ALPHAS = st.one_of(st.none(), st.integers(0, 99))
EXPOSURES = st.one_of(st.none(), st.floats(-12, 12))


def alpha_of(seed: int | None, shape: tuple[int, ...]) -> Array | None:
    """Alpha of all kinds: full, none, faint, in between, beyond 1, no number."""
    if seed is None:
        return None
    kinds = np.array((1, 0, 1e-4, 0.5, 1.5, np.nan, 0.9, -0.1), np.float32)
    return np.random.default_rng(seed).choice(kinds, shape[:2])


@given(st.floats(0, WHITE, width=32))
def test_the_curve_is_undone(x: float) -> None:
    shown = curve(np.array([x], np.float32))
    assert 0 <= shown[0] <= 1 + 1e-6
    assert uncurve(shown)[0] == pytest.approx(x, rel=2e-4, abs=2e-6)


def test_the_curve_rises_from_black_to_white() -> None:
    x = np.linspace(0, WHITE, 2000, dtype=np.float32)
    assert (np.diff(curve(x)) > 0).all()
    assert curve(np.array([0, WHITE], np.float32)) == pytest.approx([0, 1], abs=1e-6)


@given(colors=LIGHTS, seed=ALPHAS, exposure=EXPOSURES, primaries=MATRICES)
@settings(max_examples=60, deadline=None)
def test_what_was_not_painted_is_the_same_light(
    colors: Array, seed: int | None, exposure: float | None, primaries: tuple[float, ...] | None
) -> None:
    light = exposed(colors, alpha_of(seed, colors.shape), SOURCE, exposure=exposure, matrix=to_rec709(primaries))
    assert light.view.dtype == np.uint16
    assert carried_back(light, light.view).tobytes() == colors.tobytes()


@given(colors=LIGHTS, seed=ALPHAS, exposure=EXPOSURES, primaries=MATRICES, paint=st.integers(0, 99))
@settings(max_examples=150, deadline=None)
def test_nothing_gains_what_is_no_light_and_highlights_stay(
    colors: Array, seed: int | None, exposure: float | None, primaries: tuple[float, ...] | None, paint: int
) -> None:
    alpha = alpha_of(seed, colors.shape)
    light = exposed(colors, alpha, SOURCE, exposure=exposure, matrix=to_rec709(primaries), largest=BRIGHTEST)
    draw = np.random.default_rng(paint)
    painted = draw.choice(np.array((0, 1, 900, 30000, 65535), np.uint16), colors.shape)
    back = carried_back(light, painted)
    sound = np.isfinite(colors)
    assert np.isfinite(back[sound]).all()
    assert np.array_equal(back[~sound], colors[~sound], equal_nan=True)
    assert (back[colors >= 0] >= 0).all()
    assert np.abs(back[sound]).max(initial=0) <= light.largest
    bright = sound & (colors > light.white) & (colors < 1e30)
    assert (back[bright] <= colors[bright] * HELD * 1.0001).all()
    assert (back[bright] >= np.minimum(colors[bright] / HELD, light.largest) * 0.9999).all()
    if alpha is not None:
        hidden = ~(alpha > 0)
        assert np.array_equal(back[hidden], colors[hidden], equal_nan=True)


@given(x=st.floats(0, KNEE * 0.99), v=st.integers(0, 65535), exposure=st.floats(-8, 8))
def test_below_the_knee_the_painting_decides(x: float, v: int, exposure: float) -> None:
    colors = np.full((1, 1, 3), x * 2.0**-exposure, np.float32)
    light = exposed(colors, None, SOURCE, exposure=exposure)
    painted = np.full((1, 1, 3), v, np.uint16)
    back = carried_back(light, painted) * np.float32(2.0**exposure)
    assert back[0, 0, 0] == pytest.approx(uncurve(np.array([v / 65535], np.float32))[0], rel=1e-3, abs=2e-3)


def test_painted_light_shows_the_painting() -> None:
    """What is carried back is seen as it was painted, at the same exposure."""
    draw = np.random.default_rng(0)
    colors = draw.gamma(1, 0.4, (24, 31, 3)).astype(np.float32)
    alpha = draw.uniform(0.1, 1, (24, 31)).astype(np.float32)
    for matrix in (None, to_rec709(ACESCG)):
        light = exposed(colors * alpha[:, :, None], alpha, SOURCE, exposure=0.5, matrix=matrix)
        painted = (light.view // 2 + 9000).astype(np.uint16)
        again = exposed(carried_back(light, painted), alpha, SOURCE, exposure=0.5, matrix=matrix)
        below = (colors.max(2) * 2**0.5 < 1) & (light.view.min(2) > 0)
        assert below.mean() > 0.3
        assert np.abs(again.view.astype(int) - painted)[below].max() <= 12


def test_above_white_colors_keep_their_hue() -> None:
    colors = np.array([[[90.0, 30.0, 3.0]]], np.float32)
    light = exposed(colors, None, SOURCE, exposure=0)
    back = carried_back(light, np.zeros((1, 1, 3), np.uint16))
    assert np.allclose(back, colors / HELD, rtol=1e-5)


def test_the_change_fades_between_knee_and_white() -> None:
    colors = np.geomspace(0.1, 100, 400, dtype=np.float32)[None, :, None].repeat(3, 2)
    light = exposed(colors, None, SOURCE, exposure=0)
    ratio = (carried_back(light, np.zeros(colors.shape, np.uint16)) / colors)[0, :, 0]
    assert np.allclose(ratio[colors[0, :, 0] <= KNEE], 0, atol=1e-3)
    assert (np.diff(ratio) >= -1e-4).all()
    assert np.diff(ratio).max() < 0.06  # no jump
    assert ratio[-1] == pytest.approx(1 / HELD, rel=1e-5)


def test_half_never_overflows() -> None:
    colors = np.full((2, 2, 3), HALF, np.float32)
    light = exposed(colors, None, SOURCE, exposure=-13, largest=HALF)
    back = carried_back(light, np.full((2, 2, 3), 65535, np.uint16))
    with np.errstate(over="raise"):
        assert np.isfinite(back.astype(np.float16)).all()


@given(st.floats(0.001, 1000))
def test_the_log_average_becomes_middle_gray(level: float) -> None:
    colors = np.full((3, 5, 3), level, np.float32)
    assert level * 2.0 ** (measured(colors, None) or 0) == pytest.approx(MIDDLE_GRAY, rel=0.01)


def test_the_exposure_is_of_what_is_seen() -> None:
    """Black, transparent, negative places and no numbers do not count; nor does a lamp turn all dark."""
    colors = np.full((40, 40, 3), 0.5, np.float32)
    plain = measured(colors, None)
    colors[:20] = 0
    colors[20, :4] = ((np.nan,) * 3, (np.inf,) * 3, (-1,) * 3, (1e-30,) * 3)
    assert measured(colors, None) == plain
    colors[21, 0] = 50_000
    assert measured(colors, None) == pytest.approx(plain, abs=0.05)
    alpha = np.ones((40, 40), np.float32)
    alpha[30:], colors[30:] = 0.25, 0.125  # half a gray, a quarter of which covers
    assert measured(colors, alpha) == pytest.approx(plain, abs=0.05)


@pytest.mark.parametrize("value", [0.0, -3.0, np.nan, np.inf])
def test_darkness_has_an_exposure_too(value: float) -> None:
    colors = np.full((4, 4, 3), value, np.float32)
    assert measured(colors, None) is None
    assert exposed(colors, None, Path("dark.exr")).exposure == 0
    assert exposed(colors, np.zeros((4, 4), np.float32), SOURCE).exposure == 0


@pytest.mark.parametrize("exposure", [61.0, -1e9, np.nan, np.inf])
def test_exposures_beyond_reason_are_refused(exposure: float) -> None:
    with pytest.raises(SettingError, match="an exposure is -60 to 60 stops"):
        exposed(np.ones((1, 1, 3), np.float32), None, SOURCE, exposure=exposure)


def test_no_number_is_seen_as_what_is_around() -> None:
    colors = np.full((9, 9, 3), 0.3, np.float32)
    even = exposed(colors, None, SOURCE, exposure=0).view[0, 0, 0]
    colors[4, 4] = np.nan
    assert (exposed(colors, None, SOURCE, exposure=0).view == even).all()
    colors[4, 4] = np.inf
    assert (exposed(colors, None, SOURCE, exposure=0).view[4, 4] == 65535).all()


def test_alpha_is_taken_out_of_the_view() -> None:
    alpha = np.array([[1, 0.5, 0.01]], np.float32)
    view = exposed(0.4 * alpha[:, :, None].repeat(3, 2), alpha, SOURCE, exposure=0).view
    assert np.abs(view.astype(int) - view[0, 0, 0]).max() <= 1


def test_white_stays_white_in_other_primaries() -> None:
    matrix = to_rec709(ACESCG)
    assert matrix is not None
    assert np.allclose(matrix @ np.ones(3), 1, atol=1e-4)
    # ACEScg to Rec. 709 as OpenColorIO's configurations have it
    assert matrix[0] == pytest.approx([1.70505, -0.62179, -0.08326], abs=2e-3)


@pytest.mark.parametrize(
    "values",
    [None, REC709, (0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329), (1, 2), (0,) * 8, (np.nan,) * 8, (0.3,) * 8],
)
def test_rec709_and_nonsense_need_no_matrix(values: tuple[float, ...] | None) -> None:
    assert to_rec709(values) is None
