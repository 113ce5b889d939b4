"""ModelSpec: there and back as JSON, and the fields of scene generators."""

import json
from dataclasses import replace

import pytest

from pleinair.errors import ModelError
from pleinair.spec import ModelSpec, Score, Source

SCENE = ModelSpec(
    name="scene",
    styles=("photo", "hiroshige"),
    stride=1,
    halo=0,
    kind="scene",
    side=256,
    kinds=("forest", "lake"),
    sources=(Source("photo", "Photos", 226, "CC0"),),
    scores=(Score("kd", "photo", 0.3),),
    known_failures=("No people.",),
)


def test_a_scene_generators_description_comes_back() -> None:
    assert ModelSpec.from_json(SCENE.to_json()) == SCENE


def test_kinds_are_a_tuple_and_may_be_missing() -> None:
    assert ModelSpec.from_json(SCENE.to_json()).kinds == ("forest", "lake")
    raw = {key: value for key, value in json.loads(SCENE.to_json()).items() if key not in ("kinds", "side")}
    spec = ModelSpec.from_json(json.dumps(raw))
    assert (spec.kinds, spec.side) == ((), 0)


def test_fields_of_a_newer_writer_are_ignored_and_a_newer_format_refused() -> None:
    raw = json.loads(SCENE.to_json())
    assert ModelSpec.from_json(json.dumps({**raw, "palette": [1]})) == SCENE
    with pytest.raises(ModelError, match="pip install --upgrade"):
        ModelSpec.from_json(json.dumps({**raw, "format": 2}))


@pytest.mark.parametrize("changes", [{"styles": ()}, {"styles": ("a", "a")}, {"stride": 0}, {"halo": 3, "stride": 2}])
def test_what_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ModelError, match="model 'scene'"):
        replace(SCENE, **changes)  # type: ignore[arg-type]
