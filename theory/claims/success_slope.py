"""How fast the success probability of a prompt can move with the behaviour policy (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..proof.build import assume, define, earlier, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Definition, Rel
from ..proof.vectors import Norm
from ..symbols import N_ans, b_dir, dp_x, law, p_suc, p_x, part_x, r_ans, s_ans, x_prompt, y_ans
from .row_energy import CLAIM as ENERGY

_x, _over = x_prompt, (y_ans, 1, N_ans)
_law, _r, _s = law(_x, y_ans), r_ans(_x, y_ans), s_ans(_x, y_ans, b_dir)
_p, _dp, _half = p_x(_x), dp_x(_x, b_dir), Norm(part_x(_x, b_dir)) ** 2 / 2


def _sum(term: Any) -> Any:
    return sympy.Sum(term, _over)


def _binary(r: Any) -> Rel:
    return Rel(r**2, "=", r)


SUCCESS = Definition(
    "success-probability",
    "success probability of a prompt under the behaviour policy",
    lambda: Rel(_p, "=", _sum(_law * _r)),
)
BINARY = Assumption(
    "BINARY",
    "Rewards 0 or 1",
    r"$r^2=r$ for the reward of every response.",
    _binary,
)
_product, _scores, _spread = _sum(_law * _s * (_r - _p)), _sum(_law * _s**2), _sum(_law * (_r - _p) ** 2)
_plain = _sum(_law * (_r - 2 * _p * _r + _p**2))


def _two_arms(reward: int = 1) -> Table:
    """One token out of two, uniform, the first rewarded; direction (1, -1): scores +-1."""
    values: dict[Any, Any] = {N_ans: 2, _p.func(1): Fraction(reward, 2), dp_x(1, b_dir): Fraction(reward, 2)}
    for y, sign in ((1, 1), (2, -1)):
        values |= {law(1, y): Fraction(1, 2), s_ans(1, y, b_dir): sign, r_ans(1, y): reward if y == 1 else 0}
    values[part_x(1, b_dir)] = (1, -1)
    return Table(values, indices={_x: range(1, 2), y_ans: range(1, 3)})


CLAIM = Claim(
    id="success-slope",
    title="Slope of the success probability",
    kind="upper",
    statement=r"Tabular softmax, rewards 0 or 1, any length: $(\partial_{\mathbf{v}}p_x)^2\le\tfrac12p_x(1-p_x)"
    r"\lVert\mathbf{v}_x\rVert^2$.",
    source="derived here",
    steps=(
        define("p", SUCCESS),
        lemma("slope", "product-rule", "p", _p, SUCCESS.at().rhs, b_dir, uses="p"),
        lemma("mean", "score-martingale", "response", _x),
        inequality("centred", _dp, "=", _product, "slope mean", "measure the rewards from their mean"),
        lemma("cs", "weighted-cauchy-schwarz", _law, _s, _r - _p, _over),
        assume("binary", BINARY, _r),
        inequality("square", _spread, "<=", _plain, "binary", "term by term"),
        lemma("mass", "total-mass", "responses", _x),
        inequality("variance", _plain, "=", _p - _p**2, "p mass", "variance of a reward 0 or 1"),
        lemma("cs-mean", "weighted-cauchy-schwarz", _law, sympy.S.One, _r, _over),
        inequality("squares", _sum(_law * _r**2), "<=", _sum(_law * _r), "binary", "term by term"),
        inequality("at-most-one", _p**2, "<=", _p, "cs-mean squares mass p", "a probability is at most one"),
        earlier("energy", ENERGY, "response"),
        inequality("spread", _spread, "<=", _p - _p**2, "square variance", "so the rewards have this variance"),
        inequality("rewards", _scores * _spread, "<=", _scores * (_p - _p**2), "spread", "times a nonnegative number"),
        inequality("scores", _scores * (_p - _p**2), "<=", _half * (_p - _p**2), "energy at-most-one", "and again"),
        inequality("conclusion", _dp**2, "<=", _p * (1 - _p) * _half, "centred cs rewards scores", "put together"),
    ),
    conclusions=("conclusion", "slope", "at-most-one"),
    formula=(_p * (1 - _p) / 2).subs(_p, p_suc),
    necessity={"BINARY": _two_arms(reward=3)},
    attained=(_two_arms(),),
    not_tight="at-most-one: equality would need a prompt with responses of one reward only; the ratio is"
    " the chance of success, as near to 1 as one likes",
    logits=True,
)
