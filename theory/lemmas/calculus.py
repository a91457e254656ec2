"""Named lemmas of calculus and probability; see ``lemmas`` for the conventions."""

from __future__ import annotations

import random
from math import cos, exp, log, sin
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.records import Rel
from ..proof.vectors import Norm
from .registry import LemmaInstance, register_lemma


def _curve(x: float, y: float) -> tuple[float, float]:
    """A smooth map of the plane with |f'| <= 1 and |f''| <= 1 in every direction."""
    return sin(x), cos(y)


def _probe_mean_value(rng: random.Random) -> tuple[float, str, float]:
    (x, y), (a, b) = (rng.gauss(0, 2), rng.gauss(0, 2)), (rng.gauss(0, 2), rng.gauss(0, 2))
    f, g = _curve(x, y), _curve(a, b)
    return ((f[0] - g[0]) ** 2 + (f[1] - g[1]) ** 2) ** 0.5, "<=", ((x - a) ** 2 + (y - b) ** 2) ** 0.5


def _probe_taylor(rng: random.Random) -> tuple[float, str, float]:
    x, y, h, k = (rng.gauss(0, 2) for _ in range(4))
    f, g = _curve(x + h, y + k), _curve(x, y)
    first = (cos(x) * h, -sin(y) * k)
    rest = ((f[0] - g[0] - first[0]) ** 2 + (f[1] - g[1] - first[1]) ** 2) ** 0.5
    return rest, "<=", 0.5 * (h * h + k * k)


def _probe_slope(rng: random.Random) -> tuple[float, str, float]:
    centre, radius, step = rng.gauss(0, 2), rng.uniform(0.1, 1), 1e-6
    x = centre + 0.99 * rng.uniform(-radius, radius)
    largest = max(abs(centre - radius), abs(centre + radius))  # |y^3 - z^3| <= 3 largest^2 |y - z| on the ball alone
    return abs((x + step) ** 3 - x**3) / step, "<=", 3 * largest**2


def _probe_leibniz(rng: random.Random) -> tuple[float, str, float]:
    x, h = rng.uniform(-1, 1), 1e-5
    freq = [rng.uniform(0.5, 2) for _ in range(4)]

    def total(y: float) -> float:
        return sum(exp(c * y) * sin(c * y) for c in freq)

    exact = sum(c * exp(c * x) * sin(c * x) + exp(c * x) * c * cos(c * x) for c in freq)
    return round((total(x + h) - total(x - h)) / (2 * h), 5), "=", round(exact, 5)


def _probe_constant(rng: random.Random) -> tuple[float, str, float]:
    x, h = rng.uniform(-1, 1), 1e-3

    def flat(y: float) -> float:
        return sin(y) ** 2 + cos(y) ** 2 - 1

    return round((flat(x + h) - flat(x - h)) / (2 * h), 9), "=", 0.0


def _probe_chain(rng: random.Random) -> tuple[float, str, float]:
    x, h = rng.uniform(-1, 1), 1e-5

    def both(a: float, b: float) -> float:
        return sin(a) * exp(b)

    exact = cos(x) * exp(x) + sin(x) * exp(x)
    return round((both(x + h, x + h) - both(x - h, x - h)) / (2 * h), 5), "=", round(exact, 5)


def _probe_exp(rng: random.Random) -> tuple[float, str, float]:
    x, y = sorted(rng.gauss(0, 1) for _ in range(2))
    return exp(x), "<=", exp(y)


def _probe_log_ratio(rng: random.Random) -> tuple[float, str, float]:
    a, b = [[rng.gauss(0, 1) for _ in range(5)] for _ in range(2)]
    if rng.random() < 0.5:  # from a token with no chance towards the one that has it all: the bound is nearly reached
        a, shift = [-9.0, 9.0, 0.0, 0.0, 0.0], rng.uniform(0.1, 3)
        b = [a[0] + shift, a[1] - shift, *a[2:]]

    def log_softmax(z: list[float]) -> float:
        return z[0] - log(sum(exp(c) for c in z))

    distance = sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5
    return abs(log_softmax(a) - log_softmax(b)), "<=", 2**0.5 * distance


@register_lemma(
    "mean-value",
    "Mean-value inequality",
    r"If $\lVert\partial f(\xi)[w]\rVert\le\Lambda\lVert w\rVert$ on the segment, then"
    r" $\lVert f(x)-f(y)\rVert\le\Lambda\lVert x-y\rVert$.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorem 9.19",
    _probe_mean_value,
)
def mean_value(x: Any, y: Any) -> LemmaInstance:
    """``|H(theta_t, x) - H(theta_t, y)| <= Lambda |x - y|`` when Lambda bounds the derivative on the segment."""
    now = _ends_of_segment(x, y)
    bound = Rel(Norm(sy.dH(sy.xi, sy.w_dir)), "<=", sy.Lambda_seg * Norm(sy.w_dir))
    statement = Rel(Norm(sy.H_map(now, x) - sy.H_map(now, y)), "<=", sy.Lambda_seg * Norm(x - y))
    return LemmaInstance(statement, (bound,), (sy.xi, sy.w_dir))


@register_lemma(
    "taylor",
    "Taylor's inequality of second order",
    r"If $\lVert\partial^2 f(\xi)[w,w]\rVert\le M\lVert w\rVert^2$ on the segment, then"
    r" $\lVert f(x)-f(y)-\partial f(y)[x-y]\rVert\le\tfrac12M\lVert x-y\rVert^2$.",
    "Cartan, Differential Calculus (1971), Theorem 5.6.2",
    _probe_taylor,
)
def taylor(x: Any, y: Any) -> LemmaInstance:
    """``|H(theta_t, x) - H(theta_t, y) - dH(y)[x - y]| <= M/2 |x - y|^2``."""
    now = _ends_of_segment(x, y)
    bound = Rel(Norm(sy.d2H(sy.xi, sy.w_dir)), "<=", sy.M_curv * Norm(sy.w_dir) ** 2)
    rest = sy.H_map(now, x) - sy.H_map(now, y) - sy.dH(y, x - y)
    return LemmaInstance(Rel(Norm(rest), "<=", sy.M_curv * Norm(x - y) ** 2 / 2), (bound,), (sy.xi, sy.w_dir))


def _ends_of_segment(x: Any, y: Any) -> Any:
    """theta_t, once x and y are the two ends of the segment on which the derivative is bounded.

    Raises:
        ValueError: they are not.
    """
    now, old = sy.theta_at(sy.t_step), sy.phi_at(sy.t_step)
    if {x, y} != {now, old}:
        raise ValueError(f"expected the ends theta_t and phi_t of the segment, got {x} and {y}")
    return now


@register_lemma(
    "lipschitz-derivative",
    "A map that is Lipschitz on an open ball has a bounded derivative there",
    r"If $f$ is $K$-Lipschitz on an open ball, $x$ lies in the ball and $f$ is differentiable at $x$, then"
    r" $\lVert\partial f(x)[w]\rVert\le K\lVert w\rVert$. Here $f=H(\theta_t,\cdot)$ on"
    r" $\{\varphi:(\theta_t,\varphi)\in U\}$, the ball of radius $R_{\mathrm{batch}}$ around $\theta_t$.",
    "definition of the derivative: the difference quotients at small steps are those of two points of the ball",
    _probe_slope,
)
def lipschitz_derivative(x: Any, w: Any) -> LemmaInstance:
    """``|dH(x)[w]| <= K_phi |w|`` at a point x of the ball on which ``H(theta_t, .)`` is Lipschitz.

    Among the steps used: ``|theta_t - theta_0| <= rho_0`` and ``|theta_t - x| < R_batch``, so that x lies in the ball,
    and ``1_U(theta_t, phi) 1_U(theta_t, phi') |H(theta_t, phi) - H(theta_t, phi')| <= K_phi |phi - phi'|``.
    """
    now = sy.theta_at(sy.t_step)
    both = sy.on_U(now, sy.phi) * sy.on_U(now, sy.phi2)
    gap = Norm(sy.H_map(now, sy.phi) - sy.H_map(now, sy.phi2))
    needs = (
        Rel(both * gap, "<=", sy.K_phi * Norm(sy.phi - sy.phi2)),
        Rel(Norm(now - sy.theta_at(sympy.S.Zero)), "<=", sy.rho_0),
        Rel(Norm(now - x), "<", sy.R_batch),
    )
    return LemmaInstance(Rel(Norm(sy.dH(x, w)), "<=", sy.K_phi * Norm(w)), needs, (sy.phi, sy.phi2))


@register_lemma(
    "leibniz",
    "Product rule under a finite sum",
    r"$\partial_w\sum_i p_i\ell_i=\sum_i(\ell_i\,\partial_wp_i+p_i\,\mathrm{d}_w\ell_i)$.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorem 5.3",
    _probe_leibniz,
)
def leibniz(i: Any) -> LemmaInstance:
    """``DJ[w] = sum_i (l_i dp_i + p_i dl_i)`` for ``J = sum_i p_i l_i`` on the diagonal."""
    total = sympy.Sum(sy.ell(i) * sy.dp(i) + sy.prob_d(i) * sy.dell(i), (i, 1, sy.n_out))
    return LemmaInstance(Rel(sy.J_w, "=", total))


@register_lemma(
    "constant-derivative",
    "A constant function has derivative zero",
    r"$J(\theta)=0$ for every $\theta$ implies $\mathrm DJ(\theta)[w]=0$ for every $w$.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorem 5.11",
    _probe_constant,
)
def constant_derivative() -> LemmaInstance:
    """``DJ[w] = 0`` once ``J = 0`` at a generic point is among the steps used."""
    return LemmaInstance(Rel(sy.J_w, "=", 0), (Rel(sy.J_pop, "=", 0),))


@register_lemma(
    "chain-rule",
    "Chain rule on the diagonal",
    r"$\mathrm{d}_w\,\ell(\theta,\theta)=\partial_{1,w}\ell+\partial_{2,w}\ell$.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorem 9.15",
    _probe_chain,
)
def chain_rule(i: Any) -> LemmaInstance:
    """``d l_i = d_1 l_i + d_2 l_i``."""
    return LemmaInstance(Rel(sy.dell(i), "=", sy.dell_theta(i) + sy.dell_phi(i)))


@register_lemma(
    "log-ratio",
    "Mean-value inequality for the log ratio",
    r"If the score of a token has norm at most $\sqrt2$ whatever the probabilities of its row, then"
    r" $\lvert\log\rho\rvert\le\sqrt2\,\lVert\theta-\varphi\rVert$, and"
    r" $\lvert\log\rho_{jk}(\varphi)-\log\rho_{jk}(\varphi')\rvert\le\sqrt2\,\Delta_{jk}$ with the distance of the"
    r" token's rows alone.",
    "mean-value theorem along the segment in the token's logit row, then Cauchy-Schwarz",
    _probe_log_ratio,
)
def log_ratio(*token: Any) -> LemmaInstance:
    """``|log rho| <= sqrt(2) d``; for a token (j, k) ``|log rho(phi) - log rho(phi')| <= sqrt(2) gap`` of its rows.

    The score bound for any probabilities must be among the steps used.
    """
    if token:
        j, k = token
        change, distance = sy.log_rho_at(j, k, sy.phi) - sy.log_rho_at(j, k, sy.phi2), sy.row_gap(j, k)
    else:
        change, distance = sy.log_rho, sy.drift_norm
    known = (Rel(sy.score_sq, "<=", 2),)
    return LemmaInstance(Rel(sympy.Abs(change), "<=", sympy.sqrt(2) * distance), known, (sy.pi_a,))


@register_lemma(
    "exp-increasing",
    "The exponential is increasing",
    r"$x<\log c$ implies $e^x<c$, and $\log c<x$ implies $c<e^x$.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorem 8.6",
    _probe_exp,
)
def exp_increasing(c: Any, below: bool, ratio: Any = sy.rho, log_ratio: Any = sy.log_rho) -> LemmaInstance:
    """``log rho < log c`` gives ``rho < c`` (``below``), ``log rho > log c`` gives ``rho > c``.

    Raises:
        ValueError: the two names are not those of one ratio and its logarithm.
    """
    response = ratio.func == sy.geo_at and log_ratio == sy.log_geo_at(*ratio.args)
    if not response and (ratio, log_ratio) != (sy.rho, sy.log_rho):
        raise ValueError(f"expected a ratio and its logarithm, got {ratio} and {log_ratio}")
    op = "<" if below else ">"
    return LemmaInstance(Rel(ratio, op, c), (Rel(log_ratio, op, sympy.log(c)),))
