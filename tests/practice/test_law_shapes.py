"""Laws with constants other than a and b: an exponent, a ceiling, the power of a blend, in plan and in calibrate."""

import json

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from stalelaw.practice.constants import Constants
from stalelaw.practice.errors import BadInput
from stalelaw.practice.plan import plan
from stalelaw.practice.region import Observation, feasible, time_fits
from stalelaw.practice.shape import OPTIONS, checked_shape
from stalelaw.theory.laws import LAWS, law

PAPER = Constants.given(1.6e-6, 3.2e-5)
AB = ("plan", "--a", 1.6e-6, "--b", 3.2e-5)
SHAPES = {
    "power": {"alpha": 0.5},
    "const": {"eta_0": 9e-8},
    "min-ceiling": {"eta_0": 9e-8},
    "max-ceiling": {"eta_0": 9e-8},
    "blend": {"p_blend": 2.0},
}
SOLVED = {
    "power": 1.6e-6 / 4,
    "const": 9e-8,
    "min-ceiling": 5e-8,
    "max-ceiling": 9e-8,
    "blend": 1 / ((16 / 1.6e-6) ** 2 + (640 / 3.2e-5) ** 2) ** 0.5,
}


def test_every_constant_of_a_law_has_an_option():
    assert {name for entry in LAWS.values() for name in entry.shape} == set(OPTIONS)
    assert {name: set(shape) for name, shape in SHAPES.items()} == {
        name: set(entry.shape) for name, entry in LAWS.items() if entry.shape
    }


@pytest.mark.parametrize("name", list(SHAPES))
def test_plan_solves_each_law_at_16_and_640(name, invoke):
    options = [x for key, value in SHAPES[name].items() for x in (OPTIONS[key], value)]
    body = invoke(*AB, "--law", name, *options, "--staleness", 16, "--horizon", 640, "--json").json
    assert body["eta_max"] == pytest.approx(SOLVED[name], rel=1e-12)
    assert body["eta_max"] != pytest.approx(SOLVED[name] * 1.01, rel=1e-6)
    assert body["shape"] == SHAPES[name]
    gate = [*AB, "--law", name, *options, "--staleness", 16, "--horizon", 640, "--eta"]
    assert invoke(*gate, body["eta_max"] * 0.999, code=0)
    assert invoke(*gate, body["eta_max"] * 1.001, code=1)


@pytest.mark.parametrize("name", ["min-ceiling", "max-ceiling", "blend", "power"])
@pytest.mark.parametrize("eta", [2e-8, 8e-8, 5e-7])
def test_the_largest_count_is_where_the_gate_closes(name, eta):
    answer = plan(law(name), PAPER, eta=eta, horizon=640, shape=SHAPES[name])
    top = answer.staleness_max
    if top is None:
        assert "staleness_max" in answer.reasons
        inside = plan(law(name), PAPER, eta, 1, 640, SHAPES[name]).gate.inside
        assert inside == answer.reasons["staleness_max"].startswith("infinite")
        return
    inside, outside = (plan(law(name), PAPER, eta, top * f, 640, SHAPES[name]).gate for f in (1 - 1e-6, 1 + 1e-6))
    assert inside.inside
    assert not outside.inside


def test_the_regime_of_a_ceiling():
    def regime(name, **counts):
        return plan(law(name), PAPER, shape={"eta_0": 9e-8}, **counts).regime

    assert regime("min-ceiling", staleness=1, horizon=1) == "ceiling-limited"
    assert regime("min-ceiling", staleness=64, horizon=1) == "staleness-limited"
    assert regime("max-ceiling", staleness=1, horizon=10**6) == "ceiling-limited"
    assert regime("max-ceiling", staleness=10**3, horizon=10**3) == "horizon-limited"
    assert regime("const") == "ceiling-limited"
    assert plan(law("min-ceiling"), PAPER, eta=1e-6, horizon=9, shape={"eta_0": 9e-8}).regime == "ceiling-limited"


def test_a_blend_goes_with_the_form_it_approximates():
    at = {"staleness": 64, "horizon": 320}
    regimes = [plan(law("blend"), PAPER, **at, shape={"p_blend": p}).regime for p in (8.0, -8.0)]
    assert regimes == [plan(law(name), PAPER, **at).regime for name in ("min", "max")]
    assert regimes == ["staleness-limited", "horizon-limited"]


def test_the_constant_law_needs_neither_a_nor_b(invoke):
    assert invoke("plan", "--law", "const", "--eta-0", 1e-6, "--json").json["eta_max"] == 1e-6
    assert invoke("plan", "--law", "const", "--eta-0", 1e-6, "--eta", 2e-6, "--json", code=1).json["gate"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--law", "power"), "--alpha"),
        (("--law", "blend"), "--blend-power"),
        (("--law", "blend", "--blend-power", 0), "other than 0"),
        (("--law", "power", "--alpha", -1), "> 0"),
        (("--law", "min", "--alpha", 1), "power"),
        (("--law", "max-ceiling", "--eta-0", "inf"), "finite"),
    ],
)
def test_missing_foreign_and_impossible_constants_are_bad_input(options, said, invoke):
    answer = invoke(*AB, *options, "--staleness", 4, "--horizon", 10, "--json", code=2)
    assert answer.out == ""
    assert said in answer.err


def test_calibration_keeps_the_constants_for_the_plan(invoke, runs, tmp_path):
    files = [runs / name for name in ("S16_lr1e-3.json", "S64_lr1e-2.json")]
    out = tmp_path / "cal.json"
    body = invoke(
        *("calibrate", *files, "--infer-staleness", "--law", "power", "--alpha", 0.5, "--out", out, "--json")
    ).json
    assert body["shape"] == {"alpha": 0.5}
    assert (body["a"]["low"], body["a"]["high"]) == pytest.approx((0.001 * 16**0.5, 0.01 * 64**0.5))
    assert any("was given" in note for note in body["notes"])
    planned = invoke("plan", "--calibration", out, "--staleness", 4, "--json").json
    assert planned["eta_max"] == pytest.approx(0.001 * 4 / 2)
    assert "of the calibration" in invoke("plan", "--calibration", out, "--staleness", 4, "--alpha", 1, code=2).err
    assert invoke("plan", "--calibration", out, "--law", "min", "--staleness", 4, "--horizon", 9, code=2).out == ""


def test_a_ceiling_explains_what_fails_on_policy(invoke, runs):
    """The collapses above it no longer limit b."""
    files = sorted(runs.glob("*.json"))
    plain = invoke("calibrate", *files, "--infer-staleness", "--law", "max", "--json").json
    roof = invoke("calibrate", *files, "--infer-staleness", "--law", "max-ceiling", "--eta-0", 0.005, "--json").json
    above = {run["file"] for run in roof["runs"] if run["eta"] > 0.005}
    assert above
    assert above.isdisjoint(limit["file"] for limit in roof["collapse_times"]["limits"])
    assert not above.isdisjoint(limit["file"] for limit in plain["collapse_times"]["limits"])


@pytest.mark.parametrize("name", ["blend", "const"])
def test_calibrate_refuses_laws_whose_set_has_another_shape(name, invoke, runs):
    answer = invoke("calibrate", runs / "S16_lr1e-3.json", "--infer-staleness", "--law", name, "--json", code=2)
    assert "min-ceiling" in answer.err


@given(
    runs=st.lists(
        st.tuples(st.integers(1, 6), st.sampled_from([1, 2, 4]), st.sampled_from([4, 8]), st.booleans()), max_size=5
    )
)
@limits(max_examples=60)
@pytest.mark.parametrize("combiner", ["all", "any"])
def test_the_set_under_a_ceiling_equals_brute_force(combiner, runs):
    combine = all if combiner == "all" else any
    seen = [Observation(str(i), e * s, e * t, alive, under=e <= 3) for i, (e, s, t, alive) in enumerate(runs)]
    slabs = feasible(seen, combiner)
    for a in range(26):
        for b in range(50):
            x, y = a + 0.5, b + 0.5
            expected = all((e <= 3 and combine([e * s <= x, e * t <= y])) == alive for e, s, t, alive in runs)
            inside = any(
                s.a_low <= x
                and (s.a_high is None or x < s.a_high)
                and s.b_low <= y
                and (s.b_high is None or y < s.b_high)
                for s in slabs
            )
            assert inside == expected


def test_a_collapse_above_the_ceiling_says_nothing_on_b():
    timed = Observation("C", 8, 80, False, low=10, high=20, under=False)
    assert feasible([timed], "any") == feasible([], "any")
    assert time_fits(feasible([], "any"), timed, "any")
    assert feasible([Observation("D", 8, 80, True, under=False)], "all") == []


def test_a_law_without_shape_takes_none():
    assert checked_shape(law("min"), {}) == {}
    with pytest.raises(BadInput, match="alpha"):
        checked_shape(law("min"), {"alpha": 1.0})
    json.dumps(plan(law("min"), PAPER, staleness=4, horizon=10).document())
