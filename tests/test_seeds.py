"""Seeds: the frozen stream of numbers, windows of one panorama, columns that go around, and how seeds are written."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.errors import SettingError
from pleinair.seeds import (
    HALO,
    LARGEST_SEED,
    LATENT,
    MOST_SEEDS,
    NOISE,
    ROWS,
    around,
    columns,
    latent,
    named,
    parse_seeds,
)

SEEDS = st.integers(0, LARGEST_SEED)


def test_a_seeds_numbers_are_these_forever() -> None:
    """From numpy.random.RandomState(7); if they change, every picture of every seed does."""
    assert latent(7)[:3].tolist() == pytest.approx([1.6905257, -0.46593738, 0.03282016])
    assert columns(7, 4)[0, :2, 0].tolist() == pytest.approx(
        np.random.RandomState(7).standard_normal(LATENT + 2)[-2:].tolist()
    )


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, count=st.integers(1, 12), wrap=st.booleans())
def test_shapes_and_types(seed: int, count: int, wrap: bool) -> None:
    assert latent(seed).shape == (LATENT,)
    noise = columns(seed, count, wrap)
    assert noise.shape == (NOISE, ROWS, count + 2 * HALO)
    assert latent(seed).dtype == noise.dtype == np.float32
    assert np.isfinite(noise).all()


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, count=st.integers(1, 12), more=st.integers(1, 9))
def test_wider_pictures_of_a_seed_begin_with_the_same_columns(seed: int, count: int, more: int) -> None:
    np.testing.assert_array_equal(columns(seed, count + more)[..., : count + 2 * HALO], columns(seed, count))


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, count=st.integers(1, 12))
def test_columns_that_go_around_are_what_stands_on_the_other_side(seed: int, count: int) -> None:
    noise = columns(seed, count, wrap=True)
    ring = noise[..., HALO : HALO + count]
    np.testing.assert_array_equal(noise, around(ring))
    for place in range(-HALO, count + HALO):
        np.testing.assert_array_equal(noise[..., place + HALO], ring[..., place % count])


@given(seed=st.integers(0, 99), count=st.integers(1, 6), halo=st.integers(1, 12))
def test_a_model_may_want_a_halo_of_its_own(seed: int, count: int, halo: int) -> None:
    noise, ring = columns(seed, count, halo=halo), columns(seed, count, wrap=True, halo=halo)
    assert noise.shape == ring.shape == (NOISE, ROWS, count + 2 * halo)
    np.testing.assert_array_equal(noise, columns(seed, count + 2 * halo, halo=0))
    for place in range(count + 2 * halo):
        np.testing.assert_array_equal(ring[..., place], ring[..., halo + (place - halo) % count])


def test_the_latent_does_not_depend_on_the_width_nor_repeat_in_the_noise() -> None:
    stream = np.random.RandomState(3).standard_normal(LATENT + NOISE * ROWS).astype(np.float32)
    np.testing.assert_array_equal(latent(3), stream[:LATENT])
    np.testing.assert_array_equal(columns(3, 1)[..., 0].ravel(), stream[LATENT:])


def test_seeds_differ() -> None:
    assert len({latent(seed).tobytes() for seed in (*range(50), LARGEST_SEED)}) == 51
    assert abs(float(np.concatenate([columns(seed, 8).ravel() for seed in range(50)]).std()) - 1) < 0.02


@pytest.mark.parametrize("seed", [-1, LARGEST_SEED + 1, 2**70])
def test_numbers_that_are_no_seeds(seed: int) -> None:
    for draw in (latent, lambda seed: columns(seed, 2)):
        with pytest.raises(SettingError, match=f"from 0 to 4294967295, not {seed}"):
            draw(seed)


def test_a_picture_without_columns() -> None:
    with pytest.raises(SettingError, match="one column"):
        columns(0, 0)


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("7", (7,)),
        ("0-3", (0, 1, 2, 3)),
        ("2,0,1,3", (2, 0, 1, 3)),
        ("0-2,12", (0, 1, 2, 12)),
        (" 4 , 5 - 6 ", (4, 5, 6)),
        ("3,1-4,3", (3, 1, 2, 4)),
        ("5-5", (5,)),
        ("4294967295", (LARGEST_SEED,)),
    ],
)
def test_how_seeds_are_written(text: str, seeds: tuple[int, ...]) -> None:
    assert parse_seeds(text) == seeds


@settings(max_examples=50, deadline=None)
@given(st.lists(SEEDS | st.integers(0, 30), min_size=1, max_size=20, unique=True))
def test_what_is_written_is_read_back(seeds: list[int]) -> None:
    assert parse_seeds(",".join(map(str, seeds))) == tuple(seeds)
    assert parse_seeds(named(seeds)) == tuple(seeds)


def test_neighbors_are_joined() -> None:
    assert named([0, 1, 2, 7, 9, 10]) == "0-2,7,9-10"
    assert named([3, 2, 1]) == "3,2,1"


@settings(max_examples=200, deadline=None)
@given(st.text("0123456789-, x", max_size=12))
def test_any_text_is_seeds_or_refused(text: str) -> None:
    try:
        seeds = parse_seeds(text)
    except SettingError:
        return
    assert len(set(seeds)) == len(seeds) > 0
    assert all(0 <= seed <= LARGEST_SEED for seed in seeds)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("9-3", "the seeds 9-3 run backwards; write 3-9"),
        ("-3", "'-3' in the seeds '-3' is no seed"),
        ("", "is no seed or range"),
        ("1,,2", "'' in the seeds '1,,2'"),
        ("1.5", "is no seed"),
        ("seven", "write for example 7, 0-63 or 0-7,12"),
        ("4294967296", "from 0 to 4294967295, not 4294967296"),
        ("0-9999999999999999999", "from 0 to 4294967295"),
        ("9" * 5000, "is no seed"),
        ("0-4294967295", f"more than {MOST_SEEDS:,} seeds"),
    ],
)
def test_what_is_no_seed_is_said_in_one_line(text: str, said: str) -> None:
    with pytest.raises(SettingError, match=said) as caught:
        parse_seeds(text)
    assert "\n" not in str(caught.value)
