"""Adam's bias-corrected moments are weighted means of the gradients and of their squares, after any number of steps."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import Any

import sympy

from .. import symbols as sy
from ..optimizer_objects import FIRST_HAT, FIRST_MOMENT, FIRST_START, GEOMETRIC, SECOND_HAT, SECOND_MOMENT, SECOND_START
from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Definition, Rel, Step
from ..symbols import adam_g, adam_mh, adam_vh, beta_one, beta_two, geo_sum, k_step, t_opt

_k, _t, _b1, _b2 = k_step, t_opt, beta_one, beta_two
over, age = (_k, 0, _t - 1), _t - 1 - _k
gradients = sympy.Sum(_b1**age * adam_g(_k + 1), over)
squares = sympy.Sum(_b2**age * adam_g(_k + 1) ** 2, over)

LONG = Assumption("LONG", "Decay of the first moment", r"$\beta_1<1$.", lambda: Rel(_b1, "<", 1))
SHORT = Assumption("SHORT", "Decay of the second moment", r"$\beta_2<1$.", lambda: Rel(_b2, "<", 1))


def geometric(x: Any) -> Any:
    """The sum of geometric weights, as its definition spells it."""
    return GEOMETRIC.at(x).rhs


def run(b1: Fraction, b2: Fraction, steps: list[Fraction], **other: Fraction) -> Table:
    """An instance of Adam in one coordinate with gradients g_1, g_2, ...; ``other`` values by name win.

    The denominator is the root of the second moment, so eps is 0.
    """
    m, v, n = [Fraction(0)], [Fraction(0)], len(steps)
    for g in steps:
        m.append(b1 * m[-1] + (1 - b1) * g)
        v.append(b2 * v[-1] + (1 - b2) * g * g)
    values: dict[Any, Any] = {_b1: b1, _b2: b2, _t: n}
    for name, x in ((_b1, b1), (_b2, b2), (_b1**2 / _b2, b1 * b1 / b2)):
        values[geo_sum(name, _t)] = sum((x**j for j in range(n)), Fraction(0))
    values |= {adam_g(k + 1): g for k, g in enumerate(steps)}
    for k in range(n + 1):
        values |= {sy.adam_m(k): m[k], sy.adam_v(k): v[k], sy.adam_mw(k): m[k] / b1**k, sy.adam_vw(k): v[k] / b2**k}
    values |= {sy.adam_m(_t): m[n], sy.adam_v(_t): v[n]}
    known = {getattr(sy, name): value for name, value in other.items()}
    mean = known.get(adam_mh, m[n] / (1 - b1**n) if b1 != 1 else Fraction(0))
    square = known.get(adam_vh, v[n] / (1 - b2**n) if b2 != 1 else Fraction(0))
    root = Fraction(isqrt(square.numerator), isqrt(square.denominator))  # exact for squares, which is checked
    values |= {adam_mh: mean, adam_vh: square, sy.adam_den: root, sy.adam_u: mean / known.get(sy.adam_den, root)}
    return Table(values | known, indices={_k: range(n)})


def _moment(
    tag: str, objects: tuple[Definition, ...], values: Any, scaled: Any, b: Any, total: Any
) -> tuple[Step, ...]:
    """The recursion of one moment solved, and its bias correction."""
    step, start, hat = objects
    corrected = adam_mh if b is _b1 else adam_vh
    return (
        define(tag, step),
        define(f"{tag}-start", start),
        define(f"{tag}-scaled", Rel(scaled(_k), "=", values(_k) / b**_k), why="without its decay"),
        lemma(f"{tag}-telescope", "telescoping", scaled, _k, sympy.S.Zero, _t),
        identity(
            f"{tag}-sum",
            values(_t),
            (1 - b) * total,
            f"{tag}-telescope {tag}-scaled {tag}-start {tag}",
            "a weighted sum of all gradients or squares",
        ),
        define(f"{tag}-hat", hat),
        define(f"{tag}-weights", GEOMETRIC, b),
        lemma(f"{tag}-geometric", "geometric-sum", b, _k, _t),
        inequality(
            f"{tag}-mean",
            corrected * geo_sum(b, _t),
            "=",
            total,
            f"{tag}-sum {tag}-hat {tag}-weights {tag}-geometric {'long' if b is _b1 else 'short'}",
            "bias correction divides by the sum of the weights",
        ),
    )


CLAIM = Claim(
    id="adam-moments",
    title="Adam's moments are weighted means",
    kind="exact",
    statement=r"$m_{k+1}=\beta_1m_k+(1-\beta_1)g_{k+1}$, $v_{k+1}=\beta_2v_k+(1-\beta_2)g_{k+1}^2$, $m_0=v_0=0$, in one"
    r" coordinate, $0<\beta_1,\beta_2<1$. After $t\ge1$ steps the bias-corrected moments $\hat m=m_t/(1-\beta_1^t)$ and"
    r" $\hat v=v_t/(1-\beta_2^t)$ are means of all gradients and of all their squares: with"
    r" $\mathsf{S}_t(x)=1+x+\dots+x^{t-1}$ they are $\sum_{k<t}\beta_1^{t-1-k}g_{k+1}/\mathsf{S}_t(\beta_1)$ and"
    r" $\sum_{k<t}\beta_2^{t-1-k}g_{k+1}^2/\mathsf{S}_t(\beta_2)$.",
    source="Kingma and Ba, arXiv 1412.6980, section 3",
    steps=(
        assume("long", LONG),
        assume("short", SHORT),
        *_moment("m", (FIRST_MOMENT, FIRST_START, FIRST_HAT), sy.adam_m, sy.adam_mw, _b1, gradients),
        *_moment("v", (SECOND_MOMENT, SECOND_START, SECOND_HAT), sy.adam_v, sy.adam_vw, _b2, squares),
    ),
    conclusions=("m-mean", "v-mean"),
    necessity={
        "LONG": run(Fraction(1), Fraction(1, 2), [Fraction(1)], adam_mh=Fraction(5)),
        "SHORT": run(Fraction(1, 2), Fraction(1), [Fraction(1)], adam_vh=Fraction(25)),
    },
    attained=(run(Fraction(5, 7), Fraction(9, 16), [Fraction(3), Fraction(-1)], adam_den=Fraction(1)),),
)
