"""Attacks on the prover by losses, shared objects, captured indices, discharges: nothing false comes out as proved.

Every function builds a claim that is false (or would let a false one follow). Either it cannot even be written, or its
verdict is refuted or undecided.
"""
# ruff: noqa: F403, F405

from stalelaw.theory.lemmas import LEMMAS
from stalelaw.theory.lemmas.registry import LemmaInstance, register_lemma
from stalelaw.theory.loss_objects import RATIO_ONE
from stalelaw.theory.objects import NORMALISED, OBJECTIVE, SLOT_MEAN, TOTAL_VARIATION

from .attacks import *


def x_of(claim, name):
    return earlier(name, claim).statement


@attack
def tokens_counted_by_their_prompt():
    return toy("a", lemma("l", "total-mass", "tokens", o_tok))


@attack
def rows_counted_by_their_prompt():
    return toy("a", lemma("l", "path-variance", "this", nu_row))


@attack
def blocks_counted_twice():
    return toy("a", lemma("l", "pythagoras-blocks", part_x(x_prompt, u_at(x_prompt)), x_prompt))


@attack
def answers_counted_by_their_prompt():
    return toy("a", lemma("l", "score-martingale", "response", y_ans))


@attack
def two_length_weights():
    term = (weight_pair(iota) * dprob_pair(iota) + prob_pair(iota) * dweight_pair(iota)) * score_pair(iota)
    return toy(
        "a",
        lemma("l", "leibniz-pairs", Integer(1)),
        lemma("m", "leibniz-pairs", Integer(2)),
        inequality("e", Sum(term, pairs), "=", 0, "l m"),
    )


@attack
def two_losses():
    f, g = (function(f"red_loss{n}", f"f_{n}(#1)", "1", "x") for n in (1, 2))
    return toy(
        "a",
        define("f", Rel(f(iota), "=", rho_pair(iota))),
        define("g", Rel(g(iota), "=", 2 * rho_pair(iota))),
        lemma("l", "loss-gradient", rho, f(iota), uses="f"),
        lemma("m", "loss-gradient", 2 * rho, g(iota), uses="g"),
        inequality("e", rho_pair(iota), "=", 0, "l m"),
    )


@attack
def a_loss_with_and_without_its_stop():
    stop = FROZEN_PAIR[0](iota)
    return toy(
        "a",
        define("s", Rel(stop, "=", rho_pair(iota))),
        define("f", Rel(loss_pair(iota), "=", stop * adv_pair(iota))),
        identity("g", loss_pair(iota), rho_pair(iota) * adv_pair(iota), "f s"),
        lemma("l", "loss-gradient", FROZEN[0] * A_hat, loss_pair(iota), stop, uses="f"),
        lemma("m", "loss-gradient", rho * A_hat, loss_pair(iota), uses="g"),
        inequality("e", rho_pair(iota) * adv_pair(iota), "=", 0, "l m"),
    )


@attack
def a_gradient_on_the_diagonal_only():
    return toy(
        "a",
        define("f", Rel(loss_pair(iota), "=", rho_pair(iota) * adv_pair(iota))),
        define("d", RATIO_ONE, rho_pair(iota)),
        identity("g", loss_pair(iota), adv_pair(iota), "f d"),
        lemma("l", "loss-gradient", A_hat, loss_pair(iota), uses="g"),
    )


@attack
def a_weight_derivative_on_the_diagonal_only():
    w = Assumption("W", "w", "w", lambda: Rel(weight_pair(iota), "=", rho_pair(iota) * adv_pair(iota)))
    return toy(
        "a",
        assume("w", w),
        define("d", RATIO_ONE, rho_pair(iota)),
        identity("g", weight_pair(iota), adv_pair(iota), "w d"),
        lemma("l", "weight-derivative", A_hat, uses="g"),
    )


@attack
def a_weight_hidden_in_a_symbol():
    f = function("red_hide", r"h(#1)", "1", "x")
    return toy(
        "a",
        define("d", Rel(f(iota), "=", rho_pair(iota))),
        define("f", Rel(loss_pair(iota), "=", f(iota) * adv_pair(iota))),
        lemma("l", "loss-gradient", f(iota) * A_hat, loss_pair(iota), uses="f"),
        concl=("l", "d"),
    )


@attack
def any_number_is_one():
    return toy("a", define("d", RATIO_ONE, a_plan), inequality("e", a_plan, "=", 1, "d"))


@attack
def any_number_of_outcomes():
    return toy(
        "a",
        define("d", NORMALISED, i_out, Integer(1)),
        define("e", NORMALISED, i_out, Integer(2)),
        inequality("f", prob_d(2), "=", 0, "d e"),
    )


@attack
def two_losses_of_one_objective():
    f, g = (function(f"red_l{n}", f"l_{n}(#1)", "1", "x") for n in (1, 2))
    over = (i_out, 1, n_out)
    return toy(
        "a",
        define("d", OBJECTIVE, f),
        define("e", OBJECTIVE, g),
        inequality("f", Sum(prob_d(i_out) * f(i_out), over), "=", 1 * Sum(prob_d(i_out) * g(i_out), over), "d e"),
    )


@attack
def a_slot_captured():
    return toy("a", define("d", SLOT_MEAN, j_mate), inequality("e", slot_adv(j_mate), "<=", slot_adv(j_mate) + 1, "d"))


@attack
def a_point_captured():
    return toy(
        "a", define("d", TOTAL_VARIATION, u_at(i_out), phi), inequality("e", TV(u_at(i_out), phi), "<=", eta, "d")
    )


@attack
def an_assumption_discharged_in_a_smaller_range():
    f = function("red_k", "f", "1", "x")
    total = scalar("red_total", "F", "1", "x")
    w = (k_step, 1, n_out)
    all_of_them = Assumption("ALL", "l", "l", lambda: Rel(f(k_step), "<=", 1))
    weak = Assumption("WEAK", "l", "l", lambda: Rel(f(k_step), "<=", k_step))
    b = toy(
        "b",
        assume("a", all_of_them),
        inequality("s", Sum(f(k_step), w), "<=", Sum(Integer(1), w), "a"),
        define("t", Rel(total, "=", Sum(f(k_step), w))),
        inequality("e", total, "<=", n_out, "s t"),
    )
    return toy(
        "a",
        assume("w", weak),
        lemma("h", "index-high", k_step, 1, 1),
        inequality("d", f(k_step), "<=", 1, "w h"),
        earlier("e", b, uses="d"),
    )


@attack
def an_operator_that_is_zero():
    return toy(
        "a",
        define("d", Rel(D_all, "=", Integer(0))),
        inequality("b", Abs(D_all), "<=", 0 * Norm(a_dir) * Norm(b_dir), "d"),
        lemma("l", "operator-mean-value", Integer(0), D_all, uses="b d"),
    )


@attack
def a_score_that_is_zero():
    whole = t_all(x_prompt, o_tok)
    return toy(
        "a",
        define("d", Rel(whole, "=", Integer(0))),
        define("t", Rel(theta, "=", phi)),
        lemma("l", "by-responses", "score", x_prompt, whole, uses="t d"),
    )


@attack
def a_slope_on_the_diagonal_only():
    on = Assumption("ON", "o", "o", lambda: Rel(theta, "=", phi))
    whole, y = Hu_x(x_prompt), law(x_prompt, y_ans) * s_ans(x_prompt, y_ans, a_dir) * r_ans(x_prompt, y_ans)
    tokens = hyb(x_prompt, o_tok) * s_this(x_prompt, o_tok, a_dir) * r_tok(x_prompt, o_tok)
    answers = Sum(y, (y_ans, 1, N_ans))
    return toy(
        "a",
        assume("on", on),
        define("h", Rel(whole, "=", Sum(tokens, (o_tok, 1, N_tok)))),
        identity("i", whole, Sum(tokens, (o_tok, 1, N_tok)) + 0 * answers, "h on"),
        lemma("l", "product-rule", "H", whole, Sum(tokens, (o_tok, 1, N_tok)), b_dir, uses="i"),
    )


@attack
def the_weights_of_two_losses():
    first, second = get("loss-grpo"), get("loss-gspo")
    return toy(
        "a",
        earlier("x", first),
        earlier("y", second),
        inequality("e", x_of(first, "x").rhs, "=", x_of(second, "y").rhs, "x y"),
    )


def test_a_lemma_of_the_author_proves_nothing():
    @register_lemma("red-false", "x", "x", "x", lambda rng: (0.0, "=", 0.0))
    def made():
        return LemmaInstance(Rel(eta, "<=", 1))

    try:
        assert derive([toy("a", lemma("l", "red-false"))])[0].status == "undecided"
    finally:
        del LEMMAS["red-false"]


test_a_false_claim_is_not_proved = nothing_false_is_proved(__name__)
