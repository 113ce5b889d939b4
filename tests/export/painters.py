"""Small translators to test with: every part of the real one, in milliseconds."""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from pleinair.engine.protocol import Array
from pleinair.networks.translator import Translator
from pleinair.spec import ModelSpec

STYLES = ("photo", "monet", "shanshui")
DILATIONS = (1, 2)


def small_translator(
    styles: int = len(STYLES),
    width: int = 4,
    dilations: tuple[int, ...] = DILATIONS,
    seed: int = 0,
    broad: bool = False,
    rank: int = 0,
    statistics: bool = False,
) -> Translator:
    """A translator whose styles differ in everything that a style can differ in, and whose paintings differ from the
    picture."""
    torch.manual_seed(seed)
    translator = Translator(styles, width, dilations, broad=broad, rank=rank, statistics=statistics).eval()
    with torch.no_grad():
        for _, conv in translator.layers():
            conv.scale.normal_(0, 0.4)
            conv.gain.add_(torch.randn_like(conv.gain) * 0.3)
            conv.bias.normal_(0, 0.2)
            if conv.rank:
                conv.own_out.normal_(0, 0.3)
            if conv.statistics:
                conv.mean.normal_(0, 0.3)
                conv.variance.uniform_(0.3, 3)
        translator.leave.gain.add_(2)
    return translator


def small_spec(translator: Translator, styles: tuple[str, ...] = STYLES, name: str = "small") -> ModelSpec:
    return ModelSpec(name, styles, translator.stride, translator.halo, width=translator.width, license="CC0-1.0")


def noise(translator: Translator, height: int, width: int, count: int = 1, seed: int = 0) -> Array:
    """Pictures (n, 3, height + 2·halo, width + 2·halo) in [-1, 1]: the most that weights can disagree about."""
    shape = (count, 3, height + 2 * translator.halo, width + 2 * translator.halo)
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)


def painted(translator: Translator, pictures: Array, mix: dict[str, float], styles: tuple[str, ...] = STYLES) -> Array:
    """What the network itself paints in a mix of styles whose weights sum to 1."""
    weights = torch.tensor([[mix.get(style, 0.0) for style in styles]])
    with torch.no_grad():
        result: Array = translator(torch.from_numpy(pictures), weights).numpy()
    return result


def write_run(
    folder: Path, translator: Translator | None = None, spec: ModelSpec | None = None, seen: int = 1200
) -> Path:
    """A run folder with averaged weights, as training leaves it."""
    translator = translator or small_translator()
    spec = spec or small_spec(translator)
    dilations = [block.conv0.dilation for block in translator.blocks]  # type: ignore[union-attr]
    facts = {
        "styles": list(spec.styles),
        "network": {
            "width": translator.width,
            "dilations": dilations,
            "broad": translator.broad,
            "rank": translator.leave.rank,
            "statistics": translator.leave.statistics,
        },
        "spec": spec.to_json(),
        "seen_pictures": seen,
    }
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: value.contiguous() for name, value in translator.state_dict().items()}
    save_file(weights, folder / "average.safetensors", {key: json.dumps(value) for key, value in facts.items()})
    return folder
