"""The engines prove what is right and refute what is wrong, with a counterexample that exact arithmetic confirms."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from stalelaw.theory.api import Inner, Norm, Rel
from stalelaw.theory.optimizer_objects import GEOMETRIC
from stalelaw.theory.proof.exact import NotDecided, at, evaluate, holds, sign
from stalelaw.theory.proof.identity import check_identity
from stalelaw.theory.proof.inequality import check_inequality, entails, satisfiable
from stalelaw.theory.proof.meaning import captured
from stalelaw.theory.proof.normal_form import is_zero, normal
from stalelaw.theory.symbols import (
    G_ell,
    G_upd,
    N_lengths,
    R_batch,
    R_crit,
    S_max,
    T_horizon,
    adv,
    dh_mates,
    eta,
    geo_sum,
    h_mates,
    i_mates,
    i_out,
    iota,
    k_mates,
    k_step,
    n_out,
    n_own,
    phi,
    prob,
    s_lag,
    t_opt,
    t_step,
    theta,
    theta_at,
    u_at,
)

_over = (i_out, 1, n_out)
_total = sympy.Sum(prob(i_out, phi), _over)


def identity(lhs, rhs, *given):
    return check_identity("s", "identity", Rel(lhs, "=", rhs), given)


def inequality(lhs, op, rhs, *given):
    return check_inequality("s", "inequality", Rel(lhs, op, rhs), given)


def test_rational_identity_and_its_obligations():
    verdict = identity(
        R_crit / T_horizon - R_batch / S_max, (R_crit * S_max - R_batch * T_horizon) / (S_max * T_horizon)
    )
    assert verdict.status == "proved"
    assert set(verdict.obligations) == {"S_max != 0", "T != 0"}


@pytest.mark.parametrize(
    "wrong",
    [
        (R_crit * S_max + R_batch * T_horizon) / (S_max * T_horizon),  # sign
        (R_crit * S_max - 2 * R_batch * T_horizon) / (S_max * T_horizon),  # constant
        (R_crit * S_max - R_batch * T_horizon) / (S_max * T_horizon**2),  # exponent
        R_crit / T_horizon,  # dropped term
    ],
)
def test_wrong_identities_are_refuted_with_a_point(wrong):
    verdict = identity(R_crit / T_horizon - R_batch / S_max, wrong)
    assert verdict.status == "refuted"
    assert Fraction(verdict.counterexample["lhs"]) != Fraction(verdict.counterexample["rhs"])


def test_a_denominator_that_may_vanish_leaves_the_identity_undecided():
    x = Inner(theta, theta_at(t_step))  # no declared sign
    assert identity((x**2 - 1) / (x - 1), x + 1).status == "undecided"
    assert identity((eta**2 - 1) / (eta + 1), eta - 1).status == "proved"


def test_sums_of_symbolic_length():
    assert identity(sympy.Sum(2 * prob(i_out, phi) + 1, _over), 2 * _total + n_out).status == "proved"
    assert identity(sympy.Sum(2 * prob(i_out, phi) + 1, _over), 2 * _total).status == "refuted"
    assert identity(sympy.Sum(G_ell * prob(i_out, phi), _over), G_ell, Rel(_total, "=", 1)).status == "proved"
    assert identity(sympy.Sum(G_ell * prob(i_out, phi), _over), 2 * G_ell, Rel(_total, "=", 1)).status == "refuted"


def test_the_index_of_a_sum_has_no_name():
    j = sympy.Symbol("j", integer=True)
    assert normal(_total - sympy.Sum(prob(j, phi), (j, 1, n_out))) == 0


def test_telescoping_needs_the_right_window():
    step = Rel(theta_at(k_step + 1), "=", theta_at(k_step) + eta * u_at(k_step))
    window = (k_step, t_step - s_lag, t_step - 1)
    differences = sympy.Sum(theta_at(k_step + 1) - theta_at(k_step), window)
    right = eta * sympy.Sum(u_at(k_step), window)
    late = eta * sympy.Sum(u_at(k_step), (k_step, t_step - s_lag + 1, t_step))
    assert identity(differences, right, step).status == "proved"
    assert identity(differences, late, step).status == "refuted"


def test_square_roots_are_reduced_by_their_square():
    assert is_zero(sympy.sqrt(2 * G_ell) * sympy.sqrt(2) - 2 * sympy.sqrt(G_ell))
    assert not is_zero(sympy.sqrt(2) - sympy.Rational(141421, 100000))


def test_two_solvers_agree_on_the_two_constraint_rule():
    rule = Rel(eta, "<=", sympy.Min(R_batch / (S_max * G_upd), R_crit / (T_horizon * G_upd)))
    verdict = inequality(T_horizon * eta * G_upd, "<=", R_crit, rule)
    assert (verdict.status, verdict.engine) == ("proved", "z3+cvc5")
    assert verdict.witness


@pytest.mark.parametrize("factor", [Fraction(1, 2), Fraction(999, 1000)])
def test_a_stronger_bound_is_refuted_with_a_confirmed_counterexample(factor):
    verdict = inequality(T_horizon * eta * G_upd, "<=", R_crit * factor, Rel(eta, "<=", R_crit / (T_horizon * G_upd)))
    assert verdict.status == "refuted"
    found = {k: Fraction(v) for k, v in verdict.counterexample.items()}
    assert found["T"] * found["eta"] * found["G_upd"] > found["R_crit"] * factor
    assert found["eta"] * found["T"] * found["G_upd"] <= found["R_crit"]


def test_contradictory_hypotheses_prove_nothing():
    verdict = inequality(eta, "<=", G_ell, Rel(eta, "<", G_upd), Rel(eta, ">", G_upd))
    assert verdict.status == "undecided"
    assert "contradict" in verdict.message
    assert satisfiable([Rel(eta, "<", 0)]) is None


def test_termwise_comparison_needs_every_term():
    small, large = sympy.Sum(prob(i_out, phi) ** 2, _over), _total
    assert inequality(small, "<=", large, Rel(prob(i_out, phi), "<=", 1)).status == "proved"
    assert inequality(small, "<=", large).status == "refuted"
    assert inequality(small, "<", large, Rel(prob(i_out, phi), "<", 1)).status == "undecided"  # empty sums


def test_a_denominator_of_unknown_sign_is_an_obligation():
    x = Inner(theta, theta_at(t_step))
    assert inequality(1 / x, "<=", 1 + 1 / x).status == "undecided"
    assert inequality(1 / x, "<=", 1 + 1 / x, Rel(x, ">", 0)).status == "proved"


def test_entails_says_yes_no_and_does_not_guess():
    assert entails([Rel(eta, "<=", 1)], Rel(eta, "<=", 2)) is True
    assert entails([Rel(eta, "<=", 2)], Rel(eta, "<=", 1)) is False


def test_norm_and_inner_are_what_they_should_be():
    x, y = theta, phi
    assert Norm(x - y) == Norm(y - x)
    assert Norm(x - x) == 0
    assert Inner(theta, 2 * x + y) == 2 * Inner(theta, x) + Inner(theta, y)
    with pytest.raises(ValueError, match="linear in one vector"):
        Inner(theta, eta)


def test_exact_evaluation():
    point = at({theta: (Fraction(3), Fraction(4)), eta: Fraction(1, 3)})
    assert evaluate(Norm(theta) * eta, point) == Fraction(5, 3)
    assert holds(Rel(sympy.sqrt(2) * eta, "<", Fraction(1, 2)), point)
    assert not holds(Rel(sympy.sqrt(2) * eta, ">", Fraction(1, 2)), point)
    assert evaluate(sympy.Min(eta, sympy.log(2)), point) == Fraction(1, 3)
    with pytest.raises(KeyError, match="no value"):
        evaluate(G_upd, point)
    with pytest.raises(NotDecided):
        sign(sympy.sqrt(2) - sympy.Rational(str(sympy.sqrt(2).evalf(80))))
    with pytest.raises(ZeroDivisionError):
        evaluate(1 / (eta - sympy.Rational(1, 3)), point)


def test_statements_are_exact():
    with pytest.raises(TypeError, match="exact"):
        Rel(eta, "<=", 0.5)
    with pytest.raises(TypeError, match="exact"):
        Rel(eta, "<=", "G_upd")
    assert Rel(adv(i_out), "=", Fraction(1, 2)).rhs == sympy.Rational(1, 2)


def test_a_law_that_depends_on_another_index_is_a_law_at_each_value_of_it():
    over = (k_mates, 1, N_lengths)
    law = Rel(sympy.Sum(h_mates(i_mates, k_mates), over), "=", sympy.S.One)
    still = Rel(sympy.Sum(dh_mates(i_mates, k_mates), over), "=", sympy.S.Zero)
    mean = sympy.Sum(h_mates(i_mates, k_mates) * n_own(iota), over)
    moved = sympy.Sum(dh_mates(i_mates, k_mates) * n_own(iota), over)
    assert identity(mean, n_own(iota), law).status == "proved"
    assert identity(moved, sympy.S.Zero, still).status == "proved"
    assert identity(mean, 2 * n_own(iota), law).status == "refuted"
    squares = sympy.Sum(dh_mates(i_mates, k_mates) ** 2, over)
    assert identity(squares, sympy.S.Zero, still).status == "refuted"  # the terms themselves need not vanish


def test_a_sum_of_so_many_terms_is_known_at_that_number():
    """The number of terms is drawn: the equation that defines the sum holds there, and at no other number."""
    weights, last = GEOMETRIC.at(eta), eta ** (t_opt - 1)
    doubled = 2 * weights.rhs
    assert identity(2 * geo_sum(eta, t_opt), doubled, weights).status == "proved"
    assert identity(2 * geo_sum(eta, t_opt), doubled + last, weights).status == "refuted"
    assert identity(geo_sum(eta, t_opt + 1), weights.rhs, weights).status != "proved"


def test_a_sum_declared_positive_is_one_of_positive_terms():
    with pytest.raises(ValueError, match="positive"):
        GEOMETRIC.at(-eta)
    assert "is bound" in captured(GEOMETRIC, (eta**k_step,))
    assert captured(GEOMETRIC, (eta,)) == ""


def test_an_equation_without_a_value_decides_nothing():
    with pytest.raises(ZeroDivisionError):
        is_zero(eta - 1, [sympy.zoo * eta - 1])
