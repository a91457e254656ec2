"""Certified enclosures against float64, against a wider precision, and against wrong numbers."""

import math

import numpy as np
import pytest
import torch
from flint import arb, arb_mat
from stalelaw.verify.constants import behaviour_norm
from stalelaw.verify.objectives import behaviour_jacobian
from stalelaw.verify.policies import TabularSoftmax
from stalelaw.verify.populations.closed import Clip, Objective
from stalelaw.verify.problems import generator, random_problem
from stalelaw.verify.spectra import enclosures
from stalelaw.verify.trees import add, random_unit

ROUNDING = 1e-13  # of the float64 side, relative to the largest entry


def around(index, clip):
    problem = random_problem(3, index, clip)
    return problem.objective, problem.theta, add(problem.theta, random_unit(problem.theta, generator(3, index)), 0.6)


def small(objective):
    return objective.policy.prompts * objective.policy.nodes * objective.policy.vocab <= 24


@pytest.mark.parametrize("clip", [True, False])
def test_the_matrix_and_its_norm_lie_in_their_balls(clip):
    seen = 0
    for objective, theta, phi in filter(lambda p: small(p[0]), (around(i, clip) for i in range(10))):
        matrix = behaviour_jacobian(objective, theta, phi).numpy()
        balls = enclosures.enclosed_jacobian(objective, theta, phi)
        middle = np.array([[float(balls[i, j].mid()) for j in range(len(matrix))] for i in range(len(matrix))])
        np.testing.assert_allclose(matrix, middle, rtol=0.0, atol=ROUNDING * np.abs(matrix).max() + 1e-16)
        low, high = enclosures.enclosed_norm(objective, theta, phi)
        true = behaviour_norm(objective, theta, phi).value
        assert (low.label, high.label) == ("lower", "upper")
        assert low.value * (1 - ROUNDING) <= true <= high.value * (1 + ROUNDING) + 1e-15
        assert high.value - low.value <= 1e-12 * max(true, 1e-3)
        if true > 1e-6:  # not null, as one token with G ≤ 3 is
            assert not low.value <= 1.001 * true <= high.value
            seen += 1
    assert seen >= 3


def test_all_singular_values_lie_in_their_intervals():
    draw = np.random.default_rng(0)
    q = np.linalg.qr(draw.standard_normal((6, 6)))[0]
    cases = {
        "random": draw.standard_normal((6, 6)),
        "equal": q,
        "rank one": np.outer(draw.standard_normal(6), draw.standard_normal(6)),
        "zero": np.zeros((6, 6)),
    }
    for name, matrix in cases.items():
        intervals = enclosures.singular_enclosures(arb_mat(matrix.tolist()))
        for value, (low, high) in zip(np.linalg.svd(matrix)[1], intervals, strict=True):
            assert low - 1e-14 <= value <= high + 1e-14, name
            assert high - low <= 1e-13


def test_a_matrix_known_only_to_a_radius_has_wide_intervals():
    """Every matrix inside the balls has its singular values inside the intervals."""
    draw = np.random.default_rng(1)
    middle = draw.standard_normal((4, 4))
    intervals = enclosures.singular_enclosures(arb_mat([[arb(x, 0.01) for x in row] for row in middle.tolist()]))
    for _ in range(50):
        inside = middle + 0.01 * np.sign(draw.standard_normal((4, 4)))
        for value, (low, high) in zip(np.linalg.svd(inside)[1], intervals, strict=True):
            assert low <= value <= high
            assert high - low < 1.0


def test_two_arms_by_hand():
    """One prompt, one token, G = 4: ∂_φH = w'(p) p_θ'-direction ⊗ ∇p, with w = A_1 − A_0 by hand."""
    a, b = 0.3, -0.4
    policy = TabularSoftmax(1, 2, 1)
    objective = Objective(policy, torch.tensor([[1.0, 0.0]], dtype=torch.float64), 4)
    theta, phi = ({"logits": torch.tensor([[[z, 0.0]]], dtype=torch.float64)} for z in (a, b))

    def weight(p):
        def mean(r):
            rows = []
            for k in range(4):
                m = (k + r) / 4
                score = 0.0 if m in (0.0, 1.0) else (r - m) / math.sqrt(m * (1 - m))
                rows.append(math.comb(3, k) * p**k * (1 - p) ** (3 - k) * score)
            return sum(rows)

        return mean(1) - mean(0)

    t, p = (1 / (1 + math.exp(-z)) for z in (a, b))
    slope = (weight(p + 1e-6) - weight(p - 1e-6)) / 2e-6
    expected = abs(slope) * math.sqrt(2) * t * (1 - t) * math.sqrt(2) * p * (1 - p)
    low, high = enclosures.enclosed_norm(objective, theta, phi)
    assert (low.value, high.value) == pytest.approx((expected, expected), rel=1e-8)


def test_what_has_no_enclosure_is_refused():
    policy = TabularSoftmax(1, 2, 1)
    rewards = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    theta = policy.zeros()
    with pytest.raises(ValueError, match="ratio form"):
        enclosures.enclosed_jacobian(Objective(policy, rewards, 4, form="log"), theta, theta)
    big = TabularSoftmax(2, 3, 4)
    with pytest.raises(ValueError, match="at most 128 parameters"):
        enclosures.enclosed_jacobian(Objective(big, torch.eye(2, 81).double(), 4), big.zeros(), big.zeros())
    edge = Objective(policy, rewards, 4, Clip(0.2, 1.0 / 3.0))
    apart = {"logits": torch.tensor([[[60.0, 0.0]]], dtype=torch.float64)}  # the ratio rounds to 1, far from an edge
    assert enclosures.enclosed_norm(edge, apart, apart)[1].value < 1e-20
