"""The command line. A verb is a file: `cli/stylize.py` holds `pleinair stylize`, and is imported when it is called."""

import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from pleinair.errors import PleinairError
from pleinair.version import __version__

# NumPy's BLAS, where it has several threads, lets them wait by yielding in a loop: with a second process beside them
# they have been seen to wait for an hour (Linux 6.18). Nothing here multiplies matrices that would gain from threads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# The verbs in the order of `pleinair --help`. Their one-line helps stand here too, so that the help imports none of
# them; tests/cli/test_main.py compares them with the verbs' own.
VERBS = {
    "stylize": "Paint pictures and folders in a style.",
    "generate": "Draw natural scenes out of noise.",
    "fiction": "Draw fictional scenes, computed by rules.",
    "imagine": "Paint the scene that a sentence tells of.",
    "paint": "Paint the scene that a layout lays out.",
    "demo": "Paint sample scenes in every style and write a page to open.",
    "gallery": "Paint sentences and write a page of every stage.",
    "again": "Make pictures again, from what they say of themselves.",
    "models": "List painters and generators, with data and scores.",
    "prepare": "Turn folders of pictures into a pack to train on.",
    "train": "Train a painter of your own styles.",
    "export": "Hand a trained run over as one .onnx file.",
    "score": "Judge how well a painter meets its styles.",
}
INTERRUPTED = 130  # 128 + SIGINT, as shells report it


class Verbs(click.Group):
    """A group whose verbs stay on disk until one is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            raise click.UsageError(f"There is no verb {cmd_name!r}.{_nearest(cmd_name)}", ctx)
        command = getattr(import_module(f"pleinair.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(
    cls=Verbs,
    invoke_without_command=True,
    subcommand_metavar="VERB [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: pleinair demo",
)
@click.version_option(__version__, prog_name="pleinair", message="%(prog)s %(version)s")
@click.pass_context
def verbs(ctx: click.Context) -> None:
    """Paint natural scenes: photo to painting, painting to photo."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (default: the process's own) and return its exit code.

    0 done; 1 pleinair or the system complained, in one line on stderr; 2 the command line was not understood;
    130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that cannot show a character shows a question mark
    try:
        code = verbs.main(args=arguments, prog_name="pleinair", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        _leave_pipe()
    except PleinairError as error:
        _complain(str(error))
    except OSError as error:
        _complain(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")
    return 1


def _complain(message: str) -> None:
    click.echo(f"pleinair: {message}", err=True)


def _leave_pipe() -> None:
    """The reader (`| head`) has left: what is still buffered goes nowhere, or Python would complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, VERBS, n=1)
    return f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(VERBS)}."
