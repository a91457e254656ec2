"""Variable lengths: a constant divisor or a token mean leaves J a covariance of length and advantage (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..objects import LENGTHS
from ..proof.build import define, identity, inequality
from ..proof.models import Table
from ..proof.records import Claim, Rel
from ..symbols import (
    G_group,
    L_fix,
    L_len,
    adv,
    cov_len,
    j_mate,
    len_at,
    loss_fix,
    loss_tok,
    mean_len,
    mean_r,
    reward,
    std_r,
)

_j, _over = j_mate, (j_mate, 1, G_group)
_lengths, _weighted = sympy.Sum(len_at(_j), _over), sympy.Sum(len_at(_j) * adv(_j), _over)
_covariance = sympy.Sum((len_at(_j) - mean_len) * adv(_j), _over) / G_group
_equal = sympy.Sum(L_len * adv(_j), _over)
_fixed, _token = cov_len / L_fix, cov_len / mean_len


def _pair() -> Table:
    """A success of two tokens and a failure of one: the loss of the group is not zero."""
    values: dict[Any, Any] = {G_group: 2, reward(1): 1, reward(2): 0, mean_r: Fraction(1, 2), std_r: Fraction(1, 2)}
    values |= {adv(1): 1, adv(2): -1, len_at(1): 2, len_at(2): 1, mean_len: Fraction(3, 2), L_fix: 4}
    values |= {cov_len: Fraction(1, 2)}
    return Table(values | {loss_fix: Fraction(1, 8), loss_tok: Fraction(1, 3)}, indices={_j: range(1, 3)})


CLAIM = Claim(
    id="length-covariance",
    title="Variable lengths make J a covariance",
    kind="exact",
    statement=r"On the diagonal the loss of a group with centred advantages is $\mathrm{Cov}(|y|,A)/L_{\max}$ when"
    r" it is divided by a constant (Dr. GRPO) and $\mathrm{Cov}(|y|,A)/\overline{|y|}$ when it is a mean over the"
    r" tokens of the group (DAPO), with the covariance inside the group; $J$ is its expectation. It is 0 for one"
    r" length $L$ of all and for per-sequence means, where $\sum_jLA_j=0$ and $\sum_jA_j=0$; it is not 0 in general:"
    r" a success of two tokens and a failure of one give 1/8 and 1/3 with $L_{\max}=4$.",
    source="derived here; Dr. GRPO arXiv 2503.20783, DAPO arXiv 2503.14476",
    steps=(
        define("mean", Rel(mean_r, "=", sympy.Sum(reward(_j), _over) / G_group), why="mean reward of the group"),
        define("advantage", Rel(adv(_j), "=", (reward(_j) - mean_r) / std_r), why="group-relative, any std or none"),
        define("length", Rel(mean_len, "=", _lengths / G_group), why="mean length of the group"),
        define("cov", Rel(cov_len, "=", _covariance), why="the mean advantage is zero"),
        define("fixed", Rel(loss_fix, "=", _weighted / (G_group * L_fix)), why="ratios are 1; divided by a constant"),
        identity("Dr-GRPO", loss_fix, _fixed, "fixed cov length advantage mean", "subtract the mean length times zero"),
        define("tokens", LENGTHS),
        inequality("some", _lengths, ">=", sympy.Sum(sympy.S.One, _over), "tokens", "term by term"),
        inequality("total", _lengths, ">", 0, "some", "there are tokens"),
        define("token", Rel(loss_tok, "=", _weighted / _lengths), uses="total", why="ratios are 1; mean over tokens"),
        inequality("DAPO-scaled", loss_tok * _lengths, "=", _weighted, "token total", "multiply"),
        identity("covariance", G_group * cov_len, _weighted, "cov advantage mean", "the mean length times zero"),
        inequality("DAPO", loss_tok * mean_len, "=", cov_len, "DAPO-scaled covariance length", "divide by G"),
        identity("equal", _equal, 0, "advantage mean", "one length for all; for per-sequence means it is 1"),
    ),
    conclusions=("Dr-GRPO", "DAPO", "equal"),
    formula=_fixed,
    formulas={"Dr. GRPO": _fixed, "DAPO": _token},
    attained=(_pair(),),
)
