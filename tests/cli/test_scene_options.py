"""Options that verbs share: their defaults, what they refuse, and that the verbs have them, in the same words."""

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from pleinair.cli import scene_options
from pleinair.cli.again import again
from pleinair.cli.fiction import fiction
from pleinair.cli.gallery import gallery
from pleinair.cli.generate import generate
from pleinair.cli.imagine import imagine
from pleinair.cli.paint import paint
from pleinair.cli.stylize import stylize

MAKERS: tuple[click.Command, ...] = (fiction, gallery, generate, imagine)


@click.command()
@scene_options.out_option("pleinair-here")
@scene_options.seeds_option
@scene_options.strength_option
@scene_options.turn_or_tile_option
@scene_options.paint_again_option
@scene_options.threads_option
@click.pass_context
def verb(context: click.Context, /, **_: object) -> None:
    context.obj.update(context.params)


def given(*words: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and what the verb was given."""
    found: dict[str, Any] = {}
    return CliRunner().invoke(verb, words, obj=found).exit_code, found


def option(command: click.Command, name: str) -> click.Option:
    found = next(each for each in command.params if each.name == name)
    assert isinstance(found, click.Option)
    return found


def test_what_is_taken_if_nothing_is_said() -> None:
    assert given() == (
        0,
        {
            "out": Path("pleinair-here"),
            "seeds": "0",
            "strength": 1.0,
            "wrap": "none",
            "overwrite": False,
            "threads": None,
        },
    )


def test_what_is_said_is_taken() -> None:
    code, found = given("--out", "there", "--strength", "0.5", "--wrap", "xy", "--overwrite", "--threads", "3")
    assert code == 0
    assert found["out"] == Path("there")
    assert (found["strength"], found["wrap"], found["overwrite"], found["threads"]) == (0.5, "xy", True, 3)


@pytest.mark.parametrize("words", [("--strength", "1.6"), ("--threads", "0"), ("--wrap", "y")])
def test_what_cannot_be_is_refused(words: tuple[str, ...]) -> None:
    assert given(*words) == (2, {})


def test_every_maker_of_scenes_has_a_folder_of_its_own() -> None:
    folders = [option(command, "out").default for command in MAKERS]
    assert len(set(folders)) == len(MAKERS)
    assert {option(command, "out").help for command in MAKERS} == {"Folder to write to."}


@pytest.mark.parametrize(
    ("name", "commands"),
    [
        ("threads", (again, gallery, generate, imagine, paint, stylize)),
        ("strength", (generate, imagine, paint)),
        ("seeds", (imagine, paint)),
        ("overwrite", (gallery, imagine, paint, stylize)),
        ("overwrite", (generate, fiction)),
        ("wrap", (generate, imagine)),
        ("wrap", (paint, fiction)),
    ],
)
def test_the_same_words_mean_the_same(name: str, commands: tuple[click.Command, ...]) -> None:
    assert len({option(command, name).help for command in commands}) == 1
    assert len({str(option(command, name).type.to_info_dict()) for command in commands}) == 1
