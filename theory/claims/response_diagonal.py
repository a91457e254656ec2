"""Response-level bound on the diagonal theta = phi: falls like 1/L (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy

from .. import symbols as sy
from ..objects import STEEPEST_DIAGONAL
from ..proof.build import assume, define, earlier, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Definition, Rel, Step
from ..proof.vectors import Norm
from ..symbols import G_group, L_len, P_top, a_dir, b_dir, c_top
from .response_constants import CEILING_STEPS, prompts
from .response_derivative import CLAIM as DERIVATIVE
from .response_prompt import group_of_two, instance
from .row_energy import CLAIM as ENERGY
from .success_slope import BINARY
from .success_slope import CLAIM as SUCCESS

_x, _o, _y = sy.x_prompt, sy.o_tok, sy.y_ans
_tokens, _answers = (_o, 1, sy.N_tok), (_y, 1, sy.N_ans)
_half, _quarter = sympy.Rational(1, 2), sympy.Rational(1, 4)
_h, _s, _sv, _t, _T = (
    *(sy.hyb(_x, _o), sy.s_this(_x, _o, a_dir), sy.s_this(_x, _o, b_dir), sy.t_others(_x, _o)),
    sy.t_all(_x, _o),
)
_r, _R, _law = sy.r_tok(_x, _o) - _half, sy.r_ans(_x, _y) - _half, sy.law(_x, _y)
_S, _Sv = sy.s_ans(_x, _y, a_dir), sy.s_ans(_x, _y, b_dir)
_p, _w, _slope, _D = sy.p_x(_x), sy.weight(sy.p_x(_x)), sy.d_weight(sy.p_x(_x)), sy.D_x(_x)
_dpu, _dpv = sy.dp_x(_x, a_dir), sy.dp_x(_x, b_dir)
_u, _v = Norm(sy.part_x(_x, a_dir)), Norm(sy.part_x(_x, b_dir))
_abs = sympy.Abs

_SHARE = sympy.Min(1, sympy.sqrt(L_len - 1) / 2)
_K_ONE = (_SHARE * sympy.sqrt(G_group - 1) + c_top) / (2 * L_len)
_K_DIAGONAL = P_top * _K_ONE


def _sum(term: Any, over: Any) -> Any:
    return sympy.Sum(term, over)


DIAGONAL = Assumption("DIAG", "On the diagonal", r"$\theta=\varphi$.", lambda: Rel(sy.theta, "=", sy.phi))
WHOLE = Definition(
    "whole-score", "score of the whole response, at the token's own place too", lambda: Rel(_T, "=", _t + _sv)
)
_whole = _sum(_h * _s * _T * _r, _tokens)  # score of the response times score of the response
_same = _sum(_h * _s * _sv * _r, _tokens)  # a token with itself
_cross = _sum(_h * _s * _t * _r, _tokens)  # two different tokens
_reward = _sum(_h * _s * _r, _tokens)


def _bounded(tag: str, weight: Any, a: Any, b: Any, sign: Any, over: Any, most: Any) -> tuple[Step, ...]:
    """``|sum h a b (r - 1/2)| <= sqrt(most)/4 |u| |v|`` from second moments ``|u|^2/2`` and ``most |v|^2/2``."""
    first, second, signed = _sum(weight * a**2, over), _sum(weight * b**2, over), _sum(weight * (sign * b) ** 2, over)
    form, quarter, both = _sum(weight * a * b * sign, over), _sum(weight * b**2 / 4, over), _u**2 * _v**2
    half = "half" if over == _tokens else "half-answer"
    return (
        lemma(f"{tag}-cs", "weighted-cauchy-schwarz", weight, a, sign * b, over),
        inequality(f"{tag}-signed", signed, "<=", quarter, half, "term by term"),
        identity(f"{tag}-quarter", quarter, second / 4, "", "pull the constant out"),
        inequality(
            f"{tag}-one", form**2, "<=", first * second / 4, f"{tag}-cs {tag}-signed {tag}-quarter", "both factors"
        ),
        inequality(f"{tag}-two", first * second, "<=", first * most * _v**2 / 2, _ENERGY[b], "bound the second factor"),
        inequality(f"{tag}-three", first * most * _v**2 / 2, "<=", most * both / 4, _ENERGY[a], "and the first"),
        inequality(f"{tag}-square", form**2, "<=", most * both / 16, f"{tag}-one {tag}-two {tag}-three", "chain"),
        inequality(tag, _abs(form), "<=", sympy.sqrt(most) * _u * _v / 4, f"{tag}-square", "root"),
    )


_ENERGY: dict[Any, str] = {
    _s: "energy-u",
    _sv: "energy-v",
    _t: "energy-t",
    _S: "energy-answer-u",
    _Sv: "energy-answer-v",
}
_uv = _u * _v
_root = sympy.sqrt(G_group - 1)

_ONE = (
    assume("diagonal", DIAGONAL),
    earlier("derivative", DERIVATIVE),
    define("whole", WHOLE),
    identity("pairs", _cross, _whole - _same, "whole", "all pairs of tokens without the equal ones"),
    lemma("by-responses", "by-responses", "score", _x, _T, uses="diagonal whole"),
    lemma("rewards", "by-responses", "reward", _x, sympy.S.One, uses="diagonal"),
    identity("form", L_len * _D, _w * _cross + _slope * _dpv * _reward, "derivative", "two effects"),
    lemma("mean", "score-martingale", "this", _x),
    earlier("slope-u", SUCCESS, "slope", b_dir=a_dir),
    inequality("reward", _reward, "=", _dpu, "rewards mean slope-u", "slope of the success probability along u"),
    assume("binary", BINARY, sy.r_tok(_x, _o)),
    assume("binary-answer", BINARY, sy.r_ans(_x, _y)),
    inequality("half", _r**2, "=", _quarter, "binary", "0 and 1 are one half from one half"),
    inequality("half-answer", _R**2, "=", _quarter, "binary-answer", "likewise"),
    earlier("energy-u", ENERGY, "this"),
    earlier("energy-v", ENERGY, "this", a_dir=b_dir),
    earlier("energy-t", ENERGY, "others"),
    earlier("energy-answer-u", ENERGY, "response", b_dir=a_dir),
    earlier("energy-answer-v", ENERGY, "response"),
    *_bounded("answers", _law, _S, _Sv, _R, _answers, sympy.S.One),
    *_bounded("same", _h, _s, _sv, _r, _tokens, sympy.S.One),
    *_bounded("cross", _h, _s, _t, _r, _tokens, L_len - 1),
    inequality("cross-flat", _abs(_cross), "<=", _uv / 2, "pairs by-responses answers same", "two quarters"),
    inequality("share", _abs(_cross), "<=", _SHARE * _uv / 2, "cross cross-flat", "the smaller of the two"),
    *CEILING_STEPS[:3],
    inequality("first", _abs(_w) * _abs(_cross), "<=", _root * _abs(_cross), "ceiling", "weight"),
    inequality("first-share", _root * _abs(_cross), "<=", _root * _SHARE * _uv / 2, "share", "pairs of tokens"),
    earlier("success-v", SUCCESS),
    earlier("success-u", SUCCESS, b_dir=a_dir),
    earlier("chance", SUCCESS, "at-most-one"),
    inequality(
        "slopes", _abs(_dpu * _dpv), "<=", _p * (1 - _p) * _uv / 2, "success-u success-v chance", "root of the product"
    ),
    define("slope", STEEPEST_DIAGONAL),
    inequality("second", _abs(_slope) * _abs(_dpu * _dpv), "<=", _abs(_slope) * _p * (1 - _p) * _uv / 2, "slopes"),
    inequality("second-top", _abs(_slope) * _p * (1 - _p) * _uv / 2, "<=", c_top * _uv / 2, "slope"),
    inequality("effects", L_len * _D, "=", _w * _cross + _slope * _dpv * _dpu, "form reward", "two effects"),
    inequality("size-w", _abs(_w * _cross), "=", _abs(_w) * _abs(_cross), "", "size of a product"),
    inequality("size-p", _abs(_slope * _dpu * _dpv), "=", _abs(_slope) * _abs(_dpu * _dpv), "", "size of a product"),
    inequality("triangle", L_len * _abs(_D), "<=", _abs(_w * _cross) + _abs(_slope * _dpu * _dpv), "effects"),
    inequality(
        "sum",
        L_len * _abs(_D),
        "<=",
        (_root * _SHARE + c_top) * _uv / 2,
        "triangle size-w size-p first first-share second second-top",
        "put together",
    ),
    inequality("prompt", _abs(_D), "<=", _K_ONE * _uv, "sum", "divide by L"),
)


def _uniform(length: int, **constants: Any) -> Table:
    """The instance of ``response-constants``, which is on the diagonal, with what this claim speaks of besides."""
    model = instance(length, **constants)
    values: dict[Any, Any] = {sy.theta: (0,), sy.phi: (0,), c_top: constants.get("c_top", 1)}
    for o in range(1, int(model.values[sy.N_tok]) + 1):  # type: ignore[arg-type]
        place = (o - 1) % length
        score = model.values[sy.s_ans(1, (o - 1) // length + 1, b_dir)] if place == length - 1 else 0
        values |= {sy.s_this(1, o, b_dir): score, sy.t_all(1, o): model.values[sy.t_others(1, o)] + score}  # type: ignore[operator]
    return replace(model, values={**model.values, **values})


def _delayed(length: int) -> Table:
    """Off the diagonal, G = 2: phi draws the first token uniformly and follows one path after it, theta is uniform.

    Direction u has entries +-1 in the rows along both paths, v in the first row. At place k the learner's token stays
    on the path or leaves it; leaving is rewarded on the second path, staying on the first: every s (r - 1/2) t is 1/2.
    """
    values: dict[Any, Any] = {G_group: 2, L_len: length, P_top: 1, c_top: 0, sy.N_prompts: 1, sy.P_prompt(1): 1}
    cases = [(0, first, True) for first in (1, -1)]
    cases += [(k, first, stay) for k in range(1, length) for first in (1, -1) for stay in (True, False)]
    for o, (k, first, stay) in enumerate(cases, 1):
        s, t, r = (0 if k == 0 else 1 if stay else -1), first * (k > 0), int(stay == (first == 1))
        values |= {sy.hyb(1, o): Fraction(1, 4 if k else 2), sy.s_this(1, o, a_dir): s, sy.t_others(1, o): t}
        values |= {sy.r_tok(1, o): r, sy.s_this(1, o, b_dir): 0 if k else first, sy.A_tok(1, o): Fraction(2 * r - 1, 2)}
        values[sy.t_all(1, o)] = t + (0 if k else first)
    for y, first in ((1, 1), (2, -1)):
        values |= {sy.law(1, y): Fraction(1, 2), sy.r_ans(1, y): int(first == 1), sy.s_ans(1, y, b_dir): first}
    derivative = Fraction(length - 1, 2 * length)
    values |= {
        sy.N_tok: len(cases),
        sy.N_ans: 2,
        sy.p_x(1): Fraction(1, 2),
        sy.weight(sy.p_x(1)): 1,
        sy.d_weight(sy.p_x(1)): 0,
    }
    values |= {sy.Hu_x(1): 0, sy.D_x(1): derivative, sy.D_all: derivative, sy.theta: (0,), sy.phi: (1,)}
    values |= group_of_two(Fraction(1, 2))
    values |= {a_dir: (1, -1) * 2 * (length - 1), b_dir: (1, -1)}
    return Table(values, indices={_x: range(1, 2), sy.k_suc: range(1), _o: range(1, len(cases) + 1), _y: range(1, 3)})


CLAIM = Claim(
    id="response-diagonal",
    title="K_phi by responses, on the diagonal",
    kind="upper",
    statement=r"As in the bound by responses, at $\theta=\varphi$: $\lVert\partial_\varphi H\rVert\le\max_xP_x\,"
    r"(\min(1,\tfrac12\sqrt{L-1})\sqrt{G-1}+\overline{c})/(2L)$ with"
    r" $\overline{c}=\sup_p\lvert w_G'(p)\rvert\,p(1-p)$.",
    source="derived here",
    steps=(*_ONE, *prompts(_K_ONE)),
    conclusions=("bilinear",),
    formula=_K_DIAGONAL,
    formulas={"K_diagonal": _K_DIAGONAL},
    necessity={
        "DIAG": _delayed(11),
        "BINARY": _uniform(2, slope=0, reward=9),
        "TOP": _uniform(2, slope=0, P_top=Fraction(1, 100)),
    },
    not_tight="the two effects do not peak at one success probability: the largest norms that gradient ascent found are"
    " 0.74 (L = 1, G = 4) and 0.71 (L = 2, G = 2) down to 0.12 (L = 3, G = 64) of the bound",
    logits=True,
)
