"""Binomial coefficients and powers with symbolic exponents: what the engines may do with them, and what not."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from stalelaw.theory.bridge import float64
from stalelaw.theory.lemmas import LEMMAS
from stalelaw.theory.lemmas.binomial import basis, bernstein
from stalelaw.theory.proof.exact import NotDecided, at, evaluate
from stalelaw.theory.proof.identity import check_identity
from stalelaw.theory.proof.inequality import check_inequality
from stalelaw.theory.proof.normal_form import Unsupported
from stalelaw.theory.proof.records import Rel
from stalelaw.theory.proof.wellformed import undefined, well_typed
from stalelaw.theory.render.mathml import mathml
from stalelaw.theory.render.tex import tex
from stalelaw.theory.symbols import G_group, c_suc, h_suc, k_suc, mean_r, p_suc, q_fail, weight

G, k, p, q = G_group, k_suc, p_suc, q_fail
CHANCES = Rel(p + q, "=", 1)
INSIDE = (Rel(k, ">=", 0), Rel(k, "<=", G - 2))


def identity(lhs, rhs, *given):
    return check_identity("s", "identity", Rel(lhs, "=", rhs), given).status


def inequality(lhs, op, rhs, *given):
    return check_inequality("s", "inequality", Rel(lhs, op, rhs), given).status


def test_powers_are_split_into_their_addends():
    assert identity(p ** (k + 1) * q ** (G - 1 - k), p * p**k * q ** (G - k) / q) == "proved"
    assert identity(p ** (2 * k), (p**k) ** 2) == "proved"
    assert identity(p ** (k + 1), p**k) == "refuted"
    assert identity(p ** (2 * k), p**k) == "refuted"


def test_a_relation_between_chances_is_used_and_holds_at_the_points():
    assert identity(p**k * (p + q), p**k, CHANCES) == "proved"
    assert identity(p**k * (p + q), p**k) == "refuted"
    assert identity((p + q) ** 2, 1 + p * q, CHANCES) == "refuted"


@pytest.mark.parametrize("base", [mean_r, 1 - p, G - 2])
def test_a_base_that_may_vanish_or_be_negative_is_not_in_the_language(base):
    with pytest.raises(Unsupported, match="positive base"):
        well_typed(Rel(base**k, "=", 0))


def test_exponents_and_entries_must_be_integers():
    with pytest.raises(Unsupported):
        well_typed(Rel(p**mean_r, "=", 0))
    with pytest.raises(Unsupported, match="integers"):
        well_typed(Rel(sympy.binomial(G, mean_r), "=", 0))


def test_zero_to_the_zero_is_one_and_a_negative_power_of_zero_is_an_error():
    zero = sympy.Symbol("zero", positive=True)
    assert evaluate(zero**k, at({zero: Fraction(0), k: Fraction(0)})) == 1
    with pytest.raises(ZeroDivisionError):
        evaluate(zero**k, at({zero: Fraction(0), k: Fraction(-1)}))


def test_exact_values_outside_the_triangle():
    def choose(n, m):
        return evaluate(sympy.binomial(G, k), at({G: Fraction(n), k: Fraction(m)}))

    assert [choose(4, m) for m in range(-1, 6)] == [0, 1, 4, 6, 4, 1, 0]
    for n, m in ((-1, 0), (Fraction(1, 2), 0), (3, Fraction(1, 2))):
        with pytest.raises(NotDecided):
            choose(n, m)
    with pytest.raises(NotDecided):
        evaluate(p**k, at({p: Fraction(2), k: Fraction(1, 3)}))


def test_an_upper_entry_must_be_known_not_to_be_negative():
    low = Rel(sympy.binomial(G - 2, 1 + k), ">=", 0)
    assert undefined(low, ()) == ["G - 2 >= 0"]
    assert undefined(low, [Rel(G, ">=", 2)]) == []
    assert undefined(Rel(bernstein(1, G - 2, k), "=", 1), ()) == []  # inside the sum k lies between 0 and G - 2


def test_the_range_of_an_index_reaches_into_its_sum_only():
    root = sympy.sqrt(G - 1 - k)
    assert undefined(Rel(sympy.Sum(root, (k, 0, G - 2)), ">=", 0), ()) == []
    assert undefined(Rel(root, ">=", 0), ()) != []
    assert undefined(Rel(sympy.Sum(root, (k, 0, G)), ">=", 0), ()) != []


def test_signs_of_binomials_are_not_invented():
    assert inequality(sympy.binomial(G - 2, k), ">=", 1, *INSIDE) != "proved"
    assert inequality(sympy.binomial(G - 2, k), ">", 0) != "proved"
    assert inequality(p**k, ">", 0) == "proved"
    assert inequality(p**k, "<=", 1) != "proved"


def test_a_termwise_comparison_knows_the_range_and_nothing_more():
    left = sympy.Sum(k, (k, 0, G))
    assert inequality(left, "<=", sympy.Sum(G, (k, 0, G))) == "proved"
    assert inequality(left, "<=", sympy.Sum(G - 1, (k, 0, G))) == "refuted"
    assert inequality(left, ">=", sympy.Sum(1 + 0 * k, (k, 0, G))) == "refuted"


def test_roots_are_principal():
    root = sympy.sqrt(k + 1)
    assert inequality(root, ">=", 0, *INSIDE) == "proved"
    assert inequality(root, "<=", 0, *INSIDE) == "refuted"


def test_short_sums_between_numbers_are_written_out():
    assert identity(sympy.Sum(k**2, (k, 0, 2)), 5) == "proved"
    assert identity(sympy.Sum(k**2, (k, 0, 2)), 4) == "refuted"
    assert identity(sympy.Sum(k, (k, 0, -1)), 0) == "proved"


def test_lemmas_ask_for_their_side_conditions():
    theorem = LEMMAS["binomial-theorem"].instance(G - 2, k)
    assert set(theorem.needs) == {CHANCES, Rel(G - 2, ">=", 0)}
    assert LEMMAS["binomial-positive"].instance(G - 2, k).needs == (Rel(k, ">=", 0), Rel(k, "<=", G - 2))
    assert LEMMAS["absorption"].instance(G - 1, k).needs == (Rel(G - 1, ">=", 1),)
    with pytest.raises(ValueError, match="integers"):
        LEMMAS["absorption"].instance(mean_r, k)
    with pytest.raises(ValueError, match="coefficients"):
        LEMMAS["bernstein-derivative"].instance(weight, p * c_suc, G, c_suc, h_suc)


def test_one_term_needs_nonnegative_terms_and_a_place_inside():
    total = bernstein(1, G - 2, k)
    made = LEMMAS["one-term"].instance(total, G - 2)
    assert made.needs == (Rel(basis(G - 2, k), ">=", 0), Rel(G - 2, ">=", 0))
    with pytest.raises(ValueError, match="does not occur in"):
        LEMMAS["one-term"].instance(total, k + 1)


def test_sums_compile_to_float64_and_broadcast():
    f = float64(bernstein(sympy.sqrt(k), G, k))
    chances = np.array([[0.1, 0.5], [0.7, 0.9]])
    expected = [
        [sum(np.sqrt(j) * float(sympy.binomial(5, j)) * x**j * (1 - x) ** (5 - j) for j in range(6)) for x in row]
        for row in chances
    ]
    assert f(p_suc=chances, q_fail=1 - chances, G=5) == pytest.approx(np.array(expected), rel=1e-14)
    with pytest.raises(ValueError, match="integers as the ends"):
        f(p_suc=0.5, q_fail=0.5, G=2.5)


def test_binomials_render():
    text = tex(bernstein(1, G - 2, k))
    assert r"\binom" in text
    assert "p^{k}" in text
    assert "<code" not in mathml(text)
