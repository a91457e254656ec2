"""Users' bounds: a true one holds, and each way to make it wrong is caught, on every kind of policy."""

import dataclasses
import importlib
import json

import pytest
import torch
from stalelaw.verify import on_policy, verdicts
from stalelaw.verify.bounds import on_runs
from stalelaw.verify.bounds.formula import FormulaError, parse
from stalelaw.verify.bounds.on_runs import measure
from stalelaw.verify.bounds.own import Bound, check_symbols
from stalelaw.verify.check import run
from stalelaw.verify.claims import centred_surrogate
from stalelaw.verify.policies import TabularSoftmax
from stalelaw.verify.populations.closed import Objective
from stalelaw.verify.problems import MAIN_CLIP, Problem, generator
from stalelaw.verify.studies.kinds import Kind, kind


def tiny_problem(seed, index):
    """One prompt, two tokens, G = 4: H is not constant in phi, and a step takes no time."""
    policy = TabularSoftmax(1, 2, 1)
    objective = Objective(policy, torch.tensor([[1.0, 0.0]], dtype=torch.float64), 4, MAIN_CLIP if index % 2 else None)
    return Problem(f"tiny #{index}", objective, policy.random(generator(seed, index), 0.5), MAIN_CLIP)


@pytest.fixture(autouse=True)
def one_lag(monkeypatch):
    """Every lag model once, at one largest lag."""
    monkeypatch.setattr(on_runs, "LAGS", (2,))


TINY = Kind("tabular", tiny_problem, tabular=True)


def statuses(side, quantity, formula, **more):
    return {v.status for v in measure(Bound("mine", side, quantity, parse(formula), **more), TINY, 0)}


@pytest.mark.parametrize(
    ("side", "quantity", "good", "bad"),
    [
        ("upper", "drift", "s_t * eta * U", "0.9 * s_t * eta * U"),
        ("upper", "drift", "S_max * eta * G_upd", "S_max * eta * G_upd - 0.5 * s_t * eta * G_upd"),
        ("upper", "drift", "s_t * eta * U", "s_t ** 0.5 * eta * U * 0.9"),
        ("upper", "drift", "s_t * eta * U", "-s_t * eta * U"),
        ("lower", "drift", "0", "1.1 * s_t * eta * U"),
        ("upper", "bias", "Lambda * U * s_t * eta", "Lambda * U * s_t * eta / 2"),
        ("upper", "bias", "K_phi * G_upd * S_max * eta", "1e-3 * K_phi * G_upd * S_max * eta"),
        ("upper", "remainder", "M * d ** 2", "1e-3 * M * d ** 2"),
        ("exact", "drift", "d", "1.000001 * d"),
        ("exact", "drift", "d", "-d"),
        ("upper", "ratio_max", "1 + eps_hi", "1 + eps_hi / 10"),
        ("lower", "ratio_min", "1 - eps_lo", "1 - eps_lo / 10"),
        ("lower", "cosine", "0.9", "1.1"),
        ("leading-order", "bias", "K_phi * U * s_t * eta", "K_phi * U * s_t * eta * (d / R_batch) ** 0.25"),
        ("leading-order", "remainder", "M * d ** 2", "M * d * R_batch"),
    ],
)
def test_a_true_bound_holds_and_a_wrong_one_is_caught(side, quantity, good, bad):
    assert statuses(side, quantity, good) == {"holds"}
    assert "violated" in statuses(side, quantity, bad)


def test_a_verdict_names_the_case_that_breaks_the_bound():
    rows = measure(Bound("mine", "upper", "drift", parse("0.9 * s_t * eta * U")), TINY, 3)
    for v in rows:
        assert "tiny #" in v.message
        assert "eta=" in v.message
        assert v.tightness == pytest.approx(1 / 0.9, rel=1e-2)
        assert (v.claim, v.seed, v.status) == ("mine", 3, "violated")
    assert measure(Bound("mine", "upper", "drift", parse("0.9 * s_t * eta * U")), TINY, 3) == rows


def test_outside_the_domain_the_bound_is_measured_on_longer_drifts():
    bound = ("upper", "drift", "R_batch")
    assert statuses(*bound) == {"holds"}
    assert statuses(*bound, domain="outside") == {"violated"}


def test_a_problem_where_nothing_moves_is_named_and_not_measured():
    def still(seed, index):
        problem = tiny_problem(seed, index)
        solved = dataclasses.replace(problem.objective, rewards=torch.ones(1, 2, dtype=torch.float64))
        return dataclasses.replace(problem, objective=solved)

    rows = {
        side: {v.status for v in measure(Bound("m", side, "drift", parse("s_t * eta * U")), Kind("still", still), 0)}
        for side in ("upper", "exact", "leading-order")
    }
    assert set().union(*rows.values()) == {"not-measured"}


@pytest.mark.parametrize("side", ["upper", "lower", "exact", "leading-order"])
@pytest.mark.parametrize(("factor", "value"), [("log(0 - 1)", "nan"), ("exp(1000)", "inf"), ("1 / (T - T)", "inf")])
def test_a_formula_without_a_finite_value_is_undecided(side, factor, value):
    for v in measure(Bound("m", side, "drift", parse(f"d * {factor}")), TINY, 0):
        assert v.status == "undecided"
        assert f"the formula has no finite value there ({value})" in v.message
        json.dumps(v.as_dict(), allow_nan=False)


def test_a_formula_without_a_value_at_one_step_alone_is_undecided():
    assert statuses("exact", "drift", "d + 0 * d * log(t - 1)") == {"undecided"}  # 0 · log 0 at t = 1
    assert statuses("exact", "drift", "d + 0 * d * log(t)") == {"holds"}


@pytest.mark.parametrize("side", ["lower", "upper", "exact"])
def test_a_step_where_a_gradient_is_0_has_no_cosine_and_is_left_out(side):
    """Outside the domain every token of one of these runs is clipped once, so that H is 0 there."""
    (v,) = measure(Bound("m", side, "cosine", parse("0.5"), domain="outside"), TINY, 0)
    assert v.n == 11
    assert "1 without a number, one of the two gradients is 0 or round-off" in v.message
    (v,) = measure(Bound("m", side, "drift", parse("d"), domain="outside"), TINY, 0)
    assert v.n == 12
    assert "without a number" not in v.message


def test_a_quantity_without_a_value_anywhere_is_not_measured(monkeypatch):
    void = dataclasses.replace(on_runs.QUANTITIES["cosine"], read=lambda case: None)
    monkeypatch.setattr(on_runs, "QUANTITIES", {"cosine": void})
    for side in ("lower", "leading-order"):
        (v,) = measure(Bound("m", side, "cosine", parse("0.5")), TINY, 0)
        assert v.status == "not-measured"
        assert "one of the two gradients is 0" in v.message


@pytest.mark.parametrize(("formula", "mine"), [("-K_phi * d", True), ("0", True), ("K_phi * d", False)])
def test_a_leading_order_blames_the_formula_where_the_formula_is_the_cause(formula, mine):
    (v,) = measure(Bound("m", "leading-order", "bias", parse(formula)), TINY, 0)
    assert v.status == ("not-measured" if mine else "holds")
    assert ("the formula is 0 or negative" in v.message) == mine
    assert "bias is round-off" not in v.message


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"quantity": "bais"}, "ratio_max = largest token ratio"),
        ({"formula": "K_fi"}, r"K_phi = Lipschitz constant of H in phi .* \[1/param\*\*2\]"),
        ({"formula": "__class__ * eta"}, "__class__"),
        ({"formula": "K_phi * S_max * eta"}, "unit"),
        ({"constants": {"eta": 1.0}}, "symbols"),
        ({"constant_units": {"c": "1"}}, "units of"),
        ({"constants": {"c": 1.0}, "constant_units": {"c": "metre"}}, "expected a product of param"),
        ({"domain": "outside", "kind": "leading-order"}, "eta -> 0"),
    ],
)
def test_a_bound_that_makes_no_sense_is_refused(change, word):
    fields = {"id": "mine", "kind": "upper", "quantity": "bias", "formula": "K_phi * G_upd * S_max * eta"} | change
    with pytest.raises(ValueError, match=word):
        Bound(**{**fields, "formula": parse(fields["formula"])})


def test_units_of_constants_and_of_logits():
    made = Bound("m", "upper", "bias", parse("c * eta"), constants={"c": 2.0}, constant_units={"c": "1/(param*lr)"})
    assert made.formula.names == {"c": 1, "eta": 5}
    formula = parse("(sqrt(G / L) + 2 / L) * d")  # the closed constant is a pure number for logits only
    with pytest.raises(FormulaError, match="unit"):
        Bound("m", "upper", "bias", formula)
    Bound("m", "upper", "bias", formula, logits=True)


def test_closed_constants_are_refused_where_they_are_not_closed():
    mlp = kind("mlp")
    with pytest.raises(ValueError, match="Lambda"):
        check_symbols(Bound("m", "upper", "bias", parse("K_phi * d")), mlp)
    check_symbols(Bound("m", "upper", "bias", parse("Lambda * d")), mlp)
    with pytest.raises(ValueError, match="tabular, mlp, transformer"):
        kind("no-such")


@pytest.mark.parametrize(("name", "index"), [("mlp", 3), ("transformer", 1)])  # small ones that move
def test_problems_on_networks_replay_and_obey_the_drift_bound(name, index):
    real = kind(name)
    few = Kind(name, lambda seed, _: real.problem(seed, index))
    good, bad = (Bound("m", "upper", "drift", parse(f)) for f in ("s_t * eta * U", "0.9 * s_t * eta * U"))
    rows = measure(good, few, 0)
    assert {v.status for v in rows} == {"holds"}
    assert measure(good, few, 0) == rows
    assert {v.status for v in measure(bad, few, 0)} == {"violated"}


def test_claims_on_another_kind_are_measured_or_named_with_the_reason(changed):
    rows = run(["drift", "total-derivative", "pure-delay", "objects"], kind=Kind("other", tiny_problem))
    assert {(v.claim, v.status) for v in rows} == {
        ("drift", "holds"),
        ("total-derivative", "holds"),
        ("pure-delay", "not-measured"),
        ("objects", "not-measured"),
    }
    assert "not for other" in next(v.message for v in rows if v.claim == "pure-delay")
    for claim, factor in (("drift", "0.9"), ("bias-ladder", "0.5"), ("first-order-bias", "1e-3")):
        changed(claim, lambda f, factor=factor: importlib.import_module("sympy").Rational(factor) * f)
        assert "violated" in {v.status for v in run([claim], kind=Kind("other", tiny_problem))}


def test_bounds_measured_together_share_their_runs(monkeypatch):
    """The verdicts are those of each bound alone; a run of one domain is made once for all bounds there."""
    bounds = [
        Bound("a", "upper", "drift", parse("G_upd * eta * s_t")),
        Bound("b", "lower", "displacement", parse("d / 100")),
        Bound("c", "upper", "drift", parse("d / 2"), domain="outside"),
        Bound("d", "leading-order", "displacement", parse("d")),
    ]
    apart, made = [measure(bound, TINY, 0) for bound in bounds], []
    plain = on_runs._run
    monkeypatch.setattr(on_runs, "_run", lambda domain, **more: made.append(domain) or plain(domain, **more))
    assert on_runs.measure_all(bounds, TINY, 0) == apart
    assert sorted(made) == ["inside"] * 3 + ["outside"] * 3
    assert {v.status for rows in apart for v in rows} == {"holds", "violated"}


def test_a_leading_order_starts_where_no_ratio_passes_the_clip():
    """The radius of tabular policies says nothing on networks: on this one ratios would begin at 2.6."""
    real = kind("transformer")
    bound = Bound("m", "leading-order", "remainder", parse("M * d ** 2"))
    problem = real.problem(0, 8)
    found = on_runs._order(bound, real, problem, 1, 0, "cpu")
    assert [v.status for v in found] == ["holds"]
    assert found[0].measured == pytest.approx(2.0, abs=1e-4)


@pytest.mark.parametrize(
    ("claim", "form", "factor"),
    [
        ("prompt-gradient", "", 1.001),
        ("domain-segment", "", 0.1),
        ("lag-queue", "", 1e-3),
        ("lag-models", "sync-mean", 1e-3),
        ("mean-lag", "", 1e-3),
        ("scheduled-rate", "", 1e-3),
        ("scheduled-rate", "distance", 1e-3),
        ("short-horizon", "", 100.0),
    ],
)
def test_claims_of_any_problem_are_measured_on_networks(claim, form, factor, scaled):
    real = kind("mlp")
    rows = run([claim], kind=real)
    assert {v.status for v in rows} == {"holds"}
    assert all("mlp P=2" in v.message for v in rows)
    scaled(claim, form, factor)
    assert "violated" in {v.status for v in run([claim], kind=real)}


def test_the_centred_surrogate_on_networks_is_that_of_the_ratio_form():
    real = kind("mlp")
    assert {v.status for v in run(["centred-surrogate"], kind=real)} == {"holds"}
    problem = real.problem(0, 3)
    log = dataclasses.replace(problem, objective=dataclasses.replace(problem.objective, form="log"))
    found = centred_surrogate.measure_on([log], 0, "quick", "cpu")
    assert "violated" in {v.status for v in found}


def test_a_problem_where_h_cancels_is_no_total_derivative():
    """Both prompts of this one have opposite rewards: H and B are round-off, and so is what they differ by."""
    real = kind("mlp")
    (row,) = on_policy.measure_claim("total-derivative", Kind("mlp", lambda seed, index: real.problem(0, 1)), 0)
    assert row.status == "not-measured"
    assert "round-off" in row.message


def test_rows_of_a_training_run_join_the_claims_that_were_asked_for(monkeypatch):
    asked = []

    def measure_trained(policy, seed, suite, device):
        asked.append((policy, seed))
        return [verdicts.not_measured(claim, "made up", seed) for claim in ("null-test", "lag-drift")]

    monkeypatch.setattr(on_policy.trained_rows, "measure", measure_trained)
    rows = run(["null-test"], seed=2, kind=Kind("mlp", tiny_problem))
    assert [(v.claim, v.message) for v in rows] == [("null-test", "not measured: made up")]
    assert [v.message for v in run(["pure-delay"], kind=Kind("mlp", tiny_problem))] != []
    assert asked == [("mlp", 2)]


def test_a_saved_causal_lm_is_measured_and_a_folder_without_weights_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(on_runs, "RUNS", 1)
    transformers = pytest.importorskip("transformers")
    config = transformers.GPT2Config(vocab_size=3, n_positions=8, n_embd=4, n_layer=1, n_head=1)
    config.save_pretrained(tmp_path / "empty")
    with pytest.raises(ValueError, match="safetensors"):
        kind(str(tmp_path / "empty"))
    transformers.GPT2LMHeadModel(config).save_pretrained(tmp_path / "tiny")
    saved = kind(str(tmp_path / "tiny"))
    problem = saved.problem(0, 0)
    assert problem.objective.policy.length == 3
    assert set(problem.theta) == set(saved.problem(0, 1).theta)
    one = Kind(saved.name, lambda seed, index: problem, rounding=saved.rounding)
    good, bad = (Bound("m", "upper", "drift", parse(f)) for f in ("s_t * eta * U", "0.9 * s_t * eta * U"))
    assert [v.status for v in measure(good, one, 0)] == ["holds"]
    assert [v.status for v in measure(bad, one, 0)] == ["violated"]
