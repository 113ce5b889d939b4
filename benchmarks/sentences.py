#!/usr/bin/env python3
"""How well sentences are understood: F1 over what they state, per language and per phenomenon.

    python benchmarks/sentences.py [--wrong]

The sentences and what each states (tests/fiction/sentences.jsonl) were written before the parser and apart from its
lexicon. What is made up where nothing was stated counts against it. --wrong also lists every sentence that was not
understood exactly. Bars: 0.95 over all items of each language, 0.9 for every phenomenon. Last line: the result as JSON.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]  # so that a plain checkout will do

from pleinair.errors import SettingError  # noqa: E402
from pleinair.fiction.language import edit, understand  # noqa: E402
from tests.fiction.scoring import ALL, Scene, Score, as_scene, items, score, sentences  # noqa: E402

LANGUAGE_BAR, PHENOMENON_BAR = 0.95, 0.9


def parsed(row: Mapping[str, Any]) -> Scene:
    """What is understood of a row; nothing where the sentence makes no scene."""
    try:
        found = edit(understand(row["base"]), row["edit"]) if "edit" in row else understand(row["sentence"])
    except SettingError:
        return {}
    return as_scene(found.spec, found.style, found.refused)


def scores() -> dict[str, dict[str, Score]]:
    rows = sentences()
    return score(rows, [parsed(row) for row in rows])


def below(found: Mapping[str, Mapping[str, Score]]) -> list[str]:
    """What falls short of its bar, as `en color 0.88`."""
    return [
        f"{language} {name} {part.f1:.3f}"
        for language, parts in found.items()
        for name, part in parts.items()
        if part.f1 < (LANGUAGE_BAR if name == ALL else PHENOMENON_BAR)
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wrong", action="store_true")
    chosen = parser.parse_args(arguments)
    found = scores()
    names = list(dict.fromkeys(name for parts in found.values() for name in parts))
    print(f"{'':10}" + "".join(f"{language:>9}" for language in found))
    for name in names:
        print(
            f"{name:10}" + "".join(f"{parts[name].f1:9.3f}" if name in parts else " " * 9 for parts in found.values())
        )
    if chosen.wrong:
        for row in sentences():
            expected, understood = items(row["expected"]), items(parsed(row))
            if expected != understood:
                print(f"{row['id']}: {row.get('sentence') or row['base'] + ' | ' + row['edit']}")
                print(f"    missed {sorted(expected - understood)}, made up {sorted(understood - expected)}")
    short = below(found)
    figures = {language: {name: round(part.f1, 4) for name, part in parts.items()} for language, parts in found.items()}
    print(json.dumps({"benchmark": "sentences", "count": len(sentences()), "below": short, "f1": figures}))
    return 1 if short else 0


if __name__ == "__main__":
    raise SystemExit(main())
