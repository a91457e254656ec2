"""The diameter is strictly better than any centred supremum: the corners of a simplex (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..proof.build import assume, define, identity, inequality
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import ball_sq, centre_at, centre_sq, diam_sq, i_out, m_coord, n_out

_over, _coords = (i_out, 1, n_out), (m_coord, 1, n_out)
_square = sympy.Sum(centre_at(m_coord) ** 2, _coords)
_distance = 1 - 2 * centre_at(i_out) + centre_sq  # |e_i - c|^2 = (1 - c_i)^2 + sum over the other coordinates of c_m^2
_total = sympy.Sum(centre_at(i_out), _over)
_expanded = n_out - 2 * _total + n_out * centre_sq
_twice = sympy.Sum(2 * n_out * centre_at(i_out), _over)
_squares = sympy.Sum(n_out**2 * centre_at(i_out) ** 2 + 1, _over)
_bound = 2 * (1 - 1 / n_out) * diam_sq

COVER = Assumption(
    "COVER",
    "The ball covers the corners",
    r"$\lVert e_i-c\rVert^2\le R^2$ for every corner $e_i$ of the simplex.",
    lambda: Rel(_distance, "<=", ball_sq),
)


def _corners(n: int, radius: Fraction) -> Table:
    """All n corners and the centre 1/n in every coordinate."""
    values: dict[Any, Any] = {centre_at(k): Fraction(1, n) for k in range(1, n + 1)}
    return Table(
        values | {n_out: n, centre_sq: Fraction(1, n), ball_sq: radius, diam_sq: 2}, indices={i_out: range(1, n + 1)}
    )


CLAIM = Claim(
    id="diameter-strict",
    title="Diameter against centred supremum",
    kind="lower",
    statement=r"Let $f$ take the corners $e_1,\dots,e_n$ of a simplex as values. Every ball around them has"
    r" $(2R)^2\ge2(1-\tfrac1n)\,\mathrm{diam}(f)^2$: for $n\ge3$ no centre $c$ makes $2\sup\lVert f-c\rVert$ as"
    r" small as the diameter, and the ratio tends to $\sqrt2$.",
    source="derived here; the extreme case of Jung's inequality",
    steps=(
        define("diam", Rel(diam_sq, "=", 1 + 1), why="two corners differ in two coordinates, by one each"),
        define("square", Rel(centre_sq, "=", _square), why="squared norm of the centre"),
        assume("cover", COVER),
        inequality(
            "sum",
            sympy.Sum(_distance, _over),
            "<=",
            sympy.Sum(ball_sq, _over),
            "cover",
            "over all corners, term by term",
        ),
        identity("count", sympy.Sum(ball_sq, _over), n_out * ball_sq, "", "n equal terms"),
        identity("expand", sympy.Sum(_distance, _over), _expanded, "", "pull the constants out"),
        inequality("complete", _twice, "<=", _squares, "", r"$(n\check c_i-1)^2$ is not negative, term by term"),
        identity("pull", _squares - _twice, n_out**2 * centre_sq + n_out - 2 * n_out * _total, "square", "collect"),
        inequality("radius", ball_sq, ">=", 1 - 1 / n_out, "sum count expand complete pull", "divide by n"),
        inequality("conclusion", 4 * ball_sq, ">=", _bound, "radius diam", "in units of the diameter"),
    ),
    conclusions=("conclusion",),
    formula=_bound,
    necessity={"COVER": _corners(3, Fraction(1, 2))},
    attained=(_corners(3, Fraction(2, 3)), _corners(2, Fraction(1, 2))),
)
