"""The command line: a thin Typer app. Bodies live in ``commands``; torch and SymPy load only when a command needs them.

Exit codes: 0 done, nothing violated; 1 a claim or bound is violated, or a gate says no; 2 bad input; 3 internal error.
"""

from __future__ import annotations

import os
import sys
import traceback
from typing import Annotated, Any

import typer
from stalelaw import __version__
from typer.core import TyperGroup

from .commands import calibrate, check, derive, plan, report, train
from .errors import BadInput, printable

__all__ = ["app", "main"]


class _Group(TyperGroup):
    """Turns what a command raises into one text on stderr and an exit code; leaves Typer's own exits alone."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BadInput as error:
            typer.echo(f"stalelaw: bad input: {error}", err=True)
            raise typer.Exit(2) from error
        except (typer.Exit, typer.Abort, KeyboardInterrupt, BrokenPipeError):
            raise
        except Exception as error:
            if type(error).__module__.startswith(("click", "typer")):  # usage errors: Typer prints them, exit 2
                raise
            if os.environ.get("STALELAW_DEBUG") == "1":
                traceback.print_exc()
            text = f"stalelaw: internal error: {type(error).__name__}: {printable(error)}"
            hint = "this is a bug; run again with STALELAW_DEBUG=1 and report the traceback with the command"
            typer.echo(f"{text}; {hint}", err=True)
            raise typer.Exit(3) from error


app = typer.Typer(
    cls=_Group,
    name="stalelaw",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"stalelaw {__version__}")
        raise typer.Exit


@app.callback()
def _root(  # pyright: ignore[reportUnusedFunction]
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Derive, check, measure and calibrate the staleness-learning-rate law of asynchronous RLHF (arXiv 2607.01083).

    Exit codes: 0 done; 1 a claim or bound is violated, or a gate says no; 2 bad input; 3 internal error. With --json,
    stdout is exactly one JSON document on success and empty on error.
    """


app.command("derive", short_help="Check every step of every claim, or your own theorem.")(derive.derive)
app.command("check", short_help="Confront the claims with measurements.")(check.check)
app.command("calibrate", short_help="Logs of your runs -> the planning constants a and b.")(calibrate.calibrate)
app.command("plan", short_help="Largest stable learning rate, staleness or horizon; a gate.")(plan.plan)
app.command("train", short_help="Train small policies asynchronously; measure their checkpoints.")(train.train)
app.command("report", short_help="Proof, measurement, calibration and plan on one page.")(report.report)


def main() -> None:
    """Entry point of the ``stalelaw`` command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")  # a terminal that cannot show a character must not end a command
    app()


if __name__ == "__main__":
    main()
