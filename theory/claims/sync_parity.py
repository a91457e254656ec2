"""Periodic sync beyond eta A = 1: odd and even cycles, and the second window of even ones (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..proof.build import define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Claim, Rel
from ..symbols import S_int, cyc_over, cyc_q, fb_excess, fb_ratio, fb_ratio_odd, fb_root, fb_root_odd

_S, _o, _q, _b = S_int, cyc_over, cyc_q, fb_excess
_power = _o**_S
_w = fb_ratio_odd  # (1 - beta)/(1 + beta): positive exactly where |beta| < 1
_beta: Any = (1 - _w) / (1 + _w)
_even = _q - _beta * (1 - _q)
_odd = -_q - _beta * (1 + _q)
_window = _q - (1 + _b) * (1 - _q)
_one = sympy.S.One
_edge = 1 + sympy.exp(sympy.log(_w) / _S)


def _cycle(steps: int, over_by: Fraction, ratio: Fraction, root: Fraction, odd: Fraction) -> Table:
    """``ratio = root^S`` fixes the excess, ``odd^S`` the ratio of a dominant fresh part."""
    values: dict[Any, Any] = {_S: steps, _o: over_by, _q: over_by**steps, _w: odd**steps, fb_root_odd: odd}
    return Table(values | {fb_ratio: ratio, fb_root: root, _b: 2 * ratio / (1 - ratio)})


CLAIM = Claim(
    id="sync-parity",
    title="Periodic sync: parity and the second window",
    kind="exact",
    statement=r"Periodic sync with $\varrho=\eta A-1>0$, so that $r=-\varrho$ changes sign every step. For"
    r" $\lvert\beta\rvert<1$: even $S$ has $m>-1$ always and $1-m$ has the sign of $1-\varrho$, so it is stable up to"
    r" $\eta A=2$; odd $S$ has $m<1$ always and $m+1$ has the sign of $\lambda-\varrho$,"
    r" $\lambda=(\frac{1-\beta}{1+\beta})^{1/S}$, so it is stable up to $\eta A=1+\lambda$;"
    r" $\lambda\ge\min(1,\frac{1-\beta}{1+\beta})$:"
    r" bounded below for every $S$. For $\beta=1+\bar\beta>1$ an even $S$ has a second stable window"
    r" $1+\kappa<\eta A<2$, $\kappa=(\frac{\beta-1}{\beta+1})^{1/S}$.",
    source="derived here",
    steps=(
        define("power", Rel(_q, "=", _power), why="size of r^S"),
        lemma("one", "power-order", _o, _one, _S),
        inequality("even-sign", (1 - _even) * (1 - _o), ">=", 2 * (1 - _o) ** 2 / (1 + _w), "power one", "even S"),
        identity("even-low", 1 + _even, 2 * (_q + _w) / (1 + _w), "", "positive, so m is above -1"),
        identity("odd-high", 1 - _odd, 2 * (1 + _q) / (1 + _w), "", "positive, so m is below 1"),
        define("odd-root", Rel(fb_root_odd, "=", sympy.exp(sympy.log(fb_ratio_odd) / _S)), why="its S-th root"),
        lemma("odd-power", "root", fb_root_odd, fb_ratio_odd, _S, uses="odd-root"),
        lemma("odd-order", "power-order", _o, fb_root_odd, _S),
        identity("odd-least", _odd + 1, 2 * (_w - _q) / (1 + _w), "", "m + 1"),
        inequality(
            "odd-sign",
            (_odd + 1) * (fb_root_odd - _o),
            ">=",
            2 * (fb_root_odd - _o) ** 2 * fb_root_odd ** (_S - 1) / (1 + _w),
            "odd-least power odd-power odd-order",
            "odd S",
        ),
        lemma("odd-one", "power-order", fb_root_odd, _one, _S),
        inequality(
            "floor", fb_root_odd, ">=", sympy.Min(1, _w), "odd-one odd-power odd-root", "not below 1 and the ratio"
        ),
        define("ratio", Rel(fb_ratio, "=", _b / (_b + 2)), why="where m = -1, now with a dominant stale part"),
        define("root", Rel(fb_root, "=", sympy.exp(sympy.log(fb_ratio) / _S)), why="its S-th root"),
        lemma("root-power", "root", fb_root, fb_ratio, _S, uses="root"),
        lemma("order", "power-order", _o, fb_root, _S),
        identity("least", _window + 1, (2 + _b) * (_q - fb_ratio), "ratio", "m + 1"),
        inequality(
            "window-low",
            (_window + 1) * (_o - fb_root),
            ">=",
            (2 + _b) * (_o - fb_root) ** 2 * fb_root ** (_S - 1),
            "least power root-power order root",
            "even S: m + 1 has the sign of the overshoot less kappa",
        ),
        inequality("window-high", (1 - _window) * (1 - _o), ">=", (2 + _b) * (1 - _o) ** 2, "power one", "and m < 1"),
    ),
    conclusions=("even-sign", "even-low", "odd-high", "odd-sign", "floor", "window-low", "window-high"),
    formula=_edge,
    formulas={"odd_edge": _edge, "window": 1 + sympy.exp(sympy.log(_b / (_b + 2)) / _S)},
    attained=(
        _cycle(1, Fraction(1, 1000), Fraction(1, 4), Fraction(1, 4), Fraction(1, 2)),
        _cycle(2, Fraction(1, 2), Fraction(1, 4), Fraction(1, 2), Fraction(1)),  # beta = 0
    ),
)
