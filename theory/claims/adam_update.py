"""Adam, one coordinate: the largest update after t steps over all gradient sequences."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

import sympy

from ..optimizer_objects import GEOMETRIC
from ..proof.build import assume, define, earlier, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import adam_den, adam_g, adam_mh, adam_u, adam_vh, beta_one, beta_two, geo_sum, k_step, t_opt
from .adam_moments import CLAIM as MOMENTS
from .adam_moments import age, geometric, gradients, over, run, squares

_t, _b1, _b2 = t_opt, beta_one, beta_two
quotient = _b1**2 / _b2
sum_one, sum_two, sum_quotient = geo_sum(_b1, _t), geo_sum(_b2, _t), geo_sum(quotient, _t)
finite = sympy.sqrt(geometric(quotient) * geometric(_b2)) / geometric(_b1)
"""The largest update after t steps."""

FLOOR = Assumption(
    "FLOOR",
    "Denominator of the update",
    r"$\mathsf{d}\ge\sqrt{\hat v}$: $\sqrt{\hat v}+\varepsilon$ with $\varepsilon\ge0$, or more as in AMSGrad.",
    lambda: Rel(adam_vh, "<=", adam_den**2),
)


def extremal(b1: Fraction, b2: Fraction, steps: int, **other: Fraction) -> Table:
    """Adam on gradients that grow by beta2/beta1 per step."""
    return run(b1, b2, [(b2 / b1) ** k for k in range(1, steps + 1)], **other)


_half = Fraction(1, 2)

CLAIM = Claim(
    id="adam-update",
    title="Adam: the largest update after t steps",
    kind="upper",
    statement=r"One coordinate of Adam, any gradients $g_1,\dots,g_t$ (also with an $L_2$ penalty in them), update"
    r" $\hat m/\mathsf{d}$ with $\mathsf{d}\ge\sqrt{\hat v}$: $\lvert u\rvert\le"
    r"\sqrt{\mathsf{S}_t(\beta_1^2/\beta_2)\,\mathsf{S}_t(\beta_2)}\,/\,\mathsf{S}_t(\beta_1)$ with"
    r" $\mathsf{S}_t(x)=1+x+\dots+x^{t-1}$; a positive $\varepsilon$ only makes it smaller.",
    source="derived here: Cauchy-Schwarz between the two geometric weightings",
    steps=(
        earlier("mean", MOMENTS, "m-mean"),
        earlier("square", MOMENTS, "v-mean"),
        lemma("weights", "weighted-cauchy-schwarz", _b2**age, (_b1 / _b2) ** age, adam_g(k_step + 1), over),
        define("left", GEOMETRIC, quotient, why="the weights that are left over"),
        inequality("product", gradients**2, "<=", sum_quotient * squares, "weights left", "first mean against second"),
        inequality(
            "moments",
            (adam_mh * sum_one) ** 2,
            "<=",
            sum_quotient * sum_two * adam_vh,
            "product mean square",
            "so is the first moment bounded by the second",
        ),
        assume("floor", FLOOR),
        define("update", Rel(adam_u, "=", adam_mh / adam_den), why="what is added, over the learning rate"),
        inequality("scaled", adam_u**2 * adam_den**2, "=", adam_mh**2, "update", "square of the update"),
        inequality(
            "square-bound",
            adam_u**2 * sum_one**2,
            "<=",
            sum_quotient * sum_two,
            "moments floor scaled",
            "the denominator is no smaller than the root of the second moment",
        ),
        inequality(
            "conclusion",
            sympy.Abs(adam_u),
            "<=",
            sympy.sqrt(sum_quotient * sum_two) / sum_one,
            "square-bound",
            "both sides are nonnegative",
        ),
    ),
    conclusions=("square-bound", "conclusion"),
    formula=finite,
    necessity={
        "LONG": run(Fraction(1), _half, [Fraction(1)], adam_mh=Fraction(5)),
        "SHORT": run(_half, Fraction(1), [Fraction(1)], adam_vh=Fraction(1, 25)),
        "FLOOR": run(_half, _half, [Fraction(1)], adam_den=_half),
    },
    attained=(
        extremal(Fraction(5, 7), Fraction(9, 16), 2),
        extremal(Fraction(2, 5), Fraction(7, 8), 3),
    ),
)
