"""The whole answer is kept for the theory on disk: any change of source, version or outside loss loses it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from stalelaw.theory import snapshot
from stalelaw.theory.snapshot import Snapshot

ANSWER = {"claims": [], "counts": {"claims": 0}}


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A copy of the theory that may be edited."""
    root = tmp_path / "theory"
    shutil.copytree(Path(snapshot.__file__).parent, root, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(snapshot, "__file__", str(root / "snapshot.py"))
    return root


def kept(folder, mutants=False):
    return Snapshot(folder, mutants).load()


def test_an_answer_is_found_again_with_its_question(tmp_path, sources):
    assert kept(tmp_path) is None
    Snapshot(tmp_path, False).keep(ANSWER)
    assert kept(tmp_path) == ANSWER
    assert kept(tmp_path, mutants=True) is None
    assert Snapshot(None, False).load() is None
    Snapshot(None, False).keep(ANSWER)  # nowhere to keep it, no error


@pytest.mark.parametrize("file", ["claims/drift.py", "proof/check.py", "surrogates/grpo.py", "lemmas/norms.py"])
def test_a_changed_source_loses_it_and_the_old_text_finds_it(tmp_path, sources, file):
    Snapshot(tmp_path, False).keep(ANSWER)
    text = (sources / file).read_text()
    (sources / file).write_text(text + "\n")
    assert kept(tmp_path) is None
    (sources / file).write_text(text)
    assert kept(tmp_path) == ANSWER
    (sources / file).rename(sources / "claims" / "renamed.py")
    assert kept(tmp_path) is None


def test_a_source_that_changes_while_the_answer_is_made_keeps_nothing(tmp_path, sources):
    before = Snapshot(tmp_path, False)
    path = sources / "claims" / "drift.py"
    text = path.read_text()
    path.write_text(text + "\n")
    before.keep(ANSWER)
    path.write_text(text)
    assert kept(tmp_path) is None


def test_another_version_or_an_outside_loss_loses_it(tmp_path, sources, monkeypatch):
    Snapshot(tmp_path, False).keep(ANSWER)
    with monkeypatch.context() as other:
        other.setattr(snapshot, "version", lambda package: "0")
        assert kept(tmp_path) is None
    with monkeypatch.context() as other:
        other.setattr(snapshot.metadata, "entry_points", lambda group: ["a loss"])
        assert kept(tmp_path) is None
        Snapshot(tmp_path, False).keep(ANSWER)
    assert kept(tmp_path) == ANSWER


def test_what_is_kept_is_no_answer_unless_it_is_an_object(tmp_path, sources):
    Snapshot(tmp_path, False).keep(["no object"])
    assert kept(tmp_path) is None


def test_the_command_answers_without_sympy_the_second_time(verdicts):
    """The session's verdicts make the first run quick; the second is the same text."""
    program = (
        "import sys; from stalelaw.practice.cli import main\n"
        "sys.argv = ['stalelaw', 'derive', '--json']\n"
        "try: main()\n"
        "finally: print('sympy' in sys.modules, file=sys.stderr)"
    )
    first, second = (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True) for _ in range(2)
    )
    assert first.stdout == second.stdout
    assert len(first.stdout) > 100_000
    assert second.stderr.strip() == "False"
