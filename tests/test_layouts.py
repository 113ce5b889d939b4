"""Layouts through the Python door: every kind of layout, the same picture again, dressers, provenance."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import pleinair
from pleinair import layouts, realist
from pleinair.errors import PictureError, SettingError, UnknownModelError
from pleinair.fiction.layout import Labels
from pleinair.fiction.layout_dress import Dressed
from pleinair.fiction.palette import COLORS, Label, colored
from pleinair.images.maps import write_classes
from pleinair.images.picture import Pixels
from pleinair.imagining import RENDER, Painters, painters
from pleinair.layouts import Look, packed, provenance, sha256_of, told_labels, told_look, unpacked
from pleinair.store import sha256_of as file_sha256
from tests.drawn_layouts import country, ground
from tests.quick_layouts import flat_dresser, quick_layouts

__all__ = ["quick_layouts"]

pytestmark = pytest.mark.usefixtures("quick_layouts")


def test_every_kind_of_layout_is_the_same(tmp_path: Path) -> None:
    labels = country()
    write_classes(labels, COLORS, tmp_path / "layout.png", {})
    Image.fromarray(colored(labels)).save(tmp_path / "rgb.png")
    expected = flat_dresser(labels, 3, (), "none")
    given = (
        labels, colored(labels), Image.fromarray(colored(labels)), tmp_path / "layout.png", str(tmp_path / "rgb.png"),
    )  # fmt: skip
    for layout in given:
        assert np.array_equal(pleinair.paint(layout, seed=3, style="render"), expected)


@pytest.mark.usefixtures("shelf")
def test_styles_are_painted_over_the_render() -> None:
    labels = country()
    shown = flat_dresser(labels, 0, (), "none")
    painter = pleinair.load("landscape")
    for style in ("photo", "shanshui"):
        expected = painter.stylize(shown, style=style, strength=0.7)
        assert np.array_equal(pleinair.paint(labels, style=style, strength=0.7), expected)
    assert np.array_equal(pleinair.paint(labels), painter.stylize(shown, style="photo"))


def test_another_dresser_may_dress() -> None:
    def gray(labels: Labels, seed: int, rerolls: object, wrap: str) -> Pixels:
        assert (rerolls, wrap) == ((), "none")
        return np.repeat((labels * 10 + seed)[:, :, None], 3, 2).astype(np.uint8)

    found = pleinair.paint(country(), seed=5, style="render", dresser=gray)
    assert found[0, 0].tolist() == [5, 5, 5]


def test_rerolls_and_wrap_reach_the_dresser() -> None:
    labels = ground()
    plain = pleinair.paint(labels, style="render")
    rolled = pleinair.paint(labels, style="render", rerolls=["sand"])
    tiled = pleinair.paint(labels, style="render", wrap="xy")
    assert not np.array_equal(plain, rolled)
    assert not np.array_equal(plain, tiled)


@pytest.mark.usefixtures("shelf")
def test_what_cannot_be_is_told() -> None:
    with pytest.raises(SettingError, match=r"0 to 1\.5"):
        pleinair.paint(country(), strength=2)
    with pytest.raises(SettingError, match="no strength"):
        Look("render", 0.5)
    with pytest.raises(SettingError, match="a seed is"):
        pleinair.paint(country(), seed=-1, style="render")
    with pytest.raises(UnknownModelError, match="--style render"):
        pleinair.paint(country(), style="nobody")
    with pytest.raises(PictureError, match="no layout"):
        pleinair.paint(np.random.default_rng(0).integers(0, 255, (60, 60, 3)).astype(np.uint8))
    with pytest.raises(PictureError, match="labels are 0 to 11"):
        pleinair.paint(np.full((3, 3), 77, np.uint8))
    with pytest.raises(PictureError, match="no-such-file"):
        pleinair.paint("no-such-file.png")


def test_a_layout_is_packed_and_unpacked() -> None:
    for labels in (country(), np.array([[3]], np.uint8), ground(300, 20)):
        text = packed(labels)
        assert text.isascii()
        assert np.array_equal(unpacked(text), labels)
    assert len(packed(country(512, 320))) < 9000


@pytest.mark.parametrize("text", ["", "%%%", "aGVsbG8=", packed(country())[:300]])
def test_a_damaged_layout_is_refused(text: str) -> None:
    with pytest.raises(PictureError, match="damaged"):
        unpacked(text)


def test_a_layout_of_no_palette_is_refused(tmp_path: Path) -> None:
    from base64 import b64encode

    Image.fromarray(colored(country())).save(tmp_path / "rgb.png")
    with pytest.raises(PictureError, match="no palette PNG"):
        unpacked(b64encode((tmp_path / "rgb.png").read_bytes()).decode())


def test_the_sum_is_of_size_and_labels() -> None:
    labels = np.zeros((2, 6), np.uint8)
    sums = {sha256_of(each) for each in (labels, labels.reshape(3, 4), labels.reshape(6, 2), labels + 1)}
    assert len(sums) == 4


@pytest.mark.usefixtures("shelf")
def test_provenance_tells_all_and_is_read_again() -> None:
    from pleinair.fiction.layout_rolls import parse_rolls

    labels, look = ground(), Look("shanshui", 0.75, parse_rolls(["sand", "path=4"]), "xy")
    who = painters("shanshui")
    told = provenance(labels, 9, look, who)
    assert told["seed"] == "9"
    assert told["size"] == "64x48"
    assert told["rerolls"] == "sand=1,path=4"
    assert told["strength"] == "0.75"
    assert who.stylist is not None
    assert told["sha256"] == file_sha256(who.stylist.path)
    assert told_look(told) == look
    assert np.array_equal(told_labels(told, None), labels)


def test_a_render_tells_of_no_painter() -> None:
    told = provenance(country(), 0, Look(RENDER), Painters(style=RENDER))
    assert {"model", "sha256", "strength", "rerolls", "wrap"}.isdisjoint(told)
    assert told_look(told) == Look(RENDER)


def test_a_large_layout_is_told_by_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    labels = country()
    monkeypatch.setattr(layouts, "LARGEST_TOLD", 50)
    source = tmp_path / "large.png"
    write_classes(labels, COLORS, source, {})
    told = provenance(labels, 0, Look(RENDER), Painters(style=RENDER), source)
    assert "layout" not in told
    assert (told["source"], told["sourceSha256"]) == ("large.png", file_sha256(source))
    assert np.array_equal(told_labels(told, source), labels)
    with pytest.raises(PictureError, match="names no layout"):
        told_labels(told, None)
    labels[0, 0] = Label.TREE
    write_classes(labels, COLORS, source, {})
    with pytest.raises(PictureError, match="not the one"):
        told_labels(told, source)


# ── with a generator of what is laid out ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("drawing_shelf")
def test_what_rules_dress_the_generator_makes_real_and_a_painter_paints() -> None:
    labels = country()
    made, shown = realist.load(), flat_dresser(labels, 6, (), "none")
    photo = made.real(labels, shown, 6)
    assert np.array_equal(pleinair.paint(labels, seed=6), photo)
    assert np.array_equal(pleinair.paint(labels, seed=6, strength=0.4), made.real(labels, shown, 6, strength=0.4))
    expected = pleinair.load("landscape").stylize(photo, style="shanshui", strength=0.7)
    assert np.array_equal(pleinair.paint(labels, seed=6, style="shanshui", strength=0.7), expected)
    whole = layouts.painted(labels, 6, Look("shanshui", 0.7), painters("shanshui"))
    assert whole.photo is not None
    assert np.array_equal(whole.photo, photo)
    assert np.array_equal(whole.picture, expected)
    named = pleinair.paint(labels, seed=6, realist="landscape")
    assert np.array_equal(named, pleinair.load("landscape").stylize(shown, style="photo"))


@pytest.mark.usefixtures("drawing_shelf")
def test_a_full_turn_is_made_real_as_one_and_by_the_labels_as_they_were_drawn() -> None:
    labels, other = country(96, 48), country(96, 48)[:, ::-1].copy()
    shown, made = flat_dresser(labels, 6, (), "x").astype(np.uint8), realist.load()
    assert np.array_equal(pleinair.paint(labels, seed=6, wrap="x"), made.real(labels, shown, 6, wrap="x"))
    assert not np.array_equal(pleinair.paint(labels, seed=6, wrap="x"), made.real(labels, shown, 6))
    drawn = pleinair.paint(labels, seed=6, dresser=lambda *_: Dressed(shown, other))
    assert np.array_equal(drawn, made.real(other, shown, 6))
    plain = pleinair.paint(labels, seed=6, dresser=lambda *_: shown)
    assert np.array_equal(plain, made.real(labels, shown, 6))


@pytest.mark.usefixtures("drawing_shelf")
def test_a_texture_is_left_to_the_painter() -> None:
    labels, painter = ground(), pleinair.load("landscape")
    shown = flat_dresser(labels, 0, (), "xy")
    for style in ("photo", "shanshui"):
        found = pleinair.paint(labels, style=style, wrap="xy")
        assert np.array_equal(found, painter.stylize(shown, style=style, wrap="xy"))
    with pytest.raises(SettingError, match="closes no texture"):
        pleinair.paint(labels, wrap="xy", realist="layout")


@pytest.mark.usefixtures("drawing_shelf")
def test_provenance_tells_of_both() -> None:
    who = painters("shanshui")
    told = provenance(country(), 0, Look("shanshui"), who)
    assert (told["model"], told["painter"]) == ("layout", "landscape")
    told = provenance(country(), 0, Look(), painters("photo"))
    assert told["model"] == "layout"
    assert "painter" not in told
