"""Beyond the radius: which clips jump, where the ladder breaks, and how large a step along a line is."""

import json

import pytest
import torch
from stalelaw.verify.studies import beyond


def test_clips_that_jump_jump_and_the_others_do_not():
    found = beyond.across(1, points=61)
    for curve in found["curves"]:
        assert curve["jump_inside"] < 1e-10
        assert (curve["jump"] > 1e-2) == (curve["clip"] == "jump")
        assert curve["jump"] > 1e-2 or curve["jump"] < 1e-9


def test_a_run_beyond_the_radius_breaks_the_lower_rung():
    made = [beyond.measure_beyond(0, index) for index in beyond.INDICES[3:14:5]]
    assert any(each.outside and each.clip == "jump" and not each.ladder.bottom_holds for each in made)
    for each in made:
        assert each.outside or each.ladder.bottom_holds
    json.dumps(beyond.summary(made), allow_nan=False)


def test_size_of_a_step_along_a_line(monkeypatch):
    monkeypatch.setattr(
        beyond,
        "_along",
        lambda objective, theta, phi, places: torch.stack([torch.sin(5 * places), (places > 0.371) * 0.02], 1),
    )
    assert beyond.largest_jump(None, {}, {}, points=1025) == pytest.approx(0.02, rel=1e-6)
    monkeypatch.setattr(beyond, "_along", lambda objective, theta, phi, places: torch.sin(5 * places)[:, None])
    assert beyond.largest_jump(None, {}, {}) < 1e-10
