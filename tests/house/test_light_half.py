"""Light by default, and proved light: the light half imports and speaks with PyTorch absent."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCKED = ("torch", "lightning", "lightning_fabric", "safetensors", "onnx", "onnxscript", "tensorboard", "OpenImageIO")
BLOCK = f"""
import importlib, pkgutil, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {BLOCKED!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())

def walk(name):
    module = importlib.import_module(name)
    yield name
    for _, below, _ in pkgutil.iter_modules(getattr(module, "__path__", ()), name + "."):
        yield from walk(below)
"""


def light_packages() -> list[str]:
    """The light half as the import contract names it."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
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


def test_every_light_module_imports_without_pytorch() -> None:
    shown = python(f"print([name for package in {light_packages()!r} for name in walk(package)])")
    for package in light_packages():
        assert repr(package) in shown


def test_the_block_blocks() -> None:
    assert python("try:\n import torch\nexcept ModuleNotFoundError: print('absent')").strip() == "absent"


def test_importing_pleinair_imports_nothing() -> None:
    shown = python("import pleinair; print(sorted(m for m in sys.modules if m.startswith('pleinair') or m in ('numpy', 'PIL')))")
    assert shown.strip() == "['pleinair', 'pleinair.version']"


def test_importing_the_light_half_does_not_start_the_runtime() -> None:
    """ONNX Runtime and rich are imported by what uses them, so that a mistyped option is told at once."""
    shown = python(
        f"names = [name for package in {light_packages()!r} for name in walk(package)]\n"
        "print([heavy for heavy in ('onnxruntime', 'rich') if heavy in sys.modules])"
    )
    assert shown.strip() == "[]"


def test_every_verb_says_its_help_without_pytorch() -> None:
    """The help of the studio's verbs is for those, too, who have yet to install it."""
    shown = python(
        "from pleinair.cli.main import VERBS, main\n"
        "for verb in VERBS:\n    assert main([verb, '--help']) == 0, verb\n"
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
