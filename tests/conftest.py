"""Skips that may not happen (STALELAW_REQUIRE=tex,trl fails the session for one), and no verdict of earlier runs.

The workers of one session (``pytest -n 2 --dist loadgroup``) share the verdicts; the tests of one file run in one of
them, so that what they share is made once. A test with a group of its own goes to whichever worker is free.
"""

import os
from pathlib import Path

import pytest
from filelock import FileLock


def required():
    """The markers named by STALELAW_REQUIRE, comma separated."""
    return [name.strip() for name in os.environ.get("STALELAW_REQUIRE", "").split(",") if name.strip()]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    names = [name for name in required() if item.get_closest_marker(name)]
    if report.skipped and not hasattr(report, "wasxfail") and names:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"STALELAW_REQUIRE={','.join(names)} forbids this skip: {reason}"
    return report


class Missing(pytest.Item):
    """Stands for required tests that are not there, and fails."""

    def runtest(self):
        raise pytest.UsageError(self.name)


def pytest_itemcollected(item):
    if item.get_closest_marker("xdist_group") is None:
        item.add_marker(pytest.mark.xdist_group(item.path.name))


def lateness(item):
    """The number in ``late(n)``, 0 without."""
    marker = item.get_closest_marker("late")
    return marker.args[0] if marker else 0


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(session, items):
    items.sort(key=lateness)
    names = [name for name in required() if not any(item.get_closest_marker(name) for item in items)]
    if names:  # an error here would not get through from a worker
        wanted = f"STALELAW_REQUIRE expects tests marked {', '.join(names)}; none was collected"
        items[:] = [Missing.from_parent(session, name=wanted)]


@pytest.fixture(autouse=True, scope="session")
def verdicts_of_this_session_only(request, tmp_path_factory):
    """No test sees a verdict that was kept before the session; whatever the tests start inherits this."""
    before = os.environ.get("STALELAW_CACHE_DIR")
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if hasattr(request.config, "workerinput") else folder
    os.environ["STALELAW_CACHE_DIR"] = str(shared / "verdicts")
    yield
    if before is None:
        del os.environ["STALELAW_CACHE_DIR"]
    else:
        os.environ["STALELAW_CACHE_DIR"] = before


@pytest.fixture(scope="session")
def deriving(verdicts_of_this_session_only):
    """A lock for what derives the whole theory: the second finds the verdicts of the first."""
    folder = Path(os.environ["STALELAW_CACHE_DIR"])
    folder.mkdir(exist_ok=True)
    return FileLock(folder / "deriving.lock")
