"""One prompt by responses: its derivative is bounded by its own weight and its own slope (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.build import assume, define, earlier, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Claim, Rel
from ..proof.vectors import Norm
from ..symbols import G_group, L_len, P_top, a_dir, b_dir, b_top
from .response_derivative import CLAIM as DERIVATIVE
from .row_energy import CLAIM as ENERGY
from .success_slope import BINARY
from .success_slope import CLAIM as SUCCESS

_x, _o = sy.x_prompt, sy.o_tok
_tokens = (_o, 1, sy.N_tok)
_half = sympy.Rational(1, 2)
_h, _s, _t, _r = sy.hyb(_x, _o), sy.s_this(_x, _o, a_dir), sy.t_others(_x, _o), sy.r_tok(_x, _o)
_p, _dp, _D = sy.p_x(_x), sy.dp_x(_x, b_dir), sy.D_x(_x)
_w, _slope = sy.weight(_p), sy.d_weight(_p)
_u, _v = Norm(sy.part_x(_x, a_dir)), Norm(sy.part_x(_x, b_dir))


def _sum(term: Any, over: Any) -> Any:
    return sympy.Sum(term, over)


_X = _w * _t + _slope * _dp  # what the behaviour policy changes, per unit of reward
_form = _sum(_h * _s * (_r - _half) * _X, _tokens)
_learner, _others, _mean = _sum(_h * _s**2, _tokens), _sum(_h * _t**2, _tokens), _sum(_h * _t, _tokens)
_signed, _changes = _sum(_h * ((_r - _half) * _X) ** 2, _tokens), _sum(_h * _X**2, _tokens)
_quarter = _sum(_h * _X**2 / 4, _tokens)
_B, _effect = sy.B_x(_x), (L_len - 1) * _w**2 + L_len * _slope**2 * _p * (1 - _p)
_budget = _B * _v**2 / 2

__all__ = ["CLAIM", "group_of_two", "instance"]

_FORMULA: Any = sympy.sqrt((1 - 1 / L_len) * _w**2 + _slope**2 * _p * (1 - _p)) / (4 * sympy.sqrt(L_len))


def group_of_two(p: Fraction) -> dict[Any, Any]:
    """The advantages of two responses of the prompt of an instance, which succeed with probability p."""
    chance = sy.p_x(1)
    values: dict[Any, Any] = {sy.weight(chance): 1, sy.adv_one(chance): 1 - p, sy.adv_zero(chance): -p}
    return (
        values
        | {sy.pot_at(0): 0, sy.pot_at(1): 1, sy.potential(chance): p}
        | {**{sy.weight_at(0): 1, sy.spread_at(0): 1, sy.root_one: 1}}
    )


def instance(length: int, reward: int = 1, slope: int = 1, **constants: Any) -> Table:
    """One prompt, two tokens, learner and behaviour uniform, direction entries +-1; scores are +-1.

    For one token u and v move its row and the first token is rewarded; for two tokens u moves the first row, v both
    second rows, and equal tokens are rewarded; the others get ``1 - reward``, so that p = 1/2. G = 2, where w_G = 1;
    ``slope`` stands for w_G'(1/2).
    """
    answers = list(product((1, -1), repeat=length))
    chance, over, values = Fraction(1, 2**length), Fraction(1, length), dict[Any, Any]()
    rewards = [reward if y[0] == (1 if length == 1 else y[-1]) else 1 - reward for y in answers]
    p = chance * sum(rewards)
    dp = chance * sum(r * y[-1] for r, y in zip(rewards, answers, strict=True))
    gradient, derivative = Fraction(0), Fraction(0)
    for y, (r, signs) in enumerate(zip(rewards, answers, strict=True), 1):
        values |= {sy.law(1, y): chance, sy.r_ans(1, y): r, sy.s_ans(1, y, b_dir): signs[-1]}
        for k in range(length):
            o, s, t = length * (y - 1) + k + 1, signs[0] * (k == 0), signs[-1] * (k < length - 1)
            values |= {sy.hyb(1, o): chance, sy.s_this(1, o, a_dir): s, sy.t_others(1, o): t, sy.r_tok(1, o): r}
            values |= {sy.A_tok(1, o): r - p}
            gradient += over * chance * s * (r - p)
            derivative += over * chance * s * (r - Fraction(1, 2)) * (t + slope * dp)
    values |= {sy.N_tok: length * len(answers), sy.N_ans: len(answers), sy.N_prompts: 1, sy.P_prompt(1): 1}
    values |= {sy.p_x(1): p, sy.dp_x(1, b_dir): dp, sy.d_weight(sy.p_x(1)): slope}
    values |= {sy.Hu_x(1): gradient, sy.D_x(1): derivative, sy.D_all: derivative, L_len: length}
    u, v = ((1, -1), (1, -1)) if length == 1 else ((1, -1, 0, 0, 0, 0), (0, 0, 1, -1, 1, -1))
    values |= {a_dir: u, sy.part_x(1, a_dir): u, b_dir: v, sy.part_x(1, b_dir): v}
    values |= {G_group: 2, b_top: 1, P_top: 1} | {sy.record(name).symbol: value for name, value in constants.items()}
    values |= group_of_two(p) | {sy.B_x(1): length - 1 + length * slope**2 * p * (1 - p)}
    return Table(
        values,
        indices={
            _x: range(1, 2),
            sy.k_suc: range(1),
            _o: range(1, values[sy.N_tok] + 1),
            sy.y_ans: range(1, len(answers) + 1),
        },
    )


CLAIM = Claim(
    id="response-prompt",
    title="One prompt by responses",
    kind="upper",
    statement=r"Tabular softmax, token ratio, no active clip, fixed length $L$, rewards 0 or 1, no KL, every $\theta$"
    r" and $\varphi$: $\lvert\langle\partial_\varphi H_x[\mathbf{v}],\mathbf{u}\rangle\rvert\le"
    r"\frac1{4\sqrt L}\sqrt{(1-\tfrac1L)w_G(p_x)^2+w_G'(p_x)^2p_x(1-p_x)}\,\lVert\mathbf{u}_x\rVert"
    r"\lVert\mathbf{v}_x\rVert$.",
    source="derived here",
    steps=(
        earlier("derivative", DERIVATIVE),
        identity("form", (L_len * _D) ** 2, _form**2, "derivative", "one product per response and token"),
        lemma("cs", "weighted-cauchy-schwarz", _h, _s, (_r - _half) * _X, _tokens),
        assume("binary", BINARY, _r),
        inequality(
            "half", (_r - _half) ** 2, "=", sympy.Rational(1, 4), "binary", "0 and 1 are one half from one half"
        ),
        inequality("signed", _signed, "<=", _quarter, "half", "term by term"),
        identity("quarter", _quarter, _changes / 4, "", "pull the constant out"),
        identity(
            "square",
            _changes,
            _w**2 * _others + 2 * _w * _slope * _dp * _mean + _slope**2 * _dp**2 * _sum(_h, _tokens),
            "",
            "expand",
        ),
        lemma("mean", "score-martingale", "others", _x),
        lemma("mass", "total-mass", "tokens", _x),
        inequality(
            "both",
            _changes,
            "=",
            _w**2 * _others + _slope**2 * _dp**2 * L_len,
            "square mean mass",
            "the two do not mix",
        ),
        earlier("energy-others", ENERGY, "others"),
        inequality(
            "first", _w**2 * _others, "<=", _w**2 * (L_len - 1) * _v**2 / 2, "energy-others", "their second moment"
        ),
        earlier("success", SUCCESS),
        inequality(
            "second", _slope**2 * _dp**2, "<=", _slope**2 * _p * (1 - _p) * _v**2 / 2, "success", "success probability"
        ),
        inequality(
            "third",
            _slope**2 * _dp**2 * L_len,
            "<=",
            L_len * _slope**2 * _p * (1 - _p) * _v**2 / 2,
            "second",
            "at each of L places",
        ),
        define("effect", Rel(_B, "=", _effect), why="both effects"),
        inequality("changes", _changes, "<=", _budget, "both first third effect", "put together"),
        identity("value", _B, _effect, "effect", "for the claims to come"),
        earlier("energy", ENERGY, "this"),
        inequality("learner", _learner * _signed, "<=", _learner * _changes / 4, "signed quarter", "first factor"),
        inequality("budget", _learner * _changes, "<=", _learner * _budget, "changes", "second factor"),
        earlier("chance", SUCCESS, "at-most-one"),
        inequality("sign", _B, ">=", 0, "effect chance", "a sum of nonnegative terms"),
        inequality("part", _learner * _budget, "<=", _u**2 / 2 * _budget, "energy sign", "and the learner's"),
        inequality("prompt-changes", (L_len * _D) ** 2, "<=", _learner * _changes / 4, "form cs learner", "chain"),
        inequality("prompt-budget", (L_len * _D) ** 2, "<=", _learner * _budget / 4, "prompt-changes budget", "chain"),
        inequality("prompt-square", (L_len * _D) ** 2, "<=", _u**2 * _budget / 8, "prompt-budget part", "chain"),
    ),
    conclusions=("prompt-square", "value"),
    formula=_FORMULA.subs({_w: sy.w_here, _slope: sy.w_slope_here, _p: sy.p_suc}),
    necessity={"BINARY": instance(1, reward=9)},
    attained=(instance(1),),  # approached by w_G for L = 1 and p near one half, where its slope is small
    logits=True,
)
