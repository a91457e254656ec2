"""Units and names by machine: the audit passes on every claim, and each kind of slip is seen."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import sympy
from stalelaw.theory import symbols as sy
from stalelaw.theory.api import Inner, Norm, Rel, earlier
from stalelaw.theory.claims import all_claims, get
from stalelaw.theory.derive import claims_in_file, derive
from stalelaw.theory.laws import LAWS
from stalelaw.theory.symbols import TABLE, G_upd, S_max, eta, k_step, phi, t_step, theta, theta_at, u_at
from stalelaw.theory.units import NUMBER, PARAM, Unit, WrongUnit, audit, printed_alike, relation_problem, unit_of

EXAMPLES = Path(__file__).parents[2] / "examples" / "theorems"
MOVED = theta_at(t_step) - theta_at(0)


@pytest.mark.parametrize(
    ("text", "param", "lr"),
    [
        ("1", 0, 0),
        ("param", 1, 0),
        ("1/param**2", -2, 0),
        ("step", 0, 0),
        ("lr*step", 0, 1),
        ("param/(lr*step)", 1, -1),
        ("param/lr/step", 1, -1),
        ("1/(param*lr*step)", -1, -1),
        ("param**2/(lr*step)", 2, -1),
    ],
)
def test_units_are_read(text, param, lr):
    assert Unit.of(text) == Unit(Fraction(param), Fraction(lr))


@pytest.mark.parametrize("text", ["", "metre", "param lr", "param*", "(param", "1/(param", "param//lr", "#1"])
def test_what_is_no_unit_is_refused(text):
    with pytest.raises(ValueError, match=r"unit|param"):
        Unit.of(text)


def test_every_registered_unit_can_be_read():
    for record in TABLE.values():
        Unit.of(record.unit, [PARAM] * record.unit.count("#") * 9)


def test_a_learner_step_is_a_displacement():
    assert unit_of(eta * u_at(k_step)) == unit_of(theta_at(k_step + 1)) == unit_of(eta * G_upd * S_max) == PARAM


def test_a_derivative_has_the_unit_of_its_direction():
    displacement, direction = sy.dH(sy.xi, sy.w_dir), sy.dH(sy.xi_star, sy.w_star)
    assert unit_of(displacement) == Unit.of("1/param")
    assert unit_of(direction) == Unit.of("1/param**2") == unit_of(sy.Lambda_seg)
    assert unit_of(sy.d2H(sy.xi, sy.w_dir)) == Unit.of("1/param")


def test_the_rules_of_products_roots_norms_and_sums():
    total = sympy.Sum(eta * Norm(u_at(k_step)), (k_step, 1, t_step))
    assert unit_of(total) == PARAM
    assert unit_of(sympy.sqrt(Norm(phi - theta) ** 3)) == Unit(Fraction(3, 2))
    assert unit_of(Inner(phi, theta)) == Unit.of("param**2")
    assert unit_of(sympy.Integer(0)) is None
    assert unit_of(sympy.log(sy.rho) + sympy.exp(sy.rho) + sy.rho**sy.n_out) == NUMBER
    assert unit_of(Norm(phi - theta), logits=True) == NUMBER
    assert unit_of(eta * Norm(phi - theta), logits=True) == Unit.of("lr")


@pytest.mark.parametrize(
    "expression",
    [
        Norm(phi) + 1,
        Norm(phi) - eta,
        sympy.Min(eta, G_upd),
        sympy.Max(1, sympy.Abs(sy.log_rho), sy.drift_norm),
        sympy.log(sy.drift_norm),
        sympy.exp(eta),
        sy.rho**sy.drift_norm,
        sy.drift_norm**sy.n_out,
        sympy.Sum(k_step, (k_step, 1, sy.R_crit)),
        sympy.Derivative(sy.rho**2, sy.rho),
    ],
    ids=str,
)
def test_each_wrong_expression_is_seen(expression):
    with pytest.raises(WrongUnit):
        unit_of(expression)


def test_zero_fits_every_unit():
    assert relation_problem(Rel(Norm(phi), ">=", 0)) == ""
    assert relation_problem(Rel(Norm(phi), ">=", 1)) != ""


@pytest.mark.parametrize("claim", all_claims(), ids=lambda c: c.id)
def test_every_claim_compares_like_with_like(claim):
    assert audit(claim) == []


@pytest.mark.parametrize("law", LAWS.values(), ids=lambda law: law.id)
def test_every_law_compares_like_with_like(law):
    for constraint in law.constraints:
        assert unit_of(constraint.constant) == unit_of(constraint.load)
        assert unit_of(constraint.bound) == unit_of(eta)


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.py")), ids=lambda p: p.stem)
def test_the_authors_examples_have_consistent_units(file):
    assert [audit(claim) for claim in claims_in_file(file)] == [[]]


def test_a_wrong_unit_in_the_registry_is_caught(monkeypatch):
    monkeypatch.setitem(TABLE, "G_upd", replace(TABLE["G_upd"], unit="param"))
    caught = {claim.id for claim in all_claims() if audit(claim)}
    assert {"drift", "lag-drift", "staleness-bias", "two-constraints"} <= caught


def test_a_forgotten_factor_is_caught_and_named():
    drift = get("drift")
    last = drift.steps[-1]
    forgotten = replace(last, statement=Rel(last.statement.lhs, "<=", sy.s_lag * eta))
    (problem,) = audit(replace(drift, steps=(*drift.steps[:-1], forgotten)))
    assert "step conclusion" in problem
    assert "has unit param," in problem
    assert "has unit lr" in problem


def test_a_substitution_must_keep_the_unit():
    step = earlier("x", get("drift"), G_upd=sy.R_crit)
    assert any("G_upd has unit" in p for p in audit(replace(get("drift"), steps=(step,), formula=None)))


def test_a_formula_is_audited_too():
    assert any("units of formula" in p for p in audit(replace(get("drift"), formula=eta + 1)))


def test_a_claim_about_logits_must_say_so():
    honest = get("score-norm")
    assert honest.logits
    assert any("says logits=True" in p for p in audit(replace(honest, logits=False)))


def test_an_author_reads_what_is_inconsistent(tmp_path):
    file = tmp_path / "theorem.py"
    text = (EXAMPLES / "right.py").read_text()
    unit = '"1/(lr*step)", "smoothness'
    assert text.count(unit) == 1
    file.write_text(text.replace(unit, '"1/param**2", "smoothness').replace('"my_', '"odd_'))
    (verdict,) = derive(claims_in_file(file))
    assert verdict.status == "undecided"
    assert any(p.startswith("units of step step: eta*odd_L has unit") for p in verdict.problems)


def shared_meanings(records):
    return [m for m, n in Counter(r.meaning for r in records).items() if n > 1]


def test_no_two_symbols_share_a_meaning():
    bound = [each for value in vars(sy).values() for each in (value if isinstance(value, tuple) else (value,))]
    ours = [r for r in TABLE.values() if any(r.symbol is each for each in bound)]  # without those that tests registered
    assert len(ours) > 400
    assert shared_meanings(ours) == []
    assert shared_meanings([*ours, ours[0]]) == [ours[0].meaning]


def test_no_claim_prints_two_symbols_alike():
    assert [p for claim in all_claims() for p in printed_alike(claim)] == []


def test_two_symbols_printed_alike_in_one_claim_are_seen():
    assert TABLE["k"].tex == TABLE["k_tok"].tex
    claim = get("crossover")
    step = replace(claim.steps[-1], statement=Rel(sy.k_step, "<=", sy.k_tok))
    assert any("are all printed k" in p for p in audit(replace(claim, steps=(*claim.steps[:-1], step))))
