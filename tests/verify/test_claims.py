"""The claims' measurements hold, and each fails on a mutant of its formula or of the object it measures (rung 5).

Bounds that are loose (tightness ≪ 1 in the verdict) cannot catch a small mutation: the factor that each does catch is
part of the table below and says how sharp the measurement is.
"""

import importlib
import json
import pathlib

import pytest
import sympy
from stalelaw.theory.claims import all_claims
from stalelaw.verify import check, ladder, objectives, scaling
from stalelaw.verify.problems import main_problem


def measure(claim, seed=0):
    return importlib.import_module(f"stalelaw.verify.claims.{claim.replace('-', '_')}").measure(seed)


@pytest.fixture(scope="module")
def quick():
    return check.run(suite="quick", seed=0)


def test_everything_holds(quick):
    assert [(v.claim, v.message) for v in quick if v.status not in ("holds", "not-measured")] == []
    for v in quick:
        if v.status == "holds":
            assert v.objective
            assert v.message
            assert v.n >= 1


def test_every_claim_has_a_row_and_every_measurement_a_claim(quick):
    ids = [claim.id for claim in all_claims()]
    assert list(dict.fromkeys(v.claim for v in quick)) == ids
    unmeasured = {v.claim for v in quick if v.status == "not-measured"}
    assert unmeasured == {claim.id for claim in all_claims() if claim.kind in ("definition", "cited")}
    folder = pathlib.Path(check.__file__).with_name("claims")
    files = {p.stem.replace("_", "-") for p in folder.glob("*.py")} - {"--init--"}
    assert files <= set(ids)


def test_rows_are_json_without_nan(quick):
    json.dumps(check.rows(quick), allow_nan=False)


def test_measurements_replay():
    assert measure("closed-constants", 3) == measure("closed-constants", 3)
    assert measure("closed-constants", 3) != measure("closed-constants", 4)


@pytest.mark.parametrize(
    ("claim", "factor"),
    [
        ("score-norm", sympy.Rational(999, 1000)),
        ("mean-score-norm", sympy.Rational(999, 1000)),
        ("ratio-variation", sympy.Rational(999, 1000)),
        ("token-variation", sympy.Rational(98, 100)),  # the linear bound, at a finite distance
        ("certified-radius", sympy.Rational(1001, 1000)),  # a lower bound: too large is wrong
        ("drift", sympy.Rational(999, 1000)),
        ("lag-drift", sympy.Rational(99, 100)),
        ("first-order-bias", sympy.Rational(9, 10)),
        ("crossover", sympy.Rational(1001, 1000)),
        ("crossover", sympy.Rational(1000, 1001)),
        ("crossover", -1),
        ("two-constraints", sympy.Rational(3, 2)),
        ("staleness-bias", sympy.Rational(1, 500)),
        ("safe-step", 500),
        ("behaviour-lipschitz", sympy.Rational(1, 100)),
    ],
)
def test_a_wrong_constant_is_caught(changed, claim, factor):
    changed(claim, lambda f: factor * f)
    assert "violated" in [v.status for v in measure(claim)]


@pytest.mark.parametrize(("name", "factor"), [("L_D", 0.75), ("G_ell", 0.4), ("L_B", 0.12), ("K_phi", 0.016)])
def test_a_wrong_closed_constant_is_caught(changed, name, factor):
    changed("closed-constants", lambda f: sympy.Rational(str(factor)) * f, name)
    bad = [v for v in measure("closed-constants") if v.status == "violated"]
    assert {v.message.split(":")[0] for v in bad} == {name}


@pytest.mark.parametrize(("claim", "name"), [("mean-score-norm", "largest"), ("token-variation", "sharp")])
def test_a_wrong_second_formula_is_caught(changed, claim, name):
    changed(claim, lambda f: sympy.Rational(999, 1000) * f, name)
    assert "violated" in [v.status for v in measure(claim)]


def test_a_wrong_exponent_in_the_remainder_is_caught(changed):
    changed("first-order-bias", lambda f: f * sympy.Symbol("eta", real=True, positive=True) ** sympy.Rational(1, 4))
    assert "violated" in [v.status for v in measure("first-order-bias")]


def test_a_dropped_constraint_is_caught(changed):
    for term in (0, 1):
        changed("two-constraints", lambda f, term=term: sorted(f.args, key=str)[term])
        assert "violated" in [v.status for v in measure("two-constraints")]


def test_a_wrong_sign_of_the_distribution_term_is_caught(monkeypatch):
    module = importlib.import_module("stalelaw.verify.claims.total_derivative")
    real = objectives.distribution_term
    monkeypatch.setattr(module, "distribution_term", lambda *a: {k: -v for k, v in real(*a).items()})
    assert {v.status for v in measure("total-derivative")} == {"violated"}


def test_an_uncentred_objective_is_caught(monkeypatch):
    module = importlib.import_module("stalelaw.verify.claims.centred_surrogate")
    monkeypatch.setattr(module, "main_problem", lambda seed, form="log", device="cpu": main_problem(seed, form="log"))
    assert {v.status for v in measure("centred-surrogate")} == {"violated"}


def test_exponents_exclude_their_rivals():
    grid = scaling.bias_grid(main_problem(1))
    assert all(abs(s.value - 1.0) < 1e-6 for s in scaling.eta_slopes(grid))
    assert all(abs(p - 1.0) < 1e-6 for p, _ in scaling.lag_slopes(grid))
    assert all(abs(s.value - 2.0) < 1e-4 for s in scaling.remainder_slopes(grid))
    assert grid.drift.max() < grid.radius
    json.dumps(grid.as_dict(), allow_nan=False)


def test_ladder_holds_inside():
    rows = ladder.inside(2, count=6)
    found = ladder.summary([row.ladder for row in rows])
    assert found["any_broken"] == 0
    assert found["top"]["problems"] == found["problems"] - found["null"] > 0
    for with_clip, without in zip(rows[::2], rows[1::2], strict=True):  # inside, the clip cannot act
        assert (with_clip.clip, without.clip) == (True, False)
        assert with_clip.drift_over_radius < 1.0
        assert with_clip.ladder.bias == pytest.approx(without.ladder.bias, rel=1e-9, abs=with_clip.ladder.floor)
    json.dumps(found, allow_nan=False)


def test_derivative_table_separates_the_forms():
    rows = scaling.derivative_table(0)
    ratio, log = rows[0], rows[-1]
    assert ratio["ratio"] < 1e-12
    assert log["ratio"] > 0.1
    assert ratio["H"] == pytest.approx(log["H"], rel=1e-12)


def test_bad_requests_are_refused():
    with pytest.raises(ValueError, match=r"got \['no-such-claim'\]"):
        check.run(["no-such-claim"])
    with pytest.raises(ValueError, match="expected a suite"):
        check.run(suite="slow")
    with pytest.raises(ValueError, match="seed >= 0"):
        check.run(seed=-1)
    assert {v.claim for v in check.run(["drift", "objects"])} == {"drift", "objects"}
