"""`pleinair stylize` on films and sequences, and `pleinair score film`: what is said, how it ends, Ctrl-C."""

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result

from pleinair.cli.films import Speed, stoppable
from pleinair.cli.score import score
from pleinair.cli.steadiness import _frames
from pleinair.cli.stylize import stylize
from pleinair.errors import SettingError
from pleinair.images import Picture, write
from pleinair.images.film_facts import look
from tests.house.checkout import ROOT
from tests.images.films import found, make, picture, shown
from tests.images.lights import deep, scene, write_exr
from tests.images.pictures import smooth

pytest.importorskip("av")
pytest.importorskip("cv2")
pytestmark = pytest.mark.usefixtures("shelf")


def run(*words: object) -> Result:
    return CliRunner().invoke(stylize, [str(word) for word in words])


def test_a_film_is_painted_under_its_name(tmp_path: Path) -> None:
    source, out = make(tmp_path / "shot.mp4", sound="aac"), tmp_path / "out"
    result = run(source, "--style", "hokusai", "--out", out)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{out / 'shot.mp4'}: 12 frames\n1 painted\n"
    assert found(out / "shot.mp4") == found(source)
    result = run(source, "--style", "hokusai", "--out", out)
    assert result.stdout == "shot.mp4: there already (--overwrite paints anew)\n0 painted\n"
    result = run(source, "--style", "shanshui", "--out", out, "--overwrite")
    assert "1 painted" in result.stdout


def test_options_reach_the_film(tmp_path: Path) -> None:
    source, out = make(tmp_path / "shot.mp4"), tmp_path / "out"
    words = ("--codec", "hevc", "--crf", 30, "--pixel-format", "yuv420p10le", "--steady", 0, "--as", "deep.mkv")
    result = run(source, "--style", "hokusai", "--out", out, *words)
    assert result.exit_code == 0, result.output
    facts = look(out / "deep.mkv")
    assert (facts.codec, facts.bits) == ("hevc", 10)
    assert "h264 becomes hevc; yuv420p becomes yuv420p10le" in result.stdout


def test_strength_zero_gives_the_film_back(tmp_path: Path) -> None:
    source, out = make(tmp_path / "shot.mp4"), tmp_path / "out"
    assert run(source, "--style", "hokusai", "--strength", 0, "--out", out).exit_code == 0
    for one, other in zip(shown(source), shown(out / "shot.mp4"), strict=True):
        assert np.abs(one.astype(int) - other).mean() < 4


@pytest.mark.parametrize("option", ["--strength", "--steady"])
@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
def test_what_is_no_number_is_refused_before_anything_is_made(tmp_path: Path, option: str, number: str) -> None:
    result = run(make(tmp_path / "shot.mp4", 2), "--style", "hokusai", option, number, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert f"Invalid value for '{option}'" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "name", ["../x.mp4", "/none/x.mp4", "sub/x.mp4", "sub/x.%04d.png", "..", ".", "", "a\\x.mp4", "x.mp4/"]
)
def test_nothing_is_written_outside_of_the_folder(tmp_path: Path, name: str) -> None:
    source, out = make(tmp_path / "shot.mp4", 2), tmp_path / "out"
    result = run(source, "--style", "hokusai", "--out", out, "--as", name)
    assert result.exit_code == 2
    assert f"{name!r} is no name of a file; write it as shot.mp4, and the folder by --out" in result.stderr
    assert not out.exists()
    assert not list(tmp_path.rglob("*x.mp4"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("f.%04d.exr", "only what was read from EXR can be written as EXR; write PNG or TIFF"),
        ("f.%04d.hdr", "only what was read from HDR can be written as HDR; write PNG or TIFF"),
        ("f.%04d.gif", "a picture is written as .jpg, .png, .webp or .tif"),
    ],
)
def test_pictures_that_cannot_be_written_leave_no_folder(tmp_path: Path, name: str, said: str) -> None:
    source, out = make(tmp_path / "shot.mp4", 2), tmp_path / "out"
    result = run(source, "--style", "hokusai", "--out", out, "--as", name)
    assert isinstance(result.exception, SettingError)
    assert str(result.exception) == f"{name}: {said}"
    assert not out.exists()


@deep
def test_light_is_written_as_light_under_another_name(tmp_path: Path) -> None:
    write_exr(tmp_path / "l.1.exr", dict(zip("RGB", np.moveaxis(scene(), 2, 0), strict=True)))
    result = run(tmp_path / "l.%d.exr", "--style", "hokusai", "--out", tmp_path / "out", "--as", "m.%d.exr")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "m.1.exr").exists()


def test_films_pictures_and_bad_files_together(tmp_path: Path) -> None:
    film, still, out = make(tmp_path / "shot.mp4", 2), tmp_path / "lake.png", tmp_path / "out"
    write(Picture(smooth(40, 60)), still, {})
    empty = tmp_path / "empty.mov"
    empty.touch()
    result = run(film, empty, still, "--style", "hokusai", "--out", out)
    assert result.exit_code == 1
    assert "2 painted" in result.stdout
    assert "empty.mov is empty" in result.stderr
    assert "1 not painted" in result.stderr
    assert sorted(path.name for path in out.iterdir()) == ["lake.png", "shot.mp4"]


def test_sequences_both_ways(tmp_path: Path) -> None:
    for number in range(1, 5):
        write(Picture(picture(number)), tmp_path / f"s.{number:03}.png", {})
    out = tmp_path / "out"
    result = run(tmp_path / "s.%03d.png", "--style", "hokusai", "--out", out)
    assert (result.exit_code, result.stdout) == (0, f"{out / 's.%03d.png'}: 4 frames\n1 painted\n")
    result = run(tmp_path / "s.%03d.png", "--style", "hokusai", "--out", out, "--as", "s.mp4", "--fps", "30000/1001")
    assert result.exit_code == 0
    assert look(out / "s.mp4").rate == Fraction(30000, 1001)
    result = run(out / "s.mp4", "--style", "photo", "--out", out, "--as", "back.%02d.jpg")
    assert result.exit_code == 0
    assert (out / "back.04.jpg").exists()


@pytest.mark.parametrize("words", [("--fps", "0"), ("--fps", "x"), ("--codec", "mpeg2"), ("--steady", "1")])
def test_values_that_cannot_be(tmp_path: Path, words: tuple[str, str]) -> None:
    assert run(tmp_path / "a.mp4", "--style", "hokusai", "--out", tmp_path, *words).exit_code == 2


def test_ctrl_c_leaves_a_part_and_the_same_command_goes_on(tmp_path: Path, shelf: Path) -> None:
    source, out = make(tmp_path / "shot.mp4", 300, size=(96, 64), sound="aac"), tmp_path / "out"
    code = (
        "import sys; from pathlib import Path; from pleinair import store; store.SHIPPED = Path(sys.argv.pop(1));"
        "from pleinair.cli.main import main; sys.exit(main())"
    )
    command = [sys.executable, "-c", code, str(shelf), "stylize", str(source), "--style", "hokusai", "--out", str(out)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    journal, end = out / ".shot.mp4.unfinished", time.monotonic() + 60
    while (
        time.monotonic() < end and running.poll() is None and not (journal.exists() and journal.stat().st_size > 2000)
    ):
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    told, complaint = running.communicate(timeout=60)
    assert running.returncode == 130, told + complaint
    assert "the same command goes on" in told
    part = found(out / "shot.part.mp4")
    assert 0 < len(part.frames) < 300
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert found(out / "shot.mp4") == found(source)
    assert [path.name for path in out.iterdir()] == ["shot.mp4"]


def test_a_second_ctrl_c_stops_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    with stoppable() as stop:
        assert not stop()
        signal.raise_signal(signal.SIGINT)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
    assert "again stops at once" in capsys.readouterr().err


def test_outside_the_main_thread_nothing_is_caught() -> None:
    answers = list[bool]()

    def other() -> None:
        with stoppable() as stop:
            answers.append(stop())

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert answers == [False]


def test_frames_a_second() -> None:
    speed = Speed()
    assert speed(1.0) == 0
    assert [speed(1 + n / 4) for n in range(1, 9)][-1] == pytest.approx(4)


def test_score_film(tmp_path: Path) -> None:
    source, lines = make(tmp_path / "shot.mp4", 8, size=(96, 64)), tmp_path / "lines.jsonl"
    result = CliRunner().invoke(score, ["film", str(source), str(source), "--out", str(lines), "--frames", "5"])
    assert result.exit_code == 0, result.output
    row = next(line for line in result.stdout.splitlines() if line.startswith("steadiness"))
    assert row.split()[1] == "1"
    assert '"pictures": 5' in lines.read_text()


def test_score_film_of_pictures(tmp_path: Path) -> None:
    for number in range(4):
        write(Picture(picture(number)), tmp_path / f"s.{number}.png", {})
    pattern = str(tmp_path / "s.%d.png")
    assert CliRunner().invoke(score, ["film", pattern, pattern]).exit_code == 0


@deep
def test_light_is_judged_at_one_exposure(tmp_path: Path) -> None:
    for number, level in enumerate((1, 1, 16)):
        colors = scene(16, 24) * np.float32(level)
        write_exr(tmp_path / f"s.{number}.exr", {name: colors[:, :, at] for at, name in enumerate("RGB")})
    shown = [float(pixels.mean()) for pixels in _frames(tmp_path / "s.%d.exr", 9, lambda _: None)]
    assert shown[0] == shown[1]
    assert shown[2] > 1.5 * shown[0]


def test_the_commands_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs/film.md").read_text(encoding="utf-8")
    make(tmp_path / "shot.mp4", 6, size=(96, 64), sound="aac")
    for number in range(1, 4):
        write(Picture(picture(number)), tmp_path / f"render.{number:04}.png", {})
    monkeypatch.chdir(tmp_path)
    ran = 0
    for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL):
        for line in block.splitlines():
            words = shlex.split(line.partition(" #")[0])
            if words[:2] not in (["pleinair", "stylize"], ["pleinair", "score"]):
                continue
            command = {"stylize": stylize, "score": score}[words[1]]
            result = CliRunner().invoke(command, words[2:])
            assert result.exit_code == 0, f"{line}: {result.output}"
            ran += 1
    assert ran >= 8
    assert (tmp_path / "painted/shot.mp4").exists()


def test_the_options_stand_in_the_help() -> None:
    shown = CliRunner().invoke(stylize, ["--help"]).stdout
    assert all(name in shown for name in ("--codec", "--crf", "--pixel-format", "--steady", "--fps", "--as"))
    assert isinstance(stylize, click.Command)
