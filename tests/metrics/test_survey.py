"""A set judged by many protocols: what is possible, what is refused before any work, what is found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair.errors import DataError, SettingError
from pleinair.metrics.features import Features, feature_set
from pleinair.metrics.measure import measure_kd, measure_neighbors, measure_sharpness
from pleinair.metrics.report import Findings
from pleinair.metrics.survey import (
    Sets,
    check_request,
    conditions_of,
    needs_network,
    possible,
    save_pairs,
    sets_of,
    survey,
)
from tests.metrics.tiny import pictures, save

ALONE = ["sharpness", "diversity", "near_duplicates"]
AGAINST = ["kd", "fd", "precision", "recall", "density", "coverage"]


@contextmanager
def silent(what: str, total: int) -> Iterator[Callable[[int], None]]:
    assert what
    assert total
    yield lambda more: None  # noqa: ARG005


@pytest.fixture
def sets(tmp_path: Path) -> Sets:
    """Scenes of two kinds; photos to compare with, which were trained on; and photos that were not."""
    scenes = tmp_path / "scenes"
    save(scenes / "lake", pictures(5, 1, (90, 110, 160)))
    save(scenes / "forest", pictures(4, 2, (80, 130, 70)))
    photos = save(tmp_path / "photos", pictures(8, 3))
    return sets_of(scenes, [photos], [photos], [save(tmp_path / "kept", pictures(7, 4))])


def test_what_is_possible_is_what_the_folders_allow(sets: Sets, tmp_path: Path) -> None:
    assert possible(sets) == [*AGAINST, *ALONE, "condition_diversity", "copies"]
    assert possible(sets_of(sets.root, [tmp_path / "photos"])) == [*AGAINST, *ALONE, "condition_diversity"]
    assert possible(sets_of(tmp_path / "photos")) == ALONE
    save(sets.root / "one", pictures(1, 9))
    assert possible(sets_of(sets.root)) == ALONE  # a condition with one picture has no diversity
    check_request(possible(sets), sets)


def test_conditions_are_folders(tmp_path: Path) -> None:
    files = [tmp_path / "lake" / "a.png", tmp_path / "forest" / "fog" / "b.png", tmp_path / "c.png"]
    assert conditions_of(files, tmp_path) == ["lake", "forest/fog", tmp_path.name]


def test_only_features_need_a_network() -> None:
    assert not needs_network(["sharpness", "sharpness5"])
    assert needs_network(["sharpness", "diversity"])
    assert not needs_network([])


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("beauty", "there is no protocol 'beauty'"),
        ("fid2k", "type: pleinair score fid --help"),
        ("style_ratio", "type: pleinair score painter --help"),
        ("recall", "recall compares with a reference; give --reference DIR"),
        ("copies", "give --training DIR --held-out DIR"),
    ],
)
def test_what_cannot_be_measured_is_said(sets: Sets, name: str, complaint: str) -> None:
    with pytest.raises(SettingError, match=complaint) as raised:
        check_request(["sharpness", name], Sets(sets.root, sets.pictures))
    assert "\n" not in str(raised.value)


def test_too_few_pictures_are_said_before_any_work(sets: Sets) -> None:
    with pytest.raises(DataError, match="diversity1k is of 1000 pictures, got 9"):
        survey(["sharpness", "diversity1k"], sets, None, silent)


def test_a_network_is_needed_and_must_be_the_protocols_own(sets: Sets, extractor: Features) -> None:
    with pytest.raises(SettingError, match="kd needs a feature network"):
        survey(["kd"], sets, None, silent)
    with pytest.raises(SettingError, match="kd9 is by the extractor of SHA-256 d829fe96d2e9"):
        survey(["sharpness", "kd9"], sets, extractor, silent)


def test_empty_folders_are_named(sets: Sets, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folders in ({"reference": [tmp_path / "empty"]}, {"held_out": [tmp_path / "empty"]}):
        with pytest.raises(DataError, match="empty: no pictures"):
            sets_of(sets.root, **folders)


def test_every_protocol_is_found_in_the_order_asked_for(sets: Sets, extractor: Features) -> None:
    names = ["copies", *ALONE, "condition_diversity", *reversed(AGAINST)]
    found = survey(names, sets, extractor, silent)
    assert [result.protocol for result in found.results] == names
    assert all(result.interval for result in found.results)
    by_name = {result.protocol: result for result in found.results}
    ours = feature_set("scenes", sets.pictures, extractor)
    theirs = feature_set("photos", sets.reference, extractor)
    assert by_name["kd"] == measure_kd(ours, theirs)
    assert by_name["recall"] == measure_neighbors(ours, theirs, ["recall"])[0]
    assert by_name["copies"].reference == "kept"
    assert set(by_name["condition_diversity"].details) == {"forest", "lake"}
    assert by_name["sharpness"].details["of_reference"] == pytest.approx(
        measure_sharpness("photos", sets.reference).value
    )


def test_there_is_something_to_see(sets: Sets, extractor: Features) -> None:
    found = survey(possible(sets), sets, extractor, silent)
    assert [sheet.title.split(" ")[0] for sheet in found.sheets] == ["The", "Outputs"]
    assert len(found.histograms) == 3
    assert found.histograms[1].mark == 0.02
    assert set(found.histograms[2].series) == {"scenes", "kept"}
    assert len(found.pairs) == 9


def test_a_number_takes_so_many(sets: Sets) -> None:
    found = survey(["sharpness4", "sharpness"], sets, None, silent)
    assert [result.pictures for result in found.results] == [4, 9]
    chosen = [sets.pictures[index] for index in (0, 2, 4, 6)]
    assert found.results[0].value == pytest.approx(measure_sharpness("scenes", chosen).value)


def test_each_set_is_looked_at_once(sets: Sets, extractor: Features) -> None:
    seen: list[str] = []

    @contextmanager
    def noting(what: str, total: int) -> Iterator[Callable[[int], None]]:
        seen.append(what)
        with silent(what, total) as advance:
            yield advance

    survey([*AGAINST, "diversity"], sets, extractor, noting)
    assert seen.count("looking at scenes") == seen.count("looking at photos") == 1


def test_a_copy_is_the_first_of_the_pairs(sets: Sets, extractor: Features, tmp_path: Path) -> None:
    with Image.open(sets.training[5]) as picture:
        picture.save(sets.root / "lake" / "zz.png")
    again = sets_of(sets.root, [], [tmp_path / "photos"], [tmp_path / "kept"])
    found = survey(["copies"], again, extractor, silent)
    assert found.results[0].details["copies"] >= 1
    ours, theirs = found.pairs[0]
    assert np.abs(ours.astype(int) - theirs).mean() < 3


def test_every_pair_is_on_a_sheet(tmp_path: Path) -> None:
    one = pictures(1, 1)[0]
    paths = save_pairs([(one, one)] * 41, tmp_path / "sheets")
    assert [path.name for path in paths] == ["copies-01.jpg", "copies-02.jpg"]
    with Image.open(paths[0]) as whole, Image.open(paths[1]) as rest:
        assert whole.width > 3 * rest.width
        assert whole.height > 8 * rest.height
    assert save_pairs(Findings().pairs, tmp_path / "none") == []
