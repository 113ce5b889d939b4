"""What is given for judging arrives as one value, and other options beside it as they were."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pleinair.cli.judging_options import Means, inception_options, judging_options

FILES = ("--cache", "kept", "--out", "figures.jsonl", "--report", "page.html")


@click.command()
@click.argument("folder")
@judging_options
@click.option("--by")
@click.pass_context
def judge(context: click.Context, folder: str, by: str | None, means: Means) -> None:
    context.obj.extend((folder, by, means))


@click.command()
@inception_options
@click.pass_context
def standard(context: click.Context, means: Means) -> None:
    context.obj.append(means)


def given(command: click.Command, *words: str) -> tuple[int, list[object]]:
    """The exit code, and what the command was given."""
    found: list[object] = []
    return CliRunner().invoke(command, words, obj=found).exit_code, found


def test_nothing_need_be_said() -> None:
    assert given(judge, "a") == (0, ["a", None, Means()])
    assert given(standard) == (0, [Means()])


def test_what_is_said_arrives() -> None:
    means = Means(Path("net.onnx"), Path("kept"), Path("figures.jsonl"), Path("page.html"))
    assert given(judge, "--features", "net.onnx", *FILES, "a", "--by", "kd") == (0, ["a", "kd", means])


def test_the_standard_weights_come_with_a_count() -> None:
    means = Means(Path("w.pth"), Path("kept"), Path("figures.jsonl"), Path("page.html"), 50)
    assert given(standard, "--inception", "w.pth", *FILES, "--pictures", "50") == (0, [means])


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (judge, ("a", "--inception", "w.pth")),
        (judge, ("a", "--pictures", "50")),
        (standard, ("--features", "net.onnx")),
        (standard, ("--pictures", "2")),
    ],
)
def test_what_is_of_the_other_or_cannot_be_is_refused(command: click.Command, words: tuple[str, ...]) -> None:
    assert given(command, *words) == (2, [])


@pytest.mark.parametrize(("command", "network"), [(judge, "--features"), (standard, "--inception")])
def test_the_options_stand_in_the_help_from_the_network_to_the_page(command: click.Command, network: str) -> None:
    text = CliRunner().invoke(command, ["--help"]).output
    places = [text.index(f"  {option} ") for option in (network, "--cache", "--out", "--report")]
    assert places == sorted(places)
