"""Adam, one coordinate: two steps already exceed the learning rate, whatever the decay rates are."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

from ..optimizer_objects import GEOMETRIC
from ..proof.build import assume, define, earlier, identity, inequality
from ..proof.records import Assumption, Claim, Rel
from ..symbols import adam_u, beta_one, beta_two, t_opt
from .adam_moments import geometric
from .adam_reached import CLAIM as REACHED
from .adam_reached import extremal, scaled
from .adam_update import quotient, sum_one, sum_quotient, sum_two

_b1, _b2 = beta_one, beta_two
_square = 1 + (_b1 - _b2) ** 2 / (_b2 * (1 + _b1) ** 2)
_half, _one = Fraction(1, 2), Fraction(1)
TWO = Assumption("TWO", "Two steps", r"$t=2$.", lambda: Rel(t_opt, "=", 2))

CLAIM = Claim(
    id="adam-two-steps",
    title="Adam: the learning rate bounds no update",
    kind="exact",
    statement=r"One coordinate of Adam after two steps with $g_2/g_1=\beta_2/\beta_1$ and $\varepsilon\to0$:"
    r" $u^2=1+\frac{(\beta_1-\beta_2)^2}{\beta_2(1+\beta_1)^2}$, more than 1 for all $\beta_1\ne\beta_2$. Kingma and Ba"
    r" (arXiv 1412.6980, section 2.1) bound $\lvert u\rvert$ by 1 where $1-\beta_1\le\sqrt{1-\beta_2}$: that is false,"
    r" here at $\beta_1=0.9$, $\beta_2=0.95$, say.",
    source="derived here; refutes Kingma and Ba, arXiv 1412.6980, section 2.1, as a worst case",
    steps=(
        assume("two", TWO),
        earlier("reached", REACHED),
        define("weights-1", GEOMETRIC, _b1),
        define("weights-2", GEOMETRIC, _b2),
        define("weights-q", GEOMETRIC, quotient),
        identity("sum-1", geometric(_b1), 1 + _b1, "two", "two terms"),
        identity("sum-2", geometric(_b2), 1 + _b2, "two", "two terms"),
        identity("sum-q", geometric(quotient), 1 + quotient, "two", "two terms"),
        inequality("value-1", sum_one, "=", 1 + _b1, "weights-1 sum-1", ""),
        inequality("value-2", sum_two, "=", 1 + _b2, "weights-2 sum-2", ""),
        inequality("value-q", sum_quotient, "=", 1 + quotient, "weights-q sum-q", ""),
        inequality(
            "product",
            adam_u**2 * (1 + _b1) ** 2,
            "=",
            (1 + quotient) * (1 + _b2),
            "reached value-1 value-2 value-q",
            "",
        ),
        inequality("conclusion", adam_u**2, "=", _square, "product", "solved for the update"),
    ),
    conclusions=("conclusion",),
    formula=_square,
    necessity={
        "LONG": extremal(_one, Fraction(1, 4), 2, adam_mh=Fraction(5)),
        "SHORT": extremal(_half, _one, 2, adam_vh=Fraction(4)),
        "SEQUENCE": scaled(_half, Fraction(1, 4), [_one, _one]),
        "EXACT": extremal(_half, _half, 2, adam_den=Fraction(5)),
        "TWO": extremal(_half, Fraction(1, 4), 1),
    },
    attained=(extremal(Fraction(5, 7), Fraction(9, 16), 2), extremal(Fraction(2, 5), Fraction(9, 16), 2)),
)
