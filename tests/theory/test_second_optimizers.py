"""Bounds on updates a second time, by code that shares nothing with the derivation (rung 6).

mpmath at 30 digits: an optimizer is linear in its gradients, so its response to single gradients gives the largest
update over all sequences; the ratio of a weighted mean to a weighted root mean square is largest at an eigenvector.
"""

from __future__ import annotations

import mpmath
import pytest
from mpmath import mpf
from stalelaw.theory.bridge import float64
from stalelaw.theory.claims import get
from stalelaw.theory.optimizers import update_bound

mpmath.mp.dps = 30
ROUNDING = mpf("1e-12")  # the formulas are float64


def close(found, expected):
    return abs(mpf(float(found)) - expected) <= ROUNDING * max(abs(expected), 1)


def both(found, expected):
    """The formula agrees with the second value, and a slightly wrong one would not."""
    return close(found, expected) and not close(float(found) * (1 + 1e-9) + 1e-9, expected)


def moment(beta, gradients):
    """Bias-corrected moving average by its recursion, with the correction found as the response to ones."""
    value = ones = mpf(0)
    for g in gradients:
        value, ones = beta * value + (1 - beta) * g, beta * ones + (1 - beta)
    return value / ones


def responses(beta, steps):
    """Bias-corrected moving average of a single gradient of size one, by its age; the recursion runs once."""
    value, ones, found = 1 - beta, mpf(0), []
    for _ in range(steps):
        found.append(value)
        value, ones = beta * value, beta * ones + (1 - beta)
    return [x / ones for x in found]


def largest(beta1, beta2, steps):
    """Largest mean over root mean square: the square is ``a^T B^-1 a`` for the weights a and the diagonal B."""
    pairs = zip(responses(beta1, steps), responses(beta2, steps), strict=True)
    return mpmath.sqrt(sum(a * a / b for a, b in pairs))


@pytest.mark.parametrize(
    ("beta1", "beta2", "steps"),
    [(0.5, 0.75, 1), (0.5, 0.75, 7), (0.75, 0.5, 6), (0.875, 0.875, 9), (0.25, 0.984375, 25)],
)
def test_the_largest_update_of_adam(beta1, beta2, steps):
    expected = largest(mpf(beta1), mpf(beta2), steps)
    at = {"beta1": beta1, "beta2": beta2, "t_opt": steps}
    assert both(update_bound("adam-coordinate-finite")(**at), expected)
    assert both(float64(get("adam-reached").formula)(**at), expected)
    gradients = [(mpf(beta2) / beta1) ** k for k in range(steps)]
    reached = moment(mpf(beta1), gradients) / mpmath.sqrt(moment(mpf(beta2), [g * g for g in gradients]))
    assert abs(reached - expected) < mpf("1e-25")
    if beta1**2 < beta2 and beta1 != beta2:
        assert both(float64(get("adam-worst-case").formulas["finite"])(**at), expected)
        assert expected < mpf(float(update_bound("adam-coordinate")(beta1=beta1, beta2=beta2)))
    if beta1**2 >= beta2:
        assert expected >= float64(get("adam-growth").formula)(beta1=beta1, t_opt=steps)
        assert expected >= float64(get("adam-growth").formulas["exponential"])(**at)


def test_the_bound_of_adam_is_the_limit():
    """By the series of all weights, summed to infinity."""
    for beta1, beta2 in ((mpf("0.5"), mpf("0.75")), (mpf("0.875"), mpf("0.875")), (mpf("0.25"), mpf("0.984375"))):
        weights = mpmath.nsum(lambda k, a=beta1, b=beta2: ((1 - a) * a**k) ** 2 / ((1 - b) * b**k), [0, mpmath.inf])
        found = update_bound("adam-coordinate")(beta1=float(beta1), beta2=float(beta2))
        assert both(found, mpmath.sqrt(weights))
    assert float(update_bound("adam-coordinate")(beta1=0.75, beta2=0.75)) == 1.0


def test_two_steps_of_adam():
    for beta1, beta2 in ((mpf("0.875"), mpf("0.9375")), (mpf("0.5"), mpf("0.25"))):
        found = float64(get("adam-two-steps").formula)(beta1=float(beta1), beta2=float(beta2))
        assert both(found, largest(beta1, beta2, 2) ** 2)


def test_the_quoted_bound_is_exceeded_from_the_step_named():
    beta1, beta2 = mpf("0.9"), mpf("0.999")
    quoted = mpf(float(float64(get("adam-folklore").formula)(beta1=0.9, beta2=0.999)))
    first = next(t for t in range(150, 250) if largest(beta1, beta2, t) > quoted)
    share = sum((beta1**2 / beta2) ** j for j in range(210)) * (1 - beta2**210)
    assert (first, share >= 1) == (210, True)
    assert "210" in next(a.tex for a in get("adam-folklore").assumptions if a.id == "LATE")


def response(mom, damp, steps, nesterov=False):
    """Sum of the sizes of an update's responses to single gradients: the most that bounded gradients can add up to."""
    total = mpf(0)
    for k in range(steps):
        buffer = g = mpf(0)
        for j in range(steps):
            g = mpf(j == k)
            buffer = g if j == 0 else mom * buffer + (1 - damp) * g
        total += abs(g + mom * buffer if nesterov else buffer)
    return total


@pytest.mark.parametrize(("mom", "damp"), [(0.5, 0.0), (0.75, 0.25), (0.5, 0.875), (0.5, 1.5)])
def test_momentum(mom, damp):
    at = {"mom_rate": mom, "mom_damp": damp, "G_grad": 2.0}
    sums = [response(mpf(mom), mpf(damp), t) for t in range(1, 40)]
    finite = get("momentum-update").formulas["finite"]
    for t in (1, 2, 9):
        assert both(float64(finite)(**at, t_opt=t), 2 * sums[t - 1])
    top = mpf(float(update_bound("momentum")(**at))) / 2
    assert max(sums) <= top + mpf("1e-20")
    assert top - max(sums) < mpf("1e-4")
    if damp == 0.0:
        ahead = response(mpf(mom), mpf(damp), 40, nesterov=True)
        assert abs(mpf(float(update_bound("nesterov")(**at))) / 2 - ahead) < mpf("1e-10")


def test_decay_and_coordinates():
    """The ball of decay is the least that holds: from its edge a full step stays, from inside none leaves."""
    bound = update_bound("sgd-decayed")
    for start, pull, decay in ((2.0, 3.0, 0.5), (9.0, 3.0, 0.5)):
        at = {"R_start": start, "max_norm": pull, "G_grad": 7.0, "wd_rate": decay}
        radius = mpf(float(float64(get("weight-decay").formulas["radius"])(R_start=start, G_raw=pull, wd_rate=decay)))
        assert both(bound(**at), pull + decay * radius)
        point = mpf(start)
        for _ in range(200):
            point = point + mpf("0.25") * (pull - decay * point)
        assert point <= radius + mpf("1e-20")
        assert radius - max(point, mpf(start)) < mpf("1e-6")
    assert both(float64(get("coordinate-norm").formula)(d_par=9, coord_cap=0.5), mpf("1.5"))
    one = mpf(float(update_bound("adam-coordinate")(beta1=0.5, beta2=0.75)))
    for start in (1.0, 100.0):  # four parameters that start on the diagonal, pulled by decay and by Adam at once
        found = update_bound("adamw")(beta1=0.5, beta2=0.75, d_par=4, wd_rate=0.5, R_start=start)
        radius = max(mpf(start), 2 * one / mpf("0.5"))
        assert both(found, mpmath.sqrt(4 * (one + mpf("0.5") * radius / 2) ** 2))
    adam = update_bound("adam")(beta1=0.5, beta2=0.75, d_par=16)
    assert both(adam, 4 * mpf(float(update_bound("adam-coordinate")(beta1=0.5, beta2=0.75))))
