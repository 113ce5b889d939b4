"""Style tables + a mix of styles → the weights of plain convolutions, in numpy.

A trunk file holds each modulated convolution as it is for the first style, and for every style how its input scales,
output gains and bias differ, and what it adds to the weights if styles have some of their own. Modulation and
demodulation (StyleGAN2, Karras et al. 2020) look at weights only, never at the picture, so a style or a mix of styles
is folded into the weights once, before anything is painted.
Shapes: o outputs, i inputs, k kernel, S styles, r rank.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pleinair.errors import ModelError, SettingError, UnknownStyleError

TINY = 1e-30  # an all-zero filter stays zero instead of becoming NaN


@dataclass(frozen=True, eq=False)
class Tables:
    """What each style makes of one convolution: log scale of its inputs relative to the first style's (S, i), log gain
    of its outputs (S, o), bias (S, o). Where styles have weights of their own, these are own_out (S, o, r) times own_in
    (S, r, i·k·k); the first style's are in the file's weights already."""

    scale: npt.NDArray[Any]
    gain: npt.NDArray[Any]
    bias: npt.NDArray[Any]
    own_out: npt.NDArray[Any] | None = None
    own_in: npt.NDArray[Any] | None = None

    def own(self, mix: npt.NDArray[np.float64], shape: tuple[int, ...]) -> npt.NDArray[np.float64] | None:
        """What a mix (S,) adds to weights of a shape (o, i, k, k) that hold the first style's, nothing where styles
        share all weights. Raises ModelError for shapes that do not fit."""
        if self.own_out is None or self.own_in is None:
            return None
        (styles, outputs), inputs = self.gain.shape, int(np.prod(shape[1:]))
        rank = self.own_out.shape[-1]
        if self.own_out.shape != (styles, outputs, rank) or self.own_in.shape != (styles, rank, inputs):
            raise ModelError(f"its own weights {self.own_out.shape}, {self.own_in.shape} do not fit a weight {shape}")
        shares = mix - np.eye(styles)[0]
        total = np.zeros((outputs, inputs))
        for style in np.flatnonzero(shares):
            total += shares[style] * (self.own_out[style].astype(np.float64) @ self.own_in[style].astype(np.float64))
        return total.reshape(shape)


def shares(mix: Mapping[str, float], styles: Sequence[str]) -> npt.NDArray[np.float64]:
    """The mix as one weight per style (S,), with sum 1. Raises UnknownStyleError, and SettingError for weights that
    cannot be."""
    for style, weight in mix.items():
        if style not in styles:
            raise UnknownStyleError(f"the model has no style {style!r}; it has {', '.join(styles)}")
        if not 0 <= weight < float("inf"):
            raise SettingError(f"the weight of {style!r} must be a number from 0 up, not {weight}")
    given = np.array([mix.get(style, 0.0) for style in styles], np.float64)
    largest = given.max()
    if not largest > 0:
        raise SettingError(f"a mix needs at least one style with a weight above 0; the model has {', '.join(styles)}")
    given /= largest  # so that the sum of huge weights stays finite
    total: npt.NDArray[np.float64] = given / given.sum()
    return total


def baked(
    weight: npt.NDArray[Any], tables: Tables, mix: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Weight (o, i, k, k) and bias (o,), float32, of the plain convolution that a mix (S,) makes of the first style's.

    V = (W + own) · exp(scale),  W' = V · exp(gain) / ‖V‖ with the norm over inputs and kernel. The first style's gain
    cancels in V / ‖V‖. In float64, so that all rounding left is that of the file and of the last step. Raises
    ModelError for tables that do not fit the weight or numbers that are not finite.
    """
    styles, (outputs, inputs) = len(mix), weight.shape[:2] if weight.ndim == 4 else (-1, -1)
    shapes = tables.scale.shape, tables.gain.shape, tables.bias.shape
    if shapes != ((styles, inputs), (styles, outputs), (styles, outputs)):
        raise ModelError(f"its style tables {shapes} do not fit a weight {weight.shape} and {styles} styles")
    with np.errstate(all="ignore"):  # what is not finite is found below, by its effect
        own = tables.own(mix, weight.shape)
        plain = weight.astype(np.float64) if own is None else weight + own
        scaled = plain * np.exp(mix @ tables.scale)[None, :, None, None]
        norm = np.sqrt(np.square(scaled).sum((1, 2, 3)) + TINY)
        normed = (scaled * (np.exp(mix @ tables.gain) / norm)[:, None, None, None]).astype(np.float32)
        bias = (mix @ tables.bias).astype(np.float32)
    if not (np.isfinite(normed).all() and np.isfinite(bias).all()):
        raise ModelError("its weights are not all finite numbers")
    return normed, bias
