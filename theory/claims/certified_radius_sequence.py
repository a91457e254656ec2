"""The certified radius of a loss that clips a ratio of the whole response: factor sqrt(L) for GSPO (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..proof.build import assume, define, earlier, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Norm
from ..symbols import (
    L_len,
    clip_lo,
    eps_hi,
    geo_at,
    j_mate,
    k_tok,
    log_geo_at,
    log_rho_at,
    n_other,
    phi,
    phi2,
    pi_a,
    pi_other,
    row_gap,
    score_sq,
)
from .certified_radius import CLAIM as TOKEN
from .score_norm import CLAIM as SCORE

_j, _over = j_mate, (k_tok, 1, L_len)
_log = log_rho_at(_j, k_tok, phi) - log_rho_at(_j, k_tok, phi2)
_gap, _root = row_gap(_j, k_tok), sympy.sqrt(2)
_distance: Any = Norm(phi - phi2)
_total, _sizes = sympy.Sum(_log, _over), sympy.Sum(sympy.Abs(_log), _over)
_slopes, _gaps = sympy.Sum(_root * _gap, _over), sympy.Sum(_gap, _over)
_geo, _mean = log_geo_at(_j, phi), geo_at(_j, phi)
_upper, _lower = sympy.log(1 + eps_hi), sympy.log(clip_lo)
_radius = sympy.Min(_upper, -_lower) / _root * sympy.sqrt(L_len)

RADIUS = Assumption(
    "RADIUS-SEQ",
    "Inside the certified radius of a response",
    r"$\lVert\theta-\varphi\rVert<\sqrt{L/2}\,\min\{\log(1+\varepsilon_{\mathrm{hi}}),"
    r"-\log(1-\varepsilon_{\mathrm{lo}})\}$, with $\theta=\varphi'$.",
    lambda: Rel(_distance, "<", _radius),
)


def _far() -> Table:
    """One token whose log ratio is 1 at distance 1, upper edge 3/2: outside the radius, and clipped."""
    values: dict[Any, Any] = {eps_hi: Fraction(1, 2), clip_lo: Fraction(1, 2), L_len: 1, phi: (1,), phi2: (0,)}
    values |= {
        pi_a: 0,
        n_other: 1,
        pi_other(1): 1,
        score_sq: 2,
        row_gap(1, 1): 1,
        log_geo_at(1, phi): 1,
        geo_at(1, phi): 3,
    }
    values |= {log_rho_at(1, 1, phi): 1, log_rho_at(1, 1, phi2): 0}
    return Table(values, indices={_j: range(1, 2), k_tok: range(1, 2)})


CLAIM = Claim(
    id="certified-radius-sequence",
    title="Certified part of R_batch for ratios of a response",
    kind="upper",
    statement=r"For a response of $L$ tokens"
    r" $\lvert\log\rho^{\mathrm{seq}}\rvert\le\sqrt{2L}\,\lVert\theta-\varphi\rVert$ and"
    r" $\lvert\log\rho^{\mathrm{geo}}\rvert\le\sqrt{2/L}\,\lVert\theta-\varphi\rVert$ for the geometric mean. GSPO"
    r" clips nothing while $\lVert\theta-\varphi\rVert<\sqrt L\,R_{\mathrm{cert}}$: $\sqrt L$ times the radius of a"
    r" token ratio. (In the steps $\theta=\varphi'$, and every log ratio is the difference to the learner's.)",
    source="derived here; sufficient, not the exact edge",
    logits=True,
    steps=(
        earlier("score", SCORE, "uniform"),
        lemma("token", "log-ratio", _j, k_tok, uses="score"),
        inequality("each", _sizes, "<=", _slopes, "token", "term by term"),
        identity("pull", _slopes, _root * _gaps, "", "pull the constant out"),
        lemma("power-mean", "power-mean", _gap, k_tok, L_len),
        lemma("distinct", "distinct-rows", _j),
        inequality("sizes", _gaps, "<=", sympy.Sum(sympy.Abs(_gap), _over), "", "term by term"),
        inequality("root", _gaps, "<=", sympy.sqrt(L_len) * _distance, "power-mean distinct sizes", "take the root"),
        inequality("above", _total, "<=", _sizes, "", "term by term"),
        inequality("below", sympy.Sum(-_log, _over), "<=", _sizes, "", "term by term"),
        identity("minus", sympy.Sum(-_log, _over), -_total, "", "pull the sign out"),
        inequality(
            "sequence",
            sympy.Abs(_total),
            "<=",
            _root * sympy.sqrt(L_len) * _distance,
            "each pull root above below minus",
            "the sum of the logs is the log of the sequence ratio",
        ),
        define("geometric", Rel(_geo, "=", _total / L_len), why="log of the geometric mean"),
        inequality(
            "conclusion",
            sympy.Abs(_geo),
            "<=",
            _root / sympy.sqrt(L_len) * _distance,
            "geometric sequence",
            "divide by the length",
        ),
        assume("radius", RADIUS),
        inequality("high", _geo, "<", _upper, "conclusion radius", "the log stays below the upper edge"),
        inequality("low", _geo, ">", _lower, "conclusion radius", "and above the lower edge"),
        lemma("conclusion-high", "exp-increasing", 1 + eps_hi, True, _mean, _geo, uses="high"),
        lemma("conclusion-low", "exp-increasing", clip_lo, False, _mean, _geo, uses="low"),
    ),
    conclusions=("sequence", "conclusion", "conclusion-high", "conclusion-low"),
    formula=TOKEN.formula * sympy.sqrt(L_len),
    formulas={"token": TOKEN.formula},
    necessity={"RADIUS-SEQ": _far()},
    not_tight="sequence, conclusion, conclusion-high and conclusion-low are approached, never attained: each of the L"
    " rows would give the token taken probability 0 and another token probability 1 at every point of the segment; with"
    " probability $10^{-6}$ in every row the logarithms come to 0.999998 of their bounds",
)
