"""The TRL reader: real logs, and a table of bad input that must end in exit 2 with one helpful text."""

import json
import os

import pytest
from stalelaw.practice.errors import BadInput
from stalelaw.practice.trainers import read_log, reward_gap

ROW = {"step": 1, "reward": 0.5, "learning_rate": 1e-6}


def state(*rows, **extra):
    return json.dumps({"global_step": 9, "log_history": list(rows)} | extra).encode()


BAD = {
    "empty": (b"", "empty"),
    "blank": (b" \n", "empty"),
    "binary": (b"\x00\xff\xfe\x9c", "binary"),
    "truncated": (state(ROW)[:-4], "truncated"),
    "no json": (b"step: 1 - actor/lr:1e-6", "stops being JSON"),
    "deep": (b"[" * 100_000, "cannot be held"),
    "huge integer": (b'{"global_step": ' + b"9" * 5000 + b"}", "cannot be held"),
    "list": (b"[1, 2]", "JSON list"),
    "number": (b"7", "JSON int"),
    "other object": (b'{"loss": 1}', "another shape"),
    "history no list": (b'{"global_step": 1, "log_history": {"a": 1}}', "log_history"),
    "history of numbers": (b'{"global_step": 1, "log_history": [1]}', "log_history.0"),
    "step zero": (b'{"global_step": 0, "log_history": []}', "global_step"),
    "float step": (b'{"global_step": 3.5, "log_history": []}', "global_step"),
    "null step": (b'{"global_step": null, "log_history": []}', "global_step"),
    "no rows": (state(), "'reward'"),
    "no reward": (state({"step": 1, "learning_rate": 1e-6, "loss": 0.1}), "'reward'"),
    "no rate": (state({"step": 1, "reward": 0.5}), "'learning_rate'"),
    "zero rate": (state(ROW | {"learning_rate": 0.0}), "median is 0"),
    "negative rate": (state(ROW | {"learning_rate": -1e-6}), "a negative rate"),
    "absurd rate": (state(ROW | {"learning_rate": 1e300}), "check the units"),
    "text reward": (state(ROW | {"reward": "0.5"}), "key 'reward'"),
    "boolean reward": (state(ROW | {"reward": True}), "key 'reward'"),
    "list reward": (state(ROW | {"reward": [0.5]}), "key 'reward'"),
    "row without step": (state({"reward": 0.5, "learning_rate": 1e-6}), "log_history[0]"),
    "row with text step": (state(ROW | {"step": "1"}), "log_history[0]"),
    "row with negative step": (state(ROW | {"step": -1}), "log_history[0]"),
    "integer too large for a float": (
        b'{"global_step":9,"log_history":[{"step":1,"reward":1' + b"0" * 400 + b"}]}",
        "reward",
    ),
    "all NaN": (state(ROW | {"reward": float("nan")}, {"step": 2, "reward": float("nan")}), "from step 1 on"),
    "all infinite": (state(ROW | {"reward": float("inf")}), "non-finite"),
    "overflowing literal": (b'{"global_step":9,"log_history":[{"step":4,"reward":1e999}]}', "from step 4 on"),
    "all null": (state(ROW | {"reward": None}), "non-finite"),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("as_json", [True, False], ids=["json", "text"])
def test_bad_input_is_exit_2_with_one_text(case, as_json, invoke, write_log):
    raw, hint = BAD[case]
    path = write_log("bad.json", [], raw=raw)
    answer = invoke("calibrate", path, "--staleness", 1, *(["--json"] if as_json else []), code=2)
    assert answer.out == ""
    assert hint in answer.err
    assert str(path) in answer.err
    assert "Traceback" not in answer.err
    assert answer.err.startswith("stalelaw: bad input: expected ")
    assert "; got " in answer.err


@pytest.mark.parametrize("kind", ["missing", "directory", "fifo"])
def test_a_path_that_is_no_file(kind, invoke, tmp_path):
    path = tmp_path / "x.json"
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    assert str(path) in invoke("calibrate", path, "--staleness", 1, "--json", code=2).err


def test_one_bad_file_among_good_ones_writes_nothing(invoke, write_log, tmp_path, learns):
    out = tmp_path / "cal.json"
    bad = write_log("bad.json", [], raw=b"{")
    invoke("calibrate", write_log("a.json", learns), bad, "--staleness", 1, "--out", out, "--json", code=2)
    assert not out.exists()


def test_hostile_strings_reach_the_terminal_as_plain_text(invoke, write_log):
    rows = [{"step": k, "reward": 0.5, "learning_rate": 1e-6} for k in range(1, 6)]
    rows[0]["\x1b[2J[bold red]\n{{x}}"] = float("nan")
    path = write_log("[red]evil[/red].json", [], raw=state(*rows))
    answer = invoke("calibrate", path, "--staleness", 1)
    assert "\x1b" not in answer.out
    assert "[bold red]" in answer.out
    assert "[red]" in answer.out


def test_non_finite_values_in_other_keys_are_warnings(write_log, learns):
    path = write_log("a.json", learns)
    body = json.loads(path.read_text())
    body["log_history"][3]["grad_norm"] = float("inf")
    path.write_text(json.dumps(body))
    log = read_log(path)
    assert any("'grad_norm' is non-finite, first at step 4" in text for text in log.warnings)


def test_non_finite_rates_are_ignored_with_a_warning(write_log, learns):
    log = read_log(write_log("a.json", learns, lr=lambda step: float("nan") if step == 2 else 1e-6))
    assert (log.eta_min, log.eta, log.eta_max) == (1e-6, 1e-6, 1e-6)
    assert any("'learning_rate' is non-finite in 1 row(s), first at step 2" in text for text in log.warnings)


def test_disorder_and_repetition_are_repaired_with_warnings(write_log):
    rows = [{"step": s, "reward": r, "learning_rate": 1e-6} for s, r in ((1, 0.1), (3, 0.3), (2, 0.2), (3, 0.4))]
    log = read_log(write_log("a.json", [], raw=state(*rows)))
    assert log.reward_steps == (1, 2, 3)
    assert log.rewards == (0.1, 0.2, 0.4)
    assert any("logged more than once" in text for text in log.warnings)
    assert any("not in order" in text for text in log.warnings)


def test_a_global_step_before_the_last_reward_is_pointed_out(write_log, learns):
    log = read_log(write_log("a.json", learns, steps=4))
    assert log.steps == 4
    assert any("global_step 4" in text for text in log.warnings)


def test_a_byte_order_mark_is_accepted(write_log):
    assert read_log(write_log("a.json", [], raw=b"\xef\xbb\xbf" + state(ROW))).rewards == (0.5,)


@pytest.mark.parametrize(
    ("name", "eta", "gap", "count"),
    [
        ("S1_lr1e-3", 1e-3, 1, 320),
        ("S1_lr1e-2", 1e-2, 1, 320),
        ("S4_lr3e-4", 3e-4, 4, 80),
        ("S16_lr1e-3", 1e-3, 16, 20),
        ("S16_lr3e-3", 3e-3, 16, 20),
        ("S64_lr1e-2", 1e-2, 64, 5),
    ],
)
def test_the_shipped_runs(runs, name, eta, gap, count):
    log = read_log(runs / f"{name}.json")
    assert (log.trainer, log.steps, log.eta, len(log.rewards), reward_gap(log)) == ("trl", 320, eta, count, gap)
    assert log.warnings == ()


class TestInference:
    def test_a_coarse_logging_interval_hides_the_gap(self, write_log):
        rows = [{"step": 10 * k, "reward": 0.5, "learning_rate": 1e-6} for k in range(1, 6)]
        with pytest.raises(BadInput, match="logged every 10 steps"):
            reward_gap(read_log(write_log("a.json", [], raw=state(*rows, global_step=50))))

    def test_a_gap_wider_than_the_logging_interval_shows(self, write_log):
        rows = [{"step": 2 * k, "learning_rate": 1e-6} | ({"reward": 0.5} if k % 4 == 1 else {}) for k in range(1, 21)]
        assert reward_gap(read_log(write_log("a.json", [], raw=state(*rows, global_step=40)))) == 8

    def test_varying_gaps_and_single_rewards_say_nothing(self, write_log):
        with pytest.raises(BadInput, match="1 logged reward"):
            reward_gap(read_log(write_log("a.json", [], raw=state(ROW))))
        rows = [ROW | {"step": step} for step in (1, 2, 5)]
        with pytest.raises(BadInput, match="gaps from 1 to 3"):
            reward_gap(read_log(write_log("b.json", [], raw=state(*rows))))
