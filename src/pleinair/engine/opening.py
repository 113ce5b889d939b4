"""Opening a model file: what it says of itself, what it is for, and a session of the runtime; or one line that says why
not."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pleinair.engine.onnx_file import OnnxFile, parse
from pleinair.errors import ModelError, SettingError
from pleinair.spec import METADATA_KEY, ModelSpec

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

LARGEST_FILE = 2**29  # bytes; a painter is a few MiB, and what is larger is not read into memory to find that out
CPU = ("CPUExecutionProvider",)
FATAL = 4  # logging severity: what goes wrong is raised, and said once
PAINTER, SCENE, LAYOUT = "translator", "scene", "layout"
# What is said of a file of one kind where another is needed: what it is, and what to type.
KINDS = {
    PAINTER: ("a painter of pictures", "pleinair stylize PICTURE --painter {path} --style {style} --out painted"),
    SCENE: ("a generator of scenes", "pleinair generate --model {path} --seeds 0-7 --out scenes"),
    LAYOUT: ("a generator of what is laid out", "pleinair paint LAYOUT.png --realist {path} --out painted"),
}


def described(path: Path) -> tuple[OnnxFile, ModelSpec]:
    """The file and its spec. Raises ModelError if it is not one of ours, in one line that names the file."""
    try:
        if not path.is_file():  # nor is a folder read, or a pipe waited for
            raise ModelError(f"there is no model file {path}; check the path")
        if path.stat().st_size > LARGEST_FILE:
            raise refusal(path, f"it is larger than {LARGEST_FILE >> 20} MiB")
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror}); check the path") from error
    try:
        file = parse(data)
        if METADATA_KEY not in file.metadata:
            raise ModelError("it is an .onnx file, but not one that pleinair wrote")
        return file, ModelSpec.from_json(file.metadata[METADATA_KEY])
    except (ModelError, RecursionError) as error:
        raise refusal(path, str(error)) from error


def check_kind(path: Path, spec: ModelSpec, wanted: str) -> None:
    """Raise ModelError, with what to type instead, if the file is for something else than what is wanted."""
    if spec.kind == wanted:
        return
    if spec.kind not in KINDS:
        raise refusal(path, f"it is a {spec.kind!r}, which is newer than this; type: pip install --upgrade pleinair")
    what, command = KINDS[spec.kind]
    command = command.format(path=path, style=spec.styles[0])
    raise ModelError(f"{path} is {what}, not {KINDS[wanted][0]}; type: {command}")


def session(
    model: bytes, inputs: Sequence[str], outputs: Sequence[str], threads: int | None, providers: Sequence[str] = CPU
) -> "InferenceSession":
    """The runtime, ready to turn values of these names into those. threads: by default one per core that this process
    may use. Raises ModelError, SettingError."""
    if threads is not None and threads < 1:
        raise SettingError(f"threads must be 1 or more, not {threads}")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = usual_threads() if threads is None else threads
    options.log_severity_level = FATAL
    # Between windows and pictures there is other work to do: threads that spin while they wait would take its cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # A plan made for one size of window keeps a quarter more memory than finding room anew (1024 px: 470 against 380
    # MiB).
    options.enable_mem_pattern = False
    try:
        # Its fallback would print to stdout and try the same once more.
        opened = onnxruntime.InferenceSession(model, options, providers=list(providers), enable_fallback=0)
        names = [value.name for value in opened.get_inputs()], [value.name for value in opened.get_outputs()]
    except Exception as error:  # the runtime's errors have no common parent but this
        raise ModelError(f"the runtime refuses it: {one_line(error)}") from error
    if names != (list(inputs), list(outputs)):
        wanted = (", ".join(map(repr, ends)) for ends in (inputs, outputs))
        raise ModelError(f"it should turn {' into '.join(wanted)}, but has {names[0]} and {names[1]}")
    return opened


def usual_threads() -> int:
    """Cores this process was confined to (taskset, a batch system); 0, the runtime's own count of real cores, if to
    none."""
    allowed = cores()
    return allowed if allowed < (os.cpu_count() or 1) else 0


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def refusal(path: Path, reason: str) -> ModelError:
    """One line, whatever was wrong with the file, and what to try unless the reason says it."""
    return ModelError(
        f"{path} cannot be used as a model: {reason}{'' if ';' in reason else '; fetch or export it again'}"
    )


def one_line(error: Exception) -> str:
    """The runtime's complaint in one line."""
    return " ".join(str(error).split())[:200]
