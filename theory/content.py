"""Content keys: one hash of everything that the verdict on a claim depends on.

A key covers every field of the claim (statements, schemas and arguments of its steps, models, formulas), the symbols
that occur with their assumptions and units, the keys of the earlier claims used, the source text of the engines, lemmas
and shared objects, and the versions of the packages that compute. Two claims with one id have different keys as soon as
they differ anywhere. What cannot be hashed faithfully, such as a model class without a source file, has no key.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import sympy
from sympy.core.function import AppliedUndef, UndefinedFunction

from . import assumptions
from .lemmas import LEMMAS, Lemma
from .objects import SHARED
from .proof.models import Model, Table, World
from .proof.records import Assumption, Claim, Definition, Rel, Step
from .proof.structure import all_assumptions
from .snapshot import PACKAGES, version
from .symbols import INDICES, TABLE

__all__ = ["APART", "PACKAGES", "Keys", "environment", "lemma_key"]

ROOT = Path(__file__).parent
APART = ("claims", "render")
"""Folders whose text is not hashed: a claim counts by its content, printing decides nothing. All else is hashed."""
_SIGNS = ("real", "positive", "nonnegative", "integer", "commutative")
_LOADED = time.time()
_SETTLED_S = 2.0  # a source edited this shortly before it was loaded may not be what was loaded


class _NoKeyError(Exception):
    """Something has no faithful hash; whatever depends on it is not cached."""


def _source(path: Path) -> bytes:
    try:
        about = path.stat()  # a file that was put here with its old date has a younger time of change
        if max(about.st_mtime, about.st_ctime) > _LOADED - _SETTLED_S:
            raise _NoKeyError(f"{path} may have changed since it was loaded")
        return path.read_bytes()
    except OSError as error:
        raise _NoKeyError(f"no source at {path}") from error


@cache
def _digest_of(*paths: Path) -> str:
    digest = sha256()
    for path in paths:
        text = _source(path)
        digest.update(f"{path.name} {len(text)}\n".encode() + text)
    return digest.hexdigest()


@cache
def environment() -> str:
    """Hash of the sources that decide verdicts and of the versions of what computes."""
    paths = [p for p in sorted(ROOT.rglob("*.py")) if p.relative_to(ROOT).parts[0] not in APART]
    versions = [f"{package} {version(package)}" for package in PACKAGES]
    names = [p.relative_to(ROOT).as_posix() for p in paths]
    return _hash([names, _digest_of(*paths), versions, list(sys.version_info[:2]), sys.implementation.name])


def lemma_key(lemma: Lemma, draws: int, seed: int) -> str | None:
    """Key of a lemma's property test, None where its source is not known."""
    try:
        body = [lemma.id, lemma.tex, draws, seed, _origin(lemma.probe.__module__), _origin(lemma.instance.__module__)]
        return _hash(["lemma", environment(), body])
    except _NoKeyError:
        return None


class Keys:
    """Keys of claims, each made once; the claims must live as long as this object."""

    def __init__(self) -> None:
        self._known: dict[int, str | None] = {}

    def of(self, claim: Claim) -> str | None:
        """The content key, None where something about the claim cannot be hashed."""
        if id(claim) not in self._known:
            try:
                self._known[id(claim)] = _hash(["claim", environment(), _Content(self).claim(claim)])
            except (_NoKeyError, TypeError, ValueError, ArithmeticError, RecursionError):
                self._known[id(claim)] = None
        return self._known[id(claim)]


def _hash(data: Any) -> str:
    return sha256(json.dumps(data, sort_keys=True, ensure_ascii=True, allow_nan=False).encode()).hexdigest()


def _origin(module: str) -> str:
    """Where code comes from: the name of a module that is hashed anyway or of SymPy, else also the hash of its text."""
    package = __name__.rpartition(".")[0]
    hashed = module.startswith(f"{package}.") and module.removeprefix(f"{package}.").split(".")[0] not in APART
    if hashed or module.split(".")[0] == "sympy":
        return module
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None:
        raise _NoKeyError(f"the source of {module} is not known")
    return f"{module} {_digest_of(Path(file))}"


class _Content:
    """A claim as plain nested lists; symbols are numbered in order of appearance, so that dummies have stable names."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self.numbers: dict[Any, int] = {}
        self.declared: list[Any] = []
        self.records: dict[int, int] = {}
        self.known: dict[Any, Any] = {}

    def claim(self, claim: Claim) -> list[Any]:
        body = [[f.name, self.data(getattr(claim, f.name))] for f in fields(Claim) if f.name != "steps"]
        steps = [self.step(step) for step in claim.steps]
        # which assumptions are one record and which only look alike
        identities = [[a.id, self.record(a)] for a in all_assumptions(claim)]
        return [body, steps, identities, self.declared]

    def step(self, step: Step) -> list[Any]:
        schema: Any = step.schema
        if isinstance(schema, Assumption | Definition):
            shared = any(schema is s for s in (*SHARED, *vars(assumptions).values()))
            text = [schema.tex, schema.everywhere] if isinstance(schema, Assumption) else ""
            reads = self.data(schema.at(*step.args))
            schema = [type(schema).__name__, schema.id, schema.title, text, shared, self.record(schema), reads]
        else:
            schema = self.data(schema)
        lemma = LEMMAS.get(step.by) if step.kind == "lemma" else None
        origin = lemma and [lemma.id, _origin(lemma.instance.__module__)]
        plain = [step.id, step.kind, list(step.uses), step.why, step.by]
        return [plain, self.data(step.statement), self.data(step.args), schema, origin]

    def record(self, record: Any) -> int:
        return self.records.setdefault(id(record), len(self.records))

    def data(self, value: Any) -> Any:
        """Plain data that is equal only for equal values.

        Raises:
            _NoKeyError: there is none.
        """
        if value is None or isinstance(value, bool | int | str):
            return value
        if isinstance(value, Fraction):
            return ["fraction", str(value)]
        if isinstance(value, float):
            return ["float", value.hex()]
        if isinstance(value, sympy.Basic):
            return self.expression(value)
        if isinstance(value, UndefinedFunction):
            return ["function", self.number(value)]
        if isinstance(value, Rel):
            return ["relation", self.data(value.lhs), value.op, self.data(value.rhs)]
        if isinstance(value, Claim):
            key = self.keys.of(value)
            if key is None:
                raise _NoKeyError(f"the claim {value.id} has no key")
            return ["claim", key]
        if isinstance(value, tuple | list):
            return ["sequence", *(self.data(v) for v in value)]
        if isinstance(value, Mapping):
            return ["mapping", *([self.data(k), self.data(v)] for k, v in value.items())]
        if isinstance(value, range):
            return ["range", value.start, value.stop, value.step]
        if isinstance(value, Model) and type(value) not in (Table, World):
            raise _NoKeyError(f"a model of the class {type(value).__name__} may depend on anything")
        if is_dataclass(value) and _origin(type(value).__module__):
            classes = [[c.__qualname__, _origin(c.__module__)] for c in type(value).__mro__ if c is not object]
            return ["record", classes, *([f.name, self.data(getattr(value, f.name))] for f in fields(value))]
        raise _NoKeyError(f"no faithful hash of {type(value).__name__}")

    def expression(self, e: Any) -> Any:
        if e in self.known:
            return self.known[e]
        if isinstance(e, sympy.Symbol):
            found: Any = self.number(e)
        elif isinstance(e, AppliedUndef):
            found = ["apply", self.number(e.func), *(self.expression(a) for a in e.args)]
        elif isinstance(e, sympy.Rational):
            found = ["rational", f"{e.p}/{e.q}"]
        elif not e.args:
            found = [type(e).__name__, sympy.srepr(e)]
        else:
            kind = f"{type(e).__name__} {_origin(type(e).__module__)}"
            found = [kind, *(self.expression(a) for a in e.args)]
        self.known[e] = found
        return found

    def number(self, symbol: Any) -> int:
        """The number of a symbol or function, declared at its first appearance with all that is registered of it."""
        if symbol not in self.numbers:
            self.numbers[symbol] = len(self.declared)
            self.declared.append(None)
            self.declared[self.numbers[symbol]] = self.declaration(symbol)
        return self.numbers[symbol]

    def declaration(self, symbol: Any) -> list[Any]:
        if isinstance(symbol, sympy.Symbol):
            kind = f"{type(symbol).__name__} {_origin(type(symbol).__module__)}"
            name, signs = symbol.name, sorted((k, v) for k, v in symbol.assumptions0.items())
        else:
            kind, name = "function", symbol.__name__
            signs = [(k, v) for k in _SIGNS if (v := symbol._kwargs.get(k)) is not None]
        row = None if isinstance(symbol, sympy.Dummy) else TABLE.get(name)
        registered = row and [row.tex, row.unit, row.meaning, row.is_vector, bool(row.symbol == symbol)]
        return [kind, name, signs, registered, isinstance(symbol, sympy.Symbol) and symbol in INDICES]
