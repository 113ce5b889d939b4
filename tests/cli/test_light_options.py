"""--exposure, --layer and --gutter."""

import click
import pytest
from click.testing import CliRunner

from pleinair.cli.light_options import LightOptions, light_options


def given(*arguments: str) -> tuple[int, str, list[LightOptions]]:
    seen: list[LightOptions] = []

    @click.command()
    @click.argument("name")
    @light_options
    def verb(name: str, light: LightOptions) -> None:
        """A verb."""
        assert name == "x"
        seen.append(light)

    result = CliRunner().invoke(verb, ["x", *arguments])
    return result.exit_code, result.output, seen


def test_by_default_the_picture_says_the_exposure() -> None:
    assert given()[2] == [LightOptions(None, 0)]
    assert given("--exposure", "auto")[2] == [LightOptions(None, 0)]


@pytest.mark.parametrize(("text", "stops"), [("1.5", 1.5), ("-2", -2.0), ("0", 0.0), ("60", 60.0)])
def test_stops(text: str, stops: float) -> None:
    assert given("--exposure", text, "--gutter", "8")[2] == [LightOptions(stops, 8)]


@pytest.mark.parametrize("text", ["bright", "", "nan", "inf", "61", "-1e9"])
def test_other_exposures_are_refused(text: str) -> None:
    code, output, seen = given("--exposure", text)
    assert (code, seen) == (2, [])
    assert f"{text!r} is neither stops from -60 to 60 nor 'auto'" in " ".join(output.split())


@pytest.mark.parametrize("text", ["-1", "257", "x"])
def test_other_gutters_are_refused(text: str) -> None:
    assert given("--gutter", text)[0] == 2


def test_a_layer_is_a_name() -> None:
    assert given("--layer", "Fore.Combined")[2] == [LightOptions(None, 0, "Fore.Combined")]
