"""Instances of one GRPO group with its score vectors, re-evaluated without solvers; see ``models``."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy.core.function import AppliedUndef

from .. import symbols as sy
from .exact import Value
from .models import Model

__all__ = ["TwoArmGroup", "two_arm_group"]

_HALF, _SIGN = Fraction(1, 2), {1: Fraction(1), 2: Fraction(-1)}


@dataclass(frozen=True)
class TwoArmGroup(Model):
    """Both responses of one token over two tokens, learner uniform, phi' and psi at the learner.

    ``values`` holds the scalars, advantages and ratios included; scores and gradients are computed from them.
    """

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", "instance")

    def __call__(self, atom: Any) -> Value | None:
        """Scores are the token's unit vector minus the uniform row, gradients their sums; the rest is a table."""
        if isinstance(atom, AppliedUndef):
            name, args = atom.func.__name__, atom.args
            if name == "score_at":
                return self._pair(self._score(args[0]))
            if name == "grad_resp":
                return self._pair(self._response(args[0], args[1]))
            if name == "grad_ell":
                return self._pair(
                    sum((self._number(sy.adv(j)) * self._response(j, args[2]) for j in _SIGN), Fraction(0)) / 2
                )
        return super().__call__(atom)

    def _score(self, j: Any) -> Fraction:
        return _SIGN[int(j)] * _HALF

    def _response(self, j: Any, point: Any) -> Fraction:
        return self._number(sy.rho_at(j, 1, point)) * self._score(j)

    def _pair(self, slope: Fraction) -> Value:
        return slope, -slope

    def _number(self, atom: Any) -> Fraction:
        return Fraction(self.values[atom])


def two_arm_group(edge: Fraction, advantage: Fraction | int = 1, behaviour: Fraction = _HALF) -> TwoArmGroup:
    """Group of the two arms with advantages +-``advantage``; phi draws the first arm with probability ``behaviour``.

    Args:
        edge: upper clip width.
        advantage: standardised groups have 1.
        behaviour: probability in (0, 1).
    """
    values: dict[Any, Fraction | int] = {sy.G_group: 2, sy.L_len: 1, sy.eps_hi: edge}
    values |= {sy.pi_a: _HALF, sy.n_other: 1, sy.pi_other(1): _HALF}
    law = {1: behaviour, 2: 1 - behaviour}
    for j, sign in _SIGN.items():
        values[sy.adv(j)] = sign * advantage
        values |= {sy.rho_at(j, 1, sy.phi): _HALF / law[j], sy.rho_at(j, 1, sy.phi2): 1, sy.rho_at(j, 1, sy.psi): 1}
    return TwoArmGroup(values, indices={sy.i_out: range(1, 2), sy.j_mate: range(1, 3), sy.k_tok: range(1, 2)})
