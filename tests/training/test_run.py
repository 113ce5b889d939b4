"""Runs check themselves, and say what sets them apart."""

from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pleinair.errors import SettingError
from pleinair.training.run import Rate, differences
from tests.training.toy import RUN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pictures", 3),
        ("batch", 0),
        ("average_pictures", 0),
        ("save_seconds", 0.0),
        ("save_seconds", 121.0),
        ("rates", {"generator": Rate(0.0)}),
        ("styles", ()),
        ("styles", ("a", "a")),
    ],
)
def test_a_run_that_cannot_be_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(SettingError, match=name):
        replace(RUN, **{name: value})  # type: ignore[arg-type]


def test_runs_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        RUN.seed = 1  # type: ignore[misc]


def test_a_run_does_not_differ_from_itself() -> None:
    assert differences(RUN.to_json(), RUN.to_json()) == []


def test_differences_are_named_by_their_path() -> None:
    other = replace(RUN, seed=9, rates={**RUN.rates, "generator": Rate(0.1, 8)}, weights={"generator.near": 1.0})
    assert differences(RUN.to_json(), other.to_json()) == [
        "rates.generator.peak: 0.05 → 0.1",
        "seed: 3 → 9",
        "weights.discriminator.tell: 1.0 → None",
        "weights.generator.fool: 0.5 → None",
    ]


@given(seed=st.integers(0, 5), pictures=st.integers(48, 50), width=st.integers(1, 3))
def test_runs_differ_in_as_many_ways_as_were_changed(seed: int, pictures: int, width: int) -> None:
    a = replace(RUN, network={"width": 1})
    b = replace(a, seed=seed, pictures=pictures, network={"width": width})
    assert len(differences(a.to_json(), b.to_json())) == (seed != 3) + (pictures != 48) + (width != 1)
    assert len(differences(b.to_json(), a.to_json())) == len(differences(a.to_json(), b.to_json()))


def test_sequences_compare_whatever_they_are_made_of() -> None:
    a, b = replace(RUN, data={"scales": [1.0, 2.0]}), replace(RUN, data={"scales": (1.0, 2.0)})
    assert differences(a.to_json(), b.to_json()) == []
