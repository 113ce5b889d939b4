"""Distances between two sets of pictures, as distances between their features.

Shapes: n and m pictures a side, d features of a picture, r rows left of n when only their covariance matters.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pleinair.errors import DataError, SettingError

Rows = npt.NDArray[np.floating]
Doubles = npt.NDArray[np.float64]

SUBSETS = 100
SUBSET_LIMIT = 200  # of the smaller side, at most so many pictures count for the size of a subset
SEED = 0
KERNEL_LIMIT = 3000  # pictures a side up to which all kernels are held: three matrices of 72 MB
FEWEST_FOR_KERNEL = 3  # three quarters of it are two pictures, the fewest that have a pair


@dataclass(frozen=True)
class KernelDistance:
    """Mean over random subsets, ×1000, its standard error, and the number of pictures in each subset."""

    value: float
    standard_error: float
    subset: int


def kernel_distance(a: Rows, b: Rows) -> KernelDistance:
    """Kernel distance of features a (n, d) and b (m, d), ×1000: the polynomial MMD² of KID (Bińkowski et al. 2018).

    Averaged over 100 draws, each of ¾ · min(n, m, 200) pictures of either side without replacement, always the same
    draws. Unbiased, so the sides may differ in number, small sets are noisy but not wrong on average, and a value may
    be below zero.
    Raises DataError for fewer than three pictures a side, SettingError for features that do not match.
    """
    a, b = checked(a, b, FEWEST_FOR_KERNEL)
    subset = min(len(a), len(b), SUBSET_LIMIT) * 3 // 4
    draw = np.random.default_rng(SEED)
    # The draws overlap: where all kernels fit in memory they are computed once, which is some thirty times faster.
    kernels = (kernel(a, a), kernel(b, b), kernel(a, b)) if max(len(a), len(b)) <= KERNEL_LIMIT else None
    values = np.empty(SUBSETS)
    for turn in range(SUBSETS):
        x = draw.choice(len(a), subset, replace=False)
        y = draw.choice(len(b), subset, replace=False)
        if kernels:
            of_a, of_b, across = kernels
            values[turn] = _mmd(of_a[np.ix_(x, x)], of_b[np.ix_(y, y)], across[np.ix_(x, y)])
        else:
            values[turn] = polynomial_mmd(a[x], b[y])
    return KernelDistance(float(1000 * values.mean()), float(1000 * values.std() / np.sqrt(SUBSETS)), subset)


def polynomial_mmd(x: Rows, y: Rows) -> float:
    """Unbiased squared maximum mean discrepancy of x (n, d) and y (m, d) under the kernel (x·y / d + 1)³."""
    return _mmd(kernel(x, x), kernel(y, y), kernel(x, y))


def frechet_distance(a: Rows, b: Rows) -> float:
    """Fréchet distance of the normal distributions fitted to a (n, d) and b (m, d) (Heusel et al. 2017).

    |μa - μb|² + tr Ca + tr Cb - 2 tr √(Ca Cb). With Ca = Za'Za the last trace is the nuclear norm of Za Zb', which
    needs no root of a matrix and is exact where there are fewer pictures than features. Biased upward on small sets.
    Raises DataError for fewer than two pictures a side, SettingError for features that do not match.
    """
    a, b = checked(a, b, 2)
    za, zb = _centered(a), _centered(b)
    gap = float(np.square(a.mean(axis=0) - b.mean(axis=0)).sum())
    cross = float(np.linalg.svd(_compressed(za) @ _compressed(zb).T, compute_uv=False).sum())
    return gap + float(np.square(za).sum()) + float(np.square(zb).sum()) - 2.0 * cross


def kernel(x: Rows, y: Rows) -> Doubles:
    """(x·y / d + 1)³ of all pairs: x (n, d), y (m, d) → (n, m)."""
    return np.asarray((x @ y.T / x.shape[1] + 1.0) ** 3, np.float64)


def _mmd(of_x: Doubles, of_y: Doubles, across: Doubles) -> float:
    """From the kernels within x (n, n), within y (m, m) and across (n, m)."""
    return _mean_of_pairs(of_x) + _mean_of_pairs(of_y) - 2.0 * float(across.mean())


def _mean_of_pairs(kernel: Doubles) -> float:
    """Mean kernel (n, n) of distinct pictures: a picture against itself would bias it."""
    return float((kernel.sum() - np.trace(kernel)) / (len(kernel) * (len(kernel) - 1)))


def _centered(x: Doubles) -> Doubles:
    """z (n, d) with z'z the covariance."""
    return np.asarray((x - x.mean(axis=0)) / np.sqrt(len(x) - 1), np.float64)


def _compressed(z: Doubles) -> Doubles:
    """(n, d) → (r, d), r = min(n, d), with the same z'z: a set of many pictures costs no more than d × d."""
    return np.asarray(np.linalg.qr(z, mode="r"), np.float64) if len(z) > z.shape[1] else z


def checked(a: Rows, b: Rows, fewest: int) -> tuple[Doubles, Doubles]:
    """Both sides in double precision. Raises SettingError for features that do not match, DataError for unusable."""
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1]:
        raise SettingError(
            f"features of the two sets do not match: {a.shape} and {b.shape}; use one extractor for both"
        )
    if min(len(a), len(b)) < fewest:
        raise DataError(f"a distance needs at least {fewest} pictures a side, got {len(a)} and {len(b)}; add pictures")
    x, y = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise DataError("features hold NaN or infinity; check the extractor and the pictures")
    return x, y
