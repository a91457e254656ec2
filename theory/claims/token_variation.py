"""Total variation of one token under two tabular softmax policies (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..proof.build import assume, earlier, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Norm
from ..symbols import (
    b_dir,
    d_row,
    i_out,
    low_row,
    n_out,
    nu_row,
    part_row,
    prob_d,
    ratio_high,
    ratio_low,
    ratio_tok,
    ratio_width,
    top_row,
    tv_row,
    widening,
    x_prompt,
)
from .ratio_variation import CLAIM as RATIO

_i, _x, _nu, _v, _d = i_out, x_prompt, nu_row, b_dir, d_row
_part, _top, _low = part_row(_x, _nu, _v), top_row(_x, _nu, _v), low_row(_x, _nu, _v)
_half = sympy.sqrt(2) * _d / 2
_wide = sympy.exp(_half) - 1
_width = _wide * (sympy.exp(_half) + 1) * ratio_low
_sharp, _bound = _wide / (sympy.exp(_half) + 1), sympy.sqrt(2) * _d / 4

NEAR = Assumption(
    "NEAR-ROW",
    "Near logit rows",
    r"$\lVert\mathbf v_{x\nu}\rVert\le d_\nu$ for the difference of the two rows.",
    lambda: Rel(Norm(part_row(x_prompt, nu_row, b_dir)), "<=", d_row),
)


def _far() -> Table:
    """Two tokens that exchange the probabilities 1/3 and 2/3, and a bound on the distance that is too small."""
    third, entry = Fraction(1, 3), Fraction(7, 10)
    values: dict[Any, Any] = {n_out: 2, prob_d(1): third, prob_d(2): 2 * third, tv_row: third, _d: Fraction(1, 10)}
    values |= {ratio_tok(1): 2, ratio_tok(2): Fraction(1, 2), ratio_low: Fraction(1, 2), ratio_high: 2, widening: 1}
    values |= {ratio_width: Fraction(3, 2)}
    values |= {part_row(1, 1, _v): (entry, -entry), top_row(1, 1, _v): entry, low_row(1, 1, _v): -entry}
    return Table(values, indices={_i: range(1, 3), _x: range(1, 2), _nu: range(1, 2)})


CLAIM = Claim(
    id="token-variation",
    title="Total variation of one token",
    kind="upper",
    statement=r"Two tabular policies whose rows $\nu$ of prompt $x$ differ by $\mathbf v_{x\nu}$, of norm at most"
    r" $d_\nu>0$: the laws of the next token have"
    r" $\mathrm{TV}_\nu\le\tanh\frac{\sqrt2\,d_\nu}4\le\frac{\sqrt2}4d_\nu$, for every vocabulary size. The first is"
    r" reached at every distance by two tokens that exchange their probabilities, so $\sqrt2/4$ is the best constant.",
    source="derived here",
    steps=(
        assume("near", NEAR),
        lemma("entries", "two-entries", _part),
        inequality("span", _top - _low, "<=", 2 * _half, "entries near", "root of twice the squared norm"),
        lemma("low", "softmax-ratio", _i, 2 * _half, _x, _nu, True),
        lemma("high", "softmax-ratio", _i, 2 * _half, _x, _nu, False, uses="span"),
        lemma("grows", "exp-above-tangent", _half),
        lemma("wide", "exp-above-tangent", 2 * _half),
        earlier(
            "sharp",
            RATIO,
            uses="low high grows wide",
            widening=_wide,
            ratio_high=ratio_low + _width,
            ratio_width=_width,
        ),
        lemma("tanh", "tanh-below-line", _half),
        inequality("conclusion", tv_row, "<=", _bound, "sharp tanh grows", "the hyperbolic tangent below its line"),
    ),
    conclusions=("sharp", "conclusion"),
    logits=True,
    formula=_bound,
    formulas={"sharp": _sharp},
    necessity={"NEAR-ROW": _far()},
    not_tight="sharp is reached by two tokens of logits 0 and log 2 that exchange their probabilities (claim"
    " ratio-variation holds the rational instance; here the distance sqrt(2) log 2 is irrational); conclusion only as"
    " the distance tends to 0, with a ratio of 0.9996 at 0.1",
)
