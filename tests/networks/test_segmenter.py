"""The segmenter: any size, no batch statistics, saved and read back, small."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.errors import ModelError
from pleinair.networks.segmenter import AVERAGE, CLASSES, Segmenter, load_segmenter, read_back, reduced_size


def saved(folder: Path, segmenter: Segmenter, **told: object) -> Path:
    from safetensors.torch import save_file

    folder.mkdir(exist_ok=True)
    network = {"width": segmenter.width, "classes": segmenter.classes, **told}
    save_file(segmenter.state_dict(), folder / AVERAGE, {"network": json.dumps(network)})
    return folder


@settings(max_examples=15, deadline=None)
@given(height=st.integers(1, 70), width=st.integers(1, 70), classes=st.integers(2, 13))
def test_any_size_and_number_of_classes(height: int, width: int, classes: int) -> None:
    logits = Segmenter(8, classes)(torch.zeros(2, 3, height, width))
    assert logits.shape == (2, classes, height, width)
    assert torch.isfinite(logits).all()


def test_a_picture_is_read_alike_whatever_stands_beside_it_in_the_batch() -> None:
    torch.manual_seed(0)
    segmenter, pictures = Segmenter(8), torch.randn(3, 3, 20, 24)
    assert torch.allclose(segmenter(pictures)[1], segmenter(pictures[1:2])[0], atol=1e-5)


def test_small_enough() -> None:
    assert sum(p.numel() for p in Segmenter(16).parameters()) < 500_000
    with pytest.raises(ValueError, match="no multiple of 8"):
        Segmenter(6)


def test_it_can_learn_what_a_color_is() -> None:
    torch.manual_seed(0)
    segmenter = Segmenter(8, 3)
    labels = torch.randint(3, (4, 4, 4)).repeat_interleave(8, 1).repeat_interleave(8, 2)
    pictures = (torch.eye(3)[labels] * 2 - 1).movedim(3, 1)
    optimizer = torch.optim.Adam(segmenter.parameters(), 1e-2)
    losses = []
    for _ in range(40):
        loss = torch.nn.functional.cross_entropy(segmenter(pictures), labels)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.5 * losses[0]


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    torch.manual_seed(1)
    segmenter = Segmenter(8)
    for place in (saved(tmp_path / "run", segmenter), tmp_path / "run" / AVERAGE):
        loaded = load_segmenter(place)
        x = torch.randn(1, 3, 17, 9)
        assert torch.equal(loaded(x), segmenter(x))
        assert not any(p.requires_grad for p in loaded.parameters())


def test_what_is_no_segmenter_is_refused(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    (tmp_path / "text").write_text("no weights")
    save_file({"a": torch.zeros(1)}, tmp_path / "bare")
    save_file({"a": torch.zeros(1)}, tmp_path / "other", {"network": '{"width": 8, "classes": 12}'})
    saved(tmp_path / "depth", Segmenter(8), depth=3)
    for name in ("text", "bare", "other", "depth", "nowhere"):
        with pytest.raises(ModelError, match=r"no segmenter .* train one: pleinair train segment") as caught:
            load_segmenter(tmp_path / name)
        assert "\n" not in str(caught.value)


@settings(max_examples=15, deadline=None)
@given(height=st.integers(1, 40), width=st.integers(1, 40), side=st.integers(1, 30))
def test_larger_pictures_are_reduced(height: int, width: int, side: int) -> None:
    found = read_back(Segmenter(8), np.zeros((height, width, 3), np.uint8), side)
    assert found.shape == reduced_size(height, width, side)
    assert found.dtype == np.uint8
    assert min(found.shape) == min(height, width, side)
    assert found.max() < CLASSES
