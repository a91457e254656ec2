"""``stalelaw plan``: largest stable learning rate, staleness or horizon; or a gate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..constants import Constants
    from ..plan import Plan

__all__ = ["plan"]


def plan(
    a: Annotated[float | None, typer.Option("--a", help="R_batch/G_upd, in learning rate x steps.")] = None,
    b: Annotated[float | None, typer.Option("--b", help="R_crit/G_upd, in learning rate x steps.")] = None,
    calibration: Annotated[
        Path | None, typer.Option(help="Calibration written by `stalelaw calibrate`; its lower limits are used.")
    ] = None,
    preset: Annotated[
        str | None, typer.Option(help="paper-v1: third-party readings of the paper's figures, with caveats.")
    ] = None,
    staleness: Annotated[
        float | None, typer.Option("--staleness", "-S", help="Sync interval S in optimizer steps; 1 is on-policy.")
    ] = None,
    horizon: Annotated[float | None, typer.Option("--horizon", "-T", help="Horizon T in optimizer steps.")] = None,
    eta: Annotated[float | None, typer.Option("--eta", help="Learning rate.")] = None,
    law: Annotated[
        str | None,
        typer.Option(
            metavar="LAW",
            help="Boundary law: min (the paper's rule), max, staleness, horizon, power, const, min-ceiling, "
            "max-ceiling, blend. Default: the calibration's, else min.",
        ),
    ] = None,
    alpha: Annotated[float | None, typer.Option("--alpha", help="Exponent of S in the law power, a/S^alpha.")] = None,
    eta_0: Annotated[
        float | None, typer.Option("--eta-0", help="On-policy ceiling: laws const, min-ceiling, max-ceiling.")
    ] = None,
    blend_power: Annotated[
        float | None, typer.Option("--blend-power", help="Power p of the law blend, of either sign.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")] = False,
) -> None:
    """Plan a run: two of learning rate, staleness and horizon give the third; all three are a gate (exit 1 outside).

    \b
    Examples:
      stalelaw plan --a 1.6e-6 --b 3.2e-5 --staleness 16 --horizon 320
      stalelaw plan --calibration cal.json --eta 1e-6 --horizon 2000
      stalelaw plan --preset paper-v1 --eta 5e-8 --staleness 16 --horizon 320   # gate
    """
    from ..jsonio import dumps, printing
    from ..plan import plan as solve
    from ..shape import given_shape
    from ._options import checked_law

    shape = given_shape(alpha, eta_0, blend_power)
    constants = _constants(a, b, calibration, preset, law, bool(shape))
    chosen = checked_law(law or constants.law or "min")
    answer = solve(chosen, constants, eta, staleness, horizon, constants.shape | shape)
    with printing():
        if as_json:
            typer.echo(dumps(answer.document()), nl=False)
        else:
            _show(answer)
    if answer.gate is not None and not answer.gate.inside:
        raise typer.Exit(1)


def _constants(
    a: float | None, b: float | None, calibration: Path | None, preset: str | None, law: str | None, shaped: bool
) -> Constants:
    from ..constants import Constants, from_calibration, from_preset
    from ..errors import BadInput

    if law == "const" and a is b is calibration is preset is None:
        return Constants.given(None, None)  # this law has neither a nor b
    sources = [a is not None or b is not None, calibration is not None, preset is not None]
    if sum(sources) != 1:
        got = "none of them" if not any(sources) else "several"
        raise BadInput("one source of constants", got, "give --a and --b, or --calibration FILE, or --preset paper-v1")
    if preset is not None:
        return from_preset(preset)
    if calibration is None:
        return Constants.given(a, b)
    constants = from_calibration(calibration)
    if law is not None and law != constants.law:
        got = f"--law {law} with a calibration under {constants.law!r}"
        raise BadInput("the law of the calibration", got, f"calibrate again with --law {law}")
    if shaped:
        got = "another value beside the calibration"
        raise BadInput("the exponent or ceiling of the calibration", got, "leave it out, or calibrate again with it")
    return constants


def _show(answer: Plan) -> None:
    from ..console import number, show_lines, show_table

    body = answer.document()
    names = ("a", "b", "eta", "staleness", "horizon", "eta_max", "staleness_max", "staleness_max_floor")
    names += ("horizon_max", "horizon_max_floor", "crossover_staleness")
    names = ("a", "b", *answer.shape, *names[2:])
    body |= answer.shape
    reasons = answer.reasons
    rows = [(n, number(body[n]), reasons.get(n, "")) for n in names if body[n] is not None or n in reasons]
    rows.append(("regime", str(answer.regime), ""))
    show_table(f"Plan under the law {answer.law!r}, constants from {answer.constants.source}", ("", "", ""), rows)
    if answer.gate is not None:
        word = "inside" if answer.gate.inside else "OUTSIDE"
        show_lines("Gate: ", [f"{word}, margin eta_max/eta - 1 = {answer.gate.margin:+.3g}"])
    if answer.constants.provenance:
        show_lines("Provenance: ", [answer.constants.provenance])
    show_lines("Note: ", body["notes"])
