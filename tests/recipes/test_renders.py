"""Renders among what photos are made from: who may be one, where they come up, and going on with them."""

from dataclasses import replace
from pathlib import Path

import pytest

from pleinair.data.pack import Pack
from pleinair.errors import DataError, SettingError
from pleinair.recipes import translate as recipes
from pleinair.recipes.renders import SHARE, TINT, rendering
from pleinair.recipes.translate import builder
from pleinair.spec import ModelSpec
from pleinair.training import checkpoint, launch, loop
from pleinair.training.launch import Build
from pleinair.training.run import Run
from tests.training.alone import ALONE, check_going_on
from tests.training.rehearsal import PLAIN, tiny_run


def drawn_run(pictures: int = 16) -> Run:
    return rendering(tiny_run("translate", pictures, ("photo", "dots")), ["fiction"])


def build_of(packs: Path) -> Build:
    photo, dots, lines = (Pack.open(packs / f"{name}.pack") for name in ("photo", "dots", "lines"))
    return builder(photo, {"dots": dots}, packs / "frozen.safetensors", None, {"fiction": lines})


def pairs(packs: Path, run: Run, steps: int = 40) -> list[tuple[int, int]]:
    batches = build_of(packs)(run, ALONE.device, PLAIN, ALONE).batches(0, 0, 1)
    some = [next(batches) for _ in range(steps)]
    batches.close()
    return [pair for b in some for pair in zip(b.styles.tolist(), b.sources.tolist(), strict=True)]


def test_half_of_what_photos_are_made_from_is_rendered(packs: Path) -> None:
    found = pairs(packs, drawn_run())
    of_photo = [source for style, source in found if style == 0 and source != 0]
    assert {source for style, source in found if style == 1} == {0, 1}
    assert set(of_photo) == {1, 2}
    assert abs(of_photo.count(2) / len(of_photo) - SHARE) < 0.2


def test_a_run_without_renders_is_what_it_was() -> None:
    run = tiny_run()
    assert rendering(run, []) is run
    assert "renders" not in run.data
    assert "generator.tint" not in run.weights
    assert drawn_run().weights == {**run.weights, "generator.tint": TINT}


def test_who_is_no_render() -> None:
    run = tiny_run("translate", 16, ("photo", "dots"))
    with pytest.raises(SettingError, match="dots: the name of a style; give each render another"):
        rendering(run, ["dots"])
    with pytest.raises(SettingError, match="have photo among the styles"):
        rendering(replace(run, styles=("dots",)), ["fiction"])
    with pytest.raises(SettingError, match="renders are no style; use translate, with --features"):
        rendering(recipes.translate_plain(("photo", "dots")), ["fiction"])


def test_renders_must_be_given(packs: Path) -> None:
    photo = Pack.open(packs / "photo.pack")
    build = builder(photo, {"dots": photo}, packs / "frozen.safetensors")
    with pytest.raises(DataError, match="no pictures of fiction"):
        build(drawn_run(), ALONE.device, PLAIN, ALONE)


def test_what_is_trained_says_what_of_and_shows_it(packs: Path, tmp_path: Path) -> None:
    assert launch.launch(drawn_run(8), build_of(packs), tmp_path / "run") == loop.ALL_SEEN
    spec = ModelSpec.from_json(checkpoint.read(tmp_path / "run" / checkpoint.AVERAGE)[1]["spec"])
    assert spec.styles == ("photo", "dots")
    assert [source.name for source in spec.sources] == ["content", "dots", "fiction"]
    assert list((tmp_path / "run/previews").iterdir())


@pytest.mark.parametrize("picture", [4, 12])
def test_killed_and_typed_again_it_ends_as_the_uninterrupted_run(packs: Path, tmp_path: Path, picture: int) -> None:
    run = replace(drawn_run(20), save_seconds=1e-9)

    check_going_on(run, build_of(packs), picture, tmp_path)


def test_a_style_of_a_trunk_learns_from_renders_alone_beside_the_others(packs: Path, tmp_path: Path) -> None:
    launch.launch(tiny_run("translate", 8, ("photo", "dots")), build_of(packs), tmp_path / "trunk")
    start = tmp_path / "trunk" / checkpoint.STATE
    facts = checkpoint.read(start)[1]
    joined = recipes.joining(tiny_run("translate", 8, ("photo", "dots")), facts["styles"], facts["network"], ["photo"])
    run = rendering(joined, ["fiction"])
    assert {style for style, _ in pairs(packs, run, 10)} == {0}
    assert launch.launch(run, build_of(packs), tmp_path / "joined", start=tmp_path / "trunk") == loop.ALL_SEEN
