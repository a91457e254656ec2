"""The split into sources against the literal losses, its bars, and each measurement failing on a wrong formula."""

import dataclasses
import importlib
import itertools

import pytest
import sympy
import torch
from stalelaw.theory.surrogates import Advantage, own_surrogates, surrogate
from stalelaw.theory.surrogates.factors import factors, without_clip
from stalelaw.theory.symbols import A_hat, rho
from stalelaw.verify import source_terms, sources
from stalelaw.verify.source_groups import group_weighted, literal_bias, literal_gradient, source_problem
from stalelaw.verify.source_terms import SourceProblem
from stalelaw.verify.sources import FACTORS, SOURCES, bars, bias, losses, shapley, split

LOSSES = [loss for loss in own_surrogates() if loss in losses()]
IDS = [
    *("hybrid-measures", "source-orders", "source-switches", "baseline-source", "null-test"),
    *("differentiable-weight-trap", "clip-trap", "behaviour-symmetry"),
]


def measure(claim, seed=0):
    return importlib.import_module(f"stalelaw.verify.claims.{claim.replace('-', '_')}").measure(seed)


def total(parts):
    return torch.stack(list(parts.values())).sum(0)


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
def test_a_wrong_formula_is_caught(changed, claim, name, change):
    changed(claim, change, name)
    assert "violated" in [row.status for row in measure(claim)]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.id)
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
    loss, problem = surrogate("dapo"), source_problem(6, stop=1, shape=(1, 2, 2, 3))
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
    found = bars(problem, LOSSES, reference)
    assert list(found) == [loss.title for loss in LOSSES]
    for loss in LOSSES:
        assert tuple(found[loss.title]) == SOURCES
        size = float(literal_bias(problem, loss, reference).pow(2).sum().sqrt())
        assert sum(found[loss.title].values()) == pytest.approx(size, rel=1e-10, abs=1e-12)
    assert sum(map(abs, found["RLOO with sequence ratio"].values())) == pytest.approx(0.0, abs=1e-12)


def test_the_switches_of_each_loss_show_in_the_split():
    problem, reference = source_problem(8, stop=1, distance=0.8), source_problem(8, 1).theta
    on = {}
    for loss in LOSSES:
        parts = split(loss, problem, reference=reference)
        on[loss.title] = {name for name, part in parts.items() if float(part.abs().max()) > 1e-12}
    assert on["GRPO"] == {"prefix", "suffix", "rewards", "clip"}
    assert on["GRPO with k3 penalty"] == on["GRPO"] | {"kl"}
    assert on["Dr. GRPO"] == {"prefix", "suffix", "clip"}
    assert on["DAPO"] == {"prefix", "suffix", "rewards", "lengths", "clip"}
    assert on["CISPO"] == on["DAPO"]
    assert on["SAPO"] == on["GRPO"]
    assert on["Truncated IS"] == on["GRPO"]
    assert on["GSPO"] >= {"prefix", "token", "suffix", "rewards"}
    assert on["RLOO with sequence ratio"] == on["REINFORCE with sequence ratio"] == set()
    assert on["REINFORCE"] == {"prefix", "token", "suffix"}
    assert on["RLOO"] == on["REINFORCE"] | {"rewards"}  # a baseline is no source of the learner's token
    first = split(surrogate("rloo"), problem, ("rewards", "prefix", "suffix", "token", "lengths", "clip"))
    assert float(first["rewards"].abs().max()) < 1e-12  # while the token is still the learner's, it is none


@pytest.mark.parametrize(("name", "jump"), [("grpo", 1.0), ("gspo", 1.0), ("cispo", 0.0), ("truncated-is", 0.0)])
def test_the_clip_jumps_at_an_edge_or_not(name, jump):
    edge = 2.0 if name == "truncated-is" else 1.2
    numbers = source_problem(0).numbers
    kappa = [
        source_terms._clip_factors(surrogate(name), torch.tensor([[[x]]], dtype=torch.float64), numbers)
        for x in (edge - 1e-9, edge + 1e-9)
    ]
    assert float(kappa[0][0]) == pytest.approx(1.0)
    assert float(kappa[0][0] - kappa[1][0]) == pytest.approx(jump, abs=1e-8)


@pytest.mark.parametrize("name", ["grpo", "truncated-is", "cispo", "gspo", "sapo", "kl-k2"])
def test_the_split_holds_far_outside_every_clip(name):
    problem, reference = source_problem(12, stop=1, distance=2.0), source_problem(12, 1).theta
    parts = split(surrogate(name), problem, reference=reference)
    assert float(parts["clip"].abs().max()) > 1e-6
    assert torch.allclose(total(parts), literal_bias(problem, surrogate(name), reference), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        (surrogate("ppo-clip"), "critic"),
        (surrogate("decoupled-ppo"), "weight of a token"),
        (dataclasses.replace(surrogate("grpo"), token=rho**2 * A_hat), "weight of a token"),
        (dataclasses.replace(surrogate("grpo"), token=rho * A_hat - rho), "penalty"),
    ],
)
def test_a_loss_without_factors_is_refused(loss, said):
    with pytest.raises(ValueError, match=said):
        factors(loss)


def test_a_loss_of_another_distribution_gets_its_bars(monkeypatch):
    foreign = without_clip(surrogate("dapo"), "Foreign")
    refused = dataclasses.replace(surrogate("ppo-clip"), id="foreign-critic")
    both = dataclasses.replace(sources.registered(), losses=(*own_surrogates(), foreign, refused))
    monkeypatch.setattr(sources, "registered", lambda: both)
    assert [*losses()] == [*LOSSES, foreign]
    assert sum(bars(source_problem(3), [foreign])["Foreign"].values()) > 0


def test_a_wrong_law_or_a_wrong_sign_is_seen_by_the_literal_loss(monkeypatch):
    problem, loss = source_problem(10, stop=1), surrogate("grpo")
    whole = literal_bias(problem, loss)
    real = source_terms._clip_factors
    monkeypatch.setattr(source_terms, "_clip_factors", lambda *a: tuple(reversed(real(*a))))
    assert not torch.allclose(bias(loss, problem), whole, rtol=0, atol=1e-9)
    monkeypatch.undo()
    real_mates = source_terms._mates
    monkeypatch.setattr(source_terms, "_mates", lambda p, law: real_mates(p, law.flip(-1)))
    assert not torch.allclose(bias(loss, problem), whole, rtol=0, atol=1e-9)


def test_the_group_weight_is_split_into_own_and_mates():
    problem = source_problem(11, shape=(1, 2, 2, 3))
    full, own, mates = group_weighted(problem, Advantage("group", "std", 0))
    assert torch.allclose(full, own + mates, rtol=0, atol=1e-13)
    raw = group_weighted(problem, Advantage("none"))[0]
    assert float(raw.abs().max()) > 1e-3  # without centring the trap is no trap
    exact = dataclasses.replace(surrogate("rloo-is"), advantage=Advantage("group", "std", 0))
    fresh = literal_gradient(dataclasses.replace(problem, phi=problem.theta), exact)
    assert torch.allclose(own, fresh, rtol=0, atol=1e-12)  # the group weight corrects the mates too: no bias is left


def test_bad_problems_and_orders_are_refused():
    problem = source_problem(0)
    with pytest.raises(ValueError, match="expected an order"):
        split(surrogate("grpo"), problem, FACTORS[:-1])
    with pytest.raises(ValueError, match="expected rewards"):
        SourceProblem(problem.policy, problem.rewards[:, :-1], 3, problem.theta, problem.phi)
    with pytest.raises(ValueError, match="expected rewards"):
        SourceProblem(problem.policy, problem.rewards, 1, problem.theta, problem.phi)
