"""Attacks on the prover by ends of boxes, sums and ranges, by what is differentiated and by records of another class.

Every function builds a claim that is false (or would let a false one follow). Either it cannot even be written, or its
verdict is refuted or undecided.
"""
# ruff: noqa: F403, F405

from importlib.metadata import EntryPoint

import pytest
from stalelaw.theory import ENTRY_POINTS
from stalelaw.theory.dynamics_objects import UPDATE_LAG
from stalelaw.theory.lemmas.registry import register_lemma
from stalelaw.theory.proof.enclosure import check_enclosure
from stalelaw.theory.proof.mutants import mutants
from stalelaw.theory.proof.polynomial import check_polynomial
from stalelaw.theory.proof.records import Claim, Step
from stalelaw.theory.surrogates.derivation import loss_claim
from stalelaw.theory.surrogates.record import Advantage, Surrogate, frozen
from stalelaw.theory.surrogates.registered import collect

from .attacks import *

most = scalar("red_most", "m", "1", "a place", integer=True, positive=True)


@attack
def a_place_that_counts_from_one_in_a_range_from_zero():
    """The largest -k of k = 0..n is at 0, and no m >= 1 is there: n >= 2 would follow."""
    w = (k_step, 0, n_out)
    return toy(
        "a",
        lemma("low", "index-low", k_step, 0, n_out),
        lemma("m", "finite-maximum", most, -k_step, k_step, uses="low"),
        inequality("t", Sum(-k_step, w), "<=", Sum(-most, w), "m"),
        identity("d", k_step * (k_step + 1) / 2 - (k_step - 1) * k_step / 2, k_step),
        lemma("s", "antidifference", Sum(k_step, w), k_step * (k_step + 1) / 2, uses="d"),
        inequality("u", -n_out * (n_out + 1) / 2, "<=", -most * (n_out + 1), "t s"),
        inequality("v", most, "<=", n_out / 2, "u"),
        inequality("e", n_out, ">=", 2, "v"),
    )


@attack
def the_derivative_of_what_vanishes_at_one_point():
    zero = Assumption("Z", "z", "z", lambda: Rel(J_pop, "=", 0))
    return toy("a", assume("z", zero), lemma("d", "constant-derivative", uses="z"))


@attack
def the_derivative_of_a_sum_that_vanishes_at_one_point():
    zero = Assumption("Z", "z", "z", lambda: Rel(Sum(pi_of(i_out) * adv_of(i_out), n), "=", 0))
    return toy("a", assume("z", zero), lemma("d", "constant-sum", "advantages", i_out, n_out, uses="z"))


@attack
def a_sum_that_ends_between_two_integers():
    return toy("a", lemma("t", "power-mean", Integer(1), k_tok, eta))


@attack
def a_sum_of_weights_that_ends_between_two_integers():
    return toy("a", lemma("t", "weighted-cauchy-schwarz", Integer(1), x, x, (k_tok, 1, eta)))


@attack
def a_prompt_with_a_score():
    """The mean score of the responses of one prompt is zero only if the prompt has none."""
    whole = Sum(resp_prob(y_resp) * cum_score(y_resp, L_len, w_dir), (y_resp, 1, N_resp))
    return toy(
        "a", define("m", Rel(mass_slope(w_dir), "=", whole)), lemma("z", "score-mean-zero", mass_slope(w_dir), uses="m")
    )


@attack
def a_delay_that_may_be_none():
    """Without delay the next update sees the noise of the last one, so the equation is false for s = 0."""
    return toy("a", define("d", UPDATE_LAG, s_lag), identity("e", upd_lag(s_lag), fb_cov(s_lag, 1), "d"))


class EqualToAll(Rel):
    def __eq__(self, other):
        return True

    __hash__ = Rel.__hash__


@attack
def a_relation_that_equals_every_other():
    return toy("a", Step("l", "lemma", EqualToAll(eta, "<=", Integer(1)), (), "", "triangle", None, (theta + phi,)))


class NothingAssumed(Claim):
    assumptions = ()

    def premises(self):
        return []


@attack
def a_claim_that_hides_its_premises():
    steps = (assume("z", below(eta, 1)), inequality("e", eta, "<=", 2, "z"))
    return NothingAssumed("a", "a", "upper", "", "", steps=steps, conclusions=("e",), not_tight="x")


test_a_false_claim_is_not_proved = nothing_false_is_proved(__name__)


@pytest.mark.parametrize("engine", [check_enclosure, check_polynomial])
def test_no_counterexample_where_a_declared_sign_leaves_the_end_out(engine):
    """2 p + 1 > 1 holds for p > 0, and 0 is no value of a chance that is declared positive."""
    box = [Rel(p_suc, ">=", 0), Rel(p_suc, "<=", Rational(1, 2))]
    assert engine("s", "polynomial", Rel(2 * p_suc + 1, ">", 1), box).status == "proved"
    assert engine("s", "polynomial", Rel(2 * p_suc + 1, ">=", Rational(11, 10)), box).status == "refuted"


def test_a_lemma_may_not_take_the_name_of_another():
    with pytest.raises(ValueError, match="triangle"):
        register_lemma("triangle", "x", "x", "x", lambda rng: (0.0, "=", 0.0))(lambda: None)


def test_an_equation_that_holds_everywhere_may_be_differentiated():
    zero = Assumption("Z", "z", "at every point", lambda: Rel(J_pop, "=", 0), everywhere=True)
    claim = toy("a", assume("z", zero), lemma("d", "constant-derivative", uses="z"))
    assert derive([claim])[0].status == "proved"


def test_a_definition_without_which_a_step_is_undecided_is_not_equivalent():
    """With G = n/2 + 1 for n + 1 nothing refutes the quotient, but it is no longer known to be defined."""
    size = scalar("red_size", "N", "1", "a size", positive=True)
    claim = toy(
        "a",
        define("d", Rel(size, "=", a_plan + 1)),
        inequality("e", 1 / (size - 1), "=", 1 / a_plan, "d", "defined for a > 0"),
    )
    assert derive([claim])[0].status == "proved"
    found = mutants(claim, [])
    assert all(m.caught_by for m in found if m.step == "d"), found


# --- losses from outside ---------------------------------------------------------------------------------------------

MATES = Advantage("mates")


def loss(token, advantage=MATES, kind=Surrogate, **more):
    words = {"id": "red", "title": "Red", "source": "none", "length": "constant"} | more
    return kind(token=token, advantage=advantage, **words)


class OtherId(Surrogate):
    claim_id = "drift"


class OtherRule(Advantage):
    expression = Integer(1)


@pytest.mark.parametrize(
    "build",
    [
        lambda: loss(sympy.I * rho * A_hat),
        lambda: loss(rho * A_hat * sympy.oo),
        lambda: loss(rho * A_hat + sympy.nan),
        lambda: loss(0.1 * rho * A_hat),
        lambda: loss(rho * A_hat, kind=OtherId),
        lambda: loss(rho * A_hat, advantage=OtherRule("group", "std", ddof=1)),
        lambda: loss(rho * A_hat, advantage=Advantage("groop")),
        lambda: loss(rho * A_hat, advantage=Advantage("group", "std", ddof=2)),
        lambda: loss(rho * A_hat, title="two\nlines"),
        lambda: loss(rho * A_hat, length="other"),
        lambda: loss_claim(loss(frozen(rho) * A_hat)),
        lambda: loss_claim(loss(sympy.Function("red_f")(rho) * A_hat)),
    ],
)
def test_a_record_that_cannot_be_a_loss_is_refused(build):
    with pytest.raises(ValueError, match="expected"):
        build()


@pytest.mark.parametrize(
    "token",
    [
        Min(rho, 1) * A_hat,
        Min(rho, 1 + eps_hi - eps_lo) * A_hat,
        A_hat / (rho - 1),
        sqrt(rho - 1) * A_hat + rho * A_hat,
    ],
    ids=str,
)
def test_a_loss_with_an_edge_or_a_gap_on_the_diagonal_is_not_derived(token):
    assert derive([loss_claim(loss(token))])[0].status in ("refuted", "undecided")


def test_a_loss_outside_the_language_is_left_out(monkeypatch):
    """Its derivative has a sign, of which the engines know nothing; the whole derivation must not fail for it."""
    monkeypatch.setattr(EntryPoint, "load", lambda self: loss(Abs(logp_tok) * A_hat))
    (rejected,) = collect([EntryPoint("red", "red:LOSS", ENTRY_POINTS)]).rejected
    assert "sign is not part of the language" in rejected.reason
