"""Content keys: whatever decides the verdict on a claim changes its key."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import stalelaw.theory
import sympy
from stalelaw.theory import content, derive
from stalelaw.theory.api import Assumption, Rel, assume, inequality
from stalelaw.theory.claims import all_claims, get
from stalelaw.theory.content import Keys
from stalelaw.theory.lemmas import LEMMAS
from stalelaw.theory.proof.models import Table
from stalelaw.theory.symbols import TABLE, G_upd, S_max, eta

from .keys import changed, forget, key

pytestmark = pytest.mark.usefixtures("settled")

THEORY = Path(stalelaw.theory.__file__).parent


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
    before, real = key(get("drift")), content.version
    monkeypatch.setattr(content, "version", lambda p: "0" if p == package else real(p))
    forget()
    assert key(get("drift")) != before


def test_a_source_edited_while_it_was_loaded_gives_no_key(monkeypatch):
    monkeypatch.setattr(content, "_LOADED", 0.0)
    forget()
    assert Keys().of(get("drift")) is None
    assert content.lemma_key(LEMMAS["triangle"], 200, 0) is None


def test_a_model_of_another_class_gives_no_key():
    """What it answers may depend on what no source tells: a variable of a function around it, the time of day."""

    class Odd(Table):
        def __call__(self, atom):
            return Fraction(1)

    assert Keys().of(replace(get("crossover"), attained=(Odd({}),))) is None


@pytest.mark.skipif(sys.platform == "win32", reason="no time of change there")
def test_a_source_put_here_with_its_old_date_gives_no_key(monkeypatch, tmp_path):
    file = tmp_path / "old.py"
    file.write_text("")
    os.utime(file, (0, 0))
    monkeypatch.setattr(content, "_LOADED", time.time() - 60)
    with pytest.raises(content._NoKeyError):
        content._source(file)


def test_a_word_and_a_number_are_told_apart():
    data = content._Content(Keys()).data
    assert data("1/2") != data(sympy.Rational(1, 2)) != data(Fraction(1, 2))


def test_every_module_that_the_engines_import_is_hashed():
    """From the checker, the mutants, the solvers' worker and the lemmas no import leads to the claims.

    Printing may be reached, from the surrogates' tables; it decides nothing.
    """
    queue, seen = [THEORY / "proof" / n for n in ("check.py", "mutants.py", "worker.py")], set()
    queue += sorted((THEORY / "lemmas").glob("*.py"))
    while queue:
        path = queue.pop()
        place = path.relative_to(THEORY).parts[0]
        if path in seen or place == "render":
            continue
        seen.add(path)
        assert place != "claims", path
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
                for target in (base, *(base / alias.name for alias in node.names)):
                    files = (target.with_suffix(".py"), target / "__init__.py")
                    queue += [f for f in files if f.is_file() and f.is_relative_to(THEORY)]
    assert len(seen) > 15
    assert set(content.APART) == {"claims", "render"}
