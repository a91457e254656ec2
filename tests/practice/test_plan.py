"""The contract of ``plan``: identities between its three directions, ties, gates, one-sided calibrations."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stalelaw.practice.constants import Constants, from_preset
from stalelaw.practice.errors import BadInput
from stalelaw.practice.jsonio import dumps
from stalelaw.practice.plan import plan
from stalelaw.theory.laws import LAWS, law

PAPER = Constants.given(1.6e-6, 3.2e-5)
positive = st.floats(1e-9, 1e3)
counts = st.integers(1, 10**6)
BOTH = pytest.mark.parametrize("name", ["min", "max"])


def test_the_contract_example(invoke):
    options = ["--a", "1.6e-6", "--b", "3.2e-5", "--staleness", "16", "--horizon", "320", "--json"]
    body = invoke("plan", *options).json
    assert body["eta_max"] == 1e-7
    assert body["regime"] == "staleness-limited"
    assert body["crossover_staleness"] == 16
    assert (body["schema_version"], body["stalelaw_version"]) == (1, "0.1.0")


@pytest.mark.parametrize(("S", "eta", "regime"), [(8, 1e-7, "horizon-limited"), (32, 5e-8, "staleness-limited")])
def test_published_thresholds_at_320_steps(S, eta, regime):
    answer = plan(law("min"), PAPER, staleness=S, horizon=320)
    assert answer.eta_max == pytest.approx(eta, rel=1e-12)
    assert answer.regime == regime


@BOTH
@given(a=positive, b=positive, S=counts, T=counts)
def test_the_three_directions_agree(name, a, b, S, T):
    constants, rule = Constants.given(a, b), law(name)
    forward = plan(rule, constants, staleness=S, horizon=T)
    pick = min if name == "min" else max
    assert forward.eta_max == pytest.approx(pick(a / S, b / T), rel=1e-12)
    assert forward.crossover_staleness == pytest.approx(T * a / b, rel=1e-12)
    assert plan(rule, constants, eta=forward.eta_max, staleness=S, horizon=T).gate.inside
    back_s = plan(rule, constants, eta=forward.eta_max, horizon=T)
    back_t = plan(rule, constants, eta=forward.eta_max, staleness=S)
    binding, answer, known, count = (
        ("staleness-limited", back_s, "staleness_max", S)
        if forward.regime == "staleness-limited"
        else ("horizon-limited", back_t, "horizon_max", T)
    )
    assert forward.regime == binding
    tie = math.isclose(a / S, b / T, rel_tol=1e-8)
    if not tie:
        assert answer.regime == binding
        assert getattr(answer, known) == pytest.approx(count, rel=1e-9)
        assert getattr(answer, f"{known}_floor") == count


@BOTH
@given(a=positive, b=positive, S=counts, T=counts, eta=positive)
def test_gate_and_limit_agree(name, a, b, S, T, eta):
    constants, rule = Constants.given(a, b), law(name)
    gate = plan(rule, constants, eta=eta, staleness=S, horizon=T)
    assert gate.gate.inside == (eta <= gate.eta_max * (1 + 1e-9))
    assert gate.gate.margin == pytest.approx(gate.eta_max / eta - 1, rel=1e-12)
    limit = plan(rule, constants, eta=eta, horizon=T)
    near = any(math.isclose(x, y, rel_tol=1e-8) for x, y in ((eta * S, a), (eta * T, b), (eta, a)))
    if not near:
        if limit.staleness_max is None:
            everything = limit.reasons["staleness_max"].startswith("infinite")
            assert gate.gate.inside == everything
        else:
            assert gate.gate.inside == (limit.staleness_max >= S)


def test_the_identities_fail_on_a_wrong_formula():
    """The comparison above tells min from max, and the interval S from the lag S - 1."""
    answer = plan(law("min"), PAPER, staleness=16, horizon=640)
    assert answer.eta_max == pytest.approx(min(1.6e-6 / 16, 3.2e-5 / 640), rel=1e-12)
    assert answer.eta_max != pytest.approx(max(1.6e-6 / 16, 3.2e-5 / 640), rel=1e-2)
    assert plan(law("min"), PAPER, staleness=32, horizon=1).eta_max != pytest.approx(1.6e-6 / 31, rel=1e-3)


@pytest.mark.parametrize("shift", [-2e-9, -5e-10, 0.0, 5e-10, 2e-9])
@BOTH
def test_a_tie_within_1e_9_is_staleness_limited(name, shift):
    regime = plan(law(name), Constants.given(2.0 * (1 + shift), 2.0), staleness=8, horizon=8).regime
    beyond = shift > 1e-9 if name == "min" else shift < -1e-9
    assert regime == ("horizon-limited" if beyond else "staleness-limited")


class TestNullWithReason:
    def test_infeasible_horizon(self):
        answer = plan(law("min"), PAPER, eta=1e-6, horizon=320)
        assert answer.staleness_max is None
        assert answer.reasons["staleness_max"].startswith("infeasible")
        assert answer.regime == "horizon-limited"

    def test_below_on_policy(self):
        answer = plan(law("min"), PAPER, eta=2e-6, horizon=4)
        assert answer.staleness_max is None
        assert "below S = 1" in answer.reasons["staleness_max"]
        assert answer.regime == "staleness-limited"

    def test_infinite_under_max(self):
        answer = plan(law("max"), PAPER, eta=1e-7, staleness=16)
        assert answer.horizon_max is None
        assert answer.reasons["horizon_max"].startswith("infinite")
        assert answer.crossover_staleness is None
        assert "crossover_staleness" in answer.reasons
        assert answer.regime == "staleness-limited"

    def test_overflow(self):
        answer = plan(law("min"), Constants.given(1e300, 1e-300), staleness=1, horizon=10**15)
        assert answer.crossover_staleness is None
        assert "float64" in answer.reasons["crossover_staleness"]
        dumps(answer.document())

    def test_every_null_of_a_solved_quantity_has_a_reason(self):
        for name, given_ in itertools.product(
            LAWS, ({"staleness": 8}, {"horizon": 100}, {"staleness": 8, "horizon": 9})
        ):
            for eta in (1e-9, 1e-7, 1e-5, 1.0):
                try:
                    answer = plan(law(name), PAPER, eta=eta, **given_)
                except BadInput:
                    continue
                if answer.solved != "gate":
                    assert (getattr(answer, answer.solved) is None) == (answer.solved in answer.reasons)


def test_whole_steps_round_down_except_for_rounding_noise():
    assert plan(law("min"), PAPER, eta=1e-7, horizon=320).staleness_max_floor == 16
    assert plan(law("min"), PAPER, eta=3e-7, horizon=10).staleness_max_floor == 5
    assert plan(law("min"), Constants.given(0.3, 1.0), eta=0.1, horizon=1).staleness_max_floor == 3  # 0.3/0.1 < 3
    assert plan(law("min"), Constants.given(1.0, 5e9 + 0.5), eta=1.0, staleness=1).horizon_max_floor == 5 * 10**9


class TestGate:
    BASE = ("plan", "--a", 1.6e-6, "--b", 3.2e-5, "--staleness", 16, "--horizon", 320)

    def test_inside(self, invoke):
        body = invoke(*self.BASE, "--eta", 5e-8, "--json").json
        assert body["gate"] == {"inside": True, "margin": pytest.approx(1.0)}

    def test_on_the_boundary(self, invoke):
        assert invoke(*self.BASE, "--eta", 1e-7, "--json").json["gate"]["inside"] is True

    def test_outside_exits_1_and_still_prints_the_document(self, invoke):
        body = invoke(*self.BASE, "--eta", 2e-7, "--json", code=1).json
        assert body["gate"] == {"inside": False, "margin": pytest.approx(-0.5)}
        assert "OUTSIDE" in invoke(*self.BASE, "--eta", 2e-7, code=1).out


@pytest.mark.parametrize(
    "options",
    [
        "",
        "--a 1 --b 1",
        "--a 1 --b 1 --staleness 4",
        "--a 1 --b 1 --eta 1",
        "--a 1 --staleness 4 --horizon 9",
        "--staleness 4 --horizon 9",
        "--a 1 --b 1 --preset paper-v1 --staleness 4 --horizon 9",
        "--preset paper-v9 --staleness 4 --horizon 9",
        "--preset ../paper-v1 --staleness 4 --horizon 9",
        "--a nan --b 1 --staleness 4 --horizon 9",
        "--a inf --b 1 --staleness 4 --horizon 9",
        "--a 0 --b 1 --staleness 4 --horizon 9",
        "--a=-1 --b 1 --staleness 4 --horizon 9",
        "--a 1 --b 1 --staleness 0 --horizon 9",
        "--a 1 --b 1 --staleness nan --horizon 9",
        "--a 1 --b 1 --staleness 4 --horizon inf",
        "--a 1 --b 1 --staleness 4 --eta 0",
        "--a 1 --b 1 --staleness x --horizon 9",
        "--a 1e300 --b 1e300 --staleness 1 --horizon 9 --eta 1e-300",
        "--a 1 --b 1 --law mean --staleness 4 --horizon 9",
        "--calibration nowhere.json --staleness 4 --horizon 9",
    ],
)
def test_bad_input(options, invoke):
    answer = invoke("plan", *options.split(), "--json", code=2)
    assert answer.out == ""
    assert answer.err


def test_the_preset_prints_provenance_and_caveats(invoke):
    text = " ".join(invoke("plan", "--preset", "paper-v1", "--staleness", 16, "--horizon", 320).out.split())
    for phrase in ("third-party readings", "grid factor", "if-and-only-if", "do not transfer", "2607.01083"):
        assert phrase in text
    body = invoke("plan", "--preset", "paper-v1", "--staleness", 16, "--horizon", 320, "--json").json
    assert (body["a"], body["b"]) == (1.6e-6, 3.2e-5)
    assert body["provenance"]
    assert from_preset("paper-v1").law == "min"


def test_laws_with_one_condition_need_one_count(invoke):
    body = invoke("plan", "--a", 1.6e-6, "--law", "staleness", "--staleness", 16, "--json").json
    assert (body["eta_max"], body["regime"], body["crossover_staleness"]) == (1e-7, "staleness-limited", None)
    assert "crossover_staleness" in body["reasons"]
    assert invoke("plan", "--b", 3.2e-5, "--law", "horizon", "--horizon", 320, "--json").json["eta_max"] == 1e-7


@pytest.mark.parametrize(("given_", "missing"), [("--a", "--b"), ("--b", "--a")])
def test_a_constant_left_out_on_the_command_line_is_named(given_, missing, invoke):
    answer = invoke("plan", given_, "1e-6", "--staleness", "4", "--horizon", "10", "--json", code=2)
    assert answer.out == ""
    assert f"got only {given_}; {missing} is missing" in answer.err
