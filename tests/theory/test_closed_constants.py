"""The closed constants against enumeration: every group, the clipped loss itself, central differences in the logits."""

import itertools
import math
import random

import numpy as np
import pytest
from stalelaw.theory.bridge import float64
from stalelaw.theory.claims import get
from stalelaw.theory.claims.closed_constants import CLAIM
from stalelaw.theory.lemmas import LEMMAS, fisher, softmax
from stalelaw.theory.proof.check import check_claim

OURS = sorted(
    name for name, lemma in LEMMAS.items() if lemma.instance.__module__ in (softmax.__name__, fisher.__name__)
)


class Tabular:
    """Prompts with weights, a complete tree of rows per prompt, rewards per response, all groups."""

    def __init__(self, rng, vocab, length, size, weights=(1.0,)):
        self.weights, self.shape = np.array(weights), (vocab, length, size)
        self.responses = list(itertools.product(range(vocab), repeat=length))
        prefixes = [p for k in range(length) for p in itertools.product(range(vocab), repeat=k)]
        rows = {key: n for n, key in enumerate(itertools.product(range(len(weights)), prefixes))}
        self.table = np.array(  # (prompt, response, position) -> position of the logit's row, and the token
            [[[(rows[x, y[:k]], y[k]) for k in range(length)] for y in self.responses] for x in range(len(weights))]
        )
        self.logits = (len(rows), vocab)
        self.groups = np.array(list(itertools.product(range(len(self.responses)), repeat=size)))
        self.rewards = rng.normal(size=(len(weights), len(self.responses)))

    def log_tokens(self, point):
        row = point - np.log(np.exp(point).sum(axis=1, keepdims=True))
        return row[self.table[..., 0], self.table[..., 1]]

    def law(self, phi):
        """Probability of (prompt, group)."""
        single = np.exp(self.log_tokens(phi).sum(axis=2))
        return self.weights[:, None] * np.prod(single[:, self.groups], axis=2)

    def advantages(self):
        r = self.rewards[:, self.groups]
        spread = r.std(axis=2, keepdims=True)
        return np.where(spread > 1e-12, (r - r.mean(axis=2, keepdims=True)) / np.maximum(spread, 1e-12), 0.0)

    def losses(self, theta, phi, low, high):
        """Clipped surrogate of every (prompt, group)."""
        ratio = np.exp(self.log_tokens(theta) - self.log_tokens(phi))[:, self.groups]
        a = self.advantages()[..., None]
        return np.minimum(ratio * a, np.clip(ratio, 1 - low, 1 + high) * a).mean(axis=(2, 3))

    def gradients(self, theta, phi, low=0.2, high=0.2, step=1e-6):
        columns = []
        for index in np.ndindex(self.logits):
            bump = np.zeros(self.logits)
            bump[index] = step
            up, down = (self.losses(theta + sign * bump, phi, low, high) for sign in (1, -1))
            columns.append((up - down) / (2 * step))
        return np.stack(columns, axis=-1)


def largest(vectors):
    return float(np.linalg.norm(vectors, axis=-1).max())


def closed(problem, high=0.2):
    _, length, size = problem.shape
    values = {"G": float(size), "L": float(length), "eps_hi": high}
    found = {}
    for name, formula in CLAIM.formulas.items():
        found[name] = float(float64(formula)(**{str(s): values[str(s)] for s in formula.free_symbols}))
    return found


def direction(rng, shape):
    v = rng.normal(size=shape)
    return v / np.linalg.norm(v)


def measured(problem, theta, phi, other, low=0.2, high=0.2):
    """Largest found value of each constant at these points."""
    here, there = (problem.gradients(theta, point, low, high) for point in (phi, other))
    distance = np.linalg.norm(phi - other)
    laws = problem.law(phi), problem.law(other)
    surrogate = [np.einsum("xg,xgd->d", law, g) for law, g in zip(laws, (here, there), strict=True)]
    return {
        "G_ell": max(largest(here), largest(there)),
        "L_B": largest(here - there) / distance,
        "L_D": 0.5 * float(np.abs(laws[0] - laws[1]).sum()) / distance,
        "K_phi": float(np.linalg.norm(surrogate[0] - surrogate[1])) / distance,
    }


def violated(found, bounds):
    return sorted(name for name, value in found.items() if value > bounds[name] * (1 + 1e-6))


CASES = [(2, 1, 2, (1.0,)), (2, 2, 3, (1.0,)), (3, 1, 4, (0.25, 0.75)), (3, 2, 2, (0.4, 0.6)), (2, 3, 2, (1.0,))]


@pytest.mark.parametrize(("vocab", "length", "size", "weights"), CASES)
@pytest.mark.parametrize("seed", range(4))
def test_no_group_exceeds_the_closed_constants(vocab, length, size, weights, seed):
    rng = np.random.default_rng([seed, vocab, length, size])
    problem = Tabular(rng, vocab, length, size, weights)
    low, radius = 1 - 1 / 1.2, 0.99 * math.log(1.2) / math.sqrt(2)  # both edges at the same distance
    theta = rng.normal(scale=rng.choice([0.5, 3.0]), size=problem.logits)
    phi, other = (theta + radius * direction(rng, problem.logits) for _ in range(2))
    found = measured(problem, theta, phi, other, low)
    assert violated(found, closed(problem)) == []
    assert all(value > 0 for value in found.values())


def concentrated(length, size):
    """One prompt, three tokens, nearly all mass on the third in every row, rewarded for starting with the first."""
    problem = Tabular(np.random.default_rng(0), 3, length, size)
    first = np.array([y[0] for y in problem.responses])
    problem.rewards = np.where(first == 0, 1.0, -1.0)[None]
    theta = np.zeros(problem.logits)
    theta[:, 2] = 12.0
    return problem, theta


def test_the_loss_gradient_exceeds_half_of_its_bound():
    problem, theta = concentrated(length=2, size=2)
    bound = closed(problem, 1e-3)["G_ell"]
    found = largest(problem.gradients(theta, theta, 1e-3, 1e-3))
    assert found == pytest.approx(math.sqrt(6) / 4, rel=1e-3)  # |s1 - s2| / 4: a shared row, then two rows of norm 2
    assert 0.6 * bound < found <= bound


def test_the_gradient_difference_reaches_half_of_its_bound():
    problem, theta = concentrated(length=1, size=2)
    other = theta + 1e-3 * np.array([[1.0, 0.0, -1.0]]) / math.sqrt(2)
    found = measured(problem, theta, theta, other)["L_B"] / closed(problem, 1e-3)["L_B"]
    assert found == pytest.approx(0.5, rel=5e-3)  # first token against third, whose score vanishes


def test_the_law_of_one_two_armed_response_reaches_its_bound():
    problem = Tabular(np.random.default_rng(0), 2, 1, 1)
    phi, step = np.zeros(problem.logits), 1e-3 * np.array([[1.0, -1.0]]) / math.sqrt(2)
    tv = 0.5 * np.abs(problem.law(phi) - problem.law(phi + step)).sum() / 1e-3
    assert tv == pytest.approx(closed(problem)["L_D"], rel=1e-6)


@pytest.mark.parametrize(("name", "factor"), [("G_ell", 0.6), ("L_B", 0.49), ("L_D", 0.7)])
def test_a_constant_that_is_too_small_is_detected(name, factor):
    length = 2 if name == "G_ell" else 1
    problem, theta = concentrated(length, size=2)
    row = np.array([1.0, -1.0, 0.0]) if name == "L_D" else np.array([1.0, 0.0, -1.0])
    if name == "L_D":  # two arms in the root
        theta = np.zeros(problem.logits)
        theta[:, 2] = -20.0
    other = theta.copy()
    other[0] += 1e-3 * row / math.sqrt(2)
    found = measured(problem, theta, theta, other, 0.01, 0.01)
    bounds = closed(problem, 0.01)
    assert violated(found, bounds) == []
    assert violated(found, bounds | {name: factor * bounds[name]}) == [name]


def test_a_gradient_outside_the_certified_radius_exceeds_the_bound():
    problem = Tabular(np.random.default_rng(0), 2, 1, 2)
    problem.rewards = np.array([[1.0, -1.0]])
    far = np.array([[5.0, 0.0]])  # the second arm has ratio 75 and a negative advantage, which min() does not clip
    assert violated({"G_ell": largest(problem.gradients(np.zeros((1, 2)), far))}, closed(problem)) == ["G_ell"]


def test_the_claim_stands_on_score_norm_alone():
    verdict = check_claim(CLAIM, [get("score-norm")])
    assert [(s.id, s.message) for s in verdict.steps if s.status in ("refuted", "undecided")] == []
    assert (verdict.status, verdict.problems) == ("proved", ())
    assert check_claim(CLAIM, ()).status == "undecided"


@pytest.mark.parametrize("name", OURS)
def test_lemmas_hold_on_random_instances_and_are_not_slack(name):
    rng = random.Random(name)
    closest = 0.0
    for _ in range(150):
        left, relation, right = LEMMAS[name].probe(rng)
        if relation == "=":
            assert left == pytest.approx(right, rel=1e-9, abs=1e-9)
        else:
            assert left <= right * (1 + 1e-12)
        closest = max(closest, left / right) if right > 0 else closest
    assert closest > 0.6  # a fact stated with half its constant would have failed


def test_every_new_lemma_is_used_and_sourced():
    cited = {step.by for name in ("closed-constants", "token-variation") for step in get(name).steps}
    assert len(OURS) > 9
    assert set(OURS) <= cited
    assert all(LEMMAS[name].source and LEMMAS[name].tex for name in OURS)
