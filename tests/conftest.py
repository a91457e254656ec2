"""Skips that may not happen (STALELAW_REQUIRE=tex,trl fails the session for one), and no verdict of earlier runs."""

import os

import pytest


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


def pytest_collection_finish(session):
    names = [name for name in required() if not any(item.get_closest_marker(name) for item in session.items)]
    if names:
        raise pytest.UsageError(f"STALELAW_REQUIRE expects tests marked {', '.join(names)}; none was collected")


@pytest.fixture(autouse=True, scope="session")
def verdicts_of_this_session_only(tmp_path_factory):
    """No test sees a verdict that was kept before the session; whatever the tests start inherits this."""
    before = os.environ.get("STALELAW_CACHE_DIR")
    os.environ["STALELAW_CACHE_DIR"] = str(tmp_path_factory.mktemp("verdicts"))
    yield
    if before is None:
        del os.environ["STALELAW_CACHE_DIR"]
    else:
        os.environ["STALELAW_CACHE_DIR"] = before
