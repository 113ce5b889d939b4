"""A run → one `.onnx` that paints as its network does, or none at all."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from pleinair.engine.opening import LAYOUT, SCENE
from pleinair.errors import ModelError, OutputError, RunError, SettingError
from pleinair.export.layouts import export_layout, layout_parity
from pleinair.export.parity import SAMPLES, parity, pictures_of, refuse
from pleinair.export.scenes import export_scene, scene_parity
from pleinair.export.trunk import export_single, export_trunk
from pleinair.networks.layout import LayoutGenerator
from pleinair.networks.scene import SceneGenerator
from pleinair.networks.sketched import SketchedScene
from pleinair.networks.statistics import settled
from pleinair.networks.translator import Translator, translator_of
from pleinair.spec import ModelSpec
from pleinair.training.checkpoint import AVERAGE, read

Network = Translator | SceneGenerator | SketchedScene | LayoutGenerator
OF_THE_NETWORK = (
    "styles",
    "stride",
    "halo",
    "width",
    "kind",
    "side",
    "kinds",
    "version",
    "format",
)  # no card may say otherwise


@dataclass(frozen=True)
class Handover:
    """What was written, and how far it is from the network: worst difference in steps of 1/255, by style or seed."""

    path: Path
    spec: ModelSpec
    size_bytes: int
    differences: Mapping[str, float]


def hand_over(
    run: Path,
    out: Path | None = None,
    *,
    style: str | None = None,
    half: bool = True,
    name: str | None = None,
    card: Mapping[str, Any] | None = None,
    pictures: Path = SAMPLES,
) -> Handover:
    """Export the averaged weights of a run (its folder, or the `.safetensors` file itself), compare, and keep the file
    if it is right.

    out: by default NAME.onnx in the run folder. style: only this one of a painter's, everything baked; by default all.
    half: weights are stored in fp16. name: of the model; by default the card's, else the folder's, with the style.
    card: fields of the spec to fill in, as license or titles. pictures: a folder of pictures to compare painters by;
    generators of scenes are compared by seeds.

    Raises RunError if there is nothing to export, UnknownStyleError, SettingError for a card that cannot be,
    ParityError if the file does not paint as its network does, OutputError if it cannot be written.
    """
    weights = weights_of(run)
    network, spec = read_run(weights)
    if style and not isinstance(network, Translator):
        raise SettingError(f"{run} is no painter, and is exported whole; leave --style {style} out")
    folder = weights.resolve().parent.name
    spec = completed(replace(spec, name=f"{folder}-{style}" if style else folder), card or {})
    spec = replace(spec, name=name) if name else spec
    out = out or weights.parent / f"{spec.name}.onnx"
    beside = out.with_name(f".{out.stem}.{os.getpid()}.onnx")  # nobody sees a file that was not compared
    try:
        if isinstance(network, Translator):
            written, differences = _painter(network, spec, style, beside, half, pictures)
        elif isinstance(network, LayoutGenerator):
            written = export_layout(network, spec, beside, half)
            differences = layout_parity(network, beside)
        else:
            written = export_scene(network, spec, beside, half)
            differences = scene_parity(network, beside)
        refuse(differences, half=half)
        beside.replace(out)
    except OSError as error:
        raise OutputError(f"{out} cannot be written ({error.strerror}); choose another --out") from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    return Handover(out, written, out.stat().st_size, differences)


def _painter(
    translator: Translator, spec: ModelSpec, style: str | None, path: Path, half: bool, pictures: Path
) -> tuple[ModelSpec, dict[str, float]]:
    """Write a painter: its spec as it went into the file, and the differences by style."""
    shown = pictures_of(pictures)
    translator = settled(translator)  # a mix is one of what the file holds, the statistics within
    if style is None:
        written = export_trunk(translator, spec, path, half)
    else:
        written = export_single(translator, spec, style, path, half)
    return written, parity(translator, spec.styles, path, shown)


def weights_of(run: Path) -> Path:
    """The file of averaged weights of a run. Raises RunError that says what is missing."""
    if run.is_file():
        return run
    if not run.is_dir():
        raise RunError(f"there is no run {run}; check the path, or start one: pleinair train translate --run {run}")
    if not (run / AVERAGE).is_file():
        raise RunError(
            f"{run} has no {AVERAGE} yet; train until the first saving, or check that it is the folder of a run"
        )
    return run / AVERAGE


def read_run(path: Path) -> tuple[Network, ModelSpec]:
    """The network with averaged weights, a painter's or a generator's of scenes or of what is laid out, and its spec.
    Raises RunError if the file is not such a saving."""
    tensors, facts = read(path)
    try:
        described, network = facts["spec"], facts["network"]
        spec = ModelSpec.from_json(described if isinstance(described, str) else json.dumps(described))
        if spec.kind == SCENE:
            model: Network = generator_of(network)
        elif spec.kind == LAYOUT:
            model = layout_generator_of(network)
        else:
            model = translator_of(len(spec.styles), network)
        model.load_state_dict(tensors)
    except (KeyError, TypeError, ValueError, AttributeError, RuntimeError, ModelError) as error:
        reason = " ".join(str(error).split())[:160]
        raise RunError(
            f"{path} holds no averaged painter or generator ({reason}); export the folder of a run, or its {AVERAGE}"
        ) from error
    model.eval()
    return model, replace(spec, seen_pictures=int(facts.get("seen_pictures", spec.seen_pictures)))


def generator_of(network: Mapping[str, Any]) -> SceneGenerator | SketchedScene:
    """An untrained generator of the shape that a run noted. Raises KeyError, TypeError, ValueError for a wrong note."""
    side, width, marks = (int(network[key]) for key in ("side", "width", "marks"))
    if not 8 <= side <= 4096 or side & (side - 1) or width < 1 or marks < 1:
        raise ValueError(f"no generator has side {side}, width {width} and {marks} marks")
    reads = [int(channels) for channels in network.get("reads", ())]
    if network.get("sketched"):
        return SketchedScene(side, width, marks, reads, int(network.get("drawn", width)))
    return SceneGenerator(side, width, marks, reads)


def layout_generator_of(network: Mapping[str, Any]) -> LayoutGenerator:
    """An untrained generator of what is laid out, of the shape that a run noted. Raises as `generator_of` does."""
    width, classes = int(network["width"]), int(network["classes"])
    if not 1 <= width <= 1024 or not 1 <= classes <= 256:
        raise ValueError(f"no generator has width {width} and {classes} classes")
    return LayoutGenerator(width, classes)


def completed(spec: ModelSpec, card: Mapping[str, Any]) -> ModelSpec:
    """The spec with the fields of a card in place of its own. Raises SettingError for fields that it does not have or
    may not give."""
    allowed = [field.name for field in fields(ModelSpec) if field.name not in OF_THE_NETWORK]
    if unknown := [key for key in card if key not in allowed]:
        raise SettingError(f"a card cannot give {', '.join(map(repr, unknown))}; it may give {', '.join(allowed)}")
    try:
        return ModelSpec.from_json(json.dumps({**json.loads(spec.to_json()), **card}))
    except (ModelError, TypeError) as error:
        raise SettingError(f"the card does not fit ({error})") from error
