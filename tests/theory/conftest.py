"""The whole theory, derived once per session; other processes of the session find the verdicts kept."""

import pytest
from stalelaw.theory.cache import user_cache
from stalelaw.theory.derive import derive


@pytest.fixture(scope="session")
def verdicts():
    """Verdicts on the cited lemmas and on every claim, in order; tests must not change them."""
    return derive(cache=user_cache())
