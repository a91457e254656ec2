"""Runs on a grid of (η, S, T) under a known hazard: what the boundary laws are measured on."""

# pyright: reportUnknownMemberType=false
from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from .constants import predict
from .problems import generator
from .verdicts import Measurement
from .walks import directions, drift, first_step

__all__ = ["A", "B", "Setting", "collapsed", "grid", "largest"]

A, B = 0.9, 2.1
"""The planning constants of the hazard; G_upd = 1."""


@dataclass(frozen=True)
class Setting:
    """Learning rate, sync interval and horizon of one run, and the seed of its direction."""

    eta: float
    S: int
    T: int
    seed: int

    def __str__(self) -> str:
        return f"eta={self.eta:.4g}, S={self.S}, T={self.T}"


def grid(seed: int) -> list[Setting]:
    """Learning rates around both bounds, three intervals, two horizons."""
    rates = [0.01 * 1.07**k for k in range(60)]
    return [Setting(eta, s, t, seed) for s in (1, 4, 16) for t in (8, 32) for eta in rates]


def collapsed(run: Setting, off: bool) -> bool:
    """Whether an aligned walk has gone R_crit = B by step T; with ``off`` the hazard is none up to S·η = A."""
    return not (off and run.eta * run.S <= A) and _far(run.eta, run.T, run.seed)


@cache
def _far(eta: float, steps: int, seed: int) -> bool:
    line = directions(1, 3, generator(seed)).expand(steps, 3)
    return first_step(drift(line, eta), lambda d: d >= B) is not None


def largest(claim: str, name: str, run: Setting) -> tuple[float, Measurement]:
    """η_max of a law at the run's S and T, and the run's own η as the measurement."""
    bound = predict(claim, name, a=A, b=B, S=run.S, T=run.T)
    return bound, Measurement(run.eta, n=run.T, seed=run.seed)
