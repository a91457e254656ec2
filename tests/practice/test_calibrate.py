"""The contract of ``calibrate``, through the command line."""

import json
import math
import os
import random
from fractions import Fraction

import pytest
from stalelaw.practice.calibrate import _witness
from stalelaw.practice.calibration import read_calibration
from stalelaw.practice.region import Observation

A, B, T = 1.6e-6, 3.2e-5, 320
GRID = [(eta, S) for eta in (2.5e-8, 5e-8, 1e-7, 2e-7, 4e-7) for S in (4, 8, 16, 32)]
RULE = {
    "min": lambda eta, S: eta * S <= A * (1 + 1e-9) and eta * T <= B * (1 + 1e-9),
    "max": lambda eta, S: eta * S <= A * (1 + 1e-9) or eta * T <= B * (1 + 1e-9),
}


def collapse_at(step, total=T):
    return [0.5] * (step - 1) + [0.0] * (total - step + 1)


@pytest.fixture
def synthetic(write_log):
    """Logs of runs that follow one law; a collapse caused by the horizon comes at b/eta."""

    def make(law, points=GRID, shift=1.0):
        files, staleness = [], []
        for index, (eta, S) in enumerate(points):
            stable = RULE[law](eta, S)
            late = min(int(shift * B / eta), T - 40)
            rewards = [0.5] * T if stable else collapse_at(max(late, 5))
            files.append(write_log(f"{index:02d}.json", rewards, lr=eta, steps=T))
            staleness.append(S)
        return files, ",".join(map(str, staleness))

    return make


@pytest.mark.parametrize("law", ["min", "max"])
def test_known_constants_are_bracketed(law, synthetic, invoke):
    files, staleness = synthetic(law)
    body = invoke("calibrate", *files, "--staleness", staleness, "--law", law, "--json").json
    assert body["consistent"] is True
    assert body["witness"] is None
    for name, truth in (("a", A), ("b", B)):
        limits = body[name]
        assert limits["low"] <= truth * (1 + 1e-9)
        assert truth < limits["high"] <= 2.0000001 * limits["low"]  # the grid has factor 2
        assert limits["value"] == pytest.approx(math.sqrt(limits["low"] * limits["high"]), rel=1e-12)


@pytest.mark.parametrize(("law", "wrong"), [("min", "max"), ("max", "min")])
def test_the_wrong_law_is_refuted_with_a_witness(law, wrong, synthetic, invoke):
    files, staleness = synthetic(law)
    body = invoke("calibrate", *files, "--staleness", staleness, "--law", wrong, "--json").json
    assert body["consistent"] is False
    assert len(set(body["witness"])) == 2
    assert set(body["witness"]) <= set(map(str, files))
    assert set(body["witness"]) <= set(body["conflict"])


def test_the_witness_alone_is_a_conflict_or_the_text_says_otherwise(synthetic, invoke):
    files, staleness = synthetic("max")
    by_file = dict(zip(map(str, files), staleness.split(","), strict=True))
    body = invoke("calibrate", *files, "--staleness", staleness, "--json").json
    core = body["conflict"]
    again = invoke("calibrate", *core, "--staleness", ",".join(by_file[f] for f in core), "--json").json
    assert again["consistent"] is False
    assert (len(core) > 2) == any("smallest conflict needs" in text for text in body["notes"])


def test_routes_that_disagree(write_log, invoke):
    stable = write_log("stable.json", [0.5] * T, lr=2e-6, steps=T)  # eta S = 1.6e-5, b >= 6.4e-4
    early = write_log("early.json", collapse_at(5), lr=4e-6, steps=T)  # eta S = 4e-6: the horizon decides; b < 2.8e-5
    body = invoke("calibrate", stable, early, "--staleness", "8,1", "--json").json
    assert body["b"]["low"] == pytest.approx(2e-6 * T)
    assert body["b"]["high"] == pytest.approx(4e-6 * T)
    assert body["consistent"] is False
    assert body["reason"].startswith("routes disagree")
    assert body["witness"] == [str(stable), str(early)]
    late = write_log("late.json", collapse_at(200), lr=4e-6, steps=T)
    agreed = invoke("calibrate", stable, late, "--staleness", "8,1", "--json").json
    assert agreed["consistent"] is True
    assert agreed["collapse_times"]["constant"] is True


def test_collapse_times_are_reported_separately(write_log, invoke):
    stable = write_log("stable.json", [0.5] * T, lr=1e-6, steps=T)
    fallen = write_log("fallen.json", collapse_at(200), lr=4e-6, steps=T)
    body = invoke("calibrate", stable, fallen, "--staleness", 1, "--json").json
    interval, censored = sorted(body["collapse_times"]["limits"], key=lambda x: x["kind"])
    run = body["runs"][1]
    assert interval["high"] == pytest.approx(4e-6 * run["collapse_step"], rel=1e-12)
    assert interval["low"] <= 4e-6 * 200 <= interval["high"]  # the trailing mean is seen through
    assert (censored["low"], censored["high"]) == (pytest.approx(1e-6 * T), None)


def test_one_sided_data_give_null_and_words(write_log, invoke):
    stable = write_log("s.json", [0.5] * 20, lr=1e-6)
    body = invoke("calibrate", stable, "--staleness", 4, "--json").json
    assert body["a"] == {"value": None, "low": pytest.approx(4e-6), "high": None}
    assert body["b"] == {"value": None, "low": pytest.approx(2e-5), "high": None}
    assert any(text.startswith("No upper limit on a") for text in body["notes"])
    fallen = write_log("f.json", collapse_at(5, 20), lr=1e-6)
    body = invoke("calibrate", fallen, "--staleness", 4, "--json").json
    assert body["a"] == body["b"] == {"value": None, "low": None, "high": None}
    assert any(text.startswith("No lower limit on b") for text in body["notes"])


def test_equal_loads_written_differently_are_equal(write_log, invoke):
    one = write_log("one.json", [0.5] * 20, lr=0.3)
    three = write_log("three.json", collapse_at(5, 20), lr=0.1, steps=60)
    body = invoke("calibrate", one, three, "--staleness", "1,3", "--law", "staleness", "--json").json
    assert 0.1 * 3 > 0.3  # in float64 a hair-wide bracket would appear
    assert body["consistent"] is False


def test_the_fields_of_a_run(write_log, invoke, falls):
    path = write_log("run.json", falls, lr=lambda step: 1e-6 * step, gap=4)
    (run,) = invoke("calibrate", path, "--staleness", 4, "--json").json["runs"]
    assert run["file"] == str(path)
    assert (run["eta"], run["eta_min"], run["eta_max"]) == (pytest.approx(20.5e-6), 1e-6, pytest.approx(4e-5))
    assert (run["staleness"], run["max_lag"], run["steps"]) == (4, 3, 40)
    assert (run["outcome"], run["collapse_step"], run["collapse_interval"]) == ("collapsed", 25, [21, 25])
    assert (run["lag_convention"], run["staleness_source"]) == ("periodic-sync", "given")
    (constant,) = invoke("calibrate", write_log("c.json", falls), "--staleness", 1, "--json").json["runs"]
    assert "eta_min" not in constant
    assert "eta_max" not in constant


def test_the_outcome_follows_the_rewards_only(runs, invoke, tmp_path):
    """Rates, names and unrelated keys scrambled, rewards scaled by ten: same outcomes."""
    rng = random.Random(0)
    for path in sorted(runs.glob("*.json")):
        before = invoke("calibrate", path, "--infer-staleness", "--json").json["runs"][0]
        body = json.loads(path.read_text())
        for row in body["log_history"]:
            if "learning_rate" in row:
                row["learning_rate"] = 10 ** rng.uniform(-8, -1)
            if "reward" in row:
                row["reward"] *= 10
            row.pop("grad_norm", None)
        other = tmp_path / f"renamed_{rng.random()}.json"
        other.write_text(json.dumps(body))
        after = invoke("calibrate", other, "--infer-staleness", "--json").json["runs"][0]
        assert {key: after[key] for key in ("outcome", "collapse_step", "collapse_interval")} == {
            key: before[key] for key in ("outcome", "collapse_step", "collapse_interval")
        }
        assert after["eta"] != before["eta"]


def test_half_a_log_before_the_fall_is_no_collapse(write_log, invoke, learns):
    whole = write_log("whole.json", [*learns, *[0.0] * 10])
    half = write_log("half.json", learns)
    outcomes = [run["outcome"] for run in invoke("calibrate", whole, half, "--staleness", 1, "--json").json["runs"]]
    assert outcomes == ["collapsed", "stable"]


def test_shipped_runs_end_as_their_rewards_do(runs, invoke):
    files = sorted(runs.glob("*.json"))
    body = invoke("calibrate", *files, "--infer-staleness", "--json").json
    assert {run["file"].rsplit("/")[-1]: run["outcome"] for run in body["runs"]} == {
        "S16_lr1e-3.json": "stable",
        "S16_lr3e-3.json": "degraded",
        "S1_lr1e-2.json": "collapsed",
        "S1_lr1e-3.json": "stable",
        "S4_lr3e-4.json": "stable",
        "S64_lr1e-2.json": "collapsed",
    }
    assert any("S1_lr1e-2.json; no stale rollout" in text for text in body["notes"])
    given = [str(run["staleness"]) for run in body["runs"]]
    again = invoke("calibrate", *files, "--staleness", ",".join(given), "--json").json
    assert (again["a"], again["b"], again["staleness_source"], again["warnings"]) == (body["a"], body["b"], "given", [])


class TestStaleness:
    @pytest.mark.parametrize("text", ["0", "-1", "1.5", "x", "", "1,,2", "1,2,3", "9" * 40, "٣"])
    def test_unusable_values(self, text, invoke, write_log, learns):
        files = [write_log(name, learns) for name in ("a.json", "b.json")]
        assert invoke("calibrate", *files, f"--staleness={text}", "--json", code=2).out == ""

    def test_neither_given_nor_inferred(self, invoke, write_log, learns):
        assert "--infer-staleness" in invoke("calibrate", write_log("a.json", learns), "--json", code=2).err

    def test_one_for_all_or_one_per_file_in_order(self, invoke, write_log, learns):
        files = [write_log(name, learns) for name in ("a.json", "b.json")]
        for text, expected in (("3", [3, 3]), ("3,5", [3, 5])):
            body = invoke("calibrate", *files, "--staleness", text, "--json").json
            assert [run["staleness"] for run in body["runs"]] == expected

    def test_a_disagreement_is_a_warning_and_the_given_value_wins(self, invoke, write_log, learns):
        body = invoke("calibrate", write_log("a.json", learns, gap=4), "--staleness", 8, "--json").json
        assert body["runs"][0]["staleness"] == 8
        assert body["staleness_source"] == "given"
        assert any("every 4 steps" in text for text in body["warnings"])

    def test_given_and_inferred_at_once(self, invoke, write_log, learns):
        options = ("--staleness", 8, "--infer-staleness", "--json")
        assert "both" in invoke("calibrate", write_log("a.json", learns), *options, code=2).err

    def test_a_wrong_number_of_values_for_one_file(self, invoke, write_log, learns):
        answer = invoke("calibrate", write_log("a.json", learns), "--staleness", "1,2", "--json", code=2)
        assert "2 values for 1 file;" in answer.err


class TestNonFiniteRewards:
    def test_from_some_step_on(self, invoke, write_log):
        path = write_log("a.json", [0.5] * 6 + [math.nan] * 4)
        body = invoke("calibrate", path, "--staleness", 1, "--json").json
        assert (body["runs"][0]["outcome"], body["runs"][0]["collapse_step"]) == ("collapsed", 7)
        assert any("non-finite from step 7" in text for text in body["warnings"])

    def test_too_few_finite_ones(self, invoke, write_log):
        path = write_log("a.json", [0.5, math.nan, math.nan, math.nan, 0.7])
        body = invoke("calibrate", path, "--staleness", 1, "--json").json
        assert body["runs"][0]["outcome"] == "undecided"
        assert any("2 finite reward(s) out of 5" in text for text in body["warnings"])

    def test_undecided_runs_take_no_part(self, invoke, write_log, learns):
        short, good = write_log("short.json", [0.5, 0.1]), write_log("good.json", learns)
        body = invoke("calibrate", short, good, "--staleness", 1, "--json").json
        assert body["runs"][0]["outcome"] == "undecided"
        assert any("fewer than 4" in text for text in body["warnings"])
        assert body["a"] == invoke("calibrate", good, "--staleness", 1, "--json").json["a"]


@pytest.mark.parametrize(("as_", "high"), [("unstable", 2e-6), ("stable", None), ("ignored", None)])
def test_how_a_degraded_run_counts_is_an_option(as_, high, invoke, write_log):
    good = write_log("good.json", [1.0] * 20, lr=1e-6)
    worse = write_log("worse.json", [1.0] * 10 + [0.5] * 10, lr=2e-6)
    body = invoke("calibrate", good, worse, "--staleness", 1, "--law", "staleness", "--degraded", as_, "--json").json
    assert body["runs"][1]["outcome"] == "degraded"
    assert body["a"]["high"] == (high if high is None else pytest.approx(high))
    assert body["a"]["low"] == pytest.approx(2e-6 if as_ == "stable" else 1e-6)


@pytest.mark.parametrize("option", ["--collapsed-below=0", "--degraded-below=2", "--window=0", "--window-fraction=nan"])
def test_thresholds_out_of_range(option, invoke, write_log, learns):
    assert invoke("calibrate", write_log("a.json", learns), "--staleness", 1, option, "--json", code=2).out == ""


def test_an_unknown_law(invoke, write_log, learns):
    assert "min, max" in invoke("calibrate", write_log("a.json", learns), "--staleness", 1, "--law", "mean", code=2).err


def test_the_written_file_reads_back_and_equals_stdout(invoke, runs, tmp_path):
    out = tmp_path / "new" / "cal.json"
    answer = invoke("calibrate", *sorted(runs.glob("*.json")), "--infer-staleness", "--out", out, "--json")
    assert out.read_text() == answer.out
    assert read_calibration(out).document() == {
        key: value for key, value in answer.json.items() if key not in ("schema_version", "stalelaw_version")
    }
    assert [path.name for path in out.parent.iterdir()] == ["cal.json"]


@pytest.mark.parametrize("place", ["below a file", "a directory"])
def test_an_impossible_output_path(place, invoke, write_log, tmp_path, learns):
    log = write_log("a.json", learns)
    out = log / "cal.json" if place == "below a file" else tmp_path
    before = sorted(tmp_path.rglob("*"))
    assert invoke("calibrate", log, "--staleness", 1, "--out", out, "--json", code=2).out == ""
    assert sorted(tmp_path.rglob("*")) == before


def rows(*rewards, start=0):
    return [{"step": start + k, "learning_rate": 1e-3, "reward": reward} for k, reward in enumerate(rewards)]


LONE = {
    "global step before the fall": ({"global_step": 4, "log_history": rows(*[0.5] * 9, *[0.0] * 9, start=1)}, ()),
    "non-finite after step 0": ({"global_step": 8, "log_history": rows(0.5, *[math.nan] * 7)}, ()),
    "zero after step 0": (
        {"global_step": 8, "log_history": rows(0.5, *[0.0] * 7)},
        ("--window", 1, "--window-fraction", 0),
    ),
}


@pytest.mark.parametrize("law", ["min", "max", "staleness", "horizon"])
@pytest.mark.parametrize("case", LONE)
def test_a_lone_collapsed_run_is_consistent(case, law, write_log, invoke, tmp_path):
    body, options = LONE[case]
    out = tmp_path / "cal.json"
    log = write_log("lone.json", [], raw=json.dumps(body).encode())
    answer = invoke("calibrate", log, "--staleness", 1, "--law", law, *options, "--out", out, "--json").json
    assert answer["runs"][0]["outcome"] == "collapsed"
    assert (answer["consistent"], answer["witness"]) == (True, None)
    assert read_calibration(out).runs[0].steps == body["global_step"]


@pytest.mark.parametrize("law", ["max", "horizon"])
def test_a_collapse_right_after_step_0_limits_b_from_above_only(law, write_log, invoke):
    log = write_log("lone.json", [], raw=json.dumps(LONE["non-finite after step 0"][0]).encode())
    times = invoke("calibrate", log, "--staleness", 1, "--law", law, "--json").json["collapse_times"]
    assert (times["limits"][0]["low"], times["limits"][0]["high"]) == (0, pytest.approx(1e-3))
    assert times["b"] == {"value": None, "low": None, "high": pytest.approx(1e-3)}


def test_a_global_step_before_the_last_reward_does_not_shorten_the_horizon(write_log, invoke):
    log = write_log("a.json", [0.5] * 20, lr=1e-6, steps=4)
    body = invoke("calibrate", log, "--staleness", 1, "--json").json
    assert body["runs"][0]["steps"] == 4
    assert body["b"]["low"] == body["collapse_times"]["limits"][0]["low"] == pytest.approx(2e-5)
    assert any("judged at T = 20" in text for text in body["warnings"])
    assert any("last logged reward, whichever is later" in text for text in body["notes"])
    assert any("All runs have T = 20" in text for text in body["notes"])


def test_two_unstable_runs_can_be_the_witness(write_log, invoke):
    """One collapses at b > 1.6e-4 by its time, the other asks for b < 4e-5."""
    late = write_log("late.json", collapse_at(200), lr=1e-6, steps=T)
    small = write_log("small.json", collapse_at(20, 40), lr=1e-6)
    body = invoke("calibrate", late, small, "--staleness", 1, "--law", "horizon", "--json").json
    assert body["consistent"] is False
    assert body["witness"] == body["conflict"] == [str(late), str(small)]


def test_a_run_that_contradicts_itself_is_its_own_witness():
    alone = Observation("x", None, Fraction(4), stable=False, low=Fraction(5), high=Fraction(5))
    assert _witness([alone]) == ["x", "x"]


@pytest.mark.parametrize("way", ["same path", "relative", "symlink", "hard link", "second input"])
def test_a_log_is_never_overwritten(way, write_log, invoke, tmp_path, learns):
    log, other = write_log("a.json", learns), write_log("b.json", learns[::-1])
    out = {"relative": tmp_path / "sub" / ".." / "a.json", "second input": other}.get(way, log)
    (tmp_path / "sub").mkdir()
    if "link" in way:
        out = tmp_path / "link.json"
        out.symlink_to(log) if way == "symlink" else out.hardlink_to(log)
    before = {path: path.read_bytes() for path in tmp_path.glob("*.json")}
    answer = invoke("calibrate", log, other, "--staleness", 4, "--out", out, "--json", code=2)
    assert (answer.out, "never overwritten" in answer.err) == ("", True)
    assert {path: path.read_bytes() for path in tmp_path.glob("*.json")} == before


def test_a_log_given_twice_is_pointed_out(write_log, invoke, learns, tmp_path):
    log, other = write_log("a.json", learns), write_log("b.json", learns[::-1])
    copy = tmp_path / "copy.json"
    copy.write_bytes(log.read_bytes())
    for files, count in (((log, other), 0), ((log, log), 1), ((log, other, copy), 1)):
        warnings = invoke("calibrate", *files, "--staleness", 1, "--json").json["warnings"]
        assert sum("same content as" in text for text in warnings) == count


def test_the_value_is_rounded_once(write_log, invoke):
    stable, fallen = write_log("s.json", [0.5] * 20, lr=4e-3), write_log("f.json", collapse_at(5, 20), lr=4e-3)
    body = invoke("calibrate", stable, fallen, "--staleness", "1,4", "--law", "staleness", "--json").json
    assert body["a"] == {"value": 0.008, "low": 0.004, "high": 0.016}


def test_the_file_in_json_is_the_path_as_given(write_log, invoke, learns):
    path = write_log("\x1b[31mevil.json", learns)
    assert invoke("calibrate", path, "--staleness", 1, "--json").json["runs"][0]["file"] == str(path)
    assert "\x1b" not in invoke("calibrate", path, "--staleness", 1).out


def test_a_path_that_is_not_utf8_still_reads_back(write_log, invoke, learns, tmp_path):
    path = tmp_path / os.fsdecode(b"\xff.json")
    try:
        path.write_bytes(write_log("a.json", learns).read_bytes())
    except OSError:
        pytest.skip("a file system that takes UTF-8 only")
    out = tmp_path / "cal.json"
    invoke("calibrate", path, "--staleness", 1, "--out", out, "--json")
    assert read_calibration(out).runs[0].file.endswith("\ufffd.json")


def test_help_says_what_becomes_of_rewards_that_are_never_positive(invoke):
    assert "never positive (all zero, all negative)" in invoke("calibrate", "--help").out
