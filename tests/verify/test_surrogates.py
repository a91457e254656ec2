"""The one measurement of all losses holds, and fails on each wrong coefficient, weight and constant (rung 5)."""

import dataclasses
import importlib

import pytest
import sympy
from stalelaw.theory.surrogates import own_surrogates
from stalelaw.theory.surrogates.analysis import facts
from stalelaw.theory.surrogates.derivation import loss_claim
from stalelaw.verify import surrogates, token_weights

LOSSES = {loss.id: loss for loss in own_surrogates()}
BOUNDS = ["first_order_sources", "clip_jump", "clip_lipschitz", "certified_radius_sequence"]


def measured(name):
    return {v.message.split(",")[1].split("(")[0].strip(): v for v in surrogates.measure(LOSSES[name], 0)}


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_holds(name):
    found = measured(name)
    assert set(found) == {"token weight", "prefix", "current", "suffix", "mates", "whole form"}
    assert {v.status for v in found.values()} == {"holds"}
    assert max(v.measured for v in found.values()) < 1e-13


@pytest.mark.parametrize("part", ["prefix", "current", "suffix", "normaliser", "penalty_current"])
def test_a_wrong_coefficient_is_caught(monkeypatch, part):
    claim = loss_claim(LOSSES["kl-k3"])
    change = sympy.Rational(1, 10**6)
    wrong = dataclasses.replace(claim, formulas={**claim.formulas, part: claim.formulas[part] + change})
    monkeypatch.setattr(surrogates, "loss_claim", lambda loss: wrong)
    role = {"normaliser": "mates", "penalty_current": "current"}.get(part, part)
    bad = {name for name, v in measured("kl-k3").items() if v.status == "violated"}
    assert bad == {role, "whole form"}


MUTANTS = {"x 1e3": lambda f: 1000 * f, "x 1e-3": lambda f: f / 1000, "sign": lambda f: -f}
ROLES = {"penalty_prefix": "prefix", "penalty_current": "current", "penalty_suffix": "suffix", "normaliser": "mates"}
UNSEEN = {  # the score of another token has mean 0 given what its weight depends on, so no coefficient of it is seen
    *((loss, "penalty_suffix") for loss in ("kl-k1", "kl-k2", "kl-k3")),
    ("kl-k1", "penalty_prefix"),
}


@pytest.mark.parametrize("name", LOSSES)
def test_no_mutant_of_a_loss_survives(monkeypatch, taped, name):
    """All coefficients at once, as each has a row of its own, then all penalties, then the token weight."""
    rewind = taped({surrogates: ("behaviour_derivative", "surrogate_gradient")})
    claim, known = loss_claim(LOSSES[name]), facts(LOSSES[name])

    def bad(module, record, wrong):
        rewind()
        with monkeypatch.context() as patch:
            patch.setattr(module, record, lambda _: wrong)
            return {row for row, v in measured(name).items() if v.status == "violated"}

    assert bad(surrogates, "loss_claim", claim) == set()
    for mutation, change in MUTANTS.items():
        for penalty in (False, True):
            parts = {k: f for k, f in claim.formulas.items() if k.startswith("penalty") == penalty}
            if parts:
                wrong = {k: f + 1 if f == 0 else change(f) for k, f in parts.items()}
                seen = bad(surrogates, "loss_claim", dataclasses.replace(claim, formulas={**claim.formulas, **wrong}))
                left = {(name, k) for k in parts if ROLES.get(k, k) not in seen}
                assert (mutation, left) == (mutation, {u for u in UNSEEN if u[0] == name and u[1] in parts})
        assert "token weight" in bad(token_weights, "facts", dataclasses.replace(known, weight=change(known.weight)))
    for term in known.weight.args if known.weight.is_Add else ():
        assert "token weight" in bad(token_weights, "facts", dataclasses.replace(known, weight=known.weight - term))


def test_a_wrong_token_weight_is_caught(monkeypatch):
    known = facts(LOSSES["gspo"])
    wrong = dataclasses.replace(known, weight=known.weight * (1 + sympy.Rational(1, 10**6)))
    monkeypatch.setattr(token_weights, "facts", lambda loss: wrong)
    assert measured("gspo")["token weight"].status == "violated"


def measure(file):
    return importlib.import_module(f"stalelaw.verify.claims.{file}").measure(0)


@pytest.mark.parametrize("file", BOUNDS)
def test_the_claims_on_clips_and_sources_hold(file):
    assert {v.status for v in measure(file)} == {"holds"}


@pytest.mark.parametrize(
    ("file", "name", "factor"),
    [
        ("first_order_sources", "prefix", sympy.Rational(1001, 1000)),
        ("first_order_sources", "current", sympy.Rational(1001, 1000)),
        ("first_order_sources", "suffix", sympy.Rational(999, 1000)),
        ("clip_jump", "", sympy.Rational(1001, 1000)),
        ("clip_jump", "low", sympy.Rational(999, 1000)),
        ("clip_lipschitz", "", sympy.Rational(49, 100)),  # half of the bound is reached
        ("certified_radius_sequence", "", sympy.Rational(1001, 1000)),
    ],
)
def test_a_wrong_constant_is_caught(scaled, file, name, factor):
    scaled(file.replace("_", "-"), name, factor)
    assert "violated" in {v.status for v in measure(file)}
