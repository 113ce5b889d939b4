"""One version, in code, and every place that names one agrees."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pleinair
from pleinair.version import __version__

ROOT = Path(__file__).parents[2]


def test_the_version_is_a_version() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    assert pleinair.__version__ == __version__


def test_the_changelog_begins_with_it() -> None:
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == __version__


def test_the_package_takes_it_from_the_code() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    assert project["tool"]["hatch"]["version"]["path"] == "src/pleinair/version.py"


def test_an_installed_package_says_the_same() -> None:
    try:
        installed = importlib.metadata.version("pleinair")
    except importlib.metadata.PackageNotFoundError:
        return  # a plain checkout: the version lives in code for its sake
    assert installed == __version__


def test_the_pythons_are_those_of_the_readme() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pythons = [c.rsplit(" ", 1)[-1] for c in project["classifiers"] if re.search(r"Python :: 3\.\d+$", c)]
    assert project["requires-python"] == f">={pythons[0]}"
    assert f"Python {pythons[0]} to {pythons[-1]}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_no_dependency_of_the_base_is_heavy() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[<>=\[; ]", dependency)[0] for dependency in project["dependencies"]}
    assert names == {"numpy", "pillow", "onnxruntime", "click", "rich"}
