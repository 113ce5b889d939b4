"""The lexicon: which words, English and Chinese, say what. It is data, `lexicon/*.toml`, read once when first asked.

Each file holds tables `[[ROLE]]` with what the words say (`says`, pairs NAME=VALUE) and the words themselves (`en`,
`zh`, parted by commas or lines). `[a|b]` in a word stands for a, b or nothing, `(a|b)` for a or b. The file
`traditional.toml` pairs traditional Chinese characters with the simplified ones under which all words are kept, and
`unless` names words which, coming next, make an English word mean nothing. docs/sentences.md tells how to add words.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pleinair.errors import SettingError

ROLES = (
    "thing", "matter", "refused", "trait", "fact", "where", "link", "after", "not", "gone", "and", "has", "is", "at",
    "of", "the", "a", "adjective", "filler", "glue", "verb", "pronoun", "add", "turn", "swap", "classifier", "measure",
    "but",
)  # fmt: skip
PLURAL_ROLES = ("thing", "matter", "refused")
_INNERMOST = re.compile(r"\[([^][()]*)\]|\(([^][()]*)\)")


@dataclass(frozen=True)
class Entry:
    """What a word says: its role in a sentence, and pairs of a name and a value."""

    role: str
    says: tuple[tuple[str, str], ...] = ()
    unless: frozenset[str] = frozenset()

    def get(self, name: str) -> str | None:
        """The value said of a name, or None."""
        return next((value for each, value in self.says if each == name), None)

    def all(self, name: str) -> tuple[str, ...]:
        """Every value said of a name."""
        return tuple(value for each, value in self.says if each == name)


@dataclass(frozen=True)
class Lexicon:
    """English phrases as tuples of words, Chinese words as strings of simplified characters."""

    english: dict[tuple[str, ...], Entry]
    chinese: dict[str, Entry]
    simplified: dict[int, str]
    longest_english: int
    longest_chinese: int


@cache
def lexicon() -> Lexicon:
    """The lexicon that comes with the package."""
    folder = resources.files("pleinair.fiction").joinpath("lexicon")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    read = {file.name: tomllib.loads(file.read_text(encoding="utf-8")) for file in files}
    pairs = "".join("".join(tables.pop("pairs", "") for tables in read.values()).split())
    simplified = {ord(pairs[at]): pairs[at + 1] for at in range(0, len(pairs), 2)}
    english: dict[tuple[str, ...], Entry] = {}
    chinese: dict[str, Entry] = {}
    for name, tables in read.items():
        for role, entries in tables.items():
            if role not in ROLES:
                raise SettingError(f"{name} in the lexicon: there is no role {role!r}")
            for table in entries:
                _take(table, role, english, chinese)
    chinese = {word.translate(simplified): entry for word, entry in chinese.items()}
    return Lexicon(english, chinese, simplified, max(map(len, english)), max(map(len, chinese)))


def _take(table: dict[str, str], role: str, english: dict[tuple[str, ...], Entry], chinese: dict[str, Entry]) -> None:
    """Enter one table's words; words entered first stay, and plurals never push out a word of their own."""
    pairs = tuple((name, value) for name, _, value in (pair.partition("=") for pair in table.get("says", "").split()))
    entry = Entry(role, pairs, frozenset(table.get("unless", "").split()))
    for phrase in spellings(table.get("en", "")):
        words = tuple(phrase.split())
        english[words] = entry
        if role in PLURAL_ROLES:
            english.setdefault((*words[:-1], plural(words[-1])), entry)
    for word in spellings(table.get("zh", "")):
        chinese[word.replace(" ", "")] = entry


def spellings(listed: str) -> Iterator[str]:
    """Every word of a list, groups written out."""
    for word in re.split(r"[,\n]", listed):
        if "[" in word or "(" in word:
            yield from (" ".join(each.split()) for each in _written_out(word))
        elif word.strip():
            yield " ".join(word.split())


def _written_out(word: str) -> list[str]:
    group = _INNERMOST.search(word)
    if not group:
        return [word]
    choices = [*(group[1] or "").split("|"), ""] if group[2] is None else group[2].split("|")
    before, after = word[: group.start()], word[group.end() :]
    return list(dict.fromkeys(each for choice in choices for each in _written_out(before + choice + after)))


def plural(word: str) -> str:
    """The regular plural of an English noun."""
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    if re.search(r"(s|x|z|ch|sh)$", word):
        return word + "es"
    return word + "s"
