"""The study of the bias: its rows, its memory, and that a wrong law is seen on a single problem."""

import importlib
import json
import math

import pytest
import torch
from stalelaw.verify import ladder, scaling
from stalelaw.verify.studies import bias_row, drawn, kinds, study
from stalelaw.verify.trees import add, scale

ONE = 0  # tabular, first order, with prefixes that move
STRIDE = 89  # four problems: two tabular, a network, a transformer


@pytest.fixture(scope="module")
def rows():
    return study.study(0, STRIDE)


def claim(name):
    return importlib.import_module(f"stalelaw.verify.claims.{name}")


def test_rows_are_as_predicted(rows):
    found = study.summary(rows)
    assert found["outside"] == 0
    whole = found["all"]
    assert whole["eta_within"] == whole["lag_within"] == whole["first_order"] >= 2
    assert whole["remainder_within"] == whole["curved"] >= 2
    assert whole["coefficient"] == pytest.approx(1.0, abs=1e-6)
    assert whole["source_gap"] < 1e-12
    assert {each["kind"] for each in found["ladders"] if each["problems"]} == set(kinds.KINDS)
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
