"""Named protocols: each fixes what a figure depends on, and a figure is one line of JSON that says all of it.

    kd           kernel distance of two sets (×1000)            lower is nearer
    fd           Fréchet distance of two sets                   lower is nearer
    content      contours kept, pair by pair: mean, 5 %, worst  higher keeps more, 1 keeps all
    sharpness    mean log-gradient                              compare with the photos' own
    diversity    mean pairwise feature distance                 a collapsed painter has little
    style_ratio  KD of painted over KD of unpainted pictures    1 is no nearer to the style than the photos, 0 is in it

Figures of one protocol compare with each other when their extractors have the same SHA-256, and with nothing else:
these features are not Inception's, so no figure here is a FID or KID of the literature.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from pleinair.errors import DataError, OutputError, SettingError
from pleinair.metrics import content as contents
from pleinair.metrics import features, sharpness
from pleinair.metrics.distances import SUBSET_LIMIT, SUBSETS, frechet_distance, kernel_distance
from pleinair.metrics.diversity import diversity_of
from pleinair.metrics.features import FeatureSet
from pleinair.metrics.squares import Source
from pleinair.spec import Score

FILTER = "centered square, antialiased bicubic"


@dataclass(frozen=True)
class Protocol:
    """What a figure depends on: which pictures count, how they are resized, what looks at them, and the reference."""

    name: str
    count: str
    resize: str
    extractor: str
    reference: str


def _protocol(name: str, count: str, size: int, reference: str, extractor: str = "") -> tuple[str, Protocol]:
    return name, Protocol(name, count, f"{FILTER}, {size} px", extractor, reference)


_DRAWS = f"{SUBSETS} subsets of 3/4 min(n, m, {SUBSET_LIMIT}) a side, seed 0"
_NETWORK = "pooled features of the .onnx of that SHA-256"

PROTOCOLS: Mapping[str, Protocol] = MappingProxyType(
    dict(
        [
            _protocol("kd", _DRAWS, features.SIZE, "another set of any number", _NETWORK),
            _protocol("fd", "all pictures of both sets", features.SIZE, "another set of like number", _NETWORK),
            _protocol("content", "all pairs", contents.SIZE, "the picture that was painted"),
            _protocol("sharpness", "all pictures", sharpness.SIZE, "none"),
            _protocol("diversity", "all pairs of the set", features.SIZE, "none", _NETWORK),
            _protocol("style_ratio", _DRAWS, features.SIZE, "all pictures of the style, twice", _NETWORK),
        ]
    )
)


@dataclass(frozen=True)
class Result:
    """One figure: `value` by `protocol` of `subject` against `reference` (empty where the protocol has none).

    `details` are further figures by name; `extractor` is the SHA-256 of the feature network, empty where none looked.
    """

    protocol: str
    subject: str
    value: float
    pictures: int
    reference: str = ""
    reference_pictures: int = 0
    extractor: str = ""
    details: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> str:
        """One line of JSON, with the protocol spelled out."""
        line = asdict(self)
        line["protocol"] = asdict(PROTOCOLS[self.protocol])
        return json.dumps(line, ensure_ascii=False)

    def to_score(self, style: str) -> Score:
        """The figure as a model's card carries it."""
        further = ", ".join(f"{name} {value:.4g}" for name, value in self.details.items())
        looked = f"extractor {self.extractor[:12]}" if self.extractor else ""
        against = f"against {self.reference}" if self.reference else ""
        note = "; ".join(part for part in (f"{self.subject}, n {self.pictures}", against, further, looked) if part)
        return Score(self.protocol, style, self.value, note)


def measure_kd(pictures: FeatureSet, reference: FeatureSet) -> Result:
    """Protocol `kd`. Raises SettingError for sets seen by different extractors, DataError for too few pictures."""
    _check_extractors(pictures, reference)
    found = kernel_distance(pictures.rows, reference.rows)
    details = {"standard_error": found.standard_error, "subset": float(found.subset)}
    return _compared("kd", pictures, reference, found.value, details)


def measure_fd(pictures: FeatureSet, reference: FeatureSet) -> Result:
    """Protocol `fd`. Raises as `measure_kd` does."""
    _check_extractors(pictures, reference)
    return _compared("fd", pictures, reference, frechet_distance(pictures.rows, reference.rows), {})


def measure_style_ratio(painted: FeatureSet, unpainted: FeatureSet, style: FeatureSet) -> Result:
    """Protocol `style_ratio`. Raises as `measure_kd` does, and DataError for pictures in the style already."""
    return style_ratio_of(measure_kd(painted, style), measure_kd(unpainted, style))


def style_ratio_of(painted: Result, unpainted: Result) -> Result:
    """Protocol `style_ratio` from two figures of protocol `kd` against one style. Raises DataError as the above."""
    if unpainted.value <= 0:
        raise DataError(
            f"{unpainted.subject} cannot be told from {unpainted.reference} (KD {unpainted.value:.1f}), "
            "so a ratio means nothing; paint other content"
        )
    ratio = painted.value / unpainted.value
    # Both draw the same pictures of the style, so the errors are not independent; as if they were is the cautious side.
    error = float(np.hypot(painted.details["standard_error"], ratio * unpainted.details["standard_error"]))
    details = {"kd_unpainted": unpainted.value, "kd_painted": painted.value, "standard_error": error / unpainted.value}
    return replace(painted, protocol="style_ratio", value=ratio, details=details)


def measure_content(name: str, before: Sequence[Source], after: Sequence[Source], reference: str = "") -> Result:
    """Protocol `content` of the set `name` whose pictures `after` were painted from `before`, in the same order."""
    kept = contents.content_of(before, after)
    details = {"percentile5": kept.percentile5, "worst": kept.worst}
    return Result("content", name, kept.mean, kept.pairs, reference, len(before), details=details)


def measure_sharpness(name: str, pictures: Sequence[Source]) -> Result:
    """Protocol `sharpness`."""
    return Result("sharpness", name, sharpness.sharpness_of(pictures), len(pictures))


def measure_diversity(pictures: FeatureSet) -> Result:
    """Protocol `diversity`."""
    found = diversity_of(pictures.rows)
    details = {"near_duplicates": found.near_duplicates}
    return Result("diversity", pictures.name, found.mean, found.pictures, extractor=pictures.extractor, details=details)


def append_lines(out: Path, lines: Iterable[str]) -> None:
    """Append lines of JSON to a file, making it if need be. Raises OutputError."""
    try:
        with out.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise OutputError(f"{out}: figures cannot be written there ({error.strerror}); choose another --out") from error


def _compared(
    protocol: str, pictures: FeatureSet, reference: FeatureSet, value: float, details: dict[str, float]
) -> Result:
    return Result(
        protocol,
        pictures.name,
        value,
        len(pictures.rows),
        reference.name,
        len(reference.rows),
        pictures.extractor,
        details,
    )


def _check_extractors(a: FeatureSet, b: FeatureSet) -> None:
    if a.extractor != b.extractor:
        raise SettingError(
            f"{a.name} and {b.name} were seen by different extractors ({a.extractor[:12]}, {b.extractor[:12]}); "
            "extract both with one file"
        )
