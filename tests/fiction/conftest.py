"""Worlds and renderings that several tests look at, built once: small pictures of each kind."""

from collections.abc import Callable
from functools import cache

import pytest

from pleinair.fiction.plan import compose
from pleinair.fiction.render import Rendering, from_place, standpoint
from pleinair.fiction.spec import SceneSpec
from pleinair.fiction.surface import World, world

SMALL = (96, 60)


@cache
def _world(spec: SceneSpec) -> World:
    return world(compose(spec))


@cache
def _shown(spec: SceneSpec, size: tuple[int, int]) -> Rendering:
    built = _world(spec)
    return from_place(built, built.plan.camera, standpoint(built, built.plan.camera), size)[1]


@pytest.fixture
def built() -> Callable[[SceneSpec], World]:
    """built(spec) is its world; each is made once for all tests."""
    return _world


@pytest.fixture
def shown() -> Callable[..., Rendering]:
    """shown(spec, size) is its rendering; each is made once for all tests."""
    return lambda spec, size=SMALL: _shown(spec, size)
