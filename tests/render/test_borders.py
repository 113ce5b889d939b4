"""What lies beyond the edge."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pleinair.errors import SettingError
from pleinair.render.borders import WRAPS, beyond, planes_at, stretches, wraps
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
    planes = planes_at(pixels, stretches(rows), stretches(columns))
    assert planes.flags.c_contiguous
    np.testing.assert_array_equal(planes, pixels[rows][:, columns].transpose(2, 0, 1))
    lying = np.ascontiguousarray(pixels.transpose(2, 0, 1)).transpose(1, 2, 0)  # the same, plane by plane
    np.testing.assert_array_equal(planes_at(lying, stretches(rows), stretches(columns)), planes)


@given(st.lists(st.integers(0, 6), max_size=30))
def test_stretches_put_together_are_the_places(places: list[int]) -> None:
    axis, seen = np.arange(7), np.full(len(places), -1)
    found = stretches(np.array(places, np.intp))
    for stretch in found:
        seen[stretch.to] = axis[stretch.of]
    assert seen.tolist() == places
    assert [s.to.start for s in found[1:]] == [s.to.stop for s in found[:-1]]


@pytest.mark.parametrize(
    ("places", "count"),
    [([], 0), ([0], 1), ([2, 1, 0, 1, 2, 3, 2], 3), ([5, 4, 3], 1), ([3, 4, 0, 1, 2], 2), ([0, 0, 0], 1), ([4, 0], 2)],
)
def test_there_are_no_more_stretches_than_turns_and_jumps(places: list[int], count: int) -> None:
    assert len(stretches(np.array(places, np.intp))) == count
