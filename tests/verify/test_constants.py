"""Constants, single groups and the law of groups against enumeration written out here (ladder rung 5)."""

import itertools
import math

import numpy as np
import pytest
import torch
from stalelaw.verify import constants, groups
from stalelaw.verify.objectives import behaviour_jvp, surrogate_gradient
from stalelaw.verify.policies import TabularSoftmax
from stalelaw.verify.populations.closed import Clip, Objective
from stalelaw.verify.problems import generator, main_problem, random_problem
from stalelaw.verify.tasks import digit_sum, random_rewards
from stalelaw.verify.trees import add, combine, flatten, norm, random_unit, unflatten


def small(group=2, clip=None, prompts=2):
    policy = TabularSoftmax(prompts, 2, 2)
    g = generator(3)
    return Objective(policy, random_rewards(prompts, 2, 2, g), group, clip), policy.random(g), policy.random(g)


@pytest.mark.parametrize("clip", [None, Clip(0.2, 0.2)])
def test_mean_gradient_of_all_groups_is_the_population_gradient(reference, clip):
    objective, theta, phi = small(clip=clip)
    naive = reference(2, 2, 2, objective.rewards.numpy(), 2)
    everything = torch.tensor([[x, i, j] for x in range(2) for i in range(4) for j in range(4)])
    gradients = groups.group_gradients(objective, theta, phi, everything).numpy()
    p = [[naive.probability(phi["logits"].numpy(), x, y) for y in naive.responses] for x in range(2)]
    mean = sum(p[x][i] * p[x][j] / 2 * g for (x, i, j), g in zip(everything.tolist(), gradients, strict=True))
    np.testing.assert_allclose(mean, flatten(surrogate_gradient(objective, theta, phi)), rtol=1e-12, atol=1e-16)


def test_law_of_a_group_against_all_ordered_groups(reference):
    objective, theta, phi = small(group=3)
    naive = reference(2, 2, 2, objective.rewards.numpy(), 3)
    total = 0.0
    for x in range(2):
        p, q = ([naive.probability(point["logits"].numpy(), x, y) for y in naive.responses] for point in (theta, phi))
        for z in itertools.product(range(4), repeat=3):
            total += 0.5 * abs(math.prod(p[i] for i in z) - math.prod(q[i] for i in z)) / 2
    assert groups.group_tv(objective, theta, phi) == pytest.approx(total, rel=1e-12)


def test_segment_estimates_contain_their_ends_and_direction():
    problem = main_problem(0)
    theta, phi = problem.theta, add(problem.theta, random_unit(problem.theta, generator(1)), 0.1)
    ends = [constants.behaviour_norm(problem.objective, theta, point).value for point in (theta, phi)]
    sup = constants.segment_sup(problem.objective, theta, phi, points=3)
    assert sup.value >= max(ends)
    assert sup.label == "lower"
    e = random_unit(theta, generator(2))
    assert norm(behaviour_jvp(problem.objective, theta, phi, e)) <= ends[1] * (1 + 1e-12)
    assert constants.segment_curvature(problem.objective, theta, phi, points=3).label == "lower"


def test_closed_constants_are_the_theory_at_known_values():
    found = constants.closed(group_size=8, length=3, eps_hi=0.2)
    assert set(found) == {"G_ell", "L_B", "L_D", "K_phi"}
    assert all(c.label == "upper" for c in found.values())
    assert found["L_D"].value == pytest.approx(1.0, rel=1e-15)  # √16/4
    joined = constants.predict("behaviour-lipschitz", **{k: c.value for k, c in found.items()})
    assert joined == pytest.approx(found["K_phi"].value, rel=1e-14)  # two claims agree on K_φ
    assert constants.certified_radius(Clip(0.2, 0.2)).value == pytest.approx(math.log(1.2) / math.sqrt(2), rel=1e-15)
    assert constants.certified_radius(Clip(0.1, 0.3)).value == pytest.approx(-math.log(0.9) / math.sqrt(2), rel=1e-15)


def test_predict_asks_for_what_is_missing():
    assert constants.predict("crossover", T=320, a=1.6e-6, b=3.2e-5) == pytest.approx(16.0, rel=1e-15)
    with pytest.raises(ValueError, match=r"expected values for \['T', 'a', 'b'\], got \['T'\]"):
        constants.predict("crossover", T=320)


def test_problems_replay_and_differ_only_in_the_clip():
    first, again, other = random_problem(1, 4, True), random_problem(1, 4, False), random_problem(2, 4, True)
    assert torch.equal(first.theta["logits"], again.theta["logits"])
    assert torch.equal(first.objective.rewards, again.objective.rewards)
    assert (first.objective.clip, again.objective.clip) == (first.clip, None)
    assert first.theta["logits"].shape != other.theta["logits"].shape or not torch.equal(
        first.theta["logits"], other.theta["logits"]
    )


def test_vectors_round_trip():
    x = {"a": torch.arange(6, dtype=torch.float64).reshape(2, 3), "b": torch.ones(2, dtype=torch.float64)}
    back = unflatten(flatten(x), x)
    assert all(torch.equal(back[k], x[k]) for k in x)
    middle = combine(x, {k: v + 2 for k, v in x.items()}, 0.5)
    assert torch.equal(middle["b"], torch.full((2,), 2.0, dtype=torch.float64))
    assert norm(random_unit(x, generator(0))) == pytest.approx(1.0, rel=1e-14)


def test_bad_input_is_refused():
    objective, theta, phi = small()
    with pytest.raises(ValueError, match=r"\(count, 3\)"):
        groups.group_gradients(objective, theta, phi, torch.zeros(2, 5, dtype=torch.int64))
    log = Objective(objective.policy, objective.rewards, 2, form="log")
    with pytest.raises(ValueError, match="ratio form"):
        groups.group_gradients(log, theta, phi, torch.zeros(2, 3, dtype=torch.int64))
    big = Objective(TabularSoftmax(1, 4, 3), digit_sum(1, 4, 3), 8)
    with pytest.raises(ValueError, match="100000 count vectors"):
        groups.group_tv(big, big.policy.zeros(), big.policy.zeros())
    with pytest.raises(ValueError, match="at least 2 grid points"):
        constants.segment_sup(objective, theta, phi, points=1)
    with pytest.raises(ValueError, match="theta != phi"):
        constants.segment_curvature(objective, theta, theta)
    with pytest.raises(ValueError, match="seed and index"):
        generator(-1)
