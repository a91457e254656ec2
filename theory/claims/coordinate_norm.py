"""From one coordinate to the norm: the factor is the root of the dimension."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any

import sympy

from ..optimizer_objects import COORDINATES
from ..proof.build import assume, define, identity, inequality
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Norm
from ..symbols import coord_at, coord_cap, d_par, i_par, t_opt, u_at

_size, _over = Norm(u_at(t_opt)), (i_par, 1, d_par)
_bound = sympy.sqrt(d_par) * coord_cap

EACH = Assumption(
    "EACH",
    "Bounded coordinates",
    r"$\lvert u^{(i)}\rvert\le c_u$ for every coordinate.",
    lambda: Rel(sympy.Abs(coord_at(i_par)), "<=", coord_cap),
)


def _vector(*coordinates: int) -> Table:
    values: dict[Any, Any] = {coord_at(i + 1): c for i, c in enumerate(coordinates)}
    values |= {u_at(t_opt): coordinates, d_par: len(coordinates), coord_cap: 2}
    return Table(values, indices={i_par: range(1, len(coordinates) + 1)})


CLAIM = Claim(
    id="coordinate-norm",
    title="Norm of an update that is bounded by coordinates",
    kind="upper",
    statement=r"$\lvert u^{(i)}\rvert\le c_u$ in all $d$ coordinates implies $\lVert u_t\rVert\le\sqrt d\,c_u$. All"
    r" coordinates of Adam reach their bound at once, if their gradients are proportional: the factor $\sqrt d$ is not"
    r" lost by the estimate.",
    source="derived here",
    steps=(
        define("coordinates", COORDINATES),
        assume("each", EACH),
        inequality("square", coord_at(i_par) ** 2, "<=", coord_cap**2, "each", ""),
        inequality(
            "squares",
            sympy.Sum(coord_at(i_par) ** 2, _over),
            "<=",
            sympy.Sum(coord_cap**2, _over),
            "square",
            "coordinate by coordinate",
        ),
        identity("count", sympy.Sum(coord_cap**2, _over), d_par * coord_cap**2, "", "d of them"),
        inequality("conclusion", _size, "<=", _bound, "coordinates squares count", "its root"),
    ),
    conclusions=("conclusion",),
    formula=_bound,
    necessity={"EACH": _vector(3, 3)},
    attained=(_vector(2, -2), _vector(2)),
)
