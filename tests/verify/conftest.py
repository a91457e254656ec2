"""Shared fixtures. The reference is loaded from its file, so that it imports nothing by accident."""

import importlib.util
import pathlib

import pytest
import torch


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
