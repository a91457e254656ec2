"""The potential of H has H as its gradient, and is refused where H is no gradient; V and its angle to H."""

import dataclasses
import re

import pytest
import torch
from stalelaw.theory.surrogates import surrogate
from stalelaw.verify import objectives
from stalelaw.verify.policies import MLP, SequencePolicy, TabularSoftmax
from stalelaw.verify.populations import potentials
from stalelaw.verify.populations.batches import draw
from stalelaw.verify.populations.closed import Objective
from stalelaw.verify.populations.exact import ExactPopulation
from stalelaw.verify.populations.losses import Loss
from stalelaw.verify.populations.responses import Responses
from stalelaw.verify.populations.sampled import SampledPopulation
from stalelaw.verify.problems import generator
from stalelaw.verify.transforms import gradient
from stalelaw.verify.trees import add, flatten, norm

TABLE = TabularSoftmax(prompts=2, vocab=2, length=2)


def population(loss, end=None, graded=False, size=4):
    g = generator(0, 5)
    responses = Responses(TABLE, end)
    shape = (2, len(responses.tokens))
    rewards = torch.rand(shape, generator=g, dtype=torch.float64)
    rewards = rewards if graded else (rewards < 0.5).double()
    theta, reference = TABLE.random(g), TABLE.random(g)
    loss = loss if isinstance(loss, Loss) else Loss(loss)
    return ExactPopulation(loss, responses, rewards, size, reference if loss.needs_reference else None), theta


EXISTS = [
    *((loss, None, False) for loss in ("grpo", "dr-grpo", "dapo", "gspo", "cispo", "rloo", "truncated-is")),
    ("dr-grpo", None, True),
    ("dr-grpo", 0, True),
    ("rloo-is", 0, True),
    ("reinforce", 0, True),
]


@pytest.mark.parametrize(("loss", "end", "graded"), EXISTS)
def test_its_gradient_is_h(loss, end, graded):
    exact, theta = population(loss, end, graded)
    h = objectives.surrogate_gradient(exact, theta, theta)
    slope = gradient(lambda point: potentials.potential(exact, point), theta)
    assert norm(add(h, slope, -1.0)) < 1e-12 * norm(h)
    wrong = dataclasses.replace(exact, group_size=5)
    other = gradient(lambda point: potentials.potential(wrong, point), theta)
    assert norm(add(h, other, -1.0)) > 1e-3 * norm(h) or loss in ("rloo", "rloo-is", "reinforce")


NONE = [
    ("grpo", None, True, "expected rewards 0 and 1"),
    ("grpo", 0, False, "expected one weight of all tokens"),
    ("dapo", 0, False, "expected one length"),
    ("kl-k3", None, False, "without a penalty"),
]


@pytest.mark.parametrize(("loss", "end", "graded", "message"), NONE)
def test_it_is_refused_where_h_is_no_gradient(loss, end, graded, message):
    """And there H has a curl, so that nothing was refused in vain; the penalties alone have one of their own."""
    exact, theta = population(loss, end, graded)
    with pytest.raises(ValueError, match=message):
        potentials.potential(exact, theta)
    if loss != "kl-k3":
        like = theta["logits"]
        columns = [
            flatten(
                add(
                    objectives.learner_jvp(exact, theta, theta, axis),
                    objectives.behaviour_jvp(exact, theta, theta, axis),
                )
            )
            for e in torch.eye(like.numel(), dtype=torch.float64)
            for axis in [{"logits": e.reshape(like.shape)}]
        ]
        twist = torch.stack(columns, 1)
        assert float((twist - twist.T).norm()) > 1e-3 * float(twist.norm())


def test_a_sampled_potential_is_unbiased():
    """2000 groups, one look; V too, and the exact numbers are those of the fast GRPO."""
    torch.manual_seed(2)
    policy = SequencePolicy(MLP(inputs=3, vocab=2, window=3, hidden=4).double(), vocab=2)
    prompts = torch.tensor([[2]]), torch.ones(1, 1, dtype=torch.bool)
    theta = policy.params()

    def reward(numbers, tokens, mask):
        return (tokens.sum(-1) == 1).double()

    batch = draw(
        policy, theta, prompts, reward, groups=2000, group_size=4, length=2, generator=torch.Generator().manual_seed(3)
    )
    sampled = SampledPopulation(Loss("grpo"), policy, batch)
    levels = torch.cat([policy.response_log_probs(theta, *prompts, torch.tensor([[t, 0]])) for t in (0, 1)])
    first, second = levels[0, 0].exp(), levels[:, 1].exp()
    p = float(first[0] * second[0, 1] + first[1] * second[1, 0])
    table = {"logits": torch.cat([levels[:1, :1], levels[:, 1][None]], 1)}
    exact = ExactPopulation(
        Loss("grpo"), Responses(TabularSoftmax(1, 2, 2)), torch.tensor([[0.0, 1, 1, 0]], dtype=torch.float64), 4
    )
    for f in (potentials.mean_reward, potentials.potential):
        parts = torch.tensor([float(f(block, theta)) for block in sampled.blocks(20)])
        expected = float(f(exact, table))
        assert abs(float(parts.mean()) - expected) < 4.5 * float(parts.std()) / 20**0.5
    assert float(potentials.mean_reward(exact, table)) == pytest.approx(p, rel=1e-12)


def test_the_angle_to_the_value_comes_with_its_name():
    exact, theta = population("dr-grpo")
    cosine, name = potentials.value_cosine(exact, theta)
    assert cosine == pytest.approx(1.0, abs=1e-12)  # no std: H is parallel to the gradient of V
    assert name == exact.name
    assert potentials.value_cosine(population("grpo")[0], theta)[0] < 1 - 1e-6
    assert float(potentials.mean_reward(exact, theta)) == pytest.approx(objectives.value(exact, theta), rel=1e-13)
    rewards = (exact.rewards > 0.5).double()
    assert objectives.value(exact, theta) == pytest.approx(
        objectives.value(Objective(TABLE, rewards, 4), theta), rel=1e-13
    )
    flat = dataclasses.replace(exact, rewards=torch.zeros_like(exact.rewards))
    with pytest.raises(ValueError, match=re.escape("that do not vanish")):
        potentials.value_cosine(flat, theta)


def test_a_critic_gives_no_potential():
    exact, theta = population("grpo")
    critic = torch.zeros(2, 4, 2, dtype=torch.float64)
    with pytest.raises(ValueError, match="got a critic"):
        potentials.potential(dataclasses.replace(exact, loss=Loss(surrogate("ppo-clip")), critic=critic), theta)
