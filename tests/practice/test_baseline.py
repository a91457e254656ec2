"""``check --baseline``: what newly fails and what drifted is found, and nothing else."""

import json

import pytest
from stalelaw.practice.baseline import compare, read
from stalelaw.practice.errors import BadInput


def row(status="holds", tightness=0.5, claim="drift", message="m"):
    return {"claim": claim, "status": status, "tightness": tightness, "message": message}


@pytest.fixture
def baseline(tmp_path):
    def write(rows, **change):
        path = tmp_path / "old.json"
        document = {"schema_version": 1, "stalelaw_version": "0", "suite": "quick", "seed": 0, "verdicts": rows}
        path.write_text(json.dumps(document | change))
        return path

    return write


def test_the_same_rows_change_nothing(baseline):
    old = read(baseline([row(), row("violated")]), "quick", 0)
    found = compare([row(tightness=0.5001), row("violated")], old)
    assert found == {"newly_failing": [], "tightness_drift": [], "rows_changed": []}


def test_newly_failing_drift_and_new_rows_are_found(baseline):
    old = read(baseline([row(), row(tightness=0.2)]), "quick", 0)
    found = compare([row("violated"), row(tightness=0.3), row("undecided", None)], old)
    assert [(c["row"], c["was"], c["is"]) for c in found["newly_failing"]] == [
        (0, "holds", "violated"),
        (2, None, "undecided"),
    ]
    assert [(c["row"], c["was"], c["is"]) for c in found["tightness_drift"]] == [(1, 0.2, 0.3)]
    assert found["rows_changed"] == ["drift"]


@pytest.mark.parametrize(
    "change", [{"schema_version": 99}, {"suite": "full"}, {"seed": 3}, {"verdicts": 3}, {"verdicts": [{"claim": "x"}]}]
)
def test_another_kind_of_baseline_is_bad_input(baseline, change):
    with pytest.raises(BadInput):
        read(baseline([row()], **change), "quick", 0)


def test_a_missing_baseline_is_bad_input(tmp_path):
    with pytest.raises(BadInput, match="no file"):
        read(tmp_path / "none.json", "quick", 0)
