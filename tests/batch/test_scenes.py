"""Seeds → files: names, what is left out, what fails, what the files say of themselves."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pleinair.batch.scenes import SceneJob, plan_scenes, write_scenes
from pleinair.errors import OutputError
from pleinair.images import read
from pleinair.images.metadata import MADE, REWORKED, xmp_packet
from pleinair.images.picture import Pixels


def gray(level: int) -> Pixels:
    return np.full((4, 6, 3), level, np.uint8)


@given(seeds=st.lists(st.integers(0, 2**32 - 1), unique=True, max_size=30))
def test_every_seed_has_a_file_of_its_own(seeds: list[int]) -> None:
    jobs, done = plan_scenes(seeds, Path("nowhere"), "png")
    assert [job.seed for job in jobs] == seeds
    assert len({job.target for job in jobs}) == len(seeds)
    assert not done


@pytest.mark.parametrize(("seed", "name"), [(7, "seed0007.png"), (0, "seed0000.png"), (123456, "seed123456.png")])
def test_names(seed: int, name: str) -> None:
    assert plan_scenes([seed], Path("out"), "png")[0] == [SceneJob(seed, Path("out") / name)]


def test_what_is_there_is_left_out_unless_it_is_to_be_drawn_anew(tmp_path: Path) -> None:
    (tmp_path / "seed0002.jpg").write_text("old")
    jobs, done = plan_scenes([3, 2, 1], tmp_path, "jpg")
    assert [job.seed for job in jobs] == [3, 1]
    assert [job.seed for job in done] == [2]
    jobs, done = plan_scenes([3, 2, 1], tmp_path, "jpg", overwrite=True)
    assert [job.seed for job in jobs] == [3, 2, 1]
    assert not done


def test_pictures_are_finished_and_written(tmp_path: Path) -> None:
    jobs, _ = plan_scenes([5, 9], tmp_path, "png")
    told = list(write_scenes(jobs, iter([gray(50), gray(90)]), {"model": "scene"}, lambda pixels: pixels + 1))
    assert told == [(job, None) for job in jobs]
    assert [int(read(job.target).pixels.mean()) for job in jobs] == [51, 91]
    text = jobs[1].target.read_bytes()
    assert b'pleinair:seed="9"' in text
    assert b'pleinair:model="scene"' in text
    assert MADE.encode() in text


def test_what_fails_is_told_and_the_others_are_written(tmp_path: Path) -> None:
    (tmp_path / "seed0001.png").mkdir()
    jobs, _ = plan_scenes([0, 1, 2], tmp_path, "png", overwrite=True)
    told = dict(write_scenes(jobs, iter([gray(1), gray(2), gray(3)]), {}, lambda pixels: pixels))
    assert [isinstance(error, OutputError) for error in told.values()] == [False, True, False]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["seed0000.png", "seed0001.png", "seed0002.png"]


def test_too_few_pictures_are_a_mistake(tmp_path: Path) -> None:
    jobs, _ = plan_scenes([0, 1], tmp_path, "png")
    with pytest.raises(ValueError, match="shorter"):
        list(write_scenes(jobs, iter([gray(1)]), {}, lambda pixels: pixels))


def test_a_scene_says_that_it_was_made_and_a_painting_that_it_was_reworked() -> None:
    assert MADE.encode() in xmp_packet({"seed": "7"})
    assert REWORKED.encode() in xmp_packet({"style": "monet"})
