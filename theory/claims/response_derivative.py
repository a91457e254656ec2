"""How H moves with the behaviour policy, response by response: the baseline cancels (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any

import sympy

from ..proof.build import define, earlier, identity, inequality, lemma
from ..proof.records import Claim, Definition, Rel
from ..symbols import (
    A_tok,
    D_x,
    Hu_x,
    L_len,
    N_tok,
    a_dir,
    adv_one,
    adv_zero,
    b_dir,
    d_weight,
    dp_x,
    hyb,
    o_tok,
    p_x,
    r_tok,
    s_this,
    t_others,
    weight,
    x_prompt,
)
from .group_weight import CLAIM as WEIGHT

_half = sympy.Rational(1, 2)
_x, _over = x_prompt, (o_tok, 1, N_tok)
_h, _s, _t, _r = hyb(_x, o_tok), s_this(_x, o_tok, a_dir), t_others(_x, o_tok), r_tok(_x, o_tok)
_p, _dp = p_x(_x), dp_x(_x, b_dir)
_w, _slope = weight(_p), d_weight(_p)


def _sum(term: Any) -> Any:
    return sympy.Sum(term, _over)


ADVANTAGE = Definition(
    "binary-advantage",
    "expected advantage of a reward 0 or 1 among mates that succeed with probability p",
    lambda: Rel(A_tok(_x, o_tok), "=", _r * adv_one(_p) + (1 - _r) * adv_zero(_p)),
)
GRADIENT = Definition(
    "prompt-gradient",
    "surrogate gradient of one prompt along u: token ratio, no active clip, mean over L tokens",
    lambda: Rel(Hu_x(_x), "=", _sum(_h * _s * A_tok(_x, o_tok)) / L_len),
)
_advantage, _gradient = Rel(A_tok(_x, o_tok), "=", (_r - _p) * _w), GRADIENT.at()
_form: Any = _sum(_h * _s * (_r - _half) * (_w * _t + _slope * _dp)) / L_len
_no_cross: Any = (_half - p_x(_x)) * _w / L_len * _sum(_h * _s * _t)
_no_mean: Any = ((_half - p_x(_x)) * _slope * _dp - _w * _dp) / L_len * _sum(_h * _s)

CLAIM = Claim(
    id="response-derivative",
    title="How the surrogate gradient of a prompt moves with the behaviour policy",
    kind="exact",
    statement=r"Token ratio, no active clip, fixed length $L$, rewards 0 or 1, every policy: only the rewards"
    r" measured from $\tfrac12$ enter, $\langle\partial_\varphi H_x[\mathbf{v}],\mathbf{u}\rangle=\tfrac1L\sum_oh_{xo}"
    r"s_{xo}(r_{xo}-\tfrac12)(w_xt_{xo}+w_x'\partial_{\mathbf{v}}p_x)$, where $o$ is a response with one of its tokens,"
    r" drawn by $\theta$ while $\varphi$ draws all others, $w_x=w_G(p_x)$ and $w_x'=w_G'(p_x)$.",
    source="derived here; first-order forms at theta = phi are its special case",
    steps=(
        lemma("positive", "mixed-prompt", ">", _x),
        lemma("below-one", "mixed-prompt", "<", _x),
        earlier("success", WEIGHT, "success", "positive below-one", p_suc=_p, q_fail=1 - _p),
        earlier("failure", WEIGHT, "failure", "positive below-one", p_suc=_p, q_fail=1 - _p),
        define("expected", ADVANTAGE),
        inequality(
            "advantage", _advantage.lhs, "=", _advantage.rhs, "expected success failure", "shares of the weight"
        ),
        define("H", GRADIENT),
        lemma("advantage-slope", "product-rule", "advantage", _advantage.lhs, _advantage.rhs, b_dir, uses="advantage"),
        lemma("slope", "product-rule", "H", _gradient.lhs, _gradient.rhs, b_dir, uses="H"),
        identity(
            "centred",
            D_x(_x),
            _form + _no_cross + _no_mean,
            "slope advantage advantage-slope",
            "measure the rewards from one half; the rest does not depend on the response",
        ),
        lemma("cross", "score-martingale", "both", _x),
        lemma("mean", "score-martingale", "this", _x),
        inequality("conclusion", D_x(_x), "=", _form, "centred cross mean", "scores have mean zero"),
    ),
    conclusions=("conclusion",),
    formula=_form,
    logits=True,
)
