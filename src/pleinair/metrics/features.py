"""Features of pictures by an ONNX network, MobileNetV2 by default, and sets of them that remember where they came from.

Figures compare only under one extractor, so a set carries its file's SHA-256. Shapes: n pictures, d features.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pleinair.errors import DataError, ModelError, OutputError, PictureError
from pleinair.images import to_float
from pleinair.metrics.squares import Array, Source, square

VARIABLE = "PLEINAIR_FEATURES_ONNX"
SIZE = 224
MOBILENET_SHA256 = "d829fe96d2e9311ac436b34a0df04192401500a3d913a910cc3b7d0f3970c789"  # what counted protocols want
BATCH = 16

Extractor = Callable[[Array], Array]  # (n, 3, s, s) RGB in [-1, 1] → (n, d); s is 224 unless told
Matrix = npt.NDArray[np.float64]
Progress = Callable[[int], None]  # is told how many more pictures are done


class Network(Protocol):
    """An extractor that says which it is: `sha256` of its weights' file, and the side of the squares it looks at."""

    sha256: str
    size: int

    def __call__(self, pictures: Array, /) -> Array: ...


class Features:
    """An extractor out of an `.onnx` file: calling it takes (n, 3, 224, 224) RGB in [-1, 1] and gives (n, d).

    `sha256` names the file. Raises ModelError when it is missing, corrupt or of another shape.
    """

    size = SIZE

    def __init__(self, path: Path, threads: int | None = None) -> None:
        try:
            blob = path.read_bytes()
        except OSError as error:
            raise ModelError(
                f"{path}: the feature network cannot be read ({error.strerror}); check --features"
            ) from error
        self.sha256 = hashlib.sha256(blob).hexdigest()
        self._session = _session(blob, path, threads)
        (entry, *more), (leave, *_) = self._session.get_inputs(), self._session.get_outputs()
        if more or len(entry.shape) != 4 or list(entry.shape[1:]) != [3, SIZE, SIZE] or len(leave.shape) != 2:
            raise ModelError(
                f"{path}: not a feature network, it maps {entry.shape} to {leave.shape}; "
                f"give one that maps (n, 3, {SIZE}, {SIZE}) to (n, d)"
            )
        self._input = entry.name

    def __call__(self, pictures: Array) -> Array:
        return np.asarray(self._session.run(None, {self._input: pictures})[0], np.float32)


@dataclass(frozen=True, eq=False)
class FeatureSet:
    """Features `rows` (n, d) of a named set of pictures, by the extractor of that SHA-256.

    `digest` names the pictures: SHA-256 over their bytes in order, empty where they were not at hand.
    """

    name: str
    rows: Matrix
    extractor: str
    digest: str = ""


def load_features(path: Path | None = None, threads: int | None = None) -> Features:
    """The extractor at `path`, else where PLEINAIR_FEATURES_ONNX says. Raises ModelError without either."""
    if path is None:
        named = os.environ.get(VARIABLE)
        if not named:
            raise ModelError(f"no feature network: give --features FILE.onnx or set {VARIABLE} to one")
        path = Path(named)
    return Features(path, threads)


def features_of(
    sources: Iterable[Source], extractor: Extractor, progress: Progress | None = None, size: int = SIZE
) -> Matrix:
    """Features (n, d), float64, of pictures as squares of `size` px, 16 at a time. Raises DataError for none."""
    rows: list[Matrix] = []
    for batch in _batches(sources):
        pixels = np.stack([square(source, size) for source in batch])
        rows.append(np.asarray(extractor(to_float(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)))), np.float64))
        if progress:
            progress(len(batch))
    if not rows:
        raise DataError("no pictures to take features of; give at least one")
    return np.concatenate(rows)


def feature_set(
    name: str,
    sources: Sequence[Source],
    extractor: Network,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> FeatureSet:
    """Features of a set, kept in the folder `cache` if given, under a key of the pictures' bytes and the extractor.

    Changed, added or reordered pictures have another key, so what is found there is never stale.
    """
    digest = digest_of(sources)
    if cache is None:
        return FeatureSet(name, features_of(sources, extractor, progress, extractor.size), extractor.sha256, digest)
    key = hashlib.sha256(f"{extractor.sha256} {extractor.size} {digest}".encode()).hexdigest()[:32]
    kept = cache / f"{key}.npy"
    rows = _recalled(kept, len(sources))
    if rows is None:
        rows = features_of(sources, extractor, progress, extractor.size)
        _remember(kept, rows)
    return FeatureSet(name, rows, extractor.sha256, digest)


def digest_of(sources: Iterable[Source]) -> str:
    """SHA-256 over the pictures' bytes, in order: of files as they are, of arrays with their shape."""
    whole = hashlib.sha256()
    for source in sources:
        if isinstance(source, Path):
            whole.update(hashlib.sha256(_bytes_of(source)).digest())
        else:
            whole.update(str(source.shape).encode())
            whole.update(hashlib.sha256(np.ascontiguousarray(source).tobytes()).digest())
    return whole.hexdigest()


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PictureError(f"{path}: cannot be read ({error.strerror}); check the path") from error


def _session(blob: bytes, path: Path, threads: int | None) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    if threads is not None:
        options.intra_op_num_threads = threads
    try:
        return onnxruntime.InferenceSession(blob, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime's errors share no base of their own
        raise ModelError(f"{path}: not an .onnx file that can be run; fetch it again") from error


def _batches(sources: Iterable[Source]) -> Iterator[list[Source]]:
    batch: list[Source] = []
    for source in sources:
        batch.append(source)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _recalled(kept: Path, count: int) -> Matrix | None:
    """Rows of a cache file, or None where there is none or it was cut off in writing."""
    try:
        rows = np.load(kept, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return np.asarray(rows, np.float64) if rows.ndim == 2 and len(rows) == count else None


def _remember(kept: Path, rows: Matrix) -> None:
    partial = kept.with_suffix(f".{os.getpid()}.part")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            np.save(file, rows, allow_pickle=False)
        partial.replace(kept)
    except OSError as error:
        raise OutputError(
            f"{kept.parent}: cannot keep features there ({error.strerror}); choose another --cache"
        ) from error
