"""Films: what is written is what was given, whole or not at all; without PyAV, the command to type."""

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from pleinair.errors import MissingExtraError, OutputError, SettingError
from pleinair.images import film
from pleinair.images.film import check_film, write_film
from pleinair.images.picture import Pixels

needs_av = pytest.mark.skipif(find_spec("av") is None, reason="the extra [film] is not installed")
COLORS = ((200, 40, 40), (40, 200, 40), (40, 40, 200), (220, 220, 60))


def frames(count: int = 24, height: int = 48, width: int = 64) -> Iterator[Pixels]:
    """Flat colors, one after another."""
    for index in range(count):
        yield np.full((height, width, 3), COLORS[index * len(COLORS) // count], np.uint8)


@needs_av
def test_frames_size_speed_and_colors_come_back(tmp_path: Path) -> None:
    import av

    path = tmp_path / "walk.mp4"
    write_film(frames(), path, 12, {"seeds": "0-3", "model": "scene"})
    with av.open(str(path)) as found:
        video = found.streams.video[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (video.width, video.height, str(video.average_rate)) == (64, 48, "12")
        assert "seeds 0-3; model scene" in found.metadata["comment"]
        shown = [frame.to_ndarray(format="rgb24") for frame in found.decode(video)]
    assert len(shown) == 24
    for one, other in zip(shown, frames(), strict=True):
        assert np.abs(one.astype(int) - other).max() <= 6
    assert [each.name for each in tmp_path.iterdir()] == ["walk.mp4"]


@needs_av
def test_a_film_may_be_written_over(tmp_path: Path) -> None:
    path = tmp_path / "walk.mp4"
    path.write_text("old")
    write_film(frames(3), path, 24, {})
    assert path.read_bytes()[4:8] == b"ftyp"


@needs_av
def test_what_goes_wrong_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[Pixels]:
        yield from frames(3)
        raise SettingError("the frames end here")

    with pytest.raises(SettingError, match="the frames end here"):
        write_film(broken(), tmp_path / "walk.mp4", 24, {})
    assert not list(tmp_path.iterdir())


@needs_av
def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written") as caught:
        write_film(frames(3), tmp_path / "none" / "walk.mp4", 24, {})
    assert "\n" not in str(caught.value)


@needs_av
@pytest.mark.parametrize(("width", "height"), [(63, 48), (64, 47)])
def test_odd_sizes(tmp_path: Path, width: int, height: int) -> None:
    with pytest.raises(SettingError, match=f"even numbers, not {width}x{height}"):
        write_film(frames(2, height, width), tmp_path / "walk.mp4", 24, {})
    assert not list(tmp_path.iterdir())


def test_no_frames(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="at least one frame"):
        write_film([], tmp_path / "walk.mp4", 24, {})


def test_without_the_extra_the_command_to_type_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, "find_spec", lambda _: None)
    with pytest.raises(
        MissingExtraError, match=r'a film needs the extra \[film\]; type: pip install "pleinair\[film\]"'
    ):
        check_film(64, 64)


def test_pyav_is_not_imported_before_it_is_used() -> None:
    import subprocess

    code = "import sys, pleinair.images.film; print('av' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
