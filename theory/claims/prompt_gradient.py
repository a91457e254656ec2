"""The surrogate gradient of one prompt is w_G(p) times the gradient of its chance of success (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import sympy

from ..objects import CHANCES, NORMALISED, SCORE, SUCCESS_SLOPE
from ..proof.build import define, earlier, identity, inequality, lemma
from ..proof.records import Claim, Rel
from ..symbols import (
    H_prompt,
    L_len,
    adv_expected,
    adv_one,
    adv_zero,
    dp,
    dp_suc,
    dW_prompt,
    i_out,
    n_out,
    p_suc,
    prob_d,
    score_w,
    suc_of,
    weight,
)
from .group_weight import CLAIM as WEIGHT

_i, _over = i_out, (i_out, 1, n_out)
_formula = weight(p_suc) * dp_suc / L_len

CLAIM = Claim(
    id="prompt-gradient",
    title="The surrogate gradient of one prompt",
    kind="exact",
    statement=r"Binary rewards, fixed length $L$, ratio form, no clip, on the diagonal:"
    r" $H_x(\theta,\theta)=\frac1Lw_G(p)\nabla p=\frac1L\nabla W_G(p)$ for the chance of success $p=p_\theta(x)$ of"
    r" the prompt. So $H(\theta,\theta)=\frac1L\mathbb E_x[w_G(p)\nabla p]=\frac1L\nabla\,\mathbb E_x[W_G(p)]$,"
    r" while $J\equiv0$ (claim centred-surrogate): $H$ is the gradient of a functional, but not of $J$.",
    source="derived here",
    steps=(
        define("one", NORMALISED, _i, n_out),
        define("score", SCORE),
        define("chances", CHANCES),
        earlier("success-part", WEIGHT, "success"),
        earlier("failure-part", WEIGHT, "failure"),
        earlier("potential", WEIGHT, "potential"),
        define(
            "advantage",
            Rel(adv_expected(_i), "=", adv_zero(p_suc) + suc_of(_i) * (adv_one(p_suc) - adv_zero(p_suc))),
            why="A_1 for a success, A_0 for a failure",
        ),
        define(
            "H",
            Rel(H_prompt, "=", sympy.Sum(prob_d(_i) * adv_expected(_i) * score_w(_i), _over) / L_len),
            why="ratios are 1; the tokens' scores add up to that of the response",
        ),
        define("slope", SUCCESS_SLOPE, _i),
        lemma("still", "constant-sum", "laws", _i, n_out, uses="one", why="the chances sum to one"),
        identity(
            "split",
            H_prompt,
            (adv_zero(p_suc) * sympy.Sum(dp(_i), _over) + (adv_one(p_suc) - adv_zero(p_suc)) * dp_suc) / L_len,
            "H advantage slope score",
            "a baseline and a part proportional to the reward",
        ),
        inequality(
            "gradient",
            H_prompt,
            "=",
            _formula,
            "split still success-part failure-part chances",
            "the baseline drops out",
        ),
        lemma("chain", "potential-chain", why="chain rule"),
        identity("functional", H_prompt, dW_prompt / L_len, "gradient chain potential", "the weight is a derivative"),
    ),
    conclusions=("gradient", "functional"),
    formula=WEIGHT.formula / L_len,
)
