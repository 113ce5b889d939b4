"""Small scene generators to test with: every part of the real one, in milliseconds."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from pleinair.networks.scene import SceneGenerator
from pleinair.networks.sketched import SketchedScene
from pleinair.spec import ModelSpec, Source

DOMAINS, KINDS = ("photo", "hiroshige"), ("forest", "lake", "dune")
SIDE = 32


def small_generator(
    side: int = SIDE, width: int = 4, marks: int = len(DOMAINS) + len(KINDS), seed: int = 0
) -> SceneGenerator:
    """A generator that draws at every size, in about [-1, 1], and differently whatever it is told."""
    torch.manual_seed(seed)
    generator = SceneGenerator(side, width, marks).eval()
    with torch.no_grad():
        generator.told.normal_(0, 1)
        for name, weights in generator.named_parameters():
            if name.startswith("leave"):
                weights.normal_(0, 0.08)
            elif name.startswith("grain") or (name.endswith(".bias") and "style" not in name):
                weights.normal_(0, 0.2)
    return generator


def small_sketched(side: int = 128, width: int = 1, marks: int = 1, seed: int = 0) -> SketchedScene:
    """A generator of scenes on sketches, alive as `small_generator` is."""
    torch.manual_seed(seed)
    generator = SketchedScene(side, width, marks, (), width).eval().requires_grad_(False)
    for name, weights in generator.named_parameters():
        part = name.split(".", 1)[1]
        if part == "told":
            weights.normal_(0, 1)
        elif part.startswith("leave"):
            weights.normal_(0, 0.08)
        elif part.startswith("grain") or part.endswith(".scale") or (part.endswith(".bias") and "style" not in part):
            weights.normal_(0, 0.2)
    return generator


def scene_spec(
    name: str = "scene", domains: tuple[str, ...] = DOMAINS, kinds: tuple[str, ...] = KINDS, side: int = SIDE
) -> ModelSpec:
    sources = (Source("photo", "Photos of nature", 226, "CC0"),)
    return ModelSpec(name, domains, 1, 0, kind="scene", side=side, kinds=kinds, license="CC0-1.0", sources=sources)


def write_scene_run(
    folder: Path,
    generator: SceneGenerator | SketchedScene | None = None,
    spec: ModelSpec | None = None,
    seen: int = 1200,
) -> Path:
    """A run folder with averaged weights, as training leaves it."""
    generator, spec = generator or small_generator(), spec or scene_spec()
    facts = {
        "styles": list(spec.styles),
        "network": {
            "side": generator.side,
            "width": generator.width,
            "marks": generator.marks,
            "sketched": isinstance(generator, SketchedScene),
        },
        "spec": spec.to_json(),
        "seen_pictures": seen,
    }
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: value.contiguous() for name, value in generator.state_dict().items()}
    save_file(weights, folder / "average.safetensors", {key: json.dumps(value) for key, value in facts.items()})
    return folder
