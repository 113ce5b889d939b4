"""What lies beyond the edge."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pleinair.errors import SettingError
from pleinair.render.borders import WRAPS, beyond, inside, planes_at, wraps
from tests.images.pictures import noise


@given(size=st.integers(1, 20), before=st.integers(0, 70), after=st.integers(0, 70))
def test_it_is_numpys_reflect_and_wrap(size: int, before: int, after: int) -> None:
    axis = np.arange(size)
    for mode, around in (("reflect", False), ("wrap", True)):
        padded = np.pad(axis, (before, after), mode=mode)  # type: ignore[call-overload]
        assert np.array_equal(axis[beyond(-before, size + after, size, around)], padded)


@given(size=st.integers(1, 20), start=st.integers(-50, 50), length=st.integers(0, 30), around=st.booleans())
def test_any_part_of_the_axis_can_be_asked_for(size: int, start: int, length: int, around: bool) -> None:
    whole = beyond(-60, 90, size, around)
    assert np.array_equal(beyond(start, start + length, size, around), whole[start + 60 : start + 60 + length])


def test_what_goes_around() -> None:
    assert [wraps(wrap) for wrap in WRAPS] == [(False, False), (False, True), (True, True)]


@pytest.mark.parametrize("wrap", ["y", "", "XY", None])
def test_another_wrap_is_a_setting_error(wrap: str) -> None:
    with pytest.raises(SettingError, match=r"wrap is none, x .* or xy"):
        wraps(wrap)  # type: ignore[arg-type]


@given(
    st.tuples(st.integers(1, 30), st.integers(1, 30)),
    st.tuples(st.integers(-40, 20), st.integers(-40, 20)),
    st.tuples(st.integers(1, 60), st.integers(1, 60)),
    st.tuples(st.booleans(), st.booleans()),
)
def test_planes_are_what_indices_would_gather(
    size: tuple[int, int], start: tuple[int, int], length: tuple[int, int], around: tuple[bool, bool]
) -> None:
    pixels = noise(*size)
    rows, columns = (
        beyond(first, first + count, side, turn)
        for first, count, side, turn in zip(start, length, size, around, strict=True)
    )
    planes = planes_at(pixels, rows, columns)
    assert planes.flags.c_contiguous
    np.testing.assert_array_equal(planes, pixels[rows][:, columns].transpose(2, 0, 1))


@pytest.mark.parametrize(
    ("places", "stretch"),
    [([0], (0, 1)), ([2, 1, 0, 1, 2, 3, 2], (2, 6)), ([5, 4, 3], (0, 1)), ([3, 4, 0, 1, 2], (2, 5)), ([0, 0], (0, 1))],
)
def test_the_longest_stretch_in_order_is_found(places: list[int], stretch: tuple[int, int]) -> None:
    assert inside(np.array(places)) == stretch
