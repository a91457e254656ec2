"""The examples in the docstrings of this room have the answers they show."""

import doctest
import importlib

import pytest


@pytest.mark.parametrize("name", ["errors", "console", "outcome", "plan"])
def test_docstring_examples(name):
    result = doctest.testmod(importlib.import_module(f"stalelaw.practice.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
