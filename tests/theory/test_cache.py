"""Verdicts kept between runs: they come back as they were, and no file on disk is believed blindly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from stalelaw.theory import derive
from stalelaw.theory.api import Rel
from stalelaw.theory.cache import Cache, user_cache
from stalelaw.theory.claims import get
from stalelaw.theory.lemmas import LEMMAS
from stalelaw.theory.proof import solvers

from .keys import changed, key

pytestmark = pytest.mark.usefixtures("settled")

EXAMPLES = Path(__file__).parents[2] / "examples" / "theorems"


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


def files(cache, kind="claim"):
    return sorted(cache.folder.glob(f"{kind}-*.json"))


def test_a_kept_verdict_is_the_verdict(cache, monkeypatch):
    fresh = derive.derive([get("score-norm")], cache=cache)
    made = derive.perturb(fresh, cache=cache)
    monkeypatch.setattr(derive, "check_claim", lambda *_, **__: pytest.fail("checked although it was kept"))
    monkeypatch.setattr(derive, "mutants", lambda *_, **__: pytest.fail("perturbed although it was kept"))
    kept = derive.derive([get("score-norm")], cache=cache)
    assert kept == fresh
    assert derive.perturb(kept, cache=cache) == made
    assert derive.document(kept, made, cache) == derive.document(fresh, made)


def test_a_property_test_is_kept_by_the_source_of_its_lemma(cache, monkeypatch):
    lemma = LEMMAS["triangle"]
    assert derive.property_test(lemma, cache=cache) == 0
    monkeypatch.setattr(derive.random, "Random", lambda seed: pytest.fail("drawn although it was kept"))
    assert derive.property_test(lemma, cache=cache) == 0


def test_what_rests_on_a_time_out_is_not_kept(cache, monkeypatch):
    def slow(claim, proved):
        solvers._timed_out.append("x")
        return real(claim, proved)

    real = derive.check_claim
    monkeypatch.setattr(derive, "check_claim", slow)
    derive.derive([get("crossover")], cache=cache)
    assert not cache.folder.exists()


def test_an_undecided_claim_is_not_kept_and_a_refuted_one_is(cache):
    derive.derive([replace(get("lag-drift"), steps=get("lag-drift").steps[:1], conclusions=())], cache=cache)
    claim = get("crossover")
    wrong = changed(claim, statement=Rel(claim.steps[-1].statement.lhs, "<=", claim.steps[-1].statement.rhs))
    kept = [derive.derive([wrong], cache=cache)[0] for _ in range(2)]
    assert kept[0] == kept[1]
    assert kept[0].status == "refuted"
    assert len([f for f in files(cache) if '"crossover"' in f.read_text()]) == 1


def rewritten(path, change):
    entry = json.loads(path.read_text())
    change(entry["body"])
    text = json.dumps([entry["kind"], entry["key"], entry["body"]], sort_keys=True)
    path.write_text(json.dumps(entry | {"checksum": sha256(text.encode()).hexdigest()}))


def test_an_edited_file_cannot_turn_a_false_claim_into_a_proved_one(cache):
    """Short of forging every step and the checksum, and then the file is still only good for this very content."""
    claim = get("crossover")
    wrong = changed(claim, statement=Rel(claim.steps[-1].statement.lhs, "<=", claim.steps[-1].statement.rhs))
    derive.derive([wrong], cache=cache)
    (path,) = files(cache)
    genuine = path.read_text()
    path.write_text(genuine.replace('"refuted"', '"proved"'))  # the checksum does not fit
    assert derive.derive([wrong], cache=cache)[0].status == "refuted"
    path.write_text(genuine)
    rewritten(path, lambda body: body.update(status="proved"))  # the checksum fits, the steps do not
    assert cache.verdict(wrong, key(wrong)) is None
    assert derive.derive([wrong], cache=cache)[0].status == "refuted"
    derive.derive([claim], cache=cache)  # the true claim's file under the false claim's name
    (other,) = [f for f in files(cache) if f != path]
    path.write_bytes(other.read_bytes())
    assert derive.derive([wrong], cache=cache)[0].status == "refuted"
    assert json.loads(path.read_text())["key"] == key(wrong)  # and it is mended


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.update(claim="drift"),
        lambda body: body["steps"].pop(),
        lambda body: body["steps"][0].update(status="certain"),
        lambda body: body["steps"][0].update(seconds=-1),
        lambda body: body["steps"][0].update(seconds=float("nan")),
        lambda body: body["steps"][0].update(more=1),
        lambda body: body["steps"][0].update(engine=None),
        lambda body: body["steps"][0].update(witness=[1]),
        lambda body: body.update(problems=["odd"]),
        lambda body: body.pop("missing"),
    ],
)
def test_a_file_that_does_not_fit_is_not_there(cache, change):
    claim = get("crossover")
    derive.derive([claim], cache=cache)
    (path,) = files(cache)
    rewritten(path, change)
    assert cache.verdict(claim, key(claim)) is None


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"kind": "claim"}', b"0" * 9 * 2**20]
)
def test_a_broken_file_is_not_there_and_is_rewritten(cache, text):
    claim = get("crossover")
    derive.derive([claim], cache=cache)
    (path,) = files(cache)
    genuine = json.loads(path.read_text())["body"]
    path.write_bytes(text)
    assert derive.derive([claim], cache=cache)[0].status == "proved"
    again = json.loads(path.read_text())["body"]
    for body in (genuine, again):
        for step in body["steps"]:
            step["seconds"] = 0
    assert again == genuine


def test_links_and_folders_are_not_read(cache, tmp_path):
    claim = get("crossover")
    derive.derive([claim], cache=cache)
    (path,) = files(cache)
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")
    assert cache.verdict(claim, key(claim)) is None
    path.unlink()
    path.mkdir()
    assert derive.derive([claim], cache=cache)[0].status == "proved"


def test_a_folder_that_cannot_be_written_is_harmless(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", Path("/proc/none") if Path("/proc").is_dir() else tmp_path / "file" / "x", None):
        (verdict,) = derive.derive([get("crossover")], cache=Cache(folder))
        assert verdict.status == "proved"


def test_a_full_disk_is_harmless(cache, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    assert derive.derive([get("crossover")], cache=cache)[0].status == "proved"
    assert list(cache.folder.iterdir()) == []


def test_many_processes_may_write_at_once(tmp_path):
    command = [sys.executable, "-m", "stalelaw", "derive", "crossover", "drift", "--json"]
    environment = os.environ | {"STALELAW_CACHE_DIR": str(tmp_path)}

    def run(_):
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(run, range(4)))
    assert {d.returncode for d in done} == {0}
    assert all(json.loads(d.stdout)["counts"]["claims"] == 2 for d in done)
    for path in (tmp_path / "verdicts").iterdir():
        assert path.suffix == ".json"
        json.loads(path.read_text())


def test_old_files_go_and_young_ones_stay(cache):
    derive.derive([get("crossover")], cache=cache)
    (old,) = files(cache)
    os.utime(old, (0, 0))
    derive.derive([get("score-norm")], cache=Cache(cache.folder.parent))
    assert old not in files(cache)
    assert len(files(cache)) == 1


def test_an_authors_claim_is_kept_by_content_too(cache, tmp_path):
    file = tmp_path / "theorem.py"
    file.write_text((EXAMPLES / "right.py").read_text())
    derive.derive(derive.claims_in_file(file), cache=cache)
    (kept,) = files(cache)
    derive.derive(derive.claims_in_file(file), cache=cache)
    assert files(cache) == [kept]
    file.write_text((EXAMPLES / "right.py").read_text().replace('"<=", 1)', '"<=", 2)'))  # the same id, a false theorem
    (verdict,) = derive.derive(derive.claims_in_file(file), cache=cache)
    assert verdict.status == "refuted"


def test_where_verdicts_are_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("STALELAW_CACHE_DIR", str(tmp_path / "mine"))
    assert user_cache().folder == tmp_path / "mine" / "verdicts"
    monkeypatch.delenv("STALELAW_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert user_cache().folder == tmp_path / "xdg" / "stalelaw" / "verdicts"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert user_cache().folder is None


def test_the_command_line_keeps_verdicts_unless_told_not_to(tmp_path):
    environment = os.environ | {"STALELAW_CACHE_DIR": str(tmp_path)}
    for more, kept in (["--no-cache"], False), ([], True):
        command = [sys.executable, "-m", "stalelaw", "derive", "crossover", "--json", *more]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        assert any(tmp_path.iterdir()) == kept


def test_a_file_that_anybody_may_write_is_not_read(cache):
    claim = get("crossover")
    derive.derive([claim], cache=cache)
    (path,) = files(cache)
    assert cache.verdict(claim, key(claim)) is not None
    path.chmod(0o666)
    assert cache.verdict(claim, key(claim)) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_in_the_place_of_a_file_holds_nobody_up(cache):
    claim = get("crossover")
    derive.derive([claim], cache=cache)
    (path,) = files(cache)
    path.unlink()
    os.mkfifo(path)
    assert cache.verdict(claim, key(claim)) is None
