"""Adam, one coordinate: the gradients at which the bound on an update is reached."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

from ..optimizer_objects import GEOMETRIC
from ..proof.build import assume, define, earlier, identity, inequality
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import adam_den, adam_g, adam_g0, adam_mh, adam_u, adam_vh, beta_one, beta_two, k_step, t_opt
from .adam_moments import CLAIM as MOMENTS
from .adam_moments import gradients, run, squares
from .adam_update import extremal as _extremal
from .adam_update import finite, quotient, sum_one, sum_quotient, sum_two

_k, _t, _b1, _b2 = k_step, t_opt, beta_one, beta_two
_growth = _b2 / _b1
_last = adam_g0 * _growth**_t

SEQUENCE = Assumption(
    "SEQUENCE",
    "Gradients that grow by the same factor",
    r"$g_k=g^{\mathrm{A}}(\beta_2/\beta_1)^k$, that is $g_k\propto(\beta_1/\beta_2)^{t-k}$.",
    lambda: Rel(adam_g(_k + 1), "=", adam_g0 * _growth ** (_k + 1)),
)
EXACT = Assumption(
    "EXACT",
    "Denominator without eps",
    r"$\mathsf{d}=\sqrt{\hat v}$, the limit $\varepsilon\to0$.",
    lambda: Rel(adam_den**2, "=", adam_vh),
)


def extremal(b1: Fraction, b2: Fraction, steps: int, **other: Fraction) -> Table:
    """The run on these gradients, of scale 1."""
    found = _extremal(b1, b2, steps, **other)
    return Table({**found.values, adam_g0: 1}, indices=found.indices)


def scaled(b1: Fraction, b2: Fraction, steps: list[Fraction], **other: Fraction) -> Table:
    """A run on any gradients, with scale 1."""
    found = run(b1, b2, steps, **other)
    return Table({**found.values, adam_g0: 1}, indices=found.indices)


_half = Fraction(1, 2)

CLAIM = Claim(
    id="adam-reached",
    title="Adam: the bound is reached",
    kind="exact",
    statement=r"For the gradients $g_k\propto(\beta_1/\beta_2)^{t-k}$ and $\varepsilon\to0$ the update after $t$ steps"
    r" is $u^2=\mathsf{S}_t(\beta_1^2/\beta_2)\,\mathsf{S}_t(\beta_2)/\mathsf{S}_t(\beta_1)^2$: the bound on every"
    r" update after $t$ steps, whatever $\beta_1,\beta_2<1$.",
    source="derived here: the case of equality of Cauchy-Schwarz",
    steps=(
        assume("sequence", SEQUENCE),
        earlier("mean", MOMENTS, "m-mean"),
        earlier("square", MOMENTS, "v-mean"),
        define("weights", GEOMETRIC, quotient),
        identity("gradients", gradients, _last * sum_quotient, "sequence weights", "the same weights"),
        identity("squares", squares, _last**2 * sum_quotient, "sequence weights", "in both"),
        inequality("first", adam_mh * sum_one, "=", _last * sum_quotient, "mean gradients", ""),
        inequality("second", adam_vh * sum_two, "=", _last**2 * sum_quotient, "square squares", ""),
        assume("exact", EXACT),
        define("update", Rel(adam_u, "=", adam_mh / adam_den), why="what is added, over the learning rate"),
        inequality("scaled", adam_u**2 * adam_vh, "=", adam_mh**2, "update exact", ""),
        inequality(
            "conclusion",
            adam_u**2 * sum_one**2,
            "=",
            sum_quotient * sum_two,
            "first second scaled",
            "the scale of the gradients drops out",
        ),
    ),
    conclusions=("conclusion",),
    formula=finite,
    necessity={
        "LONG": extremal(Fraction(1), _half, 1, adam_mh=Fraction(5)),
        "SHORT": extremal(_half, Fraction(1), 2, adam_vh=Fraction(4)),
        "SEQUENCE": scaled(_half, _half, [Fraction(1), Fraction(-1)]),
        "EXACT": extremal(_half, _half, 2, adam_den=Fraction(5)),
    },
    attained=(extremal(Fraction(5, 7), Fraction(9, 16), 2), extremal(Fraction(2, 5), Fraction(7, 8), 3)),
)
