"""Constant lag with a dominant fresh part: stable at a step size that no lag can shrink (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..lemmas.dynamics import lag_polynomial
from ..proof.build import assume, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import beta_fb, fb_gain, lag_const, z_char

_size = sympy.Abs(beta_fb)
_bound = 2 / (1 + _size)

FRESH = Assumption(
    "FRESH",
    "The fresh part dominates",
    r"$\lvert B\rvert<A$, that is $\lvert\beta\rvert<1$.",
    lambda: Rel(_size, "<", 1),
)
SMALL = Assumption(
    "SMALL",
    "Step size below 2/(A+|B|)",
    r"$\eta<2/(A+\lvert B\rvert)$, that is $\alpha<2/(1+\lvert\beta\rvert)$.",
    lambda: Rel(fb_gain, "<", _bound),
)


def _at_minus_one(lag: Any) -> Any:
    """Value of the characteristic polynomial at -1, for a lag of known parity."""
    return lag_polynomial(lag, fb_gain, fb_gain * beta_fb).subs(z_char, -1)


def _system(s: int, beta: Fraction | int, alpha: Fraction | int) -> Table:
    return Table({lag_const: s, beta_fb: beta, fb_gain: alpha})


CLAIM = Claim(
    id="constant-lag",
    title="Constant lag: a dominant fresh part is stable at every lag",
    kind="exact",
    statement=r"$x_{t+1}=x_t-\eta(A\,x_t+B\,x_{t-s})$, $\alpha=\eta A>0$, $\beta=B/A$: if $\lvert\beta\rvert<1$ and"
    r" $\eta<2/(A+\lvert B\rvert)$ then all zeros of the characteristic polynomial lie inside the unit circle, for"
    r" every lag $s$. In this model staleness alone gives no $1/S$ law. The value of the"
    r" polynomial at $z=-1$ is $\alpha(1+\beta)-2$ at an even lag and $2-\alpha(1-\beta)$ at an odd one: for"
    r" $\beta\ge0$ and every even lag, and for $\beta\le0$ and every odd one, $-1$ is a zero at the bound, which is the"
    r" edge itself.",
    source="derived here",
    steps=(
        assume("fresh", FRESH),
        assume("small", SMALL),
        inequality("scaled", fb_gain * (1 + _size), "<", 2, "small", "multiply by a positive number"),
        inequality("stale", sympy.Abs(fb_gain * beta_fb), "<=", fb_gain * _size, "", "size of the stale part"),
        inequality(
            "sum",
            sympy.Abs(1 - fb_gain) + sympy.Abs(fb_gain * beta_fb),
            "<",
            1,
            "fresh scaled stale",
            "for either sign",
        ),
        lemma("stable", "cauchy-zeros", lag_const, fb_gain, fb_gain * beta_fb, uses="sum"),
        identity("edge-even", _at_minus_one(2 * lag_const), fb_gain * (1 + beta_fb) - 2, "", "an even lag, z = -1"),
        identity("edge-odd", _at_minus_one(2 * lag_const + 1), 2 - fb_gain * (1 - beta_fb), "", "an odd lag, z = -1"),
    ),
    conclusions=("stable", "edge-even", "edge-odd"),
    formula=_bound,
    necessity={
        "FRESH": _system(2, 3, Fraction(49, 100)),
        "SMALL": _system(2, Fraction(1, 2), Fraction(3, 2)),
    },
    attained=(
        _system(2, Fraction(1, 2), Fraction(4, 3) * Fraction(999, 1000)),
        _system(4, Fraction(9, 10), Fraction(20, 19) * Fraction(999, 1000)),
    ),
)
