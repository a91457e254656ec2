"""Optimizers as pure functions on parameter dictionaries: (gradient, state, parameters) -> (u, state), θ ← θ + η u.

u is the whole displacement per learning rate (theory: G_upd bounds ‖u‖), for ascent. The arithmetic is that of
torch.optim with ``maximize=True``; a test compares whole runs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

from ..trees import Params, add, norm, scale, zeros_like

__all__ = ["AdamW", "Sgd", "Update", "UpdateState", "clip_norm"]

UpdateState: TypeAlias = tuple[int, tuple[Params, ...]]
"""Steps made, and the moments, each shaped like the parameters."""


def clip_norm(gradient: Params, largest: float) -> Params:
    """Return the gradient, shortened to norm ``largest`` where it is longer."""
    length = norm(gradient)
    return gradient if length <= largest else scale(gradient, largest / length)


@dataclass(frozen=True)
class Sgd:
    """u = g, or with momentum m ← μ m + g, u = m.

    Args:
        momentum: μ in [0, 1).
        max_norm: gradients are shortened to this norm first.
    """

    momentum: float = 0.0
    max_norm: float = math.inf

    def start(self, params: Params) -> UpdateState:
        """Return the state before the first step."""
        return 0, (zeros_like(params),) if self.momentum else ()

    def move(self, gradient: Params, state: UpdateState, params: Params) -> tuple[Params, UpdateState]:
        """Return u and the next state."""
        step, moments = state
        g = clip_norm(gradient, self.max_norm)
        if not moments:
            return g, (step + 1, ())
        m = add(g, moments[0], self.momentum)
        return m, (step + 1, (m,))


@dataclass(frozen=True)
class AdamW:
    """Adam with bias correction and decoupled weight decay: u = m̂ / (√v̂ + ε) − λ θ.

    Args:
        beta_1, beta_2: decay of the moments.
        epsilon: added to the root.
        decay: λ ≥ 0.
        max_norm: gradients are shortened to this norm first.
    """

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    decay: float = 0.0
    max_norm: float = math.inf

    def start(self, params: Params) -> UpdateState:
        """Return the state before the first step."""
        return 0, (zeros_like(params), zeros_like(params))

    def move(self, gradient: Params, state: UpdateState, params: Params) -> tuple[Params, UpdateState]:
        """Return u and the next state."""
        step, (m, v) = state[0] + 1, state[1]
        g = clip_norm(gradient, self.max_norm)
        m = add(scale(m, self.beta_1), g, 1.0 - self.beta_1)
        v = {name: self.beta_2 * x + (1.0 - self.beta_2) * g[name] ** 2 for name, x in v.items()}
        first, second = 1.0 - self.beta_1**step, 1.0 - self.beta_2**step
        u = {k: x / first / ((v[k] / second).sqrt() + self.epsilon) - self.decay * params[k] for k, x in m.items()}
        return u, (step, (m, v))


Update: TypeAlias = Sgd | AdamW
