"""R_batch along a ray against fine scans, G_upd against runs on random and on worst gradients."""

import numpy as np
import pytest
import torch
from stalelaw.verify.constants import certified_radius
from stalelaw.verify.policies import TabularSoftmax
from stalelaw.verify.populations.closed import Clip
from stalelaw.verify.problems import CLIPS, generator, random_problem
from stalelaw.verify.runs.updates import AdamW, Sgd
from stalelaw.verify.spectra import clip_edge, update_bounds
from stalelaw.verify.trees import add, norm, random_unit, scale


def log_ratio_range(z, d, r):
    """Extremes of log softmax(z + r d) − log softmax(z), written out."""
    rows = [np.log(np.exp(x) / np.exp(x).sum(-1, keepdims=True)) for x in (z + r * d, z)]
    return (rows[0] - rows[1]).min(), (rows[0] - rows[1]).max()


def test_the_exit_on_a_ray_lies_between_the_radius_and_the_scan():
    seen = 0
    for index in range(10):
        problem, clip = random_problem(5, index, clip=False), CLIPS[index % len(CLIPS)]
        policy, phi = problem.objective.policy, problem.theta
        ray = random_unit(phi, generator(5, index))
        exact = clip_edge.tabular_exit(policy, phi, ray, clip, 5.0)
        above = clip_edge.exit_along(problem.objective, phi, ray, clip, 5.0)
        if exact is None:
            continue
        assert (exact.label, above.label) == ("exact", "upper")
        assert certified_radius(clip).value <= exact.value <= above.value * (1 + 1e-12)
        z, d = phi["logits"].numpy(), ray["logits"].numpy()
        low, high = np.log(1 - clip.lo), np.log(1 + clip.hi)
        inside = [log_ratio_range(z, d, r) for r in np.linspace(0.0, exact.value * (1 - 1e-9), 100)]
        assert all(low <= a and b <= high for a, b in inside)
        a, b = log_ratio_range(z, d, exact.value * (1 + 1e-9))
        assert a < low or b > high
        seen += 1
    assert seen >= 5


def test_an_excursion_between_the_points_of_a_scan_is_not_missed():
    """Three arms: the second one's ratio rises over the edge and falls again, all within one step of a long scan."""
    policy = TabularSoftmax(1, 3, 1)
    phi = {"logits": torch.tensor([[[6.0, 0.0, -6.0]]], dtype=torch.float64)}
    ray = {"logits": torch.tensor([[[-1.0, 0.0, 1.0]]], dtype=torch.float64) / 2.0**0.5}
    exact = clip_edge.tabular_exit(policy, phi, ray, Clip(0.999999, 0.2), 6000.0)
    assert exact.value < 0.5
    assert clip_edge.tabular_exit(policy, phi, ray, Clip(0.2, 0.2), 1e-6) is None


def test_rays_are_unit_vectors():
    problem = random_problem(5, 0, clip=False)
    ray = scale(random_unit(problem.theta, generator(0)), 2.0)
    with pytest.raises(ValueError, match="norm 1"):
        clip_edge.tabular_exit(problem.objective.policy, problem.theta, ray, CLIPS[0], 1.0)
    with pytest.raises(ValueError, match="norm 1"):
        clip_edge.exit_along(problem.objective, problem.theta, ray, CLIPS[0], 1.0)


UPDATES = [
    (Sgd(max_norm=0.7), 0.99),
    (Sgd(momentum=0.8, max_norm=0.7), 0.99),
    (AdamW(beta_1=0.9, beta_2=0.95), 0.9),
    (AdamW(beta_1=0.8, beta_2=0.9, decay=0.1), 0.4),  # the pull is largest far from the start only
]


def norms_of(update, gradients, start, eta=0.05):
    theta, state, found = start, update.start(start), []
    for g in gradients:
        u, state = update.move(g, state, theta)
        found.append(norm(u))
        theta = add(theta, u, eta)
    return found


@pytest.mark.parametrize(("update", "share"), UPDATES)
def test_no_update_is_larger_than_its_bound_and_some_come_near(update, share):
    g, start = generator(9), {"x": torch.full((4,), 0.5, dtype=torch.float64)}
    bound = update_bounds.bounded_update(update, start)
    assert bound.label == "upper"
    largest = 0.0
    for _ in range(20):
        noise = [torch.randn(4, generator=g, dtype=torch.float64) ** 3 for _ in range(40)]
        found = update_bounds.largest_update(norms_of(update, [{"x": x} for x in noise], start))
        assert found.label == "lower"
        largest = max(largest, found.value)
    steps = 60
    growing = getattr(update, "beta_1", 1.0) / getattr(update, "beta_2", 1.0)
    worst = [{"x": torch.full((4,), growing ** (steps - k), dtype=torch.float64)} for k in range(steps)]
    largest = max(largest, *norms_of(update, worst, start))
    assert share * bound.value < largest <= bound.value * (1 + 1e-12)  # that share of the bound is refuted


def test_what_nothing_bounds_is_refused():
    start = {"x": torch.ones(2, dtype=torch.float64)}
    with pytest.raises(ValueError, match="max_norm"):
        update_bounds.bounded_update(Sgd(), start)
    with pytest.raises(ValueError, match="beta_2"):
        update_bounds.bounded_update(AdamW(beta_1=0.99, beta_2=0.9), start)
    with pytest.raises(ValueError, match="at least one"):
        update_bounds.largest_update([])
