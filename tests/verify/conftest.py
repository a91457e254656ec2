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


@pytest.fixture(scope="session")
def reference():
    path = pathlib.Path(__file__).with_name("reference.py")
    spec = importlib.util.spec_from_file_location("naive_reference", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Reference


@pytest.fixture
def scaled(monkeypatch):
    """Multiply one formula of one claim by a factor, as the measurements see it."""

    def apply(claim, name, factor):
        real = get(claim)
        if name:
            mutant = dataclasses.replace(real, formulas={**real.formulas, name: factor * real.formulas[name]})
        else:
            mutant = dataclasses.replace(real, formula=factor * real.formula)
        monkeypatch.setattr(constants, "get", lambda wanted: mutant if wanted == claim else get(wanted))
        constants._compiled.cache_clear()

    yield apply
    constants._compiled.cache_clear()
