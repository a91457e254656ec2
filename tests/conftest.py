"""Skips that may not happen: with STALELAW_REQUIRE=tex,trl a skipped test so marked fails the session."""

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
