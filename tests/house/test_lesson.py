"""The lesson cannot lie: the lines that it shows stand in the code, in both languages alike."""

import re

import pytest

from tests.house.checkout import ROOT

LANGUAGES = ("docs/gan.md", "docs/gan.zh-CN.md")
SHOWN = re.compile(r"<!-- (src/\S+) -->\n```python\n(.*?)```", re.DOTALL)


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", LANGUAGES)
def test_every_line_shown_stands_in_the_file_named(page: str) -> None:
    shown = SHOWN.findall(text(page))
    assert len(shown) >= 7
    for file, block in shown:
        lines = [line.strip() for line in text(file).splitlines()]
        wanted = block.strip().splitlines()
        places = [at for at in range(len(lines)) if lines[at : at + len(wanted)] == wanted]
        assert places, f"{page}: not in {file}: {wanted[0]}"


def test_all_code_shown_says_where_it_stands() -> None:
    assert all(text(page).count("```python") == len(SHOWN.findall(text(page))) for page in LANGUAGES)


@pytest.mark.parametrize("pattern", [r"\$\$.*?\$\$", r"```.*?```", r"^!\[.*?\]\((.*?)\)", r"^#+ ", r"^\|"])
def test_both_languages_show_the_same(pattern: str) -> None:
    english, chinese = (re.findall(pattern, text(page), re.DOTALL | re.MULTILINE) for page in LANGUAGES)
    assert english == chinese
    assert english


def test_both_languages_give_the_same_figures() -> None:
    def figures(page: str) -> list[str]:
        part = re.split(r"^## ", text(page), flags=re.MULTILINE)[5]
        return sorted(re.findall(r"\d[\d,.]*\d|\d", part))

    english, chinese = (figures(page) for page in LANGUAGES)
    assert english == chinese
    assert len(english) > 10
