"""``check --baseline``: what newly fails, what drifted, what is new or gone is found, and nothing else."""

import json

import pytest
from stalelaw import __version__
from stalelaw.practice.baseline import DRIFT, compare, read
from stalelaw.practice.errors import BadInput

NOTHING = {
    **{"newly_failing": [], "tightness_drift": [], "drift_threshold": DRIFT},
    **{"new": [], "gone": [], "not_chosen": []},
}


def row(status="holds", tightness=0.5, claim="drift", message="m", objective="J"):
    return {"claim": claim, "status": status, "tightness": tightness, "message": message, "objective": objective}


def made(*rows, **change):
    return {"suite": "quick", "seed": 0, "policy": "tabular", "device": "cpu", "verdicts": list(rows)} | change


@pytest.fixture
def baseline(tmp_path):
    def write(*rows, **change):
        path = tmp_path / "old.json"
        path.write_text(json.dumps({"schema_version": 1, "stalelaw_version": __version__} | made(*rows, **change)))
        return read(path, "quick")

    return write


def test_the_same_rows_change_nothing(baseline):
    old = baseline(row(), row("violated", None))
    assert compare(made(row(tightness=0.5 * (1 + 0.9 * DRIFT)), row("violated", None)), old) == NOTHING | {
        "differences": []
    }


def test_newly_failing_drift_and_new_rows_are_found(baseline):
    old = baseline(row(message="a"), row(message="b", tightness=0.2), row(message="c", tightness=None))
    found = compare(
        made(
            row("violated", message="a"),
            row(tightness=0.3, message="b"),
            row(message="c", tightness=1.0),
            row("undecided", None, message="d"),
        ),
        old,
    )
    assert [(c["row"], c["was"], c["is"]) for c in found["newly_failing"]] == [
        (0, "holds", "violated"),
        (3, None, "undecided"),
    ]
    assert [(c["row"], c["was"], c["is"]) for c in found["tightness_drift"]] == [(1, 0.2, 0.3), (2, None, 1.0)]
    assert [c["message"] for c in found["new"]] == ["d"]


def test_rows_are_matched_by_what_they_say_and_not_by_their_place(baseline):
    rows = [row(message="sync, S=3", tightness=0.1), row(message="queue", tightness=0.2), row(claim="other")]
    old = baseline(*rows)
    assert compare(made(rows[2], rows[1], rows[0]), old) == NOTHING | {"differences": []}
    old = baseline(*rows[:2])
    renumbered = compare(made(row(message="queue", tightness=0.2), row(message="sync, S=4.5e-1", tightness=0.1)), old)
    assert renumbered == NOTHING | {"differences": []}  # numbers in words differ
    inserted = compare(made(row(message="before", tightness=0.9), rows[0], rows[1]), old)
    assert ([c["message"] for c in inserted["new"]], inserted["tightness_drift"]) == (["before"], [])
    lost = compare(made(rows[1]), old)
    assert [(c["row"], c["message"]) for c in lost["gone"]] == [(0, "sync, S=3")]
    reworded = compare(made(row(message="periodic", tightness=0.1), rows[1]), old)
    assert reworded == NOTHING | {"differences": []}


def test_a_claim_that_only_the_baseline_has_is_gone_unless_others_were_chosen(baseline):
    old = baseline(row(), row("violated", None, "other", "a"), row(claim="other", message="b"))
    whole = compare(made(row()), old)
    assert whole["gone"] == [
        {"claim": "other", "row": 0, "message": "a", "was": "violated"},
        {"claim": "other", "row": 1, "message": "b", "was": "holds"},
    ]
    assert whole["not_chosen"] == []
    assert compare(made(row()), old, chosen=True) == NOTHING | {"not_chosen": ["other"], "differences": []}
    assert compare(made(row(message="c"), row()), old, chosen=True)["gone"] == []
    lost = compare(made(row(claim="other", message="b")), old, chosen=True)
    assert [c["message"] for c in lost["gone"]] == ["a"]  # of a claim that was asked for


def test_another_seed_version_policy_or_device_is_noted(baseline):
    old = baseline(row(), stalelaw_version="0.0", seed=3)
    found = compare(made(row(), policy="mlp", device="cuda"), old)
    assert [(c["what"], c["was"]) for c in found["differences"]] == [
        ("stalelaw_version", "0.0"),
        ("seed", 3),
        ("policy", "tabular"),
        ("device", "cpu"),
    ]


@pytest.mark.parametrize("change", [{"schema_version": 99}, {"suite": "full"}, {"verdicts": 3}, {"verdicts": [{}]}])
def test_another_kind_of_baseline_is_bad_input(baseline, change):
    with pytest.raises(BadInput):
        baseline(row(), **change)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (row("great"), r"verdicts\.1\.status: .*'holds', 'violated', 'refuted-empirically', 'undecided'"),
        (row("Holds"), r"verdicts\.1\.status: "),
        (row(tightness=float("nan")), r"verdicts\.1\.tightness: .*finite"),
    ],
)
def test_a_row_that_no_check_writes_is_bad_input(baseline, bad, words):
    with pytest.raises(BadInput, match=words):
        baseline(row(), bad)


def test_every_status_of_the_contract_is_read(baseline):
    contract = ["holds", "violated", "refuted-empirically", "undecided", "not-measured"]
    assert [r.status for r in baseline(*map(row, contract)).verdicts] == contract


def test_a_missing_baseline_is_bad_input(tmp_path):
    with pytest.raises(BadInput, match="no file"):
        read(tmp_path / "none.json", "quick")
