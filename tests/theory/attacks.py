"""What the attacks on the prover share: the whole language of claims, toy claims, and the test that none is proved."""
# ruff: noqa: F401, F403, F405

import pytest
import sympy
from stalelaw.theory import symbols as _symbols
from stalelaw.theory.api import *
from stalelaw.theory.derive import derive
from stalelaw.theory.proof.records import Claim as _Claim
from stalelaw.theory.symbols import *
from sympy import Abs, Integer, Max, Min, Rational, Sum, sqrt

globals().update({k: v for k, v in vars(_symbols).items() if not k.startswith("_")})
n = (i_out, 1, n_out)
x = log_rho  # real, no declared sign
z = z_char
pairs = (iota, 1, N_pairs)
_BUILT = {}


@pytest.fixture(autouse=True)
def units_refuse_nothing(monkeypatch):
    """The toy statements mix units at will: here only the engines may refuse them."""
    monkeypatch.setattr("stalelaw.theory.proof.check.audit", lambda claim: [])


def attack(build):
    """A function that builds a claim, or a list of which the last is meant: false, or a false one would follow."""
    _BUILT.setdefault(build.__module__, {})[build.__name__] = build
    return build


def toy(name, *steps, concl=None, kind="upper", **more):
    """A claim of nothing but steps; the last one concludes."""
    found = concl or (steps[-1].id,)
    return _Claim(name, name, kind, "", "", steps=tuple(steps), conclusions=found, not_tight="x", **more)


def below(symbol, value, name="B"):
    return Assumption(name, "b", "b", lambda: Rel(symbol, "<", value))


def nothing_false_is_proved(module):
    """The test of the attacks that a module makes: each cannot even be written, or is refuted or undecided."""
    built = _BUILT[module]

    @pytest.mark.parametrize("name", sorted(built))
    def test(name):
        try:
            found = built[name]()
            verdicts = derive(found if isinstance(found, list) else [found])
        except ValueError:
            return
        assert verdicts[-1].status in ("refuted", "undecided")

    return test
