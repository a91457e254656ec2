"""The check command around the measurements: streams, exit codes, JUnit and annotations (the last rung)."""

import dataclasses
import json
from xml.etree import ElementTree

import pytest
import typer
from stalelaw.practice.commands.check import check
from stalelaw.practice.errors import BadInput
from stalelaw.verify import check as verify_check
from stalelaw.verify.bounds import on_runs
from typer.testing import CliRunner

FIELDS = ["claim", "status", "objective", "predicted", "measured", "stderr", "exact"]
FIELDS += ["tightness", "z", "n", "seed", "device", "dtype", "message"]


def call(*arguments):
    app = typer.Typer()
    app.command()(check)
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def broken(monkeypatch):
    real = verify_check.run

    def run(*arguments):
        return [dataclasses.replace(v, status="violated") for v in real(*arguments)]

    monkeypatch.setattr(verify_check, "run", run)


def test_json_is_one_document_even_with_annotations():
    answer = call("--claim", "drift", "--claim", "objects", "--seed", "2", "--json", "--github")
    assert answer.exit_code == 0
    document = json.loads(answer.stdout)
    assert document["schema_version"] == 1
    assert [list(row) for row in document["verdicts"]] == [FIELDS] * len(document["verdicts"])
    assert {row["status"] for row in document["verdicts"]} == {"holds", "not-measured"}
    assert {row["seed"] for row in document["verdicts"]} == {2}


def test_junit_counts_what_was_not_measured(tmp_path):
    answer = call("--claim", "drift", "--claim", "objects", "--junit", str(tmp_path / "v.xml"))
    assert answer.exit_code == 0
    assert "holds" in answer.stdout
    suite = ElementTree.parse(tmp_path / "v.xml").getroot()
    assert (suite.get("failures"), suite.get("skipped")) == ("0", "1")
    assert len(suite) == int(suite.get("tests"))


@pytest.mark.usefixtures("broken")
def test_a_violation_exits_1_and_is_annotated(tmp_path):
    answer = call("--claim", "drift", "--github", "--junit", str(tmp_path / "v.xml"))
    assert answer.exit_code == 1
    assert "::error title=drift violated::" in answer.stdout
    assert ElementTree.parse(tmp_path / "v.xml").getroot().get("failures") == "2"


@pytest.fixture
def bound(tmp_path, monkeypatch):
    """A file with a bound on the drift, measured at one largest lag."""
    monkeypatch.setattr(on_runs, "LAGS", (1,))

    def write(formula, id="mine"):
        path = tmp_path / "bound.toml"
        path.write_text(f'id = "{id}"\nkind = "upper"\nquantity = "drift"\nformula = "{formula}"\n')
        return str(path)

    return write


def test_a_users_bound_is_measured_instead_of_the_claims_and_exits_1_only_when_broken(bound):
    good = call("--bound", bound("s_t * eta * U"), "--json")
    document = json.loads(good.stdout)
    assert good.exit_code == 0
    assert [(v["claim"], v["status"]) for v in document["verdicts"]] == [("mine", "holds")]
    assert document["bounds"][0]["formula"] == "s_t * eta * U"
    broken = call("--bound", bound("s_t * eta * U / 2"), "--github")
    assert broken.exit_code == 1
    assert "::error title=mine violated::" in broken.stdout
    assert "eta=" in broken.stdout


def test_the_document_counts_and_states_its_false_alarms():
    document = json.loads(call("--claim", "drift", "--claim", "objects", "--json").stdout)
    assert document["counts"] == {"holds": 2, "not-measured": 1}
    alarms = document["false_alarms"]
    assert (alarms["rate"], alarms["random"], alarms["deterministic"]) == (0.0, 0, 2)
    assert "False alarms" in call("--claim", "objects").stdout


def test_a_baseline_is_compared_and_annotated(tmp_path):
    document = json.loads(call("--claim", "drift", "--json").stdout)
    document["verdicts"][0]["tightness"] *= 1.5
    document["seed"] = 4
    path = tmp_path / "old.json"
    path.write_text(json.dumps(document))
    answer = call("--claim", "drift", "--baseline", str(path), "--github")
    assert answer.exit_code == 0
    assert "::warning title=drift tightness drift::" in answer.stdout
    assert "seed: 4 -> 0" in answer.stdout
    changes = json.loads(call("--claim", "drift", "--baseline", str(path), "--json").stdout)["baseline"]
    assert [c["row"] for c in changes["tightness_drift"]] == [0]


def test_a_bound_that_cannot_be_measured_there_is_bad_input(bound):
    path = bound("R_batch")
    assert isinstance(call("--bound", path, "--policy", "mlp").exception, BadInput)
    assert isinstance(call("--bound", bound("d", id="drift")).exception, BadInput)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--claim", "no-such"),
        ("--seed", "-1"),
        ("--seed", str(2**62)),
        ("--device", "nonsense"),
        ("--device", "meta"),
        ("--policy", "no-such"),
        ("--policy", "/"),
        ("--bound", "no-such.toml"),
    ],
)
def test_bad_input_is_refused_before_anything_runs(arguments):
    answer = call(*arguments, "--json")
    assert isinstance(answer.exception, BadInput)
    assert answer.stdout == ""
