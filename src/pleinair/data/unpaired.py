"""Unpaired sampling: endless, resumable, rank-aware.

Picture number k of a training is a function of (seed, k) alone: which style it aims at, which picture it is cut from,
where, how large, mirrored or not. So a resumed training goes on with the pictures that it would have seen, and R ranks
together see exactly what one rank would.
"""

from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count as counting
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from pleinair.data.pack import Album, Pixels, level_count
from pleinair.errors import DataError, SettingError

Made = TypeVar("Made", covariant=True)

# n pictures of the rank, s side of a crop in pixels, d domains (styles first, then content), t target styles

ENLARGE = 1.2  # crops are not enlarged more than this: blur is no brushwork
GOLDEN = 0x9E3779B97F4A7C15  # 2^64 / golden ratio
DRAWS = 12  # uniform numbers per picture: 2 choices, then 5 for each of the two crops


@dataclass(frozen=True, eq=False)
class Domain:
    """Pictures of one kind and how crops are cut from them.

    `scales` are the least and the largest short side, in pixels, that the whole picture is brought to before a crop is
    cut from it (log-uniform between them): small scales show whole compositions, large ones single strokes.
    """

    name: str
    pictures: Album
    scales: tuple[float, float]
    flip: bool = True


@dataclass(frozen=True)
class Cut:
    """Where one crop comes from: a picture of the domain, its half-size level, the corner in pixels of that level, how
    many of its pixels one pixel of the crop spans, and whether it is mirrored."""

    picture: int
    depth: int
    left: float
    top: float
    step: float
    mirrored: bool


@dataclass(frozen=True, eq=False)
class Plan:
    """One rank's share of a batch before any pixel is touched; see Batch."""

    content: list[Cut]
    style: list[Cut]
    styles: npt.NDArray[np.int64]  # (n,) domain of the style crops and index of the target style
    source: npt.NDArray[np.int64]  # (n,) domain of the content crops


@dataclass(frozen=True, eq=False)
class Batch:
    """One rank's share of a batch. Where `source == styles` the content already is of the target style (identity)."""

    content: Pixels  # (n, 3, s, s) in 0…255
    style: Pixels  # (n, 3, s, s) crops of works in the target style, unrelated to the content
    styles: npt.NDArray[np.int64]  # (n,) index of the target style
    source: npt.NDArray[np.int64]  # (n,) index of the content's domain


class Unpaired:
    """Draws content and style crops of `crop` pixels.

    Domains are numbered: `styles` first, then `content`. `sources` (t, d) says for each target style how often its
    content comes from each domain; see `usual_sources`. `weights` (t,) says how often each style is the target.
    Raises SettingError for contradicting numbers and DataError for a domain without pictures.
    """

    def __init__(
        self,
        styles: Sequence[Domain],
        content: Sequence[Domain] = (),
        *,
        crop: int,
        seed: int,
        sources: npt.ArrayLike,
        weights: npt.ArrayLike | None = None,
        group: int = 1,
    ) -> None:
        self.domains = (*styles, *content)
        self.crop = crop
        self.seed = seed
        self.group = group  # consecutive pictures that aim at one style
        for domain in self.domains:
            if not len(domain.pictures):
                raise DataError(f"there are no pictures in {domain.name!r}; add some and prepare it again")
            if not 0 < domain.scales[0] <= domain.scales[1]:
                raise SettingError(f"scales of {domain.name!r} must rise from above 0, got {domain.scales}")
        if not styles:
            raise SettingError("there is no style to aim at; give at least one")
        if crop < 1 or seed < 0:
            raise SettingError(f"crop must be at least 1 pixel and seed not negative, got {crop} and {seed}")
        self._targets = _cumulative(np.ones(len(styles)) if weights is None else weights, (len(styles),), "weights")
        self._sources = _cumulative(sources, (len(styles), len(self.domains)), "sources")

    def plan(self, seen_pictures: int, count: int, rank: int = 0, ranks: int = 1) -> Plan:
        """What the pictures numbered seen_pictures + rank, + rank + ranks, … below seen_pictures + count will be."""
        numbers = range(seen_pictures + rank, seen_pictures + count, ranks)
        plan = Plan([], [], np.empty(len(numbers), np.int64), np.empty(len(numbers), np.int64))
        for row, number in enumerate(numbers):
            draws = uniform_draws(self.seed, number)
            style = _choose(self._targets, even_draw(self.seed, number // self.group))
            source = _choose(self._sources[style], draws[1])
            plan.styles[row], plan.source[row] = style, source
            plan.content.append(planned(self.domains[source], self.crop, draws[2:7]))
            plan.style.append(planned(self.domains[style], self.crop, draws[7:12]))
        return plan

    def batch(self, seen_pictures: int, count: int, rank: int = 0, ranks: int = 1) -> Batch:
        """The pixels of a plan."""
        plan = self.plan(seen_pictures, count, rank, ranks)
        content, style = (
            [self._pixels(int(domain), cut) for domain, cut in zip(domains, cuts, strict=True)]
            for domains, cuts in ((plan.source, plan.content), (plan.styles, plan.style))
        )
        shape = (0, 3, self.crop, self.crop)
        empty = np.empty(shape, np.uint8)
        return Batch(
            np.stack(content) if content else empty, np.stack(style) if style else empty, plan.styles, plan.source
        )

    def _pixels(self, domain: int, plan: Cut) -> Pixels:
        level = self.domains[domain].pictures.levels(plan.picture)[plan.depth]
        pixels = window(level, plan, self.crop)
        return (pixels[:, ::-1] if plan.mirrored else pixels).transpose(2, 0, 1)


def usual_sources(
    styles: Sequence[str],
    content: Sequence[str],
    identity: float = 0.0,
    renders: Sequence[str] = (),
    render_share: float = 0.5,
    without: Sequence[str] = (),
) -> npt.NDArray[np.float64]:
    """Where content comes from (t, d): paintings are made from photos, photos from paintings.

    Targets other than `photo` take content from the content domains and from `photo` if that is among the styles; the
    target `photo` takes it from all other styles, equally, and where there are `renders`, domains numbered after the
    content, so large a share from these instead. `identity` is the share of content that already is of the target
    style. With nothing else to take content from (one style, no content), all of it is identity.
    Styles `without` pictures are no source.
    """
    names = (*styles, *content)
    table = np.zeros((len(styles), len(names) + len(renders)))
    for row, target in enumerate(styles):
        for column, name in enumerate(names):
            is_photo = column >= len(styles) or name == "photo"
            table[row, column] = is_photo != (target == "photo") and name not in without
        others = table[row].sum()
        table[row] *= (1 - identity) / max(others, 1)
        if target == "photo" and renders:
            share = render_share if others else 1.0
            table[row] *= 1 - share
            table[row, len(names) :] = (1 - identity) * share / len(renders)
            others += len(renders)
        table[row, row] = identity if others else 1
    return table


def uniform_draws(seed: int, number: int, stream: int = 0, draws: int = DRAWS) -> npt.NDArray[np.float64]:
    """Numbers in [0, 1) that belong to this picture: the raw Philox stream, which NumPy keeps frozen. Its crops are
    drawn from stream 0."""
    raw = np.random.Philox(key=seed, counter=[0, 0, stream, number]).random_raw(draws)
    return (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53


def even_draw(seed: int, number: int) -> float:
    """A number in [0, 1) for the choice of the target: multiples of the golden ratio, which fill the interval evenly.

    Any run of consecutive pictures then aims at every style very nearly as often as its weight says, where independent
    draws would leave some styles out of a small batch. The seed shifts the sequence.
    """
    return ((seed + 1) * 0xD1B54A32D192ED03 + number * GOLDEN) % 2**64 / 2**64


def planned(domain: Domain, crop: int, draws: npt.NDArray[np.float64]) -> Cut:
    """Where to cut; `draws` (5,) choose picture, scale, x, y and mirroring."""
    album = domain.pictures
    index = int(draws[0] * len(album))
    entry = album.entries[index]
    factor = drawn_scale(domain.scales, crop, entry.short_side, draws[1]) / entry.short_side
    left = draws[2] * max(entry.width * factor - crop, 0.0)
    top = draws[3] * max(entry.height * factor - crop, 0.0)
    return placed(index, level_count(entry.short_side), factor, left, top, domain.flip and bool(draws[4] < 0.5))


def placed(picture: int, levels: int, factor: float, left: float, top: float, mirrored: bool = False) -> Cut:
    """The cut at (left, top) of a picture resized as a whole by `factor`, from the nearest larger of its levels."""
    depth = min(levels - 1, max(0, int(np.floor(-np.log2(min(factor, 1.0)) + 1e-9))))
    step = 1 / (factor * 2**depth)  # pixels of the level per pixel of the crop
    return Cut(picture, depth, left * step, top * step, step, mirrored)


def drawn_scale(scales: tuple[float, float], crop: int, short_side: int, draw: float) -> float:
    """The short side in pixels to bring a picture to: log-uniform, at least the crop, hardly enlarged."""
    high = max(float(crop), min(scales[1], ENLARGE * short_side))
    low = min(max(float(crop), scales[0]), high)
    return float(low * (high / low) ** draw)


def resized_window(levels: Sequence[Pixels], factor: float, left: float, top: float, crop: int) -> Pixels:
    """What cropping the picture, resized as a whole by `factor`, at (left, top) would give, without resizing it all."""
    plan = placed(0, len(levels), factor, left, top)
    return window(levels[plan.depth], plan, crop)


def window(level: Pixels, plan: Cut, crop: int) -> Pixels:
    """The crop (crop, crop, 3) of a level, which is reduced by less than two, with a margin for the filter (bicubic,
    antialiased); not mirrored yet."""
    from PIL import Image

    margin = int(np.ceil(2 * max(plan.step, 1.0))) + 1
    right, bottom = plan.left + crop * plan.step, plan.top + crop * plan.step
    x0, y0 = max(int(plan.left) - margin, 0), max(int(plan.top) - margin, 0)
    x1 = min(int(np.ceil(right)) + margin, level.shape[1])
    y1 = min(int(np.ceil(bottom)) + margin, level.shape[0])
    region = Image.fromarray(level[y0:y1, x0:x1])
    inner = (plan.left - x0, plan.top - y0, min(right - x0, region.width), min(bottom - y0, region.height))
    return np.asarray(region.resize((crop, crop), Image.Resampling.BICUBIC, box=inner))


class Sampler(Protocol[Made]):
    """Whatever makes batches by the numbers of their pictures."""

    def batch(self, seen_pictures: int, count: int, rank: int = 0, ranks: int = 1) -> Made: ...


def ahead(
    sampler: Sampler[Made], start: int, count: int, *, rank: int = 0, ranks: int = 1, depth: int = 4, threads: int = 1
) -> Generator[Made, None, None]:
    """Batches from picture `start` on, `count` pictures each over all ranks, made up to `depth` batches ahead.

    They come in order whatever the threads do, and are the same as `sampler.batch` gives. Ends never; closing the
    iterator (or leaving it to the garbage) stops the threads after the batch at hand.
    """
    workers = ThreadPoolExecutor(max(threads, 1), thread_name_prefix="pleinair-data")
    waiting: deque[Future[Made]] = deque()
    starts = counting(start, count)
    try:
        while True:
            while len(waiting) < max(depth, 1):
                waiting.append(workers.submit(sampler.batch, next(starts), count, rank, ranks))
            yield waiting.popleft().result()
    finally:
        workers.shutdown(wait=True, cancel_futures=True)


def _cumulative(weights: npt.ArrayLike, shape: tuple[int, ...], what: str) -> npt.NDArray[np.float64]:
    array = np.asarray(weights, np.float64)
    if array.shape != shape:
        raise SettingError(f"{what} must have the shape {shape}, got {array.shape}")
    if not np.isfinite(array).all() or (array < 0).any() or (array.sum(-1) <= 0).any():
        raise SettingError(f"{what} must not be negative, and not all zero for any style")
    shares: npt.NDArray[np.float64] = np.cumsum(array, -1) / array.sum(-1, keepdims=True)
    return shares


def _choose(cumulative: npt.NDArray[np.float64], draw: float) -> int:
    """The index whose share of [0, 1) holds the draw; shares of zero are never chosen."""
    return min(int(np.searchsorted(cumulative, draw, side="right")), int(np.searchsorted(cumulative, 1.0 - 2**-40)))
