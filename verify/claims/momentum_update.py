"""torch's SGD with momentum on drawn and on constant gradients, against the bounds on its update."""

from __future__ import annotations

import torch

from ..constants import predict
from ..problems import generator
from ..runs.optimizers import PROBLEM, norms, sgd, updates
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "momentum-update"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per bound, the tightest of the runs: every gradient has norm 1."""
    g, steps = generator(seed), 30 if suite == "quick" else 300
    drawn = torch.randn(steps, 3, generator=g, dtype=torch.float64)
    drawn = drawn / norms(drawn)[:, None]
    constant = drawn[:1].expand(steps, 3)
    rows: dict[str, list[Verdict]] = {"": [], "finite": [], "nesterov": []}
    for mom, damp, nesterov in ((0.5, 0.0, False), (0.5, 0.0, True), (0.6, 0.7, False), (0.9, 0.3, False)):
        make = sgd(lr=0.5, momentum=mom, dampening=damp, nesterov=nesterov)
        for text, gradients in (("drawn", drawn), ("constant", constant)):
            sizes = norms(updates(make, gradients)[0])
            for name, found in rows.items():
                if (name == "nesterov") != nesterov:
                    continue
                at = range(steps) if name == "finite" else [int(sizes.argmax())]
                for t in at:
                    bound = predict(CLAIM, name, mom_rate=mom, mom_damp=damp, G_grad=1.0, t_opt=t + 1)
                    m = Measurement(float(sizes[t]), n=steps, seed=seed, device=device)
                    message = f"norm of update {t + 1}, {text} gradients, momentum {mom:g}, dampening {damp:g}"
                    found.append(compare_upper(CLAIM, PROBLEM, bound, m, f"{message}, {name or 'any t'}"))
    return [worst(found) for found in rows.values()]
