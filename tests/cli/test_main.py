"""The command line as a whole: help without imports, errors in one line, exit codes, interruptions, pipes."""

import importlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from pleinair.cli.main import INTERRUPTED, VERBS, main
from pleinair.errors import ModelError
from pleinair.version import __version__

ROOT = Path(__file__).parents[2]


def run(*arguments: str, code: str | None = None) -> subprocess.CompletedProcess[str]:
    """pleinair in a process of its own, from the plain checkout."""
    start = ["-c", code] if code else ["-m", "pleinair"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, *start, *arguments],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        cwd=ROOT,
        timeout=60,
    )


@pytest.mark.parametrize(("told", "threads"), [(None, "1"), ("3", "3")])
def test_numpys_matrices_have_one_thread_unless_the_user_says_so(
    monkeypatch: pytest.MonkeyPatch, told: str | None, threads: str
) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    if told:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", told)
    code = "import sys, os, pleinair.cli.main; print('numpy' in sys.modules, os.environ['OPENBLAS_NUM_THREADS'])"
    assert run(code=code).stdout.split() == ["False", threads]


def verb(monkeypatch: pytest.MonkeyPatch, function: Callable[[], object]) -> None:
    """Let `pleinair models` do something else."""
    command = click.Command("models", callback=function)
    monkeypatch.setattr("pleinair.cli.models.models", command)


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for name, line in VERBS.items():
        assert name in shown
        assert line in shown


def test_no_verb_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    bare = capsys.readouterr().out
    assert main(["-h"]) == 0
    assert capsys.readouterr().out == bare


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"pleinair {__version__}\n"


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_is_a_file_with_the_help_that_the_table_says(name: str) -> None:
    command = getattr(importlib.import_module(f"pleinair.cli.{name}"), name)
    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.get_short_help_str(200) == VERBS[name]


def test_every_file_of_the_cli_with_a_verb_is_in_the_table() -> None:
    for path in (ROOT / "src/pleinair/cli").glob("*.py"):
        module = importlib.import_module(f"pleinair.cli.{path.stem}") if path.stem != "__init__" else None
        if isinstance(getattr(module, path.stem, None), click.Command):
            assert path.stem in VERBS


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: pleinair {name} ")


@pytest.mark.parametrize(("wrong", "near"), [("stylise", "stylize"), ("model", "models"), ("trian", "train")])
def test_a_misspelled_verb_is_a_usage_error_with_the_near_one(
    wrong: str, near: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([wrong]) == 2
    assert f"There is no verb '{wrong}'. Did you mean '{near}'?" in capsys.readouterr().err


def test_a_verb_like_none_lists_them_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["zzz"]) == 2
    assert "stylize, generate, fiction, imagine, paint, demo, gallery, again, models" in capsys.readouterr().err


def test_an_unknown_option_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--nonsense"]) == 2
    assert "--nonsense" in capsys.readouterr().err


def test_a_complaint_is_one_line_on_stderr(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def complain() -> None:
        raise ModelError("the model is broken; export it again")

    verb(monkeypatch, complain)
    assert main(["models"]) == 1
    shown = capsys.readouterr()
    assert shown.err == "pleinair: the model is broken; export it again\n"
    assert shown.out == ""


def test_what_the_system_complains_about_is_one_line_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    verb(monkeypatch, lambda: (tmp_path / "none" / "file").read_text())
    assert main(["models"]) == 1
    assert capsys.readouterr().err == f"pleinair: No such file or directory: {tmp_path / 'none' / 'file'}\n"


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble() -> None:
        raise ZeroDivisionError

    verb(monkeypatch, stumble)
    with pytest.raises(ZeroDivisionError):
        main(["models"])


@pytest.mark.parametrize("error", [KeyboardInterrupt, click.Abort])
def test_an_interruption_ends_with_130(monkeypatch: pytest.MonkeyPatch, error: type[BaseException]) -> None:
    def interrupt() -> None:
        raise error

    verb(monkeypatch, interrupt)
    assert main(["models"]) == INTERRUPTED == 130


@pytest.mark.parametrize(("value", "code"), [(None, 0), (0, 0), (3, 3), ("done", 0)])
def test_a_verb_may_return_its_exit_code(monkeypatch: pytest.MonkeyPatch, value: object, code: int) -> None:
    verb(monkeypatch, lambda: value)
    assert main(["models"]) == code


def test_a_verb_may_exit(monkeypatch: pytest.MonkeyPatch) -> None:
    verb(monkeypatch, lambda: click.get_current_context().exit(4))
    assert main(["models"]) == 4


def test_runs_as_a_module_from_a_plain_checkout() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"pleinair {__version__}\n", "")


def test_a_closed_pipe_is_quiet() -> None:
    code = (
        "import sys, os; from pleinair.cli.main import main\n"
        "read, write = os.pipe(); os.close(read); os.dup2(write, 1); sys.exit(main())"
    )
    done = run("--help", code=code)
    assert done.returncode == 1
    assert done.stderr == ""


def test_help_imports_nothing_heavy() -> None:
    heavy = ("numpy", "PIL", "onnxruntime", "rich", "torch", "urllib.request", "pleinair.spec", "pleinair.store")
    code = "import sys; from pleinair.cli.main import main; main(['--help'])"
    done = run(code=f"{code}; print([name for name in {heavy} if name in sys.modules])")
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_is_quick() -> None:
    """The bar is 0.3 s unloaded (docs/design.md has the figure); a busy machine gets four times as much here."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        assert run("--help").returncode == 0
        times.append(time.perf_counter() - start)
    assert min(times) < 1.2
