"""Responses of several versions: one version is the ordinary case, and the first order is that of differences."""

import pytest
import torch
from stalelaw.verify.claims import lag_partial
from stalelaw.verify.objectives import surrogate_gradient
from stalelaw.verify.populations import partial
from stalelaw.verify.studies import drawn, kinds
from stalelaw.verify.trees import add, flatten, norm, random_unit, scale


@pytest.fixture(scope="module", params=[0, 1, 2], ids=kinds.KINDS)
def problem(request):
    return drawn.draw(0, request.param)


def length(population):
    return population.responses.tokens.shape[1]


def test_one_version_is_the_ordinary_gradient(problem):
    population, theta = problem.population, problem.theta
    phi = add(theta, random_unit(theta, torch.Generator().manual_seed(1)), 0.1)
    whole = surrogate_gradient(population, theta, phi)
    mixed = partial.mixed_gradient(population, theta, [phi] * length(population))
    assert norm(add(mixed, whole, -1.0)) <= 1e-13 * norm(whole)
    apart = partial.mixed_gradient(population, theta, [phi] + [theta] * (length(population) - 1))
    assert norm(add(apart, whole, -1.0)) > 1e-3 * norm(whole)


def test_the_version_of_a_tabular_row_is_that_of_its_place():
    problem = drawn.draw(0, 0)
    population, theta = problem.population, problem.theta
    policy, g = population.responses.policy, torch.Generator().manual_seed(2)
    versions = [add(theta, random_unit(theta, g), 0.3) for _ in range(length(population))]
    # rows of the logit table by place of the token: those whose version the token at that place reads
    rows = theta["logits"].clone()
    for k, phi in enumerate(versions):
        changed = policy.levels({"logits": theta["logits"] + torch.randn_like(rows, dtype=rows.dtype)})[k]
        assert changed.shape == policy.levels(theta)[k].shape
        moved = torch.autograd.functional.jacobian(lambda x, k=k: policy.levels({"logits": x})[k].sum(), rows)
        own = torch.autograd.functional.jacobian(lambda x, k=k: policy.levels({"logits": x})[k][..., 0].sum(), rows)
        here = (moved.abs() + own.abs()).sum(-1, keepdim=True) > 1e-9
        rows = torch.where(here, phi["logits"], rows)
    whole = surrogate_gradient(population, theta, {"logits": rows})
    mixed = partial.mixed_gradient(population, theta, versions)
    assert norm(add(mixed, whole, -1.0)) <= 1e-12 * norm(whole)


def test_first_order_is_the_limit_of_differences(problem):
    population, theta = problem.population, problem.theta
    lags = list(range(2 * length(population), 0, -2))
    u = surrogate_gradient(population, theta, theta)
    first, h = flatten(partial.first_order(population, theta, lags, u)), 1e-4

    def at(eta):
        return flatten(partial.mixed_gradient(population, theta, [add(theta, u, -eta * s) for s in lags]))

    central = (at(h) - at(-h)) / (2 * h)
    assert float((first - central).norm()) <= 1e-5 * float(first.norm())
    wrong = flatten(partial.first_order(population, theta, lags[::-1], u))
    assert float((wrong - central).norm()) > 1e-2 * float(first.norm())


def test_versions_are_counted(problem):
    with pytest.raises(ValueError, match="one version for each of"):
        partial.mixed_gradient(problem.population, problem.theta, [problem.theta])


def test_a_bias_of_another_order_is_refused(monkeypatch):
    def halved(population, theta, versions):
        return scale(partial._gradient(population, theta, versions), 1.0 + 1e-3)

    assert all(v.status == "holds" for v in lag_partial.measure(0))
    monkeypatch.setattr(lag_partial, "mixed_gradient", halved)
    assert any(v.status == "violated" for v in lag_partial.measure(0)[-3:])
