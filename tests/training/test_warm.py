"""Warm starts: styles by name, packs in half precision, and no foreign files."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from pleinair.errors import OutputError, RunError
from pleinair.networks.discriminator import FeatureHeads, Patches
from pleinair.networks.frozen import QuarterVGG
from pleinair.networks.layers import StyledConv
from pleinair.networks.translator import Translator, one_hot
from pleinair.recipes.translate import RANK
from pleinair.training import checkpoint, warm

OLD = ("photo", "monet", "hokusai")

Modules = dict[str, nn.Module]


def modules(styles: Sequence[str], seed: int, width: int = 4) -> Modules:
    """Players and average as the translate recipe has them, every weight drawn."""
    torch.manual_seed(seed)
    translator, average = Translator(len(styles), width, (1,)), Translator(len(styles), width, (1,))
    heads = FeatureHeads(QuarterVGG.widths, len(styles), channels=8)
    discriminator = nn.ModuleDict({"heads": heads, "patches": Patches(len(styles), 4)})
    made: Modules = {"generator": translator, "discriminator": discriminator, "average": average}
    with torch.no_grad():
        for tensor in (t for module in made.values() for t in module.state_dict().values()):
            tensor.add_(torch.randn(tensor.shape) * 0.3)
    return made


@pytest.fixture
def saved(tmp_path: Path) -> tuple[Path, Modules]:
    """A run folder with a state, and what is in it."""
    made = modules(OLD, 0)
    facts = {"styles": list(OLD), "network": {"width": 4}, "seen_pictures": 96, "run": "{}", "history": [[1, 2.0]]}
    optimizer = torch.optim.Adam(made["generator"].parameters(), 0.1)
    sum(p.square().sum() for p in made["generator"].parameters()).backward()  # type: ignore[union-attr]
    optimizer.step()
    checkpoint.write(tmp_path / checkpoint.STATE, checkpoint.flattened(made, {"generator": optimizer}), facts)
    return tmp_path, made


def halved(value: Tensor) -> Tensor:
    return value.half().float()


def painted(module: nn.Module, style: int, styles: int) -> Tensor:
    picture = torch.linspace(-1, 1, 3 * 16 * 16).reshape(1, 3, 16, 16)
    with torch.no_grad():
        result: Tensor = module(picture, one_hot(torch.tensor([style]), styles), padded=True)
    return result


def test_rows_of_styles_are_known_by_the_modules_themselves() -> None:
    assert warm.per_style(StyledConv(1, 1, 1, 2)) == {"scale", "gain", "bias"}
    names = warm.per_style(modules(OLD, 0)["discriminator"])
    assert "patches.leave.weight" in names
    assert "heads.heads.0.leave.bias" in names
    assert len(names) == 2 * 4


def test_a_run_folder_and_its_state_start_the_same(saved: tuple[Path, Modules]) -> None:
    folder, made = saved
    for path in (folder, folder / checkpoint.STATE):
        fresh = modules(OLD, 1)
        assert warm.start_from(path, fresh, OLD) == []
        for name, module in fresh.items():
            for key, value in module.state_dict().items():
                assert torch.equal(value, made[name].state_dict()[key]), (name, key)


def test_a_pack_starts_the_same_to_half_precision(saved: tuple[Path, Modules], tmp_path: Path) -> None:
    folder, made = saved
    size = warm.write_pack(folder, tmp_path / "resume" / "small.safetensors")
    assert size == (tmp_path / "resume" / "small.safetensors").stat().st_size
    fresh = modules(OLD, 1)
    assert warm.start_from(tmp_path / "resume" / "small.safetensors", fresh, OLD) == []
    for name, module in fresh.items():
        for key, value in module.state_dict().items():
            assert value.dtype == torch.float32
            assert torch.equal(value, halved(made[name].state_dict()[key])), (name, key)
    gap = (painted(fresh["average"], 1, 3) - painted(made["average"], 1, 3)).abs().max()
    assert gap < 0.01


def test_a_pack_holds_networks_and_what_they_are_and_nothing_else(saved: tuple[Path, Modules], tmp_path: Path) -> None:
    folder, _ = saved
    warm.write_pack(folder, tmp_path / "p")
    tensors, facts = checkpoint.read(tmp_path / "p")
    assert facts == {"styles": list(OLD), "network": {"width": 4}, "seen_pictures": 96, "run": "{}"}
    assert all(name.startswith("module/") for name in tensors)
    assert {value.dtype for value in tensors.values()} == {torch.float16}


def test_what_is_remembered_and_outgrown_is_left_out(tmp_path: Path) -> None:
    """Counts of what is remembered are whole numbers, which half precision would round."""
    names = ("columns.conv0", "memory.filled", "population.many", "meant.many", "rippled.many", "pixels.enter")
    tensors = {f"module/discriminator/{name}": torch.ones(2) for name in names}
    checkpoint.write(tmp_path / "state", tensors | {"module/average/conv0": torch.ones(3)}, {})
    warm.write_pack(tmp_path / "state", tmp_path / "pack")
    assert set(checkpoint.read(tmp_path / "pack")[0]) == {"module/discriminator/columns.conv0", "module/average/conv0"}


@pytest.mark.parametrize("new", [("hokusai", "photo", "monet"), ("monet", "photo")])
def test_styles_are_found_by_name_in_any_order(saved: tuple[Path, Modules], new: tuple[str, ...]) -> None:
    folder, made = saved
    fresh = modules(new, 1)
    assert warm.start_from(folder, fresh, new) == []
    for row, style in enumerate(new):
        before, after = (
            painted(m["generator"], r, n) for m, r, n in ((made, OLD.index(style), 3), (fresh, row, len(new)))
        )
        assert torch.allclose(before, after, atol=1e-6), style
    for key in ("patches.leave.weight", "heads.heads.2.leave.bias"):
        old_rows, rows = (m["discriminator"].state_dict()[key] for m in (made, fresh))
        assert torch.equal(rows, old_rows[[OLD.index(style) for style in new]])


def test_a_new_style_joins_from_the_mean_and_spoils_no_other(saved: tuple[Path, Modules]) -> None:
    folder, made = saved
    new = ("photo", "shanshui", "monet", "hokusai")
    fresh = modules(new, 1)
    assert warm.start_from(folder, fresh, new) == []
    rows, old_rows = (m["average"].state_dict()["up0.scale"] for m in (fresh, made))
    assert torch.allclose(rows[1], old_rows.mean(0))
    assert torch.equal(rows[[0, 2, 3]], old_rows)
    assert torch.allclose(painted(fresh["average"], 2, 4), painted(made["average"], 1, 3), atol=1e-6)
    mean = torch.full((1, 3), 1 / 3)
    picture = torch.linspace(-1, 1, 3 * 16 * 16).reshape(1, 3, 16, 16)
    with torch.no_grad():
        mixed = made["average"](picture, mean, padded=True)
    assert torch.allclose(painted(fresh["average"], 1, 4), mixed, atol=1e-4)


def test_a_trunk_gets_weights_of_its_own_per_style_and_a_new_style_begins_them_anew(tmp_path: Path) -> None:
    torch.manual_seed(0)
    plain = Translator(3, 4, (1,))
    checkpoint.write(tmp_path / "s", checkpoint.flattened({"generator": plain}, {}), {"styles": list(OLD)})
    own = Translator(3, 4, (1,), rank=2)
    left = warm.start_from(tmp_path / "s", {"generator": own}, OLD)
    assert left
    assert all(name.endswith(("own_out", "own_in")) for name in left)
    assert torch.equal(painted(own, 1, 3), painted(plain, 1, 3))
    torch.nn.init.normal_(own.up0.own_out)
    checkpoint.write(tmp_path / "t", checkpoint.flattened({"generator": own}, {}), {"styles": list(OLD)})
    more = Translator(4, 4, (1,), rank=2)
    drawn = more.up0.own_in[1].clone()
    assert warm.start_from(tmp_path / "t", {"generator": more}, ("photo", "new", *OLD[1:])) == []
    assert not more.up0.own_out[1].any()
    assert torch.equal(more.up0.own_in[1], drawn)
    assert torch.equal(more.up0.own_out[[0, 2, 3]], own.up0.own_out)


def test_what_is_new_in_the_recipe_is_named_and_left(saved: tuple[Path, Modules]) -> None:
    folder, _ = saved
    fresh = modules(OLD, 1)
    torch.manual_seed(2)
    fresh["discriminator"] = nn.ModuleDict({"patches": Patches(3, 4), "more": Patches(3, 6)})
    before = fresh["discriminator"].state_dict()["more.conv0.weight"].clone()
    left = warm.start_from(folder, fresh, OLD)
    assert left == [f"discriminator/more.{key}" for key in Patches(3, 6).state_dict()]
    assert torch.equal(fresh["discriminator"].state_dict()["more.conv0.weight"], before)


def test_another_width_shares_nothing(saved: tuple[Path, Modules]) -> None:
    folder, _ = saved
    fresh = modules(OLD, 1, width=8)
    del fresh["discriminator"]
    fresh["generator"] = nn.ModuleDict({"odd": nn.Linear(5, 5)})
    fresh["average"] = nn.ModuleDict({"odd": nn.Linear(5, 5)})
    with pytest.raises(RunError, match="shares nothing with this recipe's networks"):
        warm.start_from(folder, fresh, OLD)


@pytest.mark.parametrize("kind", ["average", "safetensors", "text", "empty folder"])
def test_foreign_files_are_refused_in_one_line(saved: tuple[Path, Modules], tmp_path: Path, kind: str) -> None:
    from safetensors.torch import save_file

    _, made = saved
    path = tmp_path / "foreign"
    if kind == "average":
        checkpoint.write(path, made["average"].state_dict(), {"styles": list(OLD)})
    elif kind == "safetensors":
        save_file({"conv0.weight": torch.ones(3)}, path, metadata={"format": "pt"})
    elif kind == "text":
        path.write_text("no weights at all")
    else:
        path.mkdir()
    for refused in (lambda: warm.start_from(path, modules(OLD, 1), OLD), lambda: warm.write_pack(path, tmp_path / "p")):
        with pytest.raises(RunError) as caught:
            refused()
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
        assert not (tmp_path / "p").exists()


def test_a_pack_that_would_be_too_large_leaves_the_raw_generator_out_and_starts_from_the_average(
    saved: tuple[Path, Modules], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, made = saved
    whole = warm.write_pack(folder, tmp_path / "whole")
    monkeypatch.setattr(warm, "PACK_BYTES", whole // 2)
    assert warm.write_pack(folder, tmp_path / "p") < whole
    names = {key.split("/")[1] for key in checkpoint.read(tmp_path / "p")[0]}
    assert names == {"average", "discriminator"}
    fresh = modules(OLD, 1)
    assert warm.start_from(tmp_path / "p", fresh, OLD) == []
    for name in ("generator", "average"):
        assert torch.equal(fresh[name].state_dict()["up0.weight"], halved(made["average"].state_dict()["up0.weight"]))


def test_a_pack_that_cannot_be_written_is_said(saved: tuple[Path, Modules], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        warm.write_pack(saved[0], tmp_path / "file" / "p.safetensors")


def test_the_pack_of_the_default_network_is_small(tmp_path: Path) -> None:
    """At most 8 MiB, so that it can be kept in a repository."""
    styles = [str(i) for i in range(8)]
    translator, average = (Translator(8, broad=True, rank=RANK) for _ in range(2))
    discriminator = nn.ModuleDict({"heads": FeatureHeads(QuarterVGG.widths, 8), "patches": Patches(8)})
    made: Modules = {"generator": translator, "discriminator": discriminator, "average": average}
    checkpoint.write(tmp_path / "s", checkpoint.flattened(made, {}), {"styles": styles})
    assert warm.write_pack(tmp_path / "s", tmp_path / "p") < 8 * 2**20
