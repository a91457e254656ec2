"""The study of the bias: its draws, its rows, its memory, and that a wrong law is seen on a single problem."""

import importlib
import json
import math

import pytest
import torch
from stalelaw.verify import ladder, scaling
from stalelaw.verify.populations.losses import NUMBERS
from stalelaw.verify.studies import beyond, bias_row, drawn, study
from stalelaw.verify.trees import add, norm, random_unit, scale

ONE = 0  # tabular, first order, with prefixes that move
STRIDE = 89  # four problems: two tabular, a network, a transformer


@pytest.fixture(scope="module")
def rows():
    return study.study(0, STRIDE)


def claim(name):
    return importlib.import_module(f"stalelaw.verify.claims.{name}")


def test_every_combination_is_drawn_once():
    made = [drawn.draw(3, i) for i in range(0, drawn.COUNT, 7)]
    wanted = [
        (k, loss, model) for model in drawn.MODELS for loss in drawn.LOSSES for k in drawn.KINDS
    ]  # the first letter changes fastest
    assert [(p.kind, p.loss, p.model) for p in made] == wanted[::7]
    assert drawn.COUNT == len(set(wanted)) >= 200
    for problem in made:
        small, large = (max(m.lag(t) for t in range(drawn.STEPS)) for m in problem.models)
        assert 1 <= small < large
    with pytest.raises(ValueError, match="problem 0"):
        drawn.draw(0, drawn.COUNT)


def test_rewards_of_the_sources_are_those_of_the_population():
    problem = next(p for p in (drawn.draw(0, i) for i in range(0, 90, 3)) if p.population.responses.end is not None)
    responses, v = problem.population.responses, problem.population.responses.policy.vocab
    for number, (tokens, length) in enumerate(zip(responses.tokens.tolist(), responses.lengths.tolist(), strict=True)):
        for rest in range(v ** (len(tokens) - int(length))):  # whatever follows the end
            code = 0
            for token in tokens[: int(length)]:
                code = code * v + token
            code = code * v ** (len(tokens) - int(length)) + rest
            assert torch.equal(problem.table[:, code], problem.population.rewards[:, number])


@pytest.mark.parametrize("loss", ["grpo", "truncated-is", "gspo", "rloo"])
def test_reach_is_one_where_the_first_token_is_clipped(loss):
    problem = drawn.draw(0, 3 * drawn.LOSSES.index(loss))
    theta, population = problem.theta, problem.population
    step = random_unit(theta, torch.Generator().manual_seed(1))

    def ratio(r):
        logs = population.responses.log_tokens(theta) - population.responses.log_tokens(add(theta, step, r))
        return logs if loss != "gspo" else (logs.sum(-1) / population.responses.lengths)[..., None]

    far = float(drawn.reach(population, theta, add(theta, step, 0.3)))
    edges = {"grpo": (0.8, 1.2), "gspo": (0.8, 1.2), "truncated-is": (0.0, NUMBERS["rho_cap"])}.get(loss)
    if edges is None:
        assert far == 0.0
        return
    high, low = float(ratio(0.3).max()) / math.log(edges[1]), 0.0
    if edges[0]:
        low = float(ratio(0.3).min()) / math.log(edges[0])
    assert far == pytest.approx(max(high, low), rel=1e-12)


def test_rates_keep_every_ratio_inside():
    for index in (ONE, 1, 2):
        problem = drawn.draw(0, index)
        eta = scaling.rates(problem.population, problem.theta, 4, 3)
        u = scaling.surrogate_gradient(problem.population, problem.theta, problem.theta)
        logs = problem.population.log_ratios(add(problem.theta, u, 4 * eta[0]), problem.theta)
        assert math.log(0.8) < float(logs.min()) < 0.0 < float(logs.max()) < math.log(1.2)
        assert eta == (eta[0], eta[0] / 2, eta[0] / 4)


def test_rows_are_as_predicted(rows):
    found = study.summary(rows)
    assert found["outside"] == 0
    whole = found["all"]
    assert whole["eta_within"] == whole["lag_within"] == whole["first_order"] >= 2
    assert whole["remainder_within"] == whole["curved"] >= 2
    assert whole["coefficient"] == pytest.approx(1.0, abs=1e-6)
    assert whole["source_gap"] < 1e-12
    assert {each["kind"] for each in found["ladders"] if each["problems"]} == set(drawn.KINDS)
    assert sum(each["any_broken"] for each in found["ladders"]) == 0
    json.dumps(found, allow_nan=False)


def test_a_null_bias_is_predicted_and_found():
    index = 3 * drawn.LOSSES.index("rloo-is")
    row = bias_row.measure_problem(0, index)
    assert (row.order, row.eta_slope, row.coefficient) == (0, None, None)
    assert row.ladder.null
    assert row.ladder.bottom_holds
    assert row.round_off < 1e-13
    other = drawn.draw(0, 3 * drawn.LOSSES.index("rloo"))
    ratioless = scaling.start(other.population, other.theta)
    assert ratioless.order == 1


@pytest.fixture
def one(monkeypatch, rows):
    """Rows of problem ONE as fast as they can be: its ladder is known, its sources and its other steps are left out."""
    known = rows[0].ladder
    monkeypatch.setattr(bias_row, "_ladder", lambda *_: known)
    monkeypatch.setattr(bias_row, "_source_gap", lambda *_: None)
    monkeypatch.setattr(bias_row, "bias_at", lambda population, paths, t: paths.update[t])


def mutated_row(monkeypatch, change):
    """The row of one problem whose bias, a stack over the learning rates, is changed before anything is made of it."""
    real = bias_row.bias_with_remainder

    def wrong(population, paths, t):
        delta, rest = real(population, paths, t)
        return change(delta, rest, paths)

    monkeypatch.setattr(bias_row, "bias_with_remainder", wrong)
    row = bias_row.measure_problem(0, ONE)
    monkeypatch.setattr(study, "rows", lambda *_: (row,))


def statuses(name):
    module = claim(name)
    if name == "first_order_bias":
        return {v.status for v in module._study(0, "quick", "cpu")}
    constants = {"G_ell": 1.0, "L_D": 1.0, "L_B": 1.0, "K_phi": 1.0}
    return {v.status for v in module._exponents(0, "quick", "cpu", constants)}


def per_level(stack, factors):
    return {n: leaf * torch.as_tensor(factors).reshape(-1, *[1] * (leaf.ndim - 1)) for n, leaf in stack.items()}


@pytest.mark.parametrize(
    ("change", "claims"),
    [
        (lambda d, r, p: (d, r), ()),
        (lambda d, r, p: (per_level(d, [e**0.25 for e in p.etas]), r), ("first_order_bias", "staleness_bias")),
        (lambda d, r, p: (d, add(r, d)), ("first_order_bias",)),  # a remainder that kept some of the first-order term
        (lambda d, r, p: (scale(d, 1e3), r), ("first_order_bias",)),
        (lambda d, r, p: (scale(d, 1e-3), r), ("first_order_bias",)),
        (lambda d, r, p: (scale(d, p.lag.max() ** 0.25), r), ("first_order_bias", "staleness_bias")),
    ],
    ids=["none", "exponent", "dropped term", "times 1e3", "times 1e-3", "exponent of the lag"],
)
def test_a_wrong_law_is_seen_on_one_problem(monkeypatch, one, change, claims):
    mutated_row(monkeypatch, change)
    for name in ("first_order_bias", "staleness_bias"):
        assert ("violated" in statuses(name)) == (name in claims)


def test_a_wrong_sign_of_the_first_order_term_is_seen(monkeypatch, one):
    real = scaling.directional
    monkeypatch.setattr(scaling, "directional", lambda f, x, v: scale(real(f, x, v), -1.0))
    monkeypatch.setattr(study, "rows", lambda *_: (bias_row.measure_problem(0, ONE),))
    assert "violated" in statuses("first_order_bias")


def test_a_missing_slope_is_no_slope_one():
    assert math.isnan(study.farthest([1.0, None], 1.0))
    assert math.isnan(study.farthest([], 1.0))
    assert study.farthest([1.0, 0.9, 1.05], 1.0) == 0.9


def test_a_wrong_exponent_in_the_formula_is_seen(monkeypatch, changed, rows):
    import sympy

    monkeypatch.setattr(study, "rows", lambda *_: rows)
    eta = sympy.Symbol("eta", real=True, positive=True)
    changed("staleness-bias", lambda f: f * eta ** sympy.Rational(1, 4))
    assert "violated" in statuses("staleness_bias")
    changed("first-order-bias", lambda f: f * eta ** sympy.Rational(1, 4))
    assert "violated" in statuses("first_order_bias")


def test_a_source_left_out_is_seen(monkeypatch):
    real = bias_row.split
    monkeypatch.setattr(bias_row, "split", lambda *a, **k: {n: x for n, x in real(*a, **k).items() if n != "prefix"})
    assert bias_row.measure_problem(0, ONE).source_gap > 1e-6


def test_the_ladder_breaks_under_a_wrong_rung(rows):
    row = next(row.ladder for row in rows if not row.ladder.null)
    assert row.bottom_holds
    for field, factor in (("bias", 1e3), ("sup", 1e-3)):
        assert not ladder.Rungs(**{**vars(row), field: factor * getattr(row, field)}).bottom_holds
    small = ladder.Rungs(**{**vars(row), "k_phi": 1e-3 * row.sup})
    assert not small.top_holds
    assert not small.whole_holds
    broken = ladder.summary([row, small])
    assert (broken["top_broken"], broken["whole_broken"], broken["bottom_broken"]) == (1, 1, 0)


def test_finished_rows_are_kept_and_a_cut_line_is_made_again(rows, tmp_path, monkeypatch):
    known, measured = {row.index: row for row in rows}, []

    def counted(seed, index, device):
        measured.append(index)
        return known[index]

    monkeypatch.setattr(study, "measure_problem", counted)
    assert study.study(0, STRIDE, folder=tmp_path) == rows
    file = tmp_path / "study-0.jsonl"
    file.write_text(file.read_text()[:-40])  # killed while it wrote the last line
    seen = []
    assert study.study(0, STRIDE, folder=tmp_path, notify=lambda done, total: seen.append((done, total))) == rows
    assert measured == [*known, list(known)[-1]]
    assert seen == [(i, len(rows)) for i in range(len(rows))]
    assert study.study(0, STRIDE, folder=tmp_path) == rows
    assert len(measured) == len(rows) + 1
    with pytest.raises(ValueError, match="stride >= 1"):
        study.study(0, 0)


def test_clips_that_jump_jump_and_the_others_do_not():
    found = beyond.across(1, points=61)
    for curve in found["curves"]:
        assert curve["jump_inside"] < 1e-10
        assert (curve["jump"] > 1e-2) == (curve["clip"] == "jump")
        assert curve["jump"] > 1e-2 or curve["jump"] < 1e-9


def test_a_run_beyond_the_radius_breaks_the_lower_rung():
    made = [beyond.measure_beyond(0, index) for index in beyond.INDICES[3:14:5]]
    assert any(each.outside and each.clip == "jump" and not each.ladder.bottom_holds for each in made)
    for each in made:
        assert each.outside or each.ladder.bottom_holds
    json.dumps(beyond.summary(made), allow_nan=False)


def test_size_of_a_step_along_a_line(monkeypatch):
    monkeypatch.setattr(
        beyond,
        "_along",
        lambda objective, theta, phi, places: torch.stack([torch.sin(5 * places), (places > 0.371) * 0.02], 1),
    )
    assert beyond.largest_jump(None, {}, {}, points=1025) == pytest.approx(0.02, rel=1e-6)
    monkeypatch.setattr(beyond, "_along", lambda objective, theta, phi, places: torch.sin(5 * places)[:, None])
    assert beyond.largest_jump(None, {}, {}) < 1e-10


def test_norms_are_those_of_single_points():
    problem = drawn.draw(0, ONE)
    paths = scaling.follow(problem.population, problem.theta, (0.1, 0.2), problem.models[0], 3)
    from stalelaw.verify.runs.training import norms, row

    assert norms(paths.update[2]).tolist() == pytest.approx([norm(row(paths.update[2], k)) for k in range(2)])
