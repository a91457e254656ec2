"""Constant lag with a dominant stale part: the edge as an explicit curve, and certified 1/s brackets."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..lemmas.dynamics import curve, lag_polynomial
from ..proof.build import assume, inequality, lemma, roots
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel, Step
from ..symbols import delay_small, fb_excess, fb_omega, lag_pos, t_step, tau_in, tau_out
from .lag_rate import CLAIM as RATE
from .pure_delay import BELOW, BEYOND

_s, _w = lag_pos, fb_omega
_fresh, _stale = curve(_s, _w)
_cos = sympy.cos
_arc, _now = _s * _w, _w * t_step
_next, _old, _longer = (sympy.expand(x) for x in (_w * (t_step + 1), _w * (t_step - _s), (_s + 1) * _w))
_SHIFTS = {
    "5/4": ("13/4", "2"),
    "3/2": ("17/8", "3/2"),
    "2": ("3/2", "1"),
    "3": ("11/10", "4/5"),
    "5": ("5/6", "2/3"),
    "10": ("7/10", "1/2"),
}
"""beta -> (x, y): kappa/(s + x) is below the edge and kappa/(s + y) beyond it, at every lag s that is certified."""

ARC = Assumption("ARC", "Angle of the oscillation", r"$\omega<\pi/(s+1)$.", lambda: Rel(_w, "<", sympy.pi / (_s + 1)))
ACTIVE = Assumption("ACTIVE", "Positive fresh gain", r"$\eta A>0$ on the curve.", lambda: Rel(_fresh, ">", 0))


def _certified(beta: Any, shift: Any, tau: Any) -> Any:
    """Characteristic polynomial at the gain ``tau * kappa / (s + shift)``."""
    beta, shift = sympy.Rational(beta), sympy.Rational(shift)
    alpha = tau * RATE.formulas["kappa"].subs(fb_excess, beta - 1) / (delay_small + shift)
    return lag_polynomial(delay_small, alpha, beta * alpha)


def _system(s: int, angle: Fraction, below: Fraction, beyond: Fraction) -> Table:
    return Table({_s: s, delay_small: 4, _w: angle, t_step: 1, tau_in: below, tau_out: beyond})


_half_way, _double = Fraction(1, 2), Fraction(2)


def _brackets(beta: str, below: str, beyond: str) -> tuple[Step, Step]:
    """Both certificates of one ratio."""
    name = beta.replace("/", "-")
    inside, outside = _certified(beta, below, tau_in), _certified(beta, beyond, tau_out)
    return (
        roots(f"in-{name}", inside, "<", "below low high", f"all zeros inside, beta = {beta}"),
        roots(f"out-{name}", outside, ">", "beyond low high", f"a zero outside, beta = {beta}"),
    )


CLAIM = Claim(
    id="performative-lag",
    title="Constant lag: the edge when the stale part dominates",
    kind="exact",
    statement=r"$x_{t+1}=x_t-\eta(A\,x_t+B\,x_{t-s})$, $s\ge1$. On the curve"
    r" $\eta A=1-\frac{\sin((s+1)\omega)}{\sin s\omega}$, $\eta B=\frac{\sin\omega}{\sin s\omega}$,"
    r" $0<\omega<\frac{\pi}{s+1}$, $\eta A>0$, $\cos\omega t$ is a solution; at this $\eta A$ the recursion is stable"
    r" with less stale feedback and unstable with more (cited). Certified for $1\le\bar s\le32$, with"
    r" $\kappa_\beta=\arccos(-1/\beta)/\sqrt{\beta^2-1}$ and $\beta=B/A$: stable for"
    r" $\eta A<\kappa_\beta/(\bar s+x)$ and unstable for $\eta A>\kappa_\beta/(\bar s+y)$, with $(x,y)$ equal to"
    r" $(\frac{13}4,2)$ at $\beta=\frac54$, $(\frac{17}8,\frac32)$ at $\frac32$, $(\frac32,1)$ at $2$,"
    r" $(\frac{11}{10},\frac45)$ at $3$, $(\frac56,\frac23)$ at $5$ and $(\frac7{10},\frac12)$ at $10$: the $1/S$ law."
    r" For $\beta$ near 1 it sets in late: the lag must be large against $x$."
    r" (Every $\beta>1$: claim lag-crossings.)",
    source="Kuruklis, J. Math. Anal. Appl. 188 (1994) 719-731 (every lag); solution and certificates derived here",
    steps=(
        assume("arc", ARC),
        inequality("arc-pi", _arc, "<", sympy.pi, "arc", "s angles are less than half a turn"),
        lemma("sine", "sine-positive", _arc, uses="arc-pi", why="so the curve is defined"),
        lemma("one", "cosine-product", "sin", _arc, _next),
        lemma("two", "cosine-product", "sin", _longer, _now),
        lemma("three", "cosine-product", "sin", _w, _old),
        inequality(
            "solution",
            _cos(_next),
            "=",
            (1 - _fresh) * _cos(_now) - _stale * _cos(_old),
            "one two three sine",
            "an oscillation that neither grows nor decays",
        ),
        assume("active", ACTIVE),
        assume("below", BELOW),
        assume("beyond", BEYOND),
        lemma("inside-all", "lag-zeros", _s, _w, tau_in, "<", uses="arc active below sine", why="every lag, cited"),
        lemma("outside-all", "lag-zeros", _s, _w, tau_out, ">", uses="arc active beyond sine", why="every lag, cited"),
        lemma("low", "index-low", delay_small, 1, 32, why="the lags that are certified"),
        lemma("high", "index-high", delay_small, 1, 32, why="the lags that are certified"),
        *(step for beta, shifts in _SHIFTS.items() for step in _brackets(beta, *shifts)),
    ),
    conclusions=(
        *("inside-all", "outside-all", "solution"),
        *(f"{side}-{beta.replace('/', '-')}" for beta in _SHIFTS for side in ("in", "out")),
    ),
    formula=_fresh,
    formulas={"fresh": _fresh, "stale": _stale},
    necessity={
        "ARC": _system(2, Fraction(5, 4), _half_way, _double),
        "ACTIVE": _system(2, Fraction(1, 4), Fraction(1, 10), _double),
        "BELOW": _system(2, Fraction(4, 5), Fraction(3, 2), _double),
        "BEYOND": _system(2, Fraction(4, 5), _half_way, _half_way),
    },
    attained=(_system(2, Fraction(4, 5), Fraction(999, 1000), Fraction(1001, 1000)),),
)
