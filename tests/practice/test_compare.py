"""``derive --compare``: laws beside a user's numbers, what is missing, and hostile input."""

import math

import pytest
from stalelaw.theory.comparisons import all_comparisons

USER = ["derive", "--compare", "--eta", "1e-6", "--staleness", "16"]
FULL = [*USER, "--horizon", "320", "--smoothness", "1000", "--constant", "a=1.6e-6", "--constant", "b=3.2e-5"]


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")


def laws(answer):
    return {row["id"]: row for row in answer.json["laws"]}


def test_the_document_has_every_law_and_the_convention(invoke):
    answer = invoke(*FULL, "--json")
    body = answer.json
    assert (body["schema_version"], body["stalelaw_version"], body["lag_convention"]) == (1, "0.1.0", "periodic-sync")
    assert (body["given"]["staleness"], body["max_lag"]) == (16, 15)
    assert body["given"]["constants"] == {"a": 1.6e-6, "b": 3.2e-5}
    assert list(laws(answer)) == [law.id for law in all_comparisons()]
    assert (
        sum(body["counts"][k] for k in ("inside", "outside", "unknown")) == body["counts"]["laws"] == len(body["laws"])
    )
    assert "phi slot" in body["caveat"]
    for row in body["laws"]:
        for key in ("limit", "inside", "staleness_max"):
            assert (row[key] is None) <= (key in row["reasons"])
        assert row["sureness"]
        assert row["lag"]
        assert isinstance(row["phi_slot"], bool)


def test_limits_and_verdicts(invoke):
    found = laws(invoke(*FULL, "--json"))
    assert found["paper-rule"]["limit"] == pytest.approx(1e-7)
    assert found["paper-rule"]["inside"] is False
    assert found["paper-rule"]["reasons"]["staleness_max"] == "not even S = 1 is within the limit"
    assert found["delay-quad"]["limit"] == pytest.approx(2e-3 * math.sin(math.pi / 62))
    assert found["delay-quad"]["inside"] is True
    assert found["delay-gd-pl"]["staleness_max"] == 901  # 0.9/(1000 (S-1)) reaches 1e-6 at S = 901
    assert found["kolos22-bounded"]["inside"] is None


def test_a_missing_constant_says_how_to_supply_it(invoke):
    (row,) = invoke(*USER, "stich20", "--json").json["laws"]
    assert (row["limit"], row["inside"], row["staleness_max"]) == (None, None, None)
    assert [need["option"] for need in row["needs"]] == ["--smoothness", "--constant M_noise=VALUE"]
    text = " ".join(invoke(*USER, "stich20").out.split())
    assert "needs L, M_noise" in text
    assert "L: --smoothness (Lipschitz constant of the gradient)" in text


def test_without_numbers_it_lists_the_laws(invoke):
    body = invoke("derive", "--compare", "--json").json
    assert body["counts"] == {
        "laws": len(all_comparisons()),
        "inside": 0,
        "outside": 0,
        "unknown": len(all_comparisons()),
    }
    assert body["max_lag"] is None


def test_a_named_law_is_printed_in_full(invoke):
    text = " ".join(invoke(*FULL, "kolos22-adapt", "sync-stale", "--constant", "n_flight=8").out.split())
    for phrase in ("2206.08307", "lag: tau_t is the age", "not for: staleness of the phi slot", "inside (for some eta"):
        assert phrase in text
    assert "stich20" not in text
    assert "stalelaw derive stale-only-sync" in text


def test_the_table_names_lag_slot_and_sureness(invoke):
    text = " ".join(invoke(*FULL).out.split())
    for phrase in ("S-1 no proved here", "S yes proved here", "none yes", "Outside a sufficient law means"):
        assert phrase in text
    loud = invoke("derive", "--compare", "delay-quad", "--eta", "1", "--staleness", "9", "--smoothness", "3").out
    assert "OUTSIDE the edge" in loud


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ("--eta 0", "eta"),
        ("--eta nan", "finite"),
        ("--eta inf", "finite"),
        ("--eta=-1", "above 0"),
        ("--staleness 0", "above 0"),
        ("--staleness 1.5", "whole number"),
        ("--staleness nan", "whole number"),
        ("--staleness inf", "whole number"),
        ("--horizon 0", "above 0"),
        ("--smoothness -0.0", "above 0"),
        ("--constant a", "NAME=VALUE"),
        ("--constant a=", "a number"),
        ("--constant a=x", "write it as a=0.5"),
        ("--constant a=1e999", "finite"),
        ("--constant a=1 --constant a=2", "two of them"),
        ("--constant A_fres=1", "did you mean A_fresh"),
        ("--constant __class__=1", "NAME=VALUE"),
        ("--constant eta=1", "NAME=VALUE"),
        ("stich19", "did you mean stich20"),
        ("drift", "ids of laws"),
        ("--list", "--compare alone"),
        ("--mutants", "--compare alone"),
        ("--format md", "--compare alone"),
    ],
)
def test_bad_input(options, text, invoke):
    answer = invoke("derive", "--compare", *options.split(), "--json", code=2)
    assert answer.out == ""
    assert text in " ".join(answer.err.split())


@pytest.mark.parametrize("option", ["--eta", "--staleness", "--horizon", "--smoothness", "--constant"])
def test_numbers_without_compare_are_refused(option, invoke):
    answer = invoke("derive", "crossover", option, "1", "--json", code=2)
    assert answer.out == ""
    assert f"--compare with {option}" in answer.err


def test_text_of_a_terminal_is_not_echoed_raw(invoke):
    answer = invoke("derive", "--compare", "--constant", "a\x1b[31m=1", code=2)
    assert "\x1b" not in answer.err


def test_numbers_at_the_ends_of_float64(invoke):
    for eta, smoothness in (("5e-324", "1e308"), ("1e308", "5e-324")):
        body = invoke("derive", "--compare", "--eta", eta, "-S", "1e15", "-L", smoothness, "--json").json
        assert len(body["laws"]) == len(all_comparisons())


def test_help_teaches(invoke):
    text = " ".join(invoke("derive", "--help").out.split())
    assert "--compare --eta 1e-6 --staleness 16" in text
    assert "the largest lag is S-1" in text
