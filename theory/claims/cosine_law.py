"""Cosine of successive updates at any delay, and its value at the edge of stability (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..proof.build import assume, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import fb_omega, j_cyc, lag_pos

_s, _w, _j = lag_pos, fb_omega, j_cyc
_sin, _cos, _pi = sympy.sin, sympy.cos, sympy.pi
_phase = (_pi - (2 * _s + 1) * _w) / 4
_gain = 2 * _sin(_w / 2)


def _angle(j: Any) -> Any:
    return sympy.expand(_w * j + _phase)


_last, _first = _angle(_s), _angle(1)
_law = _sin(_w / 2) * _cos(_first) / _cos(_last)
_edge = _pi / (2 * _s + 1)

BELOW_EDGE = Assumption(
    "BELOW-EDGE", "Below the edge", r"$\omega<\frac{\pi}{2s+1}$: the recursion is stable.", lambda: Rel(_w, "<", _edge)
)

CLAIM = Claim(
    id="cosine-law",
    title="Cosine of successive updates at every delay",
    kind="exact",
    statement=r"$x_{t+1}=x_t-\alpha(x_{t-s}+\xi_t)$ with white noise, $s\ge1$, $\alpha=2\sin\frac\omega2$ with"
    r" $0<\omega<\frac{\pi}{2s+1}$ (below the edge). With the phase $\varphi_0=\frac{\pi-(2s+1)\omega}{4}$ the sequence"
    r" $C_j=\cos(\omega j+\varphi_0)$ solves the Yule-Walker equations $C_{j+1}=C_j-\alpha C_{s-j}$; for covariances"
    r" proportional to it the cosine of successive updates is"
    r" $\frac{\alpha C_1}{2C_s}=\sin\frac\omega2\,\frac{\cos(\omega+\varphi_0)}{\cos(s\omega+\varphi_0)}$; at the edge"
    r" it is $\cos\frac{\pi}{2s+1}\ge1-\frac12(\frac{\pi}{2s+1})^2$, which tends to 1 as the delay grows.",
    source="derived here",
    steps=(
        lemma("difference", "cosine-difference", _angle(_j + 1), _angle(_j)),
        inequality(
            "yule-walker",
            _cos(_angle(_j + 1)),
            "=",
            _cos(_angle(_j)) - _gain * _cos(_angle(_s - _j)),
            "difference",
            "the angles of C_{s-j} and of the step are complementary, by the choice of the phase",
        ),
        assume("below", BELOW_EDGE),
        inequality("scaled", (2 * _s + 1) * _w, "<", _pi, "below", ""),
        inequality("acute", _last**2, "<", _pi**2 / 4, "scaled", "less than a quarter turn"),
        lemma("last", "cosine-positive", _last, uses="acute", why="so the mean square of an update is positive"),
        inequality(
            "value",
            _gain * _cos(_first),
            "=",
            2 * _law * _cos(_last),
            "last",
            "alpha C_1/(2 C_s), cleared of its denominator",
        ),
        identity("quarter-edge", _edge / 2 + _s * _edge, _pi / 2, "", "s and a half angles are a quarter turn"),
        lemma("edge-cosine", "complement", _edge / 2, _s * _edge, uses="quarter-edge"),
        inequality(
            "edge", _sin(_edge / 2) * _cos(_edge), "=", _cos(_edge) * _cos(_s * _edge), "edge-cosine", "V/U there"
        ),
        lemma("near-one", "cosine-above-parabola", _edge, why="it tends to 1 as the delay grows"),
    ),
    conclusions=("yule-walker", "last", "value", "edge", "near-one"),
    formula=_law,
    formulas={"cosine": _law, "gain": _gain, "edge": _cos(_edge)},
    necessity={"BELOW-EDGE": Table({_s: 2, _w: Fraction(5, 2), _j: 0})},
    attained=(Table({_s: 2, _w: Fraction(1, 2), _j: 1}),),
)
