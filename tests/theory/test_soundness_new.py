"""Attacks on the prover by lemmas at one point, radii, indices and empty ranges: nothing false comes out as proved.

Every function builds a claim that is false (or would let a false one follow). Either it cannot even be written, or its
verdict is refuted or undecided.
"""
# ruff: noqa: F403, F405

from stalelaw.theory.lemmas.binomial import bernstein
from stalelaw.theory.objects import CHANCES
from stalelaw.theory.proof.build import roots

from .attacks import *


@attack
def a_ratio_that_the_claim_defines():
    return toy(
        "a",
        define("d", Rel(rho, "=", a_plan)),
        define("e", Rel(log_rho, "=", -b_plan)),
        inequality("f", log_rho, "<", sympy.log(Integer(1)), "e"),
        lemma("l", "exp-increasing", Integer(1), True, rho, log_rho, uses="f"),
        inequality("c", a_plan, "<", 1, "l d"),
    )


@attack
def an_index_with_one_value():
    w = (k_tok, 1, n_out)
    f = function("red_f", "f", "1", "x")
    return toy(
        "a",
        define("d", Rel(k_tok, "=", Integer(1))),
        inequality("t", Sum(f(k_tok) * k_tok, w), "<=", Sum(f(k_tok), w), "d"),
    )


@attack
def the_ends_of_an_empty_range():
    return toy(
        "a",
        lemma("l", "index-low", k_step, 0, s_lag - 5),
        lemma("h", "index-high", k_step, 0, s_lag - 5),
        inequality("e", s_lag, ">=", 5, "l h"),
    )


@attack
def an_assumption_on_an_empty_range():
    low = Assumption("LO", "l", "l", lambda: Rel(u_norm(k_step), ">=", a_plan))
    high = Assumption("HI", "h", "h", lambda: Rel(u_norm(k_step), "<=", b_plan))
    u_norm = function("red_u", "u", "1", "x")
    w = (k_step, 1, s_lag)
    return toy(
        "a",
        assume("l", low),
        assume("h", high),
        inequality("e", a_plan, "<=", b_plan, "l h"),
        inequality("s", Sum(u_norm(k_step), w), "<=", Sum(b_plan, w), "h"),
        concl=("e", "s"),
    )


@attack
def relations_on_an_empty_range():
    f = function("red_g", "g", "1", "x")
    one = Assumption("ONE", "l", "l", lambda: Rel(a_plan * f(k_step), "=", 1))
    two = Assumption("TWO", "h", "h", lambda: Rel(b_plan * f(k_step), "=", 1))
    w = (k_step, 1, s_lag)
    return toy(
        "a",
        assume("l", one),
        assume("h", two),
        inequality("e", a_plan, "=", b_plan, "l h"),
        identity("s", Sum(2 * f(k_step), w), 2 * Sum(f(k_step), w)),
        concl=("e", "s"),
    )


@attack
def a_derivative_from_one_point():
    quarter = Assumption("Q", "q", "q", lambda: Rel(p_suc, "=", Rational(1, 4)))
    c = scalar("red_c", "c", "1", "value at a quarter")
    value = Assumption("V", "v", "v", lambda: Rel(weight(p_suc), "=", 4 * c * p_suc))
    return toy(
        "a",
        define("ch", CHANCES),
        assume("q", quarter),
        assume("v", value),
        lemma("one", "binomial-theorem", G_group, k_suc, uses="ch"),
        identity("b", weight(p_suc), bernstein(c, G_group, k_suc), "v q one"),
        lemma("d", "bernstein-derivative", weight, c, G_group, k_suc, h_suc, uses="b ch"),
    )


@attack
def a_radius_at_the_excluded_end():
    g = scalar("red_gain", "g", "1", "x", nonnegative=True)
    return toy("a", assume("b", below(g, 2)), roots("r", z - 1 + g, "<", "b"))


@attack
def a_radius_far_to_the_left():
    g = scalar("red_left", "g", "1", "x")
    return toy("a", assume("b", below(g, 1)), roots("r", 10**31 * z + g, "<", "b"))


@attack
def a_radius_of_no_polynomial():
    return toy(
        "a",
        lemma("l", "index-low", k_step, 2, 2),
        lemma("h", "index-high", k_step, 2, 2),
        roots("r", z + 5 * z ** (k_step - 3), "<", "l h"),
    )


@attack
def a_radius_of_a_fractional_power():
    return toy(
        "a",
        lemma("l", "index-low", k_step, 1, 1),
        lemma("h", "index-high", k_step, 1, 1),
        roots("r", 2 * z - z ** (k_step / 2), "<", "l h"),
    )


@attack
def another_variable_of_a_radius():
    b = toy("b", roots("r", 2 * z - 1, "<"))
    return toy("a", earlier("x", b, z_char=z / 4))


@attack
def a_variable_of_a_radius_captured():
    c = scalar("red_gain2", "g", "1", "x", positive=True)
    b = toy("b", assume("s", below(c, 1)), roots("r", 2 * z - 1 + c, "<", "s"))
    return toy("a", earlier("x", b, red_gain2=3 + z**2))


@attack
def a_variable_of_a_radius_with_a_value():
    from stalelaw.theory.proof.radius import Radius

    return toy(
        "a",
        define("d", Rel(z, "=", Integer(3))),
        roots("r", 2 * z - 1, "<"),
        identity("i", Radius(2 * z - 1), Radius(3 * z - 4), "d"),
        inequality("e", Radius(3 * z - 4), "<", 1, "i r"),
    )


@attack
def a_recursion_in_a_range():
    rule = Assumption("R", "r", "r", lambda: Rel(x_gap(j_cyc + 1), "=", x_gap(j_cyc)))
    start = Assumption("S", "s", "s", lambda: Rel(x_gap(0), "=", 0))
    return toy(
        "a",
        assume("r", rule),
        assume("s", start),
        lemma("l", "index-low", j_cyc, 5, 9),
        inequality("u", j_cyc, ">=", 4, "l"),
        lemma("g", "geometric-zero", x_gap, j_cyc, Integer(1), s_lag, uses="r s"),
        concl=("g", "u"),
    )


@attack
def a_recursion_from_the_ends_of_a_range():
    f = function("red_h", "h", "1", "x")
    start = Assumption("S", "s", "s", lambda: Rel(f(0), "=", 0))
    rule = Assumption("R", "r", "r", lambda: Rel(f(j_cyc + 1) - f(j_cyc), "=", (j_cyc - 5) * eta))
    return toy(
        "a",
        assume("r", rule),
        assume("s", start),
        lemma("l", "index-low", j_cyc, 5, 5),
        lemma("h", "index-high", j_cyc, 5, 5),
        inequality("i", f(j_cyc + 1), "=", f(j_cyc), "r l h"),
        lemma("g", "geometric-zero", f, j_cyc, Integer(1), s_lag, uses="i s"),
    )


test_a_false_claim_is_not_proved = nothing_false_is_proved(__name__)
