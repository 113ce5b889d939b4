"""Judging one painter in one style: each figure of the right pictures, in the right order."""

from pathlib import Path

import numpy as np
import pytest

from pleinair.errors import DataError, SettingError
from pleinair.metrics.content import content_of
from pleinair.metrics.distances import kernel_distance
from pleinair.metrics.features import Features, feature_set, features_of
from pleinair.metrics.judge import SIZE, chosen_files, easel, judge, painted_by
from pleinair.metrics.squares import square
from tests.metrics.tiny import FakePainter, pictures, save

RED = (200, 70, 60)


@pytest.fixture
def scenes(tmp_path: Path) -> Path:
    return save(tmp_path / "scenes", pictures(8, 1))


def test_the_easel_holds_squares_in_the_order_of_names(extractor: Features, tmp_path: Path) -> None:
    one = save(tmp_path / "one", pictures(2, 1), "b")
    two = save(tmp_path / "two", pictures(2, 2), "a", ".webp")
    found = easel([one, two], extractor)
    assert found.name == "one+two"
    assert [picture.shape for picture in found.pictures] == [(SIZE, SIZE, 3)] * 4
    assert (found.pictures[2] == square(one / "b00.png", SIZE)).all()
    assert (found.features.rows == features_of(found.pictures, extractor)).all()


def test_other_features_may_stand_for_the_unpainted(extractor: Features, scenes: Path) -> None:
    own = feature_set("files", sorted(scenes.iterdir()), extractor)
    assert easel([scenes], extractor, features=own).features is own


def test_names_sort_as_saved_squares_would(tmp_path: Path) -> None:
    for stem in ("a-b", "a", "a b"):
        save(tmp_path, pictures(1, 1), stem, ".webp")
    saved = sorted(f"{path.stem}.png" for path in tmp_path.iterdir())
    assert [f"{path.stem}.png" for path in chosen_files([tmp_path])] == saved


def test_a_limit_is_spread_over_the_set(scenes: Path) -> None:
    assert [path.stem for path in chosen_files([scenes], 4)] == ["scene00", "scene02", "scene04", "scene06"]
    assert len(chosen_files([scenes], 3)) == 3
    assert chosen_files([scenes], 99) == chosen_files([scenes])
    with pytest.raises(SettingError, match="leaves none"):
        chosen_files([scenes], 0)


def test_every_picture_is_painted(extractor: Features, scenes: Path) -> None:
    content, done, painter = easel([scenes], extractor), list[int](), FakePainter({"red": RED}, 1.0)
    painted = painted_by(lambda picture: painter.stylize(picture, style="red"), content, done.append)
    assert len(painted) == sum(done) == 8
    assert np.mean([picture.mean(axis=(0, 1)) for picture in painted], axis=0) == pytest.approx(RED, abs=3)


def test_a_judgement_is_of_the_painted_against_the_style(extractor: Features, scenes: Path) -> None:
    content, painter = easel([scenes], extractor), FakePainter({"red": RED})
    style = feature_set("red", pictures(9, 2, RED), extractor)
    painted = painted_by(lambda picture: painter.stylize(picture, style="red"), content)
    found = judge("red", content, painted, style, extractor)
    before = kernel_distance(content.features.rows, style.rows).value
    after = kernel_distance(features_of(painted, extractor), style.rows).value
    assert found.kd_unpainted.value == before
    assert found.kd_painted.value == after
    assert found.ratio.value == pytest.approx(after / before)
    assert found.ratio.value < 0.3
    assert found.content.value == content_of(content.pictures, painted).mean > 0.95
    assert found.diversity.pictures == 8
    assert {result.protocol for result in found.results()} == {"style_ratio", "kd", "content", "sharpness", "diversity"}
    assert found.kd_painted.subject == "scenes as red"


def test_a_collapsed_painter_is_seen(extractor: Features, scenes: Path) -> None:
    content = easel([scenes], extractor)
    style = feature_set("red", pictures(9, 2, RED), extractor)
    found = judge("red", content, [content.pictures[0]] * 8, style, extractor)
    assert found.diversity.details["near_duplicates"] == 1
    assert found.content.details["worst"] < 0.9


def test_lost_pictures_are_noticed(extractor: Features, scenes: Path) -> None:
    content = easel([scenes], extractor)
    style = feature_set("red", pictures(9, 2, RED), extractor)
    with pytest.raises(DataError, match="8 and 7"):
        judge("red", content, content.pictures[:7], style, extractor)
