"""K_φ in its three closed forms against L, G and ε_hi: by groups, by responses, by responses on the diagonal.

Every formula and every supremum comes from a claim record; the suprema are the enclosed upper bounds.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from ..theory.claims import get
from .constants import closed, predict

__all__ = ["Row", "by_responses", "constants_table", "enclosed", "on_the_diagonal", "slope_bounds"]


@functools.cache
def enclosed() -> tuple[int, ...]:
    """Return the group sizes whose suprema are enclosed; for G = 2 and 3 the weight is constant and they are 0."""
    names = get("weight-slope-enclosures").formulas
    return tuple(sorted(int(name[2:]) for name in names if name[:2] == "b_" and name[2:].isdigit()))


def slope_bounds(group_size: int) -> tuple[float, float]:
    """Return upper bounds on sup_p |w_G'| sqrt(p(1−p)) and sup_p |w_G'| p(1−p), population std without offset.

    Raises:
        ValueError: G is below 2 or has no enclosure.
    """
    if group_size in (2, 3):
        return 0.0, 0.0
    if group_size not in enclosed():
        raise ValueError(f"expected a group size of {(2, 3, *enclosed())}, got {group_size}")
    claim = "weight-slope-enclosures"
    return predict(claim, f"b_{group_size}"), predict(claim, f"c_{group_size}")


def by_responses(group_size: int, length: int, top: float = 1.0) -> float:
    """Return the bound of claim ``response-constants`` on K_φ, any θ and φ; ``top`` is max_x P(x). Unit 1/param²."""
    b = slope_bounds(group_size)[0]
    return predict("response-constants", "K_phi", P_top=top, G=float(group_size), L=float(length), b_top=b)


def on_the_diagonal(group_size: int, length: int, top: float = 1.0) -> float:
    """Return the smaller bound on ‖∂_φH(θ,θ)‖ of claims ``response-diagonal`` and ``response-constants``."""
    c = slope_bounds(group_size)[1]
    own = predict("response-diagonal", "K_diagonal", P_top=top, G=float(group_size), L=float(length), c_top=c)
    return min(own, by_responses(group_size, length, top))


@dataclass(frozen=True)
class Row:
    """One point of the table, all upper bounds on K_φ in units of logits, one prompt."""

    length: int
    group_size: int
    eps_hi: float
    group_level: float
    response_level: float
    diagonal: float


def constants_table(lengths: Iterable[int], group_sizes: Iterable[int], eps_hi: float) -> list[Row]:
    """Return K_φ by groups (valid while ratios stay below 1+ε_hi) and by responses, for every length and group size.

    Args:
        lengths: L in tokens.
        group_sizes: G out of 2, 3 and ``enclosed``.
        eps_hi: ε_hi.

    Example:
        >>> row, = constants_table([4], [8], 0.2)
        >>> row.response_level < row.group_level
        True
    """
    sizes = tuple(group_sizes)
    return [
        Row(
            *(length, size, eps_hi, closed(size, length, eps_hi)["K_phi"].value),
            *(by_responses(size, length), on_the_diagonal(size, length)),
        )
        for length in lengths
        for size in sizes
    ]
