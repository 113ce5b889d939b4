"""The watch: its figures are the protocols' figures, and nothing fixed is looked at twice."""

import numpy as np
import pytest

from pleinair.errors import DataError, SettingError
from pleinair.metrics.content import content_of
from pleinair.metrics.distances import kernel_distance
from pleinair.metrics.features import features_of
from pleinair.metrics.sharpness import sharpness_of
from pleinair.metrics.squares import Array, Pixels
from pleinair.metrics.watch import Paint, StyleScore, Watch, overall
from tests.metrics.tiny import pictures, quarters, tinted

TINTS = {"red": (200, 70, 60), "blue": (60, 80, 190)}


def styles() -> dict[str, list[Pixels]]:
    return {name: pictures(10, seed, tint) for seed, (name, tint) in enumerate(TINTS.items(), 5)}


def toward(share: float) -> Paint:
    """A painter that goes a share of the way to the style's tint."""

    def paint(these: list[Pixels], style: str) -> list[Pixels]:
        return [tinted(picture, TINTS[style], share) for picture in these]

    return paint


paint_half = toward(0.5)


def keep(these: list[Pixels], style: str) -> list[Pixels]:  # noqa: ARG001
    return these


def test_the_figures_are_the_protocols() -> None:
    content = pictures(8, 1)
    scores = Watch(content, styles(), quarters).score(paint_half)
    assert list(scores) == ["red", "blue"]
    for style, found in scores.items():
        painted = paint_half(content, style)
        reference = features_of(styles()[style], quarters)
        before = kernel_distance(features_of(content, quarters), reference).value
        after = kernel_distance(features_of(painted, quarters), reference).value
        assert found.kd_ratio == pytest.approx(after / before)
        kept = content_of(content, painted)
        assert (found.content, found.content5) == pytest.approx((kept.mean, kept.percentile5))
        assert found.sharpness == sharpness_of(painted)


def test_unpainted_pictures_have_a_ratio_of_one() -> None:
    for found in Watch(pictures(8, 1), styles(), quarters).score(keep).values():
        assert found.kd_ratio == 1
        assert found.content == pytest.approx(1)


def test_nearer_pictures_score_lower() -> None:
    watch = Watch(pictures(8, 1), styles(), quarters)
    ratios = []
    for share in (0.2, 0.5, 0.9):
        scores = watch.score(toward(share))
        ratios.append(scores["red"].kd_ratio)
    assert ratios == sorted(ratios, reverse=True)
    assert overall(watch.score(paint_half)) < overall(watch.score(keep))


def test_what_is_fixed_is_looked_at_once() -> None:
    looked: list[int] = []

    def count(batch: Array) -> Array:
        looked.append(len(batch))
        return quarters(batch)

    watch = Watch(pictures(8, 1), styles(), count)
    assert sum(looked) == 8 + 2 * 10
    looked.clear()
    watch.score(paint_half)
    assert sum(looked) == 2 * 8


def test_scoring_twice_is_scoring_alike_and_takes_no_randomness() -> None:
    watch = Watch(pictures(8, 1), styles(), quarters)
    state = repr(np.random.get_state())  # noqa: NPY002
    assert watch.score(paint_half) == watch.score(paint_half)
    assert repr(np.random.get_state()) == state  # noqa: NPY002


def test_a_style_may_have_its_own_content() -> None:
    own = pictures(6, 9, (60, 80, 190))
    seen: dict[str, int] = {}

    def paint(these: list[Pixels], style: str) -> list[Pixels]:
        seen[style] = len(these)
        return these

    watch = Watch(pictures(8, 1), styles(), quarters, own_content={"red": own})
    assert watch.score(paint)["red"].kd_ratio == 1
    assert seen == {"red": 6, "blue": 8}


def test_common_content_may_be_left_empty_when_each_style_has_its_own() -> None:
    watch = Watch([], {"red": styles()["red"]}, quarters, own_content={"red": pictures(6, 9)})
    assert watch.score(keep)["red"].kd_ratio == 1


def test_own_content_of_a_stranger_is_refused() -> None:
    with pytest.raises(SettingError, match="green"):
        Watch(pictures(8, 1), styles(), quarters, own_content={"green": pictures(6, 9)})


def test_content_in_the_style_already_is_refused() -> None:
    with pytest.raises(DataError, match="style red"):
        Watch(pictures(8, 1, TINTS["red"]), {"red": styles()["red"]}, quarters)


def test_too_few_pictures_are_refused() -> None:
    with pytest.raises(DataError, match="at least 3"):
        Watch(pictures(2, 1), styles(), quarters)
    with pytest.raises(DataError, match="at least one"):
        Watch([], styles(), quarters)


def test_lost_pictures_are_noticed() -> None:
    with pytest.raises(DataError, match="8 pictures to paint, 7 came back"):
        Watch(pictures(8, 1), styles(), quarters).score(lambda these, style: these[1:])  # noqa: ARG005


def test_the_painter_cannot_spoil_the_content() -> None:
    watch = Watch(pictures(8, 1), styles(), quarters)

    def clear(these: list[Pixels], style: str) -> list[Pixels]:  # noqa: ARG001
        kept = list(these)
        these.clear()
        return kept

    assert watch.score(clear) == watch.score(keep)


def test_the_overall_figure_charges_for_lost_content() -> None:
    good, lost = StyleScore(0.4, 0.80, 0.50, 1.5), StyleScore(0.2, 0.60, 0.40, 1.5)
    assert overall({"a": good}) == pytest.approx(0.4)
    assert overall({"b": lost}) == pytest.approx(0.2 + 2 * 0.10 + 2 * 0.05)
    assert overall({"a": good, "b": lost}) == pytest.approx((0.4 + 0.5) / 2)
    assert overall({"b": lost}, content_floor=0.5, content5_floor=0.3) == pytest.approx(0.2)
    with pytest.raises(DataError, match="at least one"):
        overall({})
