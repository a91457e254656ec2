"""Terms of groups and of responses against groups written out in plain Python, and differences."""

import itertools
import math

import numpy as np
import pytest
import torch
from stalelaw.verify.objectives import surrogate_gradient
from stalelaw.verify.problems import generator
from stalelaw.verify.spectra import group_terms
from stalelaw.verify.trees import flatten

from .small_populations import kinds, tabular

WORDS = list(itertools.product(range(2), repeat=2))


def chances(logits, y):
    """π(y_1), π(y_2 | y_1) of a flat table of three rows of two."""
    rows = np.reshape(logits, (3, 2))
    p = np.exp(rows) / np.exp(rows).sum(1, keepdims=True)
    return [p[0, y[0]], p[1 + y[0], y[1]]]


def group_loss(naive, loss, rewards, z, theta, held, phi):
    advantages = naive.group_advantages(loss, [rewards[i] for i in z])
    total = 0.0
    for i, a in zip(z, advantages, strict=True):
        tables = [chances(point, WORDS[i]) for point in (theta, held, phi)]
        found = naive.token_losses(loss, *tables, tables[0], a)
        whole = sum(found) if isinstance(found, list) else found
        total += whole / (len(z) * (1 if loss in ("gspo", "rloo-is") else 2))  # mean over two tokens
    return total


def differences(f, point, h=1e-5):
    return np.stack([(f(point + h * e) - f(point - h * e)) / (2 * h) for e in np.eye(len(point))], -1)


@pytest.mark.parametrize("loss", ["grpo", "gspo", "truncated-is", "rloo-is"])
def test_terms_of_groups_are_those_written_out(naive, loss):
    population, theta, phi = tabular(loss, 0)
    rewards, a, b = population.rewards[0].tolist(), flatten(theta).numpy(), flatten(phi).numpy()
    terms = group_terms.group_terms(population, theta, phi)
    z = group_terms.all_groups(population, 1, generator(0))[0][:, 1:].tolist()
    assert terms.complete
    assert z == [list(pair) for pair in itertools.combinations_with_replacement(range(4), 2)]
    for row, group in enumerate(z):
        orders = len(set(itertools.permutations(group)))

        def law(point, group=group, orders=orders):
            return orders * math.prod(math.prod(chances(point, WORDS[i])) for i in group)

        def slope(point, group=group):
            return differences(lambda t: group_loss(naive, loss, rewards, group, t, a, point), a)

        assert float(terms.law[row]) == pytest.approx(law(b), rel=1e-12)
        np.testing.assert_allclose(terms.score[row], differences(lambda t: math.log(law(t)), b), atol=1e-8)
        np.testing.assert_allclose(terms.gradient[row], slope(b), atol=1e-8)
        size = np.linalg.norm(differences(slope, b, h=1e-4), 2)
        assert float(terms.slope[row]) == pytest.approx(size, abs=2e-5)
    assert float(terms.slope.max()) > 0.1


def test_terms_of_both_kinds_have_the_surrogate_gradient_as_their_mean():
    for population, theta, phi in kinds():
        expected = flatten(surrogate_gradient(population, theta, phi)).numpy()
        for terms in (f(population, theta, phi) for f in (group_terms.group_terms, group_terms.response_terms)):
            assert float(terms.law.sum()) == pytest.approx(1.0, rel=1e-12)
            np.testing.assert_allclose(terms.law @ terms.gradient, expected, rtol=1e-10, atol=1e-15)
            np.testing.assert_allclose(terms.law @ terms.score, 0.0, atol=1e-13)


def test_slopes_of_responses_are_differences_of_their_terms():
    population, theta, phi = next(iter(kinds()))
    terms = group_terms.response_terms(population, theta, phi)

    def moved(point):
        there = {"logits": torch.from_numpy(point).reshape(phi["logits"].shape)}
        return group_terms.response_terms(population, theta, there).gradient.numpy()

    matrices = differences(moved, flatten(phi).numpy())  # (n, dim, dim)
    np.testing.assert_allclose(terms.slope, np.linalg.norm(matrices, 2, axis=(1, 2)), atol=1e-8)
    assert float(terms.slope.min()) > 0.0
