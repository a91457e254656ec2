"""Derivatives along a direction, order of summation, and exchangeable slots: facts about the law of one group."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import random
from itertools import product
from math import prod, sin
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
def slots_swapped(row: Any, slot: Any, value: Any) -> LemmaInstance:
    """``sum_j S(j) = sum_i p_i R(i)`` for ``S(j) = sum_i p_i v(j, i)`` and ``R(i) = sum_j v(j, i)``.

    Args:
        row: R, the function of the outcome that names the sum over the slots, applied to the outcome.
        slot: S, the function of the slot that names its mean, applied to the slot.
        value: v, an expression in slot and outcome.

    Raises:
        ValueError: the value holds a sum.
    """
    i, j = sy.i_out, sy.j_mate
    if value.has(sympy.Sum):
        raise ValueError(f"expected a value without sums, got {value}")
    over_i, over_j = (i, 1, sy.n_out), (j, 1, sy.G_group)
    slots = Rel(slot, "=", sympy.Sum(sy.prob_d(i) * value, over_i))
    rows = Rel(row, "=", sympy.Sum(value, over_j))
    return LemmaInstance(
        Rel(sympy.Sum(slot, over_j), "=", sympy.Sum(sy.prob_d(i) * row, over_i)), (slots, rows), (i, j)
    )


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


def _probe_mates(rng: random.Random) -> tuple[float, str, float]:
    p, values, count = [rng.random() for _ in range(3)], [rng.gauss(0, 1) for _ in range(3)], rng.randint(1, 4)
    p = [x / sum(p) for x in p]
    draws = product(range(3), repeat=count)
    total = sum(prod(p[a] for a in draw) * sum(values[a] for a in draw) for draw in draws)
    return total, "=", count * sum(a * b for a, b in zip(p, values, strict=True))


@register_lemma(
    "mates-total",
    "Mean of a sum of draws from one law",
    r"The mates are $G-1$ responses from one law: $\sum_ip_iT_i=(G-1)\sum_\ell p^r_\ell R_\ell$ for their total"
    r" reward.",
    "Billingsley, Probability and Measure (1995), section 21 (linearity of the expectation)",
    _probe_mates,
)
def mean_of_mates() -> LemmaInstance:
    """``E[T] = (G - 1) E[R]`` for the total reward T of the mates."""
    mean = sympy.Sum(sy.p_level(sy.level) * sy.value_of(sy.level), (sy.level, 1, sy.n_levels))
    total = sympy.Sum(sy.prob_d(sy.i_out) * sy.mates_total(sy.i_out), (sy.i_out, 1, sy.n_out))
    return LemmaInstance(Rel(total, "=", (sy.G_group - 1) * mean))


def _probe_slot_level(rng: random.Random) -> tuple[float, str, float]:
    p, values = [rng.random() for _ in range(3)], [rng.gauss(0, 1) for _ in range(3)]
    p, size, own = [x / sum(p) for x in p], rng.choice((2, 3)), rng.randrange(3)
    groups = list(product(range(3), repeat=size))
    slot = rng.randrange(size)

    def mean(at: int) -> float:
        deviation = [(values[z[at]] - sum(values[a] for a in z) / size) ** 3 for z in groups]  # any symmetric advantage
        return sum(prod(p[a] for a in z) * d for z, d in zip(groups, deviation, strict=True) if z[at] == own)

    return mean(slot), "=", p[own] * (mean(0) / p[own])


@register_lemma(
    "slot-of-a-level",
    "Mean advantage of a slot where it has a given reward",
    r"The responses are i.i.d. and an advantage does not depend on their order, so $\mathbb E[1\{r_j=r\}A_j]="
    r"p_r\,\mathbb E[A\mid r]$ for every slot $j$.",
    "Billingsley, Probability and Measure (1995), sections 34 and 35",
    _probe_slot_level,
)
def slot_of_a_level(slot: Any) -> LemmaInstance:
    """``S(j) = p_r A(r)`` for every slot j once ``S(j) = E[1_j A_j]``, a mean over the groups, is among the steps used.

    Args:
        slot: S, a function of the slot, bare.
    """
    i, j = sy.i_out, sy.j_mate
    mean = sympy.Sum(sy.prob_d(i) * (sy.ind_slot(j, i) * sy.adv_slot(j, i)), (i, 1, sy.n_out))
    return LemmaInstance(Rel(slot(j), "=", sy.p_own * sy.adv_own), (Rel(slot(j), "=", mean),), (j,))
