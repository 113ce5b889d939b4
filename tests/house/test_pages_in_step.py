"""Pages in two languages keep step: what the English one shows, counts and names, the Chinese one does too."""

import re
from collections import Counter

import pytest

from tests.house.checkout import ROOT

DOCS = ROOT / "docs"
MARK = ".zh-CN.md"
PAGES = sorted(path.name.removesuffix(MARK) for path in DOCS.glob(f"*{MARK}"))
FIRST_LINES = 3

HELP = re.compile(r"^<!-- help -->\n.*?^<!-- /help -->\n?", re.DOTALL | re.MULTILINE)
IN_PLACE_OF_HELP = re.compile(r"^`pleinair (\w+) --help`.*\n?\Z", re.MULTILINE)  # ends a Chinese page
LANGUAGES = re.compile(r"^(?:English \| \[中文\]|\[English\]).*\n", re.MULTILINE)
BLOCK = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^(#+) .*$", re.MULTILINE)
PICTURE = re.compile(r"!\[(.*?)\]\((.*?)\)")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
THOUSANDS = re.compile(r"(?<=\d)[,，\u2009\u202f](?=\d{3}(?!\d))")


def english_of(page: str) -> str:
    return (DOCS / f"{page}.md").read_text(encoding="utf-8")


def chinese_of(page: str) -> str:
    return (DOCS / f"{page}{MARK}").read_text(encoding="utf-8")


def twin(link: str) -> str:
    """Where a link of an English page leads in its Chinese one: to the Chinese page if there is one."""
    chinese = link.removesuffix(".md") + MARK
    return chinese if link.endswith(".md") and (DOCS / chinese).is_file() else link


def said(text: str) -> dict[str, list[str]]:
    """What a page has to share with its twin, by sort; numbers, options and code with the section they stand in."""
    text = IN_PLACE_OF_HELP.sub("", LANGUAGES.sub("", HELP.sub("", text), count=1))
    prose = BLOCK.sub("", text)
    found = {
        "code blocks": BLOCK.findall(text),
        "pictures": [target for _, target in PICTURE.findall(prose)],
        "headings": HEADING.findall(prose),
        "rows of tables": [f"{row.count('|') - 1} cells" for row in ROW.findall(prose)],
        "links": sorted("a heading" if link.startswith("#") else link for link in LINK.findall(prose)),
    }
    numbers, options, code = [], [], []
    for section, part in enumerate(re.split(r"^#+ ", prose, flags=re.MULTILINE)):
        numbers += [f"section {section}: {number}" for number in sorted(NUMBER.findall(THOUSANDS.sub("", part)))]
        options += [f"section {section}: {option}" for option in sorted(set(OPTION.findall(part)))]
        code += [f"section {section}: {word}" for word in sorted(set(CODE.findall(part)))]
    return found | {"numbers": numbers, "options": options, "code in prose": code}


def differences(english: str, chinese: str) -> list[str]:
    """One line per sort of thing that the two pages do not share."""
    told = []
    ours, theirs = said(english), said(chinese)
    ours["links"] = sorted(map(twin, ours["links"]))
    for sort in ours:
        if ours[sort] != theirs[sort]:
            here, there = Counter(ours[sort]), Counter(theirs[sort])
            told.append(f"{sort}: only in English {[*(here - there)]}, only in Chinese {[*(there - here)]}")
    return told


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_say_the_same(page: str) -> None:
    assert differences(english_of(page), chinese_of(page)) == []


@pytest.mark.parametrize("page", PAGES)
def test_each_language_leads_to_the_other_at_once(page: str) -> None:
    assert f"English | [中文]({page}{MARK})" in english_of(page).splitlines()[:FIRST_LINES]
    assert f"[English]({page}.md) | 中文" in chinese_of(page).splitlines()[:FIRST_LINES]


@pytest.mark.parametrize("page", PAGES)
def test_the_options_are_listed_on_the_english_page_alone(page: str) -> None:
    """A list written by hand would grow old; the Chinese page says what to type, and where the list is."""
    assert "<!-- help -->" not in chinese_of(page)
    found = IN_PLACE_OF_HELP.search(chinese_of(page))
    assert bool(found) == bool(HELP.search(english_of(page)))
    if found:
        assert found[1] == page
        assert LINK.findall(found[0]) == [f"{page}.md"]


@pytest.mark.parametrize("page", PAGES)
def test_what_stands_beside_a_picture_is_translated(page: str) -> None:
    assert all(re.search("[一-鿿]", words) for words, _ in PICTURE.findall(chinese_of(page)))


def test_there_are_pages_to_compare_and_much_on_them() -> None:
    """Guards the tests above against finding nothing."""
    assert {"fiction", "gallery", "gan", "imagine", "paint", "sentences"} <= set(PAGES)
    for page in PAGES:
        found = said(chinese_of(page))
        assert found["code blocks"]
        assert found["headings"]
        assert found["numbers"]
        assert found["code in prose"]
    assert len(said(chinese_of("paint"))["options"]) > 10
    assert len(said(chinese_of("fiction"))["rows of tables"]) > 10


ENGLISH = """# pleinair dig

English | [中文](dig.zh-CN.md)

```sh
pleinair dig --out holes
```

![a hole](hole.jpg)

## Options

`--deep` digs 20,000 mm, `--wide` 1.5 m; see [imagine](imagine.md).

| `soil` | seconds |
|---|---|
| clay | 12 |

<!-- help -->
```text
  --threads N  CPU threads, at most 64.
```
<!-- /help -->
"""

CHINESE = """# pleinair dig

[English](dig.md) | 中文

```sh
pleinair dig --out holes
```

![一个坑](hole.jpg)

## 选项

`--wide` 挖 1.5 m 宽，`--deep` 挖 20000 mm 深；见 [imagine](imagine.zh-CN.md)。

| `soil` | 秒 |
|---|---|
| 黏土 | 12 |

`pleinair dig --help` 显示全部选项，[英文页](dig.md)末尾也列出了它们。
"""


def test_a_page_and_its_translation_differ_in_nothing() -> None:
    assert differences(ENGLISH, CHINESE) == []


@pytest.mark.parametrize(
    ("old", "new", "sort"),
    [
        ("--out holes", "--out hole", "code blocks"),
        ("hole.jpg", "pit.jpg", "pictures"),
        ("## 选项", "### 选项", "headings"),
        ("| 黏土 | 12 |", "| 黏土 | 12 |\n| 沙 | |", "rows of tables"),
        ("imagine.zh-CN.md", "imagine.md", "links"),
        ("20000 mm", "2000 mm", "numbers"),
        ("1.5 m", "15 m", "numbers"),
        ("| 12 |", "| 21 |", "numbers"),
        ("`--wide` 挖", "挖", "options"),
        ("--deep", "--deeper", "options"),
        ("`soil`", "土", "code in prose"),
    ],
)
def test_a_page_that_was_tampered_with_is_told(old: str, new: str, sort: str) -> None:
    assert CHINESE.count(old) == 1
    told = differences(ENGLISH, CHINESE.replace(old, new))
    assert any(line.startswith(f"{sort}: ") for line in told)


@pytest.mark.parametrize("page", PAGES)
def test_a_real_page_that_was_tampered_with_is_told(page: str) -> None:
    english, chinese = english_of(page), chinese_of(page)
    block = BLOCK.findall(chinese)[-1]
    number = said(chinese)["numbers"][-1].rpartition(" ")[2]
    for tampered in (chinese.replace(block, block.replace("\n", "\n# ", 1)), chinese.replace(number, f"{number}9")):
        assert tampered != chinese
        assert differences(english, tampered)
