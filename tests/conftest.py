"""A painter small enough for tests, made anew wherever it is wanted: two convolutions, three styles, a few KiB."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pleinair.spec import METADATA_KEY, ModelSpec, Score, Source

STYLES = ("photo", "hokusai", "shanshui")


@pytest.fixture
def make_trunk() -> Callable[..., Path]:
    """make_trunk(path, styles) writes a small `.onnx` trunk there, in the layout that `pleinair export` writes."""
    return write_trunk


@pytest.fixture
def trunk(tmp_path: Path) -> Path:
    """A small trunk with the styles photo, hokusai and shanshui."""
    return write_trunk(tmp_path / "tiny.onnx")


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's models folder, empty, where PLEINAIR_HOME says."""
    monkeypatch.setenv("PLEINAIR_HOME", str(tmp_path / "home"))
    folder = tmp_path / "home" / "models"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def shelf(tmp_path: Path, own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of shipped models with one trunk, `landscape`, its card and its sum; the user's folder is empty."""
    import hashlib

    from pleinair import store

    folder = tmp_path / "shipped"
    folder.mkdir()
    data = write_trunk(folder / "landscape.onnx").read_bytes()
    (folder / "landscape.md").write_text("# landscape\n\nPaints landscapes. 山水\n", encoding="utf-8")
    (folder / store.SUMS).write_text(f"{hashlib.sha256(data).hexdigest()}  landscape.onnx\n", encoding="utf-8")
    monkeypatch.setattr(store, "SHIPPED", folder)
    assert own_folder.is_dir()
    return folder


@pytest.fixture
def make_scene() -> Callable[..., Path]:
    """make_scene(path, kinds, side) writes a small scene generator there, in the layout that `pleinair export`
    writes."""
    return write_scene


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """A small scene generator, 32 pixels high, with the domains photo and hiroshige and the kinds forest and lake."""
    return write_scene(tmp_path / "scene.onnx")


@pytest.fixture
def make_layout() -> Callable[..., Path]:
    """make_layout(path) writes a small layout generator there, in the layout that `pleinair export` writes."""
    return write_layout


@pytest.fixture
def layout_model(tmp_path: Path) -> Path:
    """A small generator of what is laid out."""
    return write_layout(tmp_path / "layout.onnx")


@pytest.fixture
def drawing_shelf(shelf: Path) -> Path:
    """The folder of shipped models with a generator `layout` beside the painter."""
    import hashlib

    from pleinair import store

    data = write_layout(shelf / "layout.onnx").read_bytes()
    with (shelf / store.SUMS).open("a", encoding="utf-8") as sums:
        sums.write(f"{hashlib.sha256(data).hexdigest()}  layout.onnx\n")
    return shelf


def write_layout(path: Path, seed: int = 5) -> Path:
    """The render's colors, half of a tint of each class added, a tint of the latent, and the cells' first numbers."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    from pleinair.fiction.palette import NAMES
    from pleinair.seeds import CELL_SIDE, HALO, LATENT, NOISE

    draw, told = np.random.default_rng(seed), len(NAMES) + 3
    place = np.zeros((3, told, 1, 1))
    place[:, : len(NAMES), 0, 0] = draw.normal(0, 0.1, (3, len(NAMES)))
    place[np.arange(3), len(NAMES) + np.arange(3), 0, 0] = 0.9
    numbers = {
        "place": place,
        "cell": draw.normal(0, 0.01, (3, NOISE, 1, 1)),
        "latent": draw.normal(0, 0.01, (LATENT, 3)),
        "larger": np.array([1, 1, CELL_SIDE, CELL_SIDE]),
    }
    constants = [numpy_helper.from_array(array.astype(np.float32), name) for name, array in numbers.items()]
    places = {"over": [2, 3], "begin": [HALO * CELL_SIDE], "end": [-HALO * CELL_SIDE], "across": [3]}
    constants += [numpy_helper.from_array(np.array(value, np.int64), name) for name, value in places.items()]
    nodes = [
        helper.make_node("Conv", ["told", "place"], ["there"]),
        helper.make_node("Conv", ["noise", "cell"], ["cells"]),
        helper.make_node("Resize", ["cells", "", "larger"], ["large"], mode="nearest"),
        helper.make_node("MatMul", ["latents", "latent"], ["whole"]),
        helper.make_node("Unsqueeze", ["whole", "over"], ["tint"]),
        helper.make_node("Add", ["there", "large"], ["drawn"]),
        helper.make_node("Add", ["drawn", "tint"], ["all"]),
        helper.make_node("Slice", ["all", "begin", "end", "across"], ["pictures"]),
    ]
    shapes: dict[str, list[str | int]] = {
        "latents": [1, LATENT],
        "noise": [1, NOISE, "r", "c"],
        "told": [1, told, "h", "w"],
    }
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
    result = helper.make_tensor_value_info("pictures", TensorProto.FLOAT, [1, 3, "hd", "wd"])
    graph = helper.make_graph(nodes, "tiny", ends, [result], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    spec = ModelSpec(
        name=path.stem,
        styles=("photo",),
        stride=CELL_SIDE,
        halo=0,
        kind="layout",
        kinds=NAMES,
        license="CC0-1.0",
        recipe="layout",
        seen_pictures=4400,
        sources=(Source("photo", "Landscapes", 226, "CC0"),),
        scores=(Score("kd_ratio", "photo", 0.5),),
        known_failures=("No people.",),
    )
    helper.set_model_props(model, {METADATA_KEY: spec.to_json()})
    onnx.save(model, path)
    return path


def write_scene(
    path: Path,
    domains: Sequence[str] = ("photo", "hiroshige"),
    kinds: Sequence[str] = ("forest", "lake"),
    side: int = 32,
) -> Path:
    """A 3×9 convolution of the noise, enlarged to the side, tinted by the latent and by what the scene is told."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    from pleinair.seeds import HALO, LATENT, NOISE, ROWS

    draw, told = np.random.default_rng(3), len(domains) + len(kinds)
    numbers = {
        "weight": draw.normal(0, 0.04, (3, NOISE, 3, 2 * HALO + 1)),
        "latent": draw.normal(0, 0.03, (LATENT, 3)),
        "told": draw.normal(0, 0.4, (told, 3)),
        "larger": np.array([1, 1, side // ROWS, side // ROWS]),
    }
    constants = [numpy_helper.from_array(array.astype(np.float32), name) for name, array in numbers.items()]
    constants.append(numpy_helper.from_array(np.array([2, 3], np.int64), "over"))
    nodes = [
        helper.make_node("Conv", ["noise", "weight"], ["cells"], pads=[1, 0, 1, 0]),
        helper.make_node("Resize", ["cells", "", "larger"], ["large"], mode="nearest"),
        helper.make_node("MatMul", ["latents", "latent"], ["whole"]),
        helper.make_node("MatMul", ["marks", "told"], ["words"]),
        helper.make_node("Add", ["whole", "words"], ["tint"]),
        helper.make_node("Unsqueeze", ["tint", "over"], ["tints"]),
        helper.make_node("Add", ["large", "tints"], ["pictures"]),
    ]
    shapes: dict[str, list[str | int]] = {
        "latents": ["n", LATENT],
        "noise": ["n", NOISE, ROWS, "c"],
        "marks": ["n", told],
    }
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
    result = helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["n", 3, side, "w"])
    graph = helper.make_graph(nodes, "tiny", ends, [result], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    spec = ModelSpec(
        name=path.stem,
        styles=tuple(domains),
        stride=1,
        halo=0,
        kind="scene",
        side=side,
        kinds=tuple(kinds),
        license="CC0-1.0",
        recipe="scene",
        seen_pictures=3400,
        titles={"photo": "photos"},
        sources=(Source("photo", "Landscapes", 226, "CC0"),),
        scores=(Score("kd", "photo", 0.31),),
        known_failures=("No people.",),
    )
    helper.set_model_props(model, {METADATA_KEY: spec.to_json()})
    onnx.save(model, path)
    return path


def write_trunk(path: Path, styles: Sequence[str] = STYLES, seed: int = 7) -> Path:
    """Stride 4, halo 4: a 9×9 blur of each color by a weight of the style's, and a 1×1 convolution that tints."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    draw = np.random.default_rng(seed)
    initializers: dict[str, npt.NDArray[np.float64]] = {}
    for layer, kernel, strength in (("brush", 9, 1.0), ("tint", 1, 0.6)):
        weight = np.zeros((3, 3, kernel, kernel))
        weight[np.arange(3), np.arange(3)] = strength / kernel**2
        weight += draw.normal(0, 0.01, weight.shape)
        norm = np.sqrt(np.square(weight).sum((1, 2, 3)))
        gain = np.log(norm) + draw.normal(0, 0.2, (len(styles), 3)) * (np.arange(len(styles))[:, None] > 0)
        bias = draw.normal(0, 0.1, (len(styles), 3))
        initializers |= {
            f"{layer}.weight": weight,
            f"{layer}.bias": bias[0],
            f"{layer}.styles.scale": draw.normal(0, 0.3, (len(styles), 3)) * (np.arange(len(styles))[:, None] > 0),
            f"{layer}.styles.gain": gain,
            f"{layer}.styles.bias": bias,
        }
    nodes = [
        helper.make_node("Conv", ["pictures", "brush.weight", "brush.bias"], ["blurred"]),
        helper.make_node("Conv", ["blurred", "tint.weight", "tint.bias"], ["painted"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info("painted", TensorProto.FLOAT, ["n", 3, "hp", "wp"])],
        [numpy_helper.from_array(array.astype(np.float32), name) for name, array in initializers.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    spec = ModelSpec(
        name=path.stem,
        styles=tuple(styles),
        stride=4,
        halo=4,
        license="Apache-2.0",
        recipe="translate",
        seen_pictures=1200,
        working_size=256,
        titles={"hokusai": "Katsushika Hokusai"},
        sources=(Source("hokusai", "Views of Mount Fuji", 41, "public domain"),),
        scores=(Score("kd_ratio", "hokusai", 0.41, "118 pictures"),),
        known_failures=("Faces are painted as rocks.",),
    )
    helper.set_model_props(model, {METADATA_KEY: spec.to_json()})
    onnx.save(model, path)
    return path
