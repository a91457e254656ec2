"""Bad input to a population: an error that says what was expected and got, or a written convention; never NaN out."""

import dataclasses
import math
import re

import pytest
import torch
from stalelaw.verify import objectives
from stalelaw.verify.policies import MLP, Enumerated, SequencePolicy, TabularSoftmax
from stalelaw.verify.populations.batches import Batch, draw
from stalelaw.verify.populations.closed import Clip, Objective
from stalelaw.verify.populations.exact import ExactPopulation
from stalelaw.verify.populations.losses import Loss
from stalelaw.verify.populations.responses import Responses
from stalelaw.verify.populations.sampled import SampledPopulation
from stalelaw.verify.trees import add, flatten, norm, random_unit, scale

TABLE = TabularSoftmax(prompts=1, vocab=2, length=2)
BINARY = torch.tensor([[0.0, 1.0, 1.0, 0.0]], dtype=torch.float64)
PROMPTS = torch.tensor([[2]]), torch.ones(1, 1, dtype=torch.bool)
CALLS = {
    "F": lambda p, x, y: objectives.surrogate(p, x, y),
    "H": lambda p, x, y: objectives.surrogate_gradient(p, x, y),
    "B": lambda p, x, y: objectives.distribution_term(p, x, y),
    "DJ": lambda p, x, y: objectives.total_derivative(p, y),
    "push": lambda p, x, y: objectives.behaviour_jvp(p, x, y, x),
    "pull": lambda p, x, y: objectives.behaviour_vjp(p, x, y, x),
    "learner": lambda p, x, y: objectives.learner_jvp(p, x, y, x),
    "learner, transposed": lambda p, x, y: objectives.learner_vjp(p, x, y, x),
    "second": lambda p, x, y: objectives.behaviour_second(p, x, y, x),
    "dense": lambda p, x, y: objectives.behaviour_jacobian(p, x, y),
}


def mlp():
    torch.manual_seed(0)
    return SequencePolicy(MLP(inputs=3, vocab=2, window=3, hidden=4).double(), vocab=2)


def batch(groups=4, size=3, length=2, seed=0):
    def reward(numbers, tokens, mask):
        return (tokens.sum(-1) == 1).double()

    policy = mlp()
    g = torch.Generator().manual_seed(seed)
    how = {"groups": groups, "group_size": size, "length": length, "generator": g}
    return policy, draw(policy, policy.params(), PROMPTS, reward, **how)


def populations():
    """One of each kind with its parameters, and how to change them by a number."""
    policy, drawn = batch()
    listed = Responses(Enumerated(policy, *PROMPTS, length=2))
    g = torch.Generator().manual_seed(3)
    return {
        "closed": (Objective(TABLE, BINARY, 3, Clip(0.2, 0.2)), TABLE.random(g)),
        "exact": (ExactPopulation(Loss("grpo"), Responses(TABLE), BINARY, 3), TABLE.random(g)),
        "network": (ExactPopulation(Loss("grpo"), listed, BINARY, 3), policy.params()),
        "sampled": (SampledPopulation(Loss("grpo"), policy, drawn), policy.params()),
    }


KINDS = ("closed", "exact", "network", "sampled")


@pytest.mark.parametrize("what", CALLS)
@pytest.mark.parametrize("kind", KINDS)
def test_good_input_gives_finite_numbers(kind, what):
    population, theta = populations()[kind]
    found = CALLS[what](population, theta, scale(theta, 0.9))
    leaves = found.values() if isinstance(found, dict) else [torch.as_tensor(found)]
    assert all(bool(torch.isfinite(leaf).all()) for leaf in leaves)


@pytest.mark.parametrize("what", CALLS)
@pytest.mark.parametrize("kind", ["network", "sampled"])
def test_logits_that_overflow_are_an_error(kind, what):
    """Finite parameters of a network whose logits are not numbers."""
    population, theta = populations()[kind]
    huge = theta | {"layers.2.weight": torch.full_like(theta["layers.2.weight"], 1e308)}
    huge["layers.0.bias"] = torch.tensor([30.0, 30.0, -30.0, -30.0], dtype=torch.float64) * 10
    with pytest.raises(ValueError, match="expected finite numbers, got"):
        CALLS[what](population, theta, huge)


@pytest.mark.parametrize("kind", ["closed", "exact"])
def test_a_response_of_behaviour_probability_zero_is_an_error_where_its_ratio_is_read(kind):
    """exp(-800) is 0 in float64 and the ratio to it is no number; a rare response is one.

    The closed form has no ratio, since π_φ cancels its denominator: what it gives is the limit.
    """
    population, theta = populations()[kind]
    never, rare = (theta | {"logits": theta["logits"] + torch.tensor([x, 0.0])} for x in (-800.0, -300.0))
    if kind == "closed":
        assert math.isclose(*(objectives.surrogate(population, theta, phi) for phi in (never, rare)), abs_tol=1e-14)
        for what in ("H", "push", "pull"):
            at_zero, near_zero = (CALLS[what](population, theta, phi) for phi in (never, rare))
            assert norm(add(at_zero, near_zero, -1.0)) < 1e-14 * norm(CALLS["H"](population, theta, theta))
    else:
        for what in ("F", "H", "push", "pull"):
            with pytest.raises(ValueError, match="behaviour probability 0"):
                CALLS[what](population, theta, never)
    assert math.isfinite(objectives.surrogate(population, theta, rare))
    unclipped = Objective(TABLE, BINARY, 3)  # its ratio cancels, and nothing is read that is no number
    at_zero, near_zero = (objectives.surrogate_gradient(unclipped, theta, phi) for phi in (never, rare))
    assert norm(add(at_zero, near_zero, -1.0)) < 1e-14 * norm(near_zero)


@pytest.mark.parametrize("what", [name for name in CALLS if name != "DJ"])
@pytest.mark.parametrize("kind", KINDS)
def test_parameters_of_another_policy_are_refused(kind, what):
    population, theta = populations()[kind]
    leaf = next(iter(theta))
    for bad in (
        {name: x for name, x in theta.items() if name != leaf},
        theta | {"more": theta[leaf]},
        theta | {leaf: theta[leaf][None]},
        theta | {leaf: theta[leaf].half()},
        theta | {leaf: theta[leaf] * math.nan},
    ):
        for pair in ((bad, theta), (theta, bad)):
            with pytest.raises(ValueError, match="expected"):
                CALLS[what](population, *pair)


@pytest.mark.parametrize("reward", [0.0, 1.0])
@pytest.mark.parametrize("loss", ["grpo", "dr-grpo", "dapo", "gspo"])
def test_groups_of_equal_rewards_give_zero(loss, reward):
    """Zero std, with and without the offset: no advantage, by convention, in every kind of population."""
    policy, drawn = batch()
    equal = dataclasses.replace(drawn, rewards=torch.full_like(drawn.rewards, reward))
    theta = policy.params()
    phi = add(theta, random_unit(theta, torch.Generator().manual_seed(1)), 0.5)
    for delta in (0.0, 1e-4):
        sampled = SampledPopulation(Loss(loss, {"delta_std": delta}), policy, equal)
        assert norm(objectives.surrogate_gradient(sampled, theta, phi)) == 0.0
        assert norm(objectives.behaviour_jvp(sampled, theta, phi, theta)) == 0.0
        exact = ExactPopulation(Loss(loss, {"delta_std": delta}), Responses(TABLE), torch.full_like(BINARY, reward), 3)
        assert norm(objectives.surrogate_gradient(exact, TABLE.zeros(), TABLE.zeros())) == 0.0


@pytest.mark.parametrize("loss", ["grpo", "dr-grpo", "dapo", "gspo", "reinforce-is"])
def test_an_empty_response_has_ratio_one_and_adds_no_gradient(loss):
    """Its reward still counts for the mates. All responses empty: H is 0."""
    policy, drawn = batch()
    drawn = dataclasses.replace(drawn, rewards=torch.tensor([1.0, 0.0, 1.0]).double().expand(4, 3))
    mask = drawn.mask.clone()
    mask[0, 0], mask[2] = 0.0, 0.0
    some = dataclasses.replace(drawn, mask=mask, behaviour=drawn.behaviour * mask)
    theta = policy.params()
    phi = add(theta, random_unit(theta, torch.Generator().manual_seed(1)), 0.5)
    h = {}
    for name, b in (("whole", drawn), ("some", some), ("none", some.take(slice(2, 3)))):
        h[name] = flatten(objectives.surrogate_gradient(SampledPopulation(Loss(loss), policy, b), theta, phi))
        assert bool(h[name].isfinite().all())
    assert float(h["none"].norm()) == 0.0
    assert float((h["some"] - h["whole"]).norm()) > 1e-6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda b: {"tokens": b.tokens[:, :0]}, "expected groups of G >= 1 responses of L >= 1 tokens, got (4, 0, 2)"),
        (
            lambda b: {"tokens": b.tokens[..., :0]},
            "expected groups of G >= 1 responses of L >= 1 tokens, got (4, 3, 0)",
        ),
        (lambda b: {"rewards": b.rewards[:, :2]}, "rewards: expected shape (4, 3), got (4, 2)"),
        (lambda b: {"rewards": b.rewards.half()}, "rewards: expected float32 or float64, got torch.float16"),
        (lambda b: {"behaviour": b.behaviour.bfloat16()}, "behaviour: expected float32 or float64, got torch.bfloat16"),
        (lambda b: {"behaviour": b.behaviour.exp()}, "behaviour: expected log-probabilities <= 0"),
        (lambda b: {"behaviour": b.behaviour - math.inf}, "a drawn token has probability > 0"),
        (lambda b: {"mask": b.mask * 0.5}, "mask: expected only 0 and 1"),
        (
            lambda b: {"prompts": b.prompts.repeat(1, 2), "prompt_mask": torch.tensor([[True, False]] * 4)},
            "expected padding on the left only",
        ),
    ],
)
def test_bad_batches_are_refused(change, message):
    _, drawn = batch()
    with pytest.raises(ValueError, match=re.escape(message)):
        dataclasses.replace(drawn, **change(drawn))


def test_drawing_from_no_numbers_is_an_error():
    policy, _ = batch()
    theta = {name: torch.full_like(leaf, 1e308) for name, leaf in policy.params().items()}
    with pytest.raises(ValueError, match="expected finite numbers"):
        draw(
            policy,
            theta,
            PROMPTS,
            lambda n, t, m: torch.zeros(2, 3),
            groups=2,
            group_size=3,
            length=2,
            generator=torch.Generator(),
        )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"params": {}}, "phi: expected the parameters of the policy; missing"),
        ({"params": {"more": torch.zeros(1)}}, "unknown ['more']"),
        ({"prompts": (torch.tensor([[2, 0]]), torch.tensor([[True, False]]))}, "expected padding on the left only"),
        ({"prompts": tuple(x[:0] for x in PROMPTS)}, "prompts: expected int64 of shape (P, N), both at least 1"),
        ({"length": 0}, "expected groups, group_size and length >= 1, got 2, 3 and 0"),
        ({"group_size": 0}, "expected groups, group_size and length >= 1, got 2, 0 and 2"),
        ({"end": 9}, "expected an end among the tokens 0..1, got 9"),
    ],
)
def test_draws_that_make_no_sense_are_refused(change, message):
    policy = mlp()
    how = {"params": policy.params(), "prompts": PROMPTS, "reward": lambda n, t, m: torch.zeros(m.shape[:2])}
    how |= {"groups": 2, "group_size": 3, "length": 2, "generator": torch.Generator()} | change
    with pytest.raises(ValueError, match=re.escape(message)):
        draw(policy, **how)


def test_log_probabilities_of_other_parameters_are_refused():
    policy = mlp()
    for params in ({}, policy.params() | {"more": torch.zeros(1)}):
        with pytest.raises(ValueError, match="params: expected the parameters of the policy; missing"):
            policy.log_probs(params, torch.tensor([[2, 0]]))


@pytest.mark.parametrize(
    ("constants", "message"),
    [
        ({"eps_hi": math.nan}, "eps_hi: expected a finite number > 0, got nan"),
        ({"eps_hi": -5.0}, "eps_hi: expected a finite number > 0, got -5.0"),
        ({"eps_lo": 2.0}, "eps_lo: expected a number below 1, got 2.0"),
        ({"delta_std": -0.5}, "delta_std: expected a finite number >= 0, got -0.5"),
        ({"beta_kl": math.inf}, "beta_kl: expected a finite number >= 0, got inf"),
        ({"L_cap": 0.0}, "L_cap: expected a finite number > 0, got 0.0"),
        ({"epsilon": 0.2}, "expected constants among"),
    ],
)
def test_constants_that_make_no_sense_are_refused(constants, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Loss("grpo", constants)


def test_references_and_critics_that_do_not_fit_are_refused():
    policy, drawn = batch()
    theta = policy.params()
    with pytest.raises(ValueError, match="reference: expected the parameters of the policy; missing"):
        SampledPopulation(Loss("kl-k3"), policy, drawn, {k: v for k, v in theta.items() if "bias" not in k})
    with pytest.raises(ValueError, match=re.escape("reference['logits']: expected shape")):
        ExactPopulation(Loss("kl-k3"), Responses(TABLE), BINARY, 3, {"logits": torch.zeros(2, 2)})
    for critic in (torch.zeros(4, 3), torch.full((4, 3, 2), math.nan)):
        with pytest.raises(ValueError, match=re.escape("critic: expected finite advantages of shape (4, 3, 2)")):
            SampledPopulation(Loss("ppo-clip"), policy, drawn, critic=critic)


def test_the_rewards_of_a_batch_are_as_many_as_its_responses():
    _, drawn = batch()
    with pytest.raises(ValueError, match="one prompt for each"):
        Batch(
            drawn.prompts[:2],
            drawn.prompt_mask[:2],
            *(getattr(drawn, n) for n in ("tokens", "mask", "rewards", "behaviour")),
        )
