"""Verdicts kept by content: whatever decides a verdict is in the key, and no file on disk is believed blindly."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest
import stalelaw.theory
from stalelaw.theory import content, derive
from stalelaw.theory.api import Assumption, Rel, assume, inequality
from stalelaw.theory.cache import Cache, user_cache
from stalelaw.theory.claims import all_claims, get
from stalelaw.theory.content import Keys
from stalelaw.theory.lemmas import LEMMAS
from stalelaw.theory.proof import solvers
from stalelaw.theory.proof.models import Table
from stalelaw.theory.symbols import TABLE, G_upd, S_max, eta

THEORY = Path(stalelaw.theory.__file__).parent
EXAMPLES = Path(__file__).parents[2] / "examples" / "theorems"


def key(claim):
    found = Keys().of(claim)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def settled(monkeypatch):
    """Sources count as settled, however recently this checkout was written."""
    monkeypatch.setattr(content, "_LOADED", float("inf"))
    forget()
    yield
    forget()


def forget():
    content.environment.cache_clear()
    content._digest_of.cache_clear()


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


def files(cache, kind="claim"):
    return sorted(cache.folder.glob(f"{kind}-*.json"))


@pytest.fixture
def never(monkeypatch):
    """From here on nothing may be checked."""
    for name in ("check_claim", "mutants"):
        monkeypatch.setattr(derive, name, lambda *_, **__: pytest.fail("checked although it was kept"))


def test_every_claim_has_a_key_of_its_own_and_the_same_one_again():
    keys = [key(claim) for claim in all_claims()]
    assert len(set(keys)) == len(keys)
    derive.derive([get("crossover"), get("score-norm")])  # checking leaves traces in SymPy's caches
    assert keys == [key(claim) for claim in all_claims()]


def test_keys_do_not_depend_on_the_process():
    code = (
        "from stalelaw.theory import content; content._LOADED = float('inf')\n"
        "from stalelaw.theory.claims import all_claims\nkeys = content.Keys()\n"
        "print(*[keys.of(c) for c in all_claims()])"
    )
    seeds = ["1", "2"]
    told = [
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": s}, capture_output=True, text=True
        ).stdout.split()
        for s in seeds
    ]
    assert told[0] == told[1] == [key(claim) for claim in all_claims()]


def changed(claim, **new):
    return replace(claim, steps=(*claim.steps[:-1], replace(claim.steps[-1], **new)))


def test_every_part_of_a_claim_is_in_its_key():
    claim = get("drift")
    last = claim.steps[-1]
    world = claim.attained[0]
    others = [
        replace(claim, title="another"),
        replace(claim, kind="lower"),
        replace(claim, formula=2 * claim.formula),
        replace(claim, formulas={"x": eta}),
        replace(claim, conclusions=("count",)),
        replace(claim, necessity={}),
        replace(claim, attained=claim.attained[:1]),
        replace(claim, attained=(replace(world, lag=1), *claim.attained[1:])),
        replace(claim, attained=(replace(world, values={**world.values, G_upd: 2}), *claim.attained[1:])),
        replace(claim, not_tight="because"),
        replace(claim, logits=True),
        changed(claim, statement=Rel(last.statement.lhs, "<", last.statement.rhs)),
        changed(claim, statement=Rel(last.statement.lhs, "<=", 2 * last.statement.rhs)),
        changed(claim, uses=last.uses[1:]),
        changed(claim, kind="identity"),
    ]
    keys = [key(other) for other in (claim, *others)]
    assert len(set(keys)) == len(keys)


def test_an_assumption_record_counts_by_what_it_says_and_by_which_record_it_is():
    def record(factor):
        return Assumption("MINE", "mine", "$x$", lambda: Rel(eta, "<=", factor * S_max))

    def claim(first, second):
        steps = (assume("a", first), assume("b", second), inequality("c", eta, "<=", 2 * S_max, "a b"))
        return replace(get("crossover"), steps=steps, conclusions=("c",))

    one, other = record(1), record(1)
    assert key(claim(one, one)) == key(claim(other, other))
    assert key(claim(one, one)) != key(claim(one, other))  # two records of one id are a mistake that must be told
    lying = replace(one, at=lambda: Rel(eta, "<=", 3 * S_max))
    steps = (replace(assume("a", one), schema=lying), *claim(one, one).steps[1:])
    assert key(replace(claim(one, one), steps=steps)) != key(claim(one, one))


def test_an_earlier_claim_counts_by_its_content():
    claim = get("lag-drift")
    (place,) = [i for i, s in enumerate(claim.steps) if s.kind == "claim"]
    forged = replace(get("drift"), steps=get("drift").steps[1:])
    steps = [replace(s, schema=forged) if i == place else s for i, s in enumerate(claim.steps)]
    assert key(replace(claim, steps=tuple(steps))) != key(claim)


@pytest.mark.parametrize("change", [{"unit": "param"}, {"is_vector": True}, {"tex": "x"}], ids=str)
def test_the_registered_symbols_are_in_the_key(monkeypatch, change):
    before, other = key(get("drift")), key(get("crossover"))
    monkeypatch.setitem(TABLE, "G_upd", replace(TABLE["G_upd"], **change))
    assert key(get("drift")) != before
    assert key(get("crossover")) == other  # it does not speak of G_upd


def test_the_sign_of_a_symbol_is_in_the_key():
    import sympy

    free = sympy.Symbol("eta", real=True)
    claim = get("crossover")
    positive, real = (
        changed(claim, statement=Rel(x, "<=", x)) for x in (eta, free)
    )  # the same name, another declaration
    assert key(positive) != key(real)


@pytest.mark.parametrize(
    "source", ["proof/check.py", "proof/worker.py", "lemmas/norms.py", "symbols/run.py", "objects.py"]
)
def test_the_source_of_the_engines_and_lemmas_is_in_the_key(monkeypatch, source):
    before, whole = key(get("drift")), content._source
    assert (THEORY / source).is_file()
    monkeypatch.setattr(content, "_source", lambda p: whole(p) + (b"# edited" if p == THEORY / source else b""))
    forget()
    assert key(get("drift")) != before


@pytest.mark.parametrize("package", content.PACKAGES)
def test_versions_are_in_the_key(monkeypatch, package):
    before, real = key(get("drift")), content._version
    monkeypatch.setattr(content, "_version", lambda p: "0" if p == package else real(p))
    forget()
    assert key(get("drift")) != before


def test_a_source_edited_while_it_was_loaded_gives_no_key(monkeypatch):
    monkeypatch.setattr(content, "_LOADED", 0.0)
    forget()
    assert Keys().of(get("drift")) is None
    assert content.lemma_key(LEMMAS["triangle"], 200, 0) is None


def test_a_model_class_without_source_gives_no_key():
    class Odd(Table):
        def __call__(self, atom):
            return Fraction(1)

    Odd.__module__ = "nowhere"
    assert Keys().of(replace(get("crossover"), attained=(Odd({}),))) is None


def test_every_module_that_the_engines_import_is_hashed():
    """The import graph from the checker, the mutants and the lemmas stays inside the hashed sources."""
    hashed = {THEORY / s for s in content.SOURCES}
    queue, seen = [THEORY / "proof" / n for n in ("check.py", "mutants.py", "worker.py")], set()
    queue += sorted((THEORY / "lemmas").glob("*.py"))
    while queue:
        path = queue.pop()
        if path in seen:
            continue
        seen.add(path)
        assert path in hashed or path.parent in hashed or path.parents[1] in hashed, path
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = (
                    path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
                    if node.module
                    else path.parents[node.level - 1]
                )
                for target in (base, *(base / alias.name for alias in node.names)):
                    for found in (target.with_suffix(".py"), target / "__init__.py"):
                        if found.is_file() and found != THEORY / "__init__.py":
                            queue.append(found)
    assert len(seen) > 15


def test_a_kept_verdict_is_the_verdict(cache, never, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(content, "_LOADED", float("inf"))
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
