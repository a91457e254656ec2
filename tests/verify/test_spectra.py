"""Spectra without a matrix against dense decompositions and against central differences of H."""

import numpy as np
import pytest
import torch
from scipy.sparse.linalg import LinearOperator, aslinearoperator
from stalelaw.verify.objectives import surrogate_gradient
from stalelaw.verify.policies import MLP, Enumerated, SequencePolicy, TabularSoftmax, Transformer
from stalelaw.verify.populations.exact import ExactPopulation
from stalelaw.verify.populations.losses import Loss
from stalelaw.verify.populations.responses import Responses
from stalelaw.verify.problems import generator, random_problem
from stalelaw.verify.spectra import feedback
from stalelaw.verify.spectra import operators as spectra
from stalelaw.verify.trees import add, flatten, random_unit, unflatten
from stalelaw.verify.verifiable import bandit, sort


def matrices():
    draw = np.random.default_rng(0)
    q = np.linalg.qr(draw.standard_normal((40, 40)))[0]
    near = np.r_[1.0, 1.0 - 1e-9, 1.0 - 1e-6, np.linspace(0.9, 0.0, 37)]
    return {
        "square": draw.standard_normal((40, 40)),
        "tall": draw.standard_normal((50, 30)),
        "wide": draw.standard_normal((30, 50)),
        "orthogonal": q,
        "rank one": np.outer(draw.standard_normal(40), draw.standard_normal(40)),
        "nilpotent": np.diag(np.arange(1.0, 40.0), 1),
        "two equal": q[:, :2] @ q[:, 2:4].T,
        "clustered": q @ np.diag(near) @ q.T,
        "tiny numbers": 1e-14 * draw.standard_normal((40, 40)),
        "column": draw.standard_normal((7, 1)),
        "number": np.array([[-3.0]]),
        "two by two": np.array([[0.0, 2.0], [0.0, 0.0]]),
    }


@pytest.mark.parametrize("kind", matrices())
def test_the_norm_is_the_largest_singular_value_from_below(kind):
    matrix = matrices()[kind]
    true = np.linalg.svd(matrix)[1][0]
    found = spectra.operator_norm(aslinearoperator(matrix), "norm", seed=1)
    assert found.label == "lower"
    assert true * (1 - 1e-12) <= found.value <= true * (1 + 1e-13)
    assert found.residual <= 1e-6 * true
    again = spectra.operator_norm(aslinearoperator(matrix), "norm", seed=1)
    assert again.value == pytest.approx(found.value, rel=1e-14)


def test_a_zero_operator_has_norm_and_eigenvalues_zero():
    zero = aslinearoperator(np.zeros((20, 20)))
    assert spectra.operator_norm(zero, "norm").as_dict()["value"] == 0.0
    assert [c.value for c in spectra.extreme_eigenvalues(zero, "zero")] == [0.0, 0.0]


def test_what_does_not_converge_is_refused():
    gap = np.diag(1.0 - 1e-7 * np.arange(300.0) ** 2)
    with pytest.raises(ValueError, match=r"no convergence .* try more iterations"):
        spectra.operator_norm(aslinearoperator(gap), "norm", tolerance=1e-300, iterations=1)
    nothing = LinearOperator((8, 8), matvec=lambda v: v * np.nan, rmatvec=lambda v: v * np.nan, dtype=float)
    with pytest.raises(ValueError, match="finite"):
        spectra.operator_norm(nothing, "norm")
    with pytest.raises(ValueError, match="square"):
        spectra.extreme_eigenvalues(aslinearoperator(np.ones((4, 5))), "norm")


@pytest.mark.parametrize("symmetric", [True, False])
def test_extreme_eigenvalues_and_their_sides(symmetric):
    draw = np.random.default_rng(3)
    for size in (2, 3, 8, 30):
        matrix = draw.standard_normal((size, size))
        matrix = matrix + matrix.T if symmetric else matrix
        real = np.linalg.eigvals(matrix).real
        low, high = spectra.extreme_eigenvalues(aslinearoperator(matrix), "M", seed=2)
        assert (low.value, high.value) == pytest.approx((real.min(), real.max()), rel=1e-9)
        assert max(low.residual, high.residual) < 1e-7
        if size > 3:
            assert (low.label, high.label) == (("upper", "lower") if symmetric else ("estimate", "estimate"))
            if symmetric:
                assert low.value >= real.min() - 1e-12
                assert high.value <= real.max() + 1e-12


def populations():
    task = sort(2, 2)
    torch.manual_seed(0)
    mlp = SequencePolicy(MLP(task.inputs, task.vocab, 4, 3).double(), task.vocab)
    former = SequencePolicy(Transformer(task.inputs, task.vocab, 5, width=4, heads=2, layers=1).double(), task.vocab)
    for policy, loss in ((mlp, "truncated-is"), (mlp, "dapo"), (former, "grpo")):
        responses = Responses(Enumerated(policy, task.prompts, task.mask, task.length))
        yield ExactPopulation(Loss(loss), responses, task.table(responses), 3), policy.params()
    problem = random_problem(0, 5, clip=True)
    yield problem.objective, problem.theta


@pytest.mark.parametrize("slot", ["learner", "behaviour"])
def test_operators_are_the_differences_of_the_gradient(slot):
    for population, theta in populations():
        phi = add(theta, random_unit(theta, generator(4)), 0.05)
        op = spectra.operator(population, theta, phi, slot)
        draw = np.random.default_rng(6)
        v, w = draw.standard_normal((2, op.shape[0]))
        step, ends = unflatten(torch.from_numpy(v), theta), []
        for h in (1e-6, -1e-6):
            moved = {"learner": (add(theta, step, h), phi), "behaviour": (theta, add(phi, step, h))}[slot]
            ends.append(flatten(surrogate_gradient(population, *moved)).numpy())
        change = (ends[0] - ends[1]) / 2e-6
        np.testing.assert_allclose(op.matvec(v), change, atol=1e-8 * max(1.0, np.linalg.norm(change)))
        assert w @ op.matvec(v) == pytest.approx(v @ op.rmatvec(w), rel=1e-9, abs=1e-13)


def test_the_matrix_and_the_norm_without_one():
    for population, theta in list(populations())[::3]:
        phi = add(theta, random_unit(theta, generator(4)), 0.05)
        for slot in ("learner", "behaviour"):
            op = spectra.operator(population, theta, phi, slot)
            matrix = spectra.jacobian(population, theta, phi, slot).numpy()
            v = np.random.default_rng(8).standard_normal(op.shape[0])
            np.testing.assert_allclose(op.matvec(v), matrix @ v, rtol=1e-10, atol=1e-14)
            values = spectra.singular_values(matrix)
            assert spectra.operator_norm(op, "norm").value == pytest.approx(values[0], rel=1e-9)


def test_the_null_test_has_a_zero_operator():
    """RLOO with the exact sequence ratio: the surrogate gradient does not see the behaviour policy."""
    task = bandit([0.0, 0.5, 1.0])
    policy = TabularSoftmax(1, 3, 1)
    rewards = task.table(Responses(policy))
    theta, phi = (policy.random(generator(1, i)) for i in (0, 1))
    exact = ExactPopulation(Loss("rloo-is"), Responses(policy), rewards, 3)
    size = spectra.operator_norm(spectra.operator(exact, theta, phi, "behaviour"), "norm")
    assert 0.0 <= size.value < 1e-15


def test_eigenvalue_pairs_decide_where_norms_do_not():
    fresh, stale = np.diag([10.0, 0.1]), np.diag([0.0, 0.5])
    pairs = feedback.eigenvalue_pairs(-fresh, -stale)
    assert pairs.label == "exact"
    np.testing.assert_allclose(np.c_[pairs.learner.real, pairs.behaviour.real], [[-10.0, 0.0], [-0.1, -0.5]])
    eta, lag = 0.15, 40
    radius = np.abs(np.linalg.eigvals(feedback.lag_map(-fresh, -stale, eta, lag))).max()
    each = [
        np.abs(np.linalg.eigvals(feedback.lag_map(np.array([[a]]), np.array([[b]]), eta, lag))).max()
        for a, b in zip(pairs.learner, pairs.behaviour, strict=True)
    ]
    assert radius == pytest.approx(max(each), rel=1e-12)
    assert radius > 1.0 > np.linalg.norm(stale, 2) / np.linalg.norm(fresh, 2)  # by norms it would look stable
    nilpotent = np.array([[0.0, 5.0], [0.0, 0.0]])
    calm = feedback.lag_map(-np.eye(2), -nilpotent, 0.5, 3)
    assert np.abs(np.linalg.eigvals(calm)).max() < 1.0 < np.linalg.norm(nilpotent, 2)  # and here unstable
    with pytest.raises(ValueError, match="defective"):
        feedback.eigenvalue_pairs(-np.eye(2), -nilpotent)


def test_pairs_of_matrices_in_one_basis_and_of_others():
    draw = np.random.default_rng(2)
    basis = draw.standard_normal((6, 6))
    a, b = draw.standard_normal((2, 6))
    one, other = (basis @ np.diag(d) @ np.linalg.inv(basis) for d in (a, b))
    pairs = feedback.eigenvalue_pairs(one, other)
    expected = sorted(zip(a, b, strict=True), key=sum)
    np.testing.assert_allclose(np.c_[pairs.learner.real, pairs.behaviour.real], expected, rtol=1e-8)
    assert pairs.label == "exact"
    assert pairs.commutator < 1e-10
    apart = feedback.eigenvalue_pairs(one, draw.standard_normal((6, 6)))
    assert apart.label == "estimate"
    assert apart.commutator > 1e-3


def test_lag_map_is_the_recursion():
    draw = np.random.default_rng(5)
    a, b = 0.1 * draw.standard_normal((2, 3, 3))
    for lag in (0, 1, 3):
        x = list(draw.standard_normal((lag + 1, 3)))  # oldest first
        state = np.concatenate(x[::-1])
        for _ in range(4):
            x.append(x[-1] + 0.7 * (a @ x[-1] + b @ x[-1 - lag]))
            state = feedback.lag_map(a, b, 0.7, lag) @ state
        np.testing.assert_allclose(state[:3], x[-1], rtol=1e-12)
