"""Named lemmas on the mates of a response: the laws of their rewards and lengths, and means over both."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import random
from itertools import product
from math import exp, prod
from typing import Any

import sympy

from .. import symbols as sy
from ..loss_objects import ADVANTAGE_LENGTH, LENGTH_LAW, LENGTH_MEAN
from ..proof.records import Rel
from .registry import LemmaInstance, register_lemma

_i, _k, _j, _iota = sy.i_mates, sy.k_mates, sy.j_other, sy.iota
_rewards, _lengths, _mates = (_i, 1, sy.N_rewards), (_k, 1, sy.N_lengths), (_j, 1, sy.N_mates)
_STEP, _CLASSES = 1e-5, ((0, 1), (0, 2), (1, 1), (1, 2), (0, 1), (1, 2))  # (reward, length) of six responses


def _law(logits: list[float]) -> list[float]:
    weights = [exp(x) for x in logits]
    return [w / sum(weights) for w in weights]


def _chance(law: list[float], reward: int, size: int | None = None) -> float:
    return sum(p for p, (r, n) in zip(law, _CLASSES, strict=True) if r == reward and size in (None, n))


def _draw(rng: random.Random) -> tuple[list[float], list[float], list[float], list[float]]:
    """Law of the six responses, the law a step along w and against it, and their scores along w."""
    logits, w = ([rng.gauss(0, 1) for _ in _CLASSES] for _ in range(2))
    law, up, down = (_law([x + s * _STEP * c for x, c in zip(logits, w, strict=True)]) for s in (0, 1, -1))
    mean = sum(p * c for p, c in zip(law, w, strict=True))
    return law, up, down, [c - mean for c in w]


def _mean_score(law: list[float], scores: list[float], reward: int, size: int | None = None) -> float:
    kept = [p * s for p, s, (r, n) in zip(law, scores, _CLASSES, strict=True) if r == reward and size in (None, n)]
    return sum(kept) / _chance(law, reward, size)


def _given(law: list[float], rewards: tuple[int, ...], sizes: tuple[int, ...]) -> float:
    """Probability of the mates' lengths given their rewards."""
    return prod(_chance(law, r, n) / _chance(law, r) for r, n in zip(rewards, sizes, strict=True))


def _probe_rewards(rng: random.Random) -> tuple[float, str, float]:
    law, up, down, scores = _draw(rng)
    rewards = rng.choices((0, 1), k=3)
    change = prod(_chance(up, r) for r in rewards) - prod(_chance(down, r) for r in rewards)
    score = sum(_mean_score(law, scores, r) for r in rewards)
    return round(change / (2 * _STEP), 7), "=", round(prod(_chance(law, r) for r in rewards) * score, 7)


def _probe_lengths(rng: random.Random) -> tuple[float, str, float]:
    law, up, down, scores = _draw(rng)
    rewards, sizes = tuple(rng.choices((0, 1), k=3)), tuple(rng.choices((1, 2), k=3))
    change = _given(up, rewards, sizes) - _given(down, rewards, sizes)
    pairs = list(zip(rewards, sizes, strict=True))
    score = sum(_mean_score(law, scores, r, n) - _mean_score(law, scores, r) for r, n in pairs)
    return round(change / (2 * _STEP), 7), "=", round(_given(law, rewards, sizes) * score, 7)


def _probe_total(rng: random.Random) -> tuple[float, str, float]:
    _, up, down, _ = _draw(rng)
    rewards = tuple(rng.choices((0, 1), k=2))
    change = sum(_given(up, rewards, n) - _given(down, rewards, n) for n in product((1, 2), repeat=2))
    return round(change / (2 * _STEP), 7), "=", 0.0


def _probe_product(rng: random.Random) -> tuple[float, str, float]:
    """A mean of A times n over the mates, both inside it, for two mates."""
    law, up, down, _ = _draw(rng)
    pairs = list(product((0, 1), repeat=2))
    a = {i: rng.gauss(0, 1) for i in pairs}
    n = {k: rng.uniform(0.1, 1) for k in product((1, 2), repeat=2)}

    def mean(x: list[float], i: tuple[int, ...]) -> float:
        return sum(_given(x, i, k) * n[k] for k in n)

    def whole(x: list[float]) -> float:
        return sum(prod(_chance(x, r) for r in i) * a[i] * mean(x, i) for i in pairs)

    stated = 0.0
    for i in pairs:
        dg = prod(_chance(up, r) for r in i) - prod(_chance(down, r) for r in i)
        dn = sum((_given(up, i, k) - _given(down, i, k)) * n[k] for k in n)
        stated += a[i] * (dg * mean(law, i) + prod(_chance(law, r) for r in i) * dn)
    return round((whole(up) - whole(down)) / (2 * _STEP), 6), "=", round(stated / (2 * _STEP), 6)


@register_lemma(
    "mates-rewards",
    "Score of the mates' rewards",
    r"The mates are independent, so $\partial_w\log g_i$ is a sum over the mates; and the derivative of the"
    r" log-probability of an event is the mean of the score given the event.",
    "Lehmann and Casella, Theory of Point Estimation (1998), section 2.5; Fisher's identity",
    _probe_rewards,
)
def mates_rewards() -> LemmaInstance:
    """``dg_i = g_i sum_j a_ij``."""
    return LemmaInstance(Rel(sy.dg_mates(_i), "=", sy.g_mates(_i) * sympy.Sum(sy.rew_mate(_i, _j), _mates)))


@register_lemma(
    "mates-lengths",
    "Score of the mates' lengths given their rewards",
    r"The mates are independent, so $\partial_w\log h_{ik}$ is a sum over the mates; each term is the mean score given"
    r" reward and length minus the mean score given the reward.",
    "Lehmann and Casella, Theory of Point Estimation (1998), section 2.5; Fisher's identity",
    _probe_lengths,
)
def mates_lengths() -> LemmaInstance:
    """``dh_ik = h_ik sum_j b_ikj``."""
    total = sympy.Sum(sy.len_mate(_i, _k, _j), _mates)
    return LemmaInstance(Rel(sy.dh_mates(_i, _k), "=", sy.h_mates(_i, _k) * total))


@register_lemma(
    "mates-lengths-total",
    "The law of the lengths stays a law",
    r"$\sum_kh_{ik}=1$ for every behaviour policy, so $\sum_k\partial_wh_{ik}=0$.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorem 5.3",
    _probe_total,
)
def mates_lengths_total() -> LemmaInstance:
    """``sum_k dh_ik = 0``."""
    return LemmaInstance(Rel(sympy.Sum(sy.dh_mates(_i, _k), _lengths), "=", 0), (LENGTH_LAW.at(),))


@register_lemma(
    "leibniz-lengths",
    "Product rule for a mean over the mates' lengths",
    r"The length weight does not move: $\partial_w\sum_kh_{ik}n_{\iota k}=\sum_k\partial_wh_{ik}\,n_{\iota k}$.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorem 5.3",
    _probe_product,
)
def leibniz_lengths() -> LemmaInstance:
    """``d mean_n = sum_k dh_ik n_k``."""
    n = sy.n_real(_iota, _k)
    moved = sympy.Sum(sy.dh_mates(_i, _k) * n, _lengths)
    return LemmaInstance(Rel(sy.dn_mean(_iota, _i), "=", moved), (LENGTH_MEAN.at(),))


@register_lemma(
    "leibniz-mates",
    "Product rule for a mean over the mates' rewards",
    r"The advantage does not move: $\partial_w\sum_ig_iA_{\iota i}\bar n_{\iota i}=\sum_iA_{\iota i}(\bar n_{\iota i}"
    r"\,\partial_wg_i+g_i\,\partial_w\bar n_{\iota i})$.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorem 5.3",
    _probe_product,
)
def leibniz_mates() -> LemmaInstance:
    """``d mean_An = sum_i A_i (n_i dg_i + g_i dn_i)``."""
    a, n = sy.adv_real(_iota, _i), sy.n_mean(_iota, _i)
    moved: Any = a * (n * sy.dg_mates(_i) + sy.g_mates(_i) * sy.dn_mean(_iota, _i))
    return LemmaInstance(Rel(sy.dadv_n(_iota), "=", sympy.Sum(moved, _rewards)), (ADVANTAGE_LENGTH.at(),))
