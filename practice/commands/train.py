"""``stalelaw train``: train small policies asynchronously and measure the bias at their checkpoints."""

from __future__ import annotations

import errno
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

__all__ = ["train"]


def train(
    policy: Annotated[
        Literal["mlp", "transformer", "transformer-large"],
        typer.Argument(help="Which study; transformer-large has 1.2 million parameters and wants a GPU."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the runs; gone on with where they were cut.")],
    device: Annotated[str, typer.Option(help="Torch device: cpu, cuda, cuda:1, ...")] = "cpu",
    result: Annotated[Path | None, typer.Option(help="JSON file of the result; OUT/POLICY.json without.")] = None,
) -> None:
    """Train a policy by asynchronous GRPO, stable and collapsing, and measure its checkpoints.

    Supervised start, runs that climb and one that collapses, saved states with the path of the parameters. Then, at
    the checkpoints: the bias by lag, the constant in front of it, cosines and success, by enumeration and by sampling;
    the exponent of the bias by sampling. A run that was killed goes on from its last saved state, to the same bits.

    \b
    Examples:
      stalelaw train mlp --out runs
      stalelaw train transformer --out runs
      stalelaw train transformer-large --device cuda --out runs
    """
    import torch

    from ...verify.studies.trained import study
    from ..errors import BadInput, taught
    from ..jsonio import check_target, dumps, printing, write_atomic
    from ..report.provenance import commit

    target = result or out / f"{policy}.json"
    check_target(target)
    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise BadInput("a torch device of this machine", repr(device), "use cpu, or install torch for it") from error
    command = f"stalelaw train {policy} --out DIR" + ("" if device == "cpu" else f" --device {device}")
    try:
        with _progress() as notify:
            found = study(policy, out, device, notify)
    except ValueError as error:
        raise taught(error, f"--out {out}", "choose another --out") from error
    except OSError as error:
        got = f"{error.filename or out} ({error.strerror or error})"
        fix = "choose another --out"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            fix = "free some space and run again, which goes on from the last saved state, or choose another --out"
        raise BadInput("a folder that takes the runs", got, fix) from error
    made = {"command": command, "commit": commit()[0], "torch": torch.__version__.split("+")[0]}
    write_atomic(target, dumps({"made": made, **found}).encode())
    with printing():
        typer.echo(f"written: {target}")


@contextmanager
def _progress() -> Generator[Callable[[str, int, int], None]]:
    """One bar for each thing that is made; it stays."""
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn

    from ..console import watched

    columns = (BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    tasks: dict[str, TaskID] = {}
    with watched(*columns, transient=False) as bars:

        def notify(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield notify
