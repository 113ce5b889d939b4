"""Chance out of integers: the same everywhere, even, by name; tiles that repeat, lie in [0, 1] and shrink truly."""

from collections.abc import Callable

import numpy as np
import pytest

from pleinair.fiction.noise import (
    Draws,
    Tile,
    cloudy,
    key,
    lattice,
    look_up,
    pyramid,
    ridged,
    scrambled,
    smooth,
    spread,
    steepness,
    twice,
    uniform,
    unit,
    wave,
)


def floats(*values: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array(values, np.float32)


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_hash_is_written_in_stone() -> None:
    """Whoever changes these numbers changes every scene that was ever drawn."""
    assert scrambled(np.array([0, 1, 2, 4294967295], np.uint32)).tolist() == [0, 1364076727, 821347078, 2180083513]
    assert key(7, "lake") == key(7, "lake")
    assert isinstance(key(7, "lake"), int)


def test_names_and_seeds_tell_numbers_apart() -> None:
    found = {key(seed, name) for seed in range(50) for name in ("a", "b", "sun", "sun height")}
    assert len(found) == 200


def test_uniform_is_uniform() -> None:
    values = uniform(3, 20_000)
    assert values.dtype == np.float32
    assert values.min() >= 0
    assert values.max() < 1
    assert abs(values.mean() - 0.5) < 0.01
    counts = np.histogram(values, 10, (0, 1))[0]
    assert counts.min() > 1800


def test_the_first_numbers_do_not_depend_on_how_many_are_wanted() -> None:
    assert np.array_equal(uniform(9, 10), uniform(9, 1000)[:10])


def test_neighbors_know_nothing_of_each_other() -> None:
    values = uniform(5, 20_000)
    assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 0.03


def test_seeds_side_by_side_give_other_numbers() -> None:
    assert abs(np.corrcoef(uniform(1, 5000), uniform(2, 5000))[0, 1]) < 0.05


def test_unit_never_reaches_one() -> None:
    assert unit(np.array([0, 0xFFFFFFFF], np.uint32)).tolist() == [0.0, pytest.approx(1.0)]
    assert unit(np.array([0xFFFFFFFF], np.uint32))[0] < 1


def test_draws_by_name() -> None:
    draws = Draws(11)
    assert draws.number("x") == Draws(11).number("x")
    assert draws.number("x") != draws.number("y")
    assert 3 <= draws.between("x", 3, 4) < 4
    assert draws.among("x", "abc") in "abc"
    assert draws.chance("x", 1.0)
    assert not draws.chance("x", 0.0)


def test_among_reaches_every_choice() -> None:
    assert {Draws(seed).among("kind", "abcdef") for seed in range(120)} == set("abcdef")


# ── tiles ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("build", [cloudy, ridged])
def test_tiles_fill_the_unit_interval_and_differ_by_seed(build: Callable[..., Tile]) -> None:
    one, same, other = (build(seed, side=128) for seed in (1, 1, 2))
    whole = one.texels[: 128 * 128]
    assert whole.min() == 0
    assert whole.max() == 1
    assert np.array_equal(one.texels, same.texels)
    assert not np.array_equal(one.texels, other.texels)


def test_a_tile_goes_on_beyond_its_edge_as_smoothly_as_within() -> None:
    tile = cloudy(4, side=128).texels[: 128 * 128].reshape(128, 128)
    within = np.abs(np.diff(tile, axis=1)).mean()
    across = np.abs(tile[:, 0] - tile[:, -1]).mean()
    assert across < 2 * within


def test_smaller_copies_are_means() -> None:
    tile = pyramid(lattice(1, 16))
    first, second = tile.texels[:256].reshape(16, 16), tile.texels[256:320].reshape(8, 8)
    assert np.allclose(second, first.reshape(8, 2, 8, 2).mean((1, 3)), atol=1e-6)
    assert tile.levels == 4


def test_looking_up_texel_middles_gives_texels() -> None:
    tile = pyramid(lattice(1, 16))
    x, y = np.meshgrid(np.arange(16, dtype=np.float32), np.arange(16, dtype=np.float32))
    assert np.allclose(look_up(tile, x, y), tile.texels[:256].reshape(16, 16), atol=1e-6)


def test_looking_up_repeats() -> None:
    tile = cloudy(2, side=64)
    x, y = uniform(1, 100) * 64, uniform(2, 100) * 64
    assert np.allclose(look_up(tile, x, y), look_up(tile, x + 64, y - 128), atol=1e-5)


def test_looking_up_is_between_texels() -> None:
    tile = pyramid(floats(0, 1, 0, 1).reshape(2, 2))
    assert look_up(tile, floats(0.5), floats(0.0))[0] == pytest.approx(0.5)


def test_large_footprints_see_less_contrast() -> None:
    tile = cloudy(2, 16, side=256)
    x, y = uniform(1, 3000) * 256, uniform(2, 3000) * 256
    spreads = [look_up(tile, x, y, foot).std() for foot in (0.0, 8.0, 64.0)]
    assert spreads[0] > spreads[1] > spreads[2]


def test_twice_keeps_the_mean_and_doubles_the_side() -> None:
    small = lattice(5, 8)
    large = twice(small)
    assert large.shape == (16, 16)
    assert large.mean() == pytest.approx(small.mean(), abs=1e-6)
    assert steepness(large).mean() < steepness(small).mean()


def test_spread_reaches_both_ends() -> None:
    assert spread(floats(3, 5, 4)).tolist() == [0, 1, 0.5]


def test_smooth_steps() -> None:
    assert smooth(1, 3, floats(0, 1, 2, 3, 4)).tolist() == [0, 0, 0.5, 1, 1]
    assert smooth(3, 1, floats(0, 2, 4)).tolist() == [1, 0.5, 0]


def test_wave_is_nearly_a_sine() -> None:
    turns = np.linspace(-2, 2, 401, dtype=np.float32)
    assert np.abs(wave(turns) - np.sin(2 * np.pi * turns)).max() < 0.07
