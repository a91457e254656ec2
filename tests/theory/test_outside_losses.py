"""A loss from outside the package gets row, derivation and check; a broken one is named and harms nothing."""

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from stalelaw.theory.surrogates import own_surrogates
from stalelaw.theory.surrogates.registered import collect

pytestmark = pytest.mark.slow
PACKAGES = Path(__file__).resolve().parents[1] / "packages"


def install(name, target, tree):
    """Build and install a package of tests/packages into a folder of its own."""
    shutil.copytree(PACKAGES / name, tree / name, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--target", str(target)]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, str(tree / name)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    pytest.importorskip("setuptools")
    tree, target = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("site")
    install("outside_loss", target, tree)
    return target


@pytest.fixture(scope="module")
def broken(installed, tmp_path_factory):
    tree, target = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("broken")
    install("broken_loss", target, tree)
    return target


def run(*arguments, path, cwd):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, path))}
    line = [sys.executable, "-m", "stalelaw.practice.cli", *arguments]
    return subprocess.run(line, capture_output=True, text=True, cwd=cwd, env=environment)


def test_an_outside_loss_gets_its_derivation_and_its_row(installed, tmp_path):
    done = run("derive", "loss-capped-sequence", "--json", path=[installed], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    (claim,) = body["claims"]
    assert (claim["id"], claim["status"]) == ("loss-capped-sequence", "proved")
    (row,) = body["surrogates"]["losses"]
    assert (row["origin"], row["clip"].split(",")[0]) == ("outside-loss 0.3", "Lipschitz")
    assert row["on"] == ["iv"]  # the exact sequence ratio: nothing is left inside the cap
    assert row["a1"] == row["a3"] == "everywhere"


def test_an_outside_loss_is_listed_printed_and_measured(installed, tmp_path):
    listed = run("derive", "--list", "--json", path=[installed], cwd=tmp_path)
    assert "loss-capped-sequence" in [c["id"] for c in json.loads(listed.stdout)["claims"]]
    run("derive", "loss-capped-sequence", "--format", "md", "--out", ".", path=[installed], cwd=tmp_path)
    assert "Capped sequence ratio (claim 1, from outside-loss 0.3)" in (tmp_path / "derivation.md").read_text()
    checked = run("check", "--claim", "loss-capped-sequence", "--json", path=[installed], cwd=tmp_path)
    verdicts = json.loads(checked.stdout)["verdicts"]
    assert {v["status"] for v in verdicts} == {"holds"}
    assert {v["claim"] for v in verdicts} == {"loss-capped-sequence"}


def test_broken_losses_are_named_and_the_rest_stands(installed, broken, tmp_path):
    done = run("derive", "drift", "loss-capped-sequence", "--json", path=[installed, broken], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    assert {c["status"] for c in body["claims"]} == {"proved"}
    rejected = {r["name"]: r for r in body["surrogates"]["rejected"]}
    assert set(rejected) == {"absent", "clash", "mixed", "number"}
    assert {r["distribution"] for r in rejected.values()} == {"broken-loss 1.2"}
    assert "broken_loss_nowhere" in rejected["absent"]["reason"]
    assert "'grpo' is taken by stalelaw itself" in rejected["clash"]["reason"]
    assert "sequence and token" in rejected["mixed"]["reason"]
    assert "int" in rejected["number"]["reason"]
    assert done.stderr.count("registered by the distribution broken-loss 1.2") == 4
    asked = run("derive", "loss-mixed", "--json", path=[broken], cwd=tmp_path)
    assert (asked.returncode, asked.stdout) == (2, "")
    assert "broken-loss 1.2" in asked.stderr


def test_two_outside_losses_may_not_share_an_id(monkeypatch):
    points = [EntryPoint(name, "no_such_module:X", "stalelaw.surrogates") for name in ("b", "a")]
    found = collect(points)
    assert found.losses == own_surrogates()
    assert [r.name for r in found.rejected] == ["a", "b"]
    loss = own_surrogates()[0]
    twice = EntryPoint("twice", f"{__name__}:X", "stalelaw.surrogates")
    monkeypatch.setattr(EntryPoint, "load", lambda self: [loss, loss])
    assert "taken by stalelaw itself" in collect([twice]).rejected[0].reason
