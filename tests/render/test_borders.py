"""What lies beyond the edge."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pleinair.errors import SettingError
from pleinair.render.borders import WRAPS, beyond, wraps


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
