"""SceneMaker: what it is loaded by, what it gives, names it does not know; and the same picture on every way."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import pleinair
from pleinair import loading, painter
from pleinair.engine.fake import FakeSceneEngine
from pleinair.errors import (
    ModelError,
    PictureError,
    SettingError,
    UnknownKindError,
    UnknownModelError,
    UnknownStyleError,
)
from pleinair.export.scenes import export_scene
from pleinair.images.picture import Pixels, to_pixels
from pleinair.render.scenes import Size
from pleinair.scenes import Look, SceneMaker, load
from pleinair.seeds import columns, latent
from tests.export.generators import KINDS, scene_spec, small_generator
from tests.one_thread import one_thread

__all__ = ["one_thread"]
MakeScene = Callable[..., Path]


@pytest.fixture
def maker(scene: Path) -> SceneMaker:
    return load(scene, threads=1)


@pytest.fixture
def fake() -> SceneMaker:
    return SceneMaker(FakeSceneEngine(32, kinds=("forest", "lake")))


def same(one: Image.Image | Pixels, other: Image.Image | Pixels) -> bool:
    return np.array_equal(np.asarray(one), np.asarray(other))


# ── loading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_it_says_of_itself(maker: SceneMaker, scene: Path) -> None:
    assert (maker.path, maker.domains, maker.kinds, maker.spec.side) == (
        scene,
        ("photo", "hiroshige"),
        ("forest", "lake"),
        32,
    )


@pytest.mark.usefixtures("shelf")
def test_loaded_by_name(own_folder: Path, make_scene: MakeScene) -> None:
    make_scene(own_folder / "scene.onnx")
    make_scene(own_folder / "alps.onnx", ("photo",), ())
    assert load().spec.name == load("scene").spec.name == "scene"
    assert load("alps").domains == ("photo",)


@pytest.mark.usefixtures("shelf")
def test_without_any_it_says_how_to_come_by_one() -> None:
    with pytest.raises(UnknownModelError, match="no scene generator is installed; train one: pleinair train scene"):
        load()


@pytest.mark.usefixtures("shelf")
def test_without_one_of_the_usual_name_it_names_the_others(own_folder: Path, make_scene: MakeScene) -> None:
    make_scene(own_folder / "alps.onnx")
    with pytest.raises(UnknownModelError, match="named 'scene'; there are alps: --model alps"):
        load()


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("name", ["landscape", "shanshui"])
def test_a_painter_is_no_maker_of_scenes(name: str) -> None:
    with pytest.raises(ModelError, match="is a painter of pictures, not a generator of scenes; type: pleinair stylize"):
        load(name)


def test_a_maker_of_scenes_is_no_painter(scene: Path) -> None:
    with pytest.raises(ModelError, match=r"is a generator of scenes, not a painter.*type: pleinair generate --model"):
        painter.load(scene)


@pytest.mark.usefixtures("shelf")
def test_a_domain_is_not_taken_for_a_style(own_folder: Path, make_scene: MakeScene) -> None:
    make_scene(own_folder / "alps.onnx", ("photo", "klimt"))
    assert painter.load("photo").spec.name == "landscape"
    with pytest.raises(UnknownModelError, match="no model or style named 'klimt'"):
        painter.load("klimt")


@pytest.mark.usefixtures("shelf")
def test_the_public_load_gives_what_the_model_is(own_folder: Path, make_scene: MakeScene, scene: Path) -> None:
    make_scene(own_folder / "scene.onnx")
    assert isinstance(pleinair.load("scene"), SceneMaker)
    assert isinstance(pleinair.load(scene), SceneMaker)
    assert isinstance(pleinair.load(str(scene), threads=1), SceneMaker)
    assert isinstance(loading.load("shanshui"), painter.Painter)
    assert pleinair.load("scene").generate(seeds=[7], kind="lake")[0].size == (32, 32)


@pytest.mark.usefixtures("shelf")
def test_the_public_load_of_nothing() -> None:
    with pytest.raises(UnknownModelError, match="no scene generator is installed"):
        pleinair.load("scene")
    with pytest.raises(UnknownModelError, match="did you mean 'shanshui'"):
        pleinair.load("shansui")


# ── one picture on every way ─────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seeds=st.lists(st.integers(0, 99), min_size=1, max_size=12), wide=st.integers(8, 70))
def test_a_seed_is_one_picture_in_any_batch_and_order(maker: SceneMaker, seeds: list[int], wide: int) -> None:
    together = maker.generate(seeds, size=(wide, 32))
    for seed, picture in zip(seeds, together, strict=True):
        (alone,) = maker.generate([seed], size=f"{wide}x32")
        assert np.abs(np.asarray(picture, int) - np.asarray(alone, int)).max() <= 1


@pytest.mark.parametrize(("size", "wrap"), [(None, "none"), ((56, 32), "none"), ((40, 32), "x")])
def test_torch_and_the_file_draw_the_same(tmp_path: Path, size: tuple[int, int] | None, wrap: Any) -> None:
    network = small_generator()
    export_scene(network, scene_spec(), tmp_path / "s.onnx", half=False)
    found = load(tmp_path / "s.onnx", threads=1).generate(range(9), kind="lake", size=size, wrap=wrap)
    marks = torch.tensor([[1.0, 0, 0, 1, 0]])
    assert KINDS[1] == "lake"
    for seed, picture in enumerate(found):
        z = torch.from_numpy(latent(seed)[None])
        cells = torch.from_numpy(columns(seed, picture.width // 8, wrap == "x")[None])
        with torch.no_grad():
            wanted = to_pixels(network(z, cells, marks).numpy())[0].transpose(1, 2, 0)
        assert np.abs(np.asarray(picture, int) - wanted.astype(int)).max() <= 1


def test_threads_change_nothing(scene: Path) -> None:
    one, two = (load(scene, threads=threads).generate(range(3)) for threads in (1, 2))
    for picture, other in zip(one, two, strict=True):
        assert np.abs(np.asarray(picture, int) - np.asarray(other, int)).max() <= 1


# ── what is asked for ────────────────────────────────────────────────────────────────────────────────────────────────


def test_images_of_the_size_in_the_order_of_the_seeds(fake: SceneMaker) -> None:
    told = list[int]()
    found = fake.generate([2, 0, 1], size=(20, 16), progress=told.append)
    assert [image.size for image in found] == [(20, 16)] * 3
    assert {image.mode for image in found} == {"RGB"}
    assert sum(told) == 3
    assert same(found[1], fake.generate(seeds=[0], size="20x16")[0])


@pytest.mark.parametrize(("size", "wanted"), [(None, (32, 32)), (16, (16, 16)), ("24x16", (24, 16)), ((9, 8), (9, 8))])
def test_sizes_however_they_are_given(fake: SceneMaker, size: Any, wanted: tuple[int, int]) -> None:
    assert fake.generate(size=size)[0].size == wanted


def test_kinds_domains_and_truncation_change_the_picture(maker: SceneMaker) -> None:
    (plain,) = maker.generate([1])
    assert same(plain, maker.generate([1], domain="photo")[0])
    for changed in ({"kind": "lake"}, {"domain": "hiroshige"}, {"truncation": 0.5}):
        options: Any = changed
        assert np.abs(np.asarray(maker.generate([1], **options)[0], float) - np.asarray(plain, float)).mean() > 1


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"kind": "forrest"}, UnknownKindError, "no kind 'forrest'; did you mean 'forest'\\?; it has forest, lake"),
        ({"domain": "foto"}, UnknownStyleError, "no domain 'foto'; did you mean 'photo'\\?"),
        ({"truncation": 1.5}, SettingError, "truncation"),
        ({"size": 64}, SettingError, "the largest square is --size 32"),
        ({"size": "big"}, SettingError, "no size"),
        ({"wrap": "xy"}, SettingError, "none or x"),
        ({"seeds": [-1]}, SettingError, "a seed is"),
        ({"seeds": [2**32]}, SettingError, "a seed is"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_drawn(
    options: dict[str, Any], error: type[Exception], said: str
) -> None:
    engine = FakeSceneEngine(32, kinds=("forest", "lake"))
    with pytest.raises(error, match=said) as caught:
        SceneMaker(engine).generate(**options)
    assert "\n" not in str(caught.value)
    assert not engine.calls


def test_a_model_without_kinds_says_so() -> None:
    with pytest.raises(UnknownKindError, match="was not told kinds apart; leave --kind out"):
        SceneMaker(FakeSceneEngine(32)).generate(kind="lake")


def test_no_seeds_no_pictures(fake: SceneMaker) -> None:
    assert fake.generate([]) == []


# ── walking and likeness ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_walk_begins_at_its_first_seed(fake: SceneMaker) -> None:
    frames = list(fake.walk([5, 6], 10, Look(size=Size(20, 16))))
    assert len(frames) == 10
    assert same(frames[0], fake.generate([5], size=(20, 16))[0])
    assert same(frames[5], fake.generate([6], size=(20, 16))[0])


@pytest.mark.parametrize("size", [None, Size(50, 32), Size(3, 10)])
def test_the_seed_of_a_picture_is_found(fake: SceneMaker, size: Size | None) -> None:
    look = Look(size=size)
    (picture,) = fake.pictures([23], look)
    assert fake.like(Image.fromarray(picture), range(30), look)[0] == 23


def test_a_picture_of_another_shape_is_compared_by_its_middle(fake: SceneMaker) -> None:
    (picture,) = fake.pictures([11], Look())
    wider = np.pad(picture, ((0, 0), (9, 9), (0, 0)))
    seed, distance = fake.like(Image.fromarray(wider), range(30), Look())
    assert seed == 11
    assert distance < 1


def test_likeness_has_bounds(fake: SceneMaker, tmp_path: Path) -> None:
    gray = Image.new("RGB", (32, 32))
    with pytest.raises(SettingError, match="seeds to look among"):
        fake.like(gray, [], Look())
    with pytest.raises(PictureError):
        fake.like(tmp_path / "none.png", range(2), Look())
