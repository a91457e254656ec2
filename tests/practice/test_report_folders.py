"""Folders a report may replace or publish into, checked directly: what is not a report's own stays as it is."""

import hashlib
import json
import os
from pathlib import Path

import pytest
from stalelaw.practice.errors import BadInput
from stalelaw.practice.report import build, publish

NAMES = ("index.html", "verdicts.json", "derivation.tex", "figures/bias.png", "figures/bias.svg")
VERDICTS = {"schema_version": 1, "stalelaw_version": "0.1.0", "provenance": {"files": list(NAMES)}}


def fill(folder, **changed):
    (folder / "figures").mkdir(parents=True)
    for name in NAMES:
        (folder / name).write_text(name)
    (folder / "verdicts.json").write_text(json.dumps({**VERDICTS, **changed}))
    return folder


def content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


def refused(out, match):
    before = content(out)
    with pytest.raises(BadInput, match=match):
        build.checked_output(out)
    assert content(out) == before


def test_new_empty_and_older_reports_are_accepted(tmp_path):
    (tmp_path / "empty").mkdir()
    for out in (tmp_path / "new" / "deep", tmp_path / "empty", fill(tmp_path / "old")):
        assert build.checked_output(out) == out
    (tmp_path / "old" / "figures" / "bias.png").unlink()
    assert build.checked_output(tmp_path / "old") == tmp_path / "old"


def test_somebody_elses_page_under_the_names_of_a_report_stays(invoke, tmp_path, monkeypatch):
    monkeypatch.setattr(build, "collect", lambda *_: pytest.fail("measured although the folder is bad"))
    site = tmp_path / "site"
    (site / "figures").mkdir(parents=True)
    (site / "index.html").write_text("MY")
    (site / "figures" / "mine.png").write_text("x")
    answer = invoke("report", "--quick", "--out", site, code=2)
    assert "figures/mine.png" in answer.err
    assert content(site) == {"index.html": b"MY", "figures": None, "figures/mine.png": b"x"}
    assert [entry.name for entry in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("name", ["figures/mine.png", "notes/thesis.tex", "figures/deep/bias.png", ".git/config"])
def test_one_foreign_file_in_an_older_report_is_named(tmp_path, name):
    out = fill(tmp_path / "report")
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    (out / name).write_text("mine")
    refused(out, name.rsplit("/", 1)[0])


def test_links_and_empty_folders_are_foreign(tmp_path):
    (tmp_path / "mine").write_text("mine")
    for name in ("index.html", "figures/bias.png", "verdicts.json"):
        out = fill(tmp_path / name.replace("/", "-"))
        (out / name).unlink()
        (out / name).symlink_to(tmp_path / "mine")
        refused(out, "which holds")
    out = fill(tmp_path / "folder")
    (out / "notes").mkdir()
    refused(out, "notes/")


@pytest.mark.parametrize(
    "changed",
    [
        {"schema_version": None},
        {"stalelaw_version": None},
        {"provenance": None},
        {"provenance": {}},
        {"provenance": {"files": "index.html"}},
        {"provenance": {"files": [["index.html"], 3]}},
    ],
)
def test_other_json_called_verdicts_is_no_report(tmp_path, changed):
    refused(fill(tmp_path / "report", **changed), r"derivation\.tex")


@pytest.mark.parametrize("text", ["", "[]", "{", "\ufeff", "[" * 100_000])
def test_a_broken_verdicts_file_is_no_report(tmp_path, text):
    out = fill(tmp_path / "report")
    (out / "verdicts.json").write_text(text, encoding="utf-8")
    refused(out, r"derivation\.tex")


def test_a_listed_name_outside_a_report_stays_foreign(tmp_path):
    out = fill(tmp_path / "report", provenance={"files": [*NAMES, "thesis.tex"]})
    (out / "thesis.tex").write_text("mine")
    refused(out, r"thesis\.tex")


@pytest.mark.parametrize("below", [".", "figures"])
def test_a_report_around_the_current_directory_stays(tmp_path, monkeypatch, below):
    out = fill(tmp_path / "report")
    monkeypatch.chdir(out / below)
    refused(out, "current directory")
    refused(Path("." if below == "." else ".."), "current directory")


def test_the_empty_current_directory_is_accepted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert build.checked_output(Path()) == tmp_path


def read_only(monkeypatch, folder):
    able = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != folder and able(path, mode))


def test_a_folder_that_cannot_be_written_is_refused(tmp_path, monkeypatch):
    read_only(monkeypatch, tmp_path)
    for check in (build.checked_output, publish.check):
        with pytest.raises(BadInput, match="cannot be written"):
            check(tmp_path / "new")


def published(folder):
    (folder / "figures").mkdir(parents=True)
    names = ("index.html", "verdicts.json", "figures/bias.png")
    for name in names:
        (folder / name).write_text(name)
    files = {name: hashlib.sha256(name.encode()).hexdigest() for name in names}
    (folder / "stamp.json").write_text(json.dumps({"source_hash": "0", "files": files}))
    return folder


def test_new_other_and_published_folders_may_be_published_into(tmp_path):
    publish.check(tmp_path / "new" / "deep")
    assert list(tmp_path.iterdir()) == []
    folder = tmp_path / "reports"
    fill(folder / "build")
    (folder / "README.md").write_text("mine")
    publish.check(folder, folder / "build")
    publish.check(published(tmp_path / "again"))
    publish.check(Path(__file__).resolve().parents[2] / "reports")


@pytest.mark.parametrize("name", ["index.html", "verdicts.json", "figures/bias.png", "stamp.json"])
def test_a_foreign_file_under_the_name_of_a_copy_is_refused_before_any_work(invoke, tmp_path, monkeypatch, name):
    monkeypatch.setattr(build, "collect", lambda *_: pytest.fail("measured although the folder is bad"))
    (tmp_path / "mine" / "figures").mkdir(parents=True)
    for folder in (tmp_path / "mine", published(tmp_path / "changed")):
        (folder / name).write_text("mine")
        before = content(folder)
        answer = invoke("report", "--quick", "--out", tmp_path / "report", "--publish", folder, code=2)
        assert name in answer.err
        assert content(folder) == before
    assert not (tmp_path / "report").exists()


def test_a_publish_folder_below_a_file_in_the_report_or_behind_a_link_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file", tmp_path / "file" / "deep"):
        with pytest.raises(BadInput, match="is a file"):
            publish.check(folder)
    for folder in (tmp_path / "report", tmp_path / "report" / "copies"):
        with pytest.raises(BadInput, match="lies in the report"):
            publish.check(folder, tmp_path / "report")
    folder = published(tmp_path / "linked")
    (folder / "index.html").rename(tmp_path / "index.html")
    (folder / "index.html").symlink_to(tmp_path / "index.html")
    with pytest.raises(BadInput, match=r"index\.html"):
        publish.check(folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": [], "source_hash": "0"}'])
def test_another_stamp_is_refused(tmp_path, text):
    (tmp_path / "stamp.json").write_text(text)
    with pytest.raises(BadInput, match=r"stamp\.json"):
        publish.check(tmp_path)
