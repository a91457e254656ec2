"""G_upd of an optimizer from its hyper-parameters: the bounds of the chapter on optimizers, by name, composed.

Nothing is typed here but names: a formula is that of a proved claim, with the formula of another one put in where a
claim leaves a bound open: a coordinate of Adam in the norm and under decay, a clipped gradient in what follows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .claims import get
from .known_answers import KnownAnswer
from .symbols import record

__all__ = ["UPDATE_BOUNDS", "UpdateBound", "update_bound"]


@dataclass(frozen=True)
class UpdateBound(KnownAnswer):
    """A bound on the norm of one update, the whole displacement over the learning rate.

    Args:
        inner: symbol name -> name of the bound put in for it.

    Example:
        >>> round(float(update_bound("adam")(beta1=0.9, beta2=0.999, d_par=1)), 2)
        7.27
    """

    inner: tuple[tuple[str, str], ...] = ()

    @cached_property
    def expression(self) -> Any:
        """The SymPy expression of the claim, composed."""
        claim = get(self.claim)
        outer: Any = claim.formulas[self.formula] if self.formula else claim.formula
        return outer.subs({record(symbol).symbol: update_bound(name).expression for symbol, name in self.inner})


UPDATE_BOUNDS: dict[str, UpdateBound] = {
    entry.name: entry
    for entry in (
        UpdateBound("sgd-clipped", "clipped-update", "", "SGD after clipping by the norm"),
        UpdateBound("momentum", "momentum-update", "", "SGD with momentum and dampening"),
        UpdateBound("momentum-clipped", "momentum-update", "", "the same after clipping", (("G_grad", "sgd-clipped"),)),
        UpdateBound("nesterov", "momentum-update", "nesterov", "SGD with Nesterov's momentum"),
        UpdateBound("adam-coordinate", "adam-worst-case", "", "one coordinate of Adam, beta1^2 < beta2, any step"),
        UpdateBound("adam-coordinate-finite", "adam-update", "", "one coordinate of Adam after t steps, exact"),
        UpdateBound("adam", "coordinate-norm", "", "Adam with d parameters", (("coord_cap", "adam-coordinate"),)),
        UpdateBound(
            "adamw", "adamw-update", "", "AdamW from a start of norm R_start", (("coord_cap", "adam-coordinate"),)
        ),
        UpdateBound("sgd-decayed", "weight-decay", "", "clipped SGD with weight decay", (("G_raw", "sgd-clipped"),)),
    )
}


def update_bound(name: str) -> UpdateBound:
    """The bound of that name; call it with its ``parameters``.

    Raises:
        KeyError: there is none; the message lists the known names.
    """
    if name not in UPDATE_BOUNDS:
        raise KeyError(f"no bound on the updates of {name!r}; known: {sorted(UPDATE_BOUNDS)}")
    return UPDATE_BOUNDS[name]
