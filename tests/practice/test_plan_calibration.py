"""``plan --calibration``: the safe side, one-sided limits, and files that must be refused."""

import json

import pytest
from stalelaw.practice.calibrate import calibrate
from stalelaw.practice.jsonio import dumps
from stalelaw.practice.staleness import StalenessSet
from stalelaw.practice.trainers import read_log


@pytest.fixture
def save(write_log, tmp_path):
    def write(law_id, *specs):
        logs = [read_log(write_log(f"{i}.json", r, lr=lr)) for i, (r, lr, _) in enumerate(specs)]
        result = calibrate(logs, StalenessSet(tuple(s for *_, s in specs), "given", ()), law_id)
        path = tmp_path / "cal.json"
        path.write_text(dumps(result.document()))
        return path

    return write


def test_low_limits_are_used_and_explained(save, invoke):
    path = save("min", ([0.5] * 20, 1e-6, 4))
    body = invoke("plan", "--calibration", path, "--staleness", 8, "--horizon", 10, "--json").json
    assert (body["a"], body["b"]) == (pytest.approx(4e-6), pytest.approx(2e-5))
    assert (body["law"], body["side"]) == ("min", "low")
    assert body["eta_max"] == pytest.approx(5e-7)
    assert any("lower limit" in text for text in body["notes"])


def test_an_unknown_constant_is_bad_input(save, invoke):
    path = save("min", ([0.5] * 5 + [0.0] * 15, 1e-6, 4))
    answer = invoke("plan", "--calibration", path, "--staleness", 8, "--horizon", 10, "--json", code=2)
    assert answer.out == ""
    assert "constant a and b" in answer.err


def test_under_max_one_known_constant_is_enough(save, invoke):
    stable, fallen = [0.5] * 20, [0.5] * 30 + [0.0] * 10
    path = save("max", (stable, 1e-6, 64), (fallen, 1e-6, 8))
    body = invoke("plan", "--calibration", path, "--staleness", 8, "--horizon", 10, "--json").json
    assert body["a"] is None
    assert body["b"] == pytest.approx(2e-5)
    assert body["eta_max"] == pytest.approx(2e-6)
    assert body["regime"] == "horizon-limited"
    assert body["crossover_staleness"] is None


def test_another_law_is_bad_input(save, invoke):
    path = save("min", ([0.5] * 20, 1e-6, 4))
    options = ("--calibration", path, "--law", "max", "--staleness", 8, "--horizon", 10, "--json")
    assert "calibrate again" in invoke("plan", *options, code=2).err


def test_an_inconsistent_calibration_is_bad_input(save, invoke):
    path = save("staleness", ([0.5] * 20, 1e-6, 4), ([0.5] * 5 + [0.0] * 15, 1e-6, 4))
    assert "consistent" in invoke("plan", "--calibration", path, "--staleness", 8, "--json", code=2).err


@pytest.mark.parametrize(
    "change",
    [
        {"schema_version": 2},
        {"schema_version": None},
        {"a": {"value": None, "low": -1.0, "high": None}},
        {"a": {"value": None, "low": 3.0, "high": 2.0}},
        {"a": {"value": 9.0, "low": 2.0, "high": 3.0}},
        {"a": {"value": None, "low": "1", "high": None}},
        {"law": 3},
        {"surprise": 1},
        {"consistent": "yes"},
        {"runs": None},
    ],
)
def test_a_damaged_file_is_bad_input(change, save, invoke):
    path = save("min", ([0.5] * 20, 1e-6, 4))
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    answer = invoke("plan", "--calibration", path, "--staleness", 8, "--horizon", 10, "--json", code=2)
    assert (answer.out, str(path) in answer.err) == ("", True)
    assert next(iter(change)) in answer.err


SLAB = {"a_low": 1.0, "a_high": None, "b_low": 2.0, "b_high": None}


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"a": {"value": None, "low": 9e-6, "high": None}}, "limits of a"),
        ({"b": {"value": None, "low": None, "high": None}}, "limits of b"),
        ({"region": {"slabs": [SLAB], "vertices": []}}, "limits of a"),
        ({"consistent": False}, "without a reason"),
        ({"consistent": False, "reason": "because"}, "without a reason and a witness"),
        ({"witness": ["x", "y"]}, "consistent is true"),
        ({"law": "mean"}, "'mean' is unknown"),
    ],
)
def test_a_file_that_contradicts_itself_is_bad_input(change, hint, save, invoke):
    path = save("min", ([0.5] * 20, 1e-6, 4))
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    answer = invoke("plan", "--calibration", path, "--staleness", 8, "--horizon", 10, "--json", code=2)
    assert (answer.out, str(path) in answer.err) == ("", True)
    assert hint in answer.err
