"""PPO's clip: the token weight jumps at the edge where it cuts, and with it the population H (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any

import sympy

from ..proof.build import define, identity, inequality
from ..proof.records import Claim, Rel, Step
from ..surrogates import clip
from ..symbols import (
    L_len,
    adv_pos,
    eps_hi,
    eps_lo,
    gap_edge,
    jump_high,
    jump_low,
    prob_resp,
    slope_in,
    slope_in_low,
    slope_out,
    slope_out_low,
)

_high, _low = 1 + eps_hi, 1 - eps_lo


def _loss(ratio: Any, advantage: Any) -> Any:
    """``min(rho A, clip(rho) A)``."""
    return sympy.Min(ratio * advantage, clip(ratio) * advantage)


def _slope(start: Any, end: Any, advantage: Any) -> Any:
    return (_loss(end, advantage) - _loss(start, advantage)) / gap_edge


def _edge(tag: str, advantage: Any, edge: Any, names: tuple[Any, Any, Any], inner: Any, outer: Any) -> tuple[Step, ...]:
    """Slopes on both sides of one edge over any distance, and the jump of ``P/L`` times edge times slope."""
    inside, outside, jump = names
    value = prob_resp / L_len * edge * (inside - outside)
    return (
        define(f"{tag}-in", Rel(inside, "=", inner), why="slope of the loss from inside the clip"),
        define(f"{tag}-out", Rel(outside, "=", outer), why="slope of the loss from outside"),
        inequality(f"{tag}-slope-in", inside, "=", advantage, f"{tag}-in", "the same over every distance x > 0"),
        inequality(f"{tag}-slope-out", outside, "=", sympy.S.Zero, f"{tag}-out", "the loss is constant there"),
        define(
            f"{tag}-jump",
            Rel(jump, "=", value),
            why="token weight: ratio times slope; times P_y/L it stands before the score",
        ),
        identity(
            f"{tag}-conclusion",
            jump,
            prob_resp * edge * advantage / L_len,
            f"{tag}-jump {tag}-slope-in {tag}-slope-out",
            "however close the two ratios are",
        ),
    )


CLAIM = Claim(
    id="clip-jump",
    title="PPO's clip makes H jump",
    kind="exact",
    statement=r"One token of a response of probability $P_y>0$ crosses an edge of $\min(\rho\hat"
    r" A,\mathrm{clip}(\rho)\hat A)$ as $\varphi$ moves. Where $\hat A>0$ and $\rho$ crosses"
    r" $1+\varepsilon_{\mathrm{hi}}$, $H(\theta,\varphi)$ jumps by"
    r" $\frac{P_y}{L}(1+\varepsilon_{\mathrm{hi}})\lvert\hat A\rvert$ times the token's score, where"
    r" $\hat A<0$ and $\rho$ crosses $1-\varepsilon_{\mathrm{lo}}$ by"
    r" $-\frac{P_y}{L}(1-\varepsilon_{\mathrm{lo}})\lvert\hat A\rvert$ times it. The jump does not depend on the"
    r" distance $x$ of the two ratios: with finitely many responses no Lipschitz constant of A3 exists outside"
    r" $R_{\mathrm{batch}}$.",
    source="derived here",
    steps=(
        *_edge(
            "high",
            adv_pos,
            _high,
            (slope_in, slope_out, jump_high),
            _slope(_high - gap_edge, _high, adv_pos),
            _slope(_high, _high + gap_edge, adv_pos),
        ),
        *_edge(
            "low",
            -adv_pos,
            _low,
            (slope_in_low, slope_out_low, jump_low),
            _slope(_low, _low + gap_edge, -adv_pos),
            _slope(_low - gap_edge, _low, -adv_pos),
        ),
    ),
    conclusions=("high-conclusion", "low-conclusion"),
    formula=prob_resp * _high * adv_pos / L_len,
    formulas={"low": -prob_resp * _low * adv_pos / L_len},
)
