"""G_upd of the optimizers of ``updates``: from the theory's bound, from above, and from a run, from below."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ...theory.optimizers import update_bound
from ..constants import Constant
from ..runs.updates import Sgd, Update
from ..trees import Params, flatten, norm

__all__ = ["bounded_update", "largest_update"]


def bounded_update(update: Update, start: Params) -> Constant:
    """Return a bound on ‖u_t‖ of every step of every run from ``start``: claims of the chapter on optimizers.

    Raises:
        ValueError: nothing bounds it: SGD without clipping, or Adam with β₁² ≥ β₂.
    """
    if isinstance(update, Sgd):
        if not math.isfinite(update.max_norm):
            raise ValueError("expected a finite max_norm, got none: the updates of SGD are as large as its gradients")
        values = {"G_grad": update.max_norm, "max_norm": update.max_norm, "mom_rate": update.momentum, "mom_damp": 0.0}
        name = "momentum-clipped" if update.momentum else "sgd-clipped"
    else:
        if not update.beta_1**2 < update.beta_2:
            raise ValueError(f"expected beta_1^2 < beta_2, got {update.beta_1} and {update.beta_2}")
        values = {"beta1": update.beta_1, "beta2": update.beta_2, "d_par": float(flatten(start).numel())}
        values |= {"wd_rate": update.decay, "R_start": norm(start)}
        name = "adamw" if update.decay else "adam"
    bound = update_bound(name)
    value = float(bound(**{symbol: values[symbol] for symbol in bound.parameters}))
    return Constant("G_upd", value, "upper", f"bound {name!r}, claim {bound.claim}")


def largest_update(norms: Iterable[float]) -> Constant:
    """Return the largest ‖u_t‖ met on a run: a lower bound of G_upd.

    Raises:
        ValueError: no step.
    """
    found = [float(x) for x in norms]
    if not found:
        raise ValueError("expected at least one update, got none")
    return Constant("G_upd", max(found), "lower", f"largest of {len(found)} updates")
