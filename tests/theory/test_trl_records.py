"""The records of TRL's losses: each derives and is proved like those of the table; one that cannot says why."""

import itertools

import pytest
from stalelaw.theory import symbols as sy
from stalelaw.theory.proof.check import check_claim
from stalelaw.theory.surrogates import surrogate
from stalelaw.theory.surrogates.analysis import facts
from stalelaw.theory.surrogates.derivation import loss_claim
from stalelaw.theory.surrogates.trl import LENGTHS, trl_record

TOKENS = [("cispo", "token", "weighted", False), ("cispo", "sequence", "plain", False), ("cispo",)] + [
    options
    for options in itertools.product(("grpo",), ("token", "sequence"), ("none", "plain", "weighted"), (False, True))
    if options[1] == "token" or options[2] == "none"
]
TOKENS += [("sapo",), ("sapo", "sequence"), ("sapo", "token", "plain"), ("sapo", "token", "weighted")]
BESIDE_A_CAP = {options for options in TOKENS if options[3:] == (True,)} | set(TOKENS[:2])


@pytest.mark.parametrize("options", TOKENS, ids=lambda o: "-".join(map(str, o)))
def test_every_step_of_its_claim_is_proved(options):
    """The model that shows the cap necessary is written for a loss with a cap alone, so only those are asked for it."""
    verdict = check_claim(loss_claim(trl_record(*options)))
    assert {s.status for s in verdict.steps} <= {"proved", "cited", "defined", "assumed"}
    assert verdict.missing == ()
    if options not in BESIDE_A_CAP:
        assert (verdict.status, verdict.problems) == ("proved", ())


@pytest.mark.parametrize("level", ["token", "sequence"])
def test_a_weight_whose_slope_depends_on_the_sign_of_the_advantage_is_outside_the_language(level):
    with pytest.raises(ValueError, match=r"the same for both signs of the advantage, got .*decay_gamma"):
        loss_claim(trl_record("vespo", level))


@pytest.mark.parametrize("kind", [kind for kind in LENGTHS if kind != "vespo"])
def test_a_penalty_on_tokens_beside_a_clip_on_responses_is_outside_the_language(kind):
    with pytest.raises(ValueError, match="through token variables or through sequence variables"):
        loss_claim(trl_record(kind, "sequence", "weighted"))


@pytest.mark.parametrize(
    ("options", "id"),
    [(("grpo",), "grpo"), (("sapo",), "sapo"), (("grpo", "token", "plain"), "kl-k3"), (("grpo", "sequence"), "gspo")],
)
def test_where_trl_keeps_to_the_paper_token_and_length_are_those_of_the_table(options, id):
    ours, theirs = trl_record(*options), surrogate(id)
    assert (ours.token, ours.length) == (theirs.token, theirs.length)


def test_only_the_weighted_penalty_has_no_bias_from_the_current_token():
    """Inside the clip it weighs a token by the ratio times log(pi_ref/pi), as the gradient of the reverse KL does."""
    plain, weighted = (facts(trl_record("grpo", "token", penalty)) for penalty in ("plain", "weighted"))
    beta, log_ref, rho_ref = sy.beta_kl, sy.log_ref, sy.rho_ref
    assert (weighted.weight - sy.rho * (sy.A_hat + beta * log_ref)).expand() == 0
    assert weighted.first.penalty == (beta * log_ref, 0, beta * log_ref)
    assert {(c - beta * (rho_ref - 1)).expand() for c in plain.first.penalty} == {0}


def test_the_second_side_bounds_the_token_weight():
    assert not facts(trl_record("grpo")).bounded
    assert facts(trl_record("grpo", two_sided=True)).bounded


@pytest.mark.parametrize("options", [("gmpo",), ("grpo", "word"), ("grpo", "token", "k2")])
def test_what_has_no_record_is_refused(options):
    with pytest.raises(ValueError, match="expected a loss type among"):
        trl_record(*options)
