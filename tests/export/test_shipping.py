"""A run comes home: the model, its card, its checksum and its pack agree, and nothing too large ships."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from pleinair import store
from pleinair.engine.ort import read_spec
from pleinair.errors import RunError
from pleinair.export import shipping
from pleinair.export.shipping import Findings, bring_home
from pleinair.training import checkpoint
from tests.export.generators import small_generator, write_scene_run

TRAINING: dict[str, Any] = {
    "recipe": "scene",
    "pictures": 700,
    "minutes": 7,
    "hardware": "one core",
    "seed": 3,
    "date": "2026-11-23",
    "command": "pleinair train scene --run one",
    "note": "the first",
}
STORY: dict[str, Any] = {
    "license": "CC0-1.0",
    "known_failures": ["skies repeat"],
    "trainings": [TRAINING, {**TRAINING, "pictures": 500, "command": "pleinair train scene --run two"}],
}
SCORE = {"protocol": "kd", "style": "photo", "value": 0.5, "note": "12 pictures"}
FOUND = Findings(lambda spec: f"Scenes {spec.side} pixels high.", [SCORE], ["Protocol: eyes."])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Folders `shipped` and `resume` with a story, and a run of 700 pictures beside them."""
    for folder in ("shipped", "resume"):
        (tmp_path / folder).mkdir()
    (tmp_path / "resume/scene.json").write_text(json.dumps(STORY), "utf-8")
    generator = small_generator()
    write_scene_run(tmp_path / "run", generator, seen=700)
    modules: dict[str, torch.nn.Module] = {"generator": generator}
    checkpoint.write(tmp_path / "run" / checkpoint.STATE, checkpoint.flattened(modules, {}), {"styles": ["photo"]})
    return tmp_path


def shipped(home: Path, found: Findings = FOUND) -> str:
    return bring_home(home / "run", "scene", home / "resume", found, home / "shipped")


def test_all_that_ships_is_there_and_agrees(home: Path) -> None:
    line = shipped(home)
    assert sorted(path.name for path in (home / "shipped").iterdir()) == ["SHA256SUMS", "scene.md", "scene.onnx"]
    sums = store.read_sums(home / "shipped" / store.SUMS)
    assert sums == {"scene.onnx": store.sha256_of(home / "shipped/scene.onnx")}
    pack = load_file(home / "resume/scene.safetensors")
    assert {value.dtype for value in pack.values()} == {torch.float16}
    assert line.startswith("scene.onnx: 0.")
    assert "; resume pack 0." in line


def test_the_model_tells_its_story(home: Path) -> None:
    shipped(home)
    spec = read_spec(home / "shipped/scene.onnx")
    assert (spec.name, spec.license, spec.known_failures) == ("scene", "CC0-1.0", ("skies repeat",))
    assert (spec.recipe, spec.receipt) == ("scene", "pleinair train scene --run two")
    assert spec.seen_pictures == 1200  # of all trainings, not of the last alone
    assert [score.value for score in spec.scores] == [0.5]


def test_the_card_tells_it_too(home: Path) -> None:
    shipped(home)
    text = (home / "shipped/scene.md").read_text("utf-8")
    assert text.startswith("# scene\n\nScenes 32 pixels high. License of the weights: CC0-1.0.\n")
    for line in ("Protocol: eyes.", "- skies repeat"):
        assert line in text.splitlines()
    assert text.index("--run one") < text.index("--run two")


@pytest.mark.parametrize("limit", ["LARGEST_MODEL", "LARGEST_PACK"])
def test_what_is_too_large_is_told(home: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(shipping, limit, 1000)
    with pytest.raises(RunError, match=r"^scene\.onnx: 0\.\d+ MiB; resume pack .*: too large to ship"):
        shipped(home)


def test_a_run_that_is_none_ships_nothing(home: Path) -> None:
    (home / "run/average.safetensors").unlink()
    with pytest.raises(RunError, match="train until the first saving"):
        shipped(home)
    assert not list((home / "shipped").iterdir())
