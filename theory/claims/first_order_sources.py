"""First-order form of the staleness bias for any token weight that is a power of the ratios (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from .. import symbols as sy
from ..loss_objects import PAIR_SCORE
from ..proof.build import assume, define, identity, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import L_len, iota, sigma_all, sigma_cur

_over = (iota, 1, sy.N_pairs)
_p, _a, _s = sy.prob_pair(iota), sy.adv_pair(iota), sy.score_pair(iota)
_before, _token, _after = sy.pre_pair(iota), sy.cur_pair(iota), sy.suf_pair(iota)
_whole = _before + _token + _after
_bracket = _a * ((1 - sigma_all) * (_before + _after) + (1 - sigma_all - sigma_cur) * _token) + sy.dadv_pair(iota)

WEIGHT = Assumption(
    "WEIGHT",
    "The token weight is the advantage on the diagonal",
    r"$\gamma_\iota=\bar A_\iota$ where $\varphi=\theta$: every ratio is one and no clip is active.",
    lambda: Rel(sy.weight_pair(iota), "=", _a),
)
POWER = Assumption(
    "POWER",
    "The token weight is a power of the ratios",
    r"$\gamma=\bar A\,\rho^{\sigma_{\mathrm{cur}}}(\rho^{\mathrm{seq}})^{\sigma_{\mathrm{all}}}$ near the diagonal,"
    r" given here by its logarithmic derivative in $\varphi$.",
    lambda: Rel(sy.dweight_pair(iota), "=", sy.dadv_pair(iota) - _a * (sigma_cur * _token + sigma_all * _whole)),
)


def _one_pair(weight: int = 1, slope: int = -1) -> Table:
    """One response of one token with A = 1, score 1 along w and h, sigma_cur = 1: d gamma = -1 and d P = P."""
    values: dict[Any, Fraction | int] = {sy.N_pairs: 1, L_len: 1, sigma_cur: 1, sigma_all: 0}
    pair = {sy.prob_pair: 1, sy.dprob_pair: 1, sy.adv_pair: 1, sy.dadv_pair: 0, sy.score_pair: 1, sy.cur_pair: 1}
    pair |= {sy.pre_pair: 0, sy.suf_pair: 0, sy.weight_pair: weight, sy.dweight_pair: slope}
    return Table({**values, sy.dH_h: weight + slope, **{f(1): v for f, v in pair.items()}}, indices={iota: range(1, 2)})


CLAIM = Claim(
    id="first-order-sources",
    title="Where the bias comes from, to first order",
    kind="exact",
    statement=r"Let $\gamma=\bar A\,\rho^{\sigma_{\mathrm{cur}}}(\rho^{\mathrm{seq}})^{\sigma_{\mathrm{all}}}$ be the"
    r" token weight near the diagonal. Then, for one prompt and $L$ tokens (the mean over prompts is linear),"
    r" $\langle\partial_\varphi H(\theta,\theta)[w],h\rangle=\frac1L\sum_\iota P_\iota\big[\bar"
    r" A_\iota\big((1-\sigma_{\mathrm{all}})\langle s_{<\iota}+s_{>\iota},w\rangle+(1-\sigma_{\mathrm{all}}"
    r"-\sigma_{\mathrm{cur}})\langle s_\iota,w\rangle\big)+\partial_w\bar A_\iota\big]\langle s_\iota,h\rangle$."
    r" Token ratio: $\sigma_{\mathrm{cur}}=1$, $\sigma_{\mathrm{all}}=0$; geometric mean (GSPO):"
    r" $0$ and $1/L$; sequence ratio: $0$ and $1$; no importance weight: both $0$.",
    source="derived here",
    steps=(
        lemma("leibniz", "leibniz-pairs", 1 / L_len),
        define("pair-score", PAIR_SCORE),
        assume("weight", WEIGHT),
        assume("power", POWER),
        identity(
            "conclusion",
            sy.dH_h,
            sympy.Sum(_p * _bracket * _s, _over) / L_len,
            "leibniz pair-score weight power",
            "collect the scores of the tokens before, of this one, and of those after",
        ),
    ),
    conclusions=("conclusion",),
    formula=1 - sigma_all - sigma_cur,
    formulas={"prefix": 1 - sigma_all, "current": 1 - sigma_all - sigma_cur, "suffix": 1 - sigma_all},
    necessity={"WEIGHT": _one_pair(weight=2), "POWER": _one_pair(slope=0)},
)
