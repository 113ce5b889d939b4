"""Protocols: what a result says of itself, and that it can be read back."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.errors import DataError, OutputError, SettingError
from pleinair.metrics import protocols
from pleinair.metrics.content import content_of
from pleinair.metrics.distances import frechet_distance, kernel_distance
from pleinair.metrics.diversity import diversity_of
from pleinair.metrics.features import MOBILENET_SHA256, FeatureSet
from pleinair.metrics.measure import (
    measure_content,
    measure_diversity,
    measure_fd,
    measure_kd,
    measure_sharpness,
    measure_style_ratio,
)
from pleinair.metrics.protocols import (
    INCEPTION_SHA256,
    PROTOCOLS,
    Result,
    append_lines,
    base_of,
    check_extractor,
    counted,
    named,
    protocol,
)
from tests.metrics.tiny import normal, pictures


def rows(name: str, seed: int, mean: float = 0.0, count: int = 30) -> FeatureSet:
    return FeatureSet(name, normal(count, 6, seed, mean), "a" * 64)


def test_every_protocol_fixes_everything() -> None:
    distances, neighborhood = ["kd", "fd", "kid", "fid"], ["precision", "recall", "density", "coverage"]
    alone = ["content", "sharpness", "diversity", "condition_diversity", "near_duplicates"]
    assert list(PROTOCOLS) == [*distances, *neighborhood, *alone, "copies", "style_ratio", "steadiness"]
    for name, fixed in PROTOCOLS.items():
        assert fixed.name == name
        assert fixed.count
        assert fixed.reference
        assert "redraws" in fixed.interval
        assert "px" in fixed.resize
        assert bool(fixed.extractor) == (name not in ("content", "sharpness"))


def test_the_docstring_lists_every_protocol() -> None:
    assert protocols.__doc__
    for name in PROTOCOLS:
        assert f"    {name} " in protocols.__doc__


def test_protocols_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        PROTOCOLS["kd"] = PROTOCOLS["fd"]  # type: ignore[index]


def test_distances_name_both_sides() -> None:
    a, b = rows("photos", 1), rows("monet", 2, 1.0, count=40)
    kd, fd = measure_kd(a, b), measure_fd(a, b)
    assert kd.value == kernel_distance(a.rows, b.rows).value
    assert kd.details["standard_error"] == kernel_distance(a.rows, b.rows).standard_error
    assert fd.value == frechet_distance(a.rows, b.rows)
    for result in (kd, fd):
        assert (result.subject, result.reference) == ("photos", "monet")
        assert (result.pictures, result.reference_pictures) == (30, 40)
        assert result.extractor == "a" * 64


def test_extractors_must_agree() -> None:
    a, b = rows("photos", 1), FeatureSet("monet", normal(30, 6, 2), "b" * 64)
    for measure in (measure_kd, measure_fd):
        with pytest.raises(SettingError, match="different extractors"):
            measure(a, b)


def test_the_style_ratio_is_of_the_two_distances() -> None:
    photos, painted, style = rows("photos", 1, 2.0), rows("painted", 2, 0.5), rows("monet", 3)
    found = measure_style_ratio(painted, photos, style)
    before, after = measure_kd(photos, style).value, measure_kd(painted, style).value
    assert found.value == pytest.approx(after / before)
    assert found.details["kd_unpainted"] == before
    assert found.details["kd_painted"] == after
    assert 0 < found.value < 1
    assert (found.protocol, found.subject, found.reference) == ("style_ratio", "painted", "monet")


def test_unpainted_pictures_have_a_ratio_of_one() -> None:
    photos, style = rows("photos", 1, 2.0), rows("monet", 3)
    assert measure_style_ratio(photos, photos, style).value == 1


def test_the_ratios_error_is_that_of_a_quotient() -> None:
    photos, painted, style = rows("photos", 1, 2.0), rows("painted", 2, 0.5), rows("monet", 3)
    found = measure_style_ratio(painted, photos, style)
    of_before = measure_kd(photos, style).details["standard_error"] / measure_kd(photos, style).value
    of_after = measure_kd(painted, style).details["standard_error"] / measure_kd(painted, style).value
    assert found.details["standard_error"] == pytest.approx(found.value * np.hypot(of_before, of_after))


def test_content_in_the_style_already_has_no_ratio() -> None:
    spread, inside = FeatureSet("photos", normal(20, 6, 1), "x"), FeatureSet("same", normal(20, 6, 1), "x")
    assert measure_kd(spread, inside).value < 0
    with pytest.raises(DataError, match="cannot be told from"):
        measure_style_ratio(spread, spread, inside)


def test_content_and_sharpness_and_diversity() -> None:
    scenes, others = pictures(4, 1), pictures(4, 2)
    kept = measure_content("painted", scenes, others, "photos")
    found = content_of(scenes, others)
    assert (kept.value, kept.details) == (found.mean, {"percentile5": found.percentile5, "worst": found.worst})
    assert (kept.subject, kept.reference, kept.pictures) == ("painted", "photos", 4)
    assert measure_sharpness("painted", scenes).value > 0
    features = rows("painted", 1)
    assert measure_diversity(features).value == diversity_of(features.rows).mean
    assert measure_diversity(features).details == {"near_duplicates": 0}


def test_a_result_is_one_line_that_says_all() -> None:
    result = measure_kd(rows("photos", 1), rows("日本 monet", 2, 1.0))
    line = result.to_json()
    assert "\n" not in line
    read = json.loads(line)
    assert read["value"] == result.value
    assert read["reference"] == "日本 monet"
    assert read["protocol"]["name"] == "kd"
    assert "224 px" in read["protocol"]["resize"]
    assert read["extractor"] == "a" * 64
    again = Result(**{**read, "protocol": read["protocol"]["name"], "interval": tuple(read["interval"])})
    assert again == result


def test_a_result_becomes_a_score_of_a_card() -> None:
    score = measure_style_ratio(rows("painted", 2, 0.5), rows("photos", 1, 2.0), rows("monet", 3)).to_score("monet")
    assert (score.protocol, score.style) == ("style_ratio", "monet")
    assert score.note.startswith("painted, n 30; against monet; 95 % [")
    assert "; kd_unpainted " in score.note
    assert score.note.endswith("extractor aaaaaaaaaaaa")
    plain = measure_sharpness("painted", pictures(2, 1)).to_score("monet")
    assert plain.note.startswith("painted, n 2; 95 % [")
    assert Result("sharpness", "painted", 1.0, 2).to_score("monet").note == "painted, n 2"


def test_lines_are_appended(tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    append_lines(out, [])
    assert out.read_text(encoding="utf-8") == ""
    append_lines(out, iter(["{}", '{"a": "é"}']))
    append_lines(out, ["[]"])
    assert out.read_text(encoding="utf-8").splitlines() == ["{}", '{"a": "é"}', "[]"]
    with pytest.raises(OutputError, match="choose another"):
        append_lines(tmp_path, ["{}"])


@pytest.mark.parametrize(
    ("name", "pictures", "sha256"),
    [
        ("kd", 0, ""),
        ("kd1k", 1000, MOBILENET_SHA256),
        ("recall2500", 2500, MOBILENET_SHA256),
        ("sharpness50", 50, ""),
        ("fid", 0, INCEPTION_SHA256),
        ("fid2k", 2000, INCEPTION_SHA256),
        ("kid50k", 50_000, INCEPTION_SHA256),
        ("near_duplicates1k", 1000, MOBILENET_SHA256),
    ],
)
def test_a_name_with_a_number_leaves_nothing_open(name: str, pictures: int, sha256: str) -> None:
    found = protocol(name)
    assert (found.name, found.pictures, found.sha256) == (name, pictures, sha256)
    assert (f"exactly {pictures} pictures" in found.count) == bool(pictures)
    assert name.startswith(base_of(name))
    assert base_of(name) in PROTOCOLS


@pytest.mark.parametrize(
    ("name", "near"),
    [("kds", "kd"), ("recal1k", "recall"), ("content1k", "content"), ("style_ratio5", "style_ratio"), ("kd0", "kd")],
)
def test_an_unknown_protocol_suggests_the_near_one(name: str, near: str) -> None:
    with pytest.raises(SettingError, match=f"there is no protocol '{name}'; did you mean '{near}'") as complaint:
        protocol(name)
    assert "\n" not in str(complaint.value)


def test_a_protocol_like_none_lists_them_all() -> None:
    for name in ("zzz", "", "1k", "KD"):
        with pytest.raises(SettingError, match=r"there are kd, fd, kid, .*steadiness$"):
            protocol(name)


@given(
    st.sampled_from([name for name in PROTOCOLS if name not in ("content", "style_ratio", "steadiness")]),
    st.integers(1, 10**6),
)
@settings(max_examples=60, deadline=None)
def test_names_are_read_as_they_are_written(base: str, pictures: int) -> None:
    name = named(base, pictures)
    assert protocol(name).pictures == pictures
    assert base_of(name) == base


def test_names_without_a_number_stay() -> None:
    assert named("fid", None) == "fid"
    assert named("fid", 2000) == "fid2k"
    assert named("fid", 2001) == "fid2001"
    with pytest.raises(SettingError, match="there is no protocol"):
        named("content", 5)


def test_only_the_protocols_own_extractor_may_look() -> None:
    check_extractor("kd", "anything")
    check_extractor("kd1k", MOBILENET_SHA256)
    check_extractor("sharpness1k", "")
    for name in ("kd1k", "fid", "kid2k"):
        with pytest.raises(SettingError, match=f"{name} is by the extractor of SHA-256 .* not aaaaaaaaaaaa"):
            check_extractor(name, "a" * 64)
    with pytest.raises(SettingError, match="kd20 is by the extractor"):
        measure_kd(rows("photos", 1), rows("monet", 2), "kd20")


@given(st.integers(1, 60), st.integers(0, 60))
@settings(max_examples=40, deadline=None)
def test_counting_is_even_and_in_order(wanted: int, more: int) -> None:
    items = list(range(wanted + more))
    found = counted(f"kd{wanted}", items)
    assert len(found) == wanted == len(set(found))
    assert found[0] == 0
    assert found == sorted(found)
    steps = np.diff([*found, len(items)])
    assert steps.max() - steps.min() <= 1


def test_too_few_pictures_for_the_number_are_said() -> None:
    assert counted("kd", [1, 2]) == [1, 2]
    with pytest.raises(DataError, match="kd1k is of 1000 pictures, got 999"):
        counted("kd1k", list(range(999)))


def test_a_counted_result_says_its_protocol_in_full() -> None:
    read = json.loads(Result("kd1k", "x", 1.0, 1000, extractor=MOBILENET_SHA256).to_json())
    assert read["protocol"]["name"] == "kd1k"
    assert read["protocol"]["pictures"] == 1000
    assert read["protocol"]["sha256"] == MOBILENET_SHA256
    assert "seed 0" in read["protocol"]["count"]
