"""Pure delay: the edge of stability of a gradient that is s steps old (Levin and May 1976; certified here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

import sympy

from ..lemmas.dynamics import delay_edge, delay_polynomial
from ..proof.build import assume, identity, inequality, lemma, roots
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import delay_gain, delay_small, lag_const, t_step, tau_in, tau_out, z_char

_s = lag_const
_edge, _angle = delay_edge(_s), sympy.pi / (2 * _s + 1)
_wave = sympy.cos  # the solution at the edge is cos(angle * t)
_now, _old, _next = _angle * t_step, sympy.expand(_angle * (t_step - _s)), sympy.expand(_angle * (t_step + 1))
_before = sympy.expand(_now - 2 * _s * _angle)
_last = 32

BELOW = Assumption(
    "BELOW", "Below the edge", r"$0<\tau_-<1$: the gain is less than the edge.", lambda: Rel(tau_in, "<", 1)
)
BEYOND = Assumption(
    "BEYOND", "Beyond the edge", r"$\tau_+>1$: the gain is more than the edge.", lambda: Rel(tau_out, ">", 1)
)
_inside, _outside = (
    delay_polynomial(delay_small, tau_in * delay_edge(delay_small)),
    delay_polynomial(delay_small, tau_out * delay_edge(delay_small)),
)

CLAIM = Claim(
    id="pure-delay",
    title="Edge of stability at pure delay",
    kind="exact",
    statement=r"$x_{t+1}=x_t-\eta A\,x_{t-s}$ tends to 0 from every start if and only if"
    r" $0<\eta A<2\sin\frac{\pi}{2(2s+1)}$. At the edge $x_t=\cos\frac{\pi t}{2s+1}$ is a solution. Every $s\le32$ is"
    r" certified by exact counting of zeros ($\bar s$); for larger $s$ their location is cited. The"
    r" characteristic polynomial is $\eta A$ at $z=1$: where that is not positive, some zero is at least 1.",
    source="Levin and May, Theoretical Population Biology 9 (1976) 178-187; certified here",
    steps=(
        identity("quarter", _angle / 2 + _s * _angle, sympy.pi / 2, "", "s and a half angles are a quarter turn"),
        lemma("edge-cosine", "complement", _angle / 2, _s * _angle, uses="quarter"),
        lemma("product", "cosine-product", "cos", _s * _angle, _old, why="product of two cosines"),
        identity("turn", _next - _before, sympy.pi, "", "2s+1 angles are half a turn"),
        lemma("opposite", "half-turn", _before, _next, uses="turn"),
        inequality(
            "edge-solution",
            _wave(_next),
            "=",
            _wave(_now) - _edge * _wave(_old),
            "edge-cosine product opposite",
            "an oscillation that neither grows nor decays",
        ),
        identity("sign", delay_polynomial(_s, delay_gain).subs(z_char, 1), delay_gain, "", "value at 1 is the gain"),
        assume("below", BELOW),
        assume("beyond", BEYOND),
        lemma("low", "index-low", delay_small, 0, _last, why="the delays that are certified"),
        lemma("high", "index-high", delay_small, 0, _last, why="the delays that are certified"),
        lemma("inside-all", "delay-zeros", _s, tau_in, "<", uses="below", why="every delay, cited"),
        lemma("outside-all", "delay-zeros", _s, tau_out, ">", uses="beyond", why="every delay, cited"),
        roots("inside", _inside, "<", "below low high", "all zeros inside the circle"),
        roots("outside", _outside, ">", "beyond low high", "a zero outside the circle"),
    ),
    conclusions=("inside-all", "outside-all", "inside", "outside", "edge-solution", "sign"),
    formula=_edge,
    necessity={
        "BELOW": Table({delay_gain: -1, _s: 2, delay_small: 2, t_step: 0, tau_in: Fraction(3, 2), tau_out: 2}),
        "BEYOND": Table(
            {delay_gain: -1, _s: 2, delay_small: 2, t_step: 0, tau_in: Fraction(1, 2), tau_out: Fraction(1, 2)}
        ),
    },
    attained=(
        Table(
            {
                delay_gain: -1,
                _s: 3,
                delay_small: 3,
                t_step: 1,
                tau_in: Fraction(999, 1000),
                tau_out: Fraction(1001, 1000),
            }
        ),
        Table(
            {
                delay_gain: -1,
                _s: 0,
                delay_small: 32,
                t_step: 5,
                tau_in: Fraction(999, 1000),
                tau_out: Fraction(1001, 1000),
            }
        ),
    ),
)
