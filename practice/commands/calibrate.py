"""``stalelaw calibrate``: from trainer logs to the planning constants a and b."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from ..calibration import Calibration

__all__ = ["calibrate"]


def calibrate(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILES...", help="Logs of one set-up: TRL / Hugging Face trainer_state.json."),
    ],
    staleness: Annotated[
        str | None,
        typer.Option(
            "--staleness",
            metavar="N|N1,N2,...",
            help="Sync interval S in optimizer steps (1 is on-policy): one for all files, or one per file in order.",
        ),
    ] = None,
    infer_staleness: Annotated[
        bool,
        typer.Option("--infer-staleness", help="Take S from the gap between steps that log a reward."),
    ] = False,
    law: Annotated[
        str,
        typer.Option(
            metavar="LAW",
            help="Boundary law: min (the paper's rule), max, staleness (a/S), horizon (b/T), power (a/S^alpha), "
            "min-ceiling, max-ceiling.",
        ),
    ] = "min",
    alpha: Annotated[
        float | None, typer.Option("--alpha", help="Exponent of S in the law power; given, not calibrated.")
    ] = None,
    eta_0: Annotated[
        float | None, typer.Option("--eta-0", help="On-policy ceiling of min-ceiling and max-ceiling; given.")
    ] = None,
    degraded: Annotated[
        Literal["unstable", "stable", "ignored"], typer.Option(help="How a degraded run counts.")
    ] = "unstable",
    collapsed_below: Annotated[
        float, typer.Option(help="Collapsed: smoothed reward below this fraction of its running best, to the end.")
    ] = 0.15,
    degraded_below: Annotated[
        float, typer.Option(help="Degraded: mean of the last quarter below this fraction of the best.")
    ] = 0.8,
    window: Annotated[int, typer.Option(help="Trailing mean over at least this many logged rewards ...")] = 3,
    window_fraction: Annotated[float, typer.Option(help="... and at least this fraction of the run.")] = 0.05,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Also write the calibration to this JSON file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")] = False,
) -> None:
    """Find the constants a = R_batch/G_upd and b = R_crit/G_upd that reproduce the outcomes of your runs.

    Each run is stable, degraded, collapsed or undecided by its reward series alone. The answer is the exact set of
    (a, b), in learning rate x steps, under the law; runs that no (a, b) fits together are named (exit 0).
    A reward that is never positive (all zero, all negative) leaves a run undecided.

    \b
    Examples:
      stalelaw calibrate examples/runs/*.json --infer-staleness
      stalelaw calibrate examples/runs/*.json --staleness 16,16,1,1,4,64 --law max
      stalelaw calibrate run-a.json run-b.json --staleness 8 --out cal.json
      stalelaw plan --calibration cal.json --staleness 8 --horizon 1000
    """
    from ..calibrate import calibrate as fit
    from ..jsonio import dumps, printing, write_atomic
    from ..outcome import Thresholds
    from ..shape import given_shape
    from ..staleness import parse, resolve
    from ..trainers import read_log
    from ._options import checked_law, fraction

    chosen = checked_law(law)
    limits = Thresholds(
        collapsed_below=fraction("--collapsed-below", collapsed_below),
        degraded_below=fraction("--degraded-below", degraded_below),
        window=_at_least_one(window),
        window_fraction=fraction("--window-fraction", window_fraction, zero=True),
    )
    if out is not None:
        _spare_inputs(out, files)
    given = parse(staleness) if staleness is not None else None
    logs = [read_log(path) for path in files]
    shape = given_shape(alpha, eta_0, None)
    result = fit(logs, resolve(logs, given, infer_staleness), chosen.id, limits, degraded, shape)
    text = dumps(result.document())
    if out is not None:
        write_atomic(out, text)
    with printing():
        if as_json:
            typer.echo(text, nl=False)
        else:
            _show(result)


def _spare_inputs(out: Path, files: list[Path]) -> None:
    """Refuse to overwrite a log, under whatever name or link."""
    from ..errors import BadInput

    for path in files:
        same = out.exists() and path.exists() and out.samefile(path)
        if same or out.resolve() == path.resolve():
            got = f"{out}, which is the log {path}"
            raise BadInput("--out to be another file than the logs", got, "name a new file: logs are never overwritten")


def _at_least_one(window: int) -> int:
    from ..errors import BadInput

    if window < 1:
        raise BadInput("--window >= 1 logged rewards", str(window), "use 1 for no smoothing")
    return window


def _show(result: Calibration) -> None:
    from ..console import number, show_lines, show_table

    show_table(
        f"Runs ({len(result.runs)}), staleness {result.staleness_source}, {result.lag_convention}",
        ("file", "eta", "S", "max lag", "steps", "outcome", "collapse in"),
        [
            (
                run.file,
                number(run.eta) + (f" ({number(run.eta_min)}..{number(run.eta_max)})" if run.eta_max else ""),
                run.staleness,
                run.max_lag,
                run.steps,
                run.outcome,
                "({}, {}]".format(*run.collapse_interval) if run.collapse_interval else "-",
            )
            for run in result.runs
        ],
    )
    times = result.collapse_times.b
    rows = [
        (name, number(x.low), number(x.value), number(x.high))
        for name, x in (("a", result.a), ("b", result.b), ("b from collapse times", times))
    ]
    show_table(f"Constants under the law {result.law!r} ({result.unit})", ("", "low (>=)", "value", "high (<)"), rows)
    if result.consistent:
        show_lines("", ["Consistent: one (a, b) reproduces every outcome."])
    else:
        show_lines("Not consistent: ", [result.reason or ""])
        show_lines("  conflict: ", result.conflict)
    show_lines("Note: ", result.notes)
    show_lines("Warning: ", result.warnings)
