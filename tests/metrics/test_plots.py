"""Plots: well-formed, and where their numbers say."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.errors import DataError
from pleinair.metrics.plots import BAR_WIDTH, BINS, HEIGHT, PAD, WIDTH, Histogram, histogram_svg, interval_svg

NUMBERS = st.floats(-1e6, 1e6)


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def polygons(svg: str) -> list[np.ndarray]:
    """Points (p, 2) of each polygon."""
    return [
        np.array([[float(x) for x in point.split(",")] for point in each.attrib["points"].split()])
        for each in drawn(svg).iter("polygon")
    ]


def test_an_interval_stands_where_it_belongs() -> None:
    svg = drawn(interval_svg(0.5, (0.25, 1.0), (0.0, 1.0)))
    _, line = svg.iter("line")
    (dot,) = svg.iter("circle")
    inside = BAR_WIDTH - 2 * PAD
    assert float(line.attrib["x1"]) == pytest.approx(PAD + inside / 4)
    assert float(line.attrib["x2"]) == pytest.approx(PAD + inside)
    assert float(dot.attrib["cx"]) == pytest.approx(PAD + inside / 2)
    assert svg.attrib["aria-label"] == "0.5, 95 % 0.25 to 1"


@given(NUMBERS, NUMBERS, NUMBERS)
@settings(max_examples=40, deadline=None)
def test_nothing_leaves_the_axis(value: float, low: float, high: float) -> None:
    svg = drawn(interval_svg(value, (low, high), (-3.0, 5.0)))
    at = [float(each.attrib[name]) for each in svg.iter() for name in ("x1", "x2", "cx") if name in each.attrib]
    assert min(at) >= PAD
    assert max(at) <= BAR_WIDTH - PAD


def test_a_histogram_counts() -> None:
    (points,) = polygons(histogram_svg(Histogram("x", {"a": np.array([0.0, 0.0, 0.0, 1.0])})))
    assert len(points) == 2 * BINS + 2
    tops = points[1:-1:2, 1]
    floor = HEIGHT - 3 * PAD
    assert floor - tops[0] == pytest.approx(3 * (floor - tops[-1]), abs=0.2)
    assert (tops[1:-1] == floor).all()


def test_each_set_is_drawn_by_its_shares_and_named_with_its_count() -> None:
    svg = histogram_svg(Histogram("x", {"few": np.zeros(2), "many": np.zeros(200), "none": np.zeros(0)}))
    one, other = polygons(svg)
    assert (one == other).all()
    assert "few, n 2<" in svg
    assert "many, n 200<" in svg
    assert "none" not in svg


@given(st.lists(NUMBERS, min_size=1, max_size=30), st.one_of(st.none(), NUMBERS))
@settings(max_examples=60, deadline=None)
def test_a_histogram_of_anything_is_well_formed(values: list[float], mark: float | None) -> None:
    svg = histogram_svg(Histogram("a & b", {"<set>": np.asarray(values)}, mark, "here"))
    (points,) = polygons(svg)
    assert np.isfinite(points).all()
    assert points.min() >= 0
    assert points[:, 0].max() <= WIDTH
    assert points[:, 1].max() <= HEIGHT
    texts = [each.text for each in drawn(svg).iter("text")]
    assert f"<set>, n {len(values)}" in texts
    assert any(str(text).startswith("here ") for text in texts) == (mark is not None)


def test_the_mark_is_on_the_axis_of_the_values() -> None:
    svg = histogram_svg(Histogram("x", {"a": np.array([0.0, 1.0])}, 0.25, "copy"))
    found = re.search(r'<line x1="([\d.]+)" x2="\1" [^>]*stroke="var\(--mark\)"', svg)
    assert found
    assert float(found[1]) == pytest.approx(PAD + 0.25 * (WIDTH - 2 * PAD))
    assert "copy 0.25" in svg


def test_nothing_is_not_drawn() -> None:
    with pytest.raises(DataError, match="no values to draw for 'x'"):
        histogram_svg(Histogram("x", {"a": np.zeros(0)}))
