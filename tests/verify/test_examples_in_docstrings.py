"""The examples in the docstrings of the measuring room."""

import doctest
import importlib

import pytest

MODULES = (
    *("advantages", "constants", "peers", "policies.sequence", "policies.tabular", "populations.losses"),
    *("populations.responses", "runs.lag", "slopes"),
    *("studies.trained", "tasks", "verifiable"),
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    result = doctest.testmod(importlib.import_module(f"stalelaw.verify.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
