"""The network in training, dressed as an engine."""

import numpy as np
import torch

from pleinair.engine.protocol import Engine
from pleinair.networks.live import LiveEngine
from tests.export.painters import noise, painted, small_spec, small_translator


def test_it_paints_as_the_network_does() -> None:
    net = small_translator()
    engine: Engine = LiveEngine(net, small_spec(net), "monet")
    pictures = noise(net, 8, 12)
    found = engine.paint(pictures)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, painted(net, pictures, {"monet": 1.0}), atol=1e-5)


def test_it_changes_neither_the_mode_nor_the_random_state() -> None:
    net = small_translator().train()
    engine = LiveEngine(net, small_spec(net), "photo")
    state = torch.get_rng_state()
    engine.paint(noise(net, 4, 4))
    assert net.training
    assert torch.equal(torch.get_rng_state(), state)
    assert all(parameter.grad is None for parameter in net.parameters())
