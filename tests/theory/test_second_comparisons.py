"""The numbers of neighbouring laws by other code: bounds typed again in plain Python, and what the laws say, tried."""

import math

import numpy as np
import pytest
from stalelaw.theory.bridge import float64
from stalelaw.theory.comparisons import all_comparisons, get
from stalelaw.theory.comparisons.compare import compare

BOUNDS = {
    "paper-rule": lambda S, T, a, b, **_: min(a / S, b / T),
    "delay-quad": lambda S, L, **_: 2 * math.cos(math.pi * (S - 1) / (2 * S - 1)) / L,
    "lag-independent": lambda A, B, **_: 2 / (A + abs(B)) if abs(B) < A else None,
    "lag-leading": lambda S, A, B, **_: (
        (math.pi - math.acos(A / B)) / (S - 1) / math.sqrt((B - A) * (B + A)) if B > A > 0 else None
    ),
    "sync-dominant": lambda S, A, B, **_: -math.expm1(math.log((B - A) / (B + A)) / S) / A if B > A > 0 else None,
    "sync-fresh": lambda S, A, B, **_: (
        (2 if S % 2 == 0 else 1 + ((A - B) / (A + B)) ** (1 / S)) / A if abs(B) < A else None
    ),
    "sync-stale": lambda S, A, B, **_: 2 / (S * B) if A == 0 else None,
    "stich20": lambda S, L, M, **_: 0.1 / (L * (S - 1 + M)),
    "delay-gd-convex": lambda S, L, **_: (0.25 if S == 2 else 0.3 / (S - 1)) / L,
    "delay-gd-pl": lambda S, L, **_: 0.9 / (L * (S - 1)),
    "arjevani18": lambda S, L, **_: 0.05 / (L * S),
    "lian15": lambda S, L, **_: 2 / (L * (1 + math.sqrt(1 + 8 * (S - 1) ** 2))),
    "kolos22-const": lambda S, L, tau_c, **_: 0.25 / (L * math.sqrt(tau_c * (S - 1))),
    "kolos22-adapt": lambda S, L, tau_c, **_: 0.25 / L if tau_c >= S - 1 else 0.25 / (L * (S - 1)),
    "rgd": lambda beta, gamma, eps, **_: (
        min(2 / (beta + gamma), (gamma - eps * (beta + gamma)) / (1.5 * eps * beta * (beta + gamma)))
        if eps * (beta + gamma) < gamma
        else None
    ),
}
"""Each limit on the learning rate, by other forms of the same functions where there are any."""


def drawn(seed):
    """Numbers of a user, each in the words of ``BOUNDS`` and in those of ``compare``."""
    g = np.random.default_rng(seed)
    S = int(g.integers(2, 40))
    T, L, a, b, M, tau_c, beta = (float(10 ** g.uniform(-2, 2)) for _ in range(7))
    A = 0.0 if seed % 4 == 0 else float(g.uniform(0.1, 3))
    B = float(g.uniform(0.1, 3)) if seed % 4 < 2 else A * float(g.uniform(-0.99, 1.6))
    gamma, eps = beta * float(g.uniform(0.05, 1)), float(g.uniform(0.01, 0.4))
    plain = {"S": S, "T": T, "L": L, "a": a, "b": b, "M": M, "tau_c": tau_c, "A": A, "B": B}
    names = {"a": a, "b": b, "M_noise": M, "n_flight": tau_c, "A_fresh": A, "B_stale": B}
    names |= {"beta_joint": beta, "gamma_convex": gamma, "eps_shift": eps}
    numbers = {"staleness": S, "horizon": T, "smoothness": L, "given": names}
    return plain | {"beta": beta, "gamma": gamma, "eps": eps}, numbers


def disagreements(seeds, change=lambda value: value):
    """Laws of which some limit differs from the one typed here, by more than rounding."""
    wrong = set()
    for seed in seeds:
        plain, numbers = drawn(seed)
        for row in compare(rate=1e-3, **numbers):
            if row.law.id not in BOUNDS:
                continue
            mine = BOUNDS[row.law.id](**plain)
            theirs = None if row.limit is None else change(row.limit)
            if mine is None or theirs is None:
                wrong |= {row.law.id} if mine is not theirs else set()
            elif not math.isclose(mine, theirs, rel_tol=1e-11):
                wrong.add(row.law.id)
    return wrong


def test_every_limit_on_the_learning_rate_typed_again():
    assert set(BOUNDS) == {law.id for law in all_comparisons() if law.bound is not None and law.of == "learning rate"}
    assert disagreements(range(40)) == set()


def test_that_comparison_fails_on_a_wrong_formula(monkeypatch):
    assert disagreements(range(8), lambda value: value * (1 + 1e-9)) == set(BOUNDS)
    for name, wrong in (("stich20", lambda S, L, M, **_: 0.1 / (L * (S + M))), ("rgd", lambda **_: None)):
        monkeypatch.setitem(BOUNDS, name, wrong)
        assert name in disagreements(range(8))


def value(id, **given):
    return float(float64(get(id).bound)(**given))


@pytest.mark.parametrize("seed", range(6))
def test_chi_square_is_bounded_by_the_second_moment(seed):
    g = np.random.default_rng(seed)
    cap = float(g.uniform(1.05, 6))
    mu = g.dirichlet(np.ones(7))
    log_ratio = g.uniform(-1, 1, 7) * math.log(cap)
    ratio = np.exp(log_ratio) / (mu @ np.exp(log_ratio))
    cap = max(cap, float(ratio.max()), float(1 / ratio.min()))  # after normalisation
    chi, m2 = mu @ (ratio - 1) ** 2, mu @ np.log(ratio) ** 2
    sharp = ((cap - 1) / math.log(cap)) ** 2 * m2
    assert chi <= sharp <= value("m2po", ratio_cap=cap, log_m2=m2)
    assert chi > 0


def test_the_sharper_constant_of_the_chi_square_bound_is_approached():
    """One outcome with ratio R and probability p, the rest at (1 - pR)/(1 - p): tight as p falls."""
    R, p = 3.0, 1e-4
    rest = (1 - p * R) / (1 - p)
    chi = p * (R - 1) ** 2 + (1 - p) * (rest - 1) ** 2
    m2 = p * math.log(R) ** 2 + (1 - p) * math.log(rest) ** 2
    constant = ((R - 1) / math.log(R)) ** 2
    assert 0.999 < chi / (constant * m2) < 1
    assert constant < R**2


def test_the_remainder_of_the_token_level_weight():
    g = np.random.default_rng(0)
    for n in (1, 3, 30):
        delta = g.uniform(-0.9, 0.9, (200, n)) * g.uniform(0, 1, (200, 1))
        exact = np.abs(np.prod(1 + delta, axis=1) - 1 - delta.sum(axis=1))
        bound = [value("first-order", dev_sum=float(x)) for x in np.abs(delta).sum(axis=1)]
        assert np.all(exact <= np.array(bound) * (1 + 1e-12) + 1e-15)
    n, total = 10_000, 1.0
    assert ((1 + total / n) ** n - 1 - total) / value("first-order", dev_sum=total) > 0.999


def test_the_effective_sample_size_of_a_log_normal_weight():
    s, n = 0.07, 100.0
    x, w = np.polynomial.hermite_e.hermegauss(60)
    w /= w.sum()
    weight = np.exp(s * math.sqrt(n) * x)
    assert value("ess-tokens", log_sd=s, n_seq=n) == pytest.approx((w @ weight) ** 2 / (w @ weight**2), rel=1e-10)


def v_trace(seed, n):
    """Sup-norm modulus of the n-step V-trace operator of a drawn MDP, and the bound's two constants."""
    g = np.random.default_rng(seed)
    states, actions, gamma, c_bar, rho_bar = 4, 3, 0.9, 1.0, 1.0 + seed % 2
    mu, pi = g.dirichlet(np.ones(actions), states), g.dirichlet(np.ones(actions), states)
    step = g.dirichlet(np.ones(states), (states, actions))  # step[x, a, y]
    rho, c = np.minimum(rho_bar, pi / mu), np.minimum(c_bar, pi / mu)
    drift = gamma * np.einsum("xa,xay->xy", mu * rho, step) - np.diag((mu * rho).sum(axis=1))
    trace = gamma * np.einsum("xa,xay->xy", mu * c, step)
    operator, weight = np.eye(states), np.eye(states)
    for _ in range(n):  # R V = V + sum over t of the traced temporal differences, here its linear part
        operator = operator + weight @ drift
        weight = weight @ trace
    return float(np.abs(operator).sum(axis=1).max()), gamma, float((mu * rho).sum(axis=1).min())


@pytest.mark.parametrize("seed", range(4))
def test_v_trace_contracts(seed):
    for n in (1, 2, 50):
        modulus, gamma, low = v_trace(seed, n)
        bound = value("vtrace", discount=gamma, rho_low=low)
        assert modulus <= bound + 1e-12
        assert n > 1 or modulus == pytest.approx(bound, rel=1e-12)


def test_admission_keeps_the_age_at_most_its_bound():
    """Responses begin whenever the rule allows, each learner step takes the oldest B; a response's age is that of its
    parameters."""
    (rule,) = get("areal").requires
    count = float64(rule.lhs)
    batch, cap, waiting, made, oldest = 3, 4, [], 0, 0
    for version in range(50):
        while count(n_made=made + 1, n_used=batch) <= version + cap:
            made += 1
            waiting.append(version)
        used, waiting = waiting[:batch], waiting[batch:]
        oldest = max(oldest, *(version - begun for begun in used))
    assert oldest == cap


def test_repeated_risk_minimisation_is_the_limit_of_long_cycles():
    """Learner steps to convergence, then a new deployment: stable exactly for epsilon < gamma/beta."""
    for ratio in (0.5, 0.99, 1.01):
        x = frozen = 1.0
        for _ in range(200):
            x -= 0.3 * (x + ratio * frozen)
        assert (abs(x) < 1) == (ratio < 1)


def test_batch_and_learning_rate_divide_together():
    """Stationary variance of noisy descent on a quadratic: the SGD rule keeps it to first order in eta."""

    def variance(rate, batch, a=0.8, noise=1.3):
        found = 0.0
        for _ in range(int(40 / rate)):
            found = (1 - rate * a) ** 2 * found + (rate * noise) ** 2 / batch
        return found

    gaps = [abs(variance(rate / 4, 16 / 4) / variance(rate, 16) - 1) for rate in (1e-2, 1e-3)]
    assert gaps[1] < gaps[0] / 9 < 1e-2
    assert abs(variance(1e-3 / 4, 16) / variance(1e-3, 16) - 1) > 0.5  # without the batch it does not
