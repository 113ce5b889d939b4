"""Sequences painted: into numbered pictures, into films, out of films; what is there is left out."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from pleinair.batch.films import FilmSettings
from pleinair.batch.shots import Order, film_to_pictures, pictures_to_film, pictures_to_pictures
from pleinair.batch.work import Settings
from pleinair.engine.fake import FakeEngine
from pleinair.errors import PictureError, SettingError
from pleinair.images import Picture, read, write
from pleinair.images.film_facts import look
from pleinair.images.film_sequences import PictureReading, files_of, is_sequence, numbered
from tests.images.films import found, make, picture
from tests.render.engines import copying

pytest.importorskip("av")
pytest.importorskip("cv2")


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    """shot.0007.png … shot.0012.png."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(7, 13):
        write(Picture(picture(number)), folder / f"shot.{number:04}.png", {})
    return folder / "shot.%04d.png"


def order(engine: FakeEngine, steady: float = 0.0, anew: bool = False) -> Order:
    return Order(engine, Settings(), FilmSettings(steady=steady), {"style": "fake"}, anew)


def test_names() -> None:
    assert is_sequence(Path("a/shot.%04d.exr"))
    assert not is_sequence(Path("a/100%.png"))
    assert numbered(Path("a/shot.%04d.png"), 7) == Path("a/shot.0007.png")
    assert numbered(Path("s%d.png"), 12) == Path("s12.png")
    for name in ("shot.png", "s%d.%d.png"):
        with pytest.raises(SettingError, match=r"shot\.%04d\.png"):
            numbered(Path(name), 1)


def test_files_come_by_number(frames: Path) -> None:
    (frames.parent / "shot.tmp.png").touch()
    assert list(files_of(frames)) == list(range(7, 13))
    with pytest.raises(PictureError, match="there is no such picture"):
        files_of(frames.with_name("none.%d.png"))
    with pytest.raises(PictureError, match="cannot be opened"):
        files_of(frames.parent / "none" / "a.%d.png")


@pytest.mark.parametrize("steady", [0.0, 0.8])
def test_pictures_become_pictures(frames: Path, tmp_path: Path, steady: float) -> None:
    out = tmp_path / "out"
    out.mkdir()
    engine = copying()
    assert pictures_to_pictures(frames, out / frames.name, order(engine, steady)) == (6, 6, "")
    assert sorted(path.name for path in out.iterdir()) == [f"shot.{n:04}.png" for n in range(7, 13)]
    for number in range(7, 13):
        got = read(out / f"shot.{number:04}.png").pixels.astype(int)
        assert np.abs(got - picture(number)).mean() < (0.01 if not steady else 6)


def test_what_is_there_is_left_out(frames: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    pattern = out / frames.name
    pictures_to_pictures(frames, pattern, order(copying()))
    numbered(pattern, 10).unlink()
    engine = copying()
    assert pictures_to_pictures(frames, pattern, order(engine)) == (1, 6, "")
    assert len(engine.calls) == 1
    warm = copying()
    numbered(pattern, 10).unlink()
    assert pictures_to_pictures(frames, pattern, order(warm, 0.8)) == (1, 6, "")
    assert len(warm.calls) == 4  # 7, 8 and 9 warm the filter up
    assert pictures_to_pictures(frames, pattern, order(copying(), anew=True)) == (6, 6, "")


def test_sixteen_bits_stay(tmp_path: Path) -> None:
    pytest.importorskip("OpenImageIO")
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    out.mkdir()
    deep = picture(0).astype(np.uint16) * 257 + 3
    write(Picture(np.minimum(deep, 65535).astype(np.uint16)), folder / "a.1.png", {})
    pictures_to_pictures(folder / "a.%d.png", out / "a.%d.png", order(copying()))
    assert read(out / "a.1.png").pixels.dtype == np.uint16


def test_pictures_become_a_film(frames: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    result = pictures_to_film(frames, out, "shot.mp4", Fraction(25), order(copying()))
    assert result is not None
    assert (result.frames, result.target.name) == (6, "shot.mp4")
    assert [time for time, _ in found(result.target).frames] == [Fraction(n, 25) for n in range(6)]
    assert (look(result.target).colors.matrix, look(result.target).colors.range) == (1, 1)
    assert pictures_to_film(frames, out, "shot.mp4", Fraction(25), order(copying())) is None


def test_a_film_becomes_pictures(tmp_path: Path) -> None:
    source, out = make(tmp_path / "a.mp4", 5), tmp_path / "out"
    out.mkdir()
    assert film_to_pictures(source, out / "f.%03d.png", order(copying())) == (5, 5, "")
    assert sorted(path.name for path in out.iterdir()) == [f"f.{n:03}.png" for n in range(1, 6)]
    (out / "f.005.png").unlink()
    assert film_to_pictures(source, out / "f.%03d.png", order(copying())) == (1, 5, "")


def test_a_film_deeper_than_eight_bits_becomes_deep_pictures(tmp_path: Path) -> None:
    pytest.importorskip("OpenImageIO")
    source = make(tmp_path / "a.mov", 2, codec="prores_ks", pixel_format="yuv422p10le")
    (tmp_path / "out").mkdir()
    film_to_pictures(source, tmp_path / "out" / "f.%d.png", order(copying()))
    assert read(tmp_path / "out" / "f.1.png").pixels.dtype == np.uint16


def test_pictures_are_not_painted_over(frames: Path) -> None:
    with pytest.raises(SettingError, match="would be overwritten"):
        pictures_to_pictures(frames, frames, order(copying()))


def test_a_picture_of_another_size_is_named(frames: Path) -> None:
    write(Picture(picture(0, 40, 40)), frames.parent / "shot.0013.png", {})
    reading = PictureReading(list(files_of(frames).values()), deep=False)
    with pytest.raises(PictureError, match=r"shot\.0013\.png is 40x40, those before 64x48"):
        list(reading.frames(0, []))


def test_a_film_of_light_is_read_and_promised_at_the_exposure_asked_for(
    frames: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[PictureReading, Order]] = []
    monkeypatch.setattr("pleinair.batch.shots._film", lambda _p, reel, _d, order: asked.append((reel(), order)))
    for stops in (None, 2.0):
        lit = Order(FakeEngine(), Settings(exposure=stops), FilmSettings(), {"style": "fake"})
        pictures_to_film(frames, tmp_path, "out.mp4", Fraction(24), lit)
    assert [reel.exposure for reel, _ in asked] == [None, 2.0]
    assert [order.told.get("exposure") for _, order in asked] == [None, "2"]
