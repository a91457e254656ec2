"""What a loss record implies, read off by differentiation: first-order coefficients, sources, clip, radius, constants.

The sources of the staleness bias: (0) the current token, (i) the law of the prefix, (ii) of the suffix, (iii) the
normaliser of the group, (iv) the clip, (v) a penalty under the behaviour law, (vi) a length weight that depends on the
mates.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import sympy

from .. import symbols as sy
from . import calculus as by
from .record import SIGNED, Advantage, Surrogate

__all__ = ["Facts", "FirstOrder", "facts", "first_order"]

_ZERO = sympy.S.Zero
Mates = Literal["none", "base", "normaliser"]
Clip = Literal["none", "jump", "Lipschitz", "smooth"]


@dataclass(frozen=True)
class FirstOrder:
    """``d_w(P gamma) / P`` on the diagonal: coefficients of each part.

    Args:
        prefix, current, suffix: coefficient of the advantage times the score of the tokens before, of this token, of
            those after.
        normaliser: coefficient of the derivative of the mean advantage through the mates.
        penalty: coefficients of the same three scores in the part that carries no advantage.
    """

    prefix: Any
    current: Any
    suffix: Any
    normaliser: Any
    penalty: tuple[Any, Any, Any]


@dataclass(frozen=True)
class Facts:
    """Everything the table and the claim say of one loss; ``weight`` is the token weight inside the clip.

    Args:
        level: whether the gradient goes through the ratio of a token or of the whole response.
        weight: token weight gamma where no clip is active.
        first: first-order coefficients.
        mates: whether the mean advantage depends on the mates through nothing, one baseline, or a normaliser.
        length_mates: whether the length weight depends on the mates.
        clip: no clip, one at which the token weight jumps, one at which it is Lipschitz, or a smooth gate without edge.
        clipped: the variable under the clip, if any.
        edges: limits of the token weight on both sides of every edge, for both signs of the advantage.
        radius: certified radius of a tabular policy in the distance ``radius_to``; None without a clip.
        radius_to: the policy to which the distance is measured, "behaviour" or "proximal".
        bounded: whether the token weight is bounded for all ratios (A1 without a radius).
        smooth: whether it is Lipschitz in the logarithm of the ratios for all of them (A3 without a radius).
        loose: ratios to the behaviour policy that no clip bounds, in which the weight is not bounded.
    """

    level: by.Level
    weight: Any
    first: FirstOrder
    mates: Mates
    length_mates: bool
    clip: Clip
    clipped: Any
    edges: tuple[by.Edge, ...]
    radius: Any
    radius_to: str
    bounded: bool
    smooth: bool
    loose: tuple[Any, ...]


def first_order(weight: Any) -> FirstOrder:
    """Coefficients of the first-order form from the token weight.

    Raises:
        ValueError: the weight is not affine in the advantage, so that its mean over the mates is not enough; or its
            first order depends on the sign of the advantage.
    """
    if sympy.diff(weight, sy.A_hat, 2) != 0:
        raise ValueError(f"expected a token weight that is affine in the advantage, got {weight}")
    i = sy.iota
    moved = by.lift(weight) * by.response_score() + by.weight_derivative(weight)
    diagonal = {by.lift(v): x.diagonal for v, x in by.VARIABLES.items() if x.diagonal is not None}
    moved = sympy.expand(moved.xreplace(diagonal))
    if moved.has(*SIGNED, *(by.lift(s) for s in SIGNED)):
        raise ValueError(f"expected a first-order form that is the same for both signs of the advantage, got {moved}")
    advantage = sympy.diff(moved, sy.adv_pair(i))
    before, token, after = (sympy.diff(advantage, s(i)) for s in (sy.pre_pair, sy.cur_pair, sy.suf_pair))
    plain = moved.xreplace({sy.adv_pair(i): _ZERO, sy.dadv_pair(i): _ZERO})
    back = {by.lift(v): v for v in by.VARIABLES}
    penalty = (sympy.diff(plain, s(i)).xreplace(back) for s in (sy.pre_pair, sy.cur_pair, sy.suf_pair))
    return FirstOrder(before, token, after, sympy.diff(moved, sy.dadv_pair(i)), tuple(penalty))


@cache
def facts(loss: Surrogate) -> Facts:
    """Derive everything from the record.

    Raises:
        ValueError: the loss is outside the language: it has no gradient, one through token and response at once, a
            clip that compares two functions of the policies, or a weight that is not affine in the advantage.
    """
    core, _ = by.inside(loss.token)
    level = by.gradient_level(core)
    weight = by.token_weight(core)
    edges = by.clip_edges(loss.token)
    variables = list(dict.fromkeys(e.variable for e in edges))
    if len(variables) > 1:
        raise ValueError(f"expected at most one clipped ratio, got {[str(v) for v in variables]}")
    clipped = variables[0] if variables else None
    clip: Clip = "jump" if any(e.jump != 0 for e in edges) else "Lipschitz" if edges else "none"
    if gated := by.gates(weight):
        if edges or len(gated) > 1:
            raise ValueError(f"expected a clip or a smooth gate of one ratio, got one of {[str(v) for v in gated]}")
        clip = "smooth"
    moving = [v for v in weight.free_symbols if v in by.VARIABLES and by.VARIABLES[v].behaviour != 0]
    bounded, smooth, loose = _everywhere(loss.token, clipped, clip, moving)
    return Facts(
        level=level,
        weight=weight,
        first=first_order(weight),
        mates=_mates(loss.advantage),
        length_mates=sympy.diff(loss.length_expression, sy.L_mates) != 0,
        clip=clip,
        clipped=clipped,
        edges=edges,
        radius=_radius(clipped, edges),
        radius_to="proximal" if clipped is not None and by.VARIABLES[clipped].behaviour == 0 else "behaviour",
        bounded=bounded,
        smooth=smooth,
        loose=loose,
    )


@cache
def _mates(rule: Advantage) -> Mates:
    """How the advantage depends on the mates: its slope in the own reward decides."""
    advantage = rule.expression
    statistics = {sy.m1_mates, sy.m2_mates}
    if not advantage.free_symbols & statistics:
        return "none"
    slope = sympy.diff(advantage, sy.r_self)
    if not slope.free_symbols & statistics:
        return "base"
    here = {sy.r_self: 1, sy.G_group: 4, sy.delta_std: sympy.Rational(1, 10)}
    half, third = (slope.subs({**here, **dict.fromkeys(statistics, sympy.Rational(1, n))}) for n in (2, 3))
    gap = sympy.N(half - third)
    if gap.is_number and abs(gap) > 1e-9:  # two laws of the mates with two slopes
        return "normaliser"
    return "normaliser" if sympy.expand(slope).free_symbols & statistics else "base"


def _everywhere(loss: Any, clipped: Any, clip: Clip, moving: list[Any]) -> tuple[bool, bool, tuple[Any, ...]]:
    """Whether the token weight, and its derivative in the log ratios, stay bounded for arbitrarily large ratios."""
    unbounded, steep = set[Any](), set[Any]()
    for v in dict.fromkeys([*moving, *([clipped] if clipped is not None else [])]):
        for sign in (1, -1):
            outer = by.outer_weight(loss, v, sign)
            if not sympy.limit(outer, v, sympy.oo).is_finite:
                unbounded.add(v)
            if not sympy.limit(v * sympy.diff(outer, v), v, sympy.oo).is_finite:
                steep.add(v)
    loose = tuple(sorted(unbounded - {clipped}, key=str))
    return not unbounded, not steep and clip != "jump", loose


def _radius(clipped: Any, edges: tuple[by.Edge, ...]) -> Any:
    """Distance within which no ratio of a tabular policy reaches an edge; the claims certified-radius(-sequence).

    ``|log rho| <= sqrt(2) d`` for a token, ``sqrt(2 L) d`` for a response, 1/L of that for its geometric mean.
    """
    if clipped is None:
        return None
    power = by.VARIABLES[clipped].learner
    reach = sympy.sqrt(2) if by.VARIABLES[clipped].level == "token" else sympy.sqrt(2) * sympy.sqrt(sy.L_len)
    logs = [sympy.log(e) if (e - 1).subs(by.SAMPLE) > 0 else -sympy.log(e) for e in _places(edges)]
    return sympy.Min(*logs) / (reach * power)


def _places(edges: tuple[by.Edge, ...]) -> list[Any]:
    return list(dict.fromkeys(e.place for e in edges))
