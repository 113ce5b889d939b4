"""The segment recipe: trained from scenes, killed and gone on with, shared by two, watched."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pleinair.data.labeled import LabeledScene
from pleinair.networks.segmenter import CLASSES, load_segmenter, read_back
from pleinair.objectives.segment import Lesson
from pleinair.recipes.segment import accuracy, builder, class_shares, segment, sheet, tiny
from pleinair.training import checkpoint, launch, loop
from pleinair.training.run import Run
from tests.labels import striped
from tests.training import narrow
from tests.training.alone import ALONE, check_going_on, check_shares, shared
from tests.training.rehearsal import PLAIN


def scenes(count: int = 6) -> tuple[LabeledScene, ...]:
    return tuple(striped(first=first) for first in range(count))


def small(pictures: int = 12, **changes: object) -> Run:
    return replace(tiny(segment()), **{"pictures": pictures, "preview_pictures": 10**9, **changes})  # type: ignore[arg-type]


def test_a_run_keeps_what_reading_needs(tmp_path: Path) -> None:
    run = small(preview_pictures=8, watch_pictures=8)
    assert launch.launch(run, builder(scenes()), tmp_path / "run") == loop.ALL_SEEN
    segmenter = load_segmenter(tmp_path / "run")
    assert (segmenter.width, segmenter.classes) == (8, CLASSES)
    assert read_back(segmenter, striped().picture).shape == (30, 48)
    assert checkpoint.read(tmp_path / "run" / checkpoint.AVERAGE)[1]["network"] == dict(run.network)
    lines = [json.loads(line) for line in (tmp_path / "run/stats.jsonl").read_text().splitlines()]
    looks = [line for line in lines if "watch.score" in line]
    assert [line["seen_pictures"] for line in looks] == [8, 12]
    assert looks[0]["watch.score"] == pytest.approx(1 - looks[0]["watch.accuracy"], abs=1e-3)
    assert list((tmp_path / "run/previews").iterdir())


@pytest.mark.parametrize("picture", [0, 8])
def test_killed_and_typed_again_it_ends_as_the_uninterrupted_run(tmp_path: Path, picture: int) -> None:
    run = small(16, save_seconds=1e-9, preview_pictures=8, watch_pictures=8)

    check_going_on(run, builder(scenes()), picture, tmp_path)


def test_two_ranks_share_a_batch() -> None:
    task = builder(scenes())(small(), ALONE.device, PLAIN, ALONE)
    whole, even, odd = shared(task)
    check_shares(whole, even, odd, tuple(Lesson.__dataclass_fields__))


def test_held_out_scenes_are_looked_at_and_not_trained_on() -> None:
    """The last of six is held out: what is trained sees none of its classes beyond its own."""
    only = [LabeledScene(np.zeros((30, 48, 3), np.uint8), np.full((30, 48), 3, np.uint8))] * 5
    other = LabeledScene(np.zeros((30, 48, 3), np.uint8), np.full((30, 48), 4, np.uint8))
    task = builder([*only, other])(small(), ALONE.device, PLAIN, ALONE)
    batches = task.batches(0, 0, 1)
    assert {int(label) for _ in range(5) for label in next(batches).labels.unique()} == {3}
    batches.close()


def test_shares_and_accuracy_are_what_they_say() -> None:
    shares = class_shares(scenes())
    assert float(shares.sum()) == pytest.approx(1)
    assert shares.min() > 0.05
    made = builder(scenes())(small(), ALONE.device, PLAIN, ALONE)
    found = accuracy(made.objective.averaged, scenes(), 16)
    assert 0 <= found < 0.5
    assert sheet(made.objective.averaged, scenes(3), 16).shape == (2 * 100 + 4, 6 * 100 + 4, 3)


def test_numbers_follow_what_is_asked_for() -> None:
    run = segment(999, 24, 5)
    assert (run.pictures, run.network["width"], run.seed) == (999, 24, 5)
    assert tiny(run).recipe == run.recipe
    assert tiny(run).weights == run.weights


def test_narrow_numbers_serve_as_well() -> None:
    narrow.check(small(), builder(scenes()))
