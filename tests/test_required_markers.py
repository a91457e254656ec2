"""The hook that turns forbidden skips into failures, run on small sessions of its own."""

from pathlib import Path

import pytest

HOOK = Path(__file__).with_name("conftest.py").read_text()
TESTS = """
import pytest

@pytest.mark.tex
@pytest.mark.skipif({missing}, reason="latexmk is not installed")
def test_typesets():
    pass

@pytest.mark.trl
def test_trains():
    if {missing}:
        pytest.skip("no trl")

def test_other():
    pytest.skip("always")
"""


@pytest.fixture
def session(pytester, monkeypatch):
    """Run the small session with a value of STALELAW_REQUIRE."""

    def run(require, missing, *arguments):
        monkeypatch.setenv("STALELAW_REQUIRE", require)
        pytester.makeini("[pytest]\nmarkers =\n  tex: needs TeX\n  trl: needs TRL\n")
        pytester.makeconftest(HOOK)
        pytester.makepyfile(TESTS.format(missing=missing))
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:hypothesispytest", *arguments)

    return run


def test_without_it_a_skip_is_a_skip(session):
    result = session("", True)
    result.assert_outcomes(skipped=3)
    assert result.ret == 0


def test_a_required_skip_fails_by_mark_and_by_call(session):
    result = session("tex, trl", True)
    result.assert_outcomes(errors=1, failed=1, skipped=1)  # a mark skips in the set-up, where a failure is an error
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*STALELAW_REQUIRE=tex forbids this skip: *latexmk is not installed*"])


def test_only_the_named_markers_are_required(session):
    session("trl", True).assert_outcomes(failed=1, skipped=2)


def test_nothing_is_changed_where_nothing_is_missing(session):
    result = session("tex,trl", False)
    result.assert_outcomes(passed=2, skipped=1)
    assert result.ret == 0


@pytest.mark.parametrize("workers", ["0", "1"])
def test_required_tests_that_are_not_collected_fail_the_session(session, workers):
    result = session("tex,trl", False, "-k", "trains", "-n", workers)
    assert result.ret == 1
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*expects tests marked tex; none was collected*"])
