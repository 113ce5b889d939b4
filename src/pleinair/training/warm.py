"""Warm starts: any training may begin from another's saving. Styles are matched by name: a new one joins the trunk."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from pleinair.errors import OutputError, RunError
from pleinair.training import checkpoint

MODULE = "module/"  # begins the names of the networks' tensors
MEMORIES = ("/memory.", "/population.", "/meant.", "/rippled.")  # soon filled anew, and large
OUTGROWN = ("/pixels.", "/sketches.")  # a scene's critics of pixels: of one size, large, and soon learned anew
PACK_BYTES = 2 * 2**20  # that a repository can bear
RAW, AVERAGED = "generator", "average"
KEPT = ("styles", "network", "run", "seen_pictures")  # facts of a state that a resume pack keeps


def per_style(module: nn.Module, said: str = "per_style") -> set[str]:
    """Names of the parameters whose rows are styles; modules say so themselves by `per_style`, and by `from_nothing`
    which of them a new style begins anew."""
    names = set()
    for name, part in module.named_modules():
        names |= {f"{name}.{own}" if name else own for own in getattr(part, said, ())}
    return names


@torch.no_grad()
def adopt(
    module: nn.Module, tensors: Mapping[str, Tensor], old_styles: Sequence[str], new_styles: Sequence[str]
) -> list[str]:
    """Copy what fits; rows of styles by name, a new style's row from the mean of the old ones. Rows beyond the styles
    (kinds of scenes) are copied where there are as many. Returns the names left as they were."""
    rows, anew, left = per_style(module), per_style(module, "from_nothing"), []
    for name, own in module.state_dict().items():
        given = tensors.get(name)
        if given is None or given.shape[1:] != own.shape[1:]:
            left.append(name)
        elif name in rows:
            mean = given[: len(old_styles) or None].float().mean(0)
            for row, style in enumerate(new_styles):
                if style in old_styles:
                    own[row] = given[old_styles.index(style)]
                elif name not in anew:
                    own[row] = mean
            if len(own) - len(new_styles) == len(given) - len(old_styles):
                own[len(new_styles) :] = given[len(old_styles) :]
        elif given.shape == own.shape:
            own.copy_(given)
        else:
            left.append(name)
    return left


def facts_of(path: Path) -> dict[str, Any]:
    """What a run folder, a state or a resume pack says of itself. Raises RunError if it is no saving."""
    return checkpoint.read(_saving(path))[1]


def start_from(
    path: Path, modules: Mapping[str, nn.Module], new_styles: Sequence[str], averaged: Sequence[str] = ()
) -> list[str]:
    """Warm-start modules (the players and `average`) from a run folder, a state or a resume pack. Those named in
    `averaged` begin from the averaged weights, which are what people paint with, and so does a generator whose raw
    weights a pack had no room for. Returns the tensors that the saving does not have. Raises RunError if it is no
    saving or shares nothing with these networks."""
    tensors, facts = checkpoint.read(_saving(path))
    old_styles, left, total = list(facts.get("styles", ())), list[str](), 0
    raw = any(key.startswith(f"{MODULE}{RAW}/") for key in tensors)
    for name, module in modules.items():
        head = f"{MODULE}{AVERAGED if name in averaged or (name == RAW and not raw) else name}/"
        mine = {key.removeprefix(head): value for key, value in tensors.items() if key.startswith(head)}
        left += [f"{name}/{key}" for key in adopt(module, mine, old_styles, new_styles)]
        total += len(module.state_dict())
    if len(left) == total:
        raise RunError(
            f"{path}: shares nothing with this recipe's networks; give a run folder or a resume pack, or start anew"
        )
    return left


def write_pack(saving: Path, out: Path) -> int:
    """A resume pack out of a run folder or a state, in half precision: without the optimizers' moments, what is
    remembered and a critic of pixels, and without the generator's raw weights where that would be more than
    `PACK_BYTES`. Returns its size in bytes. Raises RunError if there is no saving, OutputError if the pack cannot be
    written."""
    tensors, facts = checkpoint.read(_saving(saving))
    named = {name: value for name, value in tensors.items() if name.startswith(MODULE)}
    kept = {
        name: value.half() for name, value in named.items() if not any(part in name for part in (*MEMORIES, *OUTGROWN))
    }
    if not kept:
        raise RunError(f"{saving}: holds no networks to go on with; give a run folder")
    averaged = any(name.startswith(f"{MODULE}{AVERAGED}/") for name in kept)
    if averaged and sum(2 * value.numel() for value in kept.values()) > PACK_BYTES:
        kept = {name: value for name, value in kept.items() if not name.startswith(f"{MODULE}{RAW}/")}
    slim: dict[str, Any] = {key: facts[key] for key in KEPT if key in facts}
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror}); choose another place") from error
    checkpoint.write(out, kept, slim)
    return out.stat().st_size


def _saving(path: Path) -> Path:
    return path / checkpoint.STATE if path.is_dir() else path
