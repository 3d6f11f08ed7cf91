"""The command line: arguments in, words and exit codes out; no decisions.

Exit codes: 0 done, 1 something failed, 2 bad configuration or use, 3 stopped for safety.
"""

from __future__ import annotations

import gc
import sys

import typer
from rich.markup import escape

from connector import __version__
from connector.cli import (
    agreements,
    ask,
    connect,
    demo,
    interest,
    outbox,
    pause,
    people,
    sandbox,
    seeing,
    serve,
    setup,
    work,
    worklist,
)
from connector.cli.codes import BAD_USE, DONE, FAILED, SAFETY
from connector.cli.output import Output
from connector.errors import ConfigError, RelanceError, SafetyStop

cli = typer.Typer(
    name="relance",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="Chases unpaid invoices from beside the accounting system, and writes back what it did.",
)
_MODULES = (
    setup,
    connect,
    work,
    serve,
    ask,
    people,
    agreements,
    pause,
    sandbox,
    demo,
    interest,
    worklist,
    seeing,
)
for module in _MODULES:
    module.register(cli)
cli.add_typer(outbox.cli, name="outbox")


def _version(show: bool) -> None:
    if show:
        typer.echo(f"relance {__version__}")
        raise typer.Exit


@cli.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", help="Print the version.", callback=_version, is_eager=True
    ),
) -> None:
    """Options of the whole program."""


def rest_the_collector() -> None:
    """A pass makes a million small values that live as long as it does: looking through them for cycles every
    few hundred costs up to a tenth of its time and finds none."""
    gc.set_threshold(50_000, 20, 50)


def main() -> None:
    """Run the command and exit with its code. Known errors print their message, never a traceback."""
    rest_the_collector()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command with these arguments and return its exit code."""
    output = Output(json="--json" in arguments)
    try:
        result = cli(arguments, standalone_mode=False)
    except ConfigError as error:
        output.problems(error.problems)
        return BAD_USE
    except SafetyStop as stop:
        output.err.print(f"[bold red]stopped for safety[/]: {escape(str(stop))}")
        return SAFETY
    except RelanceError as error:
        output.err.print(f"[bold red]{escape(str(error))}[/]")
        return FAILED
    except (typer.Exit, typer.Abort) as ended:
        return int(getattr(ended, "exit_code", FAILED))
    except Exception as error:  # noqa: BLE001 - raised again when it is no misuse
        _show_misuse(error)
        return BAD_USE
    return result if isinstance(result, int) else DONE


def _show_misuse(error: Exception) -> None:
    """Show a wrong use of the command as its library words it; anything else is a fault of ours."""
    show = getattr(error, "show", None)
    if show is None:
        raise error
    show()
