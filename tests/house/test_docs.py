"""Documents that cannot lie: a page per verb, help as the verbs say it, commands that parse, links that lead on."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from pleinair.cli.main import VERBS, verbs
from tests.house.checkout import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def commands(page: Path) -> Iterator[list[str]]:
    """The words of every `pleinair VERB …` in the page's shell blocks."""
    for block in re.findall(r"```(?:sh|bash|console)\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            for part in re.split(r"&&|\||;", line.partition(" #")[0]):
                words = shlex.split(part)
                while words and "=" in words[0] and not words[0].startswith("-"):
                    words = words[1:]  # VARIABLE=value before a command
                if words[:3] == ["python", "-m", "pleinair"]:
                    words = words[2:]
                if words[:1] == ["pleinair"] and len(words) > 1:
                    yield words[1:]


def parse(words: list[str]) -> None:
    """Let click read a command line as far as its options go, without looking for the files it names."""
    command: click.Command = verbs
    context = click.Context(command, info_name="pleinair", **command.context_settings)
    while isinstance(command, click.Group):
        _, rest, _ = command.make_parser(context).parse_args(list(words))
        if not rest:
            return
        below = command.get_command(context, rest[0])
        assert below is not None, f"there is no {rest[0]!r} under {context.command_path}"
        command, words = below, rest[1:]
        context = click.Context(command, info_name=rest[0], parent=context, **command.context_settings)
    given, _, _ = command.make_parser(context).parse_args(list(words))
    for parameter in command.params:
        if isinstance(parameter, click.Option) and isinstance(parameter.type, click.Choice) and parameter.name in given:
            parameter.type_cast_value(context, given[parameter.name])
        if isinstance(parameter, click.Option) and parameter.required:
            assert parameter.name in given, f"{parameter.opts[0]} is missing"


@pytest.mark.parametrize("verb", VERBS)
def test_a_page_per_verb(verb: str) -> None:
    text = (ROOT / "docs" / f"{verb}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# pleinair {verb}\n")
    assert f"[{verb}]({verb}.md)" in (ROOT / "docs/index.md").read_text(encoding="utf-8")


def test_the_index_says_of_each_verb_what_the_help_says() -> None:
    text = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    for verb, line in VERBS.items():
        assert f"| [{verb}]({verb}.md) | {line} |" in text


def test_the_help_pages_say_what_the_verbs_say() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "scripts/help_pages", "--check"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_of_a_page_parses(page: Path) -> None:
    for words in commands(page):
        try:
            parse(words)
        except click.UsageError as error:
            pytest.fail(f"{name(page)}: pleinair {shlex.join(words)}: {error.format_message()}")


def test_the_reading_of_commands_reads_them() -> None:
    """Guards the test above against finding nothing."""
    found = list(commands(ROOT / "README.md"))
    assert ["demo"] in found
    assert {words[0] for words in found} >= {"demo", "stylize", "prepare", "train", "export"}
    with pytest.raises(click.UsageError):
        parse(["demo", "--no-such-option"])
    with pytest.raises(click.UsageError):
        parse(["demonstrate"])


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    broken = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert not broken


def test_the_readme_has_its_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = dict(re.findall(r"<!-- (paint|test) -->\n```sh\n(.*)\n```", text))
    assert found["paint"].startswith("pip install . && pleinair ")
    assert found["test"].startswith("pip install -c constraints.txt -e ")
    assert found["test"].endswith(" && python scripts/check")


def test_ci_runs_the_readmes_commands() -> None:
    text = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert '"$(readme paint)"' in text
    assert '"$(readme test)"' in text


def test_the_constraint_pins_pytorch() -> None:
    assert re.search(r"^torch==\d+\.\d+\.\d+$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_line_speaks_of_a_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])/(home|root|work|tmp|Users)/", text)
