"""Root mean square and worst case: what each says on the drift and on the chance of a collapse (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..proof.build import assume, define, identity, inequality
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..stability_objects import CHANCE, MEAN_AWAY, RUNS
from ..symbols import G_upd, R_crit, away_at, chance_col, eta, hit_at, i_out, mean_away, n_out, prob_d, t_step

_i, _range = i_out, (i_out, 1, n_out)
_way = t_step * eta * G_upd
_hits = sympy.Sum(prob_d(_i) * hit_at(_i), _range)
_squares = sympy.Sum(prob_d(_i) * away_at(_i) ** 2, _range)

EACH = Assumption(
    "EACH",
    "Every run obeys the bound of the drift",
    r"$d_i\le t\,\eta\,G_{\mathrm{upd}}$ (claim drift), for every outcome $i$.",
    lambda i: Rel(away_at(i), "<=", _way),
)
N_RUNS = Assumption(
    "N-RUNS",
    "Collapse needs drift, in every run",
    r"(N) $h_i\,R_{\mathrm{crit}}^2\le d_i^2$: a run that has collapsed has $d_i\ge R_{\mathrm{crit}}$.",
    lambda i: Rel(hit_at(i) * R_crit**2, "<=", away_at(i) ** 2),
)


def _runs(far: int, near: int, hit: int, steps: int = 2) -> Table:
    """Two equally likely runs with these drifts, the first of which has collapsed or not; eta = G = 1, R_crit = 2."""
    half = Fraction(1, 2)
    values: dict[Any, Any] = {n_out: 2, prob_d(1): half, prob_d(2): half, away_at(1): far, away_at(2): near}
    values |= {hit_at(1): hit, hit_at(2): 0, eta: 1, G_upd: 1, t_step: steps, R_crit: 2}
    values |= {mean_away: Fraction(far**2 + near**2, 2), chance_col: half * hit}
    return Table(values, indices={_i: range(1, 3)})


CLAIM = Claim(
    id="rms-drift",
    title="Root mean square and worst case",
    kind="upper",
    statement=r"Over random runs, with root mean square drift $D$: $D^2\le(t\,\eta\,G_{\mathrm{upd}})^2$, and under (N)"
    r" the chance of a collapse by then is at most $D^2/R_{\mathrm{crit}}^2$. A bound on the root mean square is a"
    r" statement on this chance and on no single run: with random signs $D=\sqrt t\,\eta\,G_{\mathrm{upd}}$, and a run"
    r" that goes the whole way $t\,\eta\,G_{\mathrm{upd}}$ has a positive chance.",
    source="derived here; Chebyshev's inequality",
    steps=(
        define("runs", RUNS),
        define("mean", MEAN_AWAY),
        assume("each", EACH, _i),
        inequality("square", away_at(_i) ** 2, "<=", _way**2, "each", "drifts are not negative"),
        inequality(
            "terms", _squares, "<=", sympy.Sum(prob_d(_i) * _way**2, _range), "square", "term by term, with the chances"
        ),
        identity("pull", sympy.Sum(prob_d(_i) * _way**2, _range), _way**2, "runs", "probabilities sum to one"),
        inequality("worst", mean_away, "<=", _way**2, "mean terms pull", "put together"),
        define("chance", CHANCE),
        assume("needed", N_RUNS, _i),
        inequality(
            "hits", sympy.Sum(prob_d(_i) * hit_at(_i) * R_crit**2, _range), "<=", _squares, "needed", "termwise"
        ),
        identity("pull-hits", sympy.Sum(prob_d(_i) * hit_at(_i) * R_crit**2, _range), R_crit**2 * _hits, "", ""),
        inequality("chance-bound", chance_col, "<=", mean_away / R_crit**2, "chance mean hits pull-hits", "Chebyshev"),
    ),
    conclusions=("worst", "chance-bound"),
    formula=mean_away / R_crit**2,
    formulas={"worst": _way**2},
    necessity={"EACH": _runs(4, 4, 1), "N-RUNS": _runs(1, 1, 1)},
    attained=(_runs(2, 2, 0), _runs(2, 0, 1)),
)
