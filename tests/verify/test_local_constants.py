"""Constants at a point against dense operators, brute force on circles, and each other."""

import itertools
import math

import numpy as np
import pytest
import torch
from stalelaw.verify.claims import behaviour_lipschitz, closed_constants
from stalelaw.verify.objectives import behaviour_second
from stalelaw.verify.policies import TabularSoftmax
from stalelaw.verify.populations.closed import Objective
from stalelaw.verify.populations.exact import ExactPopulation
from stalelaw.verify.populations.losses import Loss
from stalelaw.verify.populations.responses import Responses
from stalelaw.verify.problems import generator
from stalelaw.verify.spectra import group_terms, local_constants
from stalelaw.verify.spectra.operators import jacobian
from stalelaw.verify.trees import add, flatten, random_unit
from stalelaw.verify.verifiable import sort

from .small_populations import kinds, tabular


def largest_variation(terms):
    """½ max over sign vectors of ‖Σ_z ± ∂p(z)‖: the slope of the total variation, all 2^n of them tried."""
    weighted = (terms.law[:, None] * terms.score).numpy()
    signs = np.array(list(itertools.product((-1.0, 1.0), repeat=len(weighted))))
    return 0.5 * np.linalg.norm(signs @ weighted, axis=1).max()


def test_slope_of_the_variation_lies_between_its_bounds():
    reached = 0
    for index in range(12):
        population, theta, phi = tabular("grpo", index, TabularSoftmax(1 + index % 2, 2, 1 + index % 2))
        terms = group_terms.response_terms(population, theta, phi)
        exact = largest_variation(terms)
        below, above = local_constants.variation_slope(terms, 1, seed=index)
        assert (below.label, above.label) == ("lower", "upper")
        assert below.value <= exact * (1 + 1e-12)
        assert exact <= above.value * (1 + 1e-12)
        reached += below.value >= exact * (1 - 1e-9)
        groups = group_terms.group_terms(population, theta, phi, slopes=False)
        wide = local_constants.variation_slope(terms, 2, seed=index)[1].value
        assert local_constants.variation_slope(groups, 1, seed=index)[0].value <= wide * (1 + 1e-12)
        step = 1e-6
        v = random_unit(phi, generator(index))
        laws = [group_terms.response_terms(population, theta, add(phi, v, s)).law for s in (step, -step)]
        assert 0.5 * float((laws[0] - laws[1]).abs().sum()) / (2 * step) <= exact * (1 + 1e-6)
    assert reached >= 6  # a local maximum now and then


def sides(constants, name):
    found = {"lower": [], "exact": [], "upper": []}
    for c in constants:
        if c.name.startswith(name) and c.label in found:
            found[c.label].append(c.value)
    return found


def point_constants(population, theta, phi):
    responses = group_terms.response_terms(population, theta, phi)
    groups = group_terms.group_terms(population, theta, phi)
    above = [local_constants.variation_slope(responses, n, 0)[1].value for n in (1, population.group_size)]
    return [
        *local_constants.by_terms(groups, "groups", above[1], 0),
        *local_constants.by_terms(responses, "responses", above[0], 0),
    ]


def problems():
    yield from kinds()
    for index, loss in enumerate(("grpo", "dapo", "gspo", "cispo", "dr-grpo", "rloo")):
        yield tabular(loss, index, TabularSoftmax(1 + index % 2, 2 + index % 2, 1), size=2 + index % 2)


@pytest.fixture(scope="module")
def norms():
    """Every problem with the norm of its dense operator."""
    return [(point, np.linalg.norm(jacobian(*point, "behaviour"), 2)) for point in problems()]


def test_every_upper_bound_lies_above_the_norm(norms):
    for (population, theta, phi), true in norms:
        upper = sides(point_constants(population, theta, phi), "K_phi")["upper"]
        assert len(upper) == 6
        assert true <= min(upper) * (1 + 1e-10)


def test_a_wrong_bound_is_noticed(norms, scaled):
    scaled("behaviour-lipschitz", "", 1e-3)
    scaled_down = 0
    for (population, theta, phi), true in norms:
        scaled_down += true > min(sides(point_constants(population, theta, phi), "K_phi")["upper"]) * (1 + 1e-10)
    assert scaled_down > 0


def test_drawn_groups_are_labelled_lower(monkeypatch):
    population, theta, phi = tabular("grpo", 5, size=3)
    exact = {c.name: c for c in point_constants(population, theta, phi)}
    monkeypatch.setattr(group_terms, "LIMIT", 10)
    drawn = group_terms.group_terms(population, theta, phi, draws=6, seed=1)
    assert not drawn.complete
    for c in local_constants.by_terms(drawn, "groups", 1.0, 0):
        assert c.label == {"L_D, by groups": "upper"}.get(c.name, "estimate" if c.name[:5] == "K_phi" else "lower")
        if c.label == "lower":
            assert c.value <= exact[c.name].value * (1 + 1e-12)


def test_spectra_of_a_point_are_those_of_the_dense_matrices(monkeypatch):
    population, theta, phi = tabular("dapo", 3)
    dense = {c.name: c for c in local_constants.slots(population, theta, phi, 0)}
    assert {c.label for c in dense.values()} == {"exact"}
    monkeypatch.setattr(local_constants, "DENSE_BELOW", 5)
    for c in local_constants.slots(population, theta, phi, 0):
        assert c.value == pytest.approx(dense[c.name].value, rel=1e-7, abs=1e-10)
        assert c.residual < 1e-7
        assert c.label != "exact"


def test_curvature_against_all_directions_of_a_plane():
    angles = np.linspace(0.0, math.pi, 20_001)
    for index in range(2):
        rewards = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
        policy = TabularSoftmax(1, 2, 1)
        objective = Objective(policy, rewards, 4 + index, None)
        theta, phi = (policy.random(generator(index, i)) for i in (0, 1))

        def second(x, y, objective=objective, theta=theta, phi=phi):
            e = {"logits": torch.tensor([[[x, y]]], dtype=torch.float64)}
            return flatten(behaviour_second(objective, theta, phi, e)).numpy()[:, None]

        first, last, both = second(1.0, 0.0), second(0.0, 1.0), second(1.0, 1.0)
        c, s = np.cos(angles), np.sin(angles)
        true = np.linalg.norm(first * c**2 + last * s**2 + (both - first - last) * c * s, axis=0).max()
        found = local_constants.curvature(objective, theta, phi, seed=index, starts=2, steps=6)
        assert found.label == "lower"
        assert true * (1 - 1e-6) <= found.value <= true * (1 + 1e-6)  # the grid misses by the square of its step
        assert true > 1e-3


def test_all_constants_of_a_point_as_rows():
    task = sort(2, 1)
    policy = TabularSoftmax(2, 2, 1)
    responses = Responses(policy)
    population = ExactPopulation(Loss("grpo"), responses, task.table(responses), 2)
    theta = policy.random(generator(0))
    rows = [c.as_dict() for c in local_constants.measured_constants(population, theta, theta, seed=1, starts=1)]
    assert rows == [c.as_dict() for c in local_constants.measured_constants(population, theta, theta, seed=1, starts=1)]
    names = {row["name"] for row in rows}
    for expected in ("G_ell, by groups", "L_B, by responses", "norm of d_theta H", "norm of d_phi H", "M"):
        assert expected in names
    assert all(math.isfinite(row["value"]) for row in rows)
    parts = ExactPopulation(Loss("grpo"), responses, task.table(responses), 2, at_once=2)
    with pytest.raises(ValueError, match="one part"):
        local_constants.measured_constants(parts, theta, theta)


def test_rows_of_networks_and_certified_rows_notice_a_wrong_constant(scaled):
    for claim, constant in (("behaviour-lipschitz", "K_phi"), ("diameter-lipschitz", "K_phi in diameter form")):
        scaled(claim, "", 0.01)
        rows = behaviour_lipschitz.on_networks(claim, f"{constant}, by groups", 0, "quick", "cpu")
        assert {row.status for row in rows} == {"violated"}
        assert len(rows) == 2
    scaled("closed-constants", "K_phi", 0.01)
    (certified,) = [row for row in closed_constants.measure(0) if "certified" in row.message]
    assert certified.status == "violated"
