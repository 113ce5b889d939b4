"""Judge one set of pictures by any protocols: figures, what there is to see of them, and each set looked at once."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pleinair.errors import SettingError
from pleinair.metrics import measure
from pleinair.metrics.copies import Copies, beside_nearest, find_copies, with_mirrored
from pleinair.metrics.diversity import NEAR, cosine_distances, nearest
from pleinair.metrics.features import FeatureSet, Network, Progress, digest_of, feature_set
from pleinair.metrics.plots import Histogram
from pleinair.metrics.protocols import base_of, check_extractor, counted, protocol
from pleinair.metrics.report import Findings, Sheet
from pleinair.metrics.sharpness import sharpness_of_each
from pleinair.metrics.sheets import contact_sheet, pairs_in_rows, save_sheet
from pleinair.metrics.squares import Pixels, picture_files, square

DISTANCES = ("kd", "fd")
NEIGHBORHOOD = ("precision", "recall", "density", "coverage")
ELSEWHERE = {"kid": "kid", "fid": "fid", "content": "content", "style_ratio": "painter"}  # protocol → its command
SHOWN, SHOWN_TILE = 64, 96  # pictures on a page, and their size in px
PAIRS, PAIR_TILE, PAIRS_A_ROW = 40, 128, 4  # pairs on a sheet of copies

Bar = Callable[[str, int], AbstractContextManager[Progress]]  # what is done, how many times → a thing to be told


@dataclass(frozen=True)
class Sets:
    """Files of the pictures to judge under `root`, and of what they are compared with; empty where there is none."""

    root: Path
    pictures: list[Path]
    reference: list[Path] = field(default_factory=list)
    training: list[Path] = field(default_factory=list)
    held_out: list[Path] = field(default_factory=list)
    reference_name: str = ""
    held_out_name: str = ""


def sets_of(
    root: Path, reference: Sequence[Path] = (), training: Sequence[Path] = (), held_out: Sequence[Path] = ()
) -> Sets:
    """The sets in these folders. Raises DataError for a folder without pictures."""
    return Sets(
        root,
        picture_files([root]),
        picture_files(reference),
        picture_files(training),
        picture_files(held_out),
        "+".join(folder.name for folder in reference),
        "+".join(folder.name for folder in held_out),
    )


def conditions_of(files: Sequence[Path], root: Path) -> list[str]:
    """What each picture was made from: the name of the folder under `root` that holds it, as `lake` or `forest/fog`."""
    return [path.parent.relative_to(root).as_posix() if path.parent != root else (root.name or ".") for path in files]


def possible(sets: Sets) -> list[str]:
    """Every protocol that these sets have the pictures for."""
    names = ["sharpness", "diversity", "near_duplicates"]
    conditions = conditions_of(sets.pictures, sets.root)
    if len(set(conditions)) > 1 and min(map(conditions.count, set(conditions))) > 1:
        names.append("condition_diversity")
    if sets.reference:
        names = [*DISTANCES, *NEIGHBORHOOD, *names]
    return [*names, "copies"] if sets.training and sets.held_out else names


def needs_network(names: Sequence[str]) -> bool:
    """Whether any of the protocols is of features."""
    return any(protocol(name).extractor for name in names)


def check_request(names: Sequence[str], sets: Sets) -> None:
    """Say before any work what cannot be measured.

    Raises SettingError for a protocol that is unknown, not of one set, or short of a folder, DataError where there are
    fewer pictures than it counts.
    """
    for name in names:
        base = base_of(name)
        if base in ELSEWHERE:
            raise SettingError(f"{name} is not measured here; type: pleinair score {ELSEWHERE[base]} --help")
        if base in (*DISTANCES, *NEIGHBORHOOD) and not sets.reference:
            raise SettingError(f"{name} compares with a reference; give --reference DIR")
        if base == "copies" and not (sets.training and sets.held_out):
            raise SettingError(f"{name} needs training pictures and held-out ones; give --training DIR --held-out DIR")
        counted(name, sets.pictures)


def survey(names: Sequence[str], sets: Sets, network: Network | None, bar: Bar, cache: Path | None = None) -> Findings:
    """Every protocol of `names` on the sets, in that order, with plots and sheets.

    Raises as `check_request` does and as the measures do, SettingError for an extractor that a protocol does not allow
    or where one is missing.
    """
    check_request(names, sets)
    for name in names:
        if protocol(name).extractor and network is None:
            raise SettingError(f"{name} needs a feature network; give --features FILE")
        if network is not None and protocol(name).extractor:
            check_extractor(name, network.sha256)
    found, look = Findings(), _Look(sets, network, bar, cache)
    for name in names:
        _STEPS[base_of(name)](name, look, found)
    order = {name: place for place, name in enumerate(names)}
    found.results.sort(key=lambda result: order[result.protocol])
    shown = sets.pictures[:SHOWN]
    rows = [shown[start : start + 8] for start in range(0, len(shown), 8)]
    with bar("drawing the sheet", 1):
        sheet = contact_sheet([[square(path, SHOWN_TILE) for path in row] for row in rows], SHOWN_TILE)
    found.sheets.insert(0, Sheet(f"The first {len(shown)} of {len(sets.pictures)} pictures by name", sheet))
    return found


def save_pairs(pairs: Sequence[tuple[Pixels, Pixels]], folder: Path) -> list[Path]:
    """Sheets of every pair, 40 on each, as copies-01.jpg … Raises OutputError."""
    parts = [pairs[start : start + PAIRS] for start in range(0, len(pairs), PAIRS)]
    return [save_sheet(_sheet_of(part), folder / f"copies-{place:02}.jpg") for place, part in enumerate(parts, start=1)]


class _Look:
    """The sets as the network sees them, each looked at once."""

    def __init__(self, sets: Sets, network: Network | None, bar: Bar, cache: Path | None) -> None:
        self.sets, self._network, self.bar, self.cache = sets, network, bar, cache
        self._seen: dict[tuple[str, str], FeatureSet] = {}

    @property
    def network(self) -> Network:
        assert self._network is not None  # `survey` has checked
        return self._network

    def pictures(self, name: str) -> FeatureSet:
        """The pictures that the protocol counts."""
        return self._of(self.sets.root.name, counted(name, self.sets.pictures))

    def reference(self) -> FeatureSet:
        return self._of(self.sets.reference_name, self.sets.reference)

    def _of(self, name: str, files: list[Path]) -> FeatureSet:
        key = (name, digest_of(files))
        if key not in self._seen:
            with self.bar(f"looking at {name}", len(files)) as advance:
                self._seen[key] = feature_set(name, files, self.network, self.cache, advance)
        return self._seen[key]

    def copies(self, name: str) -> tuple[FeatureSet, FeatureSet, Copies]:
        files = counted(name, self.sets.pictures)
        with self.bar("looking at mirror images", 1):
            ours = with_mirrored(self.sets.root.name, files, self.network, self.cache)
            theirs = with_mirrored(self.sets.held_out_name, self.sets.held_out, self.network, self.cache)
        with self.bar("looking at training pictures", len(self.sets.training)) as advance:
            return ours, theirs, find_copies(ours, theirs, self.sets.training, self.network, self.cache, advance)


def _distance(name: str, look: _Look, found: Findings) -> None:
    measured = measure.measure_kd if base_of(name) == "kd" else measure.measure_fd
    found.results.append(measured(look.pictures(name), look.reference(), name))


def _neighborhood(name: str, look: _Look, found: Findings) -> None:
    found.results += measure.measure_neighbors(look.pictures(name), look.reference(), [name])


def _sharpness(name: str, look: _Look, found: Findings) -> None:
    files, sets = counted(name, look.sets.pictures), look.sets
    with look.bar("looking for blur", 1):
        each = {sets.root.name: sharpness_of_each(files)}
        if sets.reference:
            each[sets.reference_name] = sharpness_of_each(sets.reference)
    figure = measure.sharpness_figure(sets.root.name, each[sets.root.name], name)
    of_reference = {"of_reference": float(each[sets.reference_name].mean())} if sets.reference else {}
    found.results.append(replace(figure, details=of_reference))
    found.histograms.append(Histogram("Sharpness of each picture: mean log-gradient", each))


def _diversity(name: str, look: _Look, found: Findings) -> None:
    found.results.append(measure.measure_diversity(look.pictures(name), name))


def _near_duplicates(name: str, look: _Look, found: Findings) -> None:
    seen = look.pictures(name)
    found.results.append(measure.measure_near_duplicates(seen, name))
    apart = {seen.name: nearest(cosine_distances(seen.rows))}
    found.histograms.append(Histogram("Cosine distance to the nearest other picture", apart, NEAR, "near-duplicate"))


def _condition_diversity(name: str, look: _Look, found: Findings) -> None:
    conditions = conditions_of(counted(name, look.sets.pictures), look.sets.root)
    found.results.append(measure.measure_condition_diversity(look.pictures(name), conditions, name))


def _copies(name: str, look: _Look, found: Findings) -> None:
    ours, theirs, copies = look.copies(name)
    found.results.append(measure.measure_copies(ours, theirs, copies, name))
    apart = {ours.name: copies.outputs.apart, theirs.name: copies.held_out.apart}
    title = "Cosine distance to the nearest crop of a training picture"
    found.histograms.append(Histogram(title, apart, copies.threshold, "copy"))
    files, sets = counted(name, look.sets.pictures), look.sets
    with look.bar("drawing copies", 1):
        found.pairs = beside_nearest(copies.outputs, files, sets.training, look.network.size, PAIR_TILE)
    title = "Outputs beside the nearest crop of a training picture, nearest first"
    found.sheets.append(Sheet(title, _sheet_of(found.pairs[:PAIRS])))


def _sheet_of(pairs: Sequence[tuple[Pixels, Pixels]]) -> Pixels:
    rows = pairs_in_rows([ours for ours, _ in pairs], [theirs for _, theirs in pairs], PAIRS_A_ROW)
    return contact_sheet(rows, PAIR_TILE)


_STEPS: Mapping[str, Callable[[str, _Look, Findings], None]] = {
    **dict.fromkeys(DISTANCES, _distance),
    **dict.fromkeys(NEIGHBORHOOD, _neighborhood),
    "sharpness": _sharpness,
    "diversity": _diversity,
    "near_duplicates": _near_duplicates,
    "condition_diversity": _condition_diversity,
    "copies": _copies,
}
