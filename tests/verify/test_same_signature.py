"""One call for every quantity, on enumerated, conditional and sampled populations; the sampled ones with an error."""

import pytest
import torch
from stalelaw.verify import objectives as o
from stalelaw.verify.populations.batches import draw
from stalelaw.verify.populations.conditional import draw_prefixes
from stalelaw.verify.populations.losses import Loss
from stalelaw.verify.populations.sampled import SampledPopulation, estimated
from stalelaw.verify.trees import add, flatten, random_unit

from .small_task import PROMPTS, SHAPE, enumerated, network, reward

GROUPS, BLOCKS = 6400, 64
SIGMAS = (
    5.5  # of the largest of some 300 components, by Student's t with 63 degrees of freedom: false alarms below 1e-3
)
QUANTITIES = {
    "F": lambda p, theta, phi, v: o.surrogate(p, theta, phi),
    "H": lambda p, theta, phi, v: o.surrogate_gradient(p, theta, phi),
    "B": lambda p, theta, phi, v: o.distribution_term(p, theta, phi),
    "DJ": lambda p, theta, phi, v: o.total_derivative(p, phi),
    "V": lambda p, theta, phi, v: o.value(p, theta),
    "dH.v": o.behaviour_jvp,
    "dH^T.w": o.behaviour_vjp,
    "learner dH.v": o.learner_jvp,
    "learner dH^T.w": o.learner_vjp,
}


@pytest.fixture(scope="module")
def problem():
    loss, policy = Loss("grpo"), network()
    phi = policy.params()
    g = torch.Generator().manual_seed(0)
    theta, v = add(phi, random_unit(phi, g), 0.3), random_unit(phi, g)
    how = {**SHAPE, "groups": GROUPS, "generator": g}
    drawn = {"sampled": SampledPopulation(loss, policy, draw(policy, phi, PROMPTS, reward, **how))}
    how["groups"] //= 10
    for depth in (0, 1):
        drawn[f"given {depth}"] = draw_prefixes(loss, policy, phi, PROMPTS, reward, depth=depth, **how)
    return enumerated(loss, policy), drawn, theta, phi, v


def off(exact, population, quantity, theta, phi, v, truth=None):
    """Largest distance of a component from the exact one, in standard errors."""
    value, stderr = estimated(population, lambda p: quantity(p, theta, phi, v), BLOCKS)
    expected = (truth or quantity)(exact, theta, phi, v)
    expected = flatten(expected) if isinstance(expected, dict) else torch.tensor([expected])
    assert value.shape == stderr.shape == expected.shape
    return float(((value - expected).abs() / stderr.clamp(min=1e-12)).max())


@pytest.mark.parametrize("name", QUANTITIES)
@pytest.mark.parametrize("kind", ["sampled", "given 0", "given 1"])
def test_estimates_agree_with_the_enumeration(problem, kind, name):
    exact, drawn, *points = problem
    assert off(exact, drawn[kind], QUANTITIES[name], *points) < SIGMAS


@pytest.mark.parametrize("name", QUANTITIES)
def test_another_quantity_is_told_apart(problem, name):
    """V and F at another point, H for DJ, every other derivative three times as long."""
    exact, drawn, theta, phi, v = problem

    def wrong(p, *points):
        if name in ("F", "V"):
            return QUANTITIES[name](p, add(theta, add(theta, phi, -1.0), 9.0), phi, v)
        if name == "DJ":
            return o.surrogate_gradient(p, phi, phi)
        found = QUANTITIES[name](p, *points)
        return {k: 3.0 * x for k, x in found.items()}

    assert off(exact, drawn["sampled"], QUANTITIES[name], theta, phi, v, wrong) > SIGMAS


def test_ratios_of_a_sample_lie_within_those_of_all_tokens(problem):
    exact, drawn, theta, phi, _ = problem
    lowest, highest = o.ratio_range(exact, theta, phi)
    for population in drawn.values():
        low, high = o.ratio_range(population, theta, phi)
        assert lowest * (1 - 1e-12) <= low < 1.0 < high <= highest * (1 + 1e-12)


def test_an_error_needs_two_blocks(problem):
    with pytest.raises(ValueError, match="at least two blocks"):
        estimated(problem[1]["sampled"], lambda p: 0.0, 1)
