"""What a KL penalty adds to J, and its derivative by autodiff through both slots, against the claimed closed forms."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import torch
from torch import Tensor

from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact, compare_lower, worst

__all__ = ["measure"]

CLAIM = "kl-objective"
BETA = 0.04
OBJECTIVE = "KL penalty, F-diagonal J"
ESTIMATORS: dict[str, Callable[[Tensor], Tensor]] = {  # of log r, the log of reference over policy
    "k1": lambda log_r: -log_r,
    "k2": lambda log_r: log_r**2 / 2,
    "k3": lambda log_r: log_r.exp() - 1.0 - log_r,
}


def penalty(name: str, logits: Tensor, reference: Tensor) -> Tensor:
    """``-beta E[k]`` with the responses drawn from the policy itself; logits and reference (responses,)."""
    log_r = torch.log_softmax(reference, 0) - torch.log_softmax(logits, 0)
    return -BETA * (torch.softmax(logits, 0) * ESTIMATORS[name](log_r)).sum()


def _parts(logits: Tensor, reference: Tensor, w: Tensor) -> dict[str, float]:
    """The numbers that the closed forms are written in, from probabilities."""
    law, other = torch.softmax(logits, 0), torch.softmax(reference, 0)
    log_r, score = (other / law).log(), w - (law * w).sum()
    return {
        "beta_kl": BETA,
        "KL_rev": float((law * (law / other).log()).sum()),
        "hel_sq": float((law.sqrt() - other.sqrt()).square().sum()),
        "log_sq": float((law * log_r**2).sum()),
        "log_pull": float((law * log_r * score).sum()),
        "sq_pull": float((law * log_r**2 * score).sum()),
    }


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per estimator, the values of J and DJ furthest from the claim, and where -J is closest to its bound."""
    count = 16 if suite == "quick" else 256
    rows: dict[tuple[str, str], list[Verdict]] = {}
    for n in range(count):
        g = generator(seed, n)
        logits, reference, w = (torch.randn(2 + n % 6, generator=g, dtype=torch.float64).to(device) for _ in range(3))
        parts = _parts(logits, reference, w)
        for name in ESTIMATORS:
            form = "k2" if name == "k2" else "k1"  # k3 has the J of k1
            at = logits.clone().requires_grad_()
            value = penalty(name, at, reference)
            (slope,) = torch.autograd.grad(value, at)
            for what, found in (("", float(value.detach())), ("slope_", float(slope @ w))):
                m, text = (
                    Measurement(found, n=count, seed=seed, device=device),
                    f"of {count} policies of 2..7 responses",
                )
                claimed = predict(CLAIM, what + form, **parts)
                label = f"{name}: {'DJ along w' if what else 'J'} furthest from the claim {text}"
                row = compare_exact(CLAIM, OBJECTIVE, claimed, m, label, 1e-11, scale=BETA)
                rows.setdefault((name, what), []).append(row)
                if not what:
                    least, cost = -predict(CLAIM, f"{form}_most", **parts), dataclasses.replace(m, value=-found)
                    label = f"{name}: -J closest to its lower bound {text}"
                    rows.setdefault((name, "least"), []).append(compare_lower(CLAIM, OBJECTIVE, least, cost, label))
    return [worst(found, None if what == "least" else _gap) for (_, what), found in rows.items()]


def _gap(row: Verdict) -> float:
    assert row.measured is not None
    assert row.predicted is not None
    return abs(row.measured - row.predicted)
