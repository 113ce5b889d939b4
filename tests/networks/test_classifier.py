"""The frozen classifier: what it makes of sizes and colors, and which files it is read from."""

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

from pleinair.errors import ModelError
from pleinair.networks.classifier import FIRES, MEAN, Fire, SqueezeNet, load_squeezenet
from tests.training.rehearsal import write_classifier


def pictures(height: int, width: int, count: int = 1) -> Tensor:
    return torch.rand(count, 3, height, width, generator=torch.Generator().manual_seed(height)) * 2 - 1


@settings(deadline=None, max_examples=25)
@given(st.integers(3, 70), st.integers(3, 70))
def test_levels_of_any_size(height: int, width: int) -> None:
    levels = SqueezeNet()(pictures(height, width, 2))
    assert [x.shape[:2] for x in levels] == [(2, channels) for channels in SqueezeNet.widths]
    for coarse, fine in ((levels[1], levels[0]), (levels[2], levels[1])):
        assert all(1 <= c <= f for c, f in zip(coarse.shape[2:], fine.shape[2:], strict=True))
    if min(height, width) >= 32:
        assert levels[0].shape[2] == pytest.approx(height / 4, abs=1.5)
        assert levels[2].shape[3] == pytest.approx(width / 16, abs=1.5)


def test_it_is_shown_blue_first_and_less_the_means() -> None:
    network, seen = SqueezeNet(), pictures(9, 9)
    entered: list[Tensor] = []
    network.conv1.register_forward_pre_hook(lambda _, given: entered.append(given[0]))
    network(seen)
    for channel, mean in enumerate(MEAN):
        wanted = (seen[:, 2 - channel] + 1) / 2 * 255 - mean
        assert torch.allclose(entered[0][:, channel], wanted, atol=1e-4)


def test_a_fire_squeezes_and_expands_in_two_ways() -> None:
    fire, x = Fire(64, *FIRES["fire2"]), torch.rand(1, 64, 5, 5, generator=torch.Generator().manual_seed(1))
    squeezed = F.relu(fire.squeeze1x1(x))
    ways = (
        F.relu(fire.expand1x1(squeezed)),
        F.relu(F.conv2d(squeezed, fire.expand3x3.weight, fire.expand3x3.bias, padding=1)),
    )
    assert squeezed.shape[1] == FIRES["fire2"][0]
    assert torch.allclose(fire(x), torch.cat(ways, 1), atol=1e-5)


def test_it_learns_nothing_and_hands_gradients_on() -> None:
    network, seen = SqueezeNet(), pictures(40, 40).requires_grad_()
    network(seen)[2].sum().backward()
    assert seen.grad is not None
    assert seen.grad.abs().max() > 0
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_weights_come_from_a_file_with_more_in_it(tmp_path: Path) -> None:
    path = write_classifier(tmp_path / "squeeze.safetensors")
    first, second = load_squeezenet(path), load_squeezenet(path)
    assert torch.equal(first(pictures(40, 40))[2], second(pictures(40, 40))[2])
    assert first.conv1.weight.dtype == torch.float32
    assert not first.training


@pytest.mark.parametrize("what", ["text", "nothing", "another"])
def test_other_files_are_refused_in_one_line(tmp_path: Path, what: str) -> None:
    from safetensors.torch import save_file

    path = tmp_path / "file.safetensors"
    if what == "text":
        path.write_text("no network")
    elif what == "another":
        save_file({"conv0.weight": torch.zeros(3, 3, 1, 1)}, path)
    with pytest.raises(ModelError, match="not SqueezeNet") as caught:
        load_squeezenet(path)
    assert "--classifier" in str(caught.value)
    assert "\n" not in str(caught.value)
