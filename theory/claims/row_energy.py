"""Second moments of scores of a tabular softmax along any direction: at most half its squared norm (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.build import identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Claim, Step
from ..proof.vectors import Norm

_x, _o, _y, _nu, _L = sy.x_prompt, sy.o_tok, sy.y_ans, sy.nu_row, sy.L_len
_rows = (_nu, 1, sy.N_rows)


def _square(x: Any) -> Any:
    return Norm(x) ** 2


def _sum(term: Any, over: Any) -> Any:
    return sympy.Sum(term, over)


_moments: dict[str, Any] = {
    "this": _sum(sy.hyb(_x, _o) * sy.s_this(_x, _o, sy.a_dir) ** 2, (_o, 1, sy.N_tok)),
    "others": _sum(sy.hyb(_x, _o) * sy.t_others(_x, _o) ** 2, (_o, 1, sy.N_tok)),
    "response": _sum(sy.law(_x, _y) * sy.s_ans(_x, _y, sy.b_dir) ** 2, (_y, 1, sy.N_ans)),
}
_factors: dict[str, Any] = {"this": sympy.Rational(1, 2), "others": (_L - 1) / 2, "response": sympy.Rational(1, 2)}
_parts = {"this": sy.a_dir, "others": sy.b_dir, "response": sy.b_dir}
_bounds = {kind: factor * _square(sy.part_x(_x, _parts[kind])) for kind, factor in _factors.items()}


def _row(tag: str, direction: Any, point: Any) -> tuple[Step, ...]:
    """Variance of the score in one row, and the rows put together."""
    top, low = sy.top_row(_x, _nu, direction), sy.low_row(_x, _nu, direction)
    part = _square(sy.part_row(_x, _nu, direction))
    return (
        lemma(f"{tag}-spread", "popoviciu", sy.var_row(_x, _nu, direction, point)),
        lemma(f"{tag}-entries", "two-entries", sy.part_row(_x, _nu, direction)),
        inequality(f"{tag}-range", (top - low) ** 2, "<=", 2 * part, f"{tag}-entries", "(x-y)^2 is at most 2x^2+2y^2"),
        inequality(
            f"{tag}-variance", sy.var_row(_x, _nu, direction, point), "<=", part / 2, f"{tag}-spread {tag}-range"
        ),
        lemma(f"{tag}-parts", "pythagoras-blocks", sy.part_row(_x, _nu, direction), _nu),
    )


def _moment(kind: str, tag: str, direction: Any, point: Any, visits: Any, most: Any, bound: str) -> tuple[Step, ...]:
    """One second moment: sorted by rows, each row visited at most so often."""
    each = visits * sy.var_row(_x, _nu, direction, point)
    part = _square(sy.part_row(_x, _nu, direction))
    total, halves = _sum(each, _rows), _sum(most * part / 2, _rows)
    return (
        lemma(f"{kind}-path", "path-variance", kind, _x),
        inequality(f"{kind}-row", each, "<=", most * part / 2, f"{tag}-variance {bound}", "visits times variance"),
        inequality(f"{kind}-rows", total, "<=", halves, f"{kind}-row", "row by row"),
        identity(f"{kind}-half", halves, most * _sum(part, _rows) / 2, "", "pull the constant out"),
        inequality(
            kind,
            _moments[kind],
            "<=",
            _bounds[kind],
            f"{kind}-path {kind}-rows {kind}-half {tag}-parts",
            "put together",
        ),
    )


def _uniform() -> Table:
    """One prompt, two tokens out of two, both policies uniform, directions (1, -1) in the first row: scores +-1."""
    values: dict[Any, Any] = {_L: 2, sy.N_tok: 8, sy.N_ans: 4}
    for y in range(4):
        sign = 1 if y < 2 else -1
        values |= {sy.law(1, y + 1): Fraction(1, 4), sy.s_ans(1, y + 1, sy.b_dir): sign}
        for k in range(2):
            o = 2 * y + k + 1
            values |= {sy.hyb(1, o): Fraction(1, 4), sy.s_this(1, o, sy.a_dir): sign * (k == 0)}
            values[sy.t_others(1, o)] = sign * (k == 1)
    values |= {sy.part_x(1, v): (1, -1) for v in (sy.a_dir, sy.b_dir)}
    return Table(values, indices={_x: range(1, 2)})


CLAIM = Claim(
    id="row-energy",
    title="Second moments of tabular scores",
    kind="upper",
    statement=r"Tabular softmax, at least two tokens per row, any $\theta,\varphi$, any directions: the tokens drawn by"
    r" $\theta$ have $\sum_oh_{xo}s_{xo}^2\le\tfrac12\lVert\mathbf{u}_x\rVert^2$, all other tokens together"
    r" $\sum_oh_{xo}t_{xo}^2\le\tfrac{L-1}2\lVert\mathbf{v}_x\rVert^2$, a whole response"
    r" $\sum_y\pi_{xy}S_{xy}^2\le\tfrac12\lVert\mathbf{v}_x\rVert^2$: no factor $L$ in the first and the last.",
    source="derived here",
    steps=(
        *_row("u", sy.a_dir, sy.theta),
        *_row("v", sy.b_dir, sy.phi),
        lemma("once", "row-visits", sy.reach(_x, _nu)),
        lemma("elsewhere", "row-visits", sy.reach_other(_x, _nu)),
        *_moment("this", "u", sy.a_dir, sy.theta, sy.reach(_x, _nu), sympy.S.One, "once"),
        *_moment("others", "v", sy.b_dir, sy.phi, sy.reach_other(_x, _nu), _L - 1, "elsewhere"),
        *_moment("response", "v", sy.b_dir, sy.phi, sy.reach(_x, _nu), sympy.S.One, "once"),
    ),
    conclusions=("this", "others", "response"),
    formula=_factors["response"],
    formulas=_factors,
    attained=(_uniform(),),
    logits=True,
)
