"""The whole theory, derived once per session; other workers and processes of the session find the verdicts kept."""

import pytest
from stalelaw.theory import content
from stalelaw.theory.cache import user_cache
from stalelaw.theory.derive import derive
from stalelaw.theory.render import document

from .keys import forget


@pytest.fixture(scope="session")
def verdicts(deriving):
    """Verdicts on the cited lemmas and on every claim, in order; tests must not change them."""
    with deriving:
        return derive(cache=user_cache())


@pytest.fixture(scope="session")
def built(verdicts):
    """The whole theory as the data that every format prints."""
    return document.build(verdicts)


@pytest.fixture
def settled(monkeypatch):
    """Sources count as settled, however recently this checkout was written."""
    monkeypatch.setattr(content, "_LOADED", float("inf"))
    forget()
    yield
    forget()
