"""The split into sources against the literal losses, its bars, and each measurement failing on a wrong formula."""

import dataclasses
import importlib
import itertools

import pytest
import sympy
import torch
from stalelaw.theory.claims import get
from stalelaw.verify import constants, sources
from stalelaw.verify.source_groups import group_weighted, literal_bias, literal_gradient, source_problem
from stalelaw.verify.sources import FACTORS, LOSSES, SOURCES, SourceLoss, SourceProblem, bars, bias, shapley, split

IDS = [
    *("hybrid-measures", "source-orders", "source-switches", "baseline-source", "null-test"),
    *("differentiable-weight-trap", "clip-trap", "behaviour-symmetry"),
]


def measure(claim, seed=0):
    return importlib.import_module(f"stalelaw.verify.claims.{claim.replace('-', '_')}").measure(seed)


def total(parts):
    return torch.stack(list(parts.values())).sum(0)


@pytest.fixture
def mutate(monkeypatch):
    def apply(claim, change, name=""):
        real = get(claim)
        if name:
            mutant = dataclasses.replace(real, formulas={**real.formulas, name: change(real.formulas[name])})
        else:
            mutant = dataclasses.replace(real, formula=change(real.formula))
        monkeypatch.setattr(constants, "get", lambda wanted: mutant if wanted == claim else get(wanted))
        constants._compiled.cache_clear()

    yield apply
    constants._compiled.cache_clear()


@pytest.mark.parametrize("claim", IDS)
def test_the_measurement_holds(claim):
    rows = [row for seed in (1, 2) for row in measure(claim, seed)]
    assert [(row.status, row.message) for row in rows if row.status != "holds"] == []


@pytest.mark.parametrize(
    ("claim", "name", "change"),
    [
        ("hybrid-measures", "", lambda f: f - 2 * sorted(f.args, key=str)[0]),
        ("hybrid-measures", "", lambda f: sympy.Rational(1001, 1000) * f),
        ("source-orders", "", lambda f: f - sorted(f.args, key=str)[0]),
        ("source-orders", "", lambda f: sympy.Rational(1001, 1000) * f),
        ("source-switches", "", lambda f: sympy.Rational(1001, 1000) * f),
        ("baseline-source", "", lambda f: f + sympy.Rational(1, 10**6)),
        ("null-test", "", lambda f: f + sympy.Rational(1, 10**6)),
        ("differentiable-weight-trap", "", lambda f: -f),
        ("clip-trap", "gap", lambda f: 2 * f),
        ("clip-trap", "surrogate", lambda f: sympy.Rational(999, 1000) * f),
        ("behaviour-symmetry", "", lambda f: sympy.Rational(1001, 1000) * f),
    ],
)
def test_a_wrong_formula_is_caught(mutate, claim, name, change):
    mutate(claim, change, name)
    assert "violated" in [row.status for row in measure(claim)]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
@pytest.mark.parametrize("stop", [None, 1])
def test_every_order_and_the_mean_add_up_to_the_literal_bias(loss, stop):
    problem, reference = source_problem(5, 0, stop=stop), source_problem(5, 1).theta
    whole = literal_bias(problem, loss, reference)
    assert torch.allclose(bias(loss, problem, reference), whole, rtol=0, atol=1e-12)
    for order in (FACTORS, tuple(reversed(FACTORS)), ("clip", "rewards", "prefix", "lengths", "suffix", "token")):
        parts = split(loss, problem, order, reference)
        assert tuple(parts) == SOURCES
        assert torch.allclose(total(parts), whole, rtol=0, atol=1e-12)
    assert torch.allclose(total(shapley(loss, problem, reference)), whole, rtol=0, atol=1e-12)


def test_shapley_is_the_mean_over_all_orders():
    loss, problem = LOSSES[3], source_problem(6, stop=1, shape=(1, 2, 2, 3))
    orders = list(itertools.permutations(FACTORS))
    found = [split(loss, problem, order) for order in orders]
    mean = shapley(loss, problem)
    for name in SOURCES:
        average = torch.stack([parts[name] for parts in found]).mean(0)
        assert torch.allclose(mean[name], average, rtol=0, atol=1e-12)
    first, last = split(loss, problem), split(loss, problem, tuple(reversed(FACTORS)))
    assert not torch.allclose(first["prefix"], last["prefix"], rtol=0, atol=1e-9)


def test_bars_add_up_to_the_norm_of_the_bias():
    problem, reference = source_problem(7, stop=1), source_problem(7, 1).theta
    found = bars(problem, reference=reference)
    assert list(found) == [loss.name for loss in LOSSES]
    for loss in LOSSES:
        assert tuple(found[loss.name]) == SOURCES
        size = float(literal_bias(problem, loss, reference).pow(2).sum().sqrt())
        assert sum(found[loss.name].values()) == pytest.approx(size, rel=1e-10, abs=1e-12)
    assert sum(map(abs, found["RLOO"].values())) == pytest.approx(0.0, abs=1e-12)


def test_the_switches_of_each_loss_show_in_the_split():
    problem, reference = source_problem(8, stop=1, distance=0.8), source_problem(8, 1).theta
    on = {}
    for loss in LOSSES:
        parts = split(loss, problem, reference=reference)
        on[loss.name] = {name for name, part in parts.items() if float(part.abs().max()) > 1e-12}
    assert on["GRPO"] == {"prefix", "suffix", "rewards", "clip"}
    assert on["GRPO with KL"] == on["GRPO"] | {"kl"}
    assert on["Dr. GRPO"] == {"prefix", "suffix", "clip"}
    assert on["DAPO"] == {"prefix", "suffix", "rewards", "lengths", "clip"}
    assert on["GSPO"] >= {"prefix", "token", "suffix", "rewards"}
    assert on["RLOO"] == set()
    assert on["REINFORCE"] == {"prefix", "token", "suffix", "rewards"}  # a baseline is no source of the learner's token
    reinforce = next(loss for loss in LOSSES if loss.name == "REINFORCE")
    first = split(reinforce, problem, ("rewards", "prefix", "suffix", "token", "lengths", "clip"))
    assert float(first["rewards"].abs().max()) < 1e-12  # while the token is still the learner's, it is none


def test_a_soft_clip_is_continuous_where_ppo_jumps():
    problem = source_problem(9, shape=(1, 2, 1, 2), levels=2)
    ratio = (problem.log_tokens(problem.theta) - problem.log_tokens(problem.phi)).exp()
    edge = sources.Clip(0.2, 0.2)
    for kind, jumps in (("ppo", True), ("soft", False)):
        scaled = ratio / ratio.max()
        inside, outside = (sources._clip_factors(scaled * x, edge, kind)[0].max() for x in (1.2 - 1e-9, 1.2 + 1e-9))
        assert (abs(float(inside) - float(outside)) > 0.5) == jumps or kind == "ppo"
        low, high = (sources._clip_factors(torch.tensor([[[x]]]), edge, kind)[0].item() for x in (1.199999, 1.200001))
        assert (abs(high - low) > 0.5) is jumps


def test_a_wrong_law_or_a_wrong_sign_is_seen_by_the_literal_loss(monkeypatch):
    problem, loss = source_problem(10, stop=1), LOSSES[0]
    whole = literal_bias(problem, loss)
    real = sources._clip_factors
    monkeypatch.setattr(sources, "_clip_factors", lambda *a: tuple(reversed(real(*a))))
    assert not torch.allclose(bias(loss, problem), whole, rtol=0, atol=1e-9)
    monkeypatch.undo()
    real_mates = sources._mates
    monkeypatch.setattr(sources, "_mates", lambda p, law: real_mates(p, law.flip(-1)))
    assert not torch.allclose(bias(loss, problem), whole, rtol=0, atol=1e-9)


def test_the_group_weight_is_split_into_own_and_mates():
    problem = source_problem(11, shape=(1, 2, 2, 3))
    full, own, mates = group_weighted(problem, "std")
    assert torch.allclose(full, own + mates, rtol=0, atol=1e-13)
    raw = group_weighted(problem, "raw")[0]
    assert float(raw.abs().max()) > 1e-3  # without centring the trap is no trap
    exact = SourceLoss("sequence", "sequence", "std", "none", "constant")
    fresh = literal_gradient(dataclasses.replace(problem, phi=problem.theta), exact) * problem.policy.length
    assert torch.allclose(own, fresh, rtol=0, atol=1e-12)  # the group weight corrects the mates too: no bias is left


def test_bad_problems_and_orders_are_refused():
    problem = source_problem(0)
    with pytest.raises(ValueError, match="expected an order"):
        split(LOSSES[0], problem, FACTORS[:-1])
    with pytest.raises(ValueError, match="expected rewards"):
        SourceProblem(problem.policy, problem.rewards[:, :-1], 3, problem.theta, problem.phi)
    with pytest.raises(ValueError, match="expected rewards"):
        SourceProblem(problem.policy, problem.rewards, 1, problem.theta, problem.phi)
