"""Periodic sync: staleness limits the step size only where the stale feedback exceeds the fresh one (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

import sympy

from ..proof.build import assume, earlier, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import S_int, beta_fb, cyc_r, fb_ratio, fb_root
from .periodic_sync import CLAIM as SYNC
from .periodic_sync import MOVING, cycle

_S, _r, _beta = S_int, cyc_r, beta_fb
_multiplier = _r**_S - _beta * (1 - _r**_S)
_limit = SYNC.formulas["limit"]

FRESH = Assumption("AT-MOST-ONE", "The stale part is no larger", r"$\beta\le1$.", lambda: Rel(_beta, "<=", 1))
AGAINST = Assumption("ABOVE-MINUS-ONE", "It does not push harder outwards", r"$\beta>-1$.", lambda: Rel(_beta, ">", -1))


def _cycle(steps: int, r: Fraction, beta: Fraction | int) -> Table:
    found = cycle(Fraction(1, 2) ** steps, Fraction(1, 2), steps, r)
    return Table({**found.values, _beta: beta}, indices=found.indices)


_quarter = Fraction(1, 4)

CLAIM = Claim(
    id="sync-threshold",
    title="Periodic sync: the threshold of the stale part",
    kind="exact",
    statement=r"Periodic sync with $0<\eta A<1$, $r=1-\eta A$. For $-1<\beta\le1$ the multiplier has $-1<m<1$ for every"
    r" $S$: no cycle is too long. For $\beta=1+\bar\beta>1$, with $\kappa$ of the"
    r" claim periodic-sync, $S(\kappa-r)\ge S\,\eta A-\log\frac{\beta+1}{\beta-1}$: as soon as the right side is"
    r" positive $r<\kappa$, that is $m<-1$, so every step size becomes unstable. A $1/S$ law needs $\beta>1$.",
    source="derived here",
    steps=(
        assume("moving", MOVING),
        assume("fresh", FRESH),
        assume("against", AGAINST),
        lemma("decrease", "power-order", _r, sympy.S.One, _S),
        inequality("below-one", _r**_S, "<", 1, "decrease moving", "powers of a number below 1"),
        inequality("top", _multiplier, "<", 1, "below-one against", "1 - m = (1 + beta)(1 - r^S)"),
        inequality("low", -_multiplier, "<", 1, "below-one fresh", "1 + m is at least 2 r^S"),
        earlier("law", SYNC, "law-upper"),
        inequality(
            "beyond",
            _S * (fb_root - _r),
            ">=",
            _S * (1 - _r) + sympy.log(fb_ratio),
            "law",
            "positive where S eta A is above the logarithm: then r is beyond kappa, where m = -1",
        ),
    ),
    conclusions=("top", "low", "beyond"),
    formula=_limit / (1 - _r),
    necessity={
        "MOVING": _cycle(2, Fraction(3, 2), 0),
        "AT-MOST-ONE": _cycle(4, _quarter, 2),
        "ABOVE-MINUS-ONE": _cycle(4, _quarter, -2),
    },
    attained=(_cycle(1, Fraction(999, 1000), Fraction(-3, 4)), _cycle(1, Fraction(1, 1000), 1)),
)
