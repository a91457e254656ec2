"""Decoupled weight decay: the update with its decay, and a ball that the parameters do not leave."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..objects import LEARNER
from ..optimizer_objects import DECAYED
from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Norm
from ..symbols import G_raw, R_ball, R_start, eta, k_step, raw_at, theta_at, u_at, wd_rate

_k, _now, _next, _raw = k_step, theta_at(k_step), theta_at(k_step + 1), raw_at(k_step)
_radius = sympy.Max(R_start, G_raw / wd_rate)
_kept = (1 - eta * wd_rate) * _now + eta * _raw

RAW = Assumption(
    "RAW",
    "Bounded updates before decay",
    r"$\lVert\mathsf{h}_k\rVert\le G_{\mathrm{raw}}$.",
    lambda: Rel(Norm(_raw), "<=", G_raw),
)
INSIDE = Assumption(
    "INSIDE",
    "The parameters lie in the ball",
    r"$\lVert\theta_k\rVert\le R_{\mathrm{wd}}$, as at the start.",
    lambda: Rel(Norm(_now), "<=", R_ball),
)
PART = Assumption(
    "PART", "A step takes away a part", r"$\eta\lambda_{\mathrm{wd}}\le1$.", lambda: Rel(eta * wd_rate, "<=", 1)
)


def _step(raw: int, start: int, now: int, decay_: Fraction | int = 1, rate: Fraction | int = Fraction(1, 2)) -> Table:
    moved: Any = raw - Fraction(decay_) * now
    values: dict[Any, Any] = {raw_at(0): (raw,), theta_at(0): (now,), u_at(0): (moved,), wd_rate: decay_, eta: rate}
    values |= {theta_at(1): (now + rate * moved,), G_raw: 1, R_start: start}
    return Table(values | {R_ball: max(Fraction(start), 1 / Fraction(decay_))}, indices={_k: range(1)})


CLAIM = Claim(
    id="weight-decay",
    title="Decoupled weight decay",
    kind="upper",
    statement=r"$u_k=\mathsf{h}_k-\lambda_{\mathrm{wd}}\theta_k$ with $\lVert\mathsf{h}_k\rVert\le G_{\mathrm{raw}}$,"
    r" $\eta\lambda_{\mathrm{wd}}\le1$. The ball of radius $R_{\mathrm{wd}}=\max(R_0,G_{\mathrm{raw}}/"
    r"\lambda_{\mathrm{wd}})$, $R_0$ the norm of the parameters at the start, is not left: $\theta_k$ in it implies"
    r" $\theta_{k+1}$ in it. There the whole displacement is $\lVert u_k\rVert\le G_{\mathrm{raw}}"
    r"+\lambda_{\mathrm{wd}}R_{\mathrm{wd}}$, which is $G_{\mathrm{upd}}$ with decay"
    r" (AdamW; SGD with $\mathsf{h}$ the gradient).",
    source="derived here; Loshchilov and Hutter, arXiv 1711.05101, for decoupled decay",
    steps=(
        define("decayed", DECAYED),
        assume("raw", RAW),
        define("ball", Rel(R_ball, "=", _radius), why="large enough for the start and for the pull"),
        assume("inside", INSIDE),
        lemma("whole", "equal-norms", u_at(_k), DECAYED.at().rhs, uses="decayed"),
        lemma("two", "triangle", DECAYED.at().rhs),
        lemma("pull", "homogeneity", -wd_rate, _now),
        inequality(
            "update", Norm(u_at(_k)), "<=", G_raw + wd_rate * R_ball, "whole two pull raw inside", "with its decay"
        ),
        define("learner", LEARNER),
        identity("move", _next, _kept, "learner decayed", "a part of the old point and the update"),
        lemma("moved", "equal-norms", _next, _kept, uses="move"),
        lemma("parts", "triangle", _kept),
        lemma("old", "homogeneity", 1 - eta * wd_rate, _now),
        lemma("new", "homogeneity", eta, _raw),
        assume("part", PART),
        inequality(
            "step",
            Norm(_next),
            "<=",
            (1 - eta * wd_rate) * R_ball + eta * G_raw,
            "moved parts old new part raw inside",
            "",
        ),
        inequality("room", G_raw, "<=", wd_rate * R_ball, "ball", "the pull at the edge is no weaker"),
        inequality("stays", Norm(_next), "<=", R_ball, "step room", "the ball is not left"),
    ),
    conclusions=("update", "stays"),
    formula=G_raw + wd_rate * _radius,
    formulas={"radius": _radius},
    necessity={
        "RAW": _step(5, 1, 1),
        "INSIDE": _step(1, 1, 4),
        "PART": _step(-1, 1, 1, 1, 3),
    },
    attained=(_step(-1, 2, 2), _step(1, 1, 1, rate=1)),
)
