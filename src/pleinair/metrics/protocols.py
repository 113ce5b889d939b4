"""Named protocols: each fixes what a figure depends on, and a figure is one line of JSON that says all of it.

    kd                  kernel distance of two sets (×1000)                 lower is nearer
    fd                  Fréchet distance of two sets                        lower is nearer
    kid                 kd by the standard Inception weights                lower is nearer
    fid                 fd by the standard Inception weights                lower is nearer
    precision           share of the pictures that look like the reference  1 is all
    recall              share of the reference that the pictures reach      1 is all
    density             how deep within the reference the pictures are      1 is as deep as itself
    coverage            share of the reference with a picture near          1 is all
    content             contours kept, pair by pair: mean, 5 %, worst       higher keeps more, 1 keeps all
    sharpness           mean log-gradient                                   compare with the photos' own
    diversity           mean pairwise feature distance                      a collapsed painter has little
    condition_diversity the same among pictures from one condition          0 where chance changes nothing
    near_duplicates     share of pictures with another closer than 0.02     lower is better
    copies              share of pictures too near to a training picture    0.01 is chance
    style_ratio         KD of painted over KD of unpainted pictures         1 is no nearer to the style, 0 is in it
    steadiness          warp error over gradient energy, painted / source   1 flickers no more than the source

`kd1k` is `kd` with nothing left open: exactly 1,000 of the pictures, evenly by name, seen by the project's feature
network. So with every name and every number but `content`, `style_ratio` and `steadiness`, which count pairs; `fid2k`
has Inception.
Figures of one protocol compare with each other when extractor and reference have the same SHA-256, and with nothing
else: but for `kid` and `fid`, these features are not Inception's, so no other figure is one of the literature.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pleinair.errors import DataError, OutputError, SettingError
from pleinair.metrics import bootstrap, content, copies, features, neighbors, sharpness
from pleinair.metrics.distances import SUBSET_LIMIT, SUBSETS
from pleinair.metrics.diversity import NEAR
from pleinair.metrics.features import FeatureSet
from pleinair.spec import Score

FILTER = "centered square, antialiased bicubic"
INCEPTION_SIZE = 299
INCEPTION_SHA256 = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2"
COUNTED = re.compile(r"([a-z_]+?)([1-9]\d*)(k?)")

T = TypeVar("T")


@dataclass(frozen=True)
class Protocol:
    """What a figure depends on: which pictures count, how they are resized, what looks at them, the reference.

    `pictures` are exactly so many, 0 for all; `sha256` is the only extractor allowed, any where empty. `interval` says
    what is redrawn for the figure's 95 % interval.
    """

    name: str
    count: str
    resize: str
    extractor: str
    reference: str
    interval: str
    pictures: int = 0
    sha256: str = ""


_DRAWS = f"{SUBSETS} subsets of 3/4 min(n, m, {SUBSET_LIMIT}) a side, seed 0"
_ALL, _PAIRS = "all pictures of both sets", "all pairs of the set"
_ANOTHER, _LIKE = "another set of any number", "another set of like number"
_MOBILE, _INCEPTION, _NONE = "pooled features of the .onnx of that SHA-256", "pool3 of Inception v3, 2015-12-05", ""
_BOTH = f"{bootstrap.REDRAWS} redraws of either set, percentiles"
_FRECHET = (
    f"{bootstrap.FRECHET_REDRAWS} redraws of either set ({bootstrap.FRECHET_REDRAWS_LARGE} where n, m and d are all "
    f"above {bootstrap.FRECHET_LARGE}), ± 1.96 deviations"
)
_OWN = f"{bootstrap.REDRAWS} redraws of the pictures, percentiles"
_BALLS = f"{bootstrap.REDRAWS} redraws of the pictures that the share is of, the balls as they are, percentiles"
_FRAMES, _REDRAWN = "all frames, each with the next", f"{bootstrap.REDRAWS} redraws of the pairs of frames, percentiles"
_ROWS = (
    ("kd", _DRAWS, features.SIZE, _MOBILE, _ANOTHER, _BOTH),
    ("fd", _ALL, features.SIZE, _MOBILE, _LIKE, _FRECHET),
    ("kid", _DRAWS, INCEPTION_SIZE, _INCEPTION, _ANOTHER, _BOTH),
    ("fid", _ALL, INCEPTION_SIZE, _INCEPTION, _LIKE, _FRECHET),
    *(
        (name, f"{_ALL}, k = {neighbors.K}", features.SIZE, _MOBILE, _LIKE, _BALLS)
        for name in ("precision", "recall", "density", "coverage")
    ),
    ("content", "all pairs", content.SIZE, _NONE, "the picture that was painted", _OWN),
    ("sharpness", "all pictures", sharpness.SIZE, _NONE, "none", _OWN),
    ("diversity", _PAIRS, features.SIZE, _MOBILE, "none", f"{_OWN}; a picture twice is no pair"),
    (
        "condition_diversity",
        "all pairs of each condition, then the mean over conditions",
        features.SIZE,
        _MOBILE,
        "none",
        f"{_OWN}, within each condition",
    ),
    ("near_duplicates", f"{_PAIRS}, closer than {NEAR}", features.SIZE, _MOBILE, "none", f"{_OWN}, the pairs as found"),
    (
        "copies",
        f"all pictures and their mirror images, against squares of {', '.join(map(str, copies.SCALES))} of the shorter "
        f"side of each training picture, {copies.STEP} of a side apart",
        features.SIZE,
        _MOBILE,
        f"percentile {copies.PERCENTILE:g} of held-out pictures",
        f"{bootstrap.REDRAWS} redraws of the pictures and of the held-out ones, percentiles",
    ),
    ("style_ratio", _DRAWS, features.SIZE, _MOBILE, "all pictures of the style, twice", f"{_BOTH}; paintings as pairs"),
)

PROTOCOLS: Mapping[str, Protocol] = MappingProxyType(
    {
        name: Protocol(name, count, f"{FILTER}, {size} px", extractor, reference, interval)
        for name, count, size, extractor, reference, interval in _ROWS
    }
    | {
        "steadiness": Protocol(
            "steadiness", _FRAMES, "none, px as they are", "DIS flow, forward and back", "the source clip", _REDRAWN
        )
    }
)
INCEPTIONS = ("kid", "fid")  # by any other weights a figure of that name would mislead
UNCOUNTED = ("content", "style_ratio", "steadiness")


def protocol(name: str) -> Protocol:
    """The protocol of that name, as `kd`, or with its count and extractor fixed, as `kd1k` or `fid2500`.

    Raises SettingError for an unknown name, with the nearest known one.
    """
    base, pictures = _parts(name)
    if base not in PROTOCOLS or (pictures and base in UNCOUNTED):
        near = get_close_matches(base, PROTOCOLS, n=1)
        meant = f"did you mean {near[0]!r}? " if near else ""
        raise SettingError(f"there is no protocol {name!r}; {meant}there are {', '.join(PROTOCOLS)}")
    plain = PROTOCOLS[base]
    if base in INCEPTIONS:
        plain = replace(plain, sha256=INCEPTION_SHA256)
    if not pictures:
        return plain
    count = f"exactly {pictures} pictures, evenly by name; {plain.count}"
    sha256 = plain.sha256 or (features.MOBILENET_SHA256 if plain.extractor else "")
    return replace(plain, name=name, count=count, pictures=pictures, sha256=sha256)


def base_of(name: str) -> str:
    """`kd` of `kd1k`. Raises SettingError for an unknown name."""
    protocol(name)
    return _parts(name)[0]


def named(base: str, pictures: int | None) -> str:
    """`fid2k` of `fid` and 2000, `fid` of `fid` and None. Raises SettingError where that is no protocol."""
    if not pictures:
        return base
    name = f"{base}{pictures // 1000}k" if pictures % 1000 == 0 else f"{base}{pictures}"
    return protocol(name).name


def check_extractor(name: str, sha256: str) -> None:
    """Raise SettingError unless the extractor of that SHA-256 may look for the protocol."""
    wanted = protocol(name).sha256
    if wanted and sha256 != wanted:
        raise SettingError(
            f"{name} is by the extractor of SHA-256 {wanted[:12]}…, not {sha256[:12]}…; give that file, "
            "or take the protocol without a number"
        )


def counted(name: str, items: list[T]) -> list[T]:
    """As many of the items, in order and evenly spread, as the protocol counts. Raises DataError where they are fewer.

    So 1,000 pictures named by seed are the seeds 0 … 999 of a folder of a thousand, and every second of two thousand.
    """
    wanted = protocol(name).pictures
    if wanted > len(items):
        raise DataError(f"{name} is of {wanted} pictures, got {len(items)}; add pictures or choose a smaller number")
    return [items[index * len(items) // wanted] for index in range(wanted)] if wanted else items


@dataclass(frozen=True)
class Result:
    """One figure: `value` by `protocol` of `subject` against `reference` (empty where the protocol has none).

    `interval` holds the figure with 95 %, by bootstrap. `details` are further figures by name; `extractor` is the
    SHA-256 of the feature network, empty where none looked; the digests are SHA-256 over the pictures' bytes.
    """

    protocol: str
    subject: str
    value: float
    pictures: int
    reference: str = ""
    reference_pictures: int = 0
    extractor: str = ""
    details: dict[str, float] = field(default_factory=dict)
    interval: tuple[float, float] | None = None
    digest: str = ""
    reference_digest: str = ""

    def to_json(self) -> str:
        """One line of JSON, with the protocol spelled out."""
        line = asdict(self)
        line["protocol"] = asdict(protocol(self.protocol))
        return json.dumps(line, ensure_ascii=False)

    def to_score(self, style: str) -> Score:
        """The figure as a model's card carries it."""
        further = ", ".join(f"{name} {value:.4g}" for name, value in self.details.items())
        looked = f"extractor {self.extractor[:12]}" if self.extractor else ""
        against = f"against {self.reference}" if self.reference else ""
        spread = "95 % [{:.4g}, {:.4g}]".format(*self.interval) if self.interval else ""
        parts = (f"{self.subject}, n {self.pictures}", against, spread, further, looked)
        return Score(self.protocol, style, self.value, "; ".join(part for part in parts if part))


def append_lines(out: Path, lines: Iterable[str]) -> None:
    """Append lines of JSON to a file, making it if need be. Raises OutputError."""
    try:
        with out.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise OutputError(f"{out}: figures cannot be written there ({error.strerror}); choose another --out") from error


def alone(
    name: str,
    pictures: FeatureSet,
    value: float,
    interval: tuple[float, float],
    details: Mapping[str, float] = MappingProxyType({}),
) -> Result:
    """A result by the features of one set. Raises SettingError where the protocol wants another extractor."""
    check_extractor(name, pictures.extractor)
    return Result(
        name,
        pictures.name,
        value,
        len(pictures.rows),
        extractor=pictures.extractor,
        details=dict(details),
        interval=interval,
        digest=pictures.digest,
    )


def compared(
    name: str,
    pictures: FeatureSet,
    reference: FeatureSet,
    value: float,
    interval: tuple[float, float],
    details: Mapping[str, float] = MappingProxyType({}),
) -> Result:
    """A result by the features of two sets. Raises as `alone` does."""
    of_one = alone(name, pictures, value, interval, details)
    count, digest = len(reference.rows), reference.digest
    return replace(of_one, reference=reference.name, reference_pictures=count, reference_digest=digest)


def check_extractors(a: FeatureSet, b: FeatureSet) -> None:
    """Raise SettingError unless one extractor has seen both sets."""
    if a.extractor != b.extractor:
        raise SettingError(
            f"{a.name} and {b.name} were seen by different extractors ({a.extractor[:12]}, {b.extractor[:12]}); "
            "extract both with one file"
        )


def _parts(name: str) -> tuple[str, int]:
    """Base and count; the whole name and 0 where it has no count."""
    matched = COUNTED.fullmatch(name)
    if matched is None:
        return name, 0
    return matched[1], int(matched[2]) * (1000 if matched[3] else 1)
