"""Painter: what it is loaded by, what goes in and comes out, mixes, and that settings reach the renderer."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import pleinair
from pleinair.errors import ModelError, PictureError, SettingError, UnknownModelError, UnknownStyleError
from pleinair.painter import ENGINES_KEPT, Painter, load

MakeTrunk = Callable[..., Path]
Pixels = npt.NDArray[Any]


@pytest.fixture
def painter(trunk: Path) -> Painter:
    return load(trunk, threads=1)


@pytest.fixture
def pixels() -> Pixels:
    """A small landscape: sky, a slope, noise. (45, 70, 3) uint8."""
    y, x = np.mgrid[:45, :70]
    picture = np.stack([y * 4, x * 3, 255 - y * 3], 2) + np.random.default_rng(3).integers(0, 20, (45, 70, 3))
    return picture.clip(0, 255).astype(np.uint8)


# ── loading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("shelf")
def test_loaded_by_a_style_it_paints_in_it(pixels: Pixels) -> None:
    by_style, by_model = load("shanshui"), load("landscape")
    assert (by_style.style, by_model.style) == ("shanshui", None)
    assert np.array_equal(by_style.stylize(pixels), by_model.stylize(pixels, style="shanshui"))


@pytest.mark.usefixtures("shelf")
def test_loaded_by_a_style_it_still_paints_in_the_others(pixels: Pixels) -> None:
    painter = load("shanshui")
    assert not np.array_equal(painter.stylize(pixels), painter.stylize(pixels, style="hokusai"))


def test_loaded_by_a_model_of_many_styles_it_wants_one_named(painter: Painter, pixels: Pixels) -> None:
    with pytest.raises(SettingError, match="name a style of 'tiny': photo, hokusai, shanshui"):
        painter.stylize(pixels)


def test_a_model_of_one_style_needs_none_named(make_trunk: MakeTrunk, tmp_path: Path, pixels: Pixels) -> None:
    painter = load(make_trunk(tmp_path / "klimt.onnx", ("klimt",)))
    assert painter.style == "klimt"
    assert painter.stylize(pixels).shape == pixels.shape


def test_it_knows_its_spec_and_styles(painter: Painter, trunk: Path) -> None:
    assert painter.styles == painter.spec.styles == ("photo", "hokusai", "shanshui")
    assert painter.path == trunk
    assert isinstance(painter.spec, pleinair.ModelSpec)


@pytest.mark.usefixtures("shelf")
def test_it_knows_the_sum_of_its_file_and_reads_it_once(painter: Painter, trunk: Path) -> None:
    expected = hashlib.sha256(trunk.read_bytes()).hexdigest()
    assert painter.sha256 == expected
    trunk.unlink()
    assert painter.sha256 == expected
    with pytest.raises(ModelError, match="cannot be read"):
        assert Painter(trunk, painter.spec).sha256


def test_the_public_door_is_this_one(pixels: Pixels) -> None:
    assert np.array_equal(pleinair.load("hokusai").stylize(pixels), load("hokusai").stylize(pixels))


@pytest.mark.usefixtures("shelf")
def test_an_unknown_name_is_a_pleinair_error() -> None:
    with pytest.raises(pleinair.PleinairError):
        pleinair.load("hokusia")
    with pytest.raises(UnknownModelError):
        load("hokusia")


def test_a_damaged_file_is_refused_when_it_is_used(trunk: Path, pixels: Pixels) -> None:
    painter = load(trunk)
    trunk.write_bytes(trunk.read_bytes()[:-700])
    with pytest.raises(ModelError):
        painter.stylize(pixels, style="hokusai")


# ── the same kind out ────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_array_gives_an_array(painter: Painter, pixels: Pixels) -> None:
    before = pixels.copy()
    painted = painter.stylize(pixels, style="hokusai")
    assert isinstance(painted, np.ndarray)
    assert painted.shape == pixels.shape
    assert painted.dtype == np.uint8
    assert not np.array_equal(painted, pixels)
    assert np.array_equal(pixels, before)


def test_sixteen_bits_stay_sixteen_bits(painter: Painter, pixels: Pixels) -> None:
    deep = pixels.astype(np.uint16) * 257
    painted = painter.stylize(deep, style="hokusai")
    assert painted.dtype == np.uint16
    assert np.abs(painted / 257.0 - painter.stylize(pixels, style="hokusai")).max() <= 1


def test_a_pillow_image_gives_a_pillow_image(painter: Painter, pixels: Pixels) -> None:
    painted = painter.stylize(Image.fromarray(pixels), style="hokusai")
    assert isinstance(painted, Image.Image)
    assert np.array_equal(np.asarray(painted), painter.stylize(pixels, style="hokusai"))


@pytest.mark.parametrize("kind", [Path, str])
def test_a_path_gives_a_pillow_image(kind: type, painter: Painter, pixels: Pixels, tmp_path: Path) -> None:
    Image.fromarray(pixels).save(tmp_path / "scene.png")
    painted = painter.stylize(kind(tmp_path / "scene.png"), style="hokusai")
    assert isinstance(painted, Image.Image)
    assert np.array_equal(np.asarray(painted), painter.stylize(pixels, style="hokusai"))


def test_transparency_stays(painter: Painter, pixels: Pixels) -> None:
    alpha = np.arange(45 * 70, dtype=np.uint16).reshape(45, 70).astype(np.uint8)
    painted = painter.stylize(np.dstack([pixels, alpha]), style="hokusai")
    assert painted.shape == (45, 70, 4)
    assert np.array_equal(painted[:, :, 3], alpha)
    assert painter.stylize(Image.fromarray(np.dstack([pixels, alpha])), style="hokusai").mode == "RGBA"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(height=st.integers(1, 40), width=st.integers(1, 40))
def test_any_size_comes_back_as_it_went_in(painter: Painter, height: int, width: int) -> None:
    picture = np.full((height, width, 3), 90, np.uint8)
    painted = painter.stylize(picture, style="shanshui")
    assert painted.shape == picture.shape
    assert (
        len(np.unique(painted.reshape(-1, 3), axis=0)) == 1
    )  # a flat picture is painted flat by this trunk, edges included


def test_what_is_no_picture_is_refused(painter: Painter, tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"not a picture")
    with pytest.raises(PictureError, match=r"bad\.jpg"):
        painter.stylize(tmp_path / "bad.jpg", style="hokusai")
    with pytest.raises(PictureError):
        painter.stylize(np.zeros((4, 4, 3), np.float64), style="hokusai")
    with pytest.raises(PictureError):
        painter.stylize(None, style="hokusai")  # type: ignore[call-overload]


# ── styles and mixes ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_mix_is_scaled_to_one_and_put_in_the_models_order(painter: Painter) -> None:
    assert painter.mix(mix={"shanshui": 3, "photo": 1}) == {"photo": 0.25, "shanshui": 0.75}
    assert list(painter.mix(mix={"shanshui": 3, "photo": 1})) == ["photo", "shanshui"]
    assert painter.mix("hokusai") == {"hokusai": 1.0}
    assert painter.mix(mix={"hokusai": 2, "photo": 0}) == {"hokusai": 1.0}


def test_a_mix_lies_between_its_styles(painter: Painter, pixels: Pixels) -> None:
    one, other = (painter.stylize(pixels, style=style).astype(float) for style in ("photo", "hokusai"))
    mixed = painter.stylize(pixels, mix={"photo": 0.5, "hokusai": 0.5}).astype(float)
    assert 0 < np.abs(mixed - one).mean() < np.abs(other - one).mean()
    assert 0 < np.abs(mixed - other).mean() < np.abs(other - one).mean()


def test_a_mix_of_one_style_is_the_style(painter: Painter, pixels: Pixels) -> None:
    assert np.array_equal(painter.stylize(pixels, mix={"hokusai": 0.3}), painter.stylize(pixels, style="hokusai"))


@pytest.mark.parametrize(
    "mix", [{}, {"photo": 0}, {"photo": -1, "hokusai": 2}, {"photo": float("nan")}, {"photo": float("inf")}]
)
def test_a_mix_that_cannot_be_is_refused(painter: Painter, pixels: Pixels, mix: dict[str, float]) -> None:
    with pytest.raises(SettingError):
        painter.stylize(pixels, mix=mix)


def test_a_style_and_a_mix_are_too_much(painter: Painter, pixels: Pixels) -> None:
    with pytest.raises(SettingError, match="not both"):
        painter.stylize(pixels, style="photo", mix={"hokusai": 1})


@pytest.mark.parametrize("wrong", [{"style": "hokusia"}, {"mix": {"hokusia": 1.0, "photo": 1.0}}])
def test_a_foreign_style_is_suggested_the_near_one(painter: Painter, pixels: Pixels, wrong: dict[str, Any]) -> None:
    with pytest.raises(UnknownStyleError, match="did you mean 'hokusai'"):
        painter.stylize(pixels, **wrong)


# ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_strength_is_the_picture_itself(painter: Painter, pixels: Pixels) -> None:
    assert np.array_equal(painter.stylize(pixels, style="hokusai", strength=0), pixels)


def test_strength_grows(painter: Painter, pixels: Pixels) -> None:
    changes = [
        np.abs(painter.stylize(pixels, style="hokusai", strength=s).astype(float) - pixels).mean()
        for s in (0.5, 1, 1.5)
    ]
    assert changes == sorted(changes)
    assert changes[0] > 0


@pytest.mark.parametrize(
    "wrong", [{"strength": 1.6}, {"strength": -0.1}, {"working_size": 0}, {"working_size": "huge"}, {"wrap": "y"}]
)
def test_a_setting_out_of_its_range_is_refused(painter: Painter, pixels: Pixels, wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingError):
        painter.stylize(pixels, style="hokusai", **wrong)


def test_the_working_size_is_the_models_own_by_default(painter: Painter) -> None:
    """The tiny trunk says 256: a picture of 400 pixels is painted reduced, unless asked to paint it in full."""
    picture = np.random.default_rng(1).integers(0, 256, (200, 400, 3)).astype(np.uint8)
    default = painter.stylize(picture, style="hokusai")
    assert np.array_equal(default, painter.stylize(picture, style="hokusai", working_size=256))
    full = painter.stylize(picture, style="hokusai", working_size="full")
    assert not np.array_equal(default, full)
    assert np.array_equal(full, painter.stylize(picture, style="hokusai", working_size=400))


def test_colors_can_be_kept(painter: Painter, pixels: Pixels) -> None:
    def chroma(picture: Pixels) -> npt.NDArray[np.float64]:
        return np.asarray(Image.fromarray(picture).convert("YCbCr"), np.float64)[:, :, 1:]

    plain = painter.stylize(pixels, style="hokusai")
    kept = painter.stylize(pixels, style="hokusai", keep_colors=True)
    assert np.abs(chroma(kept) - chroma(pixels)).mean() < 0.5 * np.abs(chroma(plain) - chroma(pixels)).mean()


def test_a_wrapped_picture_goes_around(painter: Painter) -> None:
    picture = np.random.default_rng(2).integers(0, 256, (40, 64, 3)).astype(np.uint8)
    turned = np.roll(painter.stylize(picture, style="hokusai", wrap="x"), 16, 1).astype(int)
    assert np.abs(painter.stylize(np.roll(picture, 16, 1), style="hokusai", wrap="x").astype(int) - turned).max() <= 1


def test_progress_is_told_up_to_the_whole(painter: Painter, pixels: Pixels) -> None:
    told: list[float] = []
    painter.stylize(pixels, style="hokusai", progress=told.append)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)


# ── engines ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_engine_is_baked_once(painter: Painter) -> None:
    engine = painter.engine({"hokusai": 1.0})
    assert painter.engine({"hokusai": 1.0}) is engine
    assert painter.engine({"photo": 1.0}) is not engine


def test_only_the_last_engines_are_held(painter: Painter) -> None:
    mixes = [painter.mix(mix={"photo": 1, "hokusai": weight}) for weight in range(ENGINES_KEPT + 1)]
    engines = [painter.engine(mix) for mix in mixes]
    assert painter.engine(mixes[-1]) is engines[-1]
    assert painter.engine(mixes[1]) is engines[1]  # now the last one used
    assert painter.engine(mixes[0]) is not engines[0]
    assert painter.engine(mixes[1]) is engines[1]


def test_an_engine_has_the_rules_of_the_spec(painter: Painter) -> None:
    engine = painter.engine({"hokusai": 1.0})
    halo = painter.spec.halo
    assert engine.paint(np.zeros((2, 3, 8 + 2 * halo, 12 + 2 * halo), np.float32)).shape == (2, 3, 8, 12)


# ── guides and what goes around ──────────────────────────────────────────────────────────────────────────────────────


def test_a_guide_of_regions_needs_no_style(painter: Painter, pixels: Pixels) -> None:
    ids = np.zeros((45, 70), np.uint8)
    ids[:, 35:] = 1
    painted = painter.stylize(pixels, guide=pleinair.Guide(regions=ids, styles={1: "shanshui"}))
    assert np.array_equal(painted[:, :35], pixels[:, :35])
    assert np.array_equal(painted[:, 35:], painter.stylize(pixels, style="shanshui")[:, 35:])
    with pytest.raises(UnknownStyleError, match="did you mean 'shanshui'"):
        painter.stylize(pixels, guide=pleinair.Guide(regions=ids, styles={1: "shanshu"}))
    with pytest.raises(SettingError, match="name a style of"):
        painter.stylize(pixels, guide=pleinair.Guide(mask=ids))


def test_a_guide_goes_by_the_style_that_was_loaded(make_trunk: MakeTrunk, tmp_path: Path, pixels: Pixels) -> None:
    painter = load(make_trunk(tmp_path / "klimt.onnx", ("klimt",)))
    keep = np.zeros((45, 70), bool)
    keep[:20] = True
    painted = painter.stylize(pixels, guide=pleinair.Guide(keep=keep))
    assert np.array_equal(painted[:20], pixels[:20])
    assert np.array_equal(painted[20:], painter.stylize(pixels)[20:])


def test_a_file_that_says_it_is_a_panorama_goes_around(painter: Painter, tmp_path: Path) -> None:
    picture = Image.fromarray(np.random.default_rng(2).integers(0, 256, (64, 128, 3)).astype(np.uint8))
    says = b'<a xmlns:GPano="http://ns.google.com/photos/1.0/panorama/" GPano:ProjectionType="equirectangular"/>'
    picture.save(tmp_path / "pano.jpg", xmp=says, quality=95)
    automatic, closed, flat = (
        np.asarray(painter.stylize(tmp_path / "pano.jpg", style="hokusai", wrap=wrap)) for wrap in ("auto", "x", "none")
    )
    assert np.array_equal(automatic, closed)
    assert not np.array_equal(automatic, flat)
