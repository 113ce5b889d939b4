"""The realist: what it is loaded by, what it makes of a render, what it refuses; and who is taken if none is named."""

from pathlib import Path

import numpy as np
import pytest

import pleinair
from pleinair import realist, store
from pleinair.engine import layout
from pleinair.errors import ModelError, PictureError, SettingError, UnknownModelError, UnknownStyleError
from pleinair.fiction.palette import NAMES, colored
from pleinair.imagining import PHOTO, painters, realist_named
from pleinair.painter import Painter
from pleinair.realist import Realist, load
from pleinair.render.real import made_real
from tests.drawn_layouts import country

LABELS = country()
RENDER = colored(LABELS)


def test_it_makes_real_what_its_engine_draws(layout_model: Path) -> None:
    made = load(layout_model, threads=1)
    assert (made.path, made.spec.name, made.spec.kinds) == (layout_model, "layout", NAMES)
    assert made.sha256 == store.sha256_of(layout_model)
    found = made.real(LABELS, RENDER, 3)
    assert np.array_equal(found, made_real(LABELS, RENDER, 3, layout.load(layout_model)))
    assert found.shape == RENDER.shape
    assert not np.array_equal(found, made.real(LABELS, RENDER, 4))
    assert np.array_equal(made.real(LABELS, RENDER, 3, strength=0), RENDER)


def test_what_does_not_belong_together_is_refused(layout_model: Path) -> None:
    made = load(layout_model)
    for labels, picture, words in (
        (LABELS, RENDER[:-1], "a label map of 96x60 pixels needs a render as large"),
        (LABELS, RENDER.astype(np.uint16), "not uint16"),
        (LABELS + np.uint8(100), RENDER, "labels are 0 to 11"),
    ):
        with pytest.raises(PictureError, match=words):
            made.real(labels, picture)
    with pytest.raises(SettingError, match="a seed is"):
        made.real(LABELS, RENDER, -1)
    with pytest.raises(SettingError, match="closes a full turn, x, and no texture"):
        made.real(LABELS, RENDER, wrap="xy")  # type: ignore[arg-type]


def test_it_is_loaded_like_any_model(drawing_shelf: Path, trunk: Path) -> None:
    made = pleinair.load("layout")
    assert isinstance(made, Realist)
    assert made.path == drawing_shelf / "layout.onnx"
    assert isinstance(pleinair.load("photo"), Painter)
    with pytest.raises(ModelError, match="not a generator of what is laid out"):
        realist.load(trunk)
    with pytest.raises(ModelError, match="not a painter of pictures; type: pleinair paint"):
        pleinair.painter.load("layout")
    with pytest.raises(UnknownModelError, match="did you mean 'layout'"):
        realist.load("layuot")


@pytest.mark.usefixtures("drawing_shelf")
def test_the_generator_is_taken_unless_another_is_named() -> None:
    assert isinstance(realist_named(), Realist)
    assert isinstance(realist_named(tile=True), Painter)
    painter = realist_named("landscape")
    assert isinstance(painter, Painter)
    both = painters("shanshui")
    assert isinstance(both.realist, Realist)
    assert both.stylist is not None
    assert both.stylist.styles == painter.styles
    assert painters(PHOTO).stylist is None


@pytest.mark.usefixtures("shelf")
def test_where_there_is_no_generator_the_painter_is_taken() -> None:
    assert isinstance(realist_named(), Painter)
    with pytest.raises(UnknownModelError, match="'layout'"):
        realist_named("layout")


def test_who_is_named_is_able(drawing_shelf: Path, trunk: Path, scene: Path, tmp_path: Path) -> None:
    assert drawing_shelf.is_dir()
    other = pleinair.painter.load(trunk)
    assert isinstance(realist_named(trunk), Painter)
    from tests.conftest import write_trunk

    monet = write_trunk(tmp_path / "monet.onnx", ("monet",))
    with pytest.raises(UnknownStyleError, match=f"{PHOTO!r}"):
        realist_named(monet)
    with pytest.raises(SettingError, match="closes no texture"):
        realist_named("layout", tile=True)
    with pytest.raises(SettingError, match="draws scenes; name a generator of layouts, or a painter"):
        realist_named(scene)
    assert PHOTO in other.styles


def test_a_damaged_one_is_said_and_not_passed_over(drawing_shelf: Path) -> None:
    path = drawing_shelf / "layout.onnx"
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(ModelError, match=r"layout\.onnx cannot be used as a model"):
        realist_named()
