"""Light by default, and proved light: the light half imports and speaks with PyTorch absent."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "lightning", "lightning_fabric", "safetensors", "onnx", "onnxscript", "tensorboard")
BLOCKED = (*HEAVY, "OpenImageIO", "av", "cv2")
BLOCK = f"""
import importlib, importlib.machinery, pkgutil, sys

class Light(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in {BLOCKED!r} else super().find_spec(name, path, target)

sys.meta_path[:] = [Light if finder is importlib.machinery.PathFinder else finder for finder in sys.meta_path]

def walk(name):
    module = importlib.import_module(name)
    yield name
    for _, below, _ in pkgutil.iter_modules(getattr(module, "__path__", ()), name + "."):
        yield from walk(below)
"""


def light_packages() -> list[str]:
    """The light half as the import contract names it."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    return next(list(c["source_modules"]) for c in contracts if c["name"] == "The light half is free of PyTorch")


def python(code: str) -> str:
    """What a fresh Python prints for this code, with what the light half must do without taken away."""
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", BLOCK + code],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT / "src",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def imported() -> tuple[list[str], list[str]]:
    """Every module of the light half, imported without PyTorch, and what of the heavy came along."""
    shown = python(
        f"names = [name for package in {light_packages()!r} for name in walk(package)]\n"
        "print(*names)\n"
        "print(*(heavy for heavy in ('onnxruntime', 'rich') if heavy in sys.modules))"
    )
    names, heavy = shown.split("\n")[:2]
    return names.split(), heavy.split()


def test_every_light_module_imports_without_pytorch(imported: tuple[list[str], list[str]]) -> None:
    assert set(light_packages()) <= set(imported[0])
    assert len(imported[0]) > 2 * len(light_packages())


def test_importing_the_light_half_does_not_start_the_runtime(imported: tuple[list[str], list[str]]) -> None:
    """ONNX Runtime and rich are imported by what uses them, so that a mistyped option is told at once."""
    assert imported[1] == []


def test_the_block_blocks() -> None:
    assert python("try:\n import torch\nexcept ModuleNotFoundError: print('absent')").strip() == "absent"


def test_importing_pleinair_imports_nothing() -> None:
    shown = python(
        "import pleinair; print(sorted(m for m in sys.modules if m.startswith('pleinair') or m in ('numpy', 'PIL')))"
    )
    assert shown.strip() == "['pleinair', 'pleinair.version']"


def test_every_verb_says_its_help_without_pytorch() -> None:
    """The help of the studio's verbs is for those, too, who have yet to install it."""
    shown = python(
        "from pleinair.cli.main import VERBS, main\nfor verb in VERBS:\n    assert main([verb, '--help']) == 0, verb\n"
    )
    assert shown.count("Usage: pleinair") >= 7


def test_a_studio_verb_without_pytorch_says_what_to_type() -> None:
    code = "from pleinair.cli.main import main; print('code', main(['export', 'nowhere']))"
    done = subprocess.run(
        [sys.executable, "-c", BLOCK + code], capture_output=True, encoding="utf-8", cwd=ROOT / "src", timeout=120
    )
    assert done.stdout.strip() == "code 1"
    assert done.stderr.startswith("pleinair: ")
    assert done.stderr.count("\n") == 1
