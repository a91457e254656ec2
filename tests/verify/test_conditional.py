"""Prefixes drawn, the rest enumerated: unbiased at every depth, exact at none, the sampled population at all."""

import dataclasses
import re

import pytest
import torch
from stalelaw.verify import objectives
from stalelaw.verify.policies import Enumerated
from stalelaw.verify.populations.batches import Batch
from stalelaw.verify.populations.conditional import draw_prefixes
from stalelaw.verify.populations.losses import Loss
from stalelaw.verify.populations.responses import Responses
from stalelaw.verify.populations.sampled import SampledPopulation
from stalelaw.verify.trees import add, flatten, norm, random_unit

from .small_task import PROMPTS, REWARDS, SHAPE, SIGMAS, enumerated, network, off, reward

GROUPS, BLOCKS = 400, 20


def problem(name="grpo", distance=1.5):
    policy = network()
    theta, g = policy.params(), torch.Generator().manual_seed(7)
    phi = add(theta, random_unit(theta, g), distance)
    loss = Loss(name, {"eps_lo": 0.1, "eps_hi": 0.1})
    return policy, theta, phi, loss, enumerated(loss, policy), g


def drawn(policy, phi, loss, depth, g, groups=GROUPS, prompts=PROMPTS):
    return draw_prefixes(loss, policy, phi, prompts, reward, depth=depth, groups=groups, generator=g, **SHAPE)


def test_every_depth_is_unbiased_and_a_smaller_one_has_less_noise():
    """400 groups, one look: H at φ₀, H and ∂_φH·v elsewhere by the weight of the prefixes."""
    policy, theta, phi, loss, exact, g = problem("dapo")
    v = random_unit(theta, g)
    truth = {"H": objectives.surrogate_gradient(exact, theta, phi)}
    truth |= {"fresh": objectives.surrogate_gradient(exact, theta, theta)}
    truth |= {"push": objectives.behaviour_jvp(exact, theta, phi, v)}
    noise = []
    for depth in (0, 1, 2):
        population = drawn(policy, phi, loss, depth, g)
        parts = population.gradients(theta, phi, BLOCKS)
        assert abs(off(parts, truth["H"])) < SIGMAS
        assert abs(off(population.gradients(theta, theta, BLOCKS), truth["fresh"])) < SIGMAS
        pushed = [flatten(objectives.behaviour_jvp(b, theta, phi, v)) for b in population.blocks(BLOCKS)]
        assert abs(off(torch.stack(pushed), truth["push"])) < SIGMAS
        noise.append(float(parts.var(0).sum()))
        torch.testing.assert_close(parts.mean(0), flatten(objectives.surrogate_gradient(population, theta, phi)))
    assert noise[0] < noise[1] < noise[2]


def test_the_mean_over_all_prefixes_is_the_population():
    """Every prompt and triple of first tokens, each with its chance: exact away from φ₀ too, by the weight alone."""
    policy, theta, phi, loss, exact, g = problem()
    found = {}
    for one in drawn(policy, phi, loss, 1, g, groups=600).blocks(600):
        found[one.prefixes.prompts[0, 0].item(), tuple(one.prefixes.tokens.flatten().tolist())] = one
    chances = {key: 0.5 * float(one.prefixes.behaviour.sum().exp()) for key, one in found.items()}
    assert sum(chances.values()) == pytest.approx(1.0, abs=1e-12)  # all 16 occurred

    def mean(f, populations):
        return sum(chances[key] * flatten(f(one)) for key, one in populations.items())

    def unweighted(one):
        logs = one.tables(theta)["tokens"][:, :, 0, :1].detach()
        return dataclasses.replace(one, prefixes=dataclasses.replace(one.prefixes, behaviour=logs))

    for f in (
        lambda p: objectives.surrogate_gradient(p, theta, phi),
        lambda p: objectives.surrogate_gradient(p, theta, theta),
        lambda p: objectives.behaviour_jvp(p, theta, phi, theta),
    ):
        expected = flatten(f(exact))
        assert float((mean(f, found) - expected).norm()) < 1e-12 * float(expected.norm())
    expected = flatten(objectives.surrogate_gradient(exact, theta, theta))
    wrong = mean(lambda p: objectives.surrogate_gradient(unweighted(p), theta, theta), found)
    assert float((wrong - expected).norm()) > 1e-2 * float(expected.norm())


def test_no_prefix_is_enumeration_and_a_whole_one_is_sampling():
    policy, theta, phi, loss, exact, g = problem()
    single = drawn(policy, phi, loss, 0, g, groups=1, prompts=tuple(x[:1] for x in PROMPTS))
    listed = Responses(Enumerated(policy, *(x[:1] for x in PROMPTS), length=2), end=0)
    alone = dataclasses.replace(exact, responses=listed, rewards=REWARDS[:1])
    for f in (objectives.surrogate_gradient, objectives.distribution_term):
        one, two = f(single, theta, phi), f(alone, theta, phi)
        assert norm(add(one, two, -1.0)) < 1e-13 * norm(two)
    whole = drawn(policy, phi, loss, 2, g, groups=40)
    p, mask = whole.prefixes, whole.mask[:, :, 0]
    batch = Batch(p.prompts, p.prompt_mask, whole.tokens[:, :, 0], mask, whole.rewards[..., 0], p.behaviour)
    sampled = SampledPopulation(loss, policy, batch)
    for f in (objectives.surrogate_gradient, objectives.distribution_term):
        one, two = f(whole, theta, phi), f(sampled, theta, phi)
        assert norm(add(one, two, -1.0)) < 1e-13 * norm(two)


def test_the_name_says_what_is_conditioned_on():
    policy, _, phi, loss, _, g = problem()
    names = [drawn(policy, phi, loss, depth, g, groups=2).name for depth in (0, 1)]
    assert names[0].endswith("conditional mean given the prompts of 2 groups")
    assert names[1].endswith("conditional mean given the first 1 tokens of 2 groups")


def test_bad_prefixes_are_refused():
    policy, _, phi, loss, _, g = problem()
    with pytest.raises(ValueError, match=re.escape("expected 0 <= depth <= 2, got 3")):
        drawn(policy, phi, loss, 3, g)
    with pytest.raises(ValueError, match="divides 2 groups, got 3"):
        drawn(policy, phi, loss, 1, g, groups=2).blocks(3)
    with pytest.raises(ValueError, match="a critic exactly where"):
        drawn(policy, phi, Loss("ppo-clip"), 1, g, groups=2)
