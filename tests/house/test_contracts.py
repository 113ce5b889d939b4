"""The import contract covers every room, and it holds."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/pleinair"
STUDIO = {"networks", "losses", "objectives", "training", "recipes", "export"}


def contracts() -> dict[str, dict[str, Any]]:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    return {contract["name"]: contract for contract in tools["importlinter"]["contracts"]}


def rooms() -> set[str]:
    """Every module and package directly in pleinair, `__init__` aside."""
    modules = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    return modules | {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


def test_the_stairs_name_exactly_the_rooms_there_are() -> None:
    stairs = contracts()["Stairs only go down"]
    named = {room for layer in stairs["layers"] for room in re.split(r"[ |:]+", layer)}
    assert named | set(stairs["exhaustive_ignores"]) == rooms()


def test_every_room_is_in_one_half() -> None:
    light = contracts()["The light half is free of PyTorch"]
    named = {name.split(".")[1] for name in light["source_modules"]}
    assert named | STUDIO | {"__main__", "version"} == rooms()
    assert {f"pleinair.{room}" for room in STUDIO} <= set(light["forbidden_modules"])


def test_every_light_verb_is_named() -> None:
    light = set(contracts()["The light half is free of PyTorch"]["source_modules"])
    verbs = {path.stem for path in (PACKAGE / "cli").glob("*.py")} - {
        "__init__",
        "train",
        "train_scene",
        "train_segment",
        "train_layout",
        "train_sketches",
        "export",
        "inception",
    }
    assert {f"pleinair.cli.{verb}" for verb in verbs} <= light


def test_losses_may_import_no_other_room() -> None:
    forbidden = set(contracts()["Losses know tensors only"]["forbidden_modules"])
    others = rooms() - {"losses", "errors", "version", "__main__"}
    assert {f"pleinair.{room}" for room in others} <= forbidden


def test_the_contract_holds() -> None:
    linter = shutil.which("lint-imports", path=str(Path(sys.executable).parent)) or "lint-imports"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_torch_is_written_nowhere_in_the_light_half() -> None:
    """The linter reads imports; this reads every line, for imports by string."""
    for name in contracts()["The light half is free of PyTorch"]["source_modules"]:
        place = ROOT / "src" / Path(*name.split("."))
        for path in [place.with_suffix(".py")] if place.with_suffix(".py").is_file() else place.rglob("*.py"):
            assert not re.search(
                r"^\s*(import|from) torch|import_module\(.torch", path.read_text(encoding="utf-8"), re.MULTILINE
            )
