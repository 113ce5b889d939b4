"""Films painted: frames, time stamps and sound as they came, gone on with after stops and kills, bad ones named."""

import os
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pleinair.batch.films import (
    FilmPlan,
    FilmSettings,
    Painted,
    forget_other,
    journal_path,
    paint_film,
    part_path,
    plan_film,
    promised,
    reel_of,
)
from pleinair.batch.work import Settings
from pleinair.engine.fake import FakeEngine
from pleinair.errors import PictureError, SettingError
from pleinair.images.film_facts import UNSPECIFIED, Colors, look
from pleinair.render.looks import Look
from tests.images.films import UNEVEN, found, make, picture, shown
from tests.render.engines import constant, copying

pytest.importorskip("av")
pytest.importorskip("cv2")


def paint(source: Path, out: Path, engine: FakeEngine | None = None, *, steady: float = 0.0, **film: Any) -> Painted:
    out.mkdir(exist_ok=True)
    settings = FilmSettings(steady=steady, **film)
    plan = plan_film(source, out, settings)
    return paint_film(plan, reel_of(plan), engine or copying(), Settings(), settings, {"style": "fake"})


@pytest.mark.parametrize("steady", [0.0, 0.8])
@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("even.mp4", {"sound": "aac"}),
        ("uneven.mp4", {"stamps": UNEVEN, "tick": Fraction(1, 600), "sound": "aac"}),
        ("late.mp4", {"stamps": range(100, 112)}),
        ("turned.mp4", {"turn": 90, "sound": "aac"}),
        ("odd.mkv", {"size": (63, 47), "pixel_format": "yuv444p", "sound": "aac"}),
        ("web.webm", {"codec": "libvpx-vp9", "sound": "libopus"}),
        ("deep.mov", {"codec": "prores_ks", "pixel_format": "yuv422p10le", "sound": "pcm_s16le"}),
        ("one.mp4", {"count": 1}),
    ],
)
def test_frames_times_and_sound_are_the_inputs(tmp_path: Path, name: str, how: dict[str, Any], steady: float) -> None:
    source = make(tmp_path / name, **how)
    result = paint(source, tmp_path / "out", steady=steady)
    before, after = found(source), found(result.target)
    assert result.finished
    assert result.target.name == name
    assert [time for time, _ in after.frames] == [time for time, _ in before.frames]
    assert after.sound == before.sound
    assert bool(after.sound) == ("sound" in how)
    old, new = look(source), look(result.target)
    assert (new.codec, new.pixel_format, new.width, new.height) == (old.codec, old.pixel_format, old.width, old.height)
    assert new.turn == old.turn
    assert float(new.rate) == pytest.approx(float(old.rate), rel=0.01)  # what the last frame lasts is not always said
    assert [path.name for path in (tmp_path / "out").iterdir()] == [name]


@pytest.mark.parametrize("codec", ["h264", "hevc", "vp9", "av1", "prores"])
def test_every_codec_holds_the_picture(tmp_path: Path, codec: str) -> None:
    source = make(tmp_path / "a.mp4", sound="aac")
    result = paint(source, tmp_path / "out", codec=codec)
    facts = look(result.target)
    assert (facts.codec, facts.bits) == (codec, 10 if codec == "prores" else 8)
    assert found(result.target).frames == found(source).frames
    assert found(result.target).sound == found(source).sound
    for one, other in zip(shown(result.target), shown(source), strict=True):
        assert np.abs(one.astype(int) - other).mean() < 6


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
@pytest.mark.parametrize("codec", ["h264", "hevc", "av1"])
def test_after_a_film_the_process_is_scheduled_as_before(tmp_path: Path, codec: str) -> None:
    """As root, AV1's encoder asks for the highest priority, and all else would wait for it, also after the film."""
    before = os.sched_getscheduler(0)
    paint(make(tmp_path / "a.mp4"), tmp_path / "out", codec=codec)
    tasks = [int(task.name) for task in Path("/proc/self/task").iterdir()]
    assert {os.sched_getscheduler(task) for task in tasks} == {before}


def test_colors_are_said_and_kept(tmp_path: Path) -> None:
    source = make(tmp_path / "a.mp4", colors=(2, 9, 14, 9))
    target = paint(source, tmp_path / "out", FakeEngine(4, 8, lambda x: x * 0.5)).target
    assert look(target).colors == Colors(2, 9, 14, 9)


def test_prores_stays_silent_on_colors_too(tmp_path: Path) -> None:
    source = make(tmp_path / "a.mov", codec="prores_ks", pixel_format="yuv422p10le")
    assert look(source).colors.matrix == UNSPECIFIED
    assert look(paint(source, tmp_path / "out").target).colors.matrix == UNSPECIFIED


def test_the_painting_is_in_it(tmp_path: Path) -> None:
    source = make(tmp_path / "a.mp4")
    result = paint(source, tmp_path / "out", constant(0.5))
    for frame in shown(result.target):
        assert np.abs(frame.astype(int) - 191).max() <= 3


def test_turned_films_are_painted_upright(tmp_path: Path) -> None:
    """The engine makes the upper half white: in a film turned by 90° that is a side of the frame as stored."""
    seen = list[tuple[int, ...]]()

    def upper(pictures: Any) -> Any:
        seen.append(pictures.shape)
        white = np.full_like(pictures, -1)
        white[:, :, : pictures.shape[2] // 2] = 1
        return white

    result = paint(make(tmp_path / "a.mp4", 2, turn=90), tmp_path / "out", FakeEngine(4, 8, upper))
    assert seen[0] == (1, 3, 64 + 16, 48 + 16)
    stored = shown(result.target)[0]
    assert abs(int(stored[:, :28].mean()) - int(stored[:, 36:].mean())) > 240


def test_a_stop_leaves_a_part_that_plays_and_the_next_run_goes_on(tmp_path: Path) -> None:
    source, out = make(tmp_path / "a.mp4", 20, sound="aac"), tmp_path / "out"
    out.mkdir()
    film = FilmSettings(steady=0.8)
    plan, engine = plan_film(source, out, film), copying()
    calls = list[int]()

    def run(stop_at: int) -> Painted:
        stop = iter(range(1, 99))
        told = {"style": "fake"}
        return paint_film(
            plan, reel_of(plan), engine, Settings(), film, told,
            stop=lambda: next(stop) == stop_at, progress=lambda done, _: calls.append(done),
        )  # fmt: skip

    result = run(7)
    assert (result.target, result.frames, result.finished) == (part_path(plan.target), 7, False)
    part = found(part_path(plan.target))
    assert part.frames[:6] == found(source).frames[:6]
    assert 0 < len(part.sound) < len(found(source).sound)
    assert not plan.target.exists()
    assert run(5).frames == 12
    result = run(99)
    assert result.finished
    assert calls == list(range(1, 21))  # no frame twice
    assert found(result.target) == found(source)
    assert [path.name for path in out.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize("codec", ["h264", "hevc", "vp9", "av1"])
def test_after_a_kill_whole_groups_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str) -> None:
    from pleinair.images import film_codecs
    from pleinair.images.film_journal import Journal

    monkeypatch.setattr(film_codecs, "GROUP_SECONDS", Fraction(1, 3))
    source, out = make(tmp_path / "a.mp4", 80), tmp_path / "out"
    saved = Journal.end

    def killed(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Journal, "end", killed)
    with pytest.raises(MemoryError):
        paint(source, out, codec=codec)
    monkeypatch.setattr(Journal, "end", saved)
    kept = journal_path(out / "a.mp4")
    with kept.open("r+b") as file:
        file.truncate(kept.stat().st_size * 2 // 3)
    engine = copying()
    result = paint(source, out, engine, codec=codec)
    assert found(result.target).frames == found(source).frames
    assert 0 < len(engine.calls) < 80  # some are painted again, and not all
    for one, other in zip(shown(result.target), shown(source), strict=True):
        assert np.abs(one.astype(int) - other).mean() < 6


def test_other_settings_do_not_go_on_with_it(tmp_path: Path) -> None:
    source, out = make(tmp_path / "a.mp4"), tmp_path / "out"
    out.mkdir()
    film = FilmSettings()
    plan = plan_film(source, out, film)
    paint_film(plan, reel_of(plan), copying(), Settings(), film, {}, stop=lambda: True)
    other = Settings(Look(strength=0.5))
    with pytest.raises(SettingError, match=r"strength 1 → 0.5"):
        paint_film(plan, reel_of(plan), copying(), other, film, {})
    forget_other(plan, promised(plan, Settings(), film, {}))
    assert journal_path(plan.target).exists()
    forget_other(plan, promised(plan, other, film, {}))
    assert paint_film(plan, reel_of(plan), copying(), other, film, {}).finished


@pytest.mark.parametrize(("before", "now"), [(1536, 768), (768, 1536)])
def test_windows_are_named_by_their_number_also_the_one_that_is_not_told(tmp_path: Path, before: int, now: int) -> None:
    source, out = make(tmp_path / "a.mp4"), tmp_path / "out"
    out.mkdir()
    plan, film = plan_film(source, out, FilmSettings()), FilmSettings()
    begun, other = Settings(Look(window=before)), Settings(Look(window=now))
    paint_film(plan, reel_of(plan), copying(), begun, film, {}, stop=lambda: True)
    with pytest.raises(SettingError, match=rf"\(window {before} → {now}\); --window {before} goes on with it"):
        paint_film(plan, reel_of(plan), copying(), other, film, {})
    assert paint_film(plan, reel_of(plan), copying(), begun, film, {}).finished


def test_what_fails_at_once_leaves_nothing_behind(tmp_path: Path) -> None:
    source, out = make(tmp_path / "a.mp4"), tmp_path / "out"
    out.mkdir()
    plan = plan_film(source, out, FilmSettings())
    with pytest.raises(SettingError):
        paint_film(plan, reel_of(plan), copying(), Settings(Look(strength=float("nan"))), FilmSettings(), {})
    assert list(out.iterdir()) == []


def test_a_film_cut_short_is_painted_as_far_as_it_goes_and_said(tmp_path: Path) -> None:
    whole = make(tmp_path / "a.mp4", 40, sound="aac", pictures=[np.roll(picture(3), 7 * n, 0) for n in range(40)])
    # Its table of frames stands first, as in films for the web, so that it can be read without its end.
    web = paint(whole, tmp_path / "web").target
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(web.read_bytes()[: web.stat().st_size * 2 // 3])
    result = paint(cut, tmp_path / "out")
    assert 0 < result.frames < 40
    assert f"{result.frames} of 40 frames could be read" in result.trouble
    assert len(found(result.target).frames) == result.frames


def test_one_that_was_not_finished_has_no_table(tmp_path: Path) -> None:
    whole = make(tmp_path / "a.mp4", 40).read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PictureError, match="cannot be opened as a film"):
        paint(cut, tmp_path / "out")


def test_the_film_itself_is_not_overwritten(tmp_path: Path) -> None:
    source = make(tmp_path / "a.mp4", 2)
    with pytest.raises(SettingError, match="would be overwritten"):
        plan_film(source, tmp_path, FilmSettings())


def test_what_changes_is_noted(tmp_path: Path) -> None:
    source = make(tmp_path / "a.avi", 4, codec="mpeg4", sound="mp3")
    plan: FilmPlan = plan_film(source, tmp_path / "out", FilmSettings())
    assert plan.note == "mpeg4 becomes h264; written as .mp4"
    result = paint(source, tmp_path / "out")
    assert result.target.name == "a.mp4"
    assert [time for time, _ in found(result.target).frames] == [time for time, _ in found(source).frames]
    assert [data for _, data in found(result.target).sound] == [data for _, data in found(source).sound]


def test_frames_painted_at_a_time_come_in_their_order(tmp_path: Path) -> None:
    source = make(tmp_path / "shot.mp4", count=12)
    # without loss: what x264 loses differs from run to run, for its lookahead reads past rows of few blocks
    one, many = (paint(source, tmp_path / str(lanes), steady=0.8, lanes=lanes, crf=0) for lanes in (1, 3))
    assert many.frames == 12
    for mine, theirs in zip(shown(many.target), shown(one.target), strict=True):
        np.testing.assert_array_equal(mine, theirs)
