"""Token-level objectives as the first order of the sequence-level one."""

# pyright: reportUnknownMemberType=false
from __future__ import annotations

import sympy

from ..symbols import dev_sum
from .record import Comparison

LAW = Comparison(
    id="first-order",
    title="Token-level weights as first order of the sequence weight",
    kind="cited",
    source="arXiv 2512.01374 (the observation); the remainder is ours",
    bib="firstorder2025",
    assumptions=("ratios 1 + delta_t of the tokens of one response",),
    statement=r"$\lvert\prod_t(1+\delta_t)-1-\sum_t\delta_t\rvert\le e^{\Sigma_\delta}-1-\Sigma_\delta$,"
    r" $\Sigma_\delta=\sum_t\lvert\delta_t\rvert$.",
    mapping=(("delta_t", "token ratio minus 1"),),
    lag="no lag enters but through the ratios",
    phi_slot=True,
    not_for="the learning rate; long responses, where the sum is not small and the bound says little",
    reading="quantity",
    of="error of the token-level weight",
    sureness="from memory, checked by numbers",
    checked="Drawn ratios stay below it; equal positive deviations approach it as the response grows.",
    bound=sympy.exp(dev_sum) - 1 - dev_sum,
)
