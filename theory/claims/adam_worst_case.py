"""Adam, one coordinate: one bound for every step, where beta1^2 < beta2."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..optimizer_objects import GEOMETRIC
from ..proof.build import assume, define, earlier, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import adam_cap, adam_left, adam_room, adam_u, beta_one, beta_two, k_step, t_opt
from .adam_moments import SHORT, run
from .adam_update import CLAIM as UPDATE
from .adam_update import extremal, quotient, sum_one, sum_quotient, sum_two

_t, _b1, _b2 = t_opt, beta_one, beta_two
_room = (1 - _b2) * (1 - quotient)
_bound = (1 - _b1) / sympy.sqrt(_room)
_rest = (1 - quotient**_t) * (1 - _b2**_t)

MEMORY = Assumption(
    "MEMORY",
    "The second moment remembers longer than the square of the first",
    r"$\beta_1^2<\beta_2$.",
    lambda: Rel(_b1**2, "<", _b2),
)


_half = Fraction(1, 2)


def _run(found: Table) -> Table:
    """With the values of the names that this proof introduces."""
    values: dict[Any, Any] = dict(found.values)
    b1, b2 = values[_b1], values[_b2]
    room = (1 - b2) * (1 - b1 * b1 / b2)
    values |= {adam_room: room, adam_cap: (1 - b1) ** 2 / room, adam_left: 1 - b1 ** values[_t]}
    return Table(values, indices=found.indices)


CLAIM = Claim(
    id="adam-worst-case",
    title="Adam: a bound on every update",
    kind="upper",
    statement=r"One coordinate of Adam with $0<\beta_1^2<\beta_2<1$: after any number of steps and for any gradients"
    r" $\lvert u\rvert\le\frac{1-\beta_1}{\sqrt{(1-\beta_2)(1-\beta_1^2/\beta_2)}}\cdot"
    r"\frac{\sqrt{(1-\beta_2^t)(1-(\beta_1^2/\beta_2)^t)}}{1-\beta_1^t}$, and the last factor, that of a finite $t$ and"
    r" of the bias correction, is at most 1. For $\beta_1=0.9$, $\beta_2=0.999$ the bound is 7.27; for"
    r" $\beta_1=\beta_2$ it is 1.",
    source="derived here",
    steps=(
        assume("short", SHORT),
        assume("memory", MEMORY),
        inequality("long", _b1, "<", 1, "memory short", "its square is less than one"),
        earlier("update", UPDATE, "square-bound", uses="long"),
        define("weights-1", GEOMETRIC, _b1),
        define("weights-2", GEOMETRIC, _b2),
        define("weights-q", GEOMETRIC, quotient),
        lemma("sum-1", "geometric-sum", _b1, k_step, _t),
        lemma("sum-2", "geometric-sum", _b2, k_step, _t),
        lemma("sum-q", "geometric-sum", quotient, k_step, _t),
        inequality("gap", 1 - quotient, ">", 0, "memory", ""),
        define("room", Rel(adam_room, "=", _room)),
        inequality("spread", adam_room, ">", 0, "room gap short", ""),
        identity("product", quotient**_t * _b2**_t, _b1 ** (2 * _t), "", "the decays of the two moments"),
        inequality("means", quotient**_t + _b2**_t, ">=", 2 * _b1**_t, "product", "arithmetic and geometric mean"),
        define("cap", Rel(adam_cap, "=", (1 - _b1) ** 2 / adam_room), uses="spread", why="square of the bound"),
        inequality("positive", 1 - _b1**_t, ">", 0, "weights-1 sum-1 long", ""),
        define("correction", Rel(adam_left, "=", 1 - _b1**_t), uses="positive", why="bias correction"),
        inequality("factor", _rest, "<=", adam_left**2, "product means correction", "the last factor is at most one"),
        identity(
            "weights",
            (1 - _b1) ** 2 * sum_quotient * sum_two,
            adam_cap * _rest,
            "cap room weights-2 weights-q sum-2 sum-q spread",
            "the sums in closed form",
        ),
        inequality("corrected", (1 - _b1) * sum_one, "=", adam_left, "weights-1 sum-1 correction", ""),
        inequality(
            "finite", adam_u**2 * adam_left**2, "<=", adam_cap * _rest, "update weights corrected", "in closed form"
        ),
        inequality("some", adam_cap, ">=", 0, "cap spread", ""),
        inequality("square-bound", adam_u**2, "<=", adam_cap, "finite factor some", "for every t"),
        inequality(
            "conclusion",
            sympy.Abs(adam_u),
            "<=",
            (1 - _b1) / sympy.sqrt(adam_room),
            "square-bound cap spread long",
            "both sides are nonnegative",
        ),
    ),
    conclusions=("square-bound", "finite", "conclusion"),
    formula=_bound,
    formulas={"finite": _bound * sympy.sqrt(_rest) / (1 - _b1**_t)},
    necessity={
        "SHORT": _run(run(_half, Fraction(2), [Fraction(1)])),
        "MEMORY": _run(extremal(Fraction(5, 7), Fraction(2, 5), 3)),
        "FLOOR": _run(run(_half, _half, [Fraction(1)], adam_den=_half)),
    },
    attained=(_run(extremal(Fraction(5, 7), Fraction(9, 16), 2)), _run(extremal(Fraction(2, 5), Fraction(7, 8), 3))),
    not_tight="square-bound and conclusion are approached as the number of steps grows: the ratio is 0.975 after 3 000"
    " steps at 0.9 and 0.999, and 0.99998 after 10 000",
)
