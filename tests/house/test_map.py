"""The map is on the door: the README's tree names what is on disk, one line per room; the Chinese README keeps step."""

import re
from pathlib import Path

import pytest

from tests.house.checkout import ROOT, tracked

PACKAGE = ROOT / "src/pleinair"
LANGUAGES = ("README.md", "README.zh-CN.md")
UNLISTED = {"src"}  # on the map it is the heading of its rooms


def tree(name: str) -> tuple[dict[str, str], dict[str, str]]:
    """The README's map: name → line of what is at the top, and of what is in the package."""
    text = (ROOT / name).read_text(encoding="utf-8")
    found = re.search(r"<!-- map -->\n```text\n(.*?)```", text, re.DOTALL)
    assert found, f"{name} has no map"
    top: dict[str, str] = {}
    rooms: dict[str, str] = {}
    for line in found[1].splitlines()[1:]:
        match = re.fullmatch(r"(│?\s*)[├└]── (\S+)\s*(.*)", line)
        assert match, f"not a line of a map: {line}"
        (rooms if match[1] else top)[match[2]] = match[3]
    return top, rooms


def on_disk(folder: Path) -> set[str]:
    """Names in a folder, directories with a slash."""
    parts = [path.relative_to(folder).parts for path in tracked(folder)]
    return {f"{part[0]}/" if len(part) > 1 else part[0] for part in parts}


@pytest.mark.parametrize("name", LANGUAGES)
def test_the_map_shows_the_top_as_it_is(name: str) -> None:
    top, _ = tree(name)
    there = {entry for entry in on_disk(ROOT) if not entry.startswith(".") and entry.rstrip("/") not in UNLISTED}
    assert set(top) - {"src/pleinair/"} == there


@pytest.mark.parametrize("name", LANGUAGES)
def test_the_map_shows_every_room(name: str) -> None:
    _, rooms = tree(name)
    assert set(rooms) == on_disk(PACKAGE)


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_room_has_its_line(name: str) -> None:
    top, rooms = tree(name)
    for entry, line in {**top, **rooms}.items():
        assert line or entry == "src/pleinair/", f"{entry} has no line"


def test_both_maps_name_the_same_in_the_same_order() -> None:
    (top, rooms), (top_zh, rooms_zh) = tree(LANGUAGES[0]), tree(LANGUAGES[1])
    assert list(top) == list(top_zh)
    assert list(rooms) == list(rooms_zh)


def blocks(name: str) -> list[str]:
    """The code blocks of a README, the map aside."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(r"```(?:sh|python)\n.*?```", text, re.DOTALL)


def test_both_readmes_show_the_same_commands() -> None:
    assert blocks(LANGUAGES[0]) == blocks(LANGUAGES[1])
    assert len(blocks(LANGUAGES[0])) >= 5


def test_both_readmes_have_the_same_headings_tables_and_pictures() -> None:
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in LANGUAGES)
    for pattern in (r"^#+ ", r"^\|", r"^!\[.*?\]\((.*?)\)", r"^<!-- \w+ -->$"):
        assert [re.findall(pattern, text, re.MULTILINE) for text in (english,)] == [
            re.findall(pattern, chinese, re.MULTILINE)
        ]


def test_both_readmes_name_the_same_styles_and_counts() -> None:
    def rows(name: str) -> list[tuple[str, list[str]]]:
        text = (ROOT / name).read_text(encoding="utf-8")
        return [
            (style, re.findall(r"\d+", line)) for style, line in re.findall(r"^\| `(\w+)` (.*)$", text, re.MULTILINE)
        ]

    assert rows(LANGUAGES[0]) == rows(LANGUAGES[1])
