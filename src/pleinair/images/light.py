"""Scene-referred light ⇄ a view of it that can be painted.

Pixels of a render or an HDR photo are amounts of light, without an upper end. What is painted is a *view* of them, as a
camera would show it, and then only the *change* is carried back to the light:

    view:   x = light · 2^exposure, then v = curve(x), with x ≥ WHITE shown as white
    back:   light' = light + (curve⁻¹(painted) - curve⁻¹(view)) / 2^exposure

curve is Reinhard et al. 2002, Photographic Tone Reproduction, equation 4, x (1 + x / WHITE²) / (1 + x), encoded as sRGB
(IEC 61966-2-1). So what the painting left alone stays as it was, bit for bit. Above white the view is blind, so there
light is only multiplied, by no more than HELD; between KNEE and white the one goes over into the other. Light that was
not negative does not become so, and what is no number stays what it is.

Shapes: h×w pixels, 3 channels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pleinair.errors import SettingError
from pleinair.images.holes import filled
from pleinair.images.picture import Pixels

Array = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

WHITE = 8.0  # exposed light that is shown as white: five and a half stops above middle gray
KNEE = 4.0  # exposed light up to which the painting decides alone
HELD = 1.08  # the most by which light above white is multiplied or divided
MIDDLE_GRAY = 0.18  # exposed light that the log-average becomes (Reinhard's key value)
BLACK_STOPS = 16  # this far below the brightest hundredth lies what counts as black, not as dark
FARTHEST_EXPOSURE = 60.0  # stops
LUMINANCE = np.array((0.2126, 0.7152, 0.0722))  # of Rec. 709
SAMPLES = 1_000_000  # pixels that the exposure is measured on
BAND = 500_000  # pixels worked on at a time
REC709 = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)  # x, y of red, green, blue and white
# Lam's 1985 (Bradford) responses, for going from one white to another
BRADFORD = np.array(((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296)))


@dataclass(frozen=True, eq=False)
class Light:
    """What stands behind a picture's view.

    colors: float32 (h, w, 3) as in the file, multiplied by alpha if there is one. alpha: float32 (h, w) or None.
    exposure: in stops. view: uint16 (h, w, 3), the pixels before they were painted. matrix: light → Rec. 709, or None
    if it is that. largest: what the file's type can hold. source: the file, which holds all that is not painted.
    layer: that was asked for, or None.
    """

    colors: Array
    alpha: Array | None
    exposure: float
    view: Pixels
    source: Path
    matrix: Matrix | None = None
    largest: float = float(np.finfo(np.float32).max)
    layer: str | None = None

    @property
    def white(self) -> float:
        """The light that is shown as white."""
        return float(WHITE / 2.0**self.exposure)


def exposed(
    colors: Array,
    alpha: Array | None,
    source: Path,
    *,
    exposure: float | None = None,
    matrix: Matrix | None = None,
    largest: float = float(np.finfo(np.float32).max),
    layer: str | None = None,
) -> Light:
    """Light with its view at an exposure in stops; without one, that which shows its log-average as middle gray.

    Raises SettingError for an exposure beyond FARTHEST_EXPOSURE.
    """
    if exposure is None:
        exposure = measured(colors, alpha, matrix) or 0.0
    if not abs(exposure) <= FARTHEST_EXPOSURE:
        raise SettingError(f"an exposure is -{FARTHEST_EXPOSURE:g} to {FARTHEST_EXPOSURE:g} stops, not {exposure:g}")
    view = np.empty(colors.shape, np.uint16)
    dark = np.zeros(colors.shape[:2], np.bool_)  # where nothing is to be seen, as there is no number
    for band in _bands(colors):
        cover = None if alpha is None else alpha[band]
        dark[band] = np.isnan(colors[band]).any(2)
        view[band] = _levels(curve(_seen(colors[band], cover, exposure, matrix)))
    if dark.any():
        known = ~dark if alpha is None else ~dark & (alpha > 0)
        whole = filled(view.astype(np.float32), known)
        view[dark] = np.rint(whole[dark]).astype(np.uint16)
    return Light(colors, alpha, exposure, view, source, matrix, largest, layer)


def carried_back(light: Light, painted: Pixels) -> Array:
    """The colors of the light as the painted view (h, w, 3), uint16, has them; the same where it was not changed."""
    result = light.colors.copy()
    for band in _bands(light.colors):
        before, after = light.view[band], painted[band]
        changed = (before != after).any(2)
        if changed.any():
            cover = None if light.alpha is None else light.alpha[band][changed][None]
            colors = light.colors[band][changed][None]
            result[band][changed] = _carried(light, colors, cover, before[changed][None], after[changed][None])[0]
    return result


def _carried(light: Light, colors: Array, alpha: Array | None, before: Pixels, after: Pixels) -> Array:
    back: Matrix | None = None if light.matrix is None else np.linalg.inv(light.matrix).astype(np.float64)
    old, new = (_turned(uncurve(pixels.astype(np.float32) / np.float32(65535)), back) for pixels in (before, after))
    # What stood above white is above it in the file's own primaries or in those of the view.
    seen = _seen(colors, alpha, light.exposure, light.matrix, clip=False)
    own = _seen(colors, alpha, light.exposure, None, clip=False)
    top = np.maximum(seen, own).max(2, keepdims=True)
    share = np.clip((top - KNEE) / (WHITE - KNEE), 0, 1)
    share = share * share * (3 - 2 * share)
    cover = np.float32(1) if alpha is None else _cover(alpha)[:, :, None]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        free = colors + cover * (new - old) * np.float32(2.0**-light.exposure)
        free = np.where(colors >= 0, np.maximum(free, 0), free)
        ratio = np.where((old > 0) & (new >= 0), new / old, np.float32(1))
        held = colors * np.clip(ratio, 1 / HELD, HELD)
        mixed = np.clip(free + share * (held - free), -light.largest, light.largest)
    return np.where(np.isfinite(colors) & np.isfinite(mixed), mixed, colors).astype(np.float32)


def curve(x: Array) -> Array:
    """Exposed light 0 … WHITE → encoded values 0 … 1."""
    shown = x * (1 + x * np.float32(WHITE**-2)) / (1 + x)
    return np.where(
        shown <= 0.0031308, 12.92 * shown, 1.055 * np.maximum(shown, np.float32(0.0031308)) ** (1 / 2.4) - 0.055
    ).astype(np.float32)


def uncurve(v: Array) -> Array:
    """Encoded values 0 … 1 → exposed light: the inverse of `curve`."""
    shown = np.where(v <= 0.04045, v / 12.92, ((np.maximum(v, np.float32(0.04045)) + 0.055) / 1.055) ** 2.4)
    rest = 1 - shown
    light: Array = (2 * shown / (rest + np.sqrt(rest * rest + 4 * shown * WHITE**-2))).astype(np.float32)
    return light


def measured(colors: Array, alpha: Array | None, matrix: Matrix | None = None) -> float | None:
    """The exposure in stops, to a hundredth, that shows the log-average luminance as middle gray; None for darkness."""
    step = max(1, int((colors.shape[0] * colors.shape[1] / SAMPLES) ** 0.5))
    some = colors[::step, ::step]
    cover = None if alpha is None else alpha[::step, ::step]
    luminance = _seen(some, cover, 0.0, matrix, clip=False) @ LUMINANCE
    luminance = luminance[np.isfinite(some).all(2) & (luminance > 0)]
    if not luminance.size:
        return None
    dim = np.percentile(luminance, 99) * 2.0**-BLACK_STOPS
    stops = np.log2(MIDDLE_GRAY) - np.log2(luminance[luminance > dim]).mean()
    return float(np.clip(np.round(stops, 2), -FARTHEST_EXPOSURE, FARTHEST_EXPOSURE))


def to_rec709(chromaticities: Sequence[float] | None) -> Matrix | None:
    """The matrix that takes light of these primaries and white (x, y of red, green, blue, white) to Rec. 709.

    None if they are those of Rec. 709, are missing or make no space of colors.
    """
    if chromaticities is None or len(chromaticities) != 8 or not np.isfinite(chromaticities).all():
        return None
    if np.allclose(chromaticities, REC709, atol=2e-3):
        return None
    try:
        source, target = _to_xyz(chromaticities), _to_xyz(REC709)
        white, wanted = BRADFORD @ source.sum(1), BRADFORD @ target.sum(1)
        adapted = np.linalg.inv(BRADFORD) @ np.diag(wanted / white) @ BRADFORD
        matrix = np.linalg.inv(target) @ adapted @ source
        sound = np.linalg.cond(matrix) < 1e4
    except (np.linalg.LinAlgError, ZeroDivisionError, FloatingPointError):
        return None
    return matrix if sound else None


def _to_xyz(chromaticities: Sequence[float]) -> Matrix:
    """RGB → XYZ, the columns scaled so that they add up to the white (SMPTE RP 177)."""
    points = np.asarray(chromaticities, np.float64).reshape(4, 2)
    with np.errstate(all="raise"):
        x, y = points.T
        columns = np.stack((x / y, np.ones(4), (1 - x - y) / y))
        return np.asarray(columns[:, :3] * np.linalg.solve(columns[:, :3], columns[:, 3]), np.float64)


def _seen(colors: Array, alpha: Array | None, exposure: float, matrix: Matrix | None, *, clip: bool = True) -> Array:
    """Exposed light, without alpha and in Rec. 709; finite, and clipped to what the view shows if it is for that."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        seen = colors * np.float32(2.0**exposure)
        if alpha is not None:
            cover = _cover(alpha)[:, :, None]
            seen = np.where(cover > 0, seen / cover, np.float32(0))
        seen = np.clip(np.nan_to_num(seen, nan=0.0), -1e30, 1e30)
        seen = _turned(seen, matrix)
    return np.clip(seen, 0, np.float32(WHITE)) if clip else seen


def _cover(alpha: Array) -> Array:
    """Alpha as a share: 0 … 1, and 0 for what is no number."""
    return np.clip(np.nan_to_num(alpha, nan=0.0, posinf=1.0, neginf=0.0), 0, 1).astype(np.float32)


def _turned(colors: Array, matrix: Matrix | None) -> Array:
    return colors if matrix is None else (colors @ matrix.T.astype(np.float32)).astype(np.float32)


def _levels(values: Array) -> Pixels:
    levels: Pixels = np.rint(values * np.float32(65535)).astype(np.uint16)
    return levels


def _bands(colors: Array) -> Iterator[slice]:
    rows = max(1, BAND // max(1, colors.shape[1]))
    return (slice(top, top + rows) for top in range(0, colors.shape[0], rows))
