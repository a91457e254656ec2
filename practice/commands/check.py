"""``stalelaw check``: confront the claims with measurements."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from ...verify.bounds.own import Bound
    from ...verify.verdicts import Verdict
    from ..errors import BadInput

__all__ = ["check"]


def check(
    suite: Annotated[
        Literal["quick", "full"],
        typer.Option(help="quick: under a minute; full: more problems and longer runs, minutes."),
    ] = "quick",
    claim: Annotated[
        list[str] | None, typer.Option("--claim", metavar="ID", help="Only this claim; may be repeated.")
    ] = None,
    bound: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE.toml", help="Measure your own bound instead of the claims; see below. May be repeated."
        ),
    ] = None,
    policy: Annotated[
        str, typer.Option(help="tabular, mlp, transformer, or the folder of a Hugging Face causal LM.")
    ] = "tabular",
    device: Annotated[str, typer.Option(help="Torch device: cpu, cuda, cuda:1, ...")] = "cpu",
    seed: Annotated[int, typer.Option(help="Seed of the problems; replays every number.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")] = False,
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="OLD.json", help="Earlier --json output: report newly failing claims, tightness drift."),
    ] = None,
    junit: Annotated[Path | None, typer.Option(help="Also write the verdicts as JUnit XML to this file.")] = None,
    github: Annotated[
        bool, typer.Option("--github", help="Also print GitHub annotations (stderr with --json).")
    ] = False,
) -> None:
    """Measure every claim on enumerable problems and compare with the theory; exit 1 when a proved claim is violated.

    Bounds are checked one-sidedly with rounding only, exact statements two-sidedly, exponents after extrapolation to
    zero step. Definitions are reported as not measured.

    A bound of your own is a file such as

    \b
      id = "mine"
      kind = "upper"                # upper, lower, exact, leading-order
      quantity = "bias"             # norm of H(theta_t,phi_t) - H(theta_t,theta_t)
      formula = "c * K_phi * G_upd * S_max * eta"
      constants = { c = 0.5 }       # optional; also domain, units, logits, title

    It is measured on runs that the seed fixes; exit 1 when one of them breaks it. A wrong name lists those there are.

    \b
    Examples:
      stalelaw check
      stalelaw check --claim bias-ladder --claim staleness-bias --seed 3
      stalelaw check --suite full --json > verdicts.json
      stalelaw check --baseline verdicts-of-last-week.json
      stalelaw check --bound mine.toml --policy transformer
    """
    from ...theory.claims import all_claims
    from ..baseline import compare, read
    from ..bound import read_bound
    from ..errors import BadInput
    from ..jsonio import check_target, dumps, printing, write_atomic
    from ._verdicts import annotate, counts, junit_xml, show, show_baseline

    known = [record.id for record in all_claims()]
    for name in claim or ():
        if name not in known:
            raise BadInput(f"a claim out of {', '.join(known)}", repr(name), "see `stalelaw derive --list`")
    if not 0 <= seed < 2**40:
        raise BadInput("a seed in 0..2**40-1", str(seed), "give a smaller non-negative integer")
    bounds = [read_bound(path) for path in bound or ()]
    for place, mine in enumerate(bounds):
        if mine.id in known:
            raise BadInput("an id that is no claim of the theory", repr(mine.id), "give your bound another id")
        if mine.id in [other.id for other in bounds[:place]]:
            raise BadInput("one --bound of each id", f"{mine.id!r} twice", "give one of them another id")
    old = None if baseline is None else read(baseline, suite)
    if junit is not None:
        check_target(junit)
    wanted = claim or ([] if bounds else known)
    verdicts = _measured(wanted, bounds, policy, suite, seed, _usable(device))
    alarms = _alarms(verdicts)
    document: dict[str, Any] = {
        "suite": suite,
        "policy": policy,
        "seed": seed,
        "device": device,
        "counts": counts(verdicts),
        "false_alarms": alarms,
        "verdicts": [verdict.as_dict() for verdict in verdicts],
    }
    if bounds:
        document["bounds"] = [_described(mine) for mine in bounds]
    if old is not None:
        document["baseline"] = compare(document, old, chosen=bool(claim or bounds))
    if junit is not None:
        write_atomic(junit, junit_xml(verdicts))
    text = dumps(document) if as_json else ""
    with printing():
        if as_json:
            typer.echo(text, nl=False)
        else:
            show(verdicts, alarms)
            show_baseline(document.get("baseline"))
        if github:
            for line in annotate(verdicts, document.get("baseline")):
                typer.echo(line, err=as_json)
    if any(v.status == "violated" for v in verdicts):
        raise typer.Exit(1)


def _measured(
    claims: Sequence[str], bounds: Sequence[Bound], policy: str, suite: str, seed: int, device: str
) -> list[Verdict]:
    """The verdicts of claims and bounds on a policy, with a progress bar where a person watches.

    Raises:
        BadInput: an unknown policy, one that cannot be measured, or a bound that speaks of what the policy has not.
    """
    from ...verify.bounds.on_runs import measure
    from ...verify.bounds.own import check_symbols
    from ...verify.check import run
    from ...verify.studies.kinds import KINDS, kind
    from ..console import progress
    from ..errors import taught

    try:
        chosen = kind(policy, device)
        for mine in bounds:
            check_symbols(mine, chosen)
    except ValueError as error:
        raise taught(error, f"--policy {policy}", "use --policy tabular") from error
    except Exception as error:
        if policy in KINDS:
            raise
        raise _no_model(Path(policy), error) from error  # other people's code on other people's files: any error
    total = len(claims) + len(bounds)
    with progress("measuring") as advance:
        found = run(claims, suite, seed, device, lambda name: advance(name, total), chosen) if claims else []
        for mine in bounds:
            advance(mine.id, total)
            found.extend(measure(mine, chosen, seed, suite, device))
    return found


def _no_model(folder: Path, error: Exception) -> BadInput:
    """The error of Hugging Face or torch about the model in a folder as bad input; damaged weights are named."""
    from safetensors import SafetensorError, safe_open

    from ..errors import BadInput

    opened: Any = safe_open
    for path in sorted(folder.glob("*.safetensors")):
        try:
            with opened(path, framework="pt"):
                pass
        except (SafetensorError, OSError) as damage:
            return BadInput("weights in whole safetensors files", f"{path} ({damage})", "save or copy the model again")
    got = f"{type(error).__name__}: {' '.join(str(error).split()):.300} (--policy {folder})"
    if isinstance(error, RuntimeError):
        fix = "give a model of plain operations that torch differentiates twice, or use --policy transformer"
        return BadInput("a model that torch.func can follow", got, fix)
    return BadInput("a causal LM as save_pretrained leaves it", got, "correct config.json, or save the model again")


def _alarms(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    from ...verify.false_alarms import false_alarms

    return false_alarms(verdicts).as_dict()


def _described(bound: Bound) -> dict[str, Any]:
    """A user's bound for JSON."""
    fields = ("id", "title", "kind", "quantity", "domain", "logits")
    plain = {name: getattr(bound, name) for name in fields}
    return plain | {"formula": bound.formula.text, "constants": dict(bound.constants)}


def _usable(device: str) -> str:
    """Return the device after placing one number there, so that a bad name is bad input and not an internal error."""
    import torch

    from ..errors import BadInput

    try:
        torch.zeros((), dtype=torch.float64, device=device).item()
        torch.set_num_threads(1)  # enumerated problems are small: threads would wait for each other
    except (RuntimeError, AssertionError, NotImplementedError, TypeError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise BadInput("a torch device that works here, with float64", f"{device!r} ({first})", "try cpu") from error
    return device
