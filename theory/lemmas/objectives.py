"""Derivatives of sums that do not change, and of a field made of gradients."""

from __future__ import annotations

import random
from math import exp
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.records import Rel
from ..symbols import INDICES
from .registry import LemmaInstance, register_lemma


def _softmax(z: list[float]) -> list[float]:
    weights = [exp(c) for c in z]
    return [w / sum(weights) for w in weights]


def _probe_constant_sum(rng: random.Random) -> tuple[float, str, float]:
    n, step = rng.randint(2, 5), 1e-5
    z, w, r = ([rng.gauss(0, 1) for _ in range(n)] for _ in range(3))

    def terms(s: float) -> list[float]:
        p = _softmax([a + s * b for a, b in zip(z, w, strict=True)])
        mean = sum(a * b for a, b in zip(p, r, strict=True))
        return [a * (b - mean) for a, b in zip(p, r, strict=True)]

    slopes = [(a - b) / (2 * step) for a, b in zip(terms(step), terms(-step), strict=True)]
    return round(sum(slopes), 6), "=", 0.0


def _probe_field(rng: random.Random) -> tuple[float, str, float]:
    a, b, c, d = (rng.uniform(0.5, 1.5) for _ in range(4))
    x, y, step = rng.uniform(-1, 1), rng.uniform(-1, 1), 1e-5

    def component(s: float) -> float:  # second component of c grad p with p = exp(ax + by), c = exp(cx + dy)
        return exp(c * s + d * y) * b * exp(a * s + b * y)

    value = exp(c * x + d * y) * exp(a * x + b * y)
    return round((component(x + step) - component(x - step)) / (2 * step) / value, 5), "=", round(c * b + a * b, 5)


def _probe_written_out(rng: random.Random) -> tuple[float, str, float]:
    f = {k: rng.gauss(0, 1) for k in range(1, 4)}
    return sum(f[k] for k in range(1, 4)), "=", f[1] + f[2] + f[3]


@register_lemma(
    "constant-sum",
    "The derivatives of terms with a constant sum add up to zero",
    r"If $\sum_if_i$ is the same at every $\theta$, then $\sum_i\partial_wf_i=0$.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorems 5.3 and 5.11",
    _probe_constant_sum,
)
def constant_sum(terms: str, index: Any, high: Any) -> LemmaInstance:
    """``sum df_i = 0`` from ``sum f_i`` being constant.

    Args:
        terms: ``laws`` for ``p_i`` along w, ``v`` and ``w`` for ``p_i`` in the field of gradients, all from
            ``sum p_i = 1``; ``advantages`` for ``pi_i A_i`` from ``sum pi_i A_i = 0``.
        index: index of the sum.
        high: its last value.

    Raises:
        ValueError: another word, or no index.
    """
    i, over = index, (index, 1, high)
    product = sy.adv_of(i) * sy.dpi_of(i) + sy.pi_of(i) * sy.dadv_of(i)
    laws = (sy.prob_d(i), sympy.S.One)
    known = {
        "laws": (*laws, sy.dp(i)),
        "v": (*laws, sy.dprob_v(i)),
        "w": (*laws, sy.dprob_w(i)),
        "advantages": (sy.pi_of(i) * sy.adv_of(i), sympy.S.Zero, product),
    }
    if terms not in known or index not in INDICES:
        raise ValueError(f"expected one of {sorted(known)} and an index, got {terms!r} and {index}")
    term, value, slope = known[terms]
    return LemmaInstance(Rel(sympy.Sum(slope, over), "=", 0), (Rel(sympy.Sum(term, over), "=", value),))


@register_lemma(
    "field-derivative",
    "Derivative of a sum of weighted gradients",
    r"$\partial_v\langle\sum_ic_i\nabla p_i,w\rangle=\sum_i(\partial_vc_i\,\partial_wp_i"
    r"+c_i\,\partial_v\partial_wp_i)$,"
    r" and $\partial_v\partial_wp_i=\partial_w\partial_vp_i$.",
    "product rule; Rudin, Principles of Mathematical Analysis (1976), Theorems 5.3 and 9.41",
    _probe_field,
)
def field_derivative(index: Any, high: Any, first: str) -> LemmaInstance:
    """The derivative along v of the component along w (``first="v"``), or the other way round (``"w"``).

    Raises:
        ValueError: no index, or first is neither.
    """
    if index not in INDICES or first not in ("v", "w"):
        raise ValueError(f"expected an index and v or w, got {index} and {first!r}")
    second = sy.coef(index) * sy.d2prob(index)
    if first == "v":
        term, lhs = sy.dcoef_v(index) * sy.dprob_w(index) + second, sy.Dh_vw
    else:
        term, lhs = sy.dcoef_w(index) * sy.dprob_v(index) + second, sy.Dh_wv
    return LemmaInstance(Rel(lhs, "=", sympy.Sum(term, (index, 1, high))))


@register_lemma(
    "written-out",
    "A sum of three terms",
    r"$\sum_{k=1}^{3}f_k=f_1+f_2+f_3$.",
    "meaning of a sum",
    _probe_written_out,
)
def written_out(term: Any, index: Any) -> LemmaInstance:
    """``Sum(f(k), (k, 1, 3)) = f(1) + f(2) + f(3)``.

    Raises:
        ValueError: no index, or f holds a sum.
    """
    if index not in INDICES or term.has(sympy.Sum):
        raise ValueError(f"expected a term without sums in an index, got {term} and {index}")
    total = sympy.Sum(term, (index, 1, 3))
    return LemmaInstance(Rel(total, "=", term.subs(index, 1) + term.subs(index, 2) + term.subs(index, 3)))
