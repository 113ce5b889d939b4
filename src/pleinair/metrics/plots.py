"""Plots as inline SVG, small and of one hand: a figure's interval on an axis, and histograms over each other.

Colors are the page's own CSS variables, so that a plot follows its light or dark.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import numpy as np

from pleinair.errors import DataError
from pleinair.metrics.distances import Doubles

WIDTH, HEIGHT = 520, 180  # of a histogram, in px
BAR_WIDTH, BAR_HEIGHT = 220, 22  # of an interval
PAD = 8
BINS = 40
INKS = ("var(--one)", "var(--two)", "var(--three)")


@dataclass(frozen=True, eq=False)
class Histogram:
    """Values of one or more sets, by name, on one axis; `mark` is a line across it, `mark_name` what it means."""

    title: str
    series: Mapping[str, Doubles]
    mark: float | None = None
    mark_name: str = ""


def interval_svg(value: float, interval: tuple[float, float], axis: tuple[float, float]) -> str:
    """A dot at the value and a line over the interval, on an axis from axis[0] to axis[1], what is outside cut off."""
    middle = BAR_HEIGHT / 2
    low, high, at = (_along(x, axis, BAR_WIDTH) for x in (*interval, value))
    return (
        f'<svg viewBox="0 0 {BAR_WIDTH} {BAR_HEIGHT}" width="{BAR_WIDTH}" height="{BAR_HEIGHT}" role="img" '
        f'aria-label="{value:.4g}, 95 % {interval[0]:.4g} to {interval[1]:.4g}">'
        f'<line x1="{PAD}" x2="{BAR_WIDTH - PAD}" y1="{middle}" y2="{middle}" stroke="var(--line)"/>'
        f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}" stroke="var(--one)" stroke-width="4"/>'
        f'<circle cx="{at:.1f}" cy="{middle}" r="5" fill="var(--ink)"/></svg>'
    )


def histogram_svg(histogram: Histogram) -> str:
    """Shares of each set's values in 40 equal bins, drawn over each other. Raises DataError for nothing to draw."""
    values = {name: np.asarray(each, np.float64) for name, each in histogram.series.items() if len(each)}
    if not values:
        raise DataError(f"no values to draw for {histogram.title!r}; give at least one")
    axis = _axis_of(histogram, values)
    heights = {name: np.histogram(each, BINS, axis)[0] / len(each) for name, each in values.items()}
    tallest = max(float(each.max()) for each in heights.values()) or 1.0
    parts = [_steps(each, tallest, INKS[place % len(INKS)]) for place, each in enumerate(heights.values())]
    floor = HEIGHT - 3 * PAD
    parts.append(f'<line x1="{PAD}" x2="{WIDTH - PAD}" y1="{floor}" y2="{floor}" stroke="var(--soft)"/>')
    for anchor, x in (("start", axis[0]), ("middle", (axis[0] + axis[1]) / 2), ("end", axis[1])):
        parts.append(_text(_along(x, axis, WIDTH), HEIGHT - PAD, f"{x:.3g}", anchor))
    for place, (name, each) in enumerate(values.items()):
        ink = INKS[place % len(INKS)]
        parts.append(_text(WIDTH - PAD, 16 + 16 * place, f"{name}, n {len(each)}", "end", ink))
    if histogram.mark is not None:
        x = _along(histogram.mark, axis, WIDTH)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{PAD}" y2="{floor}" stroke="var(--mark)"/>')
        parts.append(_text(x + 4, 16, f"{histogram.mark_name} {histogram.mark:.3g}", "start", "var(--mark)"))
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img" aria-label="{escape(histogram.title)}">'
        f"{''.join(parts)}</svg>"
    )


def _axis_of(histogram: Histogram, values: Mapping[str, Doubles]) -> tuple[float, float]:
    """From the smallest to the largest of values and mark; of alike values an axis around them."""
    ends = [float(end) for each in values.values() for end in (each.min(), each.max())]
    ends += [] if histogram.mark is None else [histogram.mark]
    low, high = min(ends), max(ends)
    room = 1e-6 * max(1.0, abs(low), abs(high))
    return (low, high) if high - low > room else (low - room, high + room)


def _along(x: float, axis: tuple[float, float], width: int) -> float:
    share = (x - axis[0]) / (axis[1] - axis[0])
    return PAD + min(1.0, max(0.0, share)) * (width - 2 * PAD)


def _steps(heights: Doubles, tallest: float, ink: str) -> str:
    """A histogram's outline, filled."""
    step, floor = (WIDTH - 2 * PAD) / len(heights), HEIGHT - 3 * PAD
    points = [f"{PAD},{floor}"]
    for place, height in enumerate(heights):
        y = floor - float(height) / tallest * (floor - 2 * PAD)
        points += [f"{PAD + place * step:.1f},{y:.1f}", f"{PAD + (place + 1) * step:.1f},{y:.1f}"]
    points.append(f"{WIDTH - PAD},{floor}")
    return f'<polygon points="{" ".join(points)}" fill="{ink}" fill-opacity=".35" stroke="{ink}"/>'


def _text(x: float, y: float, words: str, anchor: str, ink: str = "var(--soft)") -> str:
    return f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}" fill="{ink}">{escape(words)}</text>'
