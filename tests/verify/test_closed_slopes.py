"""The slope that the GRPO objective states, against the derivative of its own score, in every quantity that uses it."""

import dataclasses

import pytest
import torch
from stalelaw.verify import objectives as o
from stalelaw.verify.policies import TabularSoftmax
from stalelaw.verify.populations.closed import Clip, Objective
from stalelaw.verify.populations.core import Closed
from stalelaw.verify.studies.kinds import kind
from stalelaw.verify.tasks import random_rewards
from stalelaw.verify.trees import add, flatten, random_unit

QUANTITIES = {
    "H": lambda f, theta, phi, v: o.surrogate_gradient(f, theta, phi),
    "dH.v": o.behaviour_jvp,
    "dH^T.w": o.behaviour_vjp,
    "learner dH.v": o.learner_jvp,
    "learner dH^T.w": o.learner_vjp,
    "second": o.behaviour_second,
    "dense": lambda f, theta, phi, v: {"all": o.behaviour_jacobian(f, theta, phi)},
}
FORMS = {
    "ratio": {},
    "log": {"form": "log"},
    "clip": {"clip": Clip(0.2, 0.28)},
    "tight clip": {"clip": Clip(0.01, 0.02)},
}


class Differentiated:
    """The same population without its stated slope."""

    def __init__(self, objective):
        self.objective, self.name = objective, objective.name
        self.validate, self.tables = objective.validate, objective.tables
        self.common, self.score = objective.common, objective.score

    def parts(self):
        return (self,)


def off(slope):
    *inner, last = slope.items()
    return dict([*inner, (last[0], last[1] * (1 + 1e-6))])


class Wrong(Objective):
    """A slope that is off by a part in a million at the last token, and so is what it becomes."""

    def parts(self):
        return (self,)

    def slope(self, live, behaviour):
        return off(super().slope(live, behaviour))

    def slope_moved(self, live, behaviour, moved):
        return off(super().slope_moved(live, behaviour, moved))


def tabular(length, group, form):
    generator = torch.Generator().manual_seed(length)
    policy = TabularSoftmax(2, 3, length)
    objective = Objective(policy, random_rewards(2, 3, length, generator), group, **FORMS[form])
    return objective, policy.random(generator), policy.random(generator, 0.4), policy.random(generator)


def apart(objective, other, theta, phi, v):
    """Largest relative difference of each quantity."""
    found = {}
    for name, quantity in QUANTITIES.items():
        ours, theirs = (flatten(quantity(f, theta, phi, v)) for f in (objective, other))
        assert float(theirs.norm()) > 1e-6  # round-off is not compared
        found[name] = float((ours - theirs).norm() / theirs.norm())
    return found


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("length", "group"), [(2, 2), (3, 5)])
def test_stated_slope_is_the_derivative_of_the_score(length, group, form):
    objective, theta, step, v = tabular(length, group, form)
    phi = add(theta, step)
    assert isinstance(objective, Closed)
    assert not isinstance(Differentiated(objective), Closed)
    if objective.clip is not None:
        lowest, highest = o.ratio_range(objective, theta, phi)
        assert lowest < 1 - objective.clip.lo  # both ends act
        assert highest > 1 + objective.clip.hi
    assert max(apart(objective, Differentiated(objective), theta, phi, v).values()) < 1e-13


@pytest.mark.parametrize("form", FORMS)
def test_a_wrong_slope_shows_in_every_quantity(form):
    objective, theta, step, v = tabular(3, 5, form)
    wrong = Wrong(**{f.name: getattr(objective, f.name) for f in dataclasses.fields(objective)})
    assert min(apart(wrong, Differentiated(objective), theta, add(theta, step), v).values()) > 1e-8


@pytest.mark.parametrize("form", FORMS)
def test_on_a_network(form):
    problem = kind("mlp").problem(0, 0)
    objective, theta = dataclasses.replace(problem.objective, **{"clip": None} | FORMS[form]), problem.theta
    generator = torch.Generator().manual_seed(1)
    phi, v = add(theta, random_unit(theta, generator), 0.5), random_unit(theta, generator)
    assert max(apart(objective, Differentiated(objective), theta, phi, v).values()) < 1e-12


@pytest.mark.parametrize("form", FORMS)
def test_prompts_that_always_or_never_succeed_have_no_slope(form):
    objective, theta, step, v = tabular(2, 4, form)
    rewards = objective.rewards.clone()
    rewards[0], rewards[1] = 1.0, 0.0
    flat = dataclasses.replace(objective, rewards=rewards)
    other = Differentiated(flat)
    for name, quantity in QUANTITIES.items():
        for f in (flat, other):
            assert float(flatten(quantity(f, theta, add(theta, step), v)).abs().max()) < 1e-13, name
