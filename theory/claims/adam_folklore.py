"""Adam, one coordinate: the bound that is often quoted is exceeded, for all decay rates, after enough steps."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

import sympy

from ..optimizer_objects import GEOMETRIC
from ..proof.build import assume, define, earlier, inequality, lemma
from ..proof.records import Assumption, Claim, Rel
from ..symbols import adam_u, beta_one, beta_two, k_step, t_opt
from .adam_moments import LONG
from .adam_reached import CLAIM as REACHED
from .adam_reached import extremal, scaled
from .adam_update import sum_one, sum_quotient, sum_two

_t, _b1, _b2 = t_opt, beta_one, beta_two
_quoted = (1 - _b1) / sympy.sqrt(1 - _b2)
_half, _one, _long = Fraction(1, 2), Fraction(1), Fraction(15, 16)

LATE = Assumption(
    "LATE",
    "Enough steps",
    r"$\mathsf{S}_t(\beta_1^2/\beta_2)\,(1-\beta_2^t)\ge1$, true from some $t$ on: 210 at 0.9 and 0.999.",
    lambda: Rel(sum_quotient * (1 - _b2**_t), ">=", 1),
)

CLAIM = Claim(
    id="adam-folklore",
    title="Adam: the quoted bound is false",
    kind="lower",
    statement=r"One coordinate of Adam, $g_k\propto(\beta_1/\beta_2)^{t-k}$, $\varepsilon\to0$, $t$ so large that"
    r" $\mathsf{S}_t(\beta_1^2/\beta_2)(1-\beta_2^t)\ge1$: $\lvert u\rvert>(1-\beta_1)/\sqrt{1-\beta_2}$. Kingma and Ba"
    r" (arXiv 1412.6980, section 2.1) give this number as an upper bound where it is more than 1; as a worst case it is"
    r" false for every $\beta_1,\beta_2$: at 0.9 and 0.999 it says 3.16, and 7.27 is approached.",
    source="derived here; refutes Kingma and Ba, arXiv 1412.6980, section 2.1, as a worst case",
    steps=(
        assume("long", LONG),
        assume("late", LATE),
        define("weights-1", GEOMETRIC, _b1),
        lemma("sum-1", "geometric-sum", _b1, k_step, _t),
        define("weights-2", GEOMETRIC, _b2),
        lemma("sum-2", "geometric-sum", _b2, k_step, _t),
        inequality("left", 1 - _b2**_t, ">", 0, "late", "the sum is positive"),
        inequality("short", _b2, "<", 1, "left weights-2 sum-2", ""),
        earlier("reached", REACHED, uses="short"),
        inequality("first", (1 - _b1) * sum_one, "<", 1, "weights-1 sum-1", "powers are positive"),
        inequality("second", sum_quotient * sum_two * (1 - _b2), ">=", 1, "late weights-2 sum-2", ""),
        inequality("square", ((1 - _b1) * sum_one) ** 2, "<", 1, "first long", ""),
        inequality(
            "conclusion", adam_u**2 * (1 - _b2), ">", (1 - _b1) ** 2, "reached second square short", "more than quoted"
        ),
    ),
    conclusions=("conclusion",),
    formula=_quoted,
    necessity={
        "LONG": extremal(_one, Fraction(1, 4), 2, adam_mh=Fraction(0)),
        "LATE": extremal(_half, _long, 1),
        "SEQUENCE": scaled(_half, _long, [_one] * 21),
        "EXACT": extremal(_half, _half, 3, adam_den=Fraction(100)),
    },
    not_tight="it only says that the quoted number is exceeded: by a factor up to"
    r" 1/sqrt(1-beta1^2/beta2), which is 2.299 at 0.9 and 0.999",
)
