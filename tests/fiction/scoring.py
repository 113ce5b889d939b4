"""How well sentences were understood: what is stated becomes items, and F1 counts those found, missed and made up.

A scene is a table as under `expected` in `sentences.jsonl`: kind, season, time, weather, mood and style where they are
stated, and the lists elements (tables of what, count, place, depth, size, color), without and refused. Its items are

    ("kind", v)  ("season", v)  ("time", v)  ("weather", v)  ("mood", v)  ("style", v)
    ("without", thing)  ("refused", word)
    ("is", what)  and  ("count" | "place" | "depth" | "size" | "color", what, v)  for every element

as a multiset: two elements `pine` are two items ("is", "pine"), and what is said of an element is matched by what the
element is, whatever its order among its like.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pleinair.fiction.spec import SceneSpec

SENTENCES = Path(__file__).parent / "sentences.jsonl"
STATED = ("kind", "season", "time", "weather", "mood", "style")
SAID = ("count", "place", "depth", "size", "color")  # of an element
ALL = "all"
PHENOMENA = {"is": "thing", "without": "negation"}  # an item's phenomenon, where it is not called as the item is

Item = tuple[str | int, ...]
Scene = Mapping[str, Any]


@dataclass(frozen=True)
class Score:
    """Items found, missed (expected, not found) and spurious (found, not expected)."""

    found: int = 0
    missed: int = 0
    spurious: int = 0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0 to 1; 1 where nothing was stated and nothing made up."""
        wrong = self.missed + self.spurious
        return 2 * self.found / (2 * self.found + wrong) if self.found or wrong else 1.0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.found + other.found, self.missed + other.missed, self.spurious + other.spurious)


def sentences(path: Path = SENTENCES) -> list[dict[str, Any]]:
    """The test set. An edit has `base` and `edit`, any other row `sentence`; `expected` is the whole scene."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def as_scene(spec: SceneSpec, style: str | None = None, refused: Iterable[str] = ()) -> dict[str, Any]:
    """What was parsed as the table that `items` reads. Camera and seed are never stated."""
    table = json.loads(spec.to_json())
    scene = {name: table[name] for name in STATED if name in table}
    if style is not None:
        scene["style"] = style
    return {
        **scene,
        "elements": table.get("elements", []),
        "without": list(spec.without),
        "refused": [word.lower() for word in refused],
    }


def items(scene: Scene) -> Counter[Item]:
    """All that a scene states, as a multiset."""
    stated: Counter[Item] = Counter((name, scene[name]) for name in STATED if scene.get(name) is not None)
    stated.update((name, value) for name in ("without", "refused") for value in scene.get(name, ()))
    for element in scene.get("elements", ()):
        what = element["what"]
        stated["is", what] += 1
        stated.update((name, what, element[name]) for name in SAID if element.get(name) is not None)
    return stated


def phenomenon(item: Item) -> str:
    """What an item is counted under: negation, place, color …"""
    return PHENOMENA.get(str(item[0]), str(item[0]))


def compare(expected: Counter[Item], parsed: Counter[Item]) -> Score:
    """Each expected item is found as often as both have it."""
    found = (expected & parsed).total()
    return Score(found, expected.total() - found, parsed.total() - found)


def score(rows: Sequence[Mapping[str, Any]], parsed: Sequence[Scene]) -> dict[str, dict[str, Score]]:
    """Scores by language, then by phenomenon: over the items of that phenomenon in every row of the language, so that
    one made up where none was stated counts. "all" is over every item, "edit" over every item of the edits; the
    language "all" is every row. `parsed` has one scene for each row, in order."""
    scores: dict[str, dict[str, Score]] = defaultdict(lambda: defaultdict(Score))
    for row, scene in zip(rows, parsed, strict=True):
        expected, understood = items(row["expected"]), items(scene)
        parts = {ALL: compare(expected, understood)}
        if "edit" in row:
            parts["edit"] = parts[ALL]
        for name in {phenomenon(item) for item in expected | understood}:
            parts[name] = compare(_only(name, expected), _only(name, understood))
        for language in (row["language"], ALL):
            for name, part in parts.items():
                scores[language][name] += part
    return {language: dict(by_name) for language, by_name in scores.items()}


def _only(name: str, stated: Counter[Item]) -> Counter[Item]:
    return Counter({item: times for item, times in stated.items() if phenomenon(item) == name})
