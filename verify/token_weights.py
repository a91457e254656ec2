r"""H of a loss on an enumerated tabular problem, from the token weight that is derived from its record.

.. math::
    H(θ,φ) = \mathbb E_x \sum_y π_φ(y|x)\, c \sum_k γ_k(θ,φ)\, ∇\log π_θ(y_k|x, y_{<k}).

∂_φH[w] is its derivative by automatic differentiation, as a whole or through one role of a token; the mean advantage
over the mates is a binomial sum over the record's own expression.
"""

from __future__ import annotations

import functools
import itertools
import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..theory.bridge import float64
from ..theory.surrogates import Surrogate
from ..theory.surrogates.analysis import facts
from .policies import TabularSoftmax
from .populations.exact import ExactPopulation
from .populations.losses import NUMBERS, Learner, Loss, compiled, with_advantage
from .populations.responses import Responses
from .problems import generator
from .transforms import directional, gradient
from .trees import Params

__all__ = [
    "Setting",
    "advantages_by_mates",
    "behaviour_derivative",
    "mean_advantage",
    "over_mates",
    "share",
    "variables",
    "weighted_gradient",
]


@dataclass(frozen=True)
class Setting:
    """A tabular problem on which a loss is measured; ``rewards`` is (P, V**L) of zeros and ones."""

    policy: TabularSoftmax
    rewards: Tensor
    group_size: int
    theta: Params
    reference: Params
    critic: Tensor  # (P, V**L, L): the advantages of losses that take them as given

    @classmethod
    def draw(cls, seed: int, index: int, device: str) -> Setting:
        """Two prompts, two or three tokens, length 3 (every second one 2), G of 2..5, N(0, 1) logits.

        G = 4 comes first: with a std the slope of w_G is 0 up to G = 3, and the normaliser would not be seen.
        """
        g = generator(seed, 40 + index)
        policy = TabularSoftmax(2, 2 + index % 2, 3 - index % 2)
        n = policy.vocab**policy.length
        rewards = (torch.rand(2, n, generator=g, dtype=torch.float64) < 0.5).double()
        rewards[:, 0], rewards[:, 1] = 0.0, 1.0  # both outcomes occur
        critic = torch.randn(2, n, policy.length, generator=g, dtype=torch.float64)
        theta, reference = (policy.random(g, device=device) for _ in range(2))
        return cls(policy, rewards.to(device), (4, 3, 5, 2)[index % 4], theta, reference, critic.to(device))

    @functools.cached_property
    def responses(self) -> Responses:
        """All responses, in the order of the table of rewards."""
        return Responses(self.policy)

    def log_tokens(self, params: Params) -> Tensor:
        """Log π(y_k | x, y_<k) for every response, (P, V**L, L)."""
        return self.responses.log_tokens(params)

    def population(self, loss: Surrogate) -> ExactPopulation:
        """The population objective of a loss on this problem."""
        critic = self.critic if loss.advantage.centre == "critic" else None
        return ExactPopulation(Loss(loss), self.responses, self.rewards, self.group_size, self.reference, critic)

    def success(self, law: Tensor) -> Tensor:
        """p(x) = Σ_y π(y|x) r(y), (P,), for a law (P, V**L)."""
        return (law * self.rewards).sum(1)


@functools.cache
def advantages_by_mates(loss: Surrogate, size: int) -> tuple[list[float], list[float]]:
    """Return the advantages of a failed and of a solved response of G, by the number k = 0..G−1 of solved mates."""
    found: tuple[list[float], list[float]] = ([], [])
    advantage = float64(loss.advantage.expression)
    names = {str(s) for s in loss.advantage.expression.free_symbols}
    for reward, k in itertools.product((0, 1), range(size)):
        share = k / (size - 1)  # mean reward of the mates, and mean of their squares
        values = {"r_self": reward, "m1_mates": share, "m2_mates": share, "G": size, **NUMBERS}
        equal = (reward == 0 and k == 0) or (reward == 1 and k == size - 1)
        ill = equal and loss.advantage.scale == "std" and not loss.advantage.offset  # 0/0 means 0
        found[reward].append(0.0 if ill else float(advantage(**{n: float(values[n]) for n in names})))
    return found


def over_mates(table: list[float], p: Tensor) -> Tensor:
    """Return the mean over the mates, k ~ Binomial(G−1, p)."""
    n = len(table) - 1
    return sum((a * math.comb(n, k) * p**k * (1 - p) ** (n - k) for k, a in enumerate(table)), torch.zeros_like(p))


def mean_advantage(loss: Surrogate, setting: Setting, law: Tensor) -> Tensor:
    """Return the mean advantage over the mates drawn from ``law``, (P, V**L, 1); a critic's is (P, V**L, L)."""
    if loss.advantage.centre == "critic":
        return setting.critic
    failed, solved = (
        over_mates(table, setting.success(law))[:, None] for table in advantages_by_mates(loss, setting.group_size)
    )
    return (failed + setting.rewards * (solved - failed))[..., None]


def variables(setting: Setting, learner: Tensor, behaviour: Tensor) -> dict[str, Any]:
    """Return every variable of a record by name, for tables (P, V**L, L); the proximal policy is the frozen learner."""
    proximal, reference = setting.log_tokens(setting.theta), setting.log_tokens(setting.reference)
    mask = setting.responses.mask.to(learner.device)
    return Learner(learner, behaviour, mask, proximal, reference).variables() | dict(NUMBERS)


def share(loss: Surrogate, setting: Setting) -> float:
    """Return c, what a token counts in the mean over the tokens."""
    return float(compiled(loss.token_weight)(L=float(setting.policy.length), **NUMBERS))


def _token_weights(loss: Surrogate, setting: Setting, learner: Tensor, laws: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """π_φ(y) c γ / P for every token, (P, V**L, L); behaviour tables: in the law, the ratios, the law of the mates."""
    drawn, ratio, mates = laws
    advantage = mean_advantage(loss, setting, mates.sum(-1).exp())
    values = with_advantage(variables(setting, learner, ratio), advantage)
    gamma = compiled(facts(loss).weight)(**values)
    weight = drawn.sum(-1).exp()[..., None] * gamma * share(loss, setting) / setting.policy.prompts
    return torch.broadcast_to(torch.as_tensor(weight), learner.shape)


def _gradient(loss: Surrogate, setting: Setting, theta: Params, laws: tuple[Tensor, Tensor, Tensor]) -> Params:
    """H from the token weights."""
    weight = _token_weights(loss, setting, setting.log_tokens(theta), laws)
    return gradient(lambda point: (weight * setting.log_tokens(point)).sum(), theta)


def weighted_gradient(loss: Surrogate, setting: Setting, theta: Params, phi: Params) -> Params:
    """Return H(θ,φ) from the derived token weight (valid where no clip is active)."""
    table = setting.log_tokens(phi)
    return _gradient(loss, setting, theta, (table, table, table))


def behaviour_derivative(loss: Surrogate, setting: Setting, theta: Params, w: Params, role: str = "") -> Params:
    """Return ∂_φH(θ,θ)[w], or the part that comes through one role: prefix, current, suffix, or mates.

    The role of a token is its place relative to the token whose score is weighed; its law and its ratios move together.
    """
    if role == "mates" or not role:

        def moved(phi: Params) -> Params:
            table, fixed = setting.log_tokens(phi), setting.log_tokens(theta)
            return _gradient(loss, setting, theta, (fixed, fixed, table) if role else (table, table, table))

        return directional(moved, theta, w)

    def moved_part(phi: Params) -> Params:
        fixed, table = setting.log_tokens(theta), setting.log_tokens(phi)
        columns: list[Tensor] = []
        for k in range(setting.policy.length):  # the scores of position k see only the tokens of this role move
            mask = torch.zeros(setting.policy.length, dtype=torch.float64, device=fixed.device)
            mask[_places(role, k)] = 1.0
            laws = fixed + mask * (table - fixed), fixed + mask * (table - fixed), fixed
            columns.append(_token_weights(loss, setting, fixed, laws)[..., k])
        weight = torch.stack(columns, dim=-1)
        return gradient(lambda point: (weight * setting.log_tokens(point)).sum(), theta)

    return directional(moved_part, theta, w)


def _places(role: str, k: int) -> slice:
    """Positions of the tokens that play a role for the token at position k."""
    if role == "prefix":
        return slice(0, k)
    return slice(k, k + 1) if role == "current" else slice(k + 1, None)
