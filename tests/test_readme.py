"""Every command that the README shows is run, and every line of output that it shows is in the real output."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^ *```console( slow)?\n(.*?)^ *```$", README, re.MULTILINE | re.DOTALL)


def commands(block):
    """(command, exit code, shown lines) of one block."""
    found = []
    for line in map(str.strip, block.splitlines()):
        if line.startswith("$ "):
            command, _, remark = line[2:].partition(" #")
            code = re.search(r"exit (\d)", remark)
            found.append((command.strip(), int(code[1]) if code else 0, []))
        else:
            found[-1][2].append(line)
    return found


FAST = [commands(block) for slow, block in BLOCKS if not slow]
SLOW = [commands(block) for slow, block in BLOCKS if slow]


def squeeze(text):
    return re.sub(r"\s+", " ", text)


def missing(shown, output):
    """The first shown line that does not follow the ones before it, up to white space; None when all do."""
    place, text = 0, squeeze(output)
    for line in shown:
        place = text.find(squeeze(line), place)
        if place < 0:
            return line
        place += len(squeeze(line))
    return None


@pytest.mark.parametrize("block", FAST, ids=lambda block: block[0][0][:60])
def test_commands_do_what_is_shown(block, tmp_path):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {"PATH": path, "COLUMNS": "110"}
    for command, code, shown in block:
        done = subprocess.run(command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == code, f"{command}\n{done.stdout}{done.stderr}"
        assert missing(shown, done.stdout + done.stderr) is None, f"{command}\n{done.stdout}{done.stderr}"


def test_the_comparison_sees_a_wrong_number_and_a_wrong_order():
    assert missing(["eta_max  1e-07", "regime x"], " eta_max 1e-07 \n regime x") is None
    assert missing(["eta_max  2e-07"], " eta_max 1e-07") == "eta_max  2e-07"
    assert missing(["b", "a"], "a\nb") == "a"


def test_the_blocks_are_found():
    shown = [command for block in FAST for command, _, _ in block]
    for word in ("derive --list", "derive --file", "check", "calibrate", "plan --preset"):
        assert any(word in command for command in shown), word
    assert sum(len(block) for block in SLOW) >= 3


def test_make_targets_that_are_shown_exist():
    if not (ROOT / "Makefile").exists():
        pytest.skip("no Makefile beside the tests")
    targets = set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(re.findall(r"```.*?```|`[^`\n]+`", README, re.DOTALL))))
    assert {"report", "test", "venv"} <= targets
    rules = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert targets <= rules
    help_text = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(re.findall(r"make ([a-z]+)", help_text.stdout)) <= rules


def test_the_table_of_claims_is_up_to_date():
    spec = importlib.util.spec_from_file_location("readme_claims", ROOT / "tools" / "readme_claims.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.updated(README) == README, "run: make readme"


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://arxiv.org/") or (ROOT / target).exists(), target
