"""Inside the certified radius no token of a tabular policy is clipped (derived here)."""

from __future__ import annotations

from fractions import Fraction

import sympy

from ..proof.build import assume, earlier, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import clip_lo, drift_norm, eps_hi, eps_lo, log_rho, n_other, pi_a, pi_other, score_sq
from .score_norm import CLAIM as SCORE

_upper, _lower = sympy.log(1 + eps_hi), sympy.log(clip_lo)  # the lower edge 1 - eps_lo must be positive
_radius = sympy.Min(_upper, -_lower) / sympy.sqrt(2)

RADIUS = Assumption(
    "RADIUS",
    "Inside the certified radius",
    r"$\lVert\theta-\varphi\rVert<\min\{\log(1+\varepsilon_{\mathrm{hi}}),-\log(1-\varepsilon_{\mathrm{lo}})\}/\sqrt2$.",
    lambda: Rel(drift_norm, "<", _radius),
)

CLAIM = Claim(
    id="certified-radius",
    title="Certified part of R_batch",
    kind="upper",
    statement=r"If $\lVert\theta-\varphi\rVert<R_{\mathrm{cert}}=\min\{\log(1+\varepsilon_{\mathrm{hi}}),"
    r"-\log(1-\varepsilon_{\mathrm{lo}})\}/\sqrt2$ then $1-\varepsilon_{\mathrm{lo}}<\rho<1+\varepsilon_{\mathrm{hi}}$"
    r" for every token: $R_{\mathrm{batch}}\ge R_{\mathrm{cert}}$.",
    source="derived here; sufficient, not the exact edge",
    steps=(
        earlier("score", SCORE, "uniform"),
        lemma("log-ratio", "log-ratio", uses="score"),
        assume("radius", RADIUS),
        inequality("high", log_rho, "<", _upper, "log-ratio radius", "the log ratio stays below the upper edge"),
        inequality("low", log_rho, ">", _lower, "log-ratio radius", "and above the lower edge"),
        lemma("conclusion-high", "exp-increasing", 1 + eps_hi, True, uses="high"),
        lemma("conclusion-low", "exp-increasing", clip_lo, False, uses="low"),
    ),
    conclusions=("high", "low", "conclusion-high", "conclusion-low"),
    logits=True,
    formula=_radius.subs(clip_lo, 1 - eps_lo),
    necessity={
        "RADIUS": Table(
            {
                **{eps_hi: Fraction(1, 2), clip_lo: Fraction(1, 2), drift_norm: 1, log_rho: 1},
                **{pi_a: 0, n_other: 1, pi_other(1): 1, score_sq: 2},
            }
        )
    },
    not_tight="high, low, conclusion-high and conclusion-low are approached, never attained: that needs a row that"
    " gives the token taken probability 0 and another token probability 1, at every point of the segment; with"
    " probability $10^{-6}$ the log ratio comes to 0.999998 of the edge",
)
