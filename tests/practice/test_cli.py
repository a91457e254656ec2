"""The command line as a process: what it imports, its exit codes and streams."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from stalelaw.practice.errors import BadInput, printable
from stalelaw.practice.jsonio import dumps, write_atomic

PLAN = ["plan", "--a", "1.6e-6", "--b", "3.2e-5", "--staleness", "16", "--horizon", "320", "--json"]


def process(*arguments, **environment):
    command = [sys.executable, "-m", "stalelaw.practice.cli", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | environment, timeout=120
    )


def modules_after(*arguments):
    code = (
        "import sys\nfrom stalelaw.practice.cli import main\n"
        f"sys.argv = ['stalelaw', *{[str(x) for x in arguments]!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    print(end.code, *sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    exit_code, *names = done.stderr.split()
    assert exit_code in ("0", "None")
    return set(names)


def test_help_loads_neither_torch_nor_sympy_nor_their_friends():
    loaded = modules_after("--help")
    assert "stalelaw.practice.cli" in loaded
    assert loaded.isdisjoint({"torch", "sympy", "numpy", "pydantic", "matplotlib", "z3"})


@pytest.mark.parametrize("command", ["calibrate", "plan"])
def test_command_help_loads_neither(command):
    assert modules_after(command, "--help").isdisjoint({"torch", "sympy", "numpy"})


def test_plan_and_calibrate_work_without_torch(runs):
    assert "torch" not in modules_after(*PLAN)
    assert "sympy" in modules_after(*PLAN)  # the probe does see what is loaded
    assert "torch" not in modules_after("calibrate", runs / "S16_lr1e-3.json", "--infer-staleness", "--json")


def test_one_json_document_on_stdout():
    done = process(*PLAN)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["eta_max"] == 1e-7


def test_bad_input_leaves_stdout_empty(tmp_path):
    done = process("calibrate", tmp_path / "no.json", "--staleness", 1, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert all(word in done.stderr for word in ("expected", "got", "no.json"))


@pytest.mark.parametrize("arguments", [["nonsense"], ["plan", "--nonsense"], ["calibrate"], ["plan", "--a", "x"]])
def test_usage_errors_exit_2(arguments):
    done = process(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_gate_exit_code_of_the_process():
    done = process(*PLAN, "--eta", "1e-6")
    assert done.returncode == 1
    assert json.loads(done.stdout)["gate"]["inside"] is False


def test_version():
    done = process("--version")
    assert (done.returncode, done.stdout.split()[0]) == (0, "stalelaw")


def test_a_terminal_without_unicode_does_not_end_a_command(write_log, learns):
    path = write_log("läuft_π.json", learns)
    done = process("calibrate", path, "--staleness", 1, PYTHONIOENCODING="ascii")
    assert done.returncode == 0


@pytest.mark.parametrize("debug", ["", "1"])
def test_an_internal_error_is_exit_3_and_short(debug, invoke, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("\x1b[31mwires crossed")

    monkeypatch.setattr("stalelaw.practice.plan.plan", broken)
    monkeypatch.setenv("STALELAW_DEBUG", debug)
    answer = invoke(*PLAN, code=3)
    assert answer.out == ""
    assert "internal error: RuntimeError" in answer.err
    assert "report" in answer.err
    assert ("Traceback" in answer.err) == (debug == "1")


def test_help_teaches(invoke):
    for command in ("calibrate", "plan"):
        text = invoke(command, "--help").out
        assert "Examples:" in text
        assert f"stalelaw {command}" in text
    assert "Exit codes" in invoke("--help").out


def test_json_refuses_what_is_not_finite():
    with pytest.raises(ValueError, match="JSON compliant"):
        dumps({"x": float("nan")})


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    target = tmp_path / "x.json"
    target.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(BadInput, match="No space left"):
        write_atomic(target, "new")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("x.json", "old")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("command", ["plan", "calibrate", "derive", "list", "check"])
def test_a_full_disk_under_stdout_is_no_internal_error(command, as_json, runs):
    arguments = {
        "plan": PLAN[:-1],
        "calibrate": ["calibrate", str(runs / "S16_lr1e-3.json"), "--infer-staleness"],
        "derive": ["derive", "crossover"],
        "list": ["derive", "--list"],
        "check": ["check", "--claim", "crossover"],
    }[command]
    refused([sys.executable, "-m", "stalelaw.practice.cli", *arguments, *(["--json"] if as_json else [])])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_written_report_on_a_full_disk_is_no_internal_error(tmp_path):
    code = (
        "import sys\nfrom stalelaw.practice.cli import main\nfrom stalelaw.practice.report import build\n"
        "build.build = lambda effort, out, *rest: out\nsys.argv = ['stalelaw', *sys.argv[1:]]\nmain()\n"
    )
    refused([sys.executable, "-c", code, "report", "--out", str(tmp_path / "out")])


def refused(line):
    """A command whose stdout takes nothing is refused as bad input, in one line on stderr."""
    with open("/dev/full", "w") as full:
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=120)
    assert done.returncode == 2
    assert "No space left" in done.stderr
    assert done.stderr.count("\n") == 1


def test_devices_are_never_replaced():
    with pytest.raises(BadInput, match="not a regular file"):
        write_atomic(Path("/dev/null"), "x")


def test_printable_strips_control_characters():
    assert printable("a\x1b[2Jb\n") == "a?[2Jb?"
    assert len(printable("x" * 5000)) == 1000
