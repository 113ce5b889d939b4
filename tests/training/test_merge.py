"""Styles put together from runs of one trunk: bit for bit as each run paints them, and from no other trunk."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from pleinair.cli.main import main
from pleinair.errors import RunError, SettingError
from pleinair.networks.translator import Translator, one_hot
from pleinair.spec import ModelSpec
from pleinair.training import checkpoint
from pleinair.training.merge import merge
from pleinair.training.warm import per_style

STYLES = ("photo", "monet", "hokusai")
NETWORK = {"width": 4, "dilations": [1], "rank": 2}


def translator(trunk: int, rows: int, styles: tuple[str, ...] = STYLES, rank: int = 2) -> Translator:
    """Every number drawn: the trunk's by one seed, the rows of styles by another."""
    torch.manual_seed(0)
    made = Translator(len(styles), 4, (1,), rank=rank)
    own = per_style(made)
    with torch.no_grad():
        for of_rows, seed in ((False, trunk), (True, rows)):
            torch.manual_seed(seed)
            for name, value in made.state_dict().items():
                if (name in own) == of_rows:
                    value.add_(torch.randn(value.shape) * 0.3)
    return made


def write_run(
    folder: Path, average: Translator, styles: tuple[str, ...] = STYLES, *, raw: Translator | None = None, rank: int = 2
) -> Path:
    """A run folder with both savings."""
    folder.mkdir(parents=True)
    spec = ModelSpec("landscape", styles, average.stride, average.halo, width=average.width)
    facts = {
        "styles": list(styles),
        "network": {**NETWORK, "rank": rank},
        "seen_pictures": 40,
        "spec": spec.to_json(),
    }
    critic = nn.Linear(2, 2)
    modules: dict[str, nn.Module] = {"generator": raw or average, "average": average, "discriminator": critic}
    checkpoint.write(folder / checkpoint.AVERAGE, average.state_dict(), facts)
    checkpoint.write(folder / checkpoint.STATE, checkpoint.flattened(modules, {}), facts)
    return folder


def painted(tensors: dict[str, Tensor], style: str, styles: tuple[str, ...] = STYLES, rank: int = 2) -> Tensor:
    network = Translator(len(styles), 4, (1,), rank=rank)
    network.load_state_dict(tensors)
    picture = torch.linspace(-1, 1, 3 * 16 * 16).reshape(1, 3, 16, 16)
    with torch.no_grad():
        result: Tensor = network(picture, one_hot(torch.tensor([styles.index(style)]), len(styles)), padded=True)
    return result


def part(folder: Path, name: str) -> dict[str, Tensor]:
    head = f"module/{name}/"
    tensors, _ = checkpoint.read(folder / checkpoint.STATE)
    return {key.removeprefix(head): value for key, value in tensors.items() if key.startswith(head)}


def test_a_style_is_taken_and_the_others_stay(tmp_path: Path) -> None:
    one = write_run(tmp_path / "one", translator(1, 2), raw=translator(3, 4))
    two = write_run(tmp_path / "two", translator(1, 5), raw=translator(3, 6))
    merge(one, {"monet": two}, tmp_path / "out")
    average, facts = checkpoint.read(tmp_path / "out" / checkpoint.AVERAGE)
    assert facts["seen_pictures"] == 40
    for style, source in (("photo", one), ("monet", two), ("hokusai", one)):
        assert torch.equal(painted(average, style), painted(checkpoint.read(source / checkpoint.AVERAGE)[0], style))
        for name in ("generator", "average"):
            merged, wanted = (painted(part(folder, name), style) for folder in (tmp_path / "out", source))
            assert torch.equal(merged, wanted)
    assert not torch.equal(painted(average, "monet"), painted(checkpoint.read(one / checkpoint.AVERAGE)[0], "monet"))
    judge = part(tmp_path / "out", "discriminator")
    assert all(torch.equal(value, part(one, "discriminator")[name]) for name, value in judge.items())


def test_styles_are_found_by_name_wherever_they_stand(tmp_path: Path) -> None:
    order = ("hokusai", "photo", "monet")
    one = write_run(tmp_path / "one", translator(1, 2))
    two = write_run(tmp_path / "two", translator(1, 5, order), order)
    merge(one, {"hokusai": two, "photo": two}, tmp_path / "out")
    average, _ = checkpoint.read(tmp_path / "out" / checkpoint.AVERAGE)
    theirs, _ = checkpoint.read(two / checkpoint.AVERAGE)
    for style in ("hokusai", "photo"):
        assert torch.allclose(painted(average, style), painted(theirs, style, order), atol=1e-6)


def test_a_run_without_own_weights_gives_a_style_without_them(tmp_path: Path) -> None:
    one = write_run(tmp_path / "one", translator(1, 2))
    plain = translator(1, 5, rank=0)
    with torch.no_grad():  # the trunk of before: the same shared weights
        shared = checkpoint.read(one / checkpoint.AVERAGE)[0]
        for name, value in plain.state_dict().items():
            if name not in per_style(plain):
                value.copy_(shared[name])
    two = write_run(tmp_path / "two", plain, rank=0)
    merge(one, {"monet": two}, tmp_path / "out")
    average, _ = checkpoint.read(tmp_path / "out" / checkpoint.AVERAGE)
    wanted = painted(checkpoint.read(two / checkpoint.AVERAGE)[0], "monet", rank=0)
    assert torch.allclose(painted(average, "monet"), wanted, atol=1e-6)


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_a_share_lies_between_the_two(tmp_path: Path, share: float) -> None:
    one, two = write_run(tmp_path / "one", translator(1, 2)), write_run(tmp_path / "two", translator(1, 5))
    merge(one, {"monet": two}, tmp_path / "out", share)
    merged, mine, theirs = (checkpoint.read(tmp_path / name / checkpoint.AVERAGE)[0] for name in ("out", "one", "two"))
    rows = per_style(Translator(len(STYLES), 4, (1,), rank=2))
    for name, value in merged.items():
        wanted = mine[name].clone()
        if name in rows:
            wanted[1] = (1 - share) * mine[name][1] + share * theirs[name][1]
        assert torch.allclose(value, wanted, atol=1e-6), name


@pytest.mark.parametrize("share", [0.0, -0.5, 1.1])
def test_a_share_that_is_none_is_refused(tmp_path: Path, share: float) -> None:
    one = write_run(tmp_path / "one", translator(1, 2))
    with pytest.raises(SettingError, match="a share is above 0 and up to 1"):
        merge(one, {"monet": one}, tmp_path / "out", share)


def test_another_trunk_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    one, two = write_run(tmp_path / "one", translator(1, 2)), write_run(tmp_path / "two", translator(7, 5))
    with pytest.raises(RunError, match="another trunk"):
        merge(one, {"monet": two}, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("unknown", ["one", "two"])
def test_a_style_that_a_run_does_not_know_is_named(tmp_path: Path, unknown: str) -> None:
    fewer = ("photo", "hokusai")
    known = {name: fewer if name == unknown else STYLES for name in ("one", "two")}
    runs = [write_run(tmp_path / name, translator(1, 2, styles), styles) for name, styles in known.items()]
    with pytest.raises(RunError, match=f"{unknown} does not know 'monet'; it knows photo, hokusai"):
        merge(runs[0], {"monet": runs[1]}, tmp_path / "out")


def test_what_is_no_painters_run_is_refused(tmp_path: Path) -> None:
    one = write_run(tmp_path / "one", translator(1, 2))
    for facts in ({"styles": ["photo"], "network": {"side": 64}}, {}):
        scene = tmp_path / f"scene{len(facts)}"
        scene.mkdir()
        for name in (checkpoint.STATE, checkpoint.AVERAGE):
            checkpoint.write(scene / name, {"x": torch.zeros(1)}, facts)
        with pytest.raises(RunError, match="no training of a painter"):
            merge(one, {"monet": scene}, tmp_path / "out")


def test_the_command_merges_and_says_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = write_run(tmp_path / "one", translator(1, 2)), write_run(tmp_path / "two", translator(1, 5))
    out = tmp_path / "out"
    assert main(["train", "merge", str(one), str(out), "--style", f"monet={two}"]) == 0
    assert f"with monet of {two}; export it" in capsys.readouterr().out
    assert main(["export", str(out)]) == 0
    assert (out / "out.onnx").is_file()
    assert main(["train", "merge", str(one), str(out), "--style", f"klimt={two}"]) == 1
    assert "does not know 'klimt'" in capsys.readouterr().err
