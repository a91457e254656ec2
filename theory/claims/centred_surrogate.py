"""Ratio-form GRPO with centred advantages has J = 0, hence DJ = 0, while H is not zero (derived here)."""

from __future__ import annotations

import sympy

from ..objects import GROUP_SIZE, OBJECTIVE
from ..proof.build import define, identity, inequality, lemma
from ..proof.records import Claim, Rel
from ..symbols import (
    G_group,
    J_pop,
    adv,
    eps_hi,
    eps_lo,
    group_loss,
    i_out,
    j_mate,
    mean_r,
    reward,
    rho,
    std_r,
)

_mates = (j_mate, 1, G_group)
_total = sympy.Sum(reward(j_mate), _mates)
_others = (_total - reward(j_mate)) / (G_group - 1)
_edge = sympy.Max(1 - eps_lo, sympy.Min(1 + eps_hi, rho))
_clipped = sympy.Min(rho * adv(j_mate), _edge * adv(j_mate))
_centred = sympy.Sum(adv(j_mate), _mates)

CLAIM = Claim(
    id="centred-surrogate",
    title="The centred surrogate vanishes on the diagonal",
    kind="exact",
    statement=r"For ratio-form GRPO (ratios are 1 on the diagonal, equal lengths or per-sequence means, no KL term,"
    r" any rewards, any std convention) $J(\theta)=F(\theta,\theta)=0$ for every $\theta$; hence $\mathrm"
    r" DJ\equiv0$. The advantage may be the deviation from the mean times any positive factor (either std, an offset"
    r" $\delta_{\mathrm{std}}>0$, no std; RLOO, where it is $\frac G{G-1}(r_j-m)$), a clip is inactive at ratio 1,"
    r" and the groups may follow any law, such as that of dynamic sampling.",
    source="derived here; it fails for token means with variable lengths and for KL terms",
    steps=(
        define("mean", Rel(mean_r, "=", _total / G_group), why="mean reward of the group"),
        define("advantage", Rel(adv(j_mate), "=", (reward(j_mate) - mean_r) / std_r), why="group-relative advantage"),
        identity("centred", _centred, sympy.S.Zero, "advantage mean", "deviations from the mean sum to zero"),
        define(
            "group",
            Rel(group_loss(i_out), "=", _centred / G_group),
            why="on the diagonal every ratio is 1, so l = mean A",
        ),
        define("J", OBJECTIVE, group_loss),
        identity("conclusion", J_pop, sympy.S.Zero, "J group advantage mean", "every group contributes zero"),
        define("on", Rel(rho, "=", sympy.S.One), why="on the diagonal the ratio is 1"),
        inequality("clip", _clipped, "=", adv(j_mate), "on", "and lies inside the clip"),
        define("group-size", GROUP_SIZE),
        inequality(
            "rloo",
            reward(j_mate) - _others,
            "=",
            G_group / (G_group - 1) * (reward(j_mate) - mean_r),
            "mean group-size",
            "a deviation from the mean as well",
        ),
        lemma("derivative", "constant-derivative", uses="conclusion", why="and so does the total derivative"),
    ),
    conclusions=("conclusion", "centred", "derivative", "clip", "rloo"),
    formula=sympy.S.Zero,
)
