"""Ratio form and log form of one loss: the same H everywhere, DJ = 0 against DJ = H and more (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import (
    DJ_ratio,
    H_log,
    H_ratio,
    adv_of,
    dadv_of,
    dpi_of,
    drho_of,
    i_out,
    n_out,
    pi_behind,
    pi_of,
    rho_of,
    sc_of,
)

_i, _over = i_out, (i_out, 1, n_out)
_slope = adv_of(_i) * dpi_of(_i) + pi_of(_i) * dadv_of(_i)  # derivative of pi_i A_i on the diagonal
_spread = sympy.Sum(_slope * sympy.log(pi_of(_i)), _over)
_log = sympy.Sum(_slope * sympy.log(pi_of(_i)) + pi_of(_i) * adv_of(_i) * sc_of(_i), _over)  # DJ of the log form

CENTRED = Assumption(
    "CENTRED",
    "Centred advantages",
    r"$\sum_i\pi_iA_i=0$ at every $\theta$, as for group-relative advantages.",
    lambda: Rel(sympy.Sum(pi_of(_i) * adv_of(_i), _over), "=", 0),
    everywhere=True,
)
UNIFORM = Assumption(
    "UNIFORM",
    "Uniform policy",
    r"$\pi_i=1/n$ for every response: the point at which the instance is taken.",
    lambda: Rel(pi_of(_i), "=", 1 / n_out),
)


def _two_arms(p: Fraction, baseline: int = 1) -> Table:
    """Two responses, rewards 1 and 0, advantage r - baseline * p; the direction is the logit of the first."""
    slope, values = p * (1 - p), dict[Any, Any]()
    for j, chance, sign, reward in ((1, p, 1, 1), (2, 1 - p, -1, 0)):
        a, da = reward - baseline * p, -baseline * slope
        values |= {pi_of(j): chance, pi_behind(j): chance, dpi_of(j): sign * slope, adv_of(j): a, dadv_of(j): da}
        values |= {rho_of(j): 1, drho_of(j): sign * slope / chance, sc_of(j): sign * slope / chance}
    surrogate = sum(values[adv_of(j)] * values[dpi_of(j)] for j in (1, 2))
    total = sum(values[adv_of(j)] * values[dpi_of(j)] + values[pi_of(j)] * values[dadv_of(j)] for j in (1, 2))
    values |= {H_ratio: surrogate, H_log: surrogate, DJ_ratio: total, n_out: 2}
    return Table(values, indices={i_out: range(1, 3)})


CLAIM = Claim(
    id="objective-forms",
    title="Ratio form and log form: one H, two objectives",
    kind="exact",
    statement=r"The losses $\rho A$ and $\mathrm{sg}(\rho)\,A\log\pi_\theta$ ($\mathrm{sg}$: not differentiated) have"
    r" the same $H$ at every $(\theta,\varphi)$. With centred advantages $\mathrm DJ=0$ for the first, and"
    r" $\mathrm DJ=H+\sum_i\log\pi_i\,\partial(\pi_iA_i)$ for the second: at the uniform policy $\mathrm DJ=H$,"
    r" for two arms and their logit $1/4$.",
    source="derived here, for any number of responses",
    steps=(
        define("ratio", Rel(rho_of(_i), "=", pi_of(_i) / pi_behind(_i)), why="ratio of the response"),
        define("slope", Rel(drho_of(_i), "=", dpi_of(_i) / pi_behind(_i)), why="its derivative, the behaviour frozen"),
        define("score", Rel(sc_of(_i), "=", dpi_of(_i) / pi_of(_i)), why="derivative of the logarithm"),
        define(
            "H-ratio",
            Rel(H_ratio, "=", sympy.Sum(pi_behind(_i) * adv_of(_i) * drho_of(_i), _over)),
            why="mean of the derivative of rho A",
        ),
        define(
            "H-log",
            Rel(H_log, "=", sympy.Sum(pi_behind(_i) * rho_of(_i) * adv_of(_i) * sc_of(_i), _over)),
            why="mean of the derivative of sg(rho) A log pi",
        ),
        identity("same", H_log, H_ratio, "H-ratio H-log ratio slope score", "one surrogate gradient, at any phi"),
        assume("centred", CENTRED),
        lemma("still", "constant-sum", "advantages", i_out, n_out, uses="centred", why="so is its derivative"),
        define(
            "DJ-ratio", Rel(DJ_ratio, "=", sympy.Sum(_slope, _over)), why="on the diagonal rho = 1, so J = sum pi A"
        ),
        inequality("zero", DJ_ratio, "=", sympy.S.Zero, "DJ-ratio still", "the ratio form has a constant objective"),
        identity(
            "log",
            _log,
            H_ratio + _spread,
            "H-ratio slope score",
            "on the diagonal J = sum pi A log pi; the product rule",
        ),
        assume("uniform", UNIFORM),
        inequality(
            "constant",
            sympy.Sum(_slope * sympy.log(1 / n_out), _over),
            "=",
            sympy.S.Zero,
            "still",
            "one logarithm for all responses",
        ),
        identity(
            "spread", _spread, sympy.Sum(_slope * sympy.log(1 / n_out), _over), "uniform", "at the uniform policy"
        ),
        inequality(
            "conclusion", _log, "=", H_ratio, "log spread constant", "the log form has the surrogate gradient as DJ"
        ),
    ),
    conclusions=("same", "zero", "log", "conclusion"),
    formula=sympy.S.Zero,
    necessity={
        "CENTRED": _two_arms(Fraction(1, 2), baseline=0),
        "UNIFORM": _two_arms(Fraction(1, 4)),
    },
    attained=(_two_arms(Fraction(1, 2)),),  # H = 1/4, DJ = 0 in ratio form, DJ = 1/4 in log form
)
