"""Estimates against enumeration: fixed numbers of draws, one look, and the obvious way shown to fail."""

import dataclasses
import math
import re

import pytest
import torch
from stalelaw.verify import objectives
from stalelaw.verify.estimators import norm_squared, split_half_norm
from stalelaw.verify.policies import SequencePolicy
from stalelaw.verify.populations.batches import Batch, draw
from stalelaw.verify.populations.exact import ExactPopulation
from stalelaw.verify.populations.losses import Loss
from stalelaw.verify.populations.sampled import SampledPopulation
from stalelaw.verify.transforms import directional
from stalelaw.verify.trees import add, flatten, random_unit

from .small_task import PROMPTS, SHAPE, SIGMAS, enumerated, network, off, response, reward

GROUPS, BLOCKS = 6_000, 20


@dataclasses.dataclass
class Case:
    policy: SequencePolicy
    theta: dict
    phi: dict
    exact: ExactPopulation
    sampled: SampledPopulation
    fresh: SampledPopulation


@pytest.fixture(scope="module", params=["grpo", "dapo", "cispo"])
def case(request):
    policy = network()
    theta, g = policy.params(), torch.Generator().manual_seed(7)
    phi, reference = (add(theta, random_unit(theta, g), distance) for distance in (1.5, 1.0))
    loss = Loss(request.param, {"eps_lo": 0.1, "eps_hi": 0.1})
    kept = reference if loss.needs_reference else None
    how = {"groups": GROUPS, "generator": g, **SHAPE}
    at_phi, at_theta = (draw(policy, point, PROMPTS, reward, **how) for point in (phi, theta))
    sampled, fresh = (SampledPopulation(loss, policy, batch, kept) for batch in (at_phi, at_theta))
    return Case(policy, theta, phi, enumerated(loss, policy, kept), sampled, fresh)


def test_responses_come_with_their_probabilities(case):
    batch, listed = case.sampled.batch, case.exact.responses
    law = listed.log_tokens(case.phi).sum(-1).exp()
    which = response(batch.mask, batch.tokens)
    for prompt in range(2):
        mine = which[(batch.prompts == PROMPTS[0][prompt]).all(1)]
        share = torch.bincount(mine.flatten(), minlength=3) / mine.numel()
        stderr = (law[prompt] * (1 - law[prompt]) / mine.numel()).sqrt()
        assert float(((share - law[prompt]) / stderr).abs().max()) < SIGMAS
    torch.testing.assert_close(batch.behaviour, case.sampled.log_tokens(case.phi))


def test_each_beginning_is_read_once_and_each_response_gets_its_own(case):
    """The rows that pass through the network, and one response at a time; a prompt is told from its mask, too."""
    batch, rows = case.sampled.batch.take(slice(0, 40)), []
    hidden = batch.prompt_mask & (torch.arange(40) % 2 == 0)[:, None] | (torch.arange(batch.prompts.shape[1]) > 0)
    batch = dataclasses.replace(batch, prompt_mask=hidden)
    few = SampledPopulation(case.sampled.loss, case.policy, batch, case.sampled.reference)
    hook = case.policy.module.register_forward_hook(lambda _, inputs, __: rows.append(len(inputs[0])))
    found = few.log_tokens(case.theta)
    hook.remove()
    alone = [
        case.policy.response_log_probs(case.theta, batch.prompts[i][None], hidden[i][None], one[None])[0]
        .gather(1, one[:, None])[:, 0]
        .mul(batch.mask[i, j])
        for i in range(40)
        for j, one in enumerate(batch.tokens[i])
    ]
    torch.testing.assert_close(found, torch.stack(alone).reshape(found.shape))
    beginnings = {
        (*batch.prompts[i].tolist(), *hidden[i].tolist(), *one[:-1].tolist())
        for i in range(40)
        for one in batch.tokens[i]
    }
    assert rows == [len(beginnings)]
    assert len(beginnings) < 40


def test_h_is_estimated_without_bias(case):
    parts = case.sampled.gradients(case.theta, case.phi, BLOCKS)
    assert abs(off(parts, objectives.surrogate_gradient(case.exact, case.theta, case.phi))) < SIGMAS
    whole = flatten(objectives.surrogate_gradient(case.sampled, case.theta, case.phi))
    torch.testing.assert_close(parts.mean(0), whole)


def test_the_same_batch_serves_the_diagonal(case):
    """Reweighted by whole groups; without the weight the batch answers for the wrong law."""
    parts = case.sampled.gradients(case.theta, case.theta, BLOCKS)
    right = objectives.surrogate_gradient(case.exact, case.theta, case.theta)
    assert abs(off(parts, right)) < SIGMAS
    unweighted = dataclasses.replace(
        case.sampled.batch, behaviour=case.sampled.log_tokens(case.theta)
    )  # as if drawn from θ
    wrong = SampledPopulation(case.sampled.loss, case.policy, unweighted, case.sampled.reference)
    bias = flatten(add(objectives.surrogate_gradient(case.exact, case.theta, case.phi), right, -1.0))
    assert abs(off(parts, right, bias)) < SIGMAS
    assert abs(off(wrong.gradients(case.theta, case.theta, BLOCKS), right, bias)) > SIGMAS


def test_the_bias_is_measured_on_one_batch(case):
    h, fresh = (objectives.surrogate_gradient(case.exact, case.theta, p) for p in (case.phi, case.theta))
    delta = flatten(add(h, fresh, -1.0))
    truth = float(delta.norm())
    parts = case.sampled.gradients(case.theta, case.phi, BLOCKS) - case.sampled.gradients(
        case.theta, case.theta, BLOCKS
    )
    found = norm_squared(parts)
    assert abs(found.value - truth**2) < SIGMAS * found.stderr
    assert found.stderr < truth**2  # it says something


def test_near_the_diagonal_one_batch_has_a_hundredth_of_the_variance_of_two(case):
    """δ shrinks with the distance and so does the noise of one batch; that of two independent ones stays."""
    g = torch.Generator().manual_seed(5)
    near = add(case.theta, random_unit(case.theta, g), 0.05)
    batch = draw(case.policy, near, PROMPTS, reward, groups=GROUPS, generator=g, **SHAPE)
    here = dataclasses.replace(case.sampled, batch=batch)
    stale = here.gradients(case.theta, near, BLOCKS)
    one, two = (stale - p.gradients(case.theta, case.theta, BLOCKS) for p in (here, case.fresh))
    assert float(one.var(0).sum()) < 0.01 * float(two.var(0).sum())


def test_the_slope_in_phi_needs_the_score_term(case):
    g = torch.Generator().manual_seed(3)
    v = random_unit(case.theta, g)
    exact = objectives.behaviour_jvp(case.exact, case.theta, case.phi, v)
    parts = directional(lambda phi: case.sampled.gradients(case.theta, phi, BLOCKS), case.phi, v)
    assert abs(off(parts, exact)) < SIGMAS

    def unscored(phi):
        """The batch as if its law did not move with φ: what autodiff of a sampled loss sees."""
        held = dataclasses.replace(case.sampled.batch, behaviour=case.sampled.log_tokens(phi))
        blank = dataclasses.replace(case.sampled)
        object.__setattr__(blank, "batch", held)
        return blank.gradients(case.theta, phi, BLOCKS)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Batch, "__post_init__", lambda self: None)  # it looks at values, which have none inside jvp
        naive = directional(unscored, case.phi, v)
    assert abs(off(naive, exact)) > 2 * SIGMAS


def test_squared_norms_have_no_upward_bias_and_an_honest_error():
    """3000 experiments of 8 parts in 50 dimensions, signal 1 against noise 4 per part."""
    g = torch.Generator().manual_seed(0)
    x = torch.zeros(50, dtype=torch.float64)
    x[0] = 1.0
    draws = x + 4.0 / math.sqrt(50) * torch.randn(3000, 8, 50, generator=g, dtype=torch.float64)
    found = [norm_squared(parts) for parts in draws]
    values = torch.tensor([f.value for f in found])
    stderr = float(values.std()) / math.sqrt(len(found))
    assert abs(float(values.mean()) - 1.0) < SIGMAS * stderr
    naive = draws.mean(1).pow(2).sum(-1)
    assert float(naive.mean() - 1.0) > 20 * stderr  # 16 / 8 too long
    claimed = math.sqrt(sum(f.stderr**2 for f in found) / len(found))
    assert 1.0 < claimed / float(values.std()) < 1.5  # the jackknife leans to the safe side
    assert min(f.root for f in found) == 0.0  # some come out negative; their root is 0, not an error


def test_operator_norms_from_two_halves_do_not_lean_up():
    g = torch.Generator().manual_seed(0)
    truth = torch.zeros(20, 20, dtype=torch.float64)
    truth[0, 0] = 1.0
    halves = truth + 0.15 * torch.randn(400, 2, 20, 20, generator=g, dtype=torch.float64)
    values = torch.tensor([split_half_norm(a, b) for a, b in halves])
    plug_in = torch.linalg.svdvals(halves.mean(1))[:, 0]
    stderr = float(values.std()) / math.sqrt(len(values))
    assert float(values.mean()) < 1.0 + SIGMAS * stderr
    assert float(values.mean()) > 0.5
    assert float(plug_in.mean()) > 1.0 + 10 * stderr


def test_a_comparison_of_parts_sees_a_wrong_number(case):
    parts = case.sampled.gradients(case.theta, case.phi, BLOCKS)
    right = objectives.surrogate_gradient(case.exact, case.theta, case.phi)
    wrong = {name: 1.5 * leaf for name, leaf in right.items()}
    assert abs(off(parts, wrong)) > SIGMAS


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mask": torch.ones(1, 2, 2)}, "mask: expected shape (2, 2, 1)"),
        ({"rewards": torch.full((2, 2), math.nan)}, "rewards: expected finite numbers, got 4 others"),
        ({"behaviour": torch.full((2, 2, 1), -math.inf)}, "a drawn token has probability > 0"),
        (
            {"prompts": torch.ones(1, 1).long(), "prompt_mask": torch.ones(1, 1).bool()},
            "one prompt for each of n >= 1 groups",
        ),
    ],
)
def test_bad_batches_are_refused(change, message):
    ones = torch.ones(2, 2, 1)
    good = {"prompts": ones[:, 0].long(), "prompt_mask": ones[:, 0].bool(), "tokens": ones, "mask": ones}
    good |= {"rewards": torch.ones(2, 2), "behaviour": -ones}
    Batch(**good)
    with pytest.raises(ValueError, match=re.escape(message)):
        Batch(**{**good, **change})


def test_bad_parts_are_refused(case):
    with pytest.raises(ValueError, match="divides 6000 groups, got 7"):
        case.sampled.gradients(case.theta, case.phi, 7)
    with pytest.raises(ValueError, match="K >= 3"):
        norm_squared(torch.ones(2, 5))
    with pytest.raises(ValueError, match="got 5 other numbers"):
        norm_squared(torch.full((5, 1), math.nan))
