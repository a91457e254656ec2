"""``stalelaw report``: the page, the verdicts, the derivation and the figures."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["report"]


def report(
    quick: Annotated[
        bool, typer.Option("--quick", help="Fewer random problems, and no falsified versions of the proofs.")
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="The full suite of measurements; minutes.")] = False,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder of the report: new, empty, or an older report, replaced.")
    ] = Path("reports/build"),
    publish: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also copy the small files there, stamped with their sources.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the measured problems; replays every number.")] = 0,
) -> None:
    """Write the report: a self-contained index.html, verdicts.json, derivation.tex and .pdf, figures as SVG and PNG.

    The page tells the law, its proof, predicted against measured, the calibration of the shipped runs and the plan.
    Without LaTeX there is no PDF and the page says so. Exit 0 once written, whatever the findings are.

    \b
    Examples:
      stalelaw report
      stalelaw report --quick --out build/report
      stalelaw report --publish reports
    """
    from ..errors import BadInput
    from ..jsonio import printing
    from ..report.build import build
    from ..report.effort import EFFORTS

    if quick and full:
        raise BadInput("--quick or --full, or neither", "both", "leave one of them out")
    if not 0 <= seed < 2**40:
        raise BadInput("a seed in 0..2**40-1", str(seed), "give a smaller non-negative integer")
    if publish is not None:
        from ..report.publish import check

        check(publish, out)
    effort = EFFORTS["quick" if quick else "full" if full else "default"]
    flag = "" if effort.name == "default" else f" --{effort.name}"
    command = f"stalelaw report{flag}" + (f" --seed {seed}" if seed else "")
    with _progress() as notify:
        folder = build(effort, out, seed, "cpu", command, notify)
    lines = [f"written: {out / 'index.html'}"]
    if publish is not None:
        from ..report.publish import publish as copy

        names = copy(folder, publish)
        lines.append(f"published: {len(names)} files in {publish}")
    with printing():
        typer.echo("\n".join(lines))


@contextmanager
def _progress() -> Generator[Callable[[str, str, int], None]]:
    """One progress bar per track."""
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn

    from ..console import watched

    columns = (
        TextColumn("{task.fields[track]:>12}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    tasks: dict[str, TaskID] = {}
    with watched(*columns) as bars:

        def notify(track: str, what: str, total: int) -> None:
            if track not in tasks:
                tasks[track] = bars.add_task(what, total=total, track=track, completed=0)
            else:
                bars.update(tasks[track], advance=1, description=what)

        yield notify
