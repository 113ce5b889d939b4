"""One function for each protocol: pictures or their features in, a `Result` with its 95 % interval out.

Every function takes the protocol's name last where it has a counted form, as `kd1k`; the caller has counted already.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pleinair.errors import DataError
from pleinair.metrics import bootstrap
from pleinair.metrics.content import correlations, summarized
from pleinair.metrics.copies import Copies, share_interval
from pleinair.metrics.distances import Doubles, frechet_distance, kernel_distance
from pleinair.metrics.diversity import by_condition, cosine_distances, has_duplicate, mean_of_pairs
from pleinair.metrics.features import FeatureSet
from pleinair.metrics.neighbors import K, neighbors_of
from pleinair.metrics.protocols import Result, alone, base_of, check_extractors, compared
from pleinair.metrics.sharpness import sharpness_of_each
from pleinair.metrics.squares import Source


def measure_kd(pictures: FeatureSet, reference: FeatureSet, name: str = "kd") -> Result:
    """Protocol `kd` or `kid`. Raises SettingError for sets seen by different extractors or by one that the protocol
    does not allow, DataError for too few pictures."""
    check_extractors(pictures, reference)
    found = kernel_distance(pictures.rows, reference.rows)
    details = {"standard_error": found.standard_error, "subset": float(found.subset)}
    interval = bootstrap.kernel_interval(pictures.rows, reference.rows)
    return compared(name, pictures, reference, found.value, interval, details)


def measure_fd(pictures: FeatureSet, reference: FeatureSet, name: str = "fd") -> Result:
    """Protocol `fd` or `fid`. Raises as `measure_kd` does."""
    check_extractors(pictures, reference)
    value = frechet_distance(pictures.rows, reference.rows)
    return compared(name, pictures, reference, value, bootstrap.frechet_interval(pictures.rows, reference.rows))


def measure_neighbors(
    pictures: FeatureSet, reference: FeatureSet, names: Sequence[str] = ("precision", "recall", "density", "coverage")
) -> tuple[Result, ...]:
    """Protocols `precision`, `recall`, `density`, `coverage`, counted or not, of one search. Raises as `measure_kd`."""
    check_extractors(pictures, reference)
    found = neighbors_of(pictures.rows, reference.rows)
    values = {"precision": found.precise, "recall": found.recalled, "density": found.dense, "coverage": found.covered}
    return tuple(
        compared(name, pictures, reference, float(each.mean()), bootstrap.mean_interval(each), {"k": float(K)})
        for name in names
        for base, each in values.items()
        if base_of(name) == base
    )


def measure_content(name: str, before: Sequence[Source], after: Sequence[Source], reference: str = "") -> Result:
    """Protocol `content` of the set `name` whose pictures `after` were painted from `before`, in the same order."""
    each = correlations(before, after)
    kept = summarized(each)
    details = {"percentile5": kept.percentile5, "worst": kept.worst}
    interval = bootstrap.mean_interval(np.asarray(each))
    return Result("content", name, kept.mean, kept.pairs, reference, len(before), details=details, interval=interval)


def measure_sharpness(subject: str, pictures: Sequence[Source], name: str = "sharpness") -> Result:
    """Protocol `sharpness` of the set `subject`."""
    return sharpness_figure(subject, sharpness_of_each(pictures), name)


def sharpness_figure(subject: str, each: Doubles, name: str = "sharpness") -> Result:
    """Protocol `sharpness` from the sharpness (n,) of each picture."""
    return Result(name, subject, float(each.mean()), len(each), interval=bootstrap.mean_interval(each))


def measure_diversity(pictures: FeatureSet, name: str = "diversity") -> Result:
    """Protocol `diversity`. Raises DataError for fewer than two pictures."""
    apart = cosine_distances(pictures.rows)
    details = {"near_duplicates": float(has_duplicate(apart).mean())}
    return alone(name, pictures, mean_of_pairs(apart), bootstrap.pairs_interval(apart), details)


def measure_near_duplicates(pictures: FeatureSet, name: str = "near_duplicates") -> Result:
    """Protocol `near_duplicates`. Raises DataError for fewer than two pictures."""
    each = has_duplicate(cosine_distances(pictures.rows)).astype(np.float64)
    details = {"pictures_with_one": float(each.sum())}
    return alone(name, pictures, float(each.mean()), bootstrap.mean_interval(each), details)


def measure_condition_diversity(
    pictures: FeatureSet, conditions: Sequence[str], name: str = "condition_diversity"
) -> Result:
    """Protocol `condition_diversity`; `details` holds each condition's own. Raises DataError for a condition with one
    picture."""
    groups = by_condition(pictures.rows, conditions)
    details = {condition: mean_of_pairs(apart) for condition, apart in groups.items()}
    value = float(np.mean(list(details.values())))
    return alone(name, pictures, value, bootstrap.mean_of_means_interval(list(groups.values())), details)


def measure_copies(pictures: FeatureSet, held_out: FeatureSet, found: Copies, name: str = "copies") -> Result:
    """Protocol `copies`, from what `find_copies` found of these two sets."""
    ours, theirs = len(found.outputs.apart), len(found.held_out.apart)  # without their mirror images
    pictures, held_out = replace(pictures, rows=pictures.rows[:ours]), replace(held_out, rows=held_out.rows[:theirs])
    copied = found.copied
    details = {
        "copies": float(copied.sum()),
        "threshold": found.threshold,
        "nearest": float(found.outputs.apart.min()),
    }
    return compared(name, pictures, held_out, float(copied.mean()), share_interval(found), details)


def measure_style_ratio(painted: FeatureSet, unpainted: FeatureSet, style: FeatureSet) -> Result:
    """Protocol `style_ratio`. Raises as `measure_kd` does, and DataError for pictures in the style already."""
    found = style_ratio_of(measure_kd(painted, style), measure_kd(unpainted, style))
    return replace(found, interval=bootstrap.ratio_interval(painted.rows, unpainted.rows, style.rows))


def style_ratio_of(painted: Result, unpainted: Result) -> Result:
    """Protocol `style_ratio`, without its interval, from two figures of protocol `kd` against one style.

    Raises DataError for pictures in the style already.
    """
    if unpainted.value <= 0:
        raise DataError(
            f"{unpainted.subject} cannot be told from {unpainted.reference} (KD {unpainted.value:.1f}), "
            "so a ratio means nothing; paint other content"
        )
    ratio = painted.value / unpainted.value
    # Both draw the same pictures of the style, so the errors are not independent; as if they were is the cautious side.
    error = float(np.hypot(painted.details["standard_error"], ratio * unpainted.details["standard_error"]))
    details = {"kd_unpainted": unpainted.value, "kd_painted": painted.value, "standard_error": error / unpainted.value}
    return replace(painted, protocol="style_ratio", value=ratio, details=details, interval=None)
