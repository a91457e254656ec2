"""The check command around the measurements: streams, exit codes, JUnit and annotations (the last rung)."""

import dataclasses
import json
from xml.etree import ElementTree

import pytest
import typer
from stalelaw.practice.commands.check import check
from stalelaw.practice.errors import BadInput
from stalelaw.verify import check as verify_check
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


@pytest.mark.parametrize(
    "arguments",
    [("--claim", "no-such"), ("--seed", "-1"), ("--seed", str(2**62)), ("--device", "nonsense"), ("--device", "meta")],
)
def test_bad_input_is_refused_before_anything_runs(arguments):
    answer = call(*arguments, "--json")
    assert isinstance(answer.exception, BadInput)
    assert answer.stdout == ""
