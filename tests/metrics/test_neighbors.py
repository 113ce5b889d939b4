"""Precision, recall, density, coverage: on a line by hand, and against loops over every ball."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.errors import DataError, SettingError
from pleinair.metrics import neighbors
from pleinair.metrics.neighbors import neighbors_of, radii, squared_distances
from tests.metrics.tiny import normal

Doubles = npt.NDArray[np.float64]


def line(*points: float) -> Doubles:
    return np.asarray(points, np.float64)[:, None]


def balls_by_hand(rows: Doubles, k: int) -> list[float]:
    """Radius of each picture's ball: sort the distances to the others, take the k-th."""
    return [
        sorted(float(np.linalg.norm(x - y)) for j, y in enumerate(rows) if j != i)[k - 1] for i, x in enumerate(rows)
    ]


def by_hand(judged: Doubles, reference: Doubles, k: int) -> tuple[float, float, float, float]:
    """The four figures as the papers print them."""
    reach, own = balls_by_hand(reference, k), balls_by_hand(judged, k)
    n, m = len(judged), len(reference)

    def inside(x: Doubles, y: Doubles, radius: float) -> bool:
        return float(np.linalg.norm(x - y)) <= radius

    precision = sum(any(inside(x, reference[j], reach[j]) for j in range(m)) for x in judged) / n
    recall = sum(any(inside(y, judged[i], own[i]) for i in range(n)) for y in reference) / m
    density = sum(inside(x, reference[j], reach[j]) for x in judged for j in range(m)) / (k * n)
    coverage = sum(any(inside(x, reference[j], reach[j]) for x in judged) for j in range(m)) / m
    return precision, recall, density, coverage


def figures(judged: Doubles, reference: Doubles, k: int = 5) -> tuple[float, float, float, float]:
    found = neighbors_of(judged, reference, k)
    return (
        float(found.precise.mean()),
        float(found.recalled.mean()),
        float(found.dense.mean()),
        float(found.covered.mean()),
    )


def test_on_a_line() -> None:
    # Balls of the reference, k = 1: 0 ± 1, 1 ± 1, 3 ± 2. Of the judged: 0.5 ± 4, 4.5 ± 4, 20 ± 15.5.
    found = neighbors_of(line(0.5, 4.5, 20.0), line(0.0, 1.0, 3.0), 1)
    assert found.precise.tolist() == [1, 1, 0]
    assert found.dense.tolist() == [2, 1, 0]
    assert found.recalled.tolist() == [1, 1, 1]
    assert found.covered.tolist() == [1, 1, 1]


def test_an_outlier_of_the_reference_raises_precision_but_hardly_density() -> None:
    """The case that density was made for: one wide ball takes in pictures that look like nothing."""
    reference, strange = line(*np.linspace(0, 1, 20), 100.0), line(*np.linspace(50, 60, 8))
    precision, _, density, _ = figures(strange, reference)
    assert precision == 1
    assert density == pytest.approx(1 / 5)


def test_a_collapsed_set_is_precise_and_recalls_little() -> None:
    reference = normal(200, 3, 1)
    precision, recall, _, coverage = figures(0.05 * normal(200, 3, 2), reference)
    assert precision > 0.95
    assert recall < 0.1
    assert coverage < 0.2


def test_a_set_all_over_recalls_and_is_not_precise() -> None:
    precision, recall, density, _ = figures(6 * normal(200, 3, 2), normal(200, 3, 1))
    assert precision < 0.5
    assert recall > 0.9
    assert density < 0.5


def test_sets_of_one_kind_have_a_density_of_one_and_a_coverage_near_one() -> None:
    """Naeem et al., lemma: the expected density is 1, the expected coverage 1 - ((n - 1) … (n - k)) / ((2n - 1) …)."""
    density, coverage = [], []
    for seed in range(20):
        found = neighbors_of(normal(300, 4, seed), normal(300, 4, seed + 100))
        density.append(found.dense.mean())
        coverage.append(found.covered.mean())
    expected = 1 - np.prod([(300 - i) / (600 - i) for i in range(1, 6)])
    assert np.mean(density) == pytest.approx(1, abs=0.03)
    assert np.mean(coverage) == pytest.approx(expected, abs=0.01)


@given(st.integers(1, 3), st.integers(4, 14), st.integers(4, 14), st.integers(1, 5), st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_as_the_papers_print_it(k: int, n: int, m: int, d: int, seed: int) -> None:
    judged, reference = normal(n, d, seed, 0.5), normal(m, d, seed + 1)
    assert figures(judged, reference, k) == pytest.approx(by_hand(judged, reference, k))


@given(st.integers(6, 40), st.integers(1, 8), st.integers(0, 999))
@settings(max_examples=30, deadline=None)
def test_a_set_is_precise_and_complete_against_itself(n: int, d: int, seed: int) -> None:
    rows = normal(n, d, seed)
    precision, recall, density, coverage = figures(rows, rows)
    assert (precision, recall, coverage) == (1, 1, 1)
    assert density == pytest.approx((5 + 1) / 5, abs=1 / n)  # its own ball and, on average, five others'


@given(st.integers(6, 20), st.integers(6, 20), st.floats(-50, 50), st.floats(0.1, 20), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_place_and_scale_change_nothing(n: int, m: int, shift: float, scale: float, seed: int) -> None:
    judged, reference = normal(n, 4, seed, 0.3), normal(m, 4, seed + 1)
    moved = figures(scale * judged + shift, scale * reference + shift)
    assert moved == pytest.approx(figures(judged, reference))


def test_exact_copies_are_in_balls_of_no_size() -> None:
    reference = np.repeat(1000 + normal(3, 40, 1), 7, axis=0)  # every ball of k = 5 has radius 0
    assert figures(reference[::-1].copy(), reference)[:2] == (1, 1)
    assert figures(reference + 1e-3, reference)[0] == 0


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    judged, reference = normal(40, 3, 1, 0.5), normal(33, 3, 2)
    whole = neighbors_of(judged, reference)
    monkeypatch.setattr(neighbors, "BLOCK", 7)
    found = neighbors_of(judged, reference)
    for part in ("precise", "recalled", "dense", "covered"):
        assert (getattr(found, part) == getattr(whole, part)).all()


def test_distances_are_those_of_differences() -> None:
    x, y = normal(5, 6, 1, 300.0), normal(4, 6, 2, 300.0)
    expected = np.square(x[:, None] - y[None]).sum(axis=2)
    assert squared_distances(x, y) == pytest.approx(expected, rel=1e-9)
    assert (squared_distances(x, x).diagonal() == 0).all()


def test_the_sides_are_not_the_same() -> None:
    narrow, wide = 0.1 * normal(50, 2, 1), normal(50, 2, 2)
    there, back = figures(narrow, wide), figures(wide, narrow)
    assert there[0] == back[1]  # the precision of one is the recall of the other
    assert there[1] == back[0]
    assert there[3] != back[3]


def test_too_few_pictures_are_refused() -> None:
    for judged, reference in ((normal(5, 2, 1), normal(6, 2, 2)), (normal(6, 2, 1), normal(5, 2, 2))):
        with pytest.raises(DataError, match="at least 6 pictures a side, got"):
            neighbors_of(judged, reference)
    for k in (0, 6):
        with pytest.raises(DataError, match="neighbor"):
            radii(normal(6, 2, 1), k)


def test_features_that_do_not_match_are_refused() -> None:
    with pytest.raises(SettingError, match="do not match"):
        neighbors_of(normal(8, 4, 1), normal(8, 3, 1))
    broken = normal(8, 4, 1)
    broken[0, 0] = np.inf
    with pytest.raises(DataError, match="NaN or infinity"):
        neighbors_of(broken, normal(8, 4, 1))
