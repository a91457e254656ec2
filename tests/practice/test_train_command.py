"""``stalelaw train`` where its folder cannot be used: bad input that names the path and says what to do (last rung)."""

import errno
import os

import pytest
from stalelaw.verify.studies import saved


def test_a_folder_that_cannot_be_made_is_bad_input(invoke, tmp_path):
    (tmp_path / "mlp-0").write_text("a file")
    answer = invoke("train", "mlp", "--out", tmp_path, code=2)
    assert answer.out == ""
    assert "expected a folder that takes the runs" in answer.err
    assert f"{tmp_path / 'mlp-0'}" in answer.err
    assert "choose another --out" in answer.err


@pytest.mark.parametrize(
    ("number", "advice"),
    [(errno.ENOSPC, "free some space and run again"), (errno.EROFS, "choose another --out"), (errno.EACCES, "--out")],
)
def test_a_disk_that_takes_no_more_is_bad_input(invoke, tmp_path, monkeypatch, number, advice):
    def refuse(*arguments):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(saved.os, "fsync", refuse)
    answer = invoke("train", "mlp", "--out", tmp_path, code=2)
    assert f"got {tmp_path} ({os.strerror(number)})" in answer.err
    assert advice in answer.err
    assert ("free some space" in answer.err) == (number == errno.ENOSPC)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_of_other_runs_is_bad_input(invoke, tmp_path):
    (tmp_path / "mlp-0").mkdir()
    (tmp_path / "mlp-0" / "run.json").write_text('{"eta": 1}\n')
    answer = invoke("train", "mlp", "--out", tmp_path, code=2)
    assert "expected a run with" in answer.err
    assert "choose another folder" in answer.err


def test_a_foreign_state_is_bad_input(invoke, tmp_path):
    states = tmp_path / "mlp-0" / "states"
    states.mkdir(parents=True)
    (states / "foo.safetensors").write_bytes(b"")
    answer = invoke("train", "mlp", "--out", tmp_path, code=2)
    assert "foo.safetensors" in answer.err
    assert "move it elsewhere" in answer.err
