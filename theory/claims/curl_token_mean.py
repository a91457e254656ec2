"""The token mean with variable lengths: H on the diagonal is no gradient (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from ..proof.build import define, identity
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import share_long, share_short, size_fail, size_long, size_short
from .curl_levels import TWIST, pair_slope, three_arms, twist_steps

_AGAINST: dict[tuple[int, int], Any] = {(1, 2): -share_short, (1, 3): -share_long, (2, 3): 0}
_value = 4 * (1 / (size_fail + size_short) - 1 / (size_fail + size_long)) * TWIST


def _pair(r: int, slope: Any, chance: Any) -> Rel:
    return pair_slope(r, slope, chance, _AGAINST)


PAIR_TOKENS = Assumption(
    "PAIR-TOKENS",
    "Groups of two, token mean",
    r"$G=2$, binary rewards, population std: a failure against a success of the first kind weighs $-b_{12}$, against"
    r" one of the second kind $-b_{13}$, the successes the opposite; two equal rewards have $A=0$.",
    _pair,
)


def _arms(common: int = 0) -> Table:
    """A failure of length 1, a success of length 1 and one of length 2."""
    model = three_arms({(1, 2): -1, (1, 3): Fraction(-2, 3), (2, 3): 0}, common)
    return replace(
        model,
        values={**model.values, size_fail: 1, size_short: 1, size_long: 2, share_short: 1, share_long: Fraction(2, 3)},
    )


CLAIM = Claim(
    id="curl-token-mean",
    title="Token mean with variable lengths: no potential",
    kind="exact",
    statement=r"DAPO's token mean, binary rewards, $G=2$, one length $\ell_1$ of failures and two lengths $\ell_2$,"
    r" $\ell_3$ of successes with chances $p_2$, $p_3$: for $h=H(\theta,\theta)$"
    r" $\partial_v\langle h,w\rangle-\partial_w\langle h,v\rangle=2(b_{12}-b_{13})(\partial_vp_2\,\partial_wp_3"
    r"-\partial_wp_2\,\partial_vp_3)$ with $b_{12}=2/(\ell_1+\ell_2)$ and $b_{13}=2/(\ell_1+\ell_3)$. It vanishes when"
    r" the successes have one length, whatever that of the failures; for three arms at the uniform policy with lengths"
    r" 1, 1, 2 it is $2/81$ along the first two logits.",
    source="derived here",
    steps=(
        define("short", Rel(share_short, "=", 2 / (size_fail + size_short)), why="both responses, one over all tokens"),
        define("long", Rel(share_long, "=", 2 / (size_fail + size_long)), why="both responses, one over all tokens"),
        *twist_steps(PAIR_TOKENS, _AGAINST),
        identity("value", 2 * (share_short - share_long) * TWIST, _value, "short long", "insert the lengths"),
    ),
    conclusions=("twisted", "value"),
    formula=_value,
    necessity={"PAIR-TOKENS": _arms(common=1)},
    attained=(_arms(),),
)
