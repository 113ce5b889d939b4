"""One exposure for a sequence of light: the same however, wherever and how far it is painted."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from random import Random
from statistics import median

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from pleinair.batch import exposures
from pleinair.batch.exposures import MEASURED, _sequences, at_one_exposure, exposure_of, sample
from pleinair.batch.films import FilmSettings
from pleinair.batch.hand import Hand, Letter
from pleinair.batch.plan import Job, Plan, plan
from pleinair.batch.rack import Rack
from pleinair.batch.shots import Order, pictures_to_film
from pleinair.batch.work import Settings
from pleinair.cli.films import HOLD
from pleinair.cli.stylize import stylize
from pleinair.engine.fake import FakeEngine
from pleinair.errors import MissingExtraError, SettingError
from pleinair.images import Picture, write
from pleinair.images.reading import metered
from pleinair.images.told import told
from pleinair.store import sha256_of
from tests.images.lights import deep, read_exr, rgbe, scene, write_exr
from tests.images.pictures import smooth

pytestmark = [deep, pytest.mark.usefixtures("shelf")]
LEVELS = (0.25, 1.0, 0.5, 4.0, 1.0, 0.7)


def light(path: Path, level: float = 1.0) -> Path:
    path.parent.mkdir(exist_ok=True)
    colors = scene(16, 24) * np.float32(level)
    return write_exr(path, {name: colors[:, :, at] for at, name in enumerate("RGB")})


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    """A folder of six frames of a light that flickers."""
    for number, level in enumerate(LEVELS, 8):
        light(tmp_path / f"in/shot.{number:04}.exr", level)
    return tmp_path / "in"


def run(*words: object) -> Result:
    return CliRunner().invoke(stylize, [str(word) for word in (*words, "--style", "hokusai", "--threads", 1)])


def own(folder: Path) -> list[float]:
    return [stops for path in sorted(folder.iterdir()) if (stops := metered(path)) is not None]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def lit(inputs: list[Path], out: Path, lines: list[str]) -> Plan:
    return at_one_exposure(plan(inputs, out), None, lines.append)


def test_frames_of_a_folder_are_painted_at_the_median_and_it_is_said(frames: Path, tmp_path: Path) -> None:
    out, each = tmp_path / "out", own(frames)
    result = run(frames, "--out", out)
    assert (result.exit_code, result.stdout) == (0, "6 painted\n")
    expected = round(median(each), 2)
    name = frames / "shot.%04d.exr"
    assert result.stderr == (
        f"{name}: 6 frames at one exposure, {expected:g} stops; each for itself would have {min(each):g} to "
        f"{max(each):g} (--exposure each)\n"
    )
    assert min(each) < expected < max(each)
    assert {told(path)["exposure"] for path in out.iterdir()} == {f"{expected:g}"}


def test_each_for_itself_if_that_is_asked_for(frames: Path, tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    each = own(frames)
    for source in (frames, frames / "shot.%04d.exr"):
        result = run(source, "--exposure", "each", "--steady", HOLD, "--out", tmp_path / "out", "--overwrite")
        assert (result.exit_code, result.stderr) == (0, "")
        assert [float(told(path)["exposure"]) for path in sorted((tmp_path / "out").iterdir())] == each


def test_one_that_is_named_is_not_measured(frames: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposures, "metered", lambda *_: pytest.fail("it was measured"))
    assert run(frames, "--exposure", -1, "--out", tmp_path / "out").stderr == ""
    assert {told(path)["exposure"] for path in (tmp_path / "out").iterdir()} == {"-1"}
    assert run(frames, "--out", tmp_path / "out").stdout == "0 painted, 6 there already (--overwrite paints anew)\n"
    assert run(frames, "--out", tmp_path / "other", "--plan").stdout.endswith("6 to paint\n")


def test_order_workers_and_restart_give_the_same_bytes(frames: Path, tmp_path: Path) -> None:
    assert run(frames, "--out", tmp_path / "out").exit_code == 0
    expected = contents(tmp_path / "out")
    mixed = list(frames.iterdir())
    Random(3).shuffle(mixed)
    assert run(*mixed, "--out", tmp_path / "mixed", "--jobs", 3).exit_code == 0
    assert contents(tmp_path / "mixed") == expected
    for number in (8, 11, 12):  # as if the command had been killed midway
        (tmp_path / f"mixed/shot.{number:04}.exr").unlink()
    result = run(frames, "--out", tmp_path / "mixed")
    assert result.stdout == "3 painted, 3 there already (--overwrite paints anew)\n"
    assert "--exposure each" in result.stderr
    assert "painted at" not in result.stderr
    assert contents(tmp_path / "mixed") == expected


def test_a_pattern_has_the_exposure_of_its_folder_and_goes_on_with_it(frames: Path, tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    pattern, out = frames / "shot.%04d.exr", tmp_path / "out"
    first = run(pattern, "--out", out)
    assert first.exit_code == 0, first.output
    assert first.stderr == run(frames, "--out", tmp_path / "folder").stderr
    stops = {told(path)["exposure"] for folder in (out, tmp_path / "folder") for path in folder.iterdir()}
    assert len(stops) == 1
    expected = contents(out)
    for number in (9, 10, 13):
        (out / f"shot.{number:04}.exr").unlink()
    assert run(pattern, "--out", out).exit_code == 0
    assert contents(out) == expected
    assert run(pattern, "--out", out).stderr == ""


def test_a_film_of_light_tells_its_exposure(frames: Path, tmp_path: Path) -> None:
    pytest.importorskip("av")
    pytest.importorskip("cv2")
    from tests.images.films import found

    pattern, out = frames / "shot.%04d.exr", tmp_path / "out"
    result = run(pattern, "--as", "shot.mp4", "--out", out)
    assert result.exit_code == 0, result.output
    assert f"{pattern}: 6 frames at one exposure" in result.stderr
    assert len(found(out / "shot.mp4").frames) == 6
    assert f"exposure {round(median(own(frames)), 2):g};".encode() in (out / "shot.mp4").read_bytes()
    again = run(pattern, "--as", "shot.mp4", "--out", out)
    assert (again.stderr, again.exit_code) == ("", 0)


def test_a_film_that_was_stopped_goes_on_at_its_exposure(frames: Path, tmp_path: Path) -> None:
    pytest.importorskip("av")
    pytest.importorskip("cv2")
    lines: list[str] = []
    stopped = [False, True]

    def painted(stop: Callable[[], bool]) -> int:
        told = {"style": "fake", "model": "fake"}
        order = Order(FakeEngine(), Settings(), FilmSettings(), told, stop=stop, say=lines.append)
        result = pictures_to_film(frames / "shot.%04d.exr", tmp_path, "shot.mp4", Fraction(24), order)
        assert result is not None
        return result.frames

    assert painted(lambda: stopped.pop(0)) == 2
    assert painted(lambda: False) == 6
    assert lines[0] == lines[1]
    light(frames / "shot.0014.exr", 500)  # whatever the film holds already was painted at another exposure
    (tmp_path / "shot.mp4").unlink()
    stopped[:] = [True]
    assert painted(lambda: stopped.pop(0)) == 1
    for number in range(15, 25):
        light(frames / f"shot.{number:04}.exr", 500)
    with pytest.raises(SettingError, match="exposure"):
        painted(lambda: False)


def test_workers_of_a_cluster_are_told_the_exposure(frames: Path, tmp_path: Path, trunk: Path) -> None:
    lines: list[str] = []
    out = tmp_path / "out"
    out.mkdir()
    work = lit([frames], out, lines)
    hand = Hand(Letter(trunk, {"hokusai": 1.0}, Settings(), {"style": "hokusai", "sha256": sha256_of(trunk)}, 1))
    assert hand.ready().refusal == ""
    for job in work.jobs:
        assert hand.paint(Rack(out).job(job)).refusal == ""
    assert {float(told(path)["exposure"]) for path in out.iterdir()} == {work.jobs[0].exposure}


def test_what_is_no_sequence_keeps_its_own(tmp_path: Path) -> None:
    """Names, numbers too short, other folders and formats, a single frame; and pictures that are no light."""
    names = ("dune.exr", "lake.exr", "pano1.exr", "pano2.exr", "a/sky.0001.exr", "b/sky.0002.exr", "sky.0003.hdr")
    for level, name in enumerate(names, 1):
        if name.endswith("hdr"):
            (tmp_path / name).write_bytes(rgbe(scene(16, 24)))
        else:
            light(tmp_path / name, level)
    for number in (1, 2):
        write(Picture(smooth(16, 24)), tmp_path / f"still.{number:04}.png", {})
    lines: list[str] = []
    work = at_one_exposure(
        plan([tmp_path, tmp_path / "a", *(tmp_path / "b").iterdir()], tmp_path / "out"), None, lines.append
    )
    assert len(work.jobs) == 9
    assert [job.exposure for job in work.jobs] == [None] * 9
    assert lines == []


def test_several_sequences_in_a_folder_have_one_each(tmp_path: Path) -> None:
    for number in range(3):
        light(tmp_path / f"in/day.{number:03}.exr", 8)
        light(tmp_path / f"in/night.{number:03}.exr", 0.01)
    lines: list[str] = []
    work = lit([tmp_path / "in"], tmp_path / "out", lines)
    stops = {job.source.name: job.exposure or 0 for job in work.jobs}
    assert stops["night.000.exr"] - stops["day.000.exr"] == pytest.approx(np.log2(800), abs=0.02)
    assert len(set(stops.values())) == 2
    assert [line.partition(" ")[0] for line in lines] == [
        f"{tmp_path / 'in' / name}.%03d.exr:" for name in ("day", "night")
    ]
    assert not any("--exposure each" in line for line in lines)  # where all are alike there is nothing to choose


def test_a_fade_from_black_moves_nothing_and_bad_frames_are_passed_over(tmp_path: Path) -> None:
    levels = (0, 0, 1e-6, 1, 1, 1, 1, 1)
    files = [light(tmp_path / f"s.{number:03}.exr", level) for number, level in enumerate(levels)]
    plain = metered(files[5])
    assert exposure_of("s", files, None) == plain
    files[3].write_bytes(b"\x76\x2f\x31\x01")
    files[4].unlink()
    assert exposure_of("s", files, None) == plain


def test_darkness_has_no_exposure_of_its_own(tmp_path: Path) -> None:
    lines: list[str] = []
    files = [light(tmp_path / f"s.{number:03}.exr", 0) for number in range(2)]
    assert exposure_of("s", files, None, (), lines.append) == 0
    assert lines == []


def test_without_the_extra_pictures_say_it_themselves(
    frames: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> float:
        raise MissingExtraError("EXR", "deep")

    monkeypatch.setattr(exposures, "metered", missing)
    lines: list[str] = []
    assert len(lit([frames], tmp_path / "out", lines).jobs) == 6
    assert lines == []


def test_what_was_painted_at_another_exposure_is_said(frames: Path, tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    out = tmp_path / "out"
    assert run(frames / "shot.0009.exr", "--exposure", 5, "--out", out).exit_code == 0
    told_of = "what is there already was painted at 5 stops; for frames alike, --exposure 5 or --overwrite"
    for source in (frames, frames / "shot.%04d.exr"):
        result = run(source, "--out", out)
        assert result.exit_code == 0
        assert told_of in result.stderr
        assert result.stderr.count("\n") == 2
        (out / "shot.0008.exr").unlink()
    assert told_of not in run(frames, "--out", out, "--overwrite").stderr


def test_a_layer_is_measured_by_itself(tmp_path: Path) -> None:
    for number in range(2):
        colors = {
            f"{layer}.{name}": scene(16, 24)[:, :, at] * np.float32(level)
            for layer, level in (("Back.Combined", 1), ("Fore.Combined", 16))
            for at, name in enumerate("RGB")
        }
        write_exr(tmp_path / f"s.{number:03}.exr", colors)
    files = [tmp_path / f"s.{number:03}.exr" for number in range(2)]
    assert exposure_of("s", files, "Back") - exposure_of("s", files, "Fore") == pytest.approx(4, abs=0.02)


def test_strips_of_a_sky_are_frames_too(tmp_path: Path) -> None:
    for number, level in enumerate((1, 1, 9)):
        colors = scene(32, 48) * np.float32(level)
        write_exr(tmp_path / f"sky.{number:04}.exr", {name: colors[:, :, at] for at, name in enumerate("RGB")})
    plain = metered(tmp_path / "sky.0000.exr")
    result = run(tmp_path, "--cube", "3x2", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert {float(told(path)["exposure"]) for path in (tmp_path / "out").iterdir()} == {plain}
    assert read_exr(tmp_path / "out/sky.0002.exr").keys() == {"R", "G", "B"}


@given(st.integers(1, 5000))
def test_a_sample_is_spread_over_the_whole(count: int) -> None:
    files = [Path(str(number)) for number in range(count)]
    taken = [int(path.name) for path in sample(files)]
    assert len(taken) == len(set(taken)) == min(count, MEASURED)
    assert (taken[0], taken[-1]) == (0, count - 1)
    gaps = np.diff(taken)
    assert not gaps.size or 1 <= gaps.min() <= gaps.max() <= gaps.min() + 1


def test_frames_come_by_number_whatever_their_digits(tmp_path: Path) -> None:
    names = ["s.1000.exr", "s.0999.exr", "s.999.exr", "s.12345.exr"]
    jobs = [Job(tmp_path / name, tmp_path / "out" / name) for name in names]
    found = _sequences(jobs)
    assert list(found) == [str(tmp_path / "s.%04d.exr")]
    assert [job.source.name for job in found[str(tmp_path / "s.%04d.exr")]] == [names[1], names[2], names[0], names[3]]


def test_a_job_is_read_as_asked_else_as_its_sequence() -> None:
    job = Job(Path("a"), Path("b"), exposure=2.0)
    assert (job.exposed(None), job.exposed(0.0), Job(Path("a"), Path("b")).exposed(None)) == (2.0, 0.0, None)
