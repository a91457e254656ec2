"""Exact derivatives against a naive reference.

Ladder of trust of tests/verify, each rung resting on the one before:
  1. reference.py: enumeration, hand formulas, numpy; itself checked by finite differences and whole groups (here)
  2. F, H, B, DJ, V, ∂_φH·v and its transpose agree with it at relative 1e-12, clip off and really active (here)
  3. comparison and slope helpers fail on wrong formulas (test_verdicts, test_slopes)
  4. asynchronous runs against a loop written out in the test (test_training)
  5. constants and claims against the theory's formulas, and against mutants of them (test_constants, test_claims)
"""

import ast
import itertools
import math
import pathlib

import numpy as np
import pytest
import torch
from stalelaw.verify import objectives as o
from stalelaw.verify.advantages import advantage
from stalelaw.verify.policies import TabularSoftmax
from stalelaw.verify.populations.closed import Clip, Objective
from stalelaw.verify.tasks import digit_sum, random_rewards
from stalelaw.verify.transforms import operator_norm

RTOL = 1e-12

# (P, V, L, G, clip, distance of φ from θ); the last column makes the clip act
CASES = [
    (2, 3, 2, 2, None, 0.3),
    (1, 2, 3, 3, None, 0.3),
    (2, 2, 2, 8, None, 0.3),
    (2, 3, 2, 2, (0.2, 0.2), 0.5),
    (1, 2, 3, 3, (0.1, 0.3), 0.5),
    (2, 2, 2, 8, (0.2, 0.28), 0.5),
    (1, 4, 1, 5, (0.2, 0.2), 0.5),
]


def build(reference, case, seed):
    prompts, vocab, length, group, clip, distance = case
    generator = torch.Generator().manual_seed(seed)
    policy = TabularSoftmax(prompts, vocab, length)
    rewards = random_rewards(prompts, vocab, length, generator)
    theta = policy.random(generator)
    phi = {"logits": theta["logits"] + distance * policy.random(generator)["logits"]}
    v = policy.random(generator)
    objective = Objective(policy, rewards, group, None if clip is None else Clip(*clip))
    naive = reference(prompts, vocab, length, rewards.numpy(), group, *(clip or (None, None)))
    return objective, naive, theta, phi, v


def close(got, expected, scale=None):
    got, expected = np.asarray(got), np.asarray(expected)
    size = np.linalg.norm(expected) if scale is None else scale
    assert size > 0
    assert np.linalg.norm(got - expected) <= RTOL * size


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_agrees_with_reference(reference, case, seed):
    objective, naive, theta, phi, v = build(reference, case, seed)
    t, f, w = (point["logits"].numpy() for point in (theta, phi, v))
    if case[4] is not None:
        assert 0 < naive.clipped(t, f) < naive.P * naive.V**naive.L * naive.L  # the clip acts, not everywhere
    h, b = naive.H(t, f), naive.B(t, f)
    close(o.surrogate(objective, theta, phi), naive.F(t, f))
    close(o.surrogate_gradient(objective, theta, phi)["logits"], h)
    close(o.distribution_term(objective, theta, phi)["logits"], b)
    close(o.value(objective, theta), naive.value(t))
    # J ≡ 0 and DJ ≡ 0 here, so their scale is that of H
    on_policy = np.linalg.norm(naive.H(t, t))
    close(o.diagonal(objective, theta), naive.J(t), on_policy)
    close(o.total_derivative(objective, theta)["logits"], naive.DJ(t), on_policy)
    push = o.behaviour_jvp(objective, theta, phi, v)["logits"]
    close(push, naive.push(t, f, w))
    dense = o.behaviour_jacobian(objective, theta, phi)
    close((dense @ v["logits"].reshape(-1)).reshape(push.shape), naive.push(t, f, w))
    close(o.behaviour_vjp(objective, theta, phi, v)["logits"].reshape(-1), dense.T @ v["logits"].reshape(-1))
    assert operator_norm(dense) == pytest.approx(np.linalg.norm(dense.numpy(), 2), rel=1e-12)


def test_reference_derivatives_are_those_of_its_own_surrogate(reference):
    _, naive, theta, phi, v = build(reference, CASES[4], seed=3)
    t, f, w = (point["logits"].numpy() for point in (theta, phi, v))
    h = 1e-5
    assert np.vdot(naive.H(t, f), w) == pytest.approx(
        (naive.F(t + h * w, f) - naive.F(t - h * w, f)) / (2 * h), rel=1e-6
    )
    assert np.vdot(naive.B(t, f), w) == pytest.approx(
        (naive.F(t, f + h * w) - naive.F(t, f - h * w)) / (2 * h), rel=1e-6
    )
    np.testing.assert_allclose(
        naive.push(t, f, w), (naive.H(t, f + h * w) - naive.H(t, f - h * w)) / (2 * h), rtol=1e-6, atol=1e-10
    )


@pytest.mark.parametrize("group", [2, 3, 4])
def test_advantage_over_whole_groups_of_responses(reference, group):
    objective, naive, theta, _, _ = build(reference, (1, 2, 2, group, None, 0.0), seed=5)
    t = theta["logits"].numpy()
    p = torch.tensor(naive.success(t, 0)[0], dtype=torch.float64)
    for r in (0, 1):
        assert float(advantage(p, r, group)) == pytest.approx(naive.advantage_by_groups(t, 0, r), rel=1e-12)
    assert objective.group_size == group


@pytest.mark.parametrize("group", [2, 3, 8, 16])
def test_advantage_is_centred_and_signed(group):
    p = torch.linspace(0, 1, 41, dtype=torch.float64)
    good, bad = advantage(p, 1, group), advantage(p, 0, group)
    assert float((p * good + (1 - p) * bad).abs().max()) < 1e-14
    assert float(good.min()) >= 0 >= float(bad.max())
    assert float(good[0]) == pytest.approx((group - 1) ** 0.5, rel=1e-14)  # A_max = √(G−1)


def test_second_derivative_against_differences_of_the_first():
    generator = torch.Generator().manual_seed(0)
    policy = TabularSoftmax(2, 3, 2)
    objective = Objective(policy, digit_sum(2, 3, 2), 8)
    theta, phi, v = (policy.random(generator) for _ in range(3))
    h = 1e-5
    ahead, behind = ({"logits": phi["logits"] + step * v["logits"]} for step in (h, -h))
    difference = (
        o.behaviour_jvp(objective, theta, ahead, v)["logits"] - o.behaviour_jvp(objective, theta, behind, v)["logits"]
    ) / (2 * h)
    second = o.behaviour_second(objective, theta, phi, v)["logits"]
    assert torch.allclose(second, difference, rtol=1e-6, atol=1e-9)
    assert float(second.norm()) > 1e-3


def test_log_form_has_the_same_diagonal_gradient_and_another_objective():
    generator = torch.Generator().manual_seed(1)
    policy = TabularSoftmax(3, 4, 3)
    rewards, theta = random_rewards(3, 4, 3, generator), policy.random(generator)
    ratio, log = Objective(policy, rewards, 8), Objective(policy, rewards, 8, form="log")
    h = o.surrogate_gradient(ratio, theta, theta)["logits"]
    close(o.surrogate_gradient(log, theta, theta)["logits"], h)
    assert float(o.total_derivative(log, theta)["logits"].norm()) > 0.1 * float(h.norm())
    assert ratio.name != log.name


def test_no_response_is_lost_by_the_task_tables():
    table = digit_sum(2, 3, 2)
    for x, (i, y) in itertools.product(range(2), enumerate(itertools.product(range(3), repeat=2))):
        assert float(table[x, i]) == float((sum(y) - x) % 3 == 0)
    drawn = random_rewards(50, 2, 1, torch.Generator().manual_seed(0))
    assert drawn.sum(1).tolist() == [1.0] * 50  # two responses: exactly one 0 and one 1


POLICY = TabularSoftmax(1, 2, 2)
REWARDS = digit_sum(1, 2, 2)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (lambda: TabularSoftmax(0, 2, 2), "prompts >= 1, got 0"),
        (lambda: TabularSoftmax(1, 1, 2), "vocab >= 2, got 1"),
        (lambda: Objective(POLICY, REWARDS, 1), "G >= 2, got 1"),
        (lambda: Objective(POLICY, REWARDS * 0.5, 2), "only 0 and 1, got 0.5"),
        (lambda: Objective(POLICY, REWARDS * float("nan"), 2), "only 0 and 1, got nan"),
        (lambda: Objective(POLICY, REWARDS[:, :3], 2), r"shape \(1, 4\).*got \(1, 3\)"),
        (lambda: Objective(POLICY, REWARDS.float(), 2), "float64, got torch.float32"),
        (lambda: Objective(POLICY, REWARDS, 2, Clip(0.2, 0.2), form="log"), "no clip"),
        (lambda: Clip(1.0, 0.2), "eps_lo < 1, got 1.0"),
        (lambda: Clip(0.0, 0.2), "0 < eps_lo"),
        (lambda: Clip(0.2, -0.1), "eps_hi > 0, got -0.1"),
        (lambda: advantage(torch.tensor(0.5), 2, 4), "reward in"),
        (lambda: random_rewards(1, 2, 1, torch.Generator(), density=1.0), "density < 1"),
        (lambda: digit_sum(1, 2, 2, modulus=1), "modulus >= 2"),
    ],
)
def test_bad_problems_are_refused(bad, message):
    with pytest.raises(ValueError, match=message):
        bad()


@pytest.mark.parametrize(
    ("theta", "message"),
    [
        ({"logits": torch.full((1, 3, 2), float("nan"), dtype=torch.float64)}, "6 non-finite of 6"),
        ({"logits": torch.zeros(1, 2, 2, dtype=torch.float64)}, r"expected shape \(1, 3, 2\).*got \(1, 2, 2\)"),
        ({"logits": torch.zeros(1, 3, 2)}, "float64, got torch.float32"),
        ({"weights": torch.zeros(1, 3, 2)}, "expected the parameters"),
    ],
)
def test_bad_parameters_are_refused_everywhere(theta, message):
    objective, good = Objective(POLICY, REWARDS, 2), POLICY.zeros()
    calls = [
        lambda: o.surrogate(objective, theta, good),
        lambda: o.surrogate_gradient(objective, good, theta),
        lambda: o.distribution_term(objective, theta, good),
        lambda: o.total_derivative(objective, theta),
        lambda: o.value(objective, theta),
        lambda: o.behaviour_jvp(objective, good, good, theta),
        lambda: o.behaviour_vjp(objective, good, good, theta),
        lambda: o.behaviour_second(objective, good, good, theta),
        lambda: o.behaviour_jacobian(objective, good, theta),
        lambda: o.ratio_range(objective, good, theta),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=message):
            call()


@pytest.mark.parametrize(("gap", "largest"), [(700.0, math.exp(700.0)), (800.0, math.inf)])
def test_a_ratio_beyond_float64_is_infinite_or_0(gap, largest):
    policy = TabularSoftmax(1, 2, 1)
    even = policy.zeros()
    sharp = {name: torch.tensor([gap, 0.0], dtype=torch.float64).expand_as(x).clone() for name, x in even.items()}
    objective = Objective(policy, torch.eye(2, dtype=torch.float64)[:1], 2)
    low, high = o.ratio_range(objective, even, sharp)  # π_θ is even, π_φ all but certain
    assert high == pytest.approx(largest / 2, rel=1e-12)
    assert low == 0.5
    low, high = o.ratio_range(objective, sharp, even)
    assert low == pytest.approx(2 * math.exp(-gap), rel=1e-12)
    assert high == 2.0


def test_a_ratio_of_log_probabilities_that_are_not_finite_is_refused():
    policy = TabularSoftmax(1, 2, 1)
    even = policy.zeros()
    lost = {
        name: torch.tensor([1.7e308, -1.7e308], dtype=torch.float64).expand_as(x).clone() for name, x in even.items()
    }
    objective = Objective(policy, torch.eye(2, dtype=torch.float64)[:1], 2)
    with pytest.raises(ValueError, match=r"log-ratio of .* expected finite numbers"):
        o.ratio_range(objective, even, lost)


def test_dense_matrices_stay_small():
    policy = TabularSoftmax(4, 8, 4)
    objective = Objective(policy, digit_sum(4, 8, 4), 2)
    with pytest.raises(ValueError, match="at most 4096 parameters"):
        o.behaviour_jacobian(objective, policy.zeros(), policy.zeros())


def test_reference_imports_nothing_of_the_package():
    tree = ast.parse(pathlib.Path(__file__).with_name("reference.py").read_text())
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert names == {"itertools", "math", "numpy"}
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
