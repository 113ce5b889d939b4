"""Cubes: which face is where, there and back, and paint that goes on over the edges."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.engine.fake import FakeEngine
from pleinair.errors import PictureError, SettingError
from pleinair.render.cube import (
    FACES,
    LAYOUTS,
    check_sphere,
    cut_out,
    face_directions,
    faces_of,
    laid_out,
    paint_faces,
    sphere_of,
)
from pleinair.render.looks import Look
from pleinair.render.sphere import latitudes, longitudes
from tests.images.pictures import noise
from tests.render.engines import constant, copying, washing


def world(latitude: npt.NDArray[np.float64], longitude: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """A smooth sky: each channel is a coordinate of the direction; x right, y up, z ahead."""
    flat = np.cos(latitude)
    rays = np.stack((flat * np.sin(longitude), np.sin(latitude) + 0 * longitude, flat * np.cos(longitude)), -1)
    return np.asarray(np.rint(rays * 110 + 128), np.uint8)


def cube(size: int) -> npt.NDArray[np.uint8]:
    return np.stack([world(*face_directions(face, size, slice(0, size))) for face in FACES])


@pytest.mark.parametrize(
    ("face", "axis", "sign"), [("px", 0, 1), ("nx", 0, -1), ("py", 1, 1), ("ny", 1, -1), ("pz", 2, 1), ("nz", 2, -1)]
)
def test_a_face_looks_along_its_axis(face: str, axis: int, sign: int) -> None:
    middle = cube(17)[FACES.index(face)][8, 8].astype(int) - 128
    assert middle[axis] == sign * 110
    assert np.abs(np.delete(middle, axis)).max() <= 1


@pytest.mark.parametrize(
    ("one", "edge", "other", "its"),
    [
        ("pz", np.s_[:, -1], "px", np.s_[:, 0]),
        ("px", np.s_[:, -1], "nz", np.s_[:, 0]),
        ("nx", np.s_[:, -1], "pz", np.s_[:, 0]),
        ("py", np.s_[-1], "pz", np.s_[0]),
        ("ny", np.s_[0], "pz", np.s_[-1]),
        ("py", np.s_[:, -1], "px", np.s_[0, ::-1]),
        ("ny", np.s_[:, 0], "nx", np.s_[-1, ::-1]),
    ],
)
def test_faces_meet_where_they_should(one: str, edge: slice, other: str, its: slice) -> None:
    faces = cube(60).astype(int)
    assert np.abs(faces[FACES.index(one)][edge] - faces[FACES.index(other)][its]).max() <= 6


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_layouts_are_cut_and_laid_alike(layout: str) -> None:
    faces = np.stack([noise(9, 9, seed=number) for number in range(6)])
    strip = laid_out(faces, layout)
    assert strip.shape[1] * len(LAYOUTS[layout]) == strip.shape[0] * len(LAYOUTS[layout][0])
    assert np.array_equal(cut_out(strip, layout), faces)
    blank = np.full_like(strip, 9)
    assert (laid_out(faces, layout, blank) == 9).any() or layout != "4x3"


@pytest.mark.parametrize(("layout", "shape"), [("3x2", (20, 40)), ("4x3", (24, 33)), ("6x1", (4, 24)), ("1x6", (9, 9))])
def test_other_shapes_are_refused(layout: str, shape: tuple[int, int]) -> None:
    with pytest.raises(PictureError, match=f"are no {layout} squares"):
        cut_out(noise(*shape), layout)


@given(size=st.integers(16, 60))
@settings(max_examples=8, deadline=None)
def test_a_sphere_of_faces_and_faces_of_a_sphere(size: int) -> None:
    sphere = world(latitudes(2 * size)[:, None], longitudes(4 * size)[None])
    assert np.abs(sphere_of(cube(size), 2 * size, 4 * size).astype(int) - sphere).max() <= 6
    assert np.abs(faces_of(sphere, size).astype(int) - cube(size)).max() <= 4


@pytest.mark.parametrize("working_size", [None, 64])
def test_strength_0_gives_the_faces_bit_for_bit(working_size: int | None) -> None:
    faces, engine = np.stack([noise(40, 40, seed=number) for number in range(6)]), washing()
    assert np.array_equal(paint_faces(faces, engine, Look(0.0, working_size=working_size)), faces)
    assert engine.calls


@pytest.mark.parametrize("working_size", [None, 100])
def test_what_is_copied_stays_and_a_plain_color_covers(working_size: int | None) -> None:
    faces = cube(64)
    look = Look(working_size=working_size)
    assert np.abs(paint_faces(faces, copying(), look).astype(int) - faces).max() <= 3
    assert np.abs(paint_faces(faces, constant(0.5), look).astype(int) - 191).max() <= 6


def test_paint_goes_on_over_the_edges() -> None:
    """Painted face by face, mirrored at its edges, the washing engine leaves steps between faces."""
    faces = cube(64)
    painted = paint_faces(faces, washing(), Look()).astype(int)
    for one, edge, other, its in (
        ("pz", np.s_[:, -1], "px", np.s_[:, 0]),
        ("py", np.s_[-1], "pz", np.s_[0]),
        ("ny", np.s_[:, 0], "nx", np.s_[-1, ::-1]),
    ):
        step = np.abs(painted[FACES.index(one)][edge] - painted[FACES.index(other)][its]).mean()
        inside = np.abs(np.diff(painted, axis=2)).mean()
        assert step <= 3 * inside + 1


def test_deep_faces_stay_deep() -> None:
    faces = cube(32).astype(np.uint16) * np.uint16(257)
    assert paint_faces(faces, FakeEngine(), Look()).dtype == np.uint16


def test_progress_and_settings() -> None:
    told: list[float] = []
    paint_faces(cube(32), FakeEngine(), Look(), told.append)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)
    with pytest.raises(SettingError, match="strength is"):
        paint_faces(cube(32), FakeEngine(), Look(strength=3))


@pytest.mark.parametrize("shape", [(100, 150), (10, 20)])
def test_what_is_no_sphere_makes_no_cube(shape: tuple[int, int]) -> None:
    with pytest.raises(PictureError, match="twice as wide as high"):
        check_sphere(noise(*shape))
