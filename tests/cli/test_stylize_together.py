"""Options of `pleinair stylize` that meet: light with sheets and cubes, films with pictures, frames made again."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

import pleinair
from pleinair.batch.plan import Job
from pleinair.batch.shots import check_shots
from pleinair.cli.main import main
from pleinair.cli.stylize import stylize
from pleinair.errors import PictureError, SettingError
from pleinair.images import Picture, write
from pleinair.images.film_sequences import PictureReading
from pleinair.images.told import told
from pleinair.remaking import recall
from tests.images.lights import write_exr
from tests.images.pictures import smooth

pytestmark = pytest.mark.usefixtures("shelf")


def run(*words: object) -> Result:
    return CliRunner().invoke(stylize, [str(word) for word in (*words, "--style", "hokusai")])


def light(path: Path, height: int, width: int, scale: float = 4.0) -> Path:
    pytest.importorskip("OpenImageIO")
    values = smooth(height, width).astype(np.float32) / 255 * scale
    return write_exr(path, {name: values[:, :, at] for at, name in enumerate("RGB")})


def refusal(*words: object) -> str:
    """The one line in which a command is refused before it paints."""
    result = run(*words)
    assert isinstance(result.exception, SettingError), result.output
    return str(result.exception)


def test_of_light_there_is_no_sheet(tmp_path: Path) -> None:
    tile = light(tmp_path / "tile.exr", 32, 32)
    said = refusal(tile, "--wrap", "xy", "--sheet", "--out", tmp_path / "out")
    assert said == f"{tile} is light, of which there is no sheet; leave --sheet away"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("words", [("--to", "faces"), ("--cube", "3x2", "--to", "sphere")])
def test_light_does_not_become_other_faces(tmp_path: Path, words: tuple[str, ...]) -> None:
    sky = light(tmp_path / "sky.exr", 32, 64)
    assert "is light, which is painted as it lies" in refusal(sky, *words, "--out", tmp_path / "out")


def test_six_files_of_light_are_refused(tmp_path: Path) -> None:
    for face in ("px", "nx", "py", "ny", "pz", "nz"):  # each would have come back as the first one's light
        light(tmp_path / f"sky_{face}.exr", 32, 32)
    assert "is light" in refusal(tmp_path, "--cube", "faces", "--out", tmp_path / "out")


def test_a_strip_of_light_is_shown_at_the_exposure_asked_for(tmp_path: Path) -> None:
    strip = light(tmp_path / "strip.exr", 64, 96)
    targets = []
    for stops in ("-3", "3"):
        result = run(strip, "--cube", "3x2", "--exposure", stops, "--out", tmp_path / stops)
        assert result.exit_code == 0, result.output
        targets.append(tmp_path / stops / "strip.exr")
    dark, bright = (pleinair.images.read(target, exposure=0).pixels for target in targets)
    assert not np.array_equal(dark, bright)


def test_cubes_have_no_gutter(tmp_path: Path) -> None:
    write(Picture(smooth(64, 96)), tmp_path / "strip.png", {})
    result = run(tmp_path / "strip.png", "--cube", "3x2", "--gutter", 4, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "gutters are for pictures" in result.stderr


def test_two_films_of_one_name_are_refused(tmp_path: Path) -> None:
    films = [tmp_path / "a" / "shot.mp4", tmp_path / "b" / "Shot.mp4"]
    with pytest.raises(SettingError, match="would both become"):
        check_shots(films, None, ())
    with pytest.raises(SettingError, match=r"would both become one\.mp4"):
        check_shots([films[0], tmp_path / "other.mp4"], "one.mp4", ())
    check_shots([films[0], tmp_path / "other.mp4"], None, ())


def test_the_frames_of_a_sequence_are_no_pictures_as_well(tmp_path: Path) -> None:
    for number in (1, 2):
        write(Picture(smooth(16, 24)), tmp_path / f"s.{number}.png", {})
    said = refusal(tmp_path, tmp_path / "s.%d.png", "--out", tmp_path / "out", "--plan")
    assert said.endswith("would both become s.1.png; paint them into two folders")
    pattern = tmp_path / "s.%d.png"
    check_shots([pattern], "film.mp4", [Job(tmp_path / "s.1.png", tmp_path / "out" / "s.1.png")])
    check_shots([tmp_path / "none.%d.png"], None, ())  # of which is told when it is painted


def test_a_frame_is_not_made_again(tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    write(Picture(smooth(16, 24)), tmp_path / "s.1.png", {})
    assert run(tmp_path / "s.%d.png", "--out", tmp_path / "out").exit_code == 0
    with pytest.raises(PictureError, match="as a frame of a sequence, which is not done again"):
        recall(tmp_path / "out" / "s.1.png", print)
    assert main(["again", str(tmp_path / "out" / "s.1.png"), "--out", str(tmp_path / "again")]) == 1


def test_frames_of_light_tell_their_exposure_and_films_are_read_at_it(tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    for number in (1, 2):
        light(tmp_path / f"s.{number}.exr", 32, 48)
    pattern = tmp_path / "s.%d.exr"
    assert run(pattern, "--exposure", 2, "--out", tmp_path / "out").exit_code == 0
    assert told(tmp_path / "out" / "s.1.exr")["exposure"] == "2"
    dark, bright = (next(PictureReading([tmp_path / "s.1.exr"], True, stops).frames(0, [])) for stops in (-4, 2))
    assert bright.pixels.mean() > 2 * dark.pixels.mean()


def test_pictures_painted_at_a_time_share_an_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    painter, loaded, both = pleinair.load("hokusai"), list[object](), threading.Barrier(2)

    def load(*_: object, **__: object) -> object:
        time.sleep(0.05)  # long enough for the other to ask as well
        loaded.append(object())
        return loaded[-1]

    def ask(_: int) -> object:
        both.wait()
        return painter.engine({"hokusai": 1.0})

    monkeypatch.setattr("pleinair.engine.ort.load", load)
    with ThreadPoolExecutor(2) as pool:
        engines = set(map(id, pool.map(ask, range(2))))
    assert (len(loaded), len(engines)) == (1, 1)
