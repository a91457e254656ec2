"""Drift and stability a second time: enumeration, double sums and mpmath at 30 digits, away from the derivation."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product

import mpmath
import pytest
from mpmath import mpf
from stalelaw.theory.bridge import float64
from stalelaw.theory.claims import get
from stalelaw.theory.laws import LAWS, law
from stalelaw.theory.readings import PUBLISHED, A, B, Reading, admits, core, witness

mpmath.mp.dps = 30
RELATIVE = mpf("1e-12")


def formula(claim, name="", **values):
    record = get(claim)
    return float(float64(record.formulas[name] if name else record.formula)(**values))


def same(found, expected):
    """They agree, and a number that is a millionth off would not."""
    near = [abs(mpf(x) - expected) <= RELATIVE * max(abs(expected), 1) for x in (found, found * (1 + 1e-6) + 1e-6)]
    return near == [True, False]


def gram_sum(gram, steps):
    return sum(gram(i, j) for i in range(steps) for j in range(steps))


AR = {c: (lambda i, j, c=c: mpf(c) ** abs(i - j)) for c in (0.25, 0.9)}
MEAN = {c: (lambda i, j, c=c: mpf(1) if i == j else mpf(c)) for c in (0.25, 0.9)}


@pytest.mark.parametrize("c", [0.25, 0.9])
@pytest.mark.parametrize("t", [1, 2, 30])
def test_one_more_update(c, t):
    """The growth of the double sum over the Gram matrix."""
    at = {"t": t, "eta": 0.5, "G_upd": 3.0, "corr": c}
    for name, gram in (("", AR[c]), ("mean", MEAN[c])):
        growth = (gram_sum(gram, t + 1) - gram_sum(gram, t)) * mpf("2.25")
        assert same(formula("drift-gram", name, **at), growth)
    ratio = mpmath.sqrt(gram_sum(MEAN[c], t) / gram_sum(AR[c], t))
    assert same(formula("drift-ratio", "rms", t=t, corr=c), ratio)
    floor = formula("drift-ratio", t=t, corr=c)
    assert floor <= ratio**2 * (1 + RELATIVE)


def test_the_floor_of_the_ratio_is_reached_in_the_long_run():
    share = formula("drift-ratio", t=2000, corr=0.5) / formula("drift-ratio", "rms", t=2000, corr=0.5) ** 2
    assert 0.998 < share < 1


def test_nineteen_and_thirty_two_times():
    """The alternating walk against the uncorrelated one, step by step in integers."""
    for steps, factor in ((722, 19), (2048, 32)):
        x = y = 0
        for k in range(steps):
            x, y = (x + 1, y) if k % 2 == 0 else (x, y + 1)
        assert x * x + y * y == factor**2 * steps
        assert formula("lag-one-cosine", "rms", n_pair=steps / 2) == factor
    assert formula("lag-one-cosine", "alternating", n_pair=361, G_upd=1.0) == 19**2 * 722
    assert formula("diffusive-drift", t=722, G_upd=1.0) == 722
    assert formula("lag-one-cosine", "white", n_pair=361, G_upd=1.0) == 722


def test_chebyshev_over_all_signs():
    away = [abs(sum(row)) for row in product((-1, 1), repeat=8)]
    square = Fraction(sum(d * d for d in away), len(away))
    assert square == 8
    for critical in (2, 4, 8):
        share = Fraction(sum(d >= critical for d in away), len(away))
        assert share <= formula("rms-drift", mean_away=float(square), R_crit=critical)
    assert max(away) ** 2 == formula("rms-drift", "worst", t=8, eta=1.0, G_upd=1.0)


@pytest.mark.parametrize("half", [0.0, 0.5, 0.8, 1.0])
def test_the_worst_pairs_by_search(half):
    """No choice of signs and second directions of four pairs in the plane goes farther."""
    turn = 2 * mpmath.acos(half)
    bound = formula("pair-cosine", n_pair=4, eta=1.0, G_upd=1.0, cos_half=half)
    best = mpf(0)
    for sides in product((-1, 1), repeat=4):
        angles = [a for s in sides for a in (-s * turn / 2, s * turn / 2)]
        best = max(best, abs(sum(mpmath.expj(a) for a in angles)))
    assert same(bound, best)


def relaxed(c, t):
    """Mean square of an AR(1) sum at a real t, by the interpolation of its geometric series."""
    return t * (1 + c) / (1 - c) - 2 * c * (1 - c**t) / (1 - c) ** 2


@pytest.mark.parametrize(("c", "t"), [("0.5", 3), ("0.9", 1), ("0.9", 100), ("0.99", 40)])
def test_the_local_exponent(c, t):
    """d log t / d log eta from the inverse function, by numeric differentiation at 30 digits."""
    c = mpf(c)
    assert abs(relaxed(c, mpf(7)) - gram_sum(lambda i, j: c ** abs(i - j), 7)) < mpf("1e-20")

    def log_rate(log_time):
        return -mpmath.log(relaxed(c, mpmath.exp(log_time))) / 2

    expected = 1 / mpmath.diff(log_rate, mpmath.log(t))
    assert same(formula("collapse-exponent", corr=float(c), t_real=float(t)), expected)
    assert -2 < expected < -1


def test_the_ceiling_by_counting():
    """First step at which t*eta*G exceeds, or reaches, R_crit, in exact fractions."""
    for eta, critical in product((Fraction(1, 7), Fraction(3, 10), Fraction(1)), (Fraction(2), Fraction(29, 10))):
        reached = next(t for t in range(1, 99) if t * eta >= critical)
        beyond = next(t for t in range(1, 99) if t * eta > critical)
        assert formula("collapse-time", "steps", R_crit=float(critical), eta=float(eta), G_upd=1.0) == reached
        assert beyond - reached == (critical % eta == 0)
        assert same(
            formula("ballistic-drift", t=reached, eta=float(eta), G_upd=3.0),
            sum(3 * mpf(eta.numerator) / eta.denominator for _ in range(reached)),
        )
        assert same(
            formula("collapse-time", "product", R_crit=float(critical), G_upd=4.0),
            mpf(critical.numerator) / critical.denominator / 4,
        )
        for step, interval in product((reached, beyond), (1, 2, 5)):
            cycles = -(-step // interval)
            assert 0 <= cycles * interval * eta - critical <= interval * eta
    assert formula("collapse-time-bound", R_crit=2.0, eta=0.5, G_upd=1.0) == 4


def test_published_collapses_are_whole_cycles():
    for interval in (8, 16, 32):
        assert B / Fraction(1, 10**6) % interval == 0
        assert B / Fraction(11, 10**7) % interval != 0


def test_the_crossover_by_counting():
    """The first sync interval at which a/S is no larger than b/T, in exact fractions."""
    for a, b, horizon in product((Fraction(1), Fraction(7, 3)), (Fraction(20), Fraction(5, 2)), (1, 9, 80)):
        binds = next(s for s in range(1, 1000) if a / s <= b / horizon)
        star = formula("crossover", a=float(a), b=float(b), T=horizon)
        assert binds - 1 < star * (1 + 1e-12)
        assert star * (1 - 1e-12) <= binds
        assert same(star, mpf(horizon * a.numerator * b.denominator) / (a.denominator * b.numerator))


def test_diffusive_times():
    for n in (4, 25, 409_600):
        rate = mpf(B.numerator) / B.denominator / mpmath.sqrt(n)
        assert same(formula("boundary-escapes", b=float(B), eta=float(rate)) / n, mpf(1))
    assert formula("boundary-escapes", b=float(B), eta=5e-8) == pytest.approx(409_600)
    assert formula("boundary-escapes", "ballistic", b=float(B), eta=5e-8) == pytest.approx(640)
    assert formula("diffusive-collapse", R_crit=6.0, eta=1.0, G_upd=2.0) == 9


# --- the readings -----------------------------------------------------------------------------------------------------


def brute(id, runs):
    """Whether any a and b reproduce the runs, by trying every cell of the grid that their loads span."""
    rules = {"min": min, "max": max, "staleness": lambda p, q: p, "horizon": lambda p, q: q}

    def cells(marks):
        marks = sorted(set(marks))
        return [marks[0] / 2, *marks, *((x + y) / 2 for x, y in pairwise(marks)), 2 * marks[-1]]

    points = product(cells([r.eta * r.S for r in runs]), cells([r.eta * r.T for r in runs]))
    return any(all((r.eta <= rules[id](a / r.S, b / r.T)) == r.alive for r in runs) for a, b in points)


@pytest.mark.parametrize("id", ["min", "max", "staleness", "horizon"])
def test_which_laws_admit_the_published_readings(id):
    found = admits(law(id), PUBLISHED)
    assert (found is not None) == brute(id, PUBLISHED) == (id == "max")
    if found:
        a, b = Fraction(found["a"]), Fraction(found["b"])
        assert all((r.eta <= max(a / r.S, b / r.T)) == r.alive for r in PUBLISHED)


def test_the_core_of_the_min_form_is_a_collapse_and_a_survival():
    found = core(law("min"), PUBLISHED)
    before, after, long = found
    assert (before.eta, before.S, before.T + 1) == (after.eta, after.S, after.T)
    assert [r.alive for r in found] == [True, False, True]
    assert long.eta * long.T >= after.eta * after.T
    assert not brute("min", found)
    for left in found:
        assert brute("min", [r for r in found if r is not left])
    assert core(law("max"), PUBLISHED) == []


def test_outcomes_alone_do_not_refute_the_min_form():
    """Without the steps before the collapses, staleness alone explains all: b is then as large as one likes."""
    ends = [r for r in PUBLISHED if not (r.alive and r.T in (31, 63))]
    assert admits(law("min"), ends) is not None
    assert brute("min", ends)


def test_a_shorter_survival_would_not_refute_the_min_form():
    fast = [r for r in PUBLISHED if r.T in (31, 32)]
    for steps, expected in ((639, True), (640, False)):
        runs = [*fast, Reading(Fraction(5, 10**8), 8, steps, True, "test")]
        assert (admits(law("min"), runs) is not None) == brute("min", runs) == expected


def test_the_witness_of_the_solver():
    found = witness()
    eta, interval, steps = Fraction(found["eta"]), int(found["S"]), int(found["T"])
    assert eta * interval < A
    assert eta > min(A / interval, B / steps)
    assert (eta, interval, steps) == (Fraction(1, 2**23), 8, 640) or eta * steps > B


def test_laws_with_other_constants_are_not_asked():
    with pytest.raises(ValueError, match="a and b alone"):
        admits(LAWS["power"], PUBLISHED)
