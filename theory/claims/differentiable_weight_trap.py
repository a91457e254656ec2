"""A fully differentiable importance weight of the whole group gives H = 0: the mates need stop-gradients."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.build import assume, define, identity
from ..proof.fill import filled
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import G_group, H_full, H_mates, H_stop, i_out, j_mate, phi

_groups, _members = (i_out, 1, sy.n_out), (j_mate, 1, G_group)
_adv, _score = sy.adv_in(i_out, j_mate), sy.score_in(i_out, j_mate)
_weight = sy.prob(i_out, phi) * sy.group_weight(i_out)


def _mean(term: Any) -> Any:
    return sympy.Sum(term, _members) / G_group


CENTRED = Assumption(
    "CENTRED",
    "Advantages centred at the mean of the group",
    r"$A_{ij}=c^{\mathrm{grp}}_i(r^{\mathrm{grp}}_{ij}-\bar r^{\mathrm{grp}}_i)$ with $\bar"
    r" r^{\mathrm{grp}}_i$ the mean reward of group $i$: GRPO, Dr. GRPO and, with"
    r" $c^{\mathrm{grp}}_i=G/(G-1)$, RLOO.",
    lambda: Rel(_adv, "=", sy.scale_in(i_out) * (sy.rew_in(i_out, j_mate) - sy.mean_in(i_out))),
)


def _groups_sum(term: Any) -> Any:
    return sympy.Sum(_weight * term, _groups)


_all = sy.group_score(i_out)
_STEPS = (
    define("mean", Rel(sy.mean_in(i_out), "=", _mean(sy.rew_in(i_out, j_mate))), why="mean reward of the group"),
    assume("advantage", CENTRED),
    define("mean-advantage", Rel(sy.mean_adv(i_out), "=", _mean(_adv)), why="mean advantage of the group"),
    identity("centred", sy.mean_adv(i_out), sympy.S.Zero, "mean-advantage advantage mean", "deviations sum to zero"),
    define(
        "score",
        Rel(_all, "=", sympy.Sum(_score, _members)),
        why="the responses are independent given the prompt, so the scores add up",
    ),
    define("own", Rel(sy.own_grad(i_out), "=", _mean(_adv * _score)), why="each advantage with its own score"),
    define("others", Rel(sy.mates_grad(i_out), "=", _mean(_adv * (_all - _score))), why="and with its mates'"),
    define(
        "full",
        Rel(H_full, "=", _groups_sum(sy.mean_adv(i_out) * _all)),
        why="the gradient of the group weight is the weight times the score of the group",
    ),
    define("stop", Rel(H_stop, "=", _groups_sum(sy.own_grad(i_out))), why="only the response's own weight moves"),
    define("mates", Rel(H_mates, "=", _groups_sum(sy.mates_grad(i_out))), why="what the mates' weights would add"),
    identity("conclusion", H_full, sympy.S.Zero, "full centred", "every group contributes zero"),
    identity(
        "split",
        H_mates,
        H_full - H_stop,
        "full stop mates mean-advantage own others score",
        "the group's score is the response's own and its mates'",
    ),
    identity("cancel", H_mates, -H_stop, "split conclusion", "the mates take away exactly what is to be learned"),
)


def _arms(centre: int = 1) -> Table:
    """Groups of two over two arms, learner (1/2, 1/2), behaviour (1/4, 3/4), the first arm rewarded.

    ``centre`` 0 leaves the rewards uncentred.
    """
    half, law = Fraction(1, 2), (Fraction(1, 4), Fraction(3, 4))
    values: dict[Any, Any] = {sy.n_out: 4, G_group: 2}
    for i, group in enumerate(product((0, 1), repeat=2), start=1):
        behaviour = law[group[0]] * law[group[1]]
        values |= {sy.prob(i, phi): behaviour, sy.group_weight(i): half**2 / behaviour, sy.scale_in(i): 1}
        mean = Fraction(2 - sum(group), 2)
        for j, arm in enumerate(group, start=1):
            values |= {sy.rew_in(i, j): 1 - arm, sy.adv_in(i, j): 1 - arm - centre * mean}
            values[sy.score_in(i, j)] = (half, -half) if arm == 0 else (-half, half)
    return filled(values, _STEPS, {i_out: range(1, 5), j_mate: range(1, 3)})


CLAIM = Claim(
    id="differentiable-weight-trap",
    title="A fully differentiable group weight has no gradient",
    kind="exact",
    statement=r"Weight every group by $\prod_j\pi_\theta(y_j)/\pi_\varphi(y_j)$ and differentiate all of it: with"
    r" centred advantages $H\equiv0$ at every $\theta$ and $\varphi$, because the mates' weights add exactly"
    r" $-H^{\mathrm{stop}}$. With stop-gradients on the mates' weights $H=H^{\mathrm{stop}}$.",
    source="derived here",
    steps=_STEPS,
    conclusions=("conclusion", "split", "cancel", "centred"),
    formula=-H_stop,
    necessity={"CENTRED": _arms(centre=0)},
    attained=(_arms(),),
)
