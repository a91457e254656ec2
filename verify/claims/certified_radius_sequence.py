"""How far θ may move from φ before the geometric mean of a response's ratios leaves the clip, against the radius."""

from __future__ import annotations

import math

from ..constants import predict
from ..policies import TabularSoftmax
from ..populations.closed import Clip
from ..populations.responses import log_strings
from ..problems import CLIPS, generator
from ..spectra.clip_edge import first_exit
from ..trees import Params, add, random_unit
from ..verdicts import Measurement, Verdict, compare_lower

__all__ = ["measure"]

CLAIM = "certified-radius-sequence"
REACH = 8.0  # rays are searched to this many radii


def _exit(policy: TabularSoftmax, phi: Params, ray: Params, clip: Clip, reach: float) -> float | None:
    """A distance r ≤ ``reach`` at which some geometric mean is outside the clip, or None; scan and bisection."""
    start = log_strings(policy, phi)
    return first_exit(lambda r: (log_strings(policy, add(phi, ray, r)) - start) / policy.length, clip, reach)


def _saturated(policy: TabularSoftmax, sign: float, device: str) -> tuple[Params, Params]:
    """Every row nearly sure of its last token; a ray that moves the first token of all rows of one response."""
    phi, ray = policy.zeros(device), policy.zeros(device)
    phi["logits"][..., 0] = -24.0
    node, first = 0, 0
    for k in range(policy.length):  # prefix 0, 00, 000, ...: the first node of every level
        ray["logits"][0, first, 0], ray["logits"][0, first, 1] = sign, -sign
        node, first = node + 1, first + policy.vocab**k
    return phi, {name: leaf / math.sqrt(2.0 * policy.length) for name, leaf in ray.items()}


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per clip and length, the nearest exit over random rays and over saturated ones."""
    count = 3 if suite == "quick" else 20
    rows: list[Verdict] = []
    for clip in CLIPS if suite == "full" else CLIPS[1:3]:
        for length in (2, 3):
            radius = predict(CLAIM, eps_hi=clip.hi, eps_lo=clip.lo, L=float(length))
            policy, found = TabularSoftmax(1, 2, length), list[float]()
            for i in range(count):
                g = generator(seed, 480 + i)
                phi = policy.random(g, 1.5, device)
                exits = _exit(policy, phi, random_unit(phi, g), clip, REACH * radius)
                found += [] if exits is None else [exits]
            alone = min(found) / radius if found else float("nan")
            for sign in (1.0, -1.0):
                exits = _exit(policy, *_saturated(policy, sign, device), clip, REACH * radius)
                found += [] if exits is None else [exits]
            m = Measurement(min(found) if found else float("nan"), n=len(found), seed=seed, device=device)
            text = f"nearest exit, L={length}, [1-{clip.lo:g}, 1+{clip.hi:g}]; random rays alone {alone:.2f} radii"
            rows.append(compare_lower(CLAIM, "geometric mean of the ratios (no objective)", radius, m, text))
    return rows
