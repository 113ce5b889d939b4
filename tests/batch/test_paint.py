"""Layouts into files: names, stages, provenance, what is not overwritten, the legend."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair.batch.paint import (
    LEGEND,
    Order,
    legend,
    palette_lines,
    plan_painted,
    write_legend,
    write_painted,
)
from pleinair.batch.sheets import Sheet, check_same
from pleinair.errors import OutputError
from pleinair.fiction.layout_rolls import parse_rolls
from pleinair.fiction.palette import COLORS, colored
from pleinair.images import Picture, read, write
from pleinair.images.told import told
from pleinair.imagining import painters
from pleinair.layouts import Look, layout_of
from tests.drawn_layouts import country
from tests.quick_layouts import flat_dresser, quick_layouts

__all__ = ["quick_layouts"]

pytestmark = pytest.mark.usefixtures("quick_layouts", "shelf")


def order(style: str = "render", stages: bool = False, rolls: tuple[str, ...] = ()) -> Order:
    return Order(country(), Path("layout.png"), Look(style, rerolls=parse_rolls(rolls)), painters(style), stages)


def test_a_seed_is_a_file(tmp_path: Path) -> None:
    sheets = plan_painted([7, 12345], tmp_path, order())
    assert [sheet.target.name for sheet in sheets] == ["seed0007.png", "seed12345.png"]
    assert [sheet.done for sheet in sheets] == [False, False]
    write_painted(sheets[0], order())
    assert [sheet.done for sheet in sheets] == [True, False]
    assert np.array_equal(read(sheets[0].target).pixels, flat_dresser(country(), 7, (), "none"))
    assert told(sheets[0].target) == order().told(7)


def test_the_render_is_a_stage_of_a_painting_alone(tmp_path: Path) -> None:
    assert plan_painted([1], tmp_path, order(stages=True))[0].stages == ()
    painting = order("photo", stages=True)
    sheet = plan_painted([1], tmp_path, painting)[0]
    render = tmp_path / "seed0001-render.png"
    assert sheet == Sheet(1, tmp_path / "seed0001.png", (("render", render),))
    write_painted(sheet, painting)
    assert np.array_equal(read(render).pixels, flat_dresser(country(), 1, (), "none"))
    assert told(render) == order().told(1)
    assert told(sheet.target)["style"] == "photo"
    render.unlink()
    assert not sheet.done


def test_what_was_made_otherwise_is_told(tmp_path: Path) -> None:
    sheet = plan_painted([0], tmp_path, order())[0]
    write_painted(sheet, order())
    check_same(sheet, order())
    with pytest.raises(OutputError, match="of another rerolls; choose another --out, or --overwrite"):
        check_same(sheet, order(rolls=("sky",)))
    with pytest.raises(OutputError, match="model, sha256, strength, style"):
        check_same(sheet, order("photo"))
    changed = country()
    changed[0, 0] = 5
    other = Order(changed, Path("layout.png"), Look("render"), painters("render"))
    with pytest.raises(OutputError, match="another layout;"):
        check_same(sheet, other)
    write(Picture(np.zeros((4, 4, 3), np.uint8)), sheet.target, {})
    with pytest.raises(OutputError, match="something else"):
        check_same(sheet, order())


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    sheet = plan_painted([0], tmp_path / "file", order())[0]
    with pytest.raises(OutputError):
        write_painted(sheet, order())


def test_the_legend_is_a_layout_of_every_label(tmp_path: Path) -> None:
    write_legend(tmp_path / LEGEND)
    with Image.open(tmp_path / LEGEND) as image:
        assert image.mode == "P"
    found = layout_of(tmp_path / LEGEND)
    assert found.report == ""
    assert np.array_equal(found.labels, legend())
    assert set(np.unique(found.labels).tolist()) == set(range(12))
    assert np.array_equal(read(tmp_path / LEGEND).pixels, colored(legend()))


def test_the_palette_is_told_by_name_and_color() -> None:
    lines = palette_lines()
    assert len(lines) == len(COLORS) == 12
    assert lines[0].split() == ["sky", "#87ceeb", "135", "206", "235"]
    assert lines[10].split()[0] == "flowers"


@pytest.mark.usefixtures("drawing_shelf")
def test_what_is_made_real_before_it_is_painted_is_a_stage(tmp_path: Path) -> None:
    painting = order("shanshui", stages=True)
    (sheet,) = plan_painted([1], tmp_path, painting)
    assert [name for name, _ in sheet.stages] == ["render", "photo"]
    write_painted(sheet, painting)
    render, photo = (path for _, path in sheet.stages)
    assert np.array_equal(read(render).pixels, flat_dresser(country(), 1, (), "none"))
    real = order("photo")
    assert told(photo) == real.told(1)
    assert [name for name, _ in plan_painted([1], tmp_path, order("photo", stages=True))[0].stages] == ["render"]
    (whole,) = plan_painted([1], tmp_path / "real", real)
    (tmp_path / "real").mkdir()
    write_painted(whole, real)
    assert np.array_equal(read(photo).pixels, read(whole.target).pixels)
