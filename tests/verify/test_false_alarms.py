"""How often true claims are called violated by chance: the verdict rule keeps its rate, and a suite stays below 1 %."""

import dataclasses
import math

import pytest
import torch
from scipy import stats
from stalelaw.verify import verdicts
from stalelaw.verify.false_alarms import false_alarms


def random_rows(count, n=30):
    m = verdicts.Measurement(1.0, stderr=0.1, n=n)
    return [verdicts.compare_exact("c", "F", 1.0, m, "", rtol=1e-12)] * count


def test_only_random_comparisons_count():
    exact = verdicts.compare_exact("c", "F", 1.0, verdicts.Measurement(1.0), "", rtol=1e-12)
    found = false_alarms([exact, exact, verdicts.not_measured("d", "cited"), *random_rows(3)])
    assert (found.random, found.deterministic) == (3, 2)
    assert found.rate == pytest.approx(3 * 2 * stats.norm.sf(5.0))
    assert false_alarms([exact]).rate == 0.0
    assert "no chance" in false_alarms([exact]).how


def test_a_suite_of_a_thousand_random_comparisons_stays_below_one_percent_and_a_lax_rule_would_not(monkeypatch):
    assert false_alarms(random_rows(1000)).rate <= 0.01
    monkeypatch.setattr("stalelaw.verify.false_alarms.Z_LIMIT", 3.0)
    assert false_alarms(random_rows(1000)).rate == 1.0


@pytest.mark.parametrize("n", [3, 8, 40])
def test_the_verdict_rule_keeps_its_rate_at_every_n(monkeypatch, n):
    """At two standard errors, where the rate can be seen: 20 000 true claims, n draws each, one look."""
    monkeypatch.setattr(verdicts, "Z_LIMIT", 2.0)
    verdicts.reach.cache_clear()
    trials, wanted = 20_000, 2.0 * stats.norm.sf(2.0)
    draws = torch.randn(trials, n, generator=torch.Generator().manual_seed(n), dtype=torch.float64)
    means, errors = draws.mean(1), draws.std(1) / math.sqrt(n)
    found = 0
    for mean, error in zip(means.tolist(), errors.tolist(), strict=True):
        m = verdicts.Measurement(mean, stderr=error, n=n)
        found += verdicts.compare_exact("c", "F", 0.0, m, "", rtol=1e-12, scale=1.0).status == "violated"
    verdicts.reach.cache_clear()
    assert stats.binomtest(found, trials, wanted).pvalue > 1e-4
    normal = float(((means / errors).abs() > 2.0).double().mean())  # the rule that takes t for normal
    assert (normal > 1.5 * wanted) == (n < 40)


def test_a_standard_error_needs_draws_and_a_number():
    with pytest.raises(ValueError, match="n >= 2"):
        verdicts.Measurement(1.0, stderr=0.1)
    lost = verdicts.compare_exact("c", "F", 2.0, verdicts.Measurement(1.0, stderr=math.nan, n=5), "", rtol=1e-12)
    assert lost.status == "undecided"
    assert dataclasses.replace(lost, stderr=None).as_dict()["stderr"] is None
