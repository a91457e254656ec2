"""Known answers of solvable dynamics a second time, by code that shares nothing with the derivation (rung 6).

mpmath at 30 digits: polynomial roots, iterated recursions, solved covariance equations, quadrature. Every comparison
is shown to fail on a formula that is slightly wrong.
"""

from __future__ import annotations

from itertools import pairwise, product
from pathlib import Path

import mpmath
import pytest
from mpmath import mpf
from stalelaw.theory.known_answers import KNOWN_ANSWERS, known_answer

mpmath.mp.dps = 30
RELATIVE = mpf("1e-13")  # the known answers are float64


def close(found, expected, scale=1):
    return abs(mpf(float(found)) - expected) <= RELATIVE * max(abs(expected), scale)


def wrong(found):
    """The same number, a billionth off."""
    return float(found) * (1 + 1e-9) + 1e-9


def both(found, expected, scale=1):
    """The known answer agrees with the second value, and a slightly wrong one would not."""
    return close(found, expected, scale) and not close(wrong(found), expected, scale)


def radius(fresh, stale, lag):
    """Largest modulus of a root of ``z^(lag+1) - (1 - fresh) z^lag + stale``, by mpmath."""
    coefficients = [mpf(0)] * (lag + 2)
    coefficients[0] += 1
    coefficients[1] -= 1 - fresh
    coefficients[lag + 1] += stale
    return max(abs(r) for r in mpmath.polyroots(coefficients, maxsteps=2000, extraprec=400))


def edge(fresh, stale, lag, low, high):
    """The gain in (low, high) at which the radius crosses 1, by bisection; feedback ``gain * (fresh, stale)``."""
    low, high = mpf(low), mpf(high)
    for _ in range(52):
        middle = (low + high) / 2
        low, high = (middle, high) if radius(fresh * middle, stale * middle, lag) < 1 else (low, middle)
    return (low + high) / 2


def cycle(fresh, stale, steps):
    x = start = mpf(1)
    for _ in range(steps):
        x = x - fresh * x - stale * start
    return x


@pytest.mark.parametrize("lag", [0, 1, 2, 3, 5])
def test_pure_delay(lag):
    assert both(known_answer("pure-delay-edge")(s_const=lag), edge(0, 1, lag, "0.01", "3"))


@pytest.mark.parametrize("lag", [2, 4])
def test_constant_lag_with_a_dominant_fresh_part(lag):
    assert both(known_answer("fresh-lag-bound")(beta_fb=0.5), edge(1, mpf("0.5"), lag, "0.01", "3"))
    assert edge(1, mpf("0.5"), lag + 1, "0.01", "3") > mpf(4) / 3  # at odd lags the edge lies higher
    against = known_answer("fresh-lag-bound")(beta_fb=-0.5)
    assert both(against, edge(1, mpf("-0.5"), lag + 1, "0.01", "3"))  # and for negative beta at even ones


@pytest.mark.parametrize(("lag", "angle"), [(1, 1.2), (2, 0.9), (5, 0.45)])
def test_the_curve_of_the_edge(lag, angle):
    fresh = mpf(float(known_answer("lag-curve-fresh")(s_pos=lag, fb_omega=angle)))
    stale = mpf(float(known_answer("lag-curve-stale")(s_pos=lag, fb_omega=angle)))
    assert both(known_answer("lag-curve-ratio")(s_pos=lag, fb_omega=angle), stale / fresh)
    assert abs(radius(fresh, stale, lag) - 1) < RELATIVE * 10
    assert abs(radius(fresh, stale * mpf("1.000001"), lag) - 1) > mpf("1e-9")
    assert radius(fresh, stale * mpf("0.99"), lag) < 1 < radius(fresh, stale * mpf("1.01"), lag)


def test_the_constant_of_the_lag_law():
    """From the curve at large lags, with Richardson's extrapolation in 1/s."""

    def at(lag, beta):
        def gap(w):
            fresh = 1 - mpmath.sin((lag + 1) * w) / mpmath.sin(lag * w)
            return mpmath.sin(w) / mpmath.sin(lag * w) - beta * fresh

        w = mpmath.findroot(gap, mpmath.acos(-1 / mpf(beta)) / (lag + mpf("0.5")))
        return lag * (1 - mpmath.sin((lag + 1) * w) / mpmath.sin(lag * w))

    for beta in (1.5, 2.0, 5.0):
        values = [at(2**k, beta) for k in range(6, 13)]
        for order in range(1, 7):
            values = [(2**order * b - a) / (2**order - 1) for a, b in pairwise(values)]
        found = known_answer("lag-constant")(fb_excess=beta - 1)
        assert abs(mpf(float(found)) - values[0]) < mpf("1e-10")
        assert abs(mpf(wrong(found)) - values[0]) > mpf("1e-10")


@pytest.mark.parametrize("steps", [1, 2, 5, 32])
def test_periodic_sync(steps):
    for beta, keep in ((1.5, 0.75), (4.0, 0.25)):
        answer = known_answer("sync-multiplier")(S_int=steps, cyc_r=keep, fb_excess=beta - 1)
        assert both(answer, cycle(mpf(1 - keep), mpf((1 - keep) * beta), steps))
        gain = mpmath.findroot(lambda a, b=beta: cycle(a, b * a, steps) + 1, (mpf("1e-6"), mpf(1)), solver="anderson")
        assert both(known_answer("sync-edge")(S_int=steps, fb_excess=beta - 1), gain)
        limit = mpf(float(known_answer("sync-constant")(fb_excess=beta - 1)))
        assert limit - limit**2 / (2 * steps) - mpf("1e-12") <= steps * gain <= limit + mpf("1e-12")


@pytest.mark.parametrize("steps", [1, 3, 9])
def test_odd_cycles(steps):
    for beta in (-0.5, 0.25, 0.75):
        found = known_answer("sync-odd-edge")(S_int=steps, fb_ratio_odd=(1 - beta) / (1 + beta))
        gain = mpmath.findroot(lambda a, b=beta: cycle(a, b * a, steps) + 1, mpf(float(found)) + mpf("1e-3"))
        assert both(found, gain)


def test_even_cycles_and_their_second_window():
    for beta, steps in ((0.5, 2), (-0.5, 4)):
        assert (
            abs(cycle(mpf("1.999"), beta * mpf("1.999"), steps))
            < 1
            < abs(cycle(mpf("2.001"), beta * mpf("2.001"), steps))
        )
    for beta, steps in ((2.0, 2), (3.0, 6)):
        first = mpf(float(known_answer("sync-edge")(S_int=steps, fb_excess=beta - 1)))
        inside = [
            abs(cycle(a, beta * a, steps)) < 1 for a in (first - mpf("1e-6"), 2 - first + mpf("1e-6"), mpf("1.999999"))
        ]
        outside = [abs(cycle(a, beta * a, steps)) > 1 for a in (first + mpf("1e-6"), mpf(1), 2 - first - mpf("1e-6"))]
        assert inside == outside == [True] * 3
        opens = mpmath.findroot(
            lambda a, b=beta, n=steps: cycle(a, b * a, n) + 1, (mpf("1.2"), mpf("1.999")), solver="anderson"
        )
        assert both(known_answer("sync-window")(S_int=steps, fb_excess=beta - 1), opens)


def test_no_cycle_is_too_long_up_to_beta_one():
    for beta in ("-0.99", "-0.5", "0", "0.5", "1"):
        for gain in ("0.01", "0.5", "0.99"):
            found = [cycle(mpf(gain), mpf(beta) * mpf(gain), steps) for steps in (1, 2, 12)]
            assert all(abs(m) < 1 for m in found)
        assert abs(cycle(mpf("0.01"), mpf(beta) * mpf("0.01"), 300)) < 1
    for excess, gain in ((0.5, 0.125), (4.0, 0.0625)):
        longest = float(known_answer("sync-longest")(cyc_r=1 - gain, fb_excess=excess))
        stale = mpf(gain) * (1 + mpf(excess))
        assert cycle(mpf(gain), stale, int(longest) + 1) < -1
        ratio = (2 + mpf(excess)) / mpf(excess)
        assert both(longest, mpmath.log(ratio) / mpf(gain))


def test_cycles_without_a_fresh_part():
    assert both(known_answer("stale-only-multiplier")(S_int=7, gain_stale=0.25), cycle(0, mpf("0.25"), 7))
    assert both(known_answer("stale-only-edge")(S_int=7), mpf(2) / 7)
    assert both(known_answer("norm-ratio-multiplier")(slow_keep=0.981), cycle(mpf("0.019"), mpf("0.095"), 32))


def cosine(gain, lag):
    """From the Yule-Walker equations, solved at 30 digits; unit noise."""
    gain, n = mpf(gain), lag + 1
    system, right = mpmath.zeros(n, n), mpmath.zeros(n, 1)
    for j in range(lag):  # C_{j+1} - C_j + gain C_{lag-j} = 0
        system[j, j + 1] += 1
        system[j, j] -= 1
        system[j, lag - j] += gain
    system[lag, lag] += 2
    system[lag, 0] -= gain
    right[lag] = gain
    c = mpmath.lu_solve(system, right)
    following = c[1] if lag else (1 - gain) * c[0] - gain
    return following / (c[0] + 1)


def test_the_cosine_of_successive_updates():
    for lag, gain in ((0, 0.5), (1, 0.75), (2, 0.5), (3, 0.375)):
        assert both(known_answer(f"update-cosine-{lag}")(fb_gain=gain), cosine(gain, lag))
    for lag in (1, 2, 3, 6, 12):
        angle = 0.7 * float(mpmath.pi) / (2 * lag + 1)
        gain = 2 * mpmath.sin(mpf(angle) / 2)
        assert both(known_answer("update-gain")(fb_omega=angle), gain)
        assert both(known_answer("update-cosine")(s_pos=lag, fb_omega=angle), cosine(gain, lag))
        near = cosine(2 * mpmath.sin(mpmath.pi / (2 * (2 * lag + 1))) * (1 - mpf("1e-20")), lag)
        assert both(known_answer("update-cosine-edge")(s_pos=lag), near)


@pytest.mark.parametrize("steps", [1, 2, 3, 40])
def test_the_drift_of_correlated_updates(steps):
    """The double sum over the Gram matrix itself; at equal lag-1 cosine the two drifts part."""
    c, square = mpf("0.125"), mpf(9)
    ar = square * sum(c ** abs(i - j) for i in range(steps) for j in range(steps))
    mean = square * sum(1 if i == j else c for i in range(steps) for j in range(steps))
    at = {"t": steps, "corr": float(c), "G_upd": 3.0}
    assert both(known_answer("ar-drift")(**at), ar)
    assert both(known_answer("mean-drift")(**at), mean)
    share = mpf("0.25")  # of the mean, with AR(1) around it
    gram = square * sum(share + (1 - share) * c ** abs(i - j) for i in range(steps) for j in range(steps))
    assert both(known_answer("both-drift")(**at, mean_share=0.25), gram)
    assert both(known_answer("both-drift")(**at, mean_share=0.0), ar)
    assert (mean - ar > mpf("0.1")) == (steps >= 3)


def expect(f, centre, sd):
    """Mean under a normal law, by quadrature."""

    def integrand(z):
        return f(z) * mpmath.exp(-((z - centre) ** 2) / (2 * sd**2)) / (sd * mpmath.sqrt(2 * mpmath.pi))

    return mpmath.quad(integrand, mpmath.linspace(centre - 14 * sd, centre + 14 * sd, 15))


def test_the_gaussian_policy():
    theta, phi, mu, sd = mpf("0.5"), mpf("1.25"), mpf("-0.75"), mpf("1.5")

    def reward(z):
        return -((z - mu) ** 2)

    def score(z):
        return (z - theta) / sd**2

    base = expect(reward, phi, sd)
    at = {"loc_t": float(theta), "loc_p": float(phi), "loc_mu": float(mu)}
    plain = expect(lambda z: reward(z) * score(z), phi, sd)
    assert both(known_answer("gaussian-plain")(**at, loc_sd=float(sd)), plain)
    centred = expect(lambda z: (reward(z) - base) * score(z), phi, sd)
    assert both(known_answer("gaussian-baseline")(loc_p=float(phi), loc_mu=float(mu)), centred)
    weighted = expect(lambda z: (reward(z) - base) * score(z), theta, sd)
    assert both(known_answer("gaussian-ratio")(loc_t=float(theta), loc_mu=float(mu)), weighted)
    constant = mpmath.log(2 * mpmath.pi * sd**2) / 2

    def objective(t, centred):
        off = expect(reward, t, sd) if centred else 0
        return expect(lambda z: (reward(z) - off) * (-((z - t) ** 2) / (2 * sd**2) - constant), t, sd)

    h = mpf("1e-8")
    slope = (objective(theta + h, False) - objective(theta - h, False)) / (2 * h)
    found = known_answer("gaussian-total")(loc_t=float(theta), loc_mu=float(mu), log_norm=float(constant))
    assert abs(mpf(float(found)) - slope) < mpf("1e-12")
    assert abs(mpf(wrong(found)) - slope) > mpf("1e-12")
    assert abs(float(found) - float(theta - mu)) > 1  # not theta - mu, which leaves the density's constant out
    assert abs(objective(theta, True) - sd**2) < mpf("1e-20")


def test_the_log_form_points_along_the_gradient_for_a_narrow_policy():
    """1 + log(2 pi sigma^2) changes sign at sigma = 1/sqrt(2 pi e)."""
    narrow = float(mpmath.log(2 * mpmath.pi * mpf("0.2") ** 2) / 2)
    total = known_answer("gaussian-total")(loc_t=1.0, loc_mu=0.0, log_norm=narrow)
    assert float(total) < 0
    assert float(known_answer("gaussian-ratio")(loc_t=1.0, loc_mu=0.0)) < 0


def test_the_two_arm_bandit():
    theta, phi = mpf("0.75"), mpf("-1.5")

    def p(x):
        return 1 / (1 + mpmath.exp(-x))

    def surrogate(x, y):
        mean = p(y)
        std = mpmath.sqrt(mean * (1 - mean))
        return p(x) * (1 - mean) / std + (1 - p(x)) * (0 - mean) / std

    def gradient(x, y):
        return mpmath.diff(lambda t: surrogate(t, y), x)

    at = {"logit_t": float(theta), "logit_p": float(phi)}
    assert both(known_answer("bandit-gradient")(**at), gradient(theta, phi))
    assert both(known_answer("bandit-bias")(**at), gradient(theta, phi) - gradient(theta, theta))
    mixed = mpmath.diff(surrogate, (theta, phi), (1, 1))
    assert abs(mpf(float(known_answer("bandit-mixed")(**at))) - mixed) < mpf("1e-9")
    q, slope = p(phi), p(phi) * (1 - p(phi)) * p(theta) * (1 - p(theta))
    named = -(1 - 2 * q) / (2 * (q * (1 - q)) ** mpf("1.5")) * slope
    assert both(known_answer("bandit-mixed")(**at), named)


@pytest.mark.parametrize("size", [2, 3, 5])
def test_the_bandit_with_groups(size):
    """The mean over all groups of mates, one by one; small groups have no bias at all."""
    theta, phi = mpf("0.75"), mpf("-1.5")

    def p(x):
        return 1 / (1 + mpmath.exp(-x))

    def mean_advantage(reward, chance):
        total = mpf(0)
        for mates in product((0, 1), repeat=size - 1):
            law = mpf(1)
            for mate in mates:
                law *= chance if mate else 1 - chance
            mean = mpf(sum(mates) + reward) / size
            std = mpmath.sqrt(mean * (1 - mean))
            total += law * ((reward - mean) / std if std else 0)
        return total

    def gradient(x, y):
        return (mean_advantage(1, p(y)) - mean_advantage(0, p(y))) * p(x) * (1 - p(x))

    at = {"logit_t": float(theta), "logit_p": float(phi), "G": size}
    assert both(known_answer("bandit-group-gradient")(**at), gradient(theta, phi))
    assert both(known_answer("bandit-group-bias")(**at), gradient(theta, phi) - gradient(theta, theta))
    if size >= 3:
        mixed = mpmath.diff(lambda y: gradient(theta, y), phi)
        assert abs(mpf(float(known_answer("bandit-group-mixed")(**at))) - mixed) < mpf("1e-13")
    if size <= 3:
        assert abs(gradient(theta, phi) - gradient(theta, theta)) < mpf("1e-25")


def test_the_sensitivity_of_the_location_family():
    """By quadrature of half the absolute difference of the two densities, cut where they cross."""
    eps, sd = mpf("-0.75"), mpf("1.5")
    constant = mpf(float(known_answer("location-sensitivity")(loc_eps=float(eps), loc_sd=float(sd))))

    def variation(gap):
        shift = abs(eps) * gap

        def density(z):
            return mpmath.npdf(z, 0, sd) - mpmath.npdf(z, shift, sd)

        return mpmath.quad(density, [-12 * sd, -3 * sd, shift / 2])

    for gap in (mpf("0.01"), mpf(1), mpf(6)):
        assert variation(gap) <= constant * gap
    assert variation(mpf("1e-6")) > constant * mpf("1e-6") * (1 - mpf("1e-9"))  # the least constant


def test_the_location_family():
    base, eps = mpf("1.5"), mpf("0.25")

    def mean_loss(t, p, squared=False):
        outcomes = [base + eps * p + shift for shift in (-2, 2)]
        return sum(-((z - t) ** 2) / 2 if squared else z * t - t**2 / 2 for z in outcomes) / 2

    at = {"loc_base": float(base), "loc_eps": float(eps)}
    stable = mpmath.findroot(lambda x: mpmath.diff(lambda t: mean_loss(t, x), x), mpf(1))
    optimal = mpmath.findroot(lambda x: mpmath.diff(lambda t: mean_loss(t, t), x), mpf(1))
    assert both(known_answer("location-stable")(**at), stable)
    assert both(known_answer("location-optimal")(**at), optimal)
    squared = mpmath.findroot(lambda x: mpmath.diff(lambda t: mean_loss(t, t, True), x), mpf(1))
    assert abs(squared - stable) < mpf("1e-20")  # the squared loss cannot tell the two points apart
    point = {"loc_t": 0.5, "loc_p": 2.0}
    slope = mpmath.diff(lambda t: mean_loss(t, mpf(2)), mpf("0.5"))
    assert both(known_answer("location-gradient")(**at, **point), slope)
    assert both(known_answer("location-total")(**at, loc_t=0.5), mpmath.diff(lambda t: mean_loss(t, t), mpf("0.5")))


def test_every_known_answer_has_a_second_check():
    here, drift = (Path(__file__).with_name(f"test_second_{area}.py").read_text() for area in ("dynamics", "stability"))

    def checked(answer):
        formula = f'formula("{answer.claim}", "{answer.formula}"' if answer.formula else f'formula("{answer.claim}", '
        looped = answer.claim == "drift-gram"  # both names in one loop
        return f'"{answer.name}"' in here or formula in drift or (looped and 'formula("drift-gram", name' in drift)

    named = {f"update-cosine-{s}" for s in range(4)}
    assert {name for name, answer in KNOWN_ANSWERS.items() if not checked(answer)} == named
    with pytest.raises(KeyError, match="pure-delay-edge"):
        known_answer("no such")
    with pytest.raises(TypeError, match="s_const"):
        known_answer("pure-delay-edge")(lag=1)
