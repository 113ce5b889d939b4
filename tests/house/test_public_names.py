"""The public surface is a list; whoever changes it changes this test."""

import importlib

import pytest

import pleinair

PUBLIC = [
    "Guide",
    "ModelSpec",
    "Painter",
    "PleinairError",
    "Realist",
    "SceneMaker",
    "SceneSpec",
    "__version__",
    "again",
    "imagine",
    "load",
    "paint",
]


def test_the_public_names() -> None:
    assert pleinair.__all__ == PUBLIC
    assert set(PUBLIC) <= set(dir(pleinair))


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(pleinair, name) is not None


def test_a_name_is_the_thing_itself() -> None:
    assert pleinair.Painter is importlib.import_module("pleinair.painter").Painter
    assert pleinair.SceneMaker is importlib.import_module("pleinair.scenes").SceneMaker
    assert pleinair.load is importlib.import_module("pleinair.loading").load


@pytest.mark.parametrize(
    "name",
    ["Guide", "Painter", "ModelSpec", "PleinairError", "SceneMaker", "SceneSpec", "again", "imagine", "load", "paint"],
)
def test_every_public_name_is_documented(name: str) -> None:
    assert (getattr(pleinair, name).__doc__ or "").strip()


def test_a_foreign_name_is_an_attribute_error_that_names_the_public_ones() -> None:
    with pytest.raises(AttributeError, match="the public names are Guide, ModelSpec"):
        getattr(pleinair, "painter_of_nothing")  # noqa: B009


def test_star_import_gives_the_public_names() -> None:
    names: dict[str, object] = {}
    exec("from pleinair import *", names)
    assert set(PUBLIC) <= set(names)
