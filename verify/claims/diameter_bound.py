"""‖E_P f − E_Q f‖ against diam(f)·TV and its weaker forms, f = loss gradients of every group."""

from __future__ import annotations

import torch

from ..constants import predict
from ..groups import group_gradients
from ..outcomes import every_group, group_law
from ..policies import TabularSoftmax
from ..populations.closed import Objective
from ..problems import generator
from ..tasks import random_rewards
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "diameter-bound"
FORMS = ("diameter", "centre", "largest")


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the tightest row per form: the gap against diam·TV, and each form against the next weaker one.

    The centre is the midpoint of a farthest pair, so 2·sup‖f − c‖ is an upper estimate of twice the least radius.
    """
    count = 8 if suite == "quick" else 60
    found: dict[str, list[Verdict]] = {form: [] for form in FORMS}
    for i in range(count):
        g = generator(seed, 1500 + i)
        policy = TabularSoftmax(1, 2 + i % 2, 1)
        objective = Objective(policy, random_rewards(1, 2 + i % 2, 1, g).to(device), 2)
        theta, phi, other = (policy.random(g, 2.0, device) for _ in range(3))
        groups = every_group(objective)
        f = group_gradients(objective, theta, phi, groups)
        p, q = group_law(objective, phi, groups), group_law(objective, other, groups)
        tv, distances = 0.5 * float((p - q).abs().sum()), torch.cdist(f, f)
        a, b = divmod(int(distances.argmax()), len(f))
        sizes = {"diam_f": float(distances.max()), "sup_f": float(f.pow(2).sum(1).sqrt().max())}
        sizes["rad_f"] = float((f - (f[a] + f[b]) / 2.0).pow(2).sum(1).sqrt().max())
        chain = [float(((p - q)[:, None] * f).sum(0).pow(2).sum().sqrt())] + [
            predict(CLAIM, form, **sizes) * tv for form in FORMS
        ]
        for form, small, large in zip(FORMS, chain, chain[1:], strict=False):
            if sizes["diam_f"] > 0.0:
                m = Measurement(small, n=len(groups), seed=seed, device=device)
                text = f"{form} form against the next sharper one, all {len(groups)} groups of V={policy.vocab}"
                found[form].append(compare_upper(CLAIM, objective.name, large, m, text))
    return [worst(rows) for rows in found.values() if rows]
