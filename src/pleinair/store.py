"""Named models: the shipped ones, those in the user's folder, and files given by path; SHA-256 says if they are whole.

Whoever has a name gets a file from here; what is in a file, the engine knows. So the store stands above the engine.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal
from urllib.parse import unquote, urlsplit

from pleinair.engine.opening import PAINTER, SCENE
from pleinair.engine.ort import read_spec
from pleinair.errors import ModelError, OutputError, UnknownModelError, UnknownStyleError
from pleinair.spec import ModelSpec
from pleinair.version import __version__

SHIPPED = Path(__file__).parent / "shipped"
SUMS = "SHA256SUMS"
LARGEST_FETCH = 2**29  # bytes; a painter is a few MiB
TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True)
class Model:
    """A model file and what it says of itself. Its name is the file's, without `.onnx`."""

    path: Path
    origin: Literal["shipped", "local", "file"]
    spec: ModelSpec

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def size_bytes(self) -> int:
        return self.path.stat().st_size

    @property
    def card(self) -> Path | None:
        """The model card, a Markdown file beside the model, if there is one."""
        card = self.path.with_suffix(".md")
        return card if card.is_file() else None


@dataclass(frozen=True)
class Catalog:
    """The models that have names, and why other files beside them could not be used."""

    models: tuple[Model, ...]
    broken: dict[Path, str]


def models_folder() -> Path:
    """The user's own models: PLEINAIR_HOME/models, or `pleinair/models` where the platform keeps a user's data."""
    if home := os.environ.get("PLEINAIR_HOME"):
        return Path(home).expanduser() / "models"
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "pleinair" / "models"


def catalog() -> Catalog:
    """All named models, the shipped first. A file that cannot be used is left out of them."""
    models: list[Model] = []
    broken: dict[Path, str] = {}
    folders: tuple[tuple[Path, Literal["shipped", "local"]], ...] = ((SHIPPED, "shipped"), (models_folder(), "local"))
    for folder, origin in folders:
        for path in sorted(folder.glob("*.onnx")):
            try:
                models.append(Model(path, origin, read_spec(path)))
            except ModelError as error:
                broken[path] = str(error)
    return Catalog(tuple(models), broken)


def resolve(name: str | Path) -> tuple[Model, str | None]:
    """The model of that name, and the style if the name was a style's.

    In this order: a path (anything with a folder in it or ending in .onnx), a model's name, a style that a painter has;
    among equals the shipped one comes first. Shipped files are verified.

    Raises ModelError if the file cannot be used, UnknownModelError if nothing has that name.
    """
    if isinstance(name, Path) or name.endswith(".onnx") or Path(name).name != name:
        path = Path(name)
        if not path.is_file():
            raise UnknownModelError(f"there is no model file {path}; list the models by name: pleinair models")
        return Model(path, "file", read_spec(path)), None
    found = catalog()
    models = found.models
    for model in models:
        if model.name == name:
            return _verified(model), None
    for path, complaint in found.broken.items():
        if path.stem == name:
            raise ModelError(complaint)
    painters = [model for model in models if model.spec.kind == PAINTER]
    for model in painters:
        if name in model.spec.styles:
            return _verified(model), name
    names = [model.name for model in models] + [style for model in painters for style in model.spec.styles]
    raise UnknownModelError(
        f"there is no model or style named {name!r}{suggestion(name, names)}; list them: pleinair models"
    )


def name_for(styles: Sequence[str]) -> str | None:
    """What to ask for to get a painter with all of these styles: the first of them, if whoever is found by it has them
    all or no painter has; else the first painter that has them all. None for no styles."""
    if not styles:
        return None
    first, wanted = styles[0], set(styles)
    if len(wanted) == 1:
        return first
    with suppress(ModelError, UnknownModelError):  # whoever loads it says what is wrong
        if wanted <= set(resolve(first)[0].spec.styles):
            return first
    by_name: dict[str, Model] = {}
    for model in catalog().models:
        by_name.setdefault(model.name, model)  # a later one of the same name cannot be asked for by it
    able = (name for name, model in by_name.items() if model.spec.kind == PAINTER and wanted <= set(model.spec.styles))
    return next(able, first)


def scene_makers() -> tuple[str, ...]:
    """The names of the models that generate scenes."""
    return tuple(model.name for model in catalog().models if model.spec.kind == SCENE)


def check_style(spec: ModelSpec, style: str, word: str = "style") -> None:
    """Raise UnknownStyleError, with the nearest names, unless the model has that style, or domain of scenes."""
    if style not in spec.styles:
        raise UnknownStyleError(
            f"the model {spec.name!r} has no {word} {style!r}{suggestion(style, spec.styles)}; "
            f"it has {', '.join(spec.styles)}"
        )


def suggestion(name: str, names: tuple[str, ...] | list[str]) -> str:
    """`; did you mean 'monet'?` if a known name is near, else nothing."""
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), list(dict.fromkeys(names)), n=2, cutoff=0.5)
    return f"; did you mean {' or '.join(map(repr, near))}?" if near else ""


def sha256_of(path: Path) -> str:
    """The file's SHA-256 in lower-case hexadecimal digits. Raises ModelError if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"the model {path} cannot be read: {error.strerror}") from error


def fetch(url: str, sha256: str) -> Path:
    """Fetch a model into the user's folder, whole or not at all, and return its path. What is there is only checked.

    url: http(s), its last part ending in .onnx. sha256: 64 hexadecimal digits, which the file must have.
    Raises ModelError if it cannot be fetched or is another file, OutputError if it cannot be kept.
    """
    # A foreign .onnx is refused here, not at the first picture.
    return _fetched(url, sha256.lower(), models_folder() / _file_name(url, (".onnx",)), read_spec)


def fetch_file(url: str, sha256: str) -> Path:
    """Fetch the weights of a network that judges into the user's folder of them, as `fetch` does a model.

    url: http(s), its last part ending in .pth, .safetensors or .onnx. Raises as `fetch` does.
    """
    name = _file_name(url, (".pth", ".safetensors", ".onnx"))
    return _fetched(url, sha256.lower(), models_folder().with_name("weights") / name, Path.is_file)


def _fetched(url: str, sha256: str, target: Path, check: Callable[[Path], object]) -> Path:
    """What is at the address, at `target`, whole and passed by `check` or not at all."""
    if target.is_file() and sha256_of(target) == sha256:
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem}-", suffix=".part")
    except OSError as error:
        raise OutputError(f"models cannot be kept in {target.parent}: {error.strerror}") from error
    part = Path(temporary)
    try:
        with os.fdopen(handle, "wb") as file:
            found = _download(url, file)
        if found != sha256:
            raise ModelError(
                f"{url} is not the file that was expected: its SHA-256 is {found}, not {sha256}; nothing was kept"
            )
        check(part)
        part.replace(target)
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
    return target


def _file_name(url: str, endings: tuple[str, ...]) -> str:
    """The name under which the file at this address is kept."""
    parts = urlsplit(url)
    name = unquote(parts.path).replace("\\", "/").rsplit("/", 1)[-1]
    if parts.scheme not in ("http", "https") or not name.endswith(endings) or name.startswith("."):
        raise ModelError(
            f"{url} is not the address of a model: it must begin with http and end in NAME{' or NAME'.join(endings)}"
        )
    return name


def _download(url: str, file: BinaryIO) -> str:
    """Copy what is at the address into the file and return its SHA-256."""
    from http.client import HTTPException  # here, because it costs every other verb 50 ms
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    digest, size = hashlib.sha256(), 0
    request = Request(url, headers={"User-Agent": f"pleinair/{__version__}"})
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            while chunk := response.read(2**16):
                size += len(chunk)
                if size > LARGEST_FETCH:
                    raise ModelError(f"{url} is larger than {LARGEST_FETCH >> 20} MiB; no model is; nothing was kept")
                digest.update(chunk)
                file.write(chunk)
    except (URLError, HTTPException, ConnectionError, TimeoutError) as error:
        if isinstance(error, HTTPError):
            error.close()  # it is the server's answer as well, and holds the connection
        raise ModelError(
            f"{url} cannot be fetched ({error}); check the address and the connection, then try again"
        ) from error
    return digest.hexdigest()


def _verified(model: Model) -> Model:
    """The model itself, after a shipped one was compared with the sums it was shipped with."""
    if model.origin == "shipped":
        sums = read_sums(model.path.parent / SUMS)
        if sums.get(model.path.name) != sha256_of(model.path):
            raise ModelError(
                f"the shipped model {model.name!r} is damaged; install again: pip install --force-reinstall pleinair"
            )
    return model


def read_sums(path: Path) -> dict[str, str]:
    """File name → SHA-256, from a file as `sha256sum` writes it; empty if there is none."""
    if not path.is_file():
        return {}
    rows = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {row[1].lstrip("*"): row[0] for row in rows if len(row) == 2}
