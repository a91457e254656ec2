"""Loss records and what follows: refused records, each derived fact, claims that stand, mutants, the table."""

import json
from dataclasses import replace

import pytest
import sympy
from stalelaw.theory.proof.check import check_claim
from stalelaw.theory.proof.mutants import mutants
from stalelaw.theory.render import document
from stalelaw.theory.surrogates import ORDER, Advantage, Surrogate, calculus, clip, frozen, own_surrogates, soft_gate
from stalelaw.theory.surrogates.analysis import facts
from stalelaw.theory.surrogates.derivation import loss_claim
from stalelaw.theory.surrogates.table import SOURCES, as_data, row
from stalelaw.theory.symbols import (
    A_hat,
    L_len,
    beta_kl,
    eps_hi,
    eps_lo,
    log_ref,
    logp_seq,
    logp_tok,
    r_self,
    rho,
    rho_cap,
    rho_geo,
    rho_prox,
    rho_ref,
    rho_seq,
    tau_gate,
)

LOSSES = {loss.id: loss for loss in own_surrogates()}
GIVEN = Advantage("critic")


def loss(token, advantage=GIVEN, length="own"):
    return Surrogate("test", "Test", "nowhere", token, advantage, length)


def test_one_file_one_loss():
    assert [x.id.replace("-", "_") for x in own_surrogates()] == list(ORDER)
    assert len({x.title for x in own_surrogates()}) == len(ORDER)
    assert all(x.source for x in own_surrogates())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": "Not A Slug"}, "lower-case"),
        ({"length": "sequence"}, "length weight"),
        ({"token": 0.5 * A_hat * rho}, "exact SymPy expression"),
        ({"token": "rho*A"}, "exact SymPy expression"),
        ({"token": rho * r_self}, r"got \['r_self'\]"),
    ],
)
def test_a_record_that_says_nothing_sensible_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        replace(LOSSES["grpo"], **change)


@pytest.mark.parametrize(
    "arguments",
    [{"centre": "group", "scale": "std"}, {"centre": "mates", "ddof": 0}, {"centre": "none", "offset": True}],
)
def test_an_advantage_has_a_ddof_exactly_where_it_has_a_std(arguments):
    with pytest.raises(ValueError, match="expected"):
        Advantage(**arguments)


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (rho * rho_seq * A_hat, "sequence and token"),
        (frozen(rho) * A_hat, "none at all"),
        (rho * A_hat**2, "affine in the advantage"),
        (sympy.Min(rho, rho_geo) * A_hat, "fixed edges"),
        (sympy.Min(rho, rho_cap) * clip(rho_prox) * A_hat, "at most one clipped ratio"),
        (soft_gate(sympy.Min(rho, rho_cap)) * A_hat, "a clip or a smooth gate"),
        (frozen(soft_gate(rho) * soft_gate(rho_seq)) * A_hat * logp_tok, "smooth gate of one ratio"),
        (soft_gate(rho) ** 2 * A_hat, "same for both signs"),
    ],
)
def test_a_loss_outside_the_language_is_refused(token, said):
    with pytest.raises(ValueError, match=said):
        facts(loss(token))


@pytest.mark.parametrize(
    ("token", "weight"),
    [
        (rho * A_hat, rho * A_hat),
        (rho**2 * A_hat, 2 * rho**2 * A_hat),
        (frozen(rho) * A_hat * logp_tok, rho * A_hat),
        (rho_geo * A_hat, rho_geo * A_hat / L_len),
        (frozen(rho_seq) * A_hat * logp_seq, rho_seq * A_hat),
        (rho * A_hat - beta_kl * (rho_ref - log_ref - 1), rho * A_hat - beta_kl * (1 - rho_ref)),
        (rho * A_hat - beta_kl * log_ref**2 / 2, rho * A_hat + beta_kl * log_ref),
    ],
)
def test_token_weights(token, weight):
    assert sympy.expand(calculus.token_weight(token) - weight) == 0


def test_a_frozen_ratio_counts_for_phi_but_not_for_theta():
    live, still = facts(loss(rho * A_hat)), facts(loss(frozen(rho) * A_hat * logp_tok))
    assert live.first == still.first
    assert facts(loss(A_hat * logp_tok)).first.current == 1


SUMMARY = {  # sources that are on, kind of the clip, policy of the radius: theory.md 3.1 and 8, typed by hand
    "grpo": ("i ii iii iv", "jump", "behaviour"),
    "dr-grpo": ("i ii iv", "jump", "behaviour"),
    "dapo": ("i ii iii iv vi", "jump", "behaviour"),
    "ppo-clip": ("i ii iv", "jump", "behaviour"),
    "decoupled-ppo": ("i ii iii iv", "jump", "proximal"),
    "truncated-is": ("i ii iii iv", "Lipschitz", "behaviour"),
    "gspo": ("0 i ii iii iv", "jump", "behaviour"),
    "cispo": ("i ii iii iv vi", "Lipschitz", "behaviour"),
    "sapo": ("i ii iii iv", "smooth", ""),
    "rloo": ("0 i ii", "none", ""),
    "rloo-is": ("", "none", ""),
    "reinforce": ("0 i ii", "none", ""),
    "reinforce-is": ("", "none", ""),
    "kl-k1": ("i ii iii iv v", "jump", "behaviour"),
    "kl-k2": ("i ii iii iv v", "jump", "behaviour"),
    "kl-k3": ("i ii iii iv v", "jump", "behaviour"),
}


@pytest.mark.parametrize("name", SUMMARY)
def test_the_derived_sources_are_those_known(name):
    on, kind, policy = SUMMARY[name]
    found = row(LOSSES[name])
    assert (" ".join(found.on), facts(LOSSES[name]).clip) == (on, kind)
    assert found.radius_to == (f"{policy} policy" if policy else "")


def test_edges_jump_on_the_side_where_ppo_cuts_and_nowhere_for_a_frozen_weight():
    jumps = {(e.place, e.sign): e.jump for e in facts(LOSSES["grpo"]).edges}
    assert jumps == {
        (1 - eps_lo, 1): 0,
        (1 + eps_hi, 1): -1 - eps_hi,
        (1 - eps_lo, -1): eps_lo - 1,
        (1 + eps_hi, -1): 0,
    }
    assert {e.jump for e in facts(LOSSES["cispo"]).edges} == {0}


@pytest.mark.parametrize("ratio", [rho, rho_geo])
def test_a_soft_gate_has_the_first_order_of_its_ratio_whatever_the_temperatures(ratio):
    """Its slope at ratio 1 is that of the ratio itself and its curvature there is 0, so that tau drops out."""
    gated, plain = facts(loss(soft_gate(ratio) * A_hat)), facts(loss(ratio * A_hat))
    assert gated.first == plain.first
    assert (gated.clip, plain.clip) == ("smooth", "none")
    assert (gated.bounded, gated.smooth, plain.bounded) == (True, True, False)
    assert gated.weight.subs(ratio, 1) == plain.weight.subs(ratio, 1)
    assert sympy.diff(gated.weight, ratio, 2).subs(ratio, 1) != 0  # of second order it is not


@pytest.mark.parametrize("gate", [soft_gate(rho) / 2, soft_gate(rho - sympy.Rational(1, 2))])
def test_a_gate_that_is_not_one_on_the_diagonal_has_another_first_order(gate):
    token = gate.subs(tau_gate, 1) * A_hat
    assert facts(loss(token)).first != facts(loss(rho * A_hat)).first


def test_the_radius_of_gspo_is_root_l_times_that_of_grpo():
    ratio = facts(LOSSES["gspo"]).radius / facts(LOSSES["grpo"]).radius
    assert sympy.simplify(ratio - sympy.sqrt(L_len)) == 0


def test_where_the_constants_hold():
    assert [x for x, l in LOSSES.items() if facts(l).bounded] == ["truncated-is", "cispo", "sapo", "rloo", "reinforce"]
    assert row(LOSSES["sapo"]).a3 == "everywhere"
    assert facts(LOSSES["decoupled-ppo"]).loose  # nothing bounds proximal over behaviour
    assert "closed-constants" in row(LOSSES["grpo"]).constants
    assert "closed-constants" not in row(LOSSES["dr-grpo"]).constants
    assert "clip-lipschitz" in row(LOSSES["truncated-is"]).constants


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_claim_stands(name):
    verdict = check_claim(loss_claim(LOSSES[name]))
    assert [(s.id, s.message) for s in verdict.steps if s.status in ("refuted", "undecided")] == []
    assert (verdict.status, verdict.problems, verdict.missing) == ("proved", (), ())


@pytest.mark.parametrize("advantage", [Advantage("mates"), Advantage("none"), Advantage("group", "std", ddof=0)])
@pytest.mark.parametrize(("ratio", "log"), [(rho, logp_tok), (rho_seq, logp_seq), (rho_geo, logp_seq)])
def test_instances_of_the_cap_fit_every_truncated_weight(ratio, log, advantage):
    token = frozen(sympy.Min(ratio, rho_cap)) * A_hat * log
    verdict = check_claim(loss_claim(loss(token, advantage, "none")))
    assert (verdict.status, verdict.problems, verdict.missing) == ("proved", (), ())


def test_a_wrong_first_order_form_is_refuted():
    claim = loss_claim(LOSSES["grpo"])
    step = claim.step("first-order")
    bad = replace(step, statement=replace(step.statement, rhs=2 * step.statement.rhs))
    steps = tuple(bad if s is step else s for s in claim.steps)
    assert check_claim(replace(claim, steps=steps)).status == "refuted"


@pytest.mark.parametrize("name", ["rloo", "rloo-is", "reinforce", "sapo"])
def test_mutants_of_a_loss_claim_are_caught(name):
    found = mutants(loss_claim(LOSSES[name]), [])
    assert len(found) >= 15
    assert [m for m in found if m.caught_by is None] == []


def test_the_table_is_json_and_has_every_source():
    body = json.loads(json.dumps(as_data(), allow_nan=False))
    assert {r["id"] for r in body["losses"]} >= set(LOSSES)
    assert all(set(r["sources"]) == set(SOURCES) == set(body["source_names"]) for r in body["losses"])
    assert as_data({"loss-grpo"})["losses"][0]["claim"] == "loss-grpo"
    assert as_data(set())["losses"] == []


def test_the_table_is_printed_with_the_losses_and_only_then():
    claims = [loss_claim(LOSSES[name]) for name in ("grpo", "gspo")]
    verdicts = [check_claim(claim) for claim in claims]
    built = document.build(verdicts)
    assert [len(t.rows) for t in built.losses] == [2, 2, 2]
    for text in (document.md(verdicts), document.tex(verdicts), document.html(verdicts)):
        assert "Where the bias of each loss comes from" in text
        assert "GSPO (claim 2)" in text
    other = check_claim(replace(claims[0], id="another"))
    assert document.build([other]).losses == ()
