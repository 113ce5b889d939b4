"""Inception v3: its published counts, blocks by hand, and a file that is the standard one or is refused."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pleinair.errors import ModelError
from pleinair.metrics.distances import frechet_distance, polynomial_mmd
from pleinair.metrics.features import feature_set
from pleinair.metrics.measure import measure_fd, measure_kd
from pleinair.metrics.protocols import INCEPTION_SHA256
from pleinair.networks import inception
from pleinair.networks.inception import (
    FEATURES,
    URL,
    Coarse,
    Fine,
    Inception,
    InceptionFeatures,
    Middle,
    ToCoarse,
    ToMiddle,
    Unit,
    average,
    fetch_inception,
    fill,
    load_inception,
)
from tests.metrics.tiny import pictures
from tests.one_thread import one_thread

__all__ = ["one_thread"]


@pytest.fixture(scope="module")
def network() -> Inception:
    torch.manual_seed(3)
    made = Inception().eval()
    for module in made.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean = torch.randn(module.num_features) * 0.1
            module.running_var = torch.rand(module.num_features) + 0.1
    return made


@pytest.fixture(scope="module")
def weights(network: Inception, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights in a file laid out as the standard one: with the classifier, without counts of batches."""
    state = {name: each for name, each in network.state_dict().items() if "num_batches" not in name}
    path = tmp_path_factory.mktemp("inception") / "pt_inception.pth"
    torch.save({**state, "fc.weight": torch.zeros(1008, FEATURES), "fc.bias": torch.zeros(1008)}, path)
    return path


@pytest.fixture
def standard(weights: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The random weights, taken for the standard ones."""
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    monkeypatch.setattr(inception, "INCEPTION_SHA256", digest)
    monkeypatch.setattr("pleinair.metrics.protocols.INCEPTION_SHA256", digest)
    return weights


def test_the_counts_are_the_published_ones(network: Inception) -> None:
    # 23,834,568 of torchvision's without its auxiliary head, less a classifier over 1000 (2,049,000).
    assert sum(each.numel() for each in network.parameters()) == 23_834_568 - 2_049_000
    # Keras gives 34,432 that are not trained: a mean and a variance for each of 17,216 channels.
    statistics = [each for name, each in network.named_buffers() if "running" in name]
    assert sum(each.numel() for each in statistics) == 34_432
    # With the 1008 classes of the standard file these are 23,885,392 numbers, 95.5 of its 95.6 MB.
    whole = 23_834_568 - 2_049_000 + 34_432 + 1008 * (FEATURES + 1)
    assert 0 < 95_628_359 - 4 * whole < 100_000


def test_there_are_94_convolutions(network: Inception) -> None:
    convolutions = [module for module in network.modules() if isinstance(module, nn.Conv2d)]
    assert len(convolutions) == 94
    assert all(each.bias is None for each in convolutions)
    assert all(each.eps == 0.001 for each in network.modules() if isinstance(each, nn.BatchNorm2d))
    assert not any(each.requires_grad for each in network.parameters())


def test_keys_are_those_of_the_standard_file(network: Inception) -> None:
    names = set(network.state_dict())
    for name in (
        "Conv2d_1a_3x3.conv.weight",
        "Conv2d_4a_3x3.bn.running_var",
        "Mixed_5b.branch5x5_2.conv.weight",
        "Mixed_6a.branch3x3dbl_3.bn.bias",
        "Mixed_6e.branch7x7dbl_5.conv.weight",
        "Mixed_7a.branch7x7x3_4.bn.weight",
        "Mixed_7c.branch3x3dbl_3b.conv.weight",
    ):
        assert name in names


def test_shapes_on_the_way(network: Inception) -> None:
    shapes: dict[str, tuple[int, ...]] = {}

    def note(name: str) -> object:
        return getattr(network, name).register_forward_hook(
            lambda _module, _entry, leave: shapes.__setitem__(name, tuple(leave.shape[1:]))
        )

    hooks = [note(name) for name in ("Conv2d_4a_3x3", "Mixed_5b", "Mixed_5d", "Mixed_6a", "Mixed_6e", "Mixed_7a")]
    with torch.inference_mode():
        features = network(torch.rand(1, 3, 299, 299) * 2 - 1)
    for hook in hooks:
        hook.remove()  # type: ignore[attr-defined]
    assert features.shape == (1, FEATURES)
    assert shapes == {
        "Conv2d_4a_3x3": (192, 71, 71),
        "Mixed_5b": (256, 35, 35),
        "Mixed_5d": (288, 35, 35),
        "Mixed_6a": (768, 17, 17),
        "Mixed_6e": (768, 17, 17),
        "Mixed_7a": (1280, 8, 8),
    }


def test_a_unit_by_hand() -> None:
    unit = Unit(1, 1, 1).eval()
    nn.init.constant_(unit.conv.weight, 2.0)
    unit.bn.running_mean, unit.bn.running_var = torch.tensor([1.0]), torch.tensor([4.0])
    nn.init.constant_(unit.bn.weight, 3.0)
    nn.init.constant_(unit.bn.bias, 0.5)
    x = torch.tensor([[[[5.0, -5.0]]]])
    expected = (2 * 5 - 1) / np.sqrt(4.001) * 3 + 0.5
    assert unit(x).flatten().tolist() == pytest.approx([expected, 0.0], rel=1e-5)


def test_an_average_counts_only_what_is_in_the_picture() -> None:
    assert average(torch.ones(1, 1, 3, 3)).flatten().tolist() == pytest.approx([1.0] * 9)
    corner = average(torch.arange(9.0).reshape(1, 1, 3, 3))[0, 0, 0, 0]
    assert float(corner) == pytest.approx((0 + 1 + 3 + 4) / 4)


def only_pooled(block: Coarse, x: Tensor) -> Tensor:
    """What the pooled branch alone gives, with its convolution picking channel 0."""
    nn.init.zeros_(block.branch_pool.conv.weight)
    with torch.no_grad():
        block.branch_pool.conv.weight[0, 0] = 1.0
    found: Tensor = block.eval()(x)[:, -192].detach()
    return found


@pytest.mark.parametrize("by_maximum", [True, False])
def test_the_last_block_pools_by_the_maximum(by_maximum: bool) -> None:
    x = torch.rand(1, 4, 5, 5)
    found = only_pooled(Coarse(4, by_maximum), x)[0]
    window = x[0, 0, 1:4, 2:5]
    expected = window.max() if by_maximum else window.mean()
    assert float(found[2, 3]) == pytest.approx(float(expected) / np.sqrt(1.001), rel=1e-5)


def test_only_the_last_block_does(network: Inception) -> None:
    assert not network.Mixed_7b.by_maximum
    assert network.Mixed_7c.by_maximum


@pytest.mark.parametrize(
    ("block", "entry", "leave"),
    [
        (Fine(192, 32), (192, 9, 7), (256, 9, 7)),
        (ToMiddle(), (288, 9, 7), (768, 4, 3)),
        (Middle(128), (768, 5, 4), (768, 5, 4)),
        (ToCoarse(), (768, 9, 7), (1280, 4, 3)),
        (Coarse(1280, False), (1280, 3, 2), (2048, 3, 2)),
    ],
)
def test_blocks_keep_to_their_shapes(block: nn.Module, entry: tuple[int, ...], leave: tuple[int, ...]) -> None:
    assert tuple(block.eval()(torch.rand(2, *entry)).shape) == (2, *leave)


def test_pictures_do_not_see_each_other(network: Inception) -> None:
    both = torch.rand(2, 3, 75, 91, generator=torch.Generator().manual_seed(1)) * 2 - 1
    with torch.inference_mode():
        together, alone = network(both), torch.cat([network(each[None]) for each in both])
    assert torch.allclose(together, alone, rtol=1e-3, atol=1e-5)
    assert not torch.allclose(together[0], together[1], rtol=1e-3)


def test_the_standard_file_is_loaded_without_its_classifier(standard: Path, network: Inception) -> None:
    loaded = load_inception(standard)
    assert loaded.sha256 == hashlib.sha256(standard.read_bytes()).hexdigest()
    assert loaded.size == 299
    these = np.random.default_rng(1).uniform(-1, 1, (1, 3, 299, 299)).astype(np.float32)
    with torch.inference_mode():
        expected = network(torch.from_numpy(these)).numpy()
    found = loaded(these)
    assert found.dtype == np.float32
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_another_file_is_refused(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is not the standard Inception weights: its SHA-256 is "):
        load_inception(weights)
    with pytest.raises(ModelError, match="cannot be read"):
        load_inception(tmp_path / "none.pth")


def test_a_file_that_holds_more_than_tensors_is_not_run(network: Inception, tmp_path: Path) -> None:
    path = tmp_path / "odd.pth"
    torch.save({"a": Path("x")}, path)
    with pytest.raises(ModelError, match="cannot be loaded"):
        fill(network, path)
    path.write_bytes(b"no file of torch's")
    with pytest.raises(ModelError, match="cannot be loaded"):
        fill(network, path)


def test_weights_of_another_network_are_refused(network: Inception, tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    torch.save({"stem.weight": torch.zeros(1)}, path)
    with pytest.raises(ModelError, match=r"of another network: \d+ weights missing, 1 unknown"):
        fill(network, path)


def test_the_address_names_the_sum_it_should_have() -> None:
    """Files of that kind carry the first eight digits of their SHA-256 in their name."""
    assert URL.endswith(f"-{INCEPTION_SHA256[:8]}.pth")
    assert len(INCEPTION_SHA256) == 64


def test_without_a_network_it_says_what_to_give(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(url: str, sha256: str) -> Path:
        raise ModelError(f"{url} cannot be fetched ({sha256[:8]})")

    monkeypatch.setattr(inception, "fetch_file", unreachable)
    with pytest.raises(ModelError, match=r"cannot be fetched \(6726825d\); or give the file by --inception"):
        fetch_inception()


def test_what_is_fetched_is_kept_whole(standard: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def fetched(url: str, sha256: str) -> Path:
        asked.append((url, sha256))
        return standard

    monkeypatch.setattr(inception, "fetch_file", fetched)
    assert fetch_inception() == standard
    assert asked == [(URL, hashlib.sha256(standard.read_bytes()).hexdigest())]


def test_fid_and_kid_are_the_formulas_on_its_features(standard: Path, network: Inception) -> None:
    """End to end: squares of 299 px in [-1, 1], the random network, the formulas written out."""
    looked = load_inception(standard)
    one, other = pictures(3, 1), pictures(4, 2, (200, 90, 60))
    a, b = (feature_set(name, these, looked) for name, these in (("a", one), ("b", other)))
    from PIL import Image

    whole = np.asarray(Image.fromarray(one[2]).resize((299, 299), Image.Resampling.BICUBIC), np.float32)
    with torch.inference_mode():
        row = network(torch.from_numpy(whole.transpose(2, 0, 1)[None] / 127.5 - 1))[0].numpy()
    assert a.rows[2] == pytest.approx(row, rel=1e-3, abs=1e-4)
    fid, kid = measure_fd(a, b, "fid"), measure_kd(a, b, "kid")
    assert (fid.protocol, kid.protocol, fid.extractor) == ("fid", "kid", looked.sha256)
    # tr √(Ca Cb) by the eigenvalues of the product, as the FID paper has it.
    ca, cb = np.cov(a.rows.T), np.cov(b.rows.T)
    za, zb = ((x - x.mean(0)) / np.sqrt(len(x) - 1) for x in (a.rows, b.rows))
    roots = np.sqrt(np.linalg.eigvalsh(za @ zb.T @ zb @ za.T).clip(0)).sum()
    expected = np.square(a.rows.mean(0) - b.rows.mean(0)).sum() + np.trace(ca) + np.trace(cb) - 2 * roots
    assert fid.value == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert fid.value == pytest.approx(frechet_distance(a.rows, b.rows))
    assert kid.value > 0
    assert kid.value == pytest.approx(1000 * polynomial_mmd(a.rows, b.rows), rel=0.5)  # draws of 2 of 3


def test_a_random_network_is_no_standard_one(network: Inception) -> None:
    looked = InceptionFeatures(network, "0" * 64)
    from pleinair.errors import SettingError

    a = feature_set("a", pictures(3, 1), looked)
    with pytest.raises(SettingError, match="fid is by the extractor of SHA-256 6726825d0af5"):
        measure_fd(a, a, "fid")
