"""Losses of this package and of installed distributions, which register theirs under the entry-point group below.

What does not load, is no loss, clashes or is outside the language is left out, with its distribution; the rest stands.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from .. import ENTRY_POINTS
from ..proof.records import Claim
from ..proof.wellformed import well_typed
from . import own_surrogates
from .derivation import loss_claim
from .record import Surrogate

__all__ = ["Registered", "Rejected", "collect", "loss_claims", "registered"]


@dataclass(frozen=True)
class Rejected:
    """A registered loss that was left out: entry point, distribution with version, and why."""

    name: str
    distribution: str
    reason: str

    def __str__(self) -> str:
        return (
            f"the loss {self.name!r} registered by the distribution {self.distribution} is left out: {self.reason};"
            " repair or uninstall that distribution"
        )


@dataclass(frozen=True)
class Registered:
    """The losses in the order of the table, who they are from (own ones: empty), and what was left out."""

    losses: tuple[Surrogate, ...]
    origin: dict[str, str]
    rejected: tuple[Rejected, ...]


@cache
def registered() -> Registered:
    """Own losses first, then those of installed distributions by name; read once per process."""
    return collect(entry_points(group=ENTRY_POINTS))


def collect(points: Iterable[EntryPoint]) -> Registered:
    """Own losses and those of these entry points."""
    origin = {loss.id: "" for loss in own_surrogates()}
    losses, rejected = list(own_surrogates()), list[Rejected]()
    for point in sorted(points, key=lambda p: (_distribution(p), p.name)):
        who = _distribution(point)
        try:
            for loss in _losses(point):
                if loss.id in origin:
                    owner = origin[loss.id] or "stalelaw itself"
                    raise ValueError(f"the id {loss.id!r} is taken by {owner}")
                for step in loss_claim(loss).steps:
                    well_typed(step.statement)
                losses.append(loss)
                origin[loss.id] = who
        except (Exception, SystemExit) as error:  # whatever foreign code raises must not break the rest
            reason = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
            rejected.append(Rejected(point.name, who, reason))
    return Registered(tuple(losses), origin, tuple(rejected))


def loss_claims() -> tuple[Claim, ...]:
    """The derived claim of every loss, in the order of the table."""
    return tuple(loss_claim(loss) for loss in registered().losses)


def _distribution(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else "(unknown distribution)"


def _losses(point: EntryPoint) -> list[Surrogate]:
    with redirect_stdout(sys.stderr):  # what a foreign module prints is not part of our answer
        found: Any = point.load()
    losses: list[Any] = [*found] if isinstance(found, list | tuple) else [found]  # pyright: ignore[reportUnknownVariableType]
    wrong = [type(x).__name__ for x in losses if not isinstance(x, Surrogate)]
    if wrong or not losses:
        raise ValueError(f"expected {point.value} to be a Surrogate or a list of them, got {wrong or 'an empty list'}")
    return losses
