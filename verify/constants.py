"""Measured and closed constants, each labelled with what it is: an upper bound, a lower bound, exact, or an estimate.

Closed forms are taken from the theory's claim records; nothing is typed twice.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from ..theory.bridge import float64
from ..theory.claims import get
from .objectives import Population, behaviour_jacobian, behaviour_second
from .populations.closed import Clip
from .transforms import operator_norm
from .trees import Params, add, combine, norm

__all__ = [
    "Constant",
    "Label",
    "behaviour_norm",
    "certified_radius",
    "closed",
    "predict",
    "segment_curvature",
    "segment_sup",
]

Label = Literal["upper", "lower", "exact", "estimate"]


@dataclass(frozen=True)
class Constant:
    """A number: ``label`` says on which side of the true constant it lies, ``how`` where it is from.

    ``residual`` is that of the equation an iteration solved, in the units of the value; None where there was none.
    """

    name: str
    value: float
    label: Label
    how: str
    residual: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the row for JSON.

        Raises:
            ValueError: a number that is not finite.
        """
        if not all(math.isfinite(x) for x in (self.value, self.residual or 0.0)):
            raise ValueError(f"{self.name}: expected finite numbers, got {self.value} with residual {self.residual}")
        return asdict(self)


@functools.cache
def _compiled(claim: str, name: str) -> tuple[Callable[..., Any], frozenset[str]]:
    """The float64 callable of a claim's formula and the names of its symbols."""
    record = get(claim)
    expression: Any = record.formulas[name] if name else record.formula
    return float64(expression), frozenset(str(symbol) for symbol in expression.free_symbols)


def predict(claim: str, name: str = "", /, **values: float) -> float:
    """Return a claim's formula (or its named formula) at the given values; symbols it does not contain are ignored.

    Args:
        claim: claim id.
        name: key in the claim's ``formulas``; empty for its main formula.
        values: a number per symbol name of ``theory.symbols``.

    Raises:
        ValueError: a symbol of the formula has no value (expected, got).

    Example:
        >>> predict("crossover", T=320, a=1.6e-6, b=3.2e-5)
        16.0
    """
    compiled, needed = _compiled(claim, name)
    if not needed <= set(values):
        raise ValueError(f"claim {claim}: expected values for {sorted(needed)}, got {sorted(values)}")
    return float(compiled(**{symbol: values[symbol] for symbol in needed}))


def closed(group_size: int, length: int, eps_hi: float) -> dict[str, Constant]:
    """Return the closed constants of claim ``closed-constants`` (upper bounds): G_ell, L_B, L_D, K_phi.

    Valid for tabular softmax policies, fixed length, while no token ratio exceeds 1+ε_hi.

    Args:
        group_size: G.
        length: L tokens.
        eps_hi: ε_hi.
    """
    names = [name for name in get("closed-constants").formulas if name in ("G_ell", "L_B", "L_D", "K_phi")]
    values = {"G": float(group_size), "L": float(length), "eps_hi": eps_hi}
    return {
        name: Constant(name, predict("closed-constants", name, **values), "upper", "claim closed-constants")
        for name in names
    }


def certified_radius(clip: Clip) -> Constant:
    """Return the ‖θ−φ‖ below which no token is clipped (tabular; claim ``certified-radius``, a lower bound)."""
    value = predict("certified-radius", eps_hi=clip.hi, eps_lo=clip.lo)
    return Constant("R_batch", value, "lower", "claim certified-radius")


def behaviour_norm(objective: Population, theta: Params, phi: Params) -> Constant:
    """Return ‖∂_φH(θ,φ)‖₂ from the dense matrix (exact up to rounding)."""
    value = operator_norm(behaviour_jacobian(objective, theta, phi))
    return Constant("norm of d_phi H", value, "exact", "largest singular value of the dense matrix")


def segment_sup(objective: Population, theta: Params, phi: Params, points: int = 9) -> Constant:
    """Return max ‖∂_φH(θ,·)‖₂ over a uniform grid of the segment [θ, φ], both ends included.

    A lower bound of the supremum; where H jumps in φ (an active clip) the derivative does not see the jump.

    Raises:
        ValueError: fewer than two points.
    """
    if points < 2:
        raise ValueError(f"expected at least 2 grid points, got {points}")
    grid = [combine(theta, phi, float(tau)) for tau in np.linspace(0.0, 1.0, points)]
    value = max(operator_norm(behaviour_jacobian(objective, theta, point)) for point in grid)
    return Constant("sup of d_phi H on the segment", value, "lower", f"maximum over {points} grid points")


def segment_curvature(objective: Population, theta: Params, phi: Params, points: int = 17) -> Constant:
    """Return max ‖∂²_φH(θ,·)[e, e]‖ over a grid of the segment, e its unit direction: the M of Taylor's remainder.

    Raises:
        ValueError: fewer than two points or θ = φ.
    """
    step = add(phi, theta, -1.0)
    length = norm(step)
    if points < 2 or not length > 0.0:
        raise ValueError(f"expected at least 2 points and theta != phi, got {points} and distance {length}")
    grid = [combine(theta, phi, float(tau)) for tau in np.linspace(0.0, 1.0, points)]
    value = max(norm(behaviour_second(objective, theta, point, step)) for point in grid) / length**2
    return Constant("M", value, "lower", f"along the segment, maximum over {points} grid points")
