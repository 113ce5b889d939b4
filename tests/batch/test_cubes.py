"""Cubes as files: six of them or one, there and back."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair.batch.cubes import CubeJob, paint_cube, plan_cubes
from pleinair.batch.work import Settings
from pleinair.engine.fake import FakeEngine
from pleinair.errors import PictureError, SettingError
from pleinair.images import Picture, read, write
from pleinair.images.told import told
from pleinair.render.cube import FACES, LAYOUTS, faces_of, laid_out
from pleinair.render.looks import Look
from tests.images.pictures import noise, parts_in, smooth
from tests.render.engines import copying

SIZE = 24


@pytest.fixture
def faces(tmp_path: Path) -> list[Path]:
    names = ("right", "left", "top", "bottom", "front", "back")
    paths = [tmp_path / f"sky_{name}.png" for name in names]
    for number, path in enumerate(paths):
        write(Picture(noise(SIZE, SIZE, seed=number)), path, {})
    return paths


def job(inputs: list[Path], out: Path, cube: str, to: str) -> CubeJob:
    out.mkdir(exist_ok=True)
    work = plan_cubes(inputs, out, cube, to)
    assert not work.refused
    (found,) = work.jobs
    assert isinstance(found, CubeJob)
    return found


def test_six_files_become_six(faces: list[Path], tmp_path: Path) -> None:
    work = job([tmp_path], tmp_path / "out", "faces", "faces")
    assert [path.name for path in work.targets] == [path.name for path in faces]
    assert paint_cube(work, FakeEngine(), Settings(Look(strength=0)), {"style": "fake"}) == ""
    for source, target in zip(faces, work.targets, strict=True):
        assert np.array_equal(read(source).pixels, read(target).pixels)
        assert told(target)["cube"] == "faces"


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_six_files_become_a_strip_and_again_six(faces: list[Path], tmp_path: Path, layout: str) -> None:
    strip = job(faces, tmp_path / "strip", "faces", layout)
    paint_cube(strip, FakeEngine(), Settings(Look(strength=0)), {})
    expected = laid_out(np.stack([read(path).pixels for path in faces]), layout)
    assert np.array_equal(read(strip.target).pixels, expected)
    back = job([strip.target], tmp_path / "back", layout, "faces")
    paint_cube(back, FakeEngine(), Settings(Look(strength=0)), {})
    assert [path.name for path in back.targets] == [f"sky_{face}.png" for face in FACES]
    for source, target in zip(faces, back.targets, strict=True):
        assert np.array_equal(read(source).pixels, read(target).pixels)


def test_a_panorama_becomes_faces_and_faces_a_panorama(tmp_path: Path) -> None:
    pano = np.asarray(Image.fromarray(smooth(64, 128)))
    write(Picture(pano, xmp=b'<a xmlns:GPano="http://ns.google.com/photos/1.0/panorama/"/>'), tmp_path / "p.png", {})
    there = job([tmp_path / "p.png"], tmp_path / "out", "sphere", "3x2")
    paint_cube(there, copying(), Settings(Look(strength=0)), {})
    assert np.array_equal(read(there.target).pixels, laid_out(faces_of(pano, 32), "3x2"))
    back = job([there.target], tmp_path / "back", "3x2", "sphere")
    paint_cube(back, copying(), Settings(Look(strength=0)), {})
    assert read(back.target).pixels.shape == (64, 128, 3)


def test_transparency_stays_with_faces_and_is_said_to_go_with_a_panorama(tmp_path: Path) -> None:
    strip = laid_out(np.stack([noise(SIZE, SIZE, 4, seed=n) for n in range(6)]), "6x1")
    write(Picture(strip[:, :, :3], strip[:, :, 3]), tmp_path / "s.png", {})
    same = job([tmp_path / "s.png"], tmp_path / "out", "6x1", "6x1")
    assert paint_cube(same, FakeEngine(), Settings(), {}) == ""
    alpha = read(same.target).alpha
    assert alpha is not None
    assert np.array_equal(alpha, strip[:, :, 3])
    other = job([tmp_path / "s.png"], tmp_path / "other", "6x1", "sphere")
    assert "left behind" in paint_cube(other, FakeEngine(), Settings(), {})


def test_what_is_there_is_done(faces: list[Path], tmp_path: Path) -> None:
    work = job(faces, tmp_path / "out", "faces", "faces")
    paint_cube(work, FakeEngine(), Settings(), {})
    assert len(plan_cubes(faces, tmp_path / "out", "faces", "faces").done) == 1
    work.targets[2].unlink()
    assert len(plan_cubes(faces, tmp_path / "out", "faces", "faces").jobs) == 1
    assert len(plan_cubes(faces, tmp_path / "out", "faces", "faces", overwrite=True).jobs) == 1


def test_missing_and_strange_faces_are_refused(faces: list[Path], tmp_path: Path) -> None:
    write(Picture(noise(8, 8)), tmp_path / "moon7.png", {})
    work = plan_cubes([*faces[:4], tmp_path / "moon7.png"], tmp_path / "out", "faces", "faces")
    reasons = " ".join(reason for _, reason in work.refused)
    assert not work.jobs
    assert "lacks the faces pz, nz; a cube has six" in reasons
    assert "moon7.png is not named as a face" in reasons


def test_clashes_are_refused_before_painting(faces: list[Path], tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="would be overwritten"):
        plan_cubes(faces, tmp_path, "faces", "faces", overwrite=True)
    (tmp_path / "two").mkdir()
    for path in faces:
        write(read(path), tmp_path / "two" / path.name, {})
    with pytest.raises(SettingError, match="paint them into two folders"):
        plan_cubes([*faces, tmp_path / "two"], tmp_path / "out", "faces", "faces")


def test_faces_of_other_sizes_and_shapes_are_refused(faces: list[Path], tmp_path: Path) -> None:
    work = job(faces, tmp_path / "out", "faces", "faces")
    write(Picture(noise(SIZE, SIZE + 1)), faces[3], {})
    with pytest.raises(PictureError, match=r"sky_bottom\.png has 25×24 pixels; the six faces are squares"):
        paint_cube(work, FakeEngine(), Settings(), {})
    strip = job([faces[0]], tmp_path / "out", "3x2", "3x2")
    with pytest.raises(PictureError, match=r"sky_right\.png: 24×24 pixels are no 3x2 squares"):
        paint_cube(strip, FakeEngine(), Settings(), {})
    flat = job([faces[0]], tmp_path / "out", "sphere", "faces")
    with pytest.raises(PictureError, match="a whole sphere"):
        paint_cube(flat, FakeEngine(), Settings(), {})
    assert parts_in(tmp_path / "out") == []
