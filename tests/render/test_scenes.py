"""Scenes: every size there may be, panoramas that close, one picture whatever is drawn beside it, little memory."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pleinair.engine import scene as engines
from pleinair.engine.fake import FakeSceneEngine
from pleinair.engine.protocol import Array
from pleinair.errors import SettingError
from pleinair.images.picture import Pixels, to_pixels
from pleinair.render import scenes
from pleinair.render.scenes import (
    MOST_AT_ONCE,
    WIDEST,
    Frame,
    SceneWrap,
    Size,
    framed,
    generate,
    marked,
    parse_size,
    seeded,
)
from pleinair.seeds import HALO, around, columns, latent

PHOTO = np.array([1, 0], np.float32)
WRAPS: tuple[SceneWrap, ...] = ("none", "x")


def pictures(engine: FakeSceneEngine, seeds: list[int], frame: Frame, truncation: float = 1.0) -> list[Pixels]:
    return list(generate(engine, seeds, PHOTO, frame, truncation))


def plain(engine: FakeSceneEngine, seed: int, wide: int, wrap: bool = False) -> Pixels:
    """A picture drawn at once, written without the renderer."""
    given: Array = engine.draw(latent(seed)[None], columns(seed, wide, wrap)[None], PHOTO[None])
    pixels: Pixels = to_pixels(given)[0].transpose(1, 2, 0)
    return pixels


class TestSizes:
    @pytest.mark.parametrize(
        ("text", "size"), [("256", (256, 256)), ("448x256", (448, 256)), (" 448 X 256 ", (448, 256)), ("7×9", (7, 9))]
    )
    def test_how_they_are_written(self, text: str, size: tuple[int, int]) -> None:
        assert parse_size(text) == size

    @given(width=st.integers(0, 10**9 - 1), height=st.integers(0, 10**9 - 1))
    def test_what_is_written_is_read_back(self, width: int, height: int) -> None:
        assert parse_size(str(Size(width, height))) == (width, height)

    @pytest.mark.parametrize("text", ["", "x", "256x", "x256", "-256", "1.5", "256x256x3", "large", "9" * 5000])
    def test_what_is_no_size(self, text: str) -> None:
        with pytest.raises(SettingError, match="write it as 256, or as 448x256") as caught:
            parse_size(text)
        assert "\n" not in str(caught.value)

    @settings(max_examples=80, deadline=None)
    @given(width=st.integers(1, 90), height=st.integers(1, 40), wrap=st.sampled_from(WRAPS))
    @example(width=32, height=32, wrap="none")
    @example(width=7, height=28, wrap="x")
    @example(width=90, height=8, wrap="x")
    def test_every_size_is_made_exactly_or_refused(self, width: int, height: int, wrap: SceneWrap) -> None:
        engine = FakeSceneEngine(32)
        if not 8 <= height <= 32 or width < height / 4:
            with pytest.raises(SettingError, match="pixels"):
                framed(32, Size(width, height), wrap)
            return
        (picture,) = pictures(engine, [3], framed(32, Size(width, height), wrap))
        assert picture.shape == (height, width, 3)
        assert picture.dtype == np.uint8

    @settings(max_examples=80, deadline=None)
    @given(width=st.integers(1, 3000), height=st.integers(8, 64))
    def test_frames_keep_the_middle_and_draw_no_column_too_many(self, width: int, height: int) -> None:
        if width * 4 < height:
            return
        frame = framed(64, Size(width, height))
        drawn = frame.columns * Fraction(16)
        assert frame.left >= 0
        assert 0 <= drawn - frame.width - 2 * frame.left <= (1 if height == 64 else 0)
        assert drawn - frame.width < 16

    @pytest.mark.parametrize(
        ("size", "said"),
        [
            (Size(512, 512), "8 to 256 pixels high, not 512; the largest square is --size 256"),
            (Size(448, 257), "wider ones are, for example, 448x256"),
            (Size(7, 7), "8 to 256 pixels high, not 7"),
            (Size(63, 256), "64 to 65500 pixels wide, not 63"),
            (Size(WIDEST + 1, 256), "pixels wide, not 65501"),
            (Size(0, 0), "not 0"),
        ],
    )
    def test_what_the_model_cannot_make(self, size: Size, said: str) -> None:
        with pytest.raises(SettingError, match=said) as caught:
            framed(256, size)
        assert "\n" not in str(caught.value)

    def test_without_a_size_it_is_a_square_as_high_as_the_model_draws(self) -> None:
        assert framed(64).size == (64, 64)
        assert framed(64).columns == 4

    def test_a_scene_cannot_be_a_tile(self) -> None:
        with pytest.raises(SettingError, match=r"none or x .*not 'xy'"):
            framed(64, None, "xy")  # type: ignore[arg-type]


class TestPictures:
    def test_what_is_drawn_at_full_height_is_not_touched(self) -> None:
        engine = FakeSceneEngine(32)
        np.testing.assert_array_equal(pictures(engine, [5], framed(32))[0], plain(engine, 5, 4))
        wide = plain(engine, 5, 4)
        for width in (30, 29):
            np.testing.assert_array_equal(pictures(engine, [5], framed(32, Size(width, 32)))[0], wide[:, 1 : 1 + width])

    def test_made_smaller_it_is_the_same_scene(self) -> None:
        engine = FakeSceneEngine(64)
        small = pictures(engine, [5], framed(64, Size(16, 16)))[0].astype(float)
        means = plain(engine, 5, 4).reshape(16, 4, 16, 4, 3).mean((1, 3))
        assert np.abs(small - means).mean() < 12  # sharper than means, and nowhere else
        assert np.corrcoef(small.ravel(), means.ravel())[0, 1] > 0.97

    def test_what_lies_beyond_the_frame_is_looked_at(self) -> None:
        """A picture made smaller is the middle of a wider one made smaller, up to its edges."""
        engine = FakeSceneEngine(64)
        frame = framed(64, Size(20, 32))
        whole = framed(64, Size(24, 32))
        assert (frame.columns, whole.columns) == (3, 3)
        np.testing.assert_allclose(
            pictures(engine, [2], frame)[0], pictures(engine, [2], whole)[0][:, 2:22].astype(float), atol=1
        )

    @settings(max_examples=15, deadline=None)
    @given(seeds=st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=20), wide=st.integers(8, 80))
    def test_a_seed_is_one_picture_whatever_stands_beside_it(self, seeds: list[int], wide: int) -> None:
        engine, frame = FakeSceneEngine(32), framed(32, Size(wide, 32))
        together = pictures(engine, seeds, frame)
        backward = pictures(engine, seeds[::-1], frame)[::-1]
        for seed, one, other in zip(seeds, together, backward, strict=True):
            np.testing.assert_array_equal(one, other)
            np.testing.assert_array_equal(one, pictures(engine, [seed], frame)[0])

    def test_nothing_is_drawn_twice_and_nothing_is_lost(self) -> None:
        engine = FakeSceneEngine(32)
        assert len(pictures(engine, list(range(2 * MOST_AT_ONCE + 3)), framed(32))) == 19
        assert [call[0] for call in engine.calls] == [8, 8, 3]

    @pytest.mark.parametrize("wrap", ["none", "x"])
    def test_noise_is_as_wide_as_the_frame_says(self, wrap: SceneWrap) -> None:
        frame = framed(32, Size(40, 32), wrap, 8)
        assert framed(32).halo == HALO
        assert frame.halo == 8
        scene = seeded(3, frame)
        assert scene.noise.shape[2] == frame.columns + 16
        np.testing.assert_array_equal(scene.noise, columns(3, frame.columns, frame.wrap, 8))

    def test_pictures_come_as_they_are_drawn(self) -> None:
        engine, told = FakeSceneEngine(32), list[int]()
        stream = generate(engine, range(20), PHOTO, framed(32), progress=told.append)
        next(stream)
        assert (len(engine.calls), told) == (1, [1])
        list(stream)
        assert sum(told) == 20

    def test_a_panorama_is_drawn_in_windows_and_shows_no_seam(self, monkeypatch: pytest.MonkeyPatch) -> None:
        engine = FakeSceneEngine(32)
        monkeypatch.setattr(scenes, "ROOM", 3 * 8 * 8)
        (picture,) = pictures(engine, [9], framed(32, Size(160, 32)))
        assert [call[3] - 2 * HALO for call in engine.calls] == [3, 3, 3, 3, 3, 3, 2]
        np.testing.assert_array_equal(picture, plain(engine, 9, 20))

    @pytest.mark.parametrize(
        ("side", "size", "most"), [(256, None, 8), (256, Size(448, 256), 4), (512, None, 2), (64, None, 8)]
    )
    def test_large_pictures_are_drawn_fewer_at_once(self, side: int, size: Size | None, most: int) -> None:
        engine = FakeSceneEngine(side)
        next(generate(engine, range(20), PHOTO, framed(side, size)))
        assert engine.calls[0][0] == most
        assert engine.calls[0][0] * (engine.calls[0][3] - 2 * HALO) * (side // 4) ** 2 <= scenes.ROOM

    def test_huge_seeds_are_refused(self) -> None:
        with pytest.raises(SettingError, match="from 0 to 4294967295"):
            pictures(FakeSceneEngine(32), [2**32], framed(32))


class TestFullTurn:
    @pytest.mark.parametrize("size", [Size(64, 32), Size(60, 32), Size(50, 20), Size(18, 20)])
    def test_the_edges_meet(self, size: Size) -> None:
        """Drawn from turned noise, the panorama is the same, turned."""
        frame, engine = framed(32, size, "x"), FakeSceneEngine(32)
        scene = seeded(4, frame)
        ring = scene.noise[..., HALO:-HALO]
        half = frame.columns // 2
        turned = scenes.Scene(scene.latent, around(np.roll(ring, half, 2)))
        one, other = (next(scenes.drawn(engine, iter([s]), PHOTO, frame)) for s in (scene, turned))
        assert frame.columns == 2 * half
        np.testing.assert_allclose(np.roll(one, size.width // 2, 1), other.astype(float), atol=1)

    def test_whole_columns_are_not_touched(self) -> None:
        engine = FakeSceneEngine(32)
        (picture,) = pictures(engine, [4], framed(32, Size(56, 32), "x"))
        np.testing.assert_array_equal(picture, plain(engine, 4, 7, wrap=True))

    def test_it_closes_through_windows_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        engine = FakeSceneEngine(32)
        monkeypatch.setattr(scenes, "ROOM", 2 * 8 * 8)
        (picture,) = pictures(engine, [4], framed(32, Size(72, 32), "x"))
        assert len(engine.calls) == 5
        np.testing.assert_array_equal(picture, plain(engine, 4, 9, wrap=True))


class TestTruncation:
    def test_it_scales_all_noise(self) -> None:
        frame = framed(32)
        whole, half = seeded(3, frame), seeded(3, frame, 0.5)
        np.testing.assert_allclose(half.latent, whole.latent / 2)
        np.testing.assert_allclose(half.noise, whole.noise / 2)

    def test_less_is_less_various(self) -> None:
        engine, frame = FakeSceneEngine(32), framed(32)
        spreads = [np.std([p.mean((0, 1)) for p in pictures(engine, list(range(16)), frame, t)]) for t in (1, 0.5, 0.1)]
        assert spreads == sorted(spreads, reverse=True)

    @pytest.mark.parametrize("truncation", [0, -0.5, 1.01, float("nan"), float("inf")])
    def test_out_of_range(self, truncation: float) -> None:
        with pytest.raises(SettingError, match="above 0 and up to 1"):
            generate(FakeSceneEngine(32), [0], PHOTO, framed(32), truncation)


class TestMarks:
    def test_domain_and_kind(self) -> None:
        engine = FakeSceneEngine(32, ("photo", "monet"), ("lake", "dune", "forest"))
        assert marked(engine).tolist() == [1, 0, 0, 0, 0]
        assert marked(engine, "monet").tolist() == [0, 1, 0, 0, 0]
        assert marked(engine, "photo", "dune").tolist() == [1, 0, 0, 1, 0]

    def test_they_reach_the_engine(self, scene: Path) -> None:
        engine = engines.load(scene, threads=1)
        told = [marked(engine), marked(engine, "hiroshige"), marked(engine, None, "lake")]
        found = [next(generate(engine, [1], marks, framed(32))).astype(float) for marks in told]
        assert np.abs(found[0] - found[1]).mean() > 2
        assert np.abs(found[0] - found[2]).mean() > 2
