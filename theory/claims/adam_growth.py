"""Adam, one coordinate, with beta1^2 at least beta2: no bound holds for every number of steps."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

import sympy

from ..optimizer_objects import GEOMETRIC
from ..proof.build import assume, define, earlier, identity, inequality, lemma
from ..proof.records import Assumption, Claim, Rel
from ..symbols import adam_u, beta_one, beta_two, k_step, t_opt
from .adam_moments import LONG, age, geometric, over
from .adam_reached import CLAIM as REACHED
from .adam_reached import extremal, scaled
from .adam_update import quotient, sum_one, sum_quotient

_k, _t, _b1, _b2 = k_step, t_opt, beta_one, beta_two
_half, _one = Fraction(1, 2), Fraction(1)

FORGET = Assumption(
    "FORGET", "The second moment forgets sooner", r"$\beta_1^2\ge\beta_2$.", lambda: Rel(quotient, ">=", 1)
)

CLAIM = Claim(
    id="adam-growth",
    title="Adam: no bound for a short second moment",
    kind="lower",
    statement=r"One coordinate of Adam with $\beta_1^2\ge\beta_2$, $g_k\propto(\beta_1/\beta_2)^{t-k}$ and"
    r" $\varepsilon\to0$: $\lvert u\rvert\mathsf{S}_t(\beta_1)\ge\sqrt t$ and $\lvert u\rvert\mathsf{S}_t(\beta_1)\ge"
    r"(\beta_1^2/\beta_2)^{(t-1)/2}$ after $t$ steps, where $\mathsf{S}_t(\beta_1)<1/(1-\beta_1)$. So no bound holds"
    r" for all $t$, and for $\beta_1^2>\beta_2$ the largest update grows exponentially.",
    source="derived here",
    steps=(
        assume("long", LONG),
        assume("forget", FORGET),
        inequality("short", _b2, "<", 1, "forget long", "so the second moment decays"),
        earlier("reached", REACHED, uses="short"),
        define("weights-2", GEOMETRIC, _b2),
        inequality("term-2", _b2**age, ">=", 0, "", "powers are positive"),
        lemma("last", "one-term", geometric(_b2), _t - 1, uses="term-2", why="the newest gradient alone"),
        lemma("high", "index-high", _k, 0, _t - 1),
        inequality("age", age, ">=", 0, "high", ""),
        lemma("power", "power-above-one", quotient, age, uses="forget age"),
        inequality("each", sympy.Sum(1, over), "<=", geometric(quotient), "power", "term by term"),
        identity("count", sympy.Sum(1, over), _t, "", "t terms"),
        define("weights-q", GEOMETRIC, quotient),
        inequality("term-q", quotient**age, ">=", 0, "", "powers are positive"),
        lemma("oldest", "one-term", geometric(quotient), sympy.S.Zero, uses="term-q", why="the oldest gradient alone"),
        inequality("square", adam_u**2 * sum_one**2, ">=", sum_quotient, "reached weights-2 last", ""),
        inequality("linear", adam_u**2 * sum_one**2, ">=", _t, "square each count weights-q", "at least the root of t"),
        inequality(
            "exponential",
            adam_u**2 * sum_one**2,
            ">=",
            quotient ** (_t - 1),
            "square oldest weights-q",
            "and exponential, if the quotient is above 1",
        ),
    ),
    conclusions=("linear", "exponential"),
    formula=sympy.sqrt(_t) / geometric(_b1),
    formulas={"exponential": sympy.sqrt(quotient ** (_t - 1)) / geometric(_b1)},
    necessity={
        "LONG": extremal(_one, Fraction(1, 4), 2, adam_mh=Fraction(0)),
        "SEQUENCE": scaled(Fraction(3, 4), Fraction(9, 16), [Fraction(0), _one]),
        "EXACT": extremal(_half, Fraction(1, 4), 2, adam_den=Fraction(100)),
        "FORGET": extremal(_half, _half, 8),
    },
    attained=(extremal(_half, Fraction(1, 4), 1), extremal(Fraction(9, 10), Fraction(1, 10), 1)),
)
