"""Sentences → pictures: what is heard, what looks there are, who paints, the stages, and what a picture tells."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import pleinair
from pleinair import imagining, realist
from pleinair.errors import SettingError, UnknownModelError
from pleinair.fiction import render
from pleinair.fiction.spec import SceneSpec
from pleinair.imagining import PHOTO, RENDER, Look, Painters, before, hear, imagine, paint, painters, provenance
from pleinair.painter import load
from pleinair.store import sha256_of
from pleinair.version import __version__
from tests.quick_world import drawn, quick_world

__all__ = ["quick_world"]

SMALL = (48, 32)
MakeTrunk = Callable[..., Path]


# ── what is heard ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "sentence",
    [
        "雪山下的湖，黄昏有雾，水墨画",
        "a misty lake under snowy peaks at dusk, as an ink painting",
        "a 有雾的湖 at dusk, 水墨画",
    ],
)
def test_a_sentence_is_a_scene_and_a_style(sentence: str) -> None:
    heard = hear(sentence)
    assert (heard.spec.kind, heard.spec.time, heard.spec.weather, heard.style) == ("lake", "dusk", "fog", "shanshui")
    assert heard.losses() == ()
    heard.check()


def test_edits_change_what_they_name_in_their_order() -> None:
    heard = hear("a lake in summer at dusk, by monet", ["now in winter", "at night", "now in autumn"])
    assert (heard.spec.kind, heard.spec.season, heard.spec.time) == ("lake", "autumn", "night")
    assert heard.style == "monet"
    assert hear("a lake by monet", ["in the style of hokusai"]).style == "hokusai"


def test_the_lines_tell_all_that_was_heard_and_what_is_open() -> None:
    lines = hear("a lake at dusk with a dragon, zorgle", ["now in winter with a castle"]).lines
    for start in ("kind lake ", "time dusk ", "season winter ", "refused (only nature is drawn): dragon"):
        assert any(line.startswith(start) for line in lines), start
    assert any("not understood" in line and "zorgle" in line for line in lines)
    assert lines[-1] == "left open, and chosen by the seed: weather, mood"


def test_what_is_lost_is_named_once_for_sentence_and_edits() -> None:
    heard = hear("a lake with a dragon, zorgle", ["add a castle and a dragon, frabjous, now in winter"])
    refused, unknown = heard.losses()
    assert refused.startswith("left out: dragon, castle (")
    assert unknown == "not understood, and left out: zorgle, frabjous"
    heard.check()


@pytest.mark.parametrize("sentence", ["a castle", "一座城堡", "a dragon and a castle", "a cat as an ink painting"])
def test_only_refused_words_leave_nothing_to_paint(sentence: str) -> None:
    heard = hear(sentence)
    with pytest.raises(SettingError, match=r"^nothing is left to paint without [^\n]+; try: a lake at dusk$"):
        heard.check()


@pytest.mark.parametrize("sentence", ["a landscape with a castle", "a castle at dusk", "a castle by a lake"])
def test_what_is_left_beside_refused_words_is_painted(sentence: str) -> None:
    heard = hear(sentence)
    heard.check()
    assert heard.refused == ("castle",)


def test_an_edit_may_bring_what_can_be_painted() -> None:
    hear("a castle", ["a lake at dusk"]).check()


def test_a_scene_may_stand_for_the_sentence_and_be_edited() -> None:
    spec = SceneSpec(kind="coast", time="noon", seed=5)
    assert hear(spec).spec == spec
    hear(SceneSpec()).check()
    assert hear(spec, ["at night"]).spec == SceneSpec(kind="coast", time="night", seed=5)


@pytest.mark.parametrize(
    ("sentence", "complaint"),
    [
        ("", "the sentence is empty"),
        (" \n ", "the sentence is empty"),
        ("😀🏔️🌊", "the sentence has no words"),
        ("lake " * 10_000, "the sentence is too long"),
        ("湖" * 10_000, "the sentence is too long"),
        ("zorgle frabjous", "not understood: zorgle, frabjous"),
    ],
)
def test_a_sentence_that_says_nothing_is_one_line(sentence: str, complaint: str) -> None:
    with pytest.raises(SettingError, match=complaint) as caught:
        hear(sentence)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


# ── looks and painters ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ({"strength": 1.6}, "strength is 0 to 1.5"),
        ({"strength": -0.1}, "strength is 0 to 1.5"),
        ({"strength": float("nan")}, "strength is 0 to 1.5"),
        ({"style": RENDER, "strength": 0.5}, "a bare render has no strength"),
        ({"wrap": "xy"}, "wrap none or x"),
        ({"size": (4, 400)}, "8 pixels or more"),
        ({"size": (9000, 9000)}, "at most 16,000,000"),
        ({"size": (64, 48), "wrap": "x"}, "twice as wide as high"),
    ],
)
def test_looks_that_cannot_be(words: dict[str, object], complaint: str) -> None:
    with pytest.raises(SettingError, match=complaint):
        Look(**words)  # type: ignore[arg-type]


@pytest.mark.usefixtures("shelf")
def test_each_painter_is_loaded_once_and_only_if_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []

    def counted(name: str, *, threads: int | None = None) -> object:
        loaded.append(name)
        return load(name, threads=threads)

    monkeypatch.setattr(imagining, "load", counted)
    assert painters(RENDER).realist is None
    assert not loaded
    assert painters(PHOTO).stylist is None
    both = painters("shanshui")
    assert both.realist is both.stylist
    assert loaded == ["photo", "photo"]


def test_a_painter_of_ones_own_by_style_and_by_file(shelf: Path, own_folder: Path, make_trunk: MakeTrunk) -> None:
    assert shelf.is_dir()
    path = make_trunk(own_folder / "klimt.onnx", ("klimt",))
    for name in ("klimt", str(path)):
        who = painters(name)
        assert who.realist
        assert who.stylist
        assert (who.realist.spec.name, who.stylist.spec.name, who.style) == ("landscape", "klimt", "klimt")


@pytest.mark.usefixtures("shelf")
def test_an_unknown_style_is_one_line_with_the_nearest() -> None:
    with pytest.raises(UnknownModelError, match=r"did you mean 'hokusai'\?.*--style photo, --style render") as caught:
        painters("hokusay")
    assert "\n" not in str(caught.value)
    with pytest.raises(SettingError, match="name a style of 'landscape'"):
        painters("landscape")


# ── painting ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("shelf", "quick_world")
def test_the_stages_follow_each_other() -> None:
    spec, painter = SceneSpec(kind="lake", seed=3), load("landscape")
    look = Look("shanshui", 0.5, SMALL)
    shown = paint(spec, look, painters("shanshui"))
    photo = painter.stylize(drawn(spec, SMALL).picture, style="photo")
    assert np.array_equal(shown.rendering.picture, drawn(spec, SMALL).picture)
    assert shown.photo is not None
    assert np.array_equal(shown.photo, photo)  # in full, whatever the strength of the style
    assert np.array_equal(shown.picture, painter.stylize(photo, style="shanshui", strength=0.5))


@pytest.mark.usefixtures("shelf", "quick_world")
def test_photo_and_render_stop_before() -> None:
    spec, painter, bare = SceneSpec(seed=3), load("landscape"), drawn(SceneSpec(seed=3), SMALL).picture
    assert np.array_equal(paint(spec, Look(RENDER, 1, SMALL), painters(RENDER)).picture, bare)
    half = paint(spec, Look(PHOTO, 0.5, SMALL), painters(PHOTO))
    assert half.painting is None
    assert np.array_equal(half.picture, painter.stylize(bare, style="photo", strength=0.5))


@pytest.mark.usefixtures("shelf", "quick_world")
def test_a_full_turn_is_painted_as_one() -> None:
    spec, painter = SceneSpec(seed=3), load("landscape")
    shown = paint(spec, Look(PHOTO, 1, (64, 32), "x"), painters(PHOTO))
    assert np.array_equal(shown.picture, painter.stylize(drawn(spec, (64, 32), "x").picture, style="photo", wrap="x"))


def test_the_world_is_the_procedural_one() -> None:
    spec = SceneSpec(kind="desert", time="noon", weather="clear", seed=2)
    picture = imagine(spec, style=RENDER, size=SMALL)
    assert picture.shape == (32, 48, 3)
    assert picture.dtype == np.uint8
    assert np.array_equal(picture, render(spec, SMALL).picture)


# ── in Python ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("shelf", "quick_world")
def test_in_python_a_sentence_gives_an_array() -> None:
    picture = pleinair.imagine("雪山下的湖，黄昏有雾，水墨画", seed=3)
    assert picture.shape == (320, 512, 3)
    assert picture.dtype == np.uint8
    spec = hear("雪山下的湖，黄昏有雾，水墨画").spec.seeded(3)
    assert np.array_equal(picture, pleinair.imagine(spec, style="shanshui"))
    assert not np.array_equal(picture, pleinair.imagine(spec))
    assert pleinair.imagine("a lake", wrap="x").shape == (320, 1024, 3)


@pytest.mark.usefixtures("shelf", "quick_world")
def test_a_specs_own_seed_holds_unless_another_is_given() -> None:
    spec = SceneSpec(kind="lake", seed=7)
    own = imagine(spec, size=SMALL)
    assert np.array_equal(own, imagine(spec, seed=7, size=SMALL))
    assert not np.array_equal(own, imagine(spec, seed=0, size=SMALL))
    assert np.array_equal(imagine("a lake", size=SMALL), imagine("a lake", seed=0, size=SMALL))


@pytest.mark.usefixtures("quick_world")
def test_words_left_out_are_warned_of() -> None:
    with pytest.warns(UserWarning, match="left out: dragon"):
        imagine("a lake with a dragon", style=RENDER, size=SMALL)
    with pytest.raises(SettingError, match="nothing is left to paint without dragon"):
        imagine("a dragon", style=RENDER, size=SMALL)


# ── what a picture tells ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_picture_tells_all_that_made_it(shelf: Path) -> None:
    spec = SceneSpec(kind="lake", seed=3)
    told = provenance(
        spec, Look("shanshui", 1 / 3, (64, 32), "x"), painters("shanshui"), "a lake", ["at dusk", "at night"]
    )
    assert SceneSpec.from_json(told.pop("scene")) == spec
    assert told == {
        "seed": "3",
        "size": "64x32",
        "sentence": "a lake",
        "edits": "at dusk · at night",
        "wrap": "x",
        "style": "shanshui",
        "strength": repr(1 / 3),
        "model": "landscape",
        "sha256": sha256_of(shelf / "landscape.onnx"),
        "version": __version__,
    }


def test_both_painters_are_told(shelf: Path, own_folder: Path, make_trunk: MakeTrunk) -> None:
    path = make_trunk(own_folder / "klimt.onnx", ("klimt",), 9)
    told = provenance(SceneSpec(), Look("klimt"), painters("klimt"))
    assert (told["painter"], told["painterSha256"]) == ("klimt", sha256_of(path))
    assert told["sha256"] == sha256_of(shelf / "landscape.onnx")


@pytest.mark.usefixtures("shelf")
def test_an_earlier_stage_tells_of_itself_only() -> None:
    look, who = Look("shanshui", 0.5, SMALL), painters("shanshui")
    bare = provenance(SceneSpec(), *before(look, who, RENDER), "a lake")
    assert (bare["style"], "model" in bare, "strength" in bare) == (RENDER, False, False)
    photo = provenance(SceneSpec(), *before(look, who, PHOTO), "a lake")
    assert (photo["style"], photo["strength"], photo["model"]) == (PHOTO, "1", "landscape")


def test_what_metadata_cannot_hold_is_left_out() -> None:
    told = provenance(
        SceneSpec(), Look(RENDER), Painters(style=RENDER), "a\x00 lake\x1b[1m \udcff\n at\tdusk\ufffe 雪山"
    )
    assert told["sentence"] == "a lake [1m at dusk 雪山"


# ── with a generator of what is laid out ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("drawing_shelf", "quick_world")
def test_the_generator_makes_the_scene_real_by_its_labels_and_its_seed() -> None:
    spec, look = SceneSpec(kind="lake", seed=3), Look("shanshui", 0.5, SMALL)
    made, bare = realist.load(), drawn(spec, SMALL)
    photo = made.real(bare.labels, bare.picture, 3)
    shown = paint(spec, look, painters("shanshui"))
    assert shown.photo is not None
    assert np.array_equal(shown.photo, photo)  # in full, whatever the strength of the style
    assert np.array_equal(shown.picture, load("landscape").stylize(photo, style="shanshui", strength=0.5))
    half = paint(spec, Look(PHOTO, 0.5, SMALL), painters(PHOTO)).picture
    assert np.array_equal(half, made.real(bare.labels, bare.picture, 3, strength=0.5))


@pytest.mark.usefixtures("drawing_shelf", "quick_world")
def test_a_full_turn_is_made_real_as_one() -> None:
    spec, bare = SceneSpec(seed=3), drawn(SceneSpec(seed=3), (64, 32), "x")
    shown = paint(spec, Look(PHOTO, 1, (64, 32), "x"), painters(PHOTO))
    assert np.array_equal(shown.picture, realist.load().real(bare.labels, bare.picture, 3, wrap="x"))


@pytest.mark.usefixtures("drawing_shelf", "quick_world")
def test_another_may_be_named_to_make_it_real() -> None:
    spec = SceneSpec(seed=3)
    found = imagine(spec, size=SMALL, realist="landscape")
    assert np.array_equal(found, load("landscape").stylize(drawn(spec, SMALL).picture, style="photo"))
    assert not np.array_equal(found, imagine(spec, size=SMALL))


@pytest.mark.usefixtures("drawing_shelf")
def test_who_made_it_real_and_who_painted_is_told() -> None:
    who = painters("shanshui")
    assert who.realist is not None
    assert who.stylist is not None
    told = provenance(SceneSpec(), Look("shanshui"), who)
    assert (told["model"], told["painter"]) == ("layout", "landscape")
    assert (told["sha256"], told["painterSha256"]) == (who.realist.sha256, who.stylist.sha256)
