"""Response-level representation of K_phi, without a bound on the ratios; it falls from two tokens on (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from .. import symbols as sy
from ..objects import STEEPEST
from ..proof.build import assume, define, earlier, identity, inequality, lemma
from ..proof.records import Assumption, Claim, Definition, Rel, Step
from ..proof.vectors import Norm
from ..symbols import G_group, L_len, P_top, a_dir, b_dir, b_top
from .response_prompt import CLAIM as PROMPT
from .response_prompt import instance
from .weight_ceiling import CLAIM as CEILING

__all__ = ["CEILING_STEPS", "CLAIM", "DERIVATIVE_ALL", "TOP", "one_prompt", "prompts"]

_x = sy.x_prompt
_prompts = (_x, 1, sy.N_prompts)
_p, _D = sy.p_x(_x), sy.D_x(_x)
_w, _slope = sy.weight(_p), sy.d_weight(_p)
_u, _v = Norm(sy.part_x(_x, a_dir)), Norm(sy.part_x(_x, b_dir))


def _constant(b: Any) -> Any:
    """``sqrt((1-1/L)(G-1) + b^2)/(4 sqrt L)``."""
    return sympy.sqrt((1 - 1 / L_len) * (G_group - 1) + b**2) / (4 * sympy.sqrt(L_len))


_K_ONE = _constant(b_top)
_K_PHI = P_top * _K_ONE
_K_SUM = P_top * (sympy.sqrt((1 - 1 / L_len) * (G_group - 1)) + b_top) / (4 * sympy.sqrt(L_len))


def _sum(term: Any, over: Any) -> Any:
    return sympy.Sum(term, over)


TOP = Assumption(
    "TOP",
    "Largest prompt probability",
    r"$P_x\le P_{\max}$ for every prompt.",
    lambda: Rel(sy.P_prompt(_x), "<=", P_top),
)
DERIVATIVE_ALL = Definition(
    "all-prompts", "mean over the prompts", lambda: Rel(sy.D_all, "=", _sum(sy.P_prompt(_x) * _D, _prompts))
)
CEILING_STEPS = (
    lemma("positive", "mixed-prompt", ">", _x),
    lemma("below-one", "mixed-prompt", "<", _x),
    earlier("ceiling", CEILING, uses="positive below-one", p_suc=_p, q_fail=1 - _p),
    inequality("weight", _w**2, "<=", G_group - 1, "ceiling", "square"),
)


def one_prompt(b: Any) -> tuple[Step, ...]:
    """From a step ``slope``, ``w'^2 p(1-p) <= b^2``, to step ``prompt``: ``|D_x| <= constant |u_x| |v_x|``."""
    both, square = _u**2 * _v**2, ((1 - 1 / L_len) * (G_group - 1) + b**2) / (16 * L_len)
    budget = sy.B_x(_x)
    most = (L_len - 1) * (G_group - 1) + L_len * b**2
    return (
        *CEILING_STEPS,
        earlier("prompt-square", PROMPT),
        earlier("effect", PROMPT, "value"),
        inequality("places", (L_len - 1) * _w**2, "<=", (L_len - 1) * (G_group - 1), "weight", "at the other places"),
        inequality("slopes", L_len * _slope**2 * _p * (1 - _p), "<=", L_len * b**2, "slope", "at every place"),
        inequality("budget", budget, "<=", most, "effect places slopes", "add"),
        inequality("budget-u", budget * _u**2, "<=", most * _u**2, "budget", "times a square"),
        inequality("budget-v", budget * both, "<=", most * both, "budget-u", "times another"),
        inequality("times", (L_len * _D) ** 2, "<=", most * both / 16, "prompt-square budget-v", "chain"),
        inequality("divided", _D**2, "<=", most * both / (16 * L_len**2), "times", "divide by L squared"),
        inequality("root", (_constant(b) * _u * _v) ** 2, "=", square * both, "", "square of the bound"),
        identity("scale", most * both / (16 * L_len**2), square * both, "", "the same constant"),
        inequality("scaled", _D**2, "<=", square * both, "divided scale", "the same constant"),
        inequality("prompt", sympy.Abs(_D), "<=", _constant(b) * _u * _v, "scaled root", "root"),
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
        lemma("parts-u", "pythagoras-blocks", sy.part_x(_x, a_dir), _x),
        lemma("parts-v", "pythagoras-blocks", sy.part_x(_x, b_dir), _x),
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


CLAIM = Claim(
    id="response-constants",
    title="K_phi by responses",
    kind="upper",
    statement=r"Tabular softmax, token ratio, no active clip, fixed length $L$, rewards 0 or 1, no KL, for every"
    r" $\theta$ and $\varphi$: $K_\varphi\le\max_xP_x\sqrt{(1-\tfrac1L)(G-1)+\overline{b}^2}\big/(4\sqrt L)$ with"
    r" $\overline{b}=\sup_p\lvert w_G'(p)\rvert\sqrt{p(1-p)}$, and so at most"
    r" $\max_xP_x\,(\sqrt{(1-\tfrac1L)(G-1)}+\overline{b})/(4\sqrt L)$. From two tokens on it"
    r" falls with the length (claim response-length).",
    source="derived here",
    steps=(
        define("slope", STEEPEST),
        *one_prompt(b_top),
        *prompts(_K_ONE),
        lemma("lipschitz", "operator-mean-value", _K_PHI, sy.D_all, uses="bilinear all"),
        inequality("sum", _K_PHI, "<=", _K_SUM, "", "root of a sum of squares"),
    ),
    conclusions=("bilinear", "lipschitz", "sum"),
    formula=_K_PHI,
    formulas={"K_phi": _K_PHI, "K_sum": _K_SUM},
    necessity={
        "BINARY": instance(2, slope=0, reward=9),
        "TOP": instance(2, slope=0, P_top=Fraction(1, 100)),
    },
    not_tight="bilinear, lipschitz, sum: three Cauchy-Schwarz inequalities would have to be equalities at one point."
    " The largest norms that gradient ascent found are 0.77 (L = 1, G = 4) down to 0.30 (L = 2, G = 64) of the bound",
    logits=True,
)
