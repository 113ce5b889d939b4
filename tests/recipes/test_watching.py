"""What a training shows of itself is what users get."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch

from pleinair.data.pack import Pack
from pleinair.errors import DataError
from pleinair.metrics.features import Extractor
from pleinair.metrics.squares import Pixels, square
from pleinair.metrics.watch import Watch
from pleinair.networks.frozen import load_quarter_vgg
from pleinair.networks.translator import Translator, one_hot
from pleinair.recipes import watching
from pleinair.recipes.watching import Watched, evenly, frozen_extractor, squares
from pleinair.spec import ModelSpec
from tests.training.rehearsal import STYLES, tiny_run


@pytest.fixture
def translator() -> Translator:
    torch.manual_seed(0)
    made = Translator(3, 4, (1,))
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    return made.eval()


def watched(packs: Path, translator: Translator, **changes: Pack) -> Watched:
    content = changes.get("content") or Pack.open(packs / "photo.pack")
    styles = {style: changes.get(style) or Pack.open(packs / f"{style}.pack") for style in STYLES[1:]}
    spec = ModelSpec("test", STYLES, translator.stride, translator.halo)
    return Watched(tiny_run(), spec, content, styles, load_quarter_vgg(packs / "frozen.safetensors"), None)


def by_hand(translator: Translator, pixels: npt.NDArray[np.uint8], style: int) -> npt.NDArray[np.uint8]:
    """A picture padded, painted and clipped without the renderer."""
    h = translator.halo
    padded = np.pad(pixels.astype(np.float32) / 127.5 - 1, ((h, h), (h, h), (0, 0)), mode="reflect")
    with torch.no_grad():
        x = torch.from_numpy(np.ascontiguousarray(padded.transpose(2, 0, 1)))[None]
        y = translator(x, one_hot(torch.tensor([style]), 3))[0].numpy()
    pixels = np.rint((y.clip(-1, 1) + 1) * 127.5).astype(np.uint8)
    return np.ascontiguousarray(pixels.transpose(1, 2, 0))


def test_a_preview_shows_photos_and_every_style_of_them(packs: Path, translator: Translator) -> None:
    one = watched(packs, translator)
    sheet = one.preview(translator)
    rows = 2 + 2 + 1  # photos; paintings and their photos; dots and lines are painted from the first row
    assert sheet.shape == (rows * 36 + 4, 2 * 36 + 4, 3)

    def cell(row: int, column: int) -> npt.NDArray[np.uint8]:
        y, x = 4 + 36 * row, 4 + 36 * column
        return sheet[y : y + 32, x : x + 32]

    photos = squares(one.content, 2)
    assert (cell(0, 1) == photos[1]).all()
    for row, style in ((3, 1), (4, 2)):
        gap = cell(row, 1).astype(int) - by_hand(translator, photos[1], style)
        assert abs(gap).max() <= 1
    gap = cell(2, 0).astype(int) - by_hand(translator, cell(1, 0), 0)
    assert abs(gap).max() <= 1


def test_figures_are_named_finite_and_the_same_twice(packs: Path, translator: Translator) -> None:
    one = watched(packs, translator)
    figures = one.watch(translator)
    assert "score" in figures
    assert set(figures) <= {"score", *(f"{style}.{what}" for style in STYLES for what in ("ratio", "content"))}
    assert all(np.isfinite(value) for value in figures.values())
    assert one.watch(translator) == figures
    assert watched(packs, translator).watch(translator) == figures


def test_features_of_the_references_are_taken_once(packs: Path, translator: Translator) -> None:
    one = watched(packs, translator)
    seen: list[int] = []
    extract = one.extractor
    assert extract is not None

    def counted(pictures: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        seen.append(len(pictures))
        return extract(pictures)

    one.extractor = counted
    one.watch(translator)
    first = sum(seen)
    assert first <= 3 * (4 + 3 + 3)
    one.watch(translator)
    assert sum(seen) - first <= 3 * 3


def test_a_style_that_photos_cannot_be_told_from_is_left_out(
    packs: Path, translator: Translator, monkeypatch: pytest.MonkeyPatch
) -> None:
    alike = {"dots"}

    class Fussy(Watch):
        def __init__(self, content: Sequence[Pixels], styles: Mapping[str, Sequence[Pixels]], eyes: Extractor) -> None:
            if alike & set(styles):
                raise DataError("the content is as near to it as chance allows")
            super().__init__(content, styles, eyes)

    monkeypatch.setattr(watching, "Watch", Fussy)
    figures = watched(packs, translator).watch(translator)
    assert {"score", "lines.ratio", "photo.ratio"} <= set(figures)
    assert "dots.ratio" not in figures
    alike.update(STYLES)
    assert watched(packs, translator).watch(translator) == {}


def test_without_validation_pictures_nothing_is_watched(packs: Path, translator: Translator) -> None:
    pack = Pack.open(packs / "photo.pack")
    assert not watched(packs, translator, content=replace(pack, validation=pack.validation[:2])).possible
    without = Watched(tiny_run(), ModelSpec("t", STYLES, 4, 4), pack, {}, None, None)
    assert not without.possible


def test_validation_pictures_are_shown_and_training_ones_only_where_there_are_none(packs: Path) -> None:
    pack = Pack.open(packs / "photo.pack")
    assert (squares(pack, 1)[0] == square(pack.validation[0], 32)).all()
    bare = replace(pack, validation=pack.validation[:0])
    assert (squares(bare, 1)[0] == square(pack.train[0], 32)).all()


@pytest.mark.parametrize(("count", "expected"), [(1, 1), (3, 3), (8, 8), (50, 8)])
def test_pictures_are_picked_evenly(packs: Path, count: int, expected: int) -> None:
    album = Pack.open(packs / "dots.pack").train
    picked = evenly(album, count)
    assert len(album) == 8
    assert len(picked) == expected
    assert all(picture.shape == (32, 32, 3) for picture in picked)
    assert (picked[-1] == square(album[(count - 1) * 8 // count], 32)).all()


def test_an_empty_album_is_said(packs: Path) -> None:
    with pytest.raises(DataError, match="is empty"):
        evenly(Pack.open(packs / "dots.pack").train[:0], 3)


def test_the_frozen_network_describes_pictures(packs: Path) -> None:
    extract = frozen_extractor(load_quarter_vgg(packs / "frozen.safetensors"))
    assert extract is not None
    state = torch.random.get_rng_state()
    rows = extract(np.linspace(-1, 1, 2 * 3 * 32 * 32, dtype=np.float32).reshape(2, 3, 32, 32))
    assert rows.shape == (2, 2 * (16 + 32 + 64 + 128))
    assert np.isfinite(rows).all()
    assert torch.equal(state, torch.random.get_rng_state())
    assert frozen_extractor(None) is None


def test_a_judge_that_is_given_comes_before_what_the_training_sees_with(monkeypatch: pytest.MonkeyPatch) -> None:
    given, own = (lambda pictures: pictures[:, :, 0, 0]), (lambda pictures: pictures[:, :, -1, -1])
    monkeypatch.setattr(watching, "load_features", lambda _: given)
    monkeypatch.setattr(watching, "frozen_extractor", lambda _: own)
    assert watching.extractor_of(Path("judge.onnx"), None) is given
    assert watching.extractor_of(None, None) is own
