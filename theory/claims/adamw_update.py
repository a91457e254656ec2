"""Decoupled decay of updates that are bounded by coordinates, as in AdamW: the whole displacement (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..optimizer_objects import RAW_PARTS
from ..proof.build import assume, define, identity, inequality
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel, Step
from ..proof.vectors import Norm
from ..symbols import R_start, coord_cap, d_par, i_par, k_step, raw_at, raw_part, t_step, wd_rate
from .weight_decay import decay_steps, run

_i, _k, _t = i_par, k_step, t_step
_norm = sympy.sqrt(d_par) * coord_cap
_over = (_i, 1, d_par)
_caps = sympy.Sum(coord_cap**2, _over)

COORDINATE = Assumption(
    "COORDINATE",
    "Bounded coordinates before decay",
    r"$\lvert\mathsf{h}^{(i)}_k\rvert\le c_u$ for every coordinate and step; for Adam by the claim adam-worst-case.",
    lambda i, k: Rel(sympy.Abs(raw_part(i, k)), "<=", coord_cap),
)


def _norm_of(tag: str, k: Any) -> tuple[Step, ...]:
    """The norm of the update of step k before decay, from its coordinates."""
    squares = sympy.Sum(raw_part(_i, k) ** 2, _over)
    return (
        define(f"coordinates{tag}", RAW_PARTS, k),
        assume(f"each{tag}", COORDINATE, _i, k),
        inequality(f"square{tag}", raw_part(_i, k) ** 2, "<=", coord_cap**2, f"each{tag}", ""),
        inequality(f"squares{tag}", squares, "<=", _caps, f"square{tag}", "coordinate by coordinate"),
        inequality(f"raw{tag}", Norm(raw_at(k)), "<=", _norm, f"coordinates{tag} squares{tag} count", "its root"),
    )


def _adamw(size: int = 1, steps: int = 2, rate: Fraction | int = Fraction(1, 2)) -> Table:
    """One parameter that starts at 2, updates before decay of this size towards 0, bound 1."""
    found = run((-size,) * steps, 2, rate=rate)
    values: dict[Any, Any] = {**found.values, d_par: 1, coord_cap: 1}
    values |= {raw_part(1, k): -size for k in (*range(steps), _t)}
    return Table(values, indices={**found.indices, _i: range(1, 2)})


CLAIM = Claim(
    id="adamw-update",
    title="AdamW: the whole displacement",
    kind="upper",
    statement=r"$u_k=\mathsf{h}_k-\lambda_{\mathrm{wd}}\theta_k$ in $d$ coordinates with"
    r" $\lvert\mathsf{h}^{(i)}_k\rvert\le c_u$, $\eta\lambda_{\mathrm{wd}}\le1$, from a start of norm $R_0$:"
    r" $\lVert u_t\rVert\le\sqrt d\,c_u+\max(\lambda_{\mathrm{wd}}R_0,\sqrt d\,c_u)$ at every step. For AdamW"
    r" $c_u=\frac{1-\beta_1}{\sqrt{(1-\beta_2)(1-\beta_1^2/\beta_2)}}$ (claim adam-worst-case): decay at"
    r" most doubles the bound without it, unless the start is farther away than $\sqrt d\,c_u/\lambda_{\mathrm{wd}}$.",
    source="derived here",
    steps=(
        identity("count", _caps, d_par * coord_cap**2, "", "d of them"),
        *decay_steps(_norm, *_norm_of("", _k), *_norm_of("-last", _t)),
    ),
    conclusions=("update", "stays"),
    formula=_norm + sympy.Max(wd_rate * R_start, _norm),
    necessity={"COORDINATE": _adamw(size=5), "PART": _adamw(rate=3)},
    attained=(_adamw(steps=1, rate=1),),
)
