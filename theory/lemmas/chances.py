"""Derivatives along a direction, order of summation, and exchangeable slots: facts about the law of one group."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import random
from math import sin
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.records import Rel
from .registry import LemmaInstance, register_lemma


def _probe_chain(rng: random.Random) -> tuple[float, str, float]:
    at, slope, step = rng.uniform(0.2, 0.8), rng.gauss(0, 1), 1e-6

    def composed(x: float) -> float:
        return sin(at + slope * x)

    outer = (sin(at + step) - sin(at - step)) / (2 * step)
    return round((composed(step) - composed(-step)) / (2 * step), 6), "=", round(outer * slope, 6)


def _probe_swap(rng: random.Random) -> tuple[float, str, float]:
    rows, columns = rng.randint(1, 5), rng.randint(1, 5)
    table = [[rng.gauss(0, 1) for _ in range(columns)] for _ in range(rows)]
    return sum(map(sum, table)), "=", sum(sum(row[j] for row in table) for j in range(columns))


def _probe_slots(rng: random.Random) -> tuple[float, str, float]:
    p, n = [rng.random() for _ in range(3)], 3
    p = [x / sum(p) for x in p]
    table = [[rng.gauss(0, 1) for _ in range(n)] for _ in range(n)]  # value of own level against the mate's

    def mean(slot: int) -> float:
        return sum(p[a] * p[b] * (table[a][b] if slot == 1 else table[b][a]) for a in range(n) for b in range(n))

    return mean(1), "=", mean(2)


def _probe_levels(rng: random.Random) -> tuple[float, str, float]:
    p = [rng.random() for _ in range(4)]
    p = [x / sum(p) for x in p]
    values = [[rng.gauss(0, 1) for _ in range(4)] for _ in range(4)]
    given = [sum(p[b] * values[a][b] for b in range(4)) for a in range(4)]
    joint = sum(p[a] * p[b] * values[a][b] for a in range(4) for b in range(4))
    return joint, "=", sum(p[a] * given[a] for a in range(4))


@register_lemma(
    "potential-chain",
    "Chain rule for a function of the chance of success",
    r"$\partial_wW_G(p)=W_G'(p)\,\partial_wp$.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorem 5.5",
    _probe_chain,
)
def potential_chain() -> LemmaInstance:
    """``d_w W_G(p) = W_G'(p) d_w p``."""
    return LemmaInstance(Rel(sy.dW_prompt, "=", sy.d_potential(sy.p_suc) * sy.dp_suc))


@register_lemma(
    "slots-swapped",
    "A finite double sum may be taken in either order",
    r"$\sum_j\sum_ip_iA_j(z_i)=\sum_ip_i\sum_jA_j(z_i)$.",
    "Graham, Knuth and Patashnik, Concrete Mathematics (1994), (2.27)",
    _probe_swap,
)
def slots_swapped(row: Any) -> LemmaInstance:
    """``sum_j E[A_j] = sum_i p_i R(i)`` for ``E[A_j] = sum_i p_i A_j(z_i)`` and a function ``R(i) = sum_j A_j(z_i)``.

    Args:
        row: the function of the outcome that names the inner sum, applied to the outcome.
    """
    i, j = sy.i_out, sy.j_mate
    over_i, over_j = (i, 1, sy.n_out), (j, 1, sy.G_group)
    slots = Rel(sy.slot_adv(j), "=", sympy.Sum(sy.prob_d(i) * sy.adv_slot(j, i), over_i))
    rows = Rel(row, "=", sympy.Sum(sy.adv_slot(j, i), over_j))
    statement = Rel(sympy.Sum(sy.slot_adv(j), over_j), "=", sympy.Sum(sy.prob_d(i) * row, over_i))
    return LemmaInstance(statement, (slots, rows), (i, j))


@register_lemma(
    "exchangeable-slots",
    "Independent draws from one law are exchangeable",
    r"The responses of a group are i.i.d. and its advantage does not depend on their order, so"
    r" $\mathbb E[A_j]=\mathbb E[A]$ for every slot $j$.",
    "Billingsley, Probability and Measure (1995), section 35 (exchangeable sequences)",
    _probe_slots,
)
def exchangeable_slots() -> LemmaInstance:
    """``E[A_j] = E[A]``, the same for every slot of a group of independent responses."""
    return LemmaInstance(Rel(sy.slot_adv(sy.j_mate), "=", sy.slot_one))


@register_lemma(
    "total-expectation",
    "Law of total expectation over reward levels",
    r"$\mathbb E[A]=\sum_\ell p^r_\ell\,\mathbb E[A\mid r=\ell]$.",
    "Billingsley, Probability and Measure (1995), section 34",
    _probe_levels,
)
def total_expectation() -> LemmaInstance:
    """``E[A] = sum over levels of p_level A_level`` for finitely many reward levels."""
    levels = sympy.Sum(sy.p_level(sy.level) * sy.adv_level(sy.level), (sy.level, 1, sy.n_levels))
    return LemmaInstance(Rel(sy.slot_one, "=", levels))
