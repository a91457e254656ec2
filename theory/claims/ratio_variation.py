"""Total variation of two laws whose ratio stays within a factor (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..objects import NORMALISED, OTHER_ROW
from ..proof.build import assume, define, identity, inequality
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import i_out, n_out, prob_d, ratio_high, ratio_low, ratio_tok, ratio_width, tv_row, widening

_i, _over = i_out, (i_out, 1, n_out)
_p, _r, _low, _high, _width, _wide = prob_d(_i), ratio_tok(_i), ratio_low, ratio_high, ratio_width, widening
_top = (1 + _wide) ** 2 * _low
_gap = sympy.Abs(_p * _r - _p)
_chord = (1 - _low) * (_high - _r) + (_high - 1) * (_r - _low)
_at_low = (_high + _low - 2 * _high * _low) * sympy.Sum(_p, _over)
_slope = (_high + _low - 2) * sympy.Sum(_p * _r, _over)
_bound = _wide / (2 + _wide)

LOW = Assumption(
    "RATIO-LOW",
    "Ratios from below",
    r"$\rho_a\ge\rho_{\min}$ for every token.",
    lambda: Rel(ratio_tok(i_out), ">=", ratio_low),
)
HIGH = Assumption(
    "RATIO-HIGH",
    "Ratios from above",
    r"$\rho_a\le(1+\varkappa)^2\rho_{\min}$ for every token.",
    lambda: Rel(ratio_tok(i_out), "<=", (1 + widening) ** 2 * ratio_low),
)


def _swapped(low: Fraction, wide: Fraction) -> Table:
    """Two tokens of chances 1/3 and 2/3 under one policy and 2/3, 1/3 under the other."""
    third = Fraction(1, 3)
    values: dict[Any, Any] = {n_out: 2, prob_d(1): third, prob_d(2): 2 * third, tv_row: third}
    values |= {ratio_tok(1): 2, ratio_tok(2): Fraction(1, 2), _low: low, _wide: wide, _high: (1 + wide) ** 2 * low}
    values |= {_width: ((1 + wide) ** 2 - 1) * low}
    return Table(values, indices={_i: range(1, 3)})


CLAIM = Claim(
    id="ratio-variation",
    title="Total variation of two policies of bounded ratio",
    kind="upper",
    statement=r"Two laws on $n$ tokens whose largest ratio $\rho_a=\pi'_a/\pi_a$ is at most $(1+\varkappa)^2$ times the"
    r" smallest: $\mathrm{TV}_\nu=\frac12\sum_a\lvert\pi'_a-\pi_a\rvert\le\varkappa/(2+\varkappa)$, which is"
    r" $\tanh\frac R4$ for log ratios within an interval of length $R$, $1+\varkappa=e^{R/2}$. It is reached by two"
    r" tokens that exchange their probabilities. (In the steps outcome $i$ is a token and $p_i$ its probability.)",
    source="derived here",
    steps=(
        define("one", NORMALISED, _i, n_out),
        define("other", OTHER_ROW),
        assume("low", LOW),
        assume("top", HIGH),
        define("variation", Rel(tv_row, "=", sympy.Sum(_gap, _over) / 2), why="half the L1 distance"),
        define("width", Rel(_width, "=", _wide * (2 + _wide) * _low), why="length of the interval of the ratios"),
        define("high", Rel(_high, "=", _low + _width), why="its upper end"),
        inequality("below", _p * _r, ">=", _p * _low, "low", "times the probability"),
        inequality("belows", sympy.Sum(_p * _r, _over), ">=", sympy.Sum(_p * _low, _over), "below", "term by term"),
        identity("pull-low", sympy.Sum(_p * _low, _over), _low, "one", "the smallest ratio"),
        inequality("under-one", _low, "<=", 1, "belows pull-low other", "is at most 1"),
        inequality("most", _r, "<=", _high, "top high width", "name it"),
        inequality("above", _p * _r, "<=", _p * _high, "most", "times the probability"),
        inequality("aboves", sympy.Sum(_p * _r, _over), "<=", sympy.Sum(_p * _high, _over), "above", "term by term"),
        identity("pull-high", sympy.Sum(_p * _high, _over), _high, "one", "the largest ratio"),
        inequality("over-one", _high, ">=", 1, "aboves pull-high other", "is at least 1"),
        inequality("up", (_r - 1) * _width, "<=", _chord, "high low most under-one over-one", "above 1"),
        inequality("down", (1 - _r) * _width, "<=", _chord, "high low most under-one over-one", "and below 1"),
        inequality("up-term", (_p * _r - _p) * _width, "<=", _p * _chord, "up", "times the probability"),
        inequality("down-term", (_p - _p * _r) * _width, "<=", _p * _chord, "down", "times the probability"),
        inequality("term", _gap * _width, "<=", _p * _chord, "up-term down-term", "|r - 1| lies below its chord"),
        inequality(
            "terms", sympy.Sum(_gap * _width, _over), "<=", sympy.Sum(_p * _chord, _over), "term", "in the mean"
        ),
        identity("pull", sympy.Sum(_gap * _width, _over), 2 * _width * tv_row, "variation", "a factor"),
        identity("split", sympy.Sum(_p * _chord, _over), _at_low + _slope, "", "two sums"),
        inequality(
            "scaled", _width * tv_row, "<=", (1 - _low) * (_high - 1), "terms pull split one other", "mean ratio 1"
        ),
        inequality("square", (1 - _low) * (_high - 1), "<=", _wide**2 * _low, "high width", "(1 - (1 + k) low)^2 >= 0"),
        inequality("product", _wide * (2 + _wide) * _low * tv_row, "<=", _wide**2 * _low, "scaled square width"),
        inequality("quotient", (2 + _wide) * tv_row, "<=", _wide, "product", "divide"),
        inequality("conclusion", tv_row, "<=", _bound, "quotient", "and again"),
    ),
    conclusions=("conclusion",),
    formula=_bound,
    necessity={
        "RATIO-LOW": _swapped(Fraction(1), Fraction(1, 2)),
        "RATIO-HIGH": _swapped(Fraction(1, 2), Fraction(1, 2)),
    },
    attained=(_swapped(Fraction(1, 2), Fraction(1)),),
)
