"""Shared fixtures. The reference is loaded from its file, so that it imports nothing by accident."""

import dataclasses
import importlib.util
import pathlib

import pytest
import torch
from stalelaw.theory.claims import get
from stalelaw.verify import constants


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """Enumerated problems are small: threads would wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def beside(file):
    """The module in a file of this folder."""
    path = pathlib.Path(__file__).with_name(file)
    spec = importlib.util.spec_from_file_location(f"stalelaw_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def reference():
    return beside("reference.py").Reference


@pytest.fixture(scope="session")
def naive():
    """Losses and populations written out in plain Python."""
    return beside("naive_losses.py")


@pytest.fixture
def altered(monkeypatch):
    """Replace formulas of one claim by name, as the measurements see it; ``main`` is the one without a name."""

    def apply(claim, **formulas):
        real = get(claim)
        main = formulas.pop("main", real.formula)
        mutant = dataclasses.replace(real, formula=main, formulas={**real.formulas, **formulas})
        monkeypatch.setattr(constants, "get", lambda wanted: mutant if wanted == claim else get(wanted))
        constants._compiled.cache_clear()

    yield apply
    constants._compiled.cache_clear()


@pytest.fixture
def changed(altered):
    """Put ``change(formula)`` for one formula of a claim; without a name for the main one."""

    def apply(claim, change, name=""):
        real = get(claim)
        altered(claim, **{name or "main": change(real.formulas[name] if name else real.formula)})

    return apply


@pytest.fixture
def scaled(changed):
    """Multiply one formula of one claim by a factor."""
    return lambda claim, name, factor: changed(claim, lambda formula: factor * formula, name)


class Tape:
    """Results of one function in the order of its calls: the first measurement makes them, the others read them."""

    def __init__(self, function):
        self.function, self.made, self.at = function, [], 0

    def __call__(self, *args, **kwargs):
        numbers = [x for x in (*args, *kwargs.values()) if isinstance(x, (int, float, str))]
        if self.at == len(self.made):
            self.made.append((numbers, self.function(*args, **kwargs)))
        known, result = self.made[self.at]
        assert numbers == known, "what is shared depends on the formula"
        self.at += 1
        return result


@pytest.fixture
def taped(monkeypatch):
    """Make what functions return once: ``taped({module: names})`` gives a function that starts them all again."""

    def apply(functions):
        tapes = []
        for module, names in functions.items():
            for name in names:
                tapes.append(Tape(getattr(module, name)))
                monkeypatch.setattr(module, name, tapes[-1])

        def rewind():
            for tape in tapes:
                tape.at = 0

        return rewind

    return apply
