"""Every comparison helper holds on the right number and fails on a wrong one (ladder rung 3)."""

import json

import pytest
from stalelaw.verify import verdicts as v

M = v.Measurement(value=2.0, seed=7)


def exact(predicted, m=M, **kw):
    return v.compare_exact("c", "F", predicted, m, "", rtol=1e-10, **kw).status


def test_exact_is_two_sided():
    assert exact(2.0) == exact(2.0 * (1 + 1e-12)) == "holds"
    assert exact(2.0 * 1.001) == exact(2.0 / 1.001) == exact(-2.0) == "violated"  # constant ×1.001 both ways, sign
    assert exact(2.0 + 1e-6) == "violated"  # a dropped small term


def test_exact_zero_needs_a_scale():
    with pytest.raises(ValueError, match="positive scale"):
        exact(0.0)
    assert exact(0.0, v.Measurement(1e-17), scale=0.1) == "holds"
    assert exact(0.0, v.Measurement(1e-6), scale=0.1) == "violated"


@pytest.mark.parametrize(("compare", "good", "bad"), [(v.compare_upper, 2.5, 1.999), (v.compare_lower, 1.5, 2.001)])
def test_one_sided_bounds(compare, good, bad):
    assert compare("c", "F", good, M, "").status == "holds"
    assert compare("c", "F", 2.0, M, "").status == "holds"
    assert compare("c", "F", bad, M, "").status == "violated"
    assert compare("c", "F", 2.0 * (1 + 1e-9 * (1 if bad > 2 else -1)), M, "").status == "violated"  # rounding only
    assert 0 < compare("c", "F", good, M, "").tightness <= 1 < compare("c", "F", bad, M, "").tightness


def test_order_excludes_rivals():
    def order(p):
        return v.compare_order("c", "F", 1.0, v.Measurement(p), "", tolerance=0.01).status

    assert order(1.004) == order(0.996) == "holds"
    assert order(1.25) == order(0.75) == order(2.0) == order(0.5) == "violated"
    with pytest.raises(ValueError, match="tolerance"):
        v.compare_order("c", "F", 1.0, M, "", tolerance=0.3)


def test_random_measurements_are_judged_in_standard_errors():
    far, near = v.Measurement(2.0, stderr=0.01, n=50), v.Measurement(2.0, stderr=0.3, n=50)
    assert exact(1.5, far) == "violated"
    assert exact(1.5, near) == "undecided"
    row = v.compare_upper("c", "F", 1.5, near, "")
    assert (row.status, row.exact, row.z) == ("undecided", False, pytest.approx(0.5 / 0.3))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_non_finite_numbers_never_hold_and_never_reach_json(value):
    row = v.compare_upper("c", "F", 1.0, v.Measurement(value), "run diverged")
    assert row.status == "violated"
    out = row.as_dict()
    assert out["measured"] is None
    assert "measured was" in out["message"]
    json.dumps(out, allow_nan=False)
    assert v.compare_upper("c", "F", float("nan"), M, "").status == "undecided"
    assert exact(value) == exact(value, scale=0.1) == "undecided"


def test_fields_are_the_contract():
    row = v.not_measured("objects", "a definition").as_dict()
    assert list(row) == [
        *("claim", "status", "objective", "predicted", "measured", "stderr", "exact"),
        *("tightness", "z", "n", "seed", "device", "dtype", "message"),
    ]
    assert row["status"] == "not-measured"
    assert "a definition" in row["message"]


def test_worst_prefers_what_failed():
    tight = v.compare_upper("c", "F", 2.1, M, "")
    broken = v.compare_upper("c", "F", 1.0, M, "")
    assert v.worst([tight, broken]) is broken
    assert v.worst([v.compare_upper("c", "F", 9.0, M, ""), tight]) is tight
