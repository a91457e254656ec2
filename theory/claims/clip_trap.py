"""Clip and graded rewards: the sign of the advantage meets the clip before the mean over the mates (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.build import assume, define, identity, inequality
from ..proof.fill import filled
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import clip_lo, eps_hi, i_out, phi, rho

_mates, _hi = (i_out, 1, sy.n_out), 1 + eps_hi
_clip = sympy.Min(sympy.Max(rho, clip_lo), _hi)
_up, _low = sympy.Min(rho, _hi), sympy.Max(rho, clip_lo)


def _clipped(advantage: Any) -> Any:
    return sympy.Min(rho * advantage, _clip * advantage)


def _expected(term: Any) -> Any:
    return sympy.Sum(sy.prob(i_out, phi) * term, _mates)


EDGES = Assumption(
    "EDGES",
    "The clip interval is not empty",
    r"$1-\varepsilon_{\mathrm{lo}}\le1+\varepsilon_{\mathrm{hi}}$.",
    lambda: Rel(clip_lo, "<=", _hi),
)
_a, _gain, _loss = sy.adv_given(i_out), sy.adv_gain(i_out), sy.adv_loss(i_out)
_split = _up * _gain - _low * _loss
_mean_advantage = sy.mean_gain - sy.mean_loss
_exact = _up * sy.mean_gain - _low * sy.mean_loss
_early = _up * sympy.Max(_mean_advantage, 0) - _low * sympy.Max(-_mean_advantage, 0)
_beyond = sympy.Max(0, rho - _hi, clip_lo - rho)
_gap = _beyond * sympy.Min(sy.mean_gain, sy.mean_loss)

_STEPS = (
    assume("edges", EDGES),
    define("gain", Rel(_gain, "=", sympy.Max(_a, 0)), why="positive part"),
    define("loss", Rel(_loss, "=", sympy.Max(-_a, 0)), why="negative part"),
    define("surrogate", Rel(sy.ppo_term(i_out), "=", _clipped(_a)), why="PPO's clipped surrogate"),
    inequality(
        "each",
        sy.ppo_term(i_out),
        "=",
        _split,
        "edges gain loss surrogate",
        "a gain is clipped from above, a loss from below",
    ),
    define("mean-gain", Rel(sy.mean_gain, "=", _expected(_gain)), why="mean over the mates"),
    define("mean-loss", Rel(sy.mean_loss, "=", _expected(_loss)), why="mean over the mates"),
    define("mean", Rel(sy.ppo_mean, "=", _expected(sy.ppo_term(i_out))), why="what the loss computes"),
    identity("split", sy.ppo_mean, _exact, "mean each mean-gain mean-loss", "linear in the two parts"),
    define("trap", Rel(sy.ppo_trap, "=", _clipped(_mean_advantage)), why="the mean taken too early"),
    inequality("early", sy.ppo_trap, "=", _early, "trap edges", "the mean advantage is a gain or a loss"),
    inequality("gap", sy.ppo_trap - sy.ppo_mean, "=", _gap, "early split edges", "four cases"),
    inequality("optimistic", sy.ppo_mean, "<=", sy.ppo_trap, "gap", "the trap never loses"),
)


def _table(ratio: Fraction, lower: Fraction = Fraction(4, 5)) -> Table:
    """A middling response: half its mates fare better, half worse; clip [lower, 7/5]."""
    values: dict[Any, Any] = {sy.n_out: 2, rho: ratio, eps_hi: Fraction(2, 5), clip_lo: lower}
    values |= {
        sy.adv_given(1): 1,
        sy.adv_given(2): -1,
        sy.prob(1, phi): Fraction(2, 3),
        sy.prob(2, phi): Fraction(1, 3),
    }
    table = filled(values, [s for s in _STEPS if s.id != "trap"], {i_out: range(1, 3)})
    return filled(table.values, _STEPS, {i_out: range(1, 3)})


CLAIM = Claim(
    id="clip-trap",
    title="With a clip, keep gains and losses apart",
    kind="exact",
    statement=r"The mean over the mates of $\min(\rho A,\mathrm{clip}(\rho)A)$ is"
    r" $\min(\rho,1+\varepsilon_{\mathrm{hi}})\,\mathbb E[A^+\mid y]-\max(\rho,1-\varepsilon_{\mathrm{lo}})\,"
    r"\mathbb E[A^-\mid y]$. Clipping the mean advantage instead overstates it by the distance of $\rho$ from the clip"
    r" interval times $\min(\mathbb E[A^+\mid y],\mathbb E[A^-\mid y])$: nothing inside the interval, nothing when the"
    r" reward of $y$ fixes the sign of $A$ (binary rewards), but not nothing for graded rewards.",
    source="derived here",
    steps=_STEPS,
    conclusions=("split", "gap", "optimistic"),
    formula=_gap,
    formulas={"surrogate": _exact, "gap": _gap},
    necessity={"EDGES": _table(Fraction(1), lower=Fraction(2))},
    attained=(_table(Fraction(3, 2)), _table(Fraction(1, 2))),
)
