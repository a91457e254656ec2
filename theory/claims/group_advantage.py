"""The expected group advantage of a success and of a failure, for every group size and either std (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any

import sympy

from ..lemmas.binomial import basis
from ..objects import GROUP_SIZE
from ..proof.build import define, identity, inequality, lemma
from ..proof.records import Claim, Rel
from ..symbols import G_group, adv_one, adv_zero, h_suc, k_suc, p_suc

_G, _k, _h = G_group, k_suc, h_suc
_one, _zero = (_k, 0, _G - 2), (_h, 1, _G - 1)


def _standard(own: int, successes: Any) -> Any:
    """``(r - m)/sqrt(m(1-m))`` in a group of which ``successes`` succeed, 1 to G-1 of them."""
    return (own * _G - successes) / sympy.sqrt(successes * (_G - successes))


_ones = sympy.Sum(basis(_G - 1, _k) * _standard(1, _k + 1), _one)
_zeros = sympy.Sum(basis(_G - 1, _h) * _standard(0, _h), _zero)
_root, _below = sympy.sqrt(_G - 1 - _k) / sympy.sqrt(_k + 1), -sympy.sqrt(_h) / sympy.sqrt(_G - _h)
_one_term, _zero_term = basis(_G - 1, _k) * _root, basis(_G - 1, _h) * _below
_A_1 = sympy.Sum(_one_term, _one)
_A_0 = sympy.Sum(_zero_term.subs(_h, _k + 1), _one)


CLAIM = Claim(
    id="group-advantage",
    title="The expected group advantage of a success and of a failure",
    kind="exact",
    statement=r"Among $G\ge2$ responses with binary rewards that succeed independently with chance $p$, $q=1-p$, a"
    r" response of reward $r$ with $k$ successes among its $G-1$ mates has the advantage $(r-m)/\sqrt{m(1-m)}$,"
    r" $m=(k+r)/G$, or 0 in a group of equal rewards. Its expectation given $r$ is"
    r" $A_1=\sum_k\binom{G-1}kp^kq^{G-1-k}\sqrt{(G-1-k)/(k+1)}$ and"
    r" $A_0=-\sum_k\binom{G-1}{k+1}p^{k+1}q^{G-2-k}\sqrt{(k+1)/(G-1-k)}$ over $k=0,\dots,G-2$. (With the sample std"
    r" both are $\sqrt{(G-1)/G}$ times as large, claim advantage-range.)",
    source="derived here; advantages of GRPO as in arXiv 2402.03300",
    steps=(
        define("group", GROUP_SIZE),
        lemma("k-low", "index-low", _k, 0, _G - 2),
        lemma("k-high", "index-high", _k, 0, _G - 2),
        define(
            "success",
            Rel(adv_one(p_suc), "=", _ones),
            uses="group",
            why="k of the mates succeed; with all of them the group is uniform and the advantage is 0",
        ),
        inequality("success-root", _standard(1, _k + 1), "=", _root, "k-low k-high", "cancel a root"),
        identity(
            "success-term",
            basis(_G - 1, _k) * _standard(1, _k + 1),
            _one_term,
            "success-root k-low k-high",
            "times its chance",
        ),
        lemma("success-terms", "termwise-equal", _ones, _one_term, uses="success-term"),
        identity("A_1", adv_one(p_suc), _A_1, "success success-terms", "expected advantage of a success"),
        lemma("h-low", "index-low", _h, 1, _G - 1),
        lemma("h-high", "index-high", _h, 1, _G - 1),
        define(
            "failure",
            Rel(adv_zero(p_suc), "=", _zeros),
            uses="group",
            why="h of the mates succeed; with none of them the group is uniform and the advantage is 0",
        ),
        inequality("failure-root", _standard(0, _h), "=", _below, "h-low h-high", "cancel a root"),
        identity(
            "failure-term",
            basis(_G - 1, _h) * _standard(0, _h),
            _zero_term,
            "failure-root h-low h-high",
            "times its chance",
        ),
        lemma("failure-terms", "termwise-equal", _zeros, _zero_term, uses="failure-term"),
        lemma("shift", "index-shift", sympy.Sum(_zero_term, _zero), _k, 1, why="count from 0"),
        identity("A_0", adv_zero(p_suc), _A_0, "failure failure-terms shift", "expected advantage of a failure"),
    ),
    conclusions=("A_1", "A_0"),
    formula=_A_1,
    formulas={"A_1": _A_1, "A_0": _A_0},
)
