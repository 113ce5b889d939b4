"""Each protocol's function: its figure, its interval around it, what it says of the sets."""

import numpy as np
import pytest

from pleinair.errors import DataError, SettingError
from pleinair.metrics import bootstrap
from pleinair.metrics.copies import Copies, Nearest, share_interval
from pleinair.metrics.diversity import by_condition, cosine_distances, diversity_of, mean_of_pairs
from pleinair.metrics.features import FeatureSet
from pleinair.metrics.measure import (
    measure_condition_diversity,
    measure_content,
    measure_copies,
    measure_diversity,
    measure_fd,
    measure_kd,
    measure_near_duplicates,
    measure_neighbors,
    measure_sharpness,
    measure_style_ratio,
    sharpness_figure,
    style_ratio_of,
)
from pleinair.metrics.neighbors import neighbors_of
from pleinair.metrics.protocols import Result
from pleinair.metrics.sharpness import sharpness_of, sharpness_of_each
from tests.metrics.tiny import normal, pictures

EXTRACTOR = "a" * 64


def rows(name: str, seed: int, mean: float = 0.0, count: int = 30) -> FeatureSet:
    return FeatureSet(name, normal(count, 6, seed, mean), EXTRACTOR, f"{seed:064}")


def spread(result: Result) -> tuple[float, float]:
    assert result.interval is not None
    return result.interval


def test_distances_have_intervals_and_say_which_pictures() -> None:
    a, b = rows("scenes", 1), rows("photos", 2, 1.0, 40)
    kd, fd = measure_kd(a, b), measure_fd(a, b)
    assert spread(kd) == bootstrap.kernel_interval(a.rows, b.rows)
    assert spread(fd) == bootstrap.frechet_interval(a.rows, b.rows)
    for found in (kd, fd):
        low, high = spread(found)
        assert low < found.value < high
        assert (found.digest, found.reference_digest) == (a.digest, b.digest)


def test_the_neighborhood_is_of_one_search() -> None:
    a, b = rows("scenes", 1, 0.5), rows("photos", 2, 0.0, 40)
    found, by_hand = measure_neighbors(a, b), neighbors_of(a.rows, b.rows)
    assert [each.protocol for each in found] == ["precision", "recall", "density", "coverage"]
    expected = (by_hand.precise, by_hand.recalled, by_hand.dense, by_hand.covered)
    for result, values in zip(found, expected, strict=True):
        assert result.value == values.mean()
        assert spread(result) == bootstrap.mean_interval(values)
        assert result.details == {"k": 5}
        assert (result.pictures, result.reference_pictures) == (30, 40)


def test_neighbors_are_asked_for_by_name() -> None:
    a, b = rows("scenes", 1), rows("photos", 2)
    assert [each.protocol for each in measure_neighbors(a, b, ["coverage", "recall"])] == ["coverage", "recall"]
    with pytest.raises(SettingError, match="recall1k is by the extractor"):
        measure_neighbors(a, b, ["recall1k"])
    with pytest.raises(SettingError, match="different extractors"):
        measure_neighbors(a, FeatureSet("b", b.rows, "b" * 64))
    with pytest.raises(DataError, match="at least 6 pictures"):
        measure_neighbors(rows("scenes", 1, count=5), b)


def test_diversity_and_near_duplicates() -> None:
    twice = FeatureSet("scenes", np.repeat(normal(6, 4, 1), [2, 1, 1, 1, 1, 1], axis=0), EXTRACTOR, "d" * 64)
    diverse, near = measure_diversity(twice), measure_near_duplicates(twice)
    assert diverse.value == pytest.approx(diversity_of(twice.rows).mean)
    assert spread(diverse) == bootstrap.pairs_interval(cosine_distances(twice.rows))
    assert near.value == diverse.details["near_duplicates"] == pytest.approx(2 / 7)
    assert near.details == {"pictures_with_one": 2}
    assert spread(near)[0] <= near.value <= spread(near)[1]
    assert (near.digest, near.reference, near.extractor) == ("d" * 64, "", EXTRACTOR)


def test_condition_diversity_is_the_mean_over_conditions() -> None:
    these = rows("scenes", 1, 1.0, 9)
    names = ["lake"] * 3 + ["forest"] * 6
    found = measure_condition_diversity(these, names)
    groups = by_condition(these.rows, names)
    assert found.details == {name: mean_of_pairs(apart) for name, apart in groups.items()}
    assert found.value == pytest.approx(np.mean(list(found.details.values())))
    low, high = spread(found)
    assert low < found.value < high
    with pytest.raises(DataError, match="has one picture"):
        measure_condition_diversity(these, ["lake"] * 8 + ["forest"])


def test_where_chance_changes_nothing_conditions_have_no_diversity() -> None:
    same = FeatureSet("scenes", np.repeat(normal(3, 5, 1), 4, axis=0), EXTRACTOR)
    found = measure_condition_diversity(same, list("aaaabbbbcccc"))
    assert found.value == pytest.approx(0, abs=1e-12)
    assert measure_diversity(same).value > 0.1


def test_copies_are_a_share() -> None:
    place = (0, 0, 8)
    ours = Nearest(np.array([0.01, 0.3, 0.4, 0.5]), (0, 1, 0, 1), (place,) * 4)
    theirs = Nearest(np.linspace(0.2, 0.6, 30), (0,) * 30, (place,) * 30)
    found = Copies(ours, theirs, 0.204)
    # Both sets hold their mirror images as well; these are no pictures of their own.
    scenes, held_out = rows("scenes", 1, count=8), rows("held out", 2, count=60)
    result = measure_copies(scenes, held_out, found)
    assert (result.value, result.pictures, result.reference_pictures) == (0.25, 4, 30)
    assert result.details == {"copies": 1, "threshold": 0.204, "nearest": 0.01}
    assert spread(result) == share_interval(found)
    assert (result.subject, result.reference) == ("scenes", "held out")


def test_content_and_sharpness_have_intervals() -> None:
    before, after = pictures(6, 1), pictures(6, 2)
    kept = measure_content("painted", before, after, "photos")
    assert spread(kept)[0] <= kept.value <= spread(kept)[1]
    same = measure_content("painted", before, before)
    assert spread(same) == pytest.approx((1, 1), abs=1e-6)
    sharp = measure_sharpness("photos", before)
    each = sharpness_of_each(before)
    assert each.shape == (6,)
    assert sharp.value == pytest.approx(sharpness_of(before))
    assert spread(sharp) == bootstrap.mean_interval(each)
    assert sharpness_figure("photos", each, "sharpness6").protocol == "sharpness6"
    with pytest.raises(DataError, match="at least one"):
        measure_sharpness("none", [])


def test_a_ratio_from_two_figures_has_no_interval_and_from_features_one() -> None:
    photos, painted, style = rows("photos", 1, 2.0), rows("painted", 2, 0.5), rows("monet", 3)
    bare = style_ratio_of(measure_kd(painted, style), measure_kd(photos, style))
    assert bare.interval is None
    whole = measure_style_ratio(painted, photos, style)
    assert whole.value == bare.value
    assert spread(whole) == bootstrap.ratio_interval(painted.rows, photos.rows, style.rows)
    assert spread(whole)[0] < whole.value < spread(whole)[1]
