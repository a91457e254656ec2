r"""Every loss record on an enumerated tabular problem: its token weight, ∂_φH and the sources, against its own claim.

One measurement for all losses. H is built by enumeration of all responses from the derived token weight,

.. math::
    H(θ,φ) = \mathbb E_x \sum_y π_φ(y|x)\, c \sum_k γ_k(θ,φ)\, ∇\log π_θ(y_k|x, y_{<k}),

and compared with the gradient of the loss itself (``exact``); ∂_φH[w] is its derivative by automatic differentiation,
and the mean advantage over the mates is a binomial sum over the record's own expression.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..theory.bridge import float64
from ..theory.surrogates import Surrogate
from ..theory.surrogates.analysis import facts
from ..theory.surrogates.derivation import loss_claim
from .objectives import surrogate_gradient
from .policies import TabularSoftmax
from .populations.exact import ExactPopulation
from .populations.losses import NUMBERS, Learner, Loss, compiled, with_advantage
from .populations.responses import Responses
from .problems import generator
from .transforms import directional, gradient
from .trees import Params, add, norm, random_unit, zeros_like
from .verdicts import Measurement, Verdict, compare_exact

__all__ = [
    "Setting",
    "behaviour_derivative",
    "directions",
    "first_order",
    "measure",
    "weighted_gradient",
]

TOLERANCE = 1e-10
ROLES = ("prefix", "current", "suffix")


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
def _gap(loss: Surrogate, size: int) -> tuple[list[float], list[float]]:
    """Advantage of a failed and of a solved response in a group of G, by the number k = 0..G−1 of solved mates."""
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


def _mean(table: list[float], p: Tensor) -> Tensor:
    """E over the mates, k ~ Binomial(G−1, p)."""
    n = len(table) - 1
    return sum((a * math.comb(n, k) * p**k * (1 - p) ** (n - k) for k, a in enumerate(table)), torch.zeros_like(p))


def _advantage(loss: Surrogate, setting: Setting, law: Tensor) -> Tensor:
    """Mean advantage over the mates drawn from ``law``, (P, V**L, 1); a critic's is (P, V**L, L)."""
    if loss.advantage.centre == "critic":
        return setting.critic
    failed, solved = (_mean(table, setting.success(law))[:, None] for table in _gap(loss, setting.group_size))
    return (failed + setting.rewards * (solved - failed))[..., None]


def _variables(setting: Setting, learner: Tensor, behaviour: Tensor) -> dict[str, Any]:
    """Value of every variable of a record for token tables (P, V**L, L); the proximal policy is the learner, frozen."""
    proximal, reference = setting.log_tokens(setting.theta), setting.log_tokens(setting.reference)
    mask = setting.responses.mask.to(learner.device)
    return Learner(learner, behaviour, mask, proximal, reference).variables() | dict(NUMBERS)


def _share(loss: Surrogate, setting: Setting) -> float:
    return float(compiled(loss.token_weight)(L=float(setting.policy.length), **NUMBERS))


def _token_weights(loss: Surrogate, setting: Setting, learner: Tensor, laws: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """π_φ(y) c γ / P for every token, (P, V**L, L); behaviour tables: in the law, the ratios, the law of the mates."""
    drawn, ratio, mates = laws
    advantage = _advantage(loss, setting, mates.sum(-1).exp())
    values = with_advantage(_variables(setting, learner, ratio), advantage)
    gamma = compiled(facts(loss).weight)(**values)
    weight = drawn.sum(-1).exp()[..., None] * gamma * _share(loss, setting) / setting.policy.prompts
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


def first_order(loss: Surrogate, setting: Setting, w: Params) -> dict[str, Params]:
    """Return the parts of the claim's first-order form of ∂_φH(θ,θ)[w]: prefix, current, suffix, mates."""
    theta, claim = setting.theta, loss_claim(loss)
    tokens, along = setting.log_tokens(theta), directional(setting.log_tokens, theta, w)
    law = tokens.sum(-1).exp()
    advantage = torch.broadcast_to(_advantage(loss, setting, law), tokens.shape)
    before = along.cumsum(-1) - along
    scores = {"prefix": before, "current": along, "suffix": along.sum(-1, keepdim=True) - before - along}
    values = _variables(setting, tokens, tokens)
    share = _share(loss, setting) / setting.policy.prompts

    def formula(name: str, **more: Any) -> Tensor:
        expression = claim.formulas.get(name)
        value = 0.0 if expression is None else compiled(expression)(**(values | more))
        return torch.as_tensor(value, dtype=torch.float64, device=tokens.device)

    def projected(weight: Tensor) -> Params:
        weight = torch.broadcast_to(weight, tokens.shape) * law[..., None] * share
        return gradient(lambda point: (weight * setting.log_tokens(point)).sum(), theta)

    parts = {role: projected((advantage * formula(role) + formula(f"penalty_{role}")) * scores[role]) for role in ROLES}
    return parts | {"mates": _normaliser(loss, setting, w, formula, share)}


def directions(loss: Surrogate, setting: Setting, w: Params) -> dict[str, Params]:
    """Return c E[A ⟨s_role, w⟩ s] per role: the parts of the form without importance weight."""
    tokens, along = setting.log_tokens(setting.theta), directional(setting.log_tokens, setting.theta, w)
    before = along.cumsum(-1) - along
    scores = {"prefix": before, "current": along, "suffix": along.sum(-1, keepdim=True) - before - along}
    law = tokens.sum(-1).exp()
    factor = law[..., None] * _advantage(loss, setting, law) * _share(loss, setting) / setting.policy.prompts

    def projected(score: Tensor) -> Params:
        return gradient(lambda point: (factor * score * setting.log_tokens(point)).sum(), setting.theta)

    return {role: projected(score) for role, score in scores.items()}


def _normaliser(loss: Surrogate, setting: Setting, w: Params, formula: Callable[..., Tensor], share: float) -> Params:
    """C Σ_x (formula with w_G′(p)) ⟨∇p, w⟩ ∇p; the derivative of w_G = A_1 − A_0 in p by automatic differentiation."""

    def success(point: Params) -> Tensor:
        return setting.success(setting.log_tokens(point).sum(-1).exp())

    p, dp = success(setting.theta), directional(success, setting.theta, w)
    if loss.advantage.centre == "critic":
        slope = torch.zeros_like(p)
    else:
        failed, solved = _gap(loss, setting.group_size)
        at = {"p": p}
        slope = gradient(lambda q: (_mean(solved, q["p"]) - _mean(failed, q["p"])).sum(), at)["p"]
    length = float(setting.policy.length)  # a number per prompt here, not one per response
    weight = formula("normaliser", slope_w=slope, L=length) * dp * share
    return gradient(lambda point: (weight * success(point)).sum(), setting.theta)


def _inside(loss: Surrogate, setting: Setting, g: torch.Generator) -> Params:
    """A behaviour policy at 0.9 of the certified radius (at distance 0.1 where there is no clip)."""
    radius = facts(loss).radius
    values = {"L": float(setting.policy.length), **NUMBERS}
    reach = 0.1 if radius is None else float(float64(radius)(**{str(s): values[str(s)] for s in radius.free_symbols}))
    return add(setting.theta, random_unit(setting.theta, g), 0.9 * reach)


def measure(loss: Surrogate, seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the residuals of the token weight, of each source and of the whole form, worst over the problems.

    Each is relative to the norm of the same sum with every coefficient one, the size of the terms that may cancel.
    """
    count = 2 if suite == "quick" else 12
    name, worst = f"surrogate gradient of {loss.title}, tabular, fixed length", dict[str, float]()
    for index in range(count):
        setting = Setting.draw(seed, index, device)
        g = generator(seed, 400 + index)
        w, phi = random_unit(setting.theta, g), _inside(loss, setting, g)
        derived = weighted_gradient(loss, setting, setting.theta, phi)
        literal = surrogate_gradient(setting.population(loss), setting.theta, phi)
        residual = {"token weight": norm(add(literal, derived, -1.0)) / norm(derived)}
        parts, total = first_order(loss, setting, w), zeros_like(setting.theta)
        size = _size(loss, setting, w)
        for role, part in parts.items():
            found = behaviour_derivative(loss, setting, setting.theta, w, role)
            residual[role] = norm(add(found, part, -1.0)) / size
            total = add(total, part)
        whole = behaviour_derivative(loss, setting, setting.theta, w)
        residual["whole form"] = norm(add(whole, total, -1.0)) / size
        worst = {key: max(value, worst.get(key, 0.0)) for key, value in residual.items()}
    shown = dict(zip(ROLES, (str(loss_claim(loss).formulas[r]) for r in ROLES), strict=True))
    return [
        compare_exact(
            loss.claim_id,
            name,
            0.0,
            Measurement(value, n=count, seed=seed, device=device),
            f"largest relative residual, {key}" + (f" (coefficient {shown[key]})" if key in shown else ""),
            rtol=TOLERANCE,
            scale=1.0,
        )
        for key, value in worst.items()
    ]


def _size(loss: Surrogate, setting: Setting, w: Params) -> float:
    """Norm of c E[A ⟨Σ s, w⟩ Σ s]: the form without importance weight."""
    total = zeros_like(setting.theta)
    for part in directions(loss, setting, w).values():
        total = add(total, part)
    return norm(total)
