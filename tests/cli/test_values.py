"""Values of options: what a person may write, and what is said of the rest."""

from pathlib import Path
from unittest.mock import Mock

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pleinair.cli import values

CONTEXT, PARAMETER = Mock(spec=click.Context), Mock(spec=click.Parameter)


@pytest.mark.parametrize(("written", "wanted"), [("7", 7), ("400k", 400_000), ("1.5M", 1_500_000), ("0.2 k", 200)])
def test_counts(written: str, wanted: int) -> None:
    assert values.count(CONTEXT, PARAMETER, written) == wanted


@given(number=st.integers(1, 10**9))
def test_any_whole_number_is_its_own_count(number: int) -> None:
    assert values.count(CONTEXT, PARAMETER, str(number)) == number


@pytest.mark.parametrize("written", ["", "0", "-3", "k", "4x", "1e5", "many"])
def test_no_counts(written: str) -> None:
    with pytest.raises(click.BadParameter, match=r"write it as 400000, 400k or 1\.5M"):
        values.count(CONTEXT, PARAMETER, written)


@pytest.mark.parametrize("written", ["nan", "-nan", "inf", "-inf", "1e999", "1.6", "-0.1", "much"])
def test_no_number_within(written: str) -> None:
    with pytest.raises(click.BadParameter):
        values.Within(0, 1.5).convert(written, None, None)


@given(number=st.floats(0, 1.5))
def test_any_number_within_is_itself(number: float) -> None:
    assert values.Within(0, 1.5).convert(repr(number), None, None) == number


@pytest.mark.parametrize(("written", "wanted"), [("90s", 90), ("25min", 1500), ("1.5h", 5400), ("2 m", 120)])
def test_times(written: str, wanted: float) -> None:
    assert values.seconds(CONTEXT, PARAMETER, written) == wanted


@pytest.mark.parametrize("written", ["", "25", "0s", "-1h", "1d"])
def test_no_times(written: str) -> None:
    with pytest.raises(click.BadParameter, match="write it as 90s, 25min or 2h"):
        values.seconds(CONTEXT, PARAMETER, written)


def test_nothing_given_is_nothing() -> None:
    assert values.count(CONTEXT, PARAMETER, None) is None
    assert values.seconds(CONTEXT, PARAMETER, None) is None
    assert values.styles(CONTEXT, PARAMETER, ()) == {}
    assert values.shares(CONTEXT, PARAMETER, ()) == {}


def test_styles_have_a_name_and_a_folder() -> None:
    found = values.styles(CONTEXT, PARAMETER, ("monet=a/b", "shan-shui=c=d"))
    assert found == {"monet": Path("a/b"), "shan-shui": Path("c=d")}


@pytest.mark.parametrize("written", [("monet",), ("monet=",), ("=a",), ("a b=c",), ("a=b", "a=c"), ("content=a",)])
def test_no_styles(written: tuple[str, ...]) -> None:
    with pytest.raises(click.BadParameter, match=r"NAME=DIR|is taken"):
        values.styles(CONTEXT, PARAMETER, written)


def test_shares() -> None:
    assert values.shares(CONTEXT, PARAMETER, ("monet=0.3", "photo=2")) == {"monet": 0.3, "photo": 2.0}


@pytest.mark.parametrize("written", ["monet", "monet=", "=1", "monet=-1", "monet=1e3", "monet=half"])
def test_no_shares(written: str) -> None:
    with pytest.raises(click.BadParameter, match=r"--hold hiroshige=0\.3"):
        values.shares(CONTEXT, PARAMETER, (written,))
