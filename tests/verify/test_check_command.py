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
from stalelaw.verify.studies import kinds
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


def test_two_bounds_of_one_id_are_bad_input(bound, tmp_path):
    first = bound("s_t * eta * U")
    second = tmp_path / "second.toml"
    second.write_text((tmp_path / "bound.toml").read_text())
    answer = call("--bound", first, "--bound", str(second), "--json")
    assert isinstance(answer.exception, BadInput)
    assert "'mine' twice" in str(answer.exception)
    second.write_text(second.read_text().replace("mine", "yours"))
    both = json.loads(call("--bound", first, "--bound", str(second), "--json").stdout)
    assert [v["claim"] for v in both["verdicts"]] == ["mine", "yours"]


def test_a_baseline_of_more_than_was_asked_for_says_so(tmp_path):
    old = json.loads(call("--claim", "drift", "--claim", "objects", "--json").stdout)
    path = tmp_path / "old.json"
    path.write_text(json.dumps(old))
    assert "not asked for now: 1 claims" in " ".join(call("--claim", "drift", "--baseline", str(path)).stdout.split())
    changes = json.loads(call("--claim", "drift", "--baseline", str(path), "--json").stdout)["baseline"]
    assert (changes["gone"], changes["not_chosen"]) == ([], ["objects"])


@pytest.fixture
def saved_model(tmp_path):
    """The folder of a tiny causal LM."""
    transformers = pytest.importorskip("transformers")
    config = transformers.GPT2Config(vocab_size=3, n_positions=8, n_embd=4, n_layer=1, n_head=1)
    transformers.GPT2LMHeadModel(config).save_pretrained(tmp_path / "model")
    return tmp_path / "model"


@pytest.mark.parametrize("left", [0, 100, -100])
def test_truncated_weights_are_bad_input_that_names_the_file(saved_model, left):
    weights = saved_model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:left])
    answer = call("--claim", "objects", "--policy", str(saved_model), "--json")
    assert isinstance(answer.exception, BadInput)
    assert f"expected weights in whole safetensors files; got {weights} (" in str(answer.exception)
    assert answer.stdout == ""


@pytest.mark.parametrize(
    ("change", "word"),
    [({"n_head": 0}, "ZeroDivisionError"), ({"vocab_size": "x"}, "got str"), ({"dtype": "float7"}, "float7")],
)
def test_a_configuration_that_cannot_be_is_bad_input(saved_model, change, word):
    config = saved_model / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | change))
    answer = call("--claim", "objects", "--policy", str(saved_model))
    assert isinstance(answer.exception, BadInput)
    assert str(saved_model) in str(answer.exception)
    assert "config.json" in str(answer.exception)
    assert word in str(answer.exception)


def test_a_model_that_torch_cannot_follow_is_bad_input_and_an_error_of_ours_is_not(tmp_path, monkeypatch):
    def fail(policy, device):
        raise RuntimeError("Expected mat_a to be Float32")

    monkeypatch.setattr(kinds, "kind", fail)
    answer = call("--claim", "objects", "--policy", str(tmp_path))
    assert isinstance(answer.exception, BadInput)
    assert "expected a model that torch.func can follow; got RuntimeError: Expected mat_a" in str(answer.exception)
    assert isinstance(call("--claim", "objects", "--policy", "mlp").exception, RuntimeError)


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
