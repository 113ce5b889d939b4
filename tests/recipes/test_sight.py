"""The frozen network of a run: named or not, given or not."""

from dataclasses import replace
from pathlib import Path

import pytest

from pleinair.errors import ModelError, SettingError
from pleinair.networks.frozen import QuarterVGG
from pleinair.recipes.sight import frozen_of
from tests.training.rehearsal import tiny_run


def test_a_run_that_names_one_gets_it_from_its_file(packs: Path) -> None:
    found = frozen_of(tiny_run(), packs / "frozen.safetensors", "another")
    assert isinstance(found, QuarterVGG)
    assert not any(parameter.requires_grad for parameter in found.parameters())


def test_a_run_that_names_none_needs_no_file(packs: Path) -> None:
    run = tiny_run()
    blind = replace(run, settings={**run.settings, "frozen": ""})
    assert frozen_of(blind, None, "another") is None
    assert frozen_of(blind, packs / "frozen.safetensors", "another") is None


def test_what_is_missing_or_no_network_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no network")
    for file, error, words in (
        (
            None,
            SettingError,
            "recipe translate sees with vgg19_quarter; give its file by --features, or use --recipe b",
        ),
        (tmp_path / "text", ModelError, "text: not the quarter-width VGG-19"),
    ):
        with pytest.raises(error, match=words) as caught:
            frozen_of(tiny_run(), file, "blind")
        assert "\n" not in str(caught.value)
