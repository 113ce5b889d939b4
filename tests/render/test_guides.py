"""Guides: where is painted, what stays bit for bit, which region in which style."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.errors import PictureError, SettingError
from pleinair.images.picture import Pixels
from pleinair.render.guides import Guide, guided
from tests.images.pictures import noise

COLORS = {None: 10, "shanshui": 100, "photo": 200}


def painting(pixels: Pixels, called: list[str | None] | None = None) -> Callable[[str | None], Pixels]:
    """Each style paints a plain color of its own."""

    def paint(style: str | None) -> Pixels:
        if called is not None:
            called.append(style)
        return np.full_like(pixels, COLORS[style])

    return paint


def halves(height: int, width: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Region 0 to the left, 1 to the right, 2 below."""
    ids = np.zeros((height, width), np.uint8)
    ids[:, width // 2 :] = 1
    ids[height // 2 :] = 2
    return ids


@given(height=st.integers(2, 50), width=st.integers(2, 50), feather=st.integers(0, 12))
@settings(max_examples=30, deadline=None)
def test_outside_the_mask_and_within_what_is_kept_nothing_changes(height: int, width: int, feather: int) -> None:
    pixels, mask, keep = noise(height, width), halves(height, width) == 1, halves(height, width) == 2
    painted, note = guided(pixels, Guide(mask=mask, feather=feather), painting(pixels), style=True)
    assert np.array_equal(painted[~mask], pixels[~mask])
    assert feather or not mask.any() or (painted[mask] == 10).all()
    painted, note = guided(pixels, Guide(keep=keep, feather=feather), painting(pixels), style=True)
    assert np.array_equal(painted[keep], pixels[keep])
    assert note == "" or feather


def test_a_mask_and_a_keep_together() -> None:
    pixels, ids = noise(20, 20), halves(20, 20)
    painted, _ = guided(pixels, Guide(mask=ids > 0, keep=ids == 2), painting(pixels), style=True)
    assert (painted[ids == 1] == 10).all()
    assert np.array_equal(painted[ids != 1], pixels[ids != 1])


def test_regions_have_their_styles_and_the_rest_stays() -> None:
    pixels, ids = noise(20, 20), halves(20, 20)
    called: list[str | None] = []
    guide = Guide(regions=ids, styles={1: "shanshui", "2": "photo"})
    painted, note = guided(pixels, guide, painting(pixels, called), style=False)
    assert (painted[ids == 1] == 100).all()
    assert (painted[ids == 2] == 200).all()
    assert np.array_equal(painted[ids == 0], pixels[ids == 0])
    assert called == ["shanshui", "photo"]
    assert note == ""


def test_with_a_style_the_rest_is_painted_in_it_and_keep_keeps() -> None:
    pixels, ids = noise(20, 20), halves(20, 20)
    guide = Guide(regions=ids, styles={1: "shanshui", 2: "keep"}, feather=6)
    painted, _ = guided(pixels, guide, painting(pixels), style=True)
    assert (painted[:8, :6] == 10).any()
    assert np.array_equal(painted[ids == 2], pixels[ids == 2])
    assert guide.needed == ("shanshui",)


def test_borders_of_styles_are_soft_and_bring_in_nothing_else() -> None:
    pixels = noise(30, 60)
    ids = np.ones((30, 60), np.uint8)
    ids[:, 30:] = 2
    painted, _ = guided(
        pixels, Guide(regions=ids, styles={1: "shanshui", 2: "photo"}, feather=20), painting(pixels), style=False
    )
    row = painted[15, :, 0].astype(int)
    assert (np.diff(row) >= 0).all()
    assert (row[0], row[-1]) == (100, 200)
    assert 140 < row[30] < 160


def test_a_style_of_which_nothing_is_seen_is_not_painted() -> None:
    pixels, ids = noise(20, 20), halves(20, 20)
    called: list[str | None] = []
    guide = Guide(mask=ids == 1, regions=ids, styles={1: "shanshui", 2: "photo"})
    guided(pixels, guide, painting(pixels, called), style=True)
    assert called == ["shanshui"]


@pytest.mark.parametrize("guide", [Guide(mask=np.zeros((5, 8), bool)), Guide(keep=np.ones((5, 8), bool))])
def test_an_empty_mask_is_said_and_nothing_painted(guide: Guide) -> None:
    pixels, called = noise(5, 8), list[str | None]()
    painted, note = guided(pixels, guide, painting(pixels, called), style=True)
    assert np.array_equal(painted, pixels)
    assert note == "nothing of it is to be painted"
    assert not called


def test_what_is_resampled_or_absent_is_said() -> None:
    pixels = noise(20, 20)
    guide = Guide(mask=np.full((10, 10), 255, np.uint8), regions=halves(40, 40), styles={1: "photo", 7: "shanshui"})
    _, note = guided(pixels, guide, painting(pixels), style=False)
    assert note.split("; ") == [
        "the mask brought from 10×10 to 20×20 pixels",
        "the ID map brought from 40×40 to 20×20 pixels",
        "the ID map has no region 7 here",
    ]


def test_a_mask_of_another_shape_is_refused() -> None:
    pixels = noise(20, 20)
    with pytest.raises(PictureError, match="another shape"):
        guided(pixels, Guide(mask=np.ones((20, 30), bool)), painting(pixels), style=True)
    with pytest.raises(PictureError, match="another shape"):
        guided(pixels, Guide(regions=halves(20, 30), styles={1: "photo"}), painting(pixels), style=True)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"feather": -1}, "a feather is 0 to"),
        ({"feather": 2000}, "a feather is 0 to"),
        ({"styles": {1: "photo"}}, "go together"),
        ({"regions": np.zeros((2, 2), np.uint8)}, "go together"),
        ({"regions": np.zeros((2, 2), np.uint8), "styles": {"sky": "photo"}}, "is no region"),
    ],
)
def test_guides_that_cannot_be(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        Guide(**wrong)  # type: ignore[arg-type]
