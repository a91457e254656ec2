"""The exact population of every loss against all groups written out; derivatives through stop-gradients; bad tables."""

import dataclasses
import math
import re

import pytest
import torch
from stalelaw.theory.surrogates import own_surrogates, surrogate
from stalelaw.verify import objectives
from stalelaw.verify.policies import MLP, Enumerated, SequencePolicy, TabularSoftmax
from stalelaw.verify.populations.closed import Clip, Objective
from stalelaw.verify.populations.exact import ExactPopulation
from stalelaw.verify.populations.losses import NUMBERS, Loss, group_advantages
from stalelaw.verify.populations.responses import Responses
from stalelaw.verify.transforms import directional, gradient
from stalelaw.verify.trees import add, dot, norm, random_unit

LOSSES = [loss.id for loss in own_surrogates()]
TABLE = TabularSoftmax(prompts=2, vocab=2, length=2)


def f(population, theta, held, phi):
    return objectives.surrogate_tensor(population, theta, phi, held)


def problem(loss, policy=TABLE, end=None, graded=False, size=3, seed=11):
    """A population and three points: learner, another learner for the stop-gradients, behaviour; far enough to clip."""
    g = torch.Generator().manual_seed(seed)
    responses = Responses(policy, end)
    count = len(responses.tokens)
    levels = torch.tensor([0.0, 0.5, 1.0] if graded else [0.0, 1.0], dtype=torch.float64)
    rewards = levels[torch.randint(len(levels), (policy.prompts, count), generator=g)]
    rewards[:, 0], rewards[:, -1] = 0.0, 1.0
    theta, held, phi, reference = (policy.random(g, 0.7) for _ in range(4))
    loss = loss if isinstance(loss, Loss) else Loss(loss)
    critic = None
    if loss.record.advantage.centre == "critic":
        critic = torch.randn(policy.prompts, count, policy.length, generator=g, dtype=torch.float64)
    population = ExactPopulation(loss, responses, rewards, size, reference if loss.needs_reference else None, critic)
    return population, theta, held, phi, reference


def written_out(naive, population, theta, held, phi, reference):
    table = population.responses
    tokens = [tuple(row[: int(n)]) for row, n in zip(table.tokens.tolist(), table.lengths.tolist(), strict=True)]

    def policy(params):
        rows = params["logits"].softmax(-1).numpy()

        def drawn(x, y):
            places = [
                sum(2**j for j in range(k)) + sum(t * 2 ** (k - 1 - i) for i, t in enumerate(y[:k]))
                for k in range(len(y))
            ]
            return [rows[x, node, token] for node, token in zip(places, y, strict=True)]

        return drawn

    critic = None if population.critic is None else population.critic.tolist()
    points = [policy(p) for p in (theta, held, phi, reference)]
    return naive.population(
        population.loss.record.id, tokens, population.rewards.tolist(), population.group_size, *points, critic
    )


@pytest.mark.parametrize("shape", ["fixed", "ended, graded"])
@pytest.mark.parametrize("loss", LOSSES)
def test_the_population_is_the_mean_over_all_groups(naive, loss, shape):
    population, *points = problem(loss, end=0 if "ended" in shape else None, graded="graded" in shape)
    found = float(f(population, *points[:3]))
    assert found == pytest.approx(written_out(naive, population, *points), rel=1e-12)
    assert abs(found) > 1e-3


def test_the_comparison_fails_on_a_wrong_formula(naive):
    """A clip that is one part in a million wider, a std of the other kind, a length weight of the other kind."""
    grpo = surrogate("grpo")
    for loss in (
        Loss("grpo", {"eps_hi": NUMBERS["eps_hi"] + 1e-6}),
        Loss(dataclasses.replace(grpo, advantage=dataclasses.replace(grpo.advantage, ddof=0))),
        Loss(dataclasses.replace(grpo, length="group")),
    ):
        population, *points = problem(loss, end=0, graded=True)
        off = float(f(population, *points[:3])) / written_out(naive, population, *points) - 1
        assert abs(off) > 1e-8


def test_it_is_the_fast_grpo_where_both_apply():
    """Population std, no offset: the closed form by levels of the tree."""
    record = dataclasses.replace(
        surrogate("grpo"), advantage=dataclasses.replace(surrogate("grpo").advantage, ddof=0, offset=False)
    )
    population, theta, _, phi, _ = problem(Loss(record, {"eps_hi": 0.2}), size=5)
    fast = Objective(TABLE, population.rewards, 5, Clip(0.2, 0.2))
    for f in (objectives.surrogate_gradient, objectives.distribution_term):
        slow, quick = f(population, theta, phi), f(fast, theta, phi)
        assert norm(add(slow, quick, -1.0)) < 1e-13 * norm(quick)


@pytest.mark.parametrize("loss", LOSSES)
def test_h_moves_through_stop_gradients_and_both_modes_agree(loss):
    """∂_φH·v by forward mode, ∂_φHᵀ·w by reverse mode, and differences of H; the clips are not touched here."""
    population, theta, _, _, _ = problem(loss)
    g = torch.Generator().manual_seed(2)
    v, w = (random_unit(theta, g) for _ in range(2))
    phi = add(theta, random_unit(theta, g), 0.02)
    pushed = objectives.behaviour_jvp(population, theta, phi, v)
    pulled = objectives.behaviour_vjp(population, theta, phi, w)
    assert dot(w, pushed) == pytest.approx(dot(pulled, v), rel=1e-9, abs=1e-14)
    h = 1e-5
    ahead, behind = (objectives.surrogate_gradient(population, theta, add(phi, v, s * h)) for s in (1, -1))
    assert norm(add(pushed, add(ahead, behind, -1.0), -0.5 / h)) < 1e-7 * max(norm(pushed), 1e-3)
    matrix = objectives.behaviour_jacobian(population, theta, phi)
    torch.testing.assert_close(matrix @ torch.cat([x.flatten() for x in v.values()]), pushed["logits"].flatten())


HELD = {"cispo", "truncated-is"}  # a held weight times log-pi: its own Hessian lacks the motion of the weight


@pytest.mark.parametrize("loss", LOSSES)
def test_the_action_of_the_learner_derivative_is_the_slope_of_h(loss):
    """Against the dense matrix of central differences of H over θ; the Hessian of F misses what the loss holds."""
    population, theta, _, phi, _ = problem(loss, TabularSoftmax(prompts=1, vocab=2, length=2), size=2)
    phi = add(theta, random_unit(theta, torch.Generator().manual_seed(2)), 0.02)  # no ratio at a clip
    like, h = theta["logits"], 1e-5
    columns, pushed, pulled = [], [], []
    for e in torch.eye(like.numel(), dtype=torch.float64):
        axis = {"logits": e.reshape(like.shape)}
        ahead, behind = (objectives.surrogate_gradient(population, add(theta, axis, s * h), phi) for s in (1, -1))
        columns.append((ahead["logits"] - behind["logits"]).flatten() / (2 * h))
        pushed.append(objectives.learner_jvp(population, theta, phi, axis)["logits"].flatten())
        pulled.append(objectives.learner_vjp(population, theta, phi, axis)["logits"].flatten())
    dense, forward, backward = torch.stack(columns, 1), torch.stack(pushed, 1), torch.stack(pulled)
    assert float((forward - dense).norm()) < 1e-7 * float(dense.norm())
    torch.testing.assert_close(backward, forward, rtol=1e-12, atol=1e-15)
    e = random_unit(theta, torch.Generator().manual_seed(3))
    hessian = directional(lambda t: gradient(lambda u: f(population, u, theta, phi), t), theta, e)["logits"]
    missed = float((hessian.flatten() - forward @ e["logits"].flatten()).norm() / hessian.norm())
    assert (missed > 1e-3) == (loss in HELD), missed


ACTIONS = {
    "H": lambda p, x, y, v: objectives.surrogate_gradient(p, x, y),
    "B": lambda p, x, y, v: objectives.distribution_term(p, x, y),
    "DJ": lambda p, x, y, v: objectives.total_derivative(p, x),
    "behaviour": objectives.behaviour_jvp,
    "behaviour, transposed": objectives.behaviour_vjp,
    "behaviour, twice": objectives.behaviour_second,
    "learner": objectives.learner_jvp,
    "learner, transposed": objectives.learner_vjp,
}


@pytest.mark.parametrize("what", ACTIONS)
def test_part_by_part_is_the_whole(what):
    """Three responses at once against all seven, and against plain autodiff of F with no tables between."""
    whole, theta, _, phi, _ = problem("dapo", TabularSoftmax(prompts=1, vocab=3, length=2), end=0, graded=True)
    split = dataclasses.replace(whole, at_once=3 * 2)
    assert [len(p.parts()) for p in (whole, split)] == [1, 3]
    v = random_unit(theta, torch.Generator().manual_seed(4))
    one, many = (ACTIONS[what](p, theta, phi, v)["logits"] for p in (whole, split))
    assert float((one - many).norm()) < 1e-13 * float(one.norm())
    assert objectives.surrogate(whole, theta, phi) == pytest.approx(objectives.surrogate(split, theta, phi), rel=1e-13)

    def h(x, y):
        return gradient(lambda t: f(whole, t, x, y), x)

    plain = {
        "H": lambda: h(theta, phi),
        "B": lambda: gradient(lambda y: f(whole, theta, theta, y), phi),
        "DJ": lambda: gradient(lambda x: f(whole, x, theta, x), theta),
        "behaviour": lambda: directional(lambda y: h(theta, y), phi, v),
        "behaviour, transposed": lambda: gradient(lambda y: (h(theta, y)["logits"] * v["logits"]).sum(), phi),
        "behaviour, twice": lambda: directional(lambda y: directional(lambda z: h(theta, z), y, v), phi, v),
        "learner": lambda: directional(lambda x: h(x, phi), theta, v),
        "learner, transposed": lambda: gradient(lambda x: (h(x, phi)["logits"] * v["logits"]).sum(), theta),
    }[what]()["logits"]
    assert float((one - plain).norm()) < 1e-12 * float(plain.norm())


@dataclasses.dataclass(frozen=True)
class Twisted:
    """F = sum of exp(live x held, moved by one place): a loss whose ∂_θH is not symmetric."""

    name: str = "twisted"

    def validate(self, **points):
        pass

    def parts(self):
        return (self,)

    def tables(self, params):
        return {"tokens": params["logits"].log_softmax(-1)}

    def score(self, live, held, behaviour):
        return (live["tokens"] * (held["tokens"].roll(1) * behaviour["tokens"]).exp()).sum()


def test_the_transpose_is_not_the_action_itself():
    theta, phi = (TABLE.random(torch.Generator().manual_seed(k)) for k in (0, 1))
    v, w = (random_unit(theta, torch.Generator().manual_seed(k)) for k in (2, 3))
    there = dot(w, objectives.learner_jvp(Twisted(), theta, phi, v))
    assert there == pytest.approx(dot(objectives.learner_vjp(Twisted(), theta, phi, w), v), rel=1e-12)
    assert abs(there - dot(objectives.learner_jvp(Twisted(), theta, phi, w), v)) > 0.01 * abs(there)
    h = 1e-5
    ahead, behind = (objectives.surrogate_gradient(Twisted(), add(theta, v, s * h), phi) for s in (1, -1))
    assert there == pytest.approx(dot(w, add(ahead, behind, -1.0)) / (2 * h), rel=1e-7)


def test_what_a_loss_holds_stays_held_in_its_total_derivative():
    """CISPO: DJ = H + B with the weight held; a detached weight would also lose its motion in ∂_φH."""
    population, theta, *_ = problem("cispo")
    total = objectives.total_derivative(population, theta)
    parts = add(
        objectives.surrogate_gradient(population, theta, theta), objectives.distribution_term(population, theta, theta)
    )
    assert norm(add(total, parts, -1.0)) < 1e-13 * norm(total)


def test_a_trained_policy_goes_through_the_same_door():
    torch.manual_seed(0)
    policy = SequencePolicy(MLP(inputs=4, vocab=2, window=3, hidden=4).double(), vocab=2)
    prompts = torch.tensor([[2], [3]])
    listed = Enumerated(policy, prompts, torch.ones_like(prompts, dtype=torch.bool), length=2)
    theta = policy.params()
    phi = add(theta, random_unit(theta, torch.Generator().manual_seed(1)), 0.3)
    rewards = problem("dapo", end=0)[0].rewards
    population = ExactPopulation(Loss("dapo"), Responses(listed, end=0), rewards, 4)
    logits = [{"logits": torch.cat(listed.levels(p), 1)} for p in (theta, phi)]
    table = ExactPopulation(Loss("dapo"), Responses(TABLE, end=0), rewards, 4)
    assert float(f(population, theta, theta, phi)) == pytest.approx(
        float(f(table, logits[0], logits[0], logits[1])), rel=1e-12
    )
    assert norm(objectives.surrogate_gradient(population, theta, phi)) > 0


def test_all_responses_once():
    table = Responses(TabularSoftmax(prompts=1, vocab=3, length=3), end=1)
    strings = {tuple(row[: int(n)]) for row, n in zip(table.tokens.tolist(), table.lengths.tolist(), strict=True)}
    assert len(strings) == len(table.tokens) == 1 + 2 + 4 * 3
    assert all(1 not in s[:-1] and (s[-1] == 1 or len(s) == 3) for s in strings)
    logs = table.log_tokens(table.policy.random(torch.Generator().manual_seed(0)))
    assert float(logs.sum(-1).exp().sum()) == pytest.approx(1.0, abs=1e-14)


@pytest.mark.parametrize("rewards", [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [0.1, 0.1, 0.1]])
@pytest.mark.parametrize("loss", ["grpo", "dr-grpo", "rloo"])
def test_a_group_of_equal_rewards_has_no_advantage(loss, rewards):
    rule = surrogate(loss).advantage
    for offset in (0.0, 1e-4):
        assert group_advantages(rule, torch.tensor(rewards, dtype=torch.float64), offset).tolist() == [0.0] * 3


def test_an_empty_response_counts_nothing():
    lengths = torch.tensor([0.0, 2.0, 0.0], dtype=torch.float64)
    assert Loss("grpo").length_weights(lengths).tolist() == [1.0, 0.5, 1.0]
    assert Loss("dapo").length_weights(lengths * 0).isfinite().all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rewards": torch.zeros(2, 3, dtype=torch.float64)}, "expected torch.float64 (2, 4)"),
        ({"rewards": torch.zeros(2, 4)}, "got torch.float32"),
        ({"rewards": torch.full((2, 4), math.nan, dtype=torch.float64)}, "got 8 others"),
        ({"group_size": 0}, "expected group size G >= 1"),
        ({"loss": Loss("kl-k3")}, "parameters of the reference policy"),
        ({"loss": Loss("ppo-clip")}, "expected a critic exactly where"),
        ({"at_once": 0}, "expected at_once >= 1"),
        ({"group_size": 30_000}, "expected at most 20000 kinds of mates"),
    ],
)
def test_bad_tables_are_refused(change, message):
    population = problem("grpo")[0]
    with pytest.raises(ValueError, match=re.escape(message)):
        dataclasses.replace(population, **change)


def test_bad_constants_are_refused():
    with pytest.raises(ValueError, match="expected constants among"):
        Loss("grpo", {"eps": 0.2})
