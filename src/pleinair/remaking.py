"""A picture → the same picture again, from what it says of its own making.

What stands in a picture's metadata was written by anyone: it is checked like any other input, and names no files.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from pleinair import imagining, layouts, painter, realist, scenes, store
from pleinair.engine.opening import LAYOUT, PAINTER, SCENE
from pleinair.errors import ModelError, PictureError, SettingError
from pleinair.fiction.motion import Frame, frames
from pleinair.fiction.render import render
from pleinair.fiction.spec import SceneSpec
from pleinair.fiction.texture import tileable
from pleinair.images import Picture, read
from pleinair.images.picture import Pixels
from pleinair.images.told import told as told_by
from pleinair.painter import Painter
from pleinair.render.alpha import within
from pleinair.render.borders import Wrap
from pleinair.render.looks import Look
from pleinair.render.scenes import SceneWrap, parse_size
from pleinair.render.windows import FORMER_WINDOW
from pleinair.version import __version__

Say = Callable[[str], None]
Told = dict[str, str]
Files = dict[str, Path]
SUMS = {"model": "sha256", "painter": "painterSha256", "source": "sourceSha256"}  # files, and what tells their SHA-256
FICTION, IMAGINED, PAINTED = "fiction", "imagine", "paint"  # the verbs that make pictures
GENERATED, STYLIZED = "generate", "stylize"
MARKS = {  # what the pictures of a verb tell and no other's; the first that fits
    IMAGINED: {"scene", "seed", "size", "style"},
    FICTION: {"scene", "seed", "size"},
    PAINTED: {"layoutSha256", "seed", "size", "style"},
    GENERATED: {"seed", "domain", "truncation", "size", "model", "sha256"},
    STYLIZED: {"style", "strength", "workingSize", "model", "sha256"},
}


BESIDE = {
    "guide": "by masks or regions",
    "cube": "as faces of a cube",
    "map": "to show how a tile repeats",
    "frame": "as a frame of a sequence",
}


@dataclass(frozen=True)
class Means:
    """What may be needed beside the picture: sources of stylized pictures (files, or folders that hold them), model
    files, CPU threads; and who is told, in one line each, what is not as it was."""

    say: Say
    sources: tuple[Path, ...] = ()
    models: tuple[Path, ...] = ()
    threads: int | None = None


def again(
    picture: str | Path,
    *,
    source: str | Path | None = None,
    models: Sequence[str | Path] = (),
    threads: int | None = None,
    say: Say | None = None,
) -> Pixels:
    """The pixels of a picture that pleinair made, made again: (h, w, 3), uint16 if its source has 16 bits or is light,
    else uint8.

    On the machine and with the models that made it they are the same, bit for bit. source: what was stylized, or a
    folder that holds it, if it does not lie near. models: model files, where the named ones are not installed. say: is
    told in a line what is not as it was, as another painter; by default it is warned of.

    Raises PictureError if the picture does not say how it was made or its source is missing, ModelError if a model is,
    SettingError.
    """
    path = Path(picture)
    sources = () if source is None else (Path(source),)
    means = Means(say or warn, sources, tuple(map(Path, models)), threads)
    told = recall(path, means.say)
    if "map" in told:
        raise PictureError(f"{path} is a map; it is drawn again by: pleinair again {path.name}")
    return remade(told, path, means)[0].pixels


def warn(line: str) -> None:
    warnings.warn(line, stacklevel=3)


def recall(path: Path, say: Say) -> Told:
    """What a picture says of its making, if it is enough to make it again; other versions are said. Raises PictureError
    in one line if not."""
    told = told_by(path)
    if not told:
        raise PictureError(
            f"{path} does not say how it was made: pleinair did not, or its metadata was taken out since"
        )
    for what, how in BESIDE.items():
        if what in told and verb(told) == STYLIZED:
            raise PictureError(
                f"{path} was painted {how}, which is not done again from it; paint it by: pleinair stylize"
            )
    if verb(told) is None:
        raise PictureError(f"{path} says too little of its making; it tells only of {', '.join(sorted(told))}")
    version = told.get("version", __version__)
    if version != __version__:
        say(f"{path.name} was made by pleinair {version}, and this is {__version__}: it may come out otherwise")
    return told


def verb(told: Told) -> str | None:
    """The verb that made a picture, by what it tells."""
    return next((name for name, marks in MARKS.items() if marks <= told.keys()), None)


def remade(told: Told, path: Path, means: Means) -> tuple[Picture, Told]:
    """The picture that is told of, made again, and what it now tells. path: of the picture that tells it. Raises as
    `again` does."""
    makers = {IMAGINED: _imagined, PAINTED: _painted, GENERATED: _generated, STYLIZED: _stylized}
    make = makers.get(verb(told) or FICTION, _fictional)
    try:
        files = _files(told, path, means)
        picture = make(told, files, means.threads)
    except (KeyError, ValueError, OverflowError) as error:  # numbers that are none
        raise PictureError(f"{path} tells of its making what cannot be: {' '.join(str(error).split())}") from error
    except SettingError as error:
        raise SettingError(f"{path} tells of its making what cannot be: {error}") from error
    sums = {SUMS[what]: store.sha256_of(file) for what, file in files.items()}
    return picture, {**told, **sums, "version": __version__}


def frame_of(told: Told) -> Frame:
    """The rendering that a fictional picture or map shows, with its motion if it is of a path. Raises SettingError,
    ValueError."""
    spec = _scene(told)
    wrap, (width, height) = told.get("wrap", "none"), parse_size(told["size"])
    if wrap == "xy":
        return Frame(tileable(spec, (width, height)), None)
    around = imagining.Look(imagining.RENDER, 1.0, (width, height), "x" if wrap == "x" else "none").wrap
    if "frames" not in told:
        return Frame(render(spec, (width, height), around), None)
    count, number = int(told["frames"]), int(told["frame"])
    if not 0 <= number < count:
        raise SettingError(f"there is no frame {number} of {count}")
    moving = frames(spec, told["path"], count, float(told["step"]), (width, height), around)
    return next(islice(moving, number, None))


def _scene(told: Told) -> SceneSpec:
    return SceneSpec.from_json(told["scene"]).seeded(int(told["seed"]))


def _files(told: Told, path: Path, means: Means) -> dict[str, Path]:
    """The models that are told of, and the source of a stylized picture, by the names in SUMS."""
    of = verb(told)
    files = {}
    makers = {GENERATED: (SCENE,), STYLIZED: (PAINTER,)}.get(of or "", (LAYOUT, PAINTER))
    for what, kinds in (("model", makers), ("painter", (PAINTER,))):
        if of != FICTION and what in told:
            files[what] = _model(told[what], told[SUMS[what]], kinds, path, means)
    if of == STYLIZED or (of == PAINTED and "layout" not in told):
        files["source"] = _source(told, path, means)
    return files


def _fictional(told: Told, files: Files, threads: int | None) -> Picture:  # noqa: ARG001
    return Picture(frame_of(told).rendering.picture)


def _imagined(told: Told, files: Files, threads: int | None) -> Picture:
    style, (width, height) = told["style"], parse_size(told["size"])
    look = imagining.Look(style, float(told.get("strength", 1)), (width, height), "x" if _turns(told) else "none")
    return Picture(imagining.paint(_scene(told), look, _painters(style, files, threads)).picture)


def _painted(told: Told, files: Files, threads: int | None) -> Picture:
    look = layouts.told_look(told)
    labels = layouts.told_labels(told, files.get("source"))
    who = _painters(look.style, files, threads)
    return Picture(layouts.painted(labels, int(told["seed"]), look, who).picture)


def _painters(style: str, files: Files, threads: int | None) -> imagining.Painters:
    """Whoever made a picture: one who paints may have made it photo-like before."""
    if style == imagining.RENDER:
        return imagining.Painters(style=style)
    path = files["model"]
    made_real = store.resolve(path)[0].spec.kind == LAYOUT
    first = realist.load(path, threads=threads) if made_real else painter.load(path, threads=threads)
    if "painter" in files:
        return imagining.Painters(first, painter.load(files["painter"], threads=threads), style)
    if style == imagining.PHOTO:
        return imagining.Painters(first, None, style)
    if not isinstance(first, Painter):
        raise SettingError(f"{first.spec.name!r} does not paint in {style!r}")
    return imagining.Painters(first, first, style)


def _generated(told: Told, files: Files, threads: int | None) -> Picture:
    maker = scenes.load(files["model"], threads=threads)
    wrap: SceneWrap = "x" if _turns(told) else "none"
    size, truncation = parse_size(told["size"]), float(told["truncation"])
    look = scenes.Look(told.get("kind"), told["domain"], size, truncation, wrap)
    pixels = next(maker.pictures([int(told["seed"])], look))
    if "painter" in files:
        stylist = painter.load(files["painter"], threads=threads)
        pixels = stylist.stylize(pixels, style=told["style"], strength=float(told["strength"]), wrap=wrap)
    return Picture(pixels)


def _stylized(told: Told, files: Files, threads: int | None) -> Picture:
    who = painter.load(files["model"], threads=threads)
    exposure = float(told["exposure"]) if "exposure" in told else None
    given = read(files["source"], exposure=exposure, layer=told.get("layer"))
    wrap: Wrap = "xy" if told.get("wrap") == "xy" else "x" if _turns(told) else "none"
    look = Look(
        float(told["strength"]),
        told.get("keepColors") == "yes",
        None if told["workingSize"] == "full" else int(told["workingSize"]),
        wrap,
        int(told.get("window", FORMER_WINDOW)),
        "top-bottom" if told.get("stereo") == "top-bottom" else "none",
    )
    engine = who.engine(_weights(told["style"], who))
    pixels = within(given, lambda under: look.painted(under, engine), int(told.get("gutter", 0)))
    return replace(given, pixels=pixels)


def _turns(told: Told) -> bool:
    return told.get("wrap") == "x"


def _weights(look: str, who: Painter) -> dict[str, float]:
    """The mix as it was, `shanshui` or `shanshui=0.6,hiroshige=0.4`; its shares are not summed up anew."""
    mix = {}
    for part in look.split(","):
        style, equals, weight = part.partition("=")
        store.check_style(who.spec, style)
        mix[style] = float(weight) if equals else 1.0
    who.mix(mix=mix)  # checks them
    return mix


def _source(told: Told, path: Path, means: Means) -> Path:
    """The picture that was stylized: by its SHA-256 where it may lie, else the one given. Raises PictureError."""
    name, sha256 = Path(told.get("source", "")).name, told.get("sourceSha256", "")
    given = [place / name if place.is_dir() and name else place for place in means.sources]
    near = [folder / name for folder in (path.parent, path.parent.parent, Path()) if name]
    for place in (*given, *near):
        if place.is_file() and store.sha256_of(place) == sha256:
            return place
    for place in given:
        if place.is_file():
            means.say(f"{place} is not the picture that {path.name} was painted from: the result will differ")
            return place
    missing = f"{name} (SHA-256 {sha256[:12]}…)" if name else "which it does not name"
    raise PictureError(f"{path} was painted from a picture, {missing}, that is not found; name it: --source PICTURE")


def _model(name: str, sha256: str, kinds: Sequence[str], path: Path, means: Means) -> Path:
    """The model's file: by its SHA-256 among those given and installed, else by its name, which is said. Raises
    ModelError if there is none."""
    here = [store.resolve(each)[0] for each in means.models] + list(store.catalog().models)
    models = [model for model in here if model.spec.kind in kinds]
    named = [model for model in models if name in (model.spec.name, model.name)]
    for model in dict.fromkeys([*(each.path for each in named), *(each.path for each in models)]):
        if store.sha256_of(model) == sha256:
            return model
    if not named:
        raise ModelError(
            f"{path} was made with the model {name!r} (SHA-256 {sha256[:12]}…), which is not here; name its file: "
            "--model FILE.onnx"
        )
    means.say(f"{path.name} was made with another {name!r} (SHA-256 {sha256[:12]}…) than is here: it will differ")
    return named[0].path
