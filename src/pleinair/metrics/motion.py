"""How much a painted shot flickers, against the source's own motion.

Of each frame and the next, the source tells where every pixel goes (optical flow) and which are hidden there. The
painting is carried along that flow and compared with what was painted: what moved with the scene agrees, what flickers
does not. The warp error (Lai et al. 2018, eq. 6: mean squared difference over the pixels that are seen in both) is
divided by the painting's gradient energy (mean squared gradient over the same pixels), so that a painting faded to half
the contrast, or to gray, gains nothing. The source clip, measured alike, says what of it the flow's own errors, grain
and compression come to; the figure is the painting's over the source's.

Flow is estimated by DIS (Kroeger et al. 2016; OpenCV, the extra [film]), forward and back; a pixel counts as seen if
going there and back returns to it (Sundaram, Brox & Keutzer 2010, eq. 5). Shapes: h×w pixels, values in [0, 1].
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pleinair.errors import DataError, MissingExtraError
from pleinair.metrics import bootstrap
from pleinair.metrics.protocols import Result

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Doubles = npt.NDArray[np.float64]
Pixels = npt.NDArray[Any]

SEEN_SHARE, SEEN_PIXELS = 0.01, 0.5  # eq. 5: |there + back|² < share · (|there|² + |back|²) + pixels
SMALLEST = 16  # pixels on a side
BORDER = 2  # pixels at the edge that do not count: gradients and interpolation reach beyond
FEWEST_SEEN = 0.05  # of a frame; where less is seen in both, as across a cut, the pair does not count
LUMA = np.array((0.299, 0.587, 0.114), np.float32)


class Flow(NamedTuple):
    """there: pixels to the right and down from a frame to the next, float32 (h, w, 2). seen: bool (h, w), what the next
    frame shows as well."""

    there: Array
    seen: Mask


@dataclass(frozen=True, eq=False)
class Steadiness:
    """What was measured of each pair of frames (n, 5): squared warp error and gradient energy of the painting, the same
    of the source, and the share of pixels seen in both."""

    table: Doubles

    @property
    def painted(self) -> float:
        """Warp error over gradient energy of the painting."""
        return float(_over(self.table[:, 0].sum(), self.table[:, 1].sum()))

    @property
    def source(self) -> float:
        """The same of the source."""
        return float(_over(self.table[:, 2].sum(), self.table[:, 3].sum()))

    @property
    def ratio(self) -> float:
        """The painting's over the source's: 1 is as steady as the source, more flickers."""
        return float(_over(self.painted, self.source))

    def result(self, subject: str, reference: str) -> Result:
        """Protocol `steadiness`."""
        sums = bootstrap.redraws(len(self.table)) @ self.table
        ratios = _over(_over(sums[:, 0], sums[:, 1]), _over(sums[:, 2], sums[:, 3]))
        details = {"painted": self.painted, "source": self.source, "seen": float(self.table[:, 4].mean())}
        frames = len(self.table) + 1
        interval = bootstrap.percentiles(ratios)
        return Result("steadiness", subject, self.ratio, frames, reference, frames, details=details, interval=interval)


def steadiness(painted: Iterable[Pixels], source: Iterable[Pixels], flows: Iterable[Flow] | None = None) -> Steadiness:
    """Judge a painted clip against its source, frames uint8 or uint16 (h, w, 3) of one size, two or more.

    flows: the source's motion from each frame to the next where it is known exactly; by default it is estimated.
    Raises DataError for clips of different length or size or with nothing to follow, MissingExtraError.
    """
    motion = iter(flows) if flows is not None else None
    sums: list[tuple[float, float, float, float, float]] = []
    pairs = pairwise(_together(painted, source))
    for (painted_before, before), (painted_now, now) in pairs:
        flow = next(motion) if motion is not None else estimated(before, now)
        if flow.seen.mean() < FEWEST_SEEN:
            continue
        one, other = (measured(*frames, flow) for frames in ((painted_before, painted_now), (before, now)))
        sums.append((*one, *other, float(flow.seen.mean())))
    if not sums:
        raise DataError("there are no two frames in which the same things are seen; give more of the shot")
    return Steadiness(np.array(sums))


def measured(before: Pixels, now: Pixels, flow: Flow) -> tuple[float, float]:
    """Squared warp error and gradient energy of a pair of frames along a flow, means over what is seen."""
    one, other = _unit(before), _unit(now)
    arrived = warped(other, flow.there)
    seen = flow.seen.copy()
    seen[:BORDER], seen[-BORDER:], seen[:, :BORDER], seen[:, -BORDER:] = False, False, False, False
    if not seen.any():
        return 0.0, 0.0
    error = np.square(arrived - one).mean(2)
    return float(error[seen].mean()), float(gradient_energy(one)[seen].mean())


def gradient_energy(frame: Array) -> Array:
    """Squared gradient of a frame (h, w, 3), by central differences, mean over the channels: (h, w)."""
    down, across = np.gradient(frame, axis=(0, 1))
    energy: Array = (np.square(down) + np.square(across)).mean(2)
    return energy


def estimated(before: Pixels, now: Pixels) -> Flow:
    """The flow from a frame to the next, and what is seen in both. Raises MissingExtraError without OpenCV."""
    there, back = dis(_gray(before), _gray(now)), dis(_gray(now), _gray(before))
    returned = there + warped(back, there)
    far = np.square(returned).sum(2)
    reach = np.square(there).sum(2) + np.square(warped(back, there)).sum(2)
    height, width = there.shape[:2]
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    x, y = columns + there[..., 0], rows + there[..., 1]
    inside = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    return Flow(there, inside & (far < SEEN_SHARE * reach + SEEN_PIXELS))


def dis(before: npt.NDArray[np.uint8], now: npt.NDArray[np.uint8]) -> Array:
    """Dense inverse search, medium preset, from a gray frame (h, w) to the next: float32 (h, w, 2)."""
    cv2 = opencv()
    if min(before.shape) < SMALLEST:
        raise DataError(f"motion is followed in frames of {SMALLEST} pixels a side or more, not {before.shape[::-1]}")
    found: Array = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(before, now, None)
    return found


def warped(values: Array, there: Array) -> Array:
    """What the next frame's values (h, w, c) show where each pixel of this one has gone, cubic; edges are repeated."""
    cv2 = opencv()
    height, width = there.shape[:2]
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    x, y = columns + there[..., 0], rows + there[..., 1]
    result: Array = cv2.remap(values, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return result


def opencv() -> Any:
    """OpenCV. Raises MissingExtraError."""
    if find_spec("cv2") is None:
        raise MissingExtraError("optical flow", "film")
    import cv2

    return cv2


def _over(part: Any, whole: Any) -> Any:
    """A quotient that stays finite where a clip is flat or does not change at all."""
    return part / np.maximum(whole, np.finfo(np.float32).tiny)


def _together(painted: Iterable[Pixels], source: Iterable[Pixels]) -> Iterator[tuple[Pixels, Pixels]]:
    try:
        for number, (one, other) in enumerate(zip(painted, source, strict=True)):
            if one.shape != other.shape:
                raise DataError(
                    f"frame {number} has {one.shape[1]}x{one.shape[0]} pixels painted, "
                    f"{other.shape[1]}x{other.shape[0]} in the source; give the film that was painted"
                )
            yield one, other
    except ValueError as error:
        raise DataError(
            "painting and source have not the same number of frames; give the film that was painted"
        ) from error


def _unit(frame: Pixels) -> Array:
    return np.asarray(frame, np.float32) / np.float32(65535 if frame.dtype == np.uint16 else 255)


def _gray(frame: Pixels) -> npt.NDArray[np.uint8]:
    levels = _unit(frame) @ LUMA
    return np.asarray(np.rint(levels * 255), np.uint8)


def flows_between(frames: Sequence[Pixels]) -> Iterator[Flow]:
    """Estimated flows of a clip, from each frame to the next."""
    for before, now in pairwise(frames):
        yield estimated(before, now)
