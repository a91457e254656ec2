"""Response-level representation of K_phi: it falls with the length and needs no bound on the ratios (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.build import assume, define, earlier, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Definition, Rel
from ..proof.vectors import Norm
from ..symbols import G_group, L_len, P_top, a_dir, b_dir, b_top
from .response_derivative import CLAIM as DERIVATIVE
from .row_energy import CLAIM as ENERGY
from .success_slope import BINARY
from .success_slope import CLAIM as SUCCESS

__all__ = ["CLAIM", "DERIVATIVE_ALL", "SLOPE", "TOP", "WEIGHT", "instance", "prompts"]

_x, _o = sy.x_prompt, sy.o_tok
_tokens, _prompts = (_o, 1, sy.N_tok), (_x, 1, sy.N_prompts)
_half = sympy.Rational(1, 2)
_h, _s, _t, _r = sy.hyb(_x, _o), sy.s_this(_x, _o, a_dir), sy.t_others(_x, _o), sy.r_tok(_x, _o)
_p, _w, _slope, _dp, _D = sy.p_x(_x), sy.weight(sy.p_x(_x)), sy.d_weight(sy.p_x(_x)), sy.dp_x(_x, b_dir), sy.D_x(_x)
_u, _v = Norm(sy.part_x(_x, a_dir)), Norm(sy.part_x(_x, b_dir))

_K_SQUARE = ((1 - 1 / L_len) * (G_group - 1) + b_top**2) / (16 * L_len)
_K_ONE = sympy.sqrt((1 - 1 / L_len) * (G_group - 1) + b_top**2) / (4 * sympy.sqrt(L_len))
_K_PHI = P_top * _K_ONE
_K_SUM = P_top * (sympy.sqrt((1 - 1 / L_len) * (G_group - 1)) + b_top) / (4 * sympy.sqrt(L_len))


def _sum(term: Any, over: Any) -> Any:
    return sympy.Sum(term, over)


WEIGHT = Assumption(
    "WEIGHT",
    "Bounded group weight",
    r"$w_G(p)^2\le G-1$ for every success probability.",
    lambda: Rel(_w**2, "<=", G_group - 1),
)
SLOPE = Assumption(
    "SLOPE",
    "Bounded slope of the group weight",
    r"$w_G'(p)^2\,p(1-p)\le\overline{b}^2$ for every success probability.",
    lambda: Rel(_slope**2 * _p * (1 - _p), "<=", b_top**2),
)
TOP = Assumption(
    "TOP",
    "Largest prompt probability",
    r"$P_x\le P_{\max}$ for every prompt.",
    lambda: Rel(sy.P_prompt(_x), "<=", P_top),
)
DERIVATIVE_ALL = Definition(
    "all-prompts", "mean over the prompts", lambda: Rel(sy.D_all, "=", _sum(sy.P_prompt(_x) * _D, _prompts))
)

_X = _w * _t + _slope * _dp  # what the behaviour policy changes, per unit of reward
_form = _sum(_h * _s * (_r - _half) * _X, _tokens)
_learner, _others, _mean = _sum(_h * _s**2, _tokens), _sum(_h * _t**2, _tokens), _sum(_h * _t, _tokens)
_signed, _changes = _sum(_h * ((_r - _half) * _X) ** 2, _tokens), _sum(_h * _X**2, _tokens)
_quarter = _sum(_h * _X**2 / 4, _tokens)
_budget = ((L_len - 1) * (G_group - 1) + L_len * b_top**2) * _v**2 / 2

_ONE = (
    earlier("derivative", DERIVATIVE),
    identity("form", (L_len * _D) ** 2, _form**2, "derivative", "one product per response and token"),
    lemma("cs", "weighted-cauchy-schwarz", _h, _s, (_r - _half) * _X, _tokens),
    assume("binary", BINARY, _r),
    inequality("half", (_r - _half) ** 2, "=", sympy.Rational(1, 4), "binary", "0 and 1 are one half from one half"),
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
        "both", _changes, "=", _w**2 * _others + _slope**2 * _dp**2 * L_len, "square mean mass", "the two do not mix"
    ),
    earlier("energy-others", ENERGY, "others"),
    assume("weight", WEIGHT),
    inequality("first", _w**2 * _others, "<=", (G_group - 1) * _others, "weight", "other tokens"),
    inequality(
        "first-energy",
        (G_group - 1) * _others,
        "<=",
        (G_group - 1) * (L_len - 1) * _v**2 / 2,
        "energy-others",
        "their second moment",
    ),
    earlier("success", SUCCESS),
    assume("slope", SLOPE),
    inequality(
        "second", _slope**2 * _dp**2, "<=", _slope**2 * _p * (1 - _p) * _v**2 / 2, "success", "success probability"
    ),
    inequality("second-top", _slope**2 * _p * (1 - _p) * _v**2 / 2, "<=", b_top**2 * _v**2 / 2, "slope", "its slope"),
    inequality(
        "third", _slope**2 * _dp**2 * L_len, "<=", L_len * b_top**2 * _v**2 / 2, "second second-top", "L places"
    ),
    inequality("changes", _changes, "<=", _budget, "both first first-energy third", "put together"),
    earlier("energy", ENERGY, "this"),
    inequality("learner", _learner * _signed, "<=", _learner * _changes / 4, "signed quarter", "first factor"),
    inequality("budget", _learner * _changes, "<=", _learner * _budget, "changes", "second factor"),
    inequality("part", _learner * _budget, "<=", _u**2 / 2 * _budget, "energy", "and the learner's"),
    inequality("prompt-changes", (L_len * _D) ** 2, "<=", _learner * _changes / 4, "form cs learner", "chain"),
    inequality("prompt-budget", (L_len * _D) ** 2, "<=", _learner * _budget / 4, "prompt-changes budget", "chain"),
    inequality("prompt-square", (L_len * _D) ** 2, "<=", _u**2 * _budget / 8, "prompt-budget part", "chain"),
    inequality("square-root", (_K_ONE * _u * _v) ** 2, "=", _K_SQUARE * _u**2 * _v**2, "", "square of the bound"),
    identity("scale", _u**2 * _budget / 8, L_len**2 * _K_SQUARE * _u**2 * _v**2, "", "the same constant"),
    inequality("scaled", _D**2, "<=", _K_SQUARE * _u**2 * _v**2, "prompt-square scale", "divide by L squared"),
    inequality("prompt", sympy.Abs(_D), "<=", _K_ONE * _u * _v, "scaled square-root", "root"),
)


def prompts(constant: Any) -> tuple[Any, ...]:
    """From ``|D_x| <= constant |u_x| |v_x|`` (step ``prompt``) to all prompts: step ``bilinear``."""
    weighted, parts = P_top * constant * _u * _v, _sum(_u * _v, _prompts)
    mean, total = _sum(sy.P_prompt(_x) * _D, _prompts), _sum(weighted, _prompts)
    negative = _sum(-sy.P_prompt(_x) * _D, _prompts)
    bound = P_top * constant
    return (
        define("all", DERIVATIVE_ALL),
        assume("top", TOP),
        inequality("size", sy.P_prompt(_x) * sympy.Abs(_D), "<=", sy.P_prompt(_x) * constant * _u * _v, "prompt"),
        inequality("weighted", sy.P_prompt(_x) * constant * _u * _v, "<=", weighted, "top", "largest weight"),
        inequality("above", mean, "<=", total, "size weighted", "prompt by prompt"),
        inequality("below", negative, "<=", total, "size weighted", "prompt by prompt"),
        identity("pull", total, bound * parts, "", "pull the constant out"),
        lemma("cs-prompts", "weighted-cauchy-schwarz", sympy.S.One, _u, _v, _prompts),
        lemma("parts-u", "pythagoras-blocks", a_dir, _x, False),
        lemma("parts-v", "pythagoras-blocks", b_dir, _x, False),
        inequality("parts", parts, "<=", Norm(a_dir) * Norm(b_dir), "cs-prompts parts-u parts-v", "root"),
        inequality("scaled-parts", bound * parts, "<=", bound * Norm(a_dir) * Norm(b_dir), "parts", "times the bound"),
        inequality(
            "bilinear",
            sympy.Abs(sy.D_all),
            "<=",
            bound * Norm(a_dir) * Norm(b_dir),
            "all above below pull scaled-parts",
            "put together",
        ),
    )


def instance(length: int, reward: int = 1, weight: int = 1, slope: int = 1, **constants: Any) -> Table:
    """One prompt, two tokens, learner and behaviour uniform, direction entries +-1; scores are +-1.

    For one token u and v move its row and the first token is rewarded; for two tokens u moves the first row, v both
    second rows, and equal tokens are rewarded. ``weight`` and ``slope`` stand for w_G(1/2) and w_G'(1/2).
    """
    answers = list(product((1, -1), repeat=length))
    chance, over, values = Fraction(1, 2**length), Fraction(1, length), dict[Any, Any]()
    rewards = [reward * (y[0] == (1 if length == 1 else y[-1])) for y in answers]
    p = chance * sum(rewards)
    dp = chance * sum(r * y[-1] for r, y in zip(rewards, answers, strict=True))
    gradient, derivative = Fraction(0), Fraction(0)
    for y, (r, signs) in enumerate(zip(rewards, answers, strict=True), 1):
        values |= {sy.law(1, y): chance, sy.r_ans(1, y): r, sy.s_ans(1, y, b_dir): signs[-1]}
        for k in range(length):
            o, s, t = length * (y - 1) + k + 1, signs[0] * (k == 0), signs[-1] * (k < length - 1)
            values |= {sy.hyb(1, o): chance, sy.s_this(1, o, a_dir): s, sy.t_others(1, o): t, sy.r_tok(1, o): r}
            values |= {sy.A_tok(1, o): (r - p) * weight}
            gradient += over * chance * s * (r - p) * weight
            derivative += over * chance * s * (r - Fraction(1, 2)) * (weight * t + slope * dp)
    values |= {sy.N_tok: length * len(answers), sy.N_ans: len(answers), sy.N_prompts: 1, sy.P_prompt(1): 1}
    values |= {sy.p_x(1): p, sy.dp_x(1, b_dir): dp, sy.weight(sy.p_x(1)): weight, sy.d_weight(sy.p_x(1)): slope}
    values |= {sy.Hu_x(1): gradient, sy.D_x(1): derivative, sy.D_all: derivative, L_len: length}
    u, v = ((1, -1), (1, -1)) if length == 1 else ((1, -1, 0, 0, 0, 0), (0, 0, 1, -1, 1, -1))
    values |= {a_dir: u, sy.part_x(1, a_dir): u, b_dir: v, sy.part_x(1, b_dir): v}
    values |= {G_group: 2, b_top: 1, P_top: 1} | {sy.record(name).symbol: value for name, value in constants.items()}
    return Table(
        values, indices={_x: range(1, 2), _o: range(1, values[sy.N_tok] + 1), sy.y_ans: range(1, len(answers) + 1)}
    )


CLAIM = Claim(
    id="response-constants",
    title="K_phi by responses",
    kind="upper",
    statement=r"Tabular softmax, token ratio, no active clip, fixed length $L$, rewards 0 or 1, no KL, for every"
    r" $\theta$ and $\varphi$: $K_\varphi\le\max_xP_x\sqrt{(1-\tfrac1L)(G-1)+\overline{b}^2}\big/(4\sqrt L)$ with"
    r" $\overline{b}=\sup_p\lvert w_G'(p)\rvert\sqrt{p(1-p)}$, and so at most"
    r" $\max_xP_x\,(\sqrt{(1-\tfrac1L)(G-1)}+\overline{b})/(4\sqrt L)$. It falls with the length.",
    source="derived here",
    steps=(
        *_ONE,
        *prompts(_K_ONE),
        lemma("lipschitz", "operator-mean-value", _K_PHI, sy.D_all, uses="bilinear"),
        inequality("sum", _K_PHI, "<=", _K_SUM, "", "root of a sum of squares"),
    ),
    conclusions=("bilinear", "lipschitz", "sum"),
    formula=_K_PHI,
    formulas={"K_phi": _K_PHI, "K_sum": _K_SUM},
    necessity={
        "BINARY": instance(1, reward=9),
        "WEIGHT": instance(2, weight=9),
        "SLOPE": instance(1, slope=9),
        "TOP": instance(1, P_top=Fraction(1, 100)),
    },
    not_tight="bilinear, lipschitz, sum: three Cauchy-Schwarz inequalities would have to be equalities at one point."
    " The largest norms that gradient ascent found are 0.77 (L = 1, G = 4) down to 0.30 (L = 2, G = 64) of the bound",
    logits=True,
)
