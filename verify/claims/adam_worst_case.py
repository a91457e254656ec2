"""torch's Adam on the extremal gradients at its defaults, against the bound on every update."""

from __future__ import annotations

from ..constants import predict
from ..dynamics import compare
from ..runs.optimizers import PROBLEM, adam, extremal, updates
from ..verdicts import Measurement, Verdict, compare_upper

__all__ = ["measure"]

CLAIM = "adam-worst-case"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the last update at 0.9 and 0.999 against the bound, and against its factor for a finite t."""
    steps, hyper = 800 if suite == "quick" else 3000, {"beta1": 0.9, "beta2": 0.999}
    last = float(updates(adam(**hyper), extremal(**hyper, steps=steps))[0][-1])
    text = f"update after {steps} steps at 0.9 and 0.999, extremal gradients"
    m = Measurement(last, n=steps, seed=seed, device=device)
    return [
        compare_upper(CLAIM, PROBLEM, predict(CLAIM, **hyper), m, text),
        compare(CLAIM, predict(CLAIM, "finite", **hyper, t_opt=steps), last, f"{text}, in closed form", seed),
    ]
