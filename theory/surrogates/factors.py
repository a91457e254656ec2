"""A loss as the product of factors that ``verify.sources`` moves one by one from the learner to the behaviour policy.

The token weight of such a loss is ``ratio * kappa(ratio, sign A) * A + penalty``: one importance weight, a clip or gate
that is a function of it alone, and a penalty in which the behaviour policy does not occur.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import sympy

from .. import symbols as sy
from . import calculus as by
from .analysis import facts
from .record import Advantage, Surrogate

__all__ = ["Factors", "Weight", "factors", "without_clip"]

Weight = Literal["token", "sequence", "geometric", "none"]
_WEIGHTS: Mapping[Any, Weight] = {
    sy.rho: "token",
    sy.rho_seq: "sequence",
    sy.rho_geo / sy.L_len: "geometric",
    sympy.S.One: "none",
}


@dataclass(frozen=True)
class Factors:
    """The factors of one loss.

    Args:
        weight: importance weight of a token: ``token`` ratio, ``sequence`` ratio, ``geometric`` mean of the token
            ratios over the own length, ``none``.
        ratio: the ratio under the clip or gate, None without.
        edges: edges of the clip in increasing order.
        clip: for each sign of the advantage kappa on each interval between the edges, one more than there are edges; a
            gate is one function without edges.
        penalty: the part of the token weight without advantage.
    """

    weight: Weight
    ratio: Any
    edges: tuple[Any, ...]
    clip: Mapping[int, tuple[Any, ...]]
    penalty: Any


@cache
def factors(loss: Surrogate) -> Factors:
    """Read the factors off a record.

    Raises:
        ValueError: the record has no such form: given advantages of a critic, another importance weight than those of
            ``Weight``, a clip on another ratio than that weight, or a penalty in which the behaviour policy occurs.
    """
    known = facts(loss)
    if loss.advantage.centre == "critic":
        raise ValueError(f"expected advantages made from rewards, got those of a critic in {loss.id}")
    penalty = known.weight.subs(sy.A_hat, 0)
    main, gate, gated = sympy.cancel((known.weight - penalty) / sy.A_hat), sympy.S.One, by.gates(known.weight)
    if gated:
        main, gate = _without_gate(sympy.diff(known.weight, sy.A_hat), gated[0])
    if main not in _WEIGHTS:
        raise ValueError(f"expected one of {sorted(map(str, _WEIGHTS))} as the weight of a token, got {main}")
    moving = [v for v in penalty.free_symbols if v in by.VARIABLES and by.VARIABLES[v].behaviour != 0]
    if moving or not {known.clipped} <= {None, *main.free_symbols}:
        raise ValueError(f"expected a clip on {main} and a penalty without it in {loss.id}")
    clip: dict[int, tuple[Any, ...]] = {sign: (by.signed(gate, sign),) for sign in (1, -1)}
    for sign in clip if known.clipped is not None else ():
        branches = by.branch_weights(loss.token, known.clipped, sign)
        clip[sign] = tuple(sympy.cancel((branch - penalty) / (sign * main)) for branch in branches)
    edges = tuple(dict.fromkeys(edge.place for edge in known.edges))
    return Factors(_WEIGHTS[main], gated[0] if gated else known.clipped, edges, clip, penalty)


def _without_gate(main: Any, ratio: Any) -> tuple[Any, Any]:
    """A gated weight as a power of its ratio, alike to first order on the diagonal, and what it is times that."""
    slope = (ratio * sympy.diff(main, ratio) / main).subs(ratio, 1)
    plain = sympy.simplify(main.subs(ratio, 1)) * ratio ** sympy.simplify(slope)
    return plain, main / plain


def without_clip(loss: Surrogate, title: str = "", advantage: Advantage | None = None) -> Surrogate:
    """The same loss without its clip, with another advantage if one is given."""
    token, _ = by.inside(loss.token)
    title = title or f"{loss.title} without clip"
    return replace(loss, id=f"{loss.id}-unclipped", title=title, token=token, advantage=advantage or loss.advantage)
