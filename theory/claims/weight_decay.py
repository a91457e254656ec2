"""Decoupled weight decay: the update with its decay, and a ball that the parameters do not leave."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy

from ..objects import LEARNER
from ..optimizer_objects import DECAYED
from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel, Step
from ..proof.vectors import Norm
from ..symbols import G_raw, R_ball, R_start, ball_gap, eta, k_step, raw_at, t_step, theta_at, u_at, wd_rate

_k, _t = k_step, t_step
_now, _next, _raw = theta_at(_k), theta_at(_k + 1), raw_at(_k)
_radius = sympy.Max(R_start, G_raw / wd_rate)
_keep = 1 - eta * wd_rate
_kept = _keep * _now + eta * _raw

RAW = Assumption(
    "RAW",
    "Bounded updates before decay",
    r"$\lVert\mathsf{h}_k\rVert\le G_{\mathrm{raw}}$ at every step.",
    lambda k: Rel(Norm(raw_at(k)), "<=", G_raw),
)
PART = Assumption(
    "PART", "A step takes away a part", r"$\eta\lambda_{\mathrm{wd}}\le1$.", lambda: Rel(eta * wd_rate, "<=", 1)
)


def _gap(k: Any) -> Rel:
    return Rel(ball_gap(k), "=", Norm(theta_at(k)) - R_ball)


def run(raw: Sequence[int], start: int, decay: Fraction | int = 1, rate: Fraction | int = Fraction(1, 2)) -> Table:
    """Weight decay on updates h_0, ..., h_t in one dimension, G_raw = 1; the last of them is the one looked at."""
    decay, rate, place, last = Fraction(decay), Fraction(rate), Fraction(start), len(raw) - 1
    values: dict[Any, Any] = {wd_rate: decay, eta: rate, G_raw: 1, R_start: abs(start), _t: last}
    values[R_ball] = max(values[R_start], 1 / decay)
    for k, h in enumerate(raw):
        moved = h - decay * place
        at: tuple[Any, ...] = (k, _t) if k == last else (k,)  # the last ones also as they are written
        for j in at:
            values |= {raw_at(j): (h,), u_at(j): (moved,), theta_at(j): (place,)}
            values[ball_gap(j)] = abs(place) - values[R_ball]
        place += rate * moved
    values |= {theta_at(last + 1): (place,), ball_gap(last + 1): abs(place) - values[R_ball]}
    return Table(values, indices={_k: range(last + 1)})


def decay_steps(bound: Any, *raw: Step) -> tuple[Step, ...]:
    """The proof, from steps ``raw`` (any k) and ``raw-last`` (at t) that bound the update before decay by ``bound``."""
    ball = Rel(R_ball, "=", sympy.Max(R_start, bound / wd_rate))
    return (
        *raw,
        define("decayed", DECAYED, _k),
        define("start", Rel(R_start, "=", Norm(theta_at(0))), why="norm of the parameters at the start"),
        define("ball", ball, why="large enough for the start and for the pull"),
        define("learner", LEARNER),
        identity("move", _next, _kept, "learner decayed", "a part of the old point and the update"),
        lemma("moved", "equal-norms", _next, _kept, uses="move"),
        lemma("parts", "triangle", _kept),
        lemma("old", "homogeneity", _keep, _now),
        lemma("new", "homogeneity", eta, _raw),
        assume("part", PART),
        inequality("share", _keep, ">=", 0, "part", "what is kept of the old point"),
        inequality(
            "step", Norm(_next), "<=", _keep * Norm(_now) + eta * bound, "moved parts old new share raw", "one step"
        ),
        inequality("room", bound, "<=", wd_rate * R_ball, "ball", "the pull at the edge is no weaker"),
        define("gap", _gap(_k), why="norm less the radius"),
        identity("gap-next", ball_gap(_k + 1), _gap(_k + 1).rhs, "gap", "one step later"),
        inequality("falls", ball_gap(_k + 1), "<=", _keep * ball_gap(_k), "step room gap gap-next", "one step"),
        define("gap-first", _gap(0)),
        inequality("first", ball_gap(0), "<=", 0, "gap-first start ball", "the start lies in the ball"),
        lemma("never", "stays-nonpositive", ball_gap, _k, _keep, _t, uses="falls share first", why="by induction"),
        define("gap-last", _gap(_t)),
        inequality("stays", Norm(theta_at(_t)), "<=", R_ball, "never gap-last", "the ball is not left"),
        define("decayed-last", DECAYED, _t),
        lemma("whole", "equal-norms", u_at(_t), DECAYED.at(_t).rhs, uses="decayed-last"),
        lemma("two", "triangle", DECAYED.at(_t).rhs),
        lemma("pull", "homogeneity", -wd_rate, theta_at(_t)),
        inequality(
            "near", Norm(u_at(_t)), "<=", bound + wd_rate * R_ball, "whole two pull raw-last stays", "its decay"
        ),
        inequality("edge", wd_rate * R_ball, "=", sympy.Max(wd_rate * R_start, bound), "ball", "decay at the edge"),
        inequality(
            "update", Norm(u_at(_t)), "<=", bound + sympy.Max(wd_rate * R_start, bound), "near edge", "with its decay"
        ),
    )


CLAIM = Claim(
    id="weight-decay",
    title="Decoupled weight decay",
    kind="upper",
    statement=r"$u_k=\mathsf{h}_k-\lambda_{\mathrm{wd}}\theta_k$ with $\lVert\mathsf{h}_k\rVert\le G_{\mathrm{raw}}$"
    r" at every step, $\eta\lambda_{\mathrm{wd}}\le1$, $R_0=\lVert\theta_0\rVert$. The ball of radius"
    r" $R_{\mathrm{wd}}=\max(R_0,G_{\mathrm{raw}}/\lambda_{\mathrm{wd}})$ is not left:"
    r" $\lVert\theta_t\rVert\le R_{\mathrm{wd}}$ at every $t$. So the whole displacement is"
    r" $\lVert u_t\rVert\le G_{\mathrm{raw}}"
    r"+\max(\lambda_{\mathrm{wd}}R_0,G_{\mathrm{raw}})$, which is $G_{\mathrm{upd}}$ with decay"
    r" (AdamW; SGD with $\mathsf{h}$ the gradient).",
    source="derived here; Loshchilov and Hutter, arXiv 1711.05101, for decoupled decay",
    steps=decay_steps(G_raw, assume("raw", RAW, _k), assume("raw-last", RAW, _t)),
    conclusions=("update", "stays"),
    formula=G_raw + sympy.Max(wd_rate * R_start, G_raw),
    formulas={"radius": _radius},
    necessity={"RAW": run((5, 0), 1), "PART": run((-1, 0), 1, rate=3)},
    attained=(run((-1,), 2), run((1, 1, -1), 1, rate=1)),
)
