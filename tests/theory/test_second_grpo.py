"""Group-relative advantages a second time: enumeration and 30-digit sums that share no code with the derivations."""

from fractions import Fraction
from itertools import product
from math import comb

import mpmath
import pytest
from stalelaw.theory.bridge import float64
from stalelaw.theory.claims import get

mpmath.mp.dps = 30
SIZES = (2, 3, 4, 5, 8)
CHANCES = (Fraction(1, 2), Fraction(1, 10), Fraction(19, 20))


def formula(claim, name=""):
    record = get(claim)
    return float64(record.formulas[name] if name else record.formula)


def at(claim, name="", /, **values):
    f, record = formula(claim, name), get(claim)
    expression = record.formulas[name] if name else record.formula
    needed = {str(s) for s in expression.free_symbols}
    return float(f(**{key: float(value) for key, value in values.items() if key in needed}))


def standardised(rewards, ddof):
    """Advantages of one group, from the definition, at 30 digits."""
    n = len(rewards)
    mean = mpmath.mpf(sum(rewards)) / n
    spread = mpmath.sqrt(sum((r - mean) ** 2 for r in rewards) / (n - ddof))
    return [(r - mean) / spread if spread else mpmath.mpf(0) for r in rewards]


def advantage(own, size, p, ddof=0):
    """Mean over all outcomes of the mates, by enumeration."""
    total = mpmath.mpf(0)
    for mates in product((0, 1), repeat=size - 1):
        chance = mpmath.mpf(1)
        for r in mates:
            chance *= mpmath.mpf(p.numerator) / p.denominator if r else 1 - mpmath.mpf(p.numerator) / p.denominator
        total += chance * standardised((own, *mates), ddof)[0]
    return total


def weight(size, p):
    """w_G at 30 digits as E[std of the group]/(pq), an expression the derivation does not use."""
    p = mpmath.mpf(p)
    q = 1 - p
    mean_std = sum(
        comb(size, s) * p**s * q ** (size - s) * mpmath.sqrt(mpmath.mpf(s) * (size - s)) / size for s in range(size + 1)
    )
    return mean_std / (p * q)


def close(value, reference, tolerance=1e-12):
    return abs(value - reference) <= tolerance * max(1, abs(reference))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("p", CHANCES)
def test_advantages_and_weight(size, p):
    values = {"p_suc": p, "q_fail": 1 - p, "G": size}
    one, zero = advantage(1, size, p), advantage(0, size, p)
    assert close(at("group-advantage", "A_1", **values), one)
    assert close(at("group-advantage", "A_0", **values), zero)
    assert close(
        at("group-variance", "sample_std", **values) * at("group-advantage", "A_1", **values), advantage(1, size, p, 1)
    )
    assert close(at("group-weight", **values), one - zero)
    assert close(at("group-weight", **values), weight(size, mpmath.mpf(p.numerator) / p.denominator))
    assert not close(1.001 * at("group-advantage", "A_1", **values), one)
    assert not close(at("group-weight", **(values | {"G": size + 2})), one - zero)


@pytest.mark.parametrize("p", CHANCES)
def test_balance(p):
    for size in SIZES:
        assert abs(p * advantage(1, size, p) + (1 - p) * advantage(0, size, p)) < mpmath.mpf(10) ** -28


@pytest.mark.parametrize("size", range(2, 65))
def test_largest_slopes(size):
    """Slopes of the Bernstein polynomials by 30-digit differentiation on a grid that comes close to the ends."""
    grid = [mpmath.mpf(10) ** -12, mpmath.mpf(1) / 4, mpmath.mpf(1) / 2, 1 - mpmath.mpf(10) ** -12]

    def one(p):
        return (1 - p) * weight(size, p)

    bound = at("advantage-slope", G=size)
    slopes = [abs(mpmath.diff(one, p, h=mpmath.mpf(10) ** -15)) for p in grid]
    assert max(slopes) <= bound * (1 + mpmath.mpf(10) ** -8)
    assert max(slopes) >= bound * (1 - mpmath.mpf(10) ** -6)
    if size >= 3:
        bound = at("weight-slope", G=size)
        slopes = [abs(mpmath.diff(lambda p: weight(size, p), p, h=mpmath.mpf(10) ** -15)) for p in grid]
        assert max(slopes) <= bound * (1 + mpmath.mpf(10) ** -8) + mpmath.mpf(10) ** -12
        assert max(slopes) >= bound * (1 - mpmath.mpf(10) ** -6) - mpmath.mpf(10) ** -12


@pytest.mark.parametrize("size", range(2, 65))
def test_the_weight_lies_between_its_bounds(size):
    for p in (mpmath.mpf(1) / 2, mpmath.mpf(1) / 10, mpmath.mpf(1) / 1000):
        w, std = weight(size, p), mpmath.sqrt(p * (1 - p))
        values = {"p_suc": p, "q_fail": 1 - p, "G": size, "x_std": std}
        slack = 1 + mpmath.mpf(10) ** -12
        assert at("weight-limit", "lower", **values) <= w * slack
        assert w <= at("weight-limit", "flat", **values) * slack
        assert w * std <= at("weight-limit", "upper", **values) * slack
        assert at("weight-limit", "close", **values) <= w * std * slack
    assert at("weight-limit", "lower", p_suc=0.5, q_fail=0.5, G=2) == 1.0  # a wrong constant would break this equality


def test_small_groups():
    for p in (mpmath.mpf(1) / 3, mpmath.mpf(1) / 50):
        assert close(at("small-groups", G=2), weight(2, p))
        assert close(at("small-groups", G=3), weight(3, p))
        assert not close(weight(4, p), weight(4, mpmath.mpf(1) / 2), 1e-3)


@pytest.mark.parametrize("size", SIZES)
def test_range(size):
    lone = (1, *(0,) * (size - 1))
    for name, ddof in (("population", 0), ("sample", 1)):
        bound = at("advantage-range", name, G=size)
        assert close(bound, standardised(lone, ddof)[0])
        for rewards in product((0, 1, 5), repeat=min(size, 4)):
            largest = max(map(abs, standardised(rewards, ddof)))
            assert largest <= at("advantage-range", name, G=len(rewards)) * (1 + 1e-12)


@pytest.mark.parametrize("p", CHANCES)
def test_mixed_groups(p):
    for size in SIZES:
        chance = sum(comb(size, s) * p**s * (1 - p) ** (size - s) for s in range(1, size))
        assert at("mixed-groups", p_suc=p, q_fail=1 - p, G=size) == pytest.approx(float(chance), rel=1e-13)
        assert at("mixed-groups", p_suc=p, q_fail=1 - p, G=size + 1) != pytest.approx(float(chance), rel=1e-6)


def test_graded_rewards_balance_in_exact_enumeration():
    levels, chances = (0, 1, 3), (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))
    total = mpmath.mpf(0)
    for group in product(range(3), repeat=4):
        chance = mpmath.mpf(1)
        for level in group:
            chance *= mpmath.mpf(chances[level].numerator) / chances[level].denominator
        total += chance * standardised([levels[level] for level in group], 0)[0]
    assert abs(total) < mpmath.mpf(10) ** -28


def test_lengths_and_masks_leave_a_covariance():
    rewards, lengths, mask = (1, 0, 0), (5, 2, 1), (1, 1, 0)
    adv = standardised(rewards, 0)
    mean = mpmath.mpf(sum(lengths)) / 3
    cov = sum((n - mean) * a for n, a in zip(lengths, adv, strict=True)) / 3
    per_token = [a for n, a in zip(lengths, adv, strict=True) for _ in range(n)]
    values = {"cov_len": cov, "L_fix": 10, "mean_len": mean}
    assert close(at("length-covariance", "Dr. GRPO", **values), sum(per_token) / 30)
    assert close(at("length-covariance", "DAPO", **values), sum(per_token) / len(per_token))
    assert abs(sum(per_token)) > 1
    share = mpmath.mpf(sum(mask)) / 3
    cov = sum((b - share) * a for b, a in zip(mask, adv, strict=True)) / 3
    assert close(at("truncation-mask", cov_mask=cov), sum(b * a for b, a in zip(mask, adv, strict=True)) / 3)
    assert abs(cov) > 0.1


def test_kl_estimators_by_differentiation_at_30_digits():
    ref = [mpmath.mpf(x) / 10 for x in (mpmath.mpf(1) / 2, 1, mpmath.mpf(17) / 2)]

    def law(t):
        z = [mpmath.exp(x * t) for x in (1, -2, mpmath.mpf(1) / 2)]
        return [x / sum(z) for x in z]

    t0 = mpmath.mpf(1) / 3
    frozen = law(t0)

    def on_policy(k):
        return mpmath.diff(lambda t: sum(p * k(r / x) for p, r, x in zip(frozen, ref, law(t), strict=True)), t0)

    def kl(first, second):
        return sum(a * mpmath.log(a / b) for a, b in zip(first, second, strict=True))

    forward, reverse = mpmath.diff(lambda t: kl(ref, law(t)), t0), mpmath.diff(lambda t: kl(law(t), ref), t0)
    assert abs(on_policy(lambda r: -mpmath.log(r))) < 1e-12
    assert close(on_policy(lambda r: mpmath.log(r) ** 2 / 2), reverse)
    assert close(on_policy(lambda r: r - 1 - mpmath.log(r)), forward)
    assert not close(forward, reverse, 1e-3)  # the two divergences pull differently, so the pairing matters


def test_what_a_kl_penalty_adds_to_the_objective():
    """J and its total derivative by 30-digit differentiation of the mean under the moving policy itself."""
    ref = [mpmath.mpf(x) / 10 for x in (1, 2, 7)]
    direction, t0 = (1, -2, mpmath.mpf(1) / 2), mpmath.mpf(1) / 3

    def law(t):
        z = [mpmath.exp(x * t) for x in direction]
        return [x / sum(z) for x in z]

    def penalty(k, t, reference):
        return -mpmath.mpf(1) / 25 * sum(p * k(r / p) for p, r in zip(law(t), reference, strict=True))

    here = law(t0)
    score = [d - sum(p * x for p, x in zip(here, direction, strict=True)) for d in direction]
    log_r = [mpmath.log(r / p) for p, r in zip(here, ref, strict=True)]
    values = {
        "beta_kl": mpmath.mpf(1) / 25,
        "KL_rev": -sum(p * x for p, x in zip(here, log_r, strict=True)),
        "hel_sq": 2 - 2 * sum(mpmath.sqrt(p * r) for p, r in zip(here, ref, strict=True)),
        "log_sq": sum(p * x**2 for p, x in zip(here, log_r, strict=True)),
        "log_pull": sum(p * x * s for p, x, s in zip(here, log_r, score, strict=True)),
        "sq_pull": sum(p * x**2 * s for p, x, s in zip(here, log_r, score, strict=True)),
    }
    estimators = {
        "k1": (lambda r: -mpmath.log(r), "k1"),
        "k2": (lambda r: mpmath.log(r) ** 2 / 2, "k2"),
        "k3": (lambda r: r - 1 - mpmath.log(r), "k1"),
    }
    for k, form in estimators.values():
        j, dj = penalty(k, t0, ref), mpmath.diff(lambda t, k=k: penalty(k, t, ref), t0)
        assert close(at("kl-objective", form, **values), j)
        assert close(at("kl-objective", f"slope_{form}", **values), dj)
        assert j < at("kl-objective", f"{form}_most", **values) < -1e-4
        assert abs(dj) > 1e-4
        assert not close(at("kl-objective", "k2" if form == "k1" else "k1", **values), j, 1e-4)
        assert not close(at("kl-objective", "slope_k2" if form == "k1" else "slope_k1", **values), dj, 1e-4)
        assert abs(penalty(k, t0, here)) < 1e-28  # nothing where the policies agree


@pytest.mark.parametrize("size", [2, 5, 16, 64])
def test_the_potential_lies_between_its_limit_and_the_error(size):
    """W_G by 30-digit quadrature of w_G; 2 arcsin sqrt(p) in its own words."""
    low, high = mpmath.mpf(1) / 10, mpmath.mpf(7) / 10
    rise = mpmath.quad(lambda p: weight(size, p), [low, high])
    limit = 2 * mpmath.asin(mpmath.sqrt(high)) - 2 * mpmath.asin(mpmath.sqrt(low))
    error = mpmath.quad(lambda p: (p * (1 - p)) ** (-mpmath.mpf(3) / 2) / 2, [low, high]) / (size - 1)
    values = {"p_low": low, "p_high": high, "G": size}
    assert close(at("weight-potential-limit", "limit", **values), limit)
    assert close(at("weight-potential-limit", "error", **values), error)
    assert not close(at("weight-potential-limit", "error", **(values | {"G": size + 1})), error, 1e-4)
    assert 0 < limit - rise < error
    assert error < (high - low) / (2 * (size - 1) * (low * (1 - low)) ** (mpmath.mpf(3) / 2))
    if size == 64:
        assert limit - rise > error / 5  # the error has the right order: it is not much too large


LEVELS, LEVEL_CHANCES = (0, 1, 3), (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))


def graded(own, size, advantage):
    """Mean of an advantage of a response of reward ``own`` over all rewards of its mates, exact where it can be."""
    total = 0
    for mates in product(range(3), repeat=size - 1):
        chance = Fraction(1)
        for level in mates:
            chance *= LEVEL_CHANCES[level]
        total += advantage(own, [LEVELS[level] for level in mates]) * chance
    return total


@pytest.mark.parametrize("size", [2, 3, 5])
@pytest.mark.parametrize("own", LEVELS)
def test_graded_advantages_without_a_std(own, size):
    mean = sum(r * p for r, p in zip(LEVELS, LEVEL_CHANCES, strict=True))
    plain = graded(own, size, lambda r, mates: r - Fraction(r + sum(mates), size))
    left_out = graded(own, size, lambda r, mates: r - Fraction(sum(mates), size - 1))
    for name, value in (("plain", plain), ("RLOO", left_out)):
        values = {"r_first": own, "mean_value": mean, "G": size}
        assert close(at("graded-advantage", name, **values), value)
        assert not close(at("graded-advantage", name, **(values | {"mean_value": mean + 1})), value, 1e-3)


@pytest.mark.parametrize("own", LEVELS)
def test_graded_advantages_in_pairs(own):
    value = graded(own, 2, lambda r, mates: Fraction(str(standardised([r, *mates], 0)[0])))
    below, above = (
        sum(p for r, p in zip(LEVELS, LEVEL_CHANCES, strict=True) if side(r)) for side in (own.__gt__, own.__lt__)
    )
    assert close(at("graded-pairs", chance_below=below, chance_above=above), value)
    assert not close(at("graded-pairs", chance_below=below, chance_above=above + 0.01), value, 1e-3)


@pytest.mark.parametrize("size", [2, 4, 5])
@pytest.mark.parametrize("own", range(3))
def test_graded_advantages_by_the_counts_of_the_levels(own, size):
    """The mean over multinomial counts of ``n (r - m) / sigma``, over ``G p_r``, against all rewards of the mates."""
    p, total = [mpmath.mpf(c.numerator) / c.denominator for c in LEVEL_CHANCES], mpmath.mpf(0)
    for counts in product(range(size + 1), repeat=3):
        if sum(counts) == size:
            rewards = [r for r, n in zip(LEVELS, counts, strict=True) for _ in range(n)]
            chance = mpmath.factorial(size)
            for n, c in zip(counts, p, strict=True):
                chance *= c**n / mpmath.factorial(n)
            mean = mpmath.mpf(sum(rewards)) / size
            std = mpmath.sqrt(sum((r - mean) ** 2 for r in rewards) / size)
            total += chance * counts[own] * (LEVELS[own] - mean) / std if std else 0
    value = graded(LEVELS[own], size, lambda r, mates: Fraction(str(standardised([r, *mates], 0)[0])))
    assert close(total / (size * p[own]), value)
    assert not close(total / ((size - 1) * p[own]), value, 1e-3)
