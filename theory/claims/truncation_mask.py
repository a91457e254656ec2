"""Masking truncated responses out of a centred group leaves J a covariance of mask and advantage (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..proof.build import define, identity
from ..proof.models import Table
from ..proof.records import Claim, Rel
from ..symbols import G_group, adv, cov_mask, j_mate, loss_mask, mask_at, mean_mask, mean_r, reward, std_r

_j, _over = j_mate, (j_mate, 1, G_group)
_dropped = -sympy.Sum((1 - mask_at(_j)) * adv(_j), _over) / G_group
_covariance = sympy.Sum((mask_at(_j) - mean_mask) * adv(_j), _over) / G_group


def _pair() -> Table:
    """A success that counts and a failure that is masked: the loss of the group is 1/2, not 0."""
    values: dict[Any, Any] = {G_group: 2, reward(1): 1, reward(2): 0, mean_r: Fraction(1, 2), std_r: Fraction(1, 2)}
    values |= {adv(1): 1, adv(2): -1, mask_at(1): 1, mask_at(2): 0, mean_mask: Fraction(1, 2), cov_mask: Fraction(1, 2)}
    return Table(values | {loss_mask: Fraction(1, 2)}, indices={_j: range(1, 3)})


CLAIM = Claim(
    id="truncation-mask",
    title="Masked responses make J a covariance",
    kind="exact",
    statement=r"If masked responses enter the mean of the group but not its loss, that loss on the diagonal is"
    r" $-\frac1G\sum_j(1-\mu_j)A_j=\mathrm{Cov}(\mu,A)$ inside the group: minus the share of what was masked times"
    r" its mean advantage, so positive where that is negative. $J$ is its expectation and not 0 in general: a success"
    r" that counts and a failure that is masked give $\tfrac12$.",
    source="derived here; overlong filtering as in DAPO, arXiv 2503.14476",
    steps=(
        define("mean", Rel(mean_r, "=", sympy.Sum(reward(_j), _over) / G_group), why="mean reward of all"),
        define("advantage", Rel(adv(_j), "=", (reward(_j) - mean_r) / std_r), why="group-relative, any std or none"),
        define("share", Rel(mean_mask, "=", sympy.Sum(mask_at(_j), _over) / G_group), why="share that counts"),
        define("cov", Rel(cov_mask, "=", _covariance), why="the mean advantage is zero"),
        define("loss", Rel(loss_mask, "=", sympy.Sum(mask_at(_j) * adv(_j), _over) / G_group), why="ratios are 1"),
        identity("dropped", loss_mask, _dropped, "loss advantage mean", "all advantages sum to zero"),
        identity("covariance", loss_mask, cov_mask, "cov loss share advantage mean", "and so does their mean"),
    ),
    conclusions=("dropped", "covariance"),
    formula=cov_mask,
    attained=(_pair(),),
)
