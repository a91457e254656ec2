"""Several modes: the ratio of the norms of the stale and the fresh feedback decides nothing (counterexamples)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..lemmas.dynamics import lag_polynomial
from ..proof.build import assume, define, identity, inequality, lemma, roots
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import S_int, cyc_r, nil_off, slow_keep, slow_kept, z_char

_r, _k, _S = cyc_r, nil_off, S_int
_q = _r**_S
_z: Any = z_char
_eta = sympy.Rational(19, 100)
_slow, _stale = _eta / 10, _eta / 2  # gains of the second mode of diag(10, 1/10) and diag(0, 1/2)
_steps = 32
_circle = sympy.Rational(101, 100)  # its largest zero has modulus 1.01035
_multiplier = slow_kept - 5 * (1 - slow_kept)

MOVING = Assumption("MOVING-MODE", "The learner moves", r"$r=1-\eta<1$.", lambda: Rel(_r, "<", 1))


def _modes(r: Fraction, steps: int = 2) -> Table:
    slow: Any = Fraction(981, 1000)
    return Table({slow_keep: slow, slow_kept: slow**_steps, _r: r, _S: steps, _k: 7, _z: Fraction(1, 3)})


CLAIM = Claim(
    id="norm-ratio",
    title="Norms do not decide: two counterexamples",
    kind="exact",
    statement=r"$\theta'=\theta-\eta(A\theta+B\varphi)$ with matrices. (i) $A=\mathrm{diag}(10,\frac1{10})$,"
    r" $B=\mathrm{diag}(0,\frac12)$, $\eta=\frac{19}{100}$: $\lVert B\rVert=\frac1{20}\lVert A\rVert$ and"
    r" $\eta<2/(\lVert A\rVert+\lVert B\rVert)$, yet the second mode has $\beta=5$ and is unstable at $S=32$, for"
    r" periodic sync ($m<-\frac74$) and for constant lag $32$. (ii) $A=1$ and $B$ with the one entry $k$ above the"
    r" diagonal: $\lVert B\rVert=k$ is as large as one likes, yet a cycle has the characteristic polynomial"
    r" $(z-r^S)^2$ and is stable for every $S$.",
    source="derived here",
    steps=(
        inequality("norms", _eta * (10 + sympy.Rational(1, 2)), "<", 2, "", "the condition in norms holds"),
        define("slow", Rel(slow_keep, "=", 1 - _slow), why="second mode in one step"),
        define("kept", Rel(slow_kept, "=", slow_keep**_steps), why="and over 32 steps"),
        inequality("bounce", -_multiplier, ">", sympy.Rational(7, 4), "slow kept", "its multiplier, beta = 5"),
        roots("lag", lag_polynomial(_steps, _slow, _stale), ">", "", "its zeros at constant lag 32", _circle),
        identity(
            "determinant",
            (_z - _q) * (_z - _q) - 0 * _k * (1 - _q),
            _z**2 - 2 * _q * _z + _q**2,
            "",
            "det(z - M) with M = (q, -k(1-q); 0, q): k drops out",
        ),
        assume("moving", MOVING),
        lemma("decrease", "power-order", _r, sympy.S.One, _S),
        inequality("stable", _q, "<", 1, "decrease moving", "both eigenvalues are q, for every k and S"),
    ),
    conclusions=("norms", "bounce", "lag", "determinant", "stable"),
    formula=_multiplier.subs(slow_kept, slow_keep**_steps),
    necessity={"MOVING-MODE": _modes(Fraction(3, 2))},
    attained=(_modes(Fraction(999, 1000), 1),),
)
