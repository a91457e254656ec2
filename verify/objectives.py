r"""The exact population GRPO surrogate F(θ,φ) and its derivatives, by enumeration of the response tree.

.. math::
    F(θ,φ) = \mathbb E_x \sum_y π_φ(y|x) \frac1L \sum_k \min(ρ_k A, \mathrm{clip}(ρ_k, 1-ε_{lo}, 1+ε_{hi}) A),
    \qquad A = A_{r(y)}(p_φ(x)),

with A_r(p) the exact expected group advantage (``advantage``). A depends on φ and that dependence is part of F.
Source: arXiv 2607.01083 (surrogate with the behaviour policy explicit); claims ``objects``, ``total-derivative``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeVar

import torch
from torch import Tensor

from .advantages import advantage_gap
from .policies import EnumerablePolicy
from .populations.core import Enumeration, Part, Population, along, learner_pull, learner_push, pull, push, total
from .populations.core import field as gradient_of_surrogate
from .tasks import validate_rewards
from .transforms import directional, over_rows, pushed
from .trees import Params, finite, flatten, unflatten

__all__ = [
    "Clip",
    "Enumeration",
    "Objective",
    "Population",
    "behaviour_jacobian",
    "behaviour_jvp",
    "behaviour_second",
    "behaviour_vjp",
    "diagonal",
    "distribution_term",
    "gradient_of_surrogate",
    "learner_jvp",
    "learner_vjp",
    "ratio_range",
    "surrogate",
    "surrogate_gradient",
    "surrogate_tensor",
    "total_derivative",
    "value",
]

DENSE_LIMIT = 4096

_T = TypeVar("_T", Tensor, Params)


@dataclass(frozen=True)
class Clip:
    """The ratio interval [1−ε_lo, 1+ε_hi]; 0 < ε_lo < 1 and ε_hi > 0, else ValueError."""

    lo: float
    hi: float

    def __post_init__(self) -> None:
        if not 0.0 < self.lo < 1.0:
            raise ValueError(f"expected 0 < eps_lo < 1, got {self.lo}")
        if not (self.hi > 0.0 and math.isfinite(self.hi)):
            raise ValueError(f"expected finite eps_hi > 0, got {self.hi}")


@dataclass(frozen=True)
class Objective:
    """A named population objective: policy, reward table, group size, clip and the written form of the loss.

    Args:
        policy: P prompts (uniform), V tokens, L tokens per response.
        rewards: float64 (P, V**L) of zeros and ones.
        group_size: G ≥ 2.
        clip: ratio interval, or None (no clip).
        form: "ratio" is ℓ = min(ρA, clip(ρ)A); "log" is ℓ = A log π_θ, which has the same H on the diagonal without a
            clip but another J: F is fixed by H only up to a function of φ, so the form belongs to the name.

    Raises:
        ValueError: rewards not binary or misshapen, G < 2, a clip with the log form.
    """

    policy: EnumerablePolicy
    rewards: Tensor = field(repr=False)
    group_size: int
    clip: Clip | None = None
    form: Literal["ratio", "log"] = "ratio"

    def __post_init__(self) -> None:
        validate_rewards(self.rewards, (self.policy.prompts, self.policy.vocab**self.policy.length))
        if self.group_size < 2:
            raise ValueError(f"expected group size G >= 2, got {self.group_size}")
        if self.form == "log" and self.clip is not None:
            raise ValueError("expected no clip with the log form (it has no ratio), got a clip")

    @property
    def name(self) -> str:
        """The population objective as every verdict prints it."""
        clip = "no clip" if self.clip is None else f"clip [1-{self.clip.lo:g}, 1+{self.clip.hi:g}]"
        loss = "ratio form" if self.form == "ratio" else "log-pi form"
        return f"F-diagonal J, {loss}, {clip}, G={self.group_size}, population std, no KL, per-sequence mean"

    def validate(self, **points: Params) -> None:
        """Raise ValueError unless every given point is a finite parameter dictionary of the policy."""
        for name, params in points.items():
            self.policy.validate(params, name)

    def parts(self) -> tuple[Objective]:
        """Return itself: one part."""
        return (self,)

    def tables(self, params: Params) -> Params:
        """Return log π at every node, by level."""
        return {str(k): level for k, level in enumerate(self.policy.levels(params))}

    def common(self, behaviour: Params) -> Params:
        """Return nothing: there is one part."""
        return {}

    def score(self, live: Params, held: Params, behaviour: Params) -> Tensor:
        """Return F from the levels of both policies; this loss has no stop-gradient, so ``held`` is not read."""
        return _surrogate(self, list(live.values()), list(behaviour.values()))

    def scale(self, live: Params) -> Params:
        """Return the factor of ∂F/∂log π_θ that is free of φ: π_θ in the ratio form, over P L."""
        share = 1.0 / (self.policy.prompts * self.policy.length)
        return {k: share * x.exp() if self.form == "ratio" else torch.full_like(x, share) for k, x in live.items()}

    def weight(self, live: Params, behaviour: Params) -> Params:
        """Return the other factor, by level; tests compare it with the derivative of ``score``."""
        return {str(k): x for k, x in enumerate(_weights(self, list(live.values()), list(behaviour.values())))}

    def mean_reward(self, theta: Params) -> Tensor:
        """Return V(θ) as a scalar tensor."""
        return _success(self, [level.exp() for level in self.policy.levels(theta)])[0].mean()

    def log_ratios(self, theta: Params, phi: Params) -> Tensor:
        """Return log π_θ/π_φ at every prompt, prefix and token, flat."""
        pairs = zip(self.policy.levels(theta), self.policy.levels(phi), strict=True)
        return torch.cat([(a - b).reshape(-1) for a, b in pairs])


def _success(objective: Objective, probabilities: list[Tensor]) -> list[Tensor]:
    """Return E[R | prefix] for prefixes of k = 0..L tokens: (P, V**k) each, from the leaves up."""
    p, v = objective.policy.prompts, objective.policy.vocab
    *inner, leaves = probabilities
    levels = [objective.rewards.to(leaves.device)]
    # masked, not multiplied: forward mode in torch 2.13 spends half a millisecond on a factor without a tangent
    levels.insert(0, leaves.masked_fill((levels[0] == 0.0).reshape(leaves.shape), 0.0).sum(-1))
    for k in reversed(range(len(inner))):
        levels.insert(0, (inner[k] * levels[0].reshape(p, v**k, v)).sum(-1))
    return levels


def _surrogate(objective: Objective, log_theta: list[Tensor], log_phi: list[Tensor]) -> Tensor:
    """F(θ,φ) in O(P V^L), suffix expectations split by the sign of A.

    A₁ = (1−p) w ≥ 0 ≥ A₀ = −p w, so min(ρA, clip(ρ)A) is A₁ min(ρ, 1+ε_hi) on success and A₀ max(ρ, 1−ε_lo) on failure.
    """
    probabilities = [level.exp() for level in log_phi]
    success = _success(objective, probabilities)
    p, v = objective.policy.prompts, objective.policy.vocab
    mean = success[0][..., None]  # p(x), (P, 1, 1)
    gap = advantage_gap(mean, objective.group_size)
    reach = torch.ones_like(success[0])  # d_φ(prefix), (P, V**k)
    total = reach.new_zeros(())
    for k in range(objective.policy.length):
        joint = reach[..., None] * probabilities[k]  # d_φ(prefix) π_φ(a | prefix)
        good = success[k + 1].reshape(p, v**k, v)  # P_φ(reward 1 | prefix, a)
        if objective.form == "log":
            total = total + (joint * gap * (good - mean) * log_theta[k]).sum()
        elif objective.clip is None:  # π_φ(a | prefix) cancels the denominator of the ratio
            total = total + (reach[..., None] * log_theta[k].exp() * gap * (good - mean)).sum()
        else:
            ratio = (log_theta[k] - log_phi[k]).exp()
            upper, lower = ratio.clamp(max=1.0 + objective.clip.hi), ratio.clamp(min=1.0 - objective.clip.lo)
            total = total + (joint * gap * ((1.0 - mean) * good * upper - mean * (1.0 - good) * lower)).sum()
        reach = joint.reshape(p, -1)
    return total / (p * objective.policy.length)


def _weights(objective: Objective, log_theta: list[Tensor], log_phi: list[Tensor]) -> list[Tensor]:
    """∂F/∂log π_θ over ``scale``: d_φ(prefix) w (P_φ(reward 1 | prefix, a) − p), clipped terms left out.

    Where the clip holds min(ρA, clip(ρ)A) its slope is 0: on success above 1+ε_hi, on failure below 1−ε_lo. The log
    form has π_φ(a | prefix) besides.
    """
    probabilities = [level.exp() for level in log_phi]
    success = _success(objective, probabilities)
    p, v, clip = objective.policy.prompts, objective.policy.vocab, objective.clip
    mean = success[0][..., None]
    reach = advantage_gap(success[0], objective.group_size)  # w d_φ(prefix), (P, V**k)
    weights = list[Tensor]()
    for k, chance in enumerate(probabilities):
        good, here = success[k + 1].reshape(p, v**k, v), reach[..., None]
        rise, fall, leaf = here * (1.0 - mean), here * mean, k == objective.policy.length - 1
        if clip is None:
            weight = torch.where(good == 1.0, rise, -fall) if leaf else here * (good - mean)
        else:
            ratio = (log_theta[k].detach() - log_phi[k].detach()).exp()
            over, under = ratio > 1.0 + clip.hi, ratio < 1.0 - clip.lo
            if leaf:
                weight = torch.where(good == 1.0, rise.masked_fill(over, 0.0), -fall.masked_fill(under, 0.0))
            else:
                weight = (rise * good).masked_fill(over, 0.0) - (fall * (1.0 - good)).masked_fill(under, 0.0)
        weights.append(weight * chance if objective.form == "log" else weight)
        if not leaf:
            reach = (here * chance).reshape(p, -1)
    return weights


def _finite(population: Population, what: str, result: _T) -> _T:
    """Return the result, or raise ValueError: parameters can be finite and log-probabilities, or ratios, not."""
    for leaf in result.values() if isinstance(result, dict) else (result,):
        if not finite(leaf):
            bad = int((~torch.isfinite(leaf)).sum())
            raise ValueError(
                f"{what} of {population.name}: expected finite numbers, got {bad} others from finite parameters; "
                "look for logits that are not finite, or for responses of behaviour probability 0"
            )
    return result


def surrogate_tensor(objective: Population, theta: Params, phi: Params, held: Params | None = None) -> Tensor:
    """Return F(θ,φ) as a scalar tensor, without validation; ``held`` is what stop-gradients hold, θ by default."""
    return total(objective, theta, theta if held is None else held, phi)


def surrogate(objective: Population, theta: Params, phi: Params) -> float:
    """Return F(θ,φ), the exact population surrogate (see the module formula). Raises ValueError on bad parameters."""
    objective.validate(theta=theta, phi=phi)
    return float(_finite(objective, "F", total(objective, theta, theta, phi)))


def surrogate_gradient(objective: Population, theta: Params, phi: Params) -> Params:
    """Return H(θ,φ) = ∂₁F, the surrogate-gradient mapping (φ frozen), shaped like θ; unit 1/param."""
    objective.validate(theta=theta, phi=phi)
    return _finite(objective, "H", gradient_of_surrogate(objective, theta, phi))


def distribution_term(objective: Population, theta: Params, phi: Params) -> Params:
    """Return B(θ,φ) = ∂₂F, what the data distribution and the advantage feel when φ moves; unit 1/param."""
    objective.validate(theta=theta, phi=phi)

    def share(part: Part, _: Params) -> Callable[[Params], Tensor]:
        learner = part.tables(theta)
        return lambda behaviour: part.score(learner, learner, behaviour)

    return _finite(objective, "B", pull(objective, phi, share))


def diagonal(objective: Population, theta: Params) -> float:
    """Return J(θ) = F(θ,θ), the distribution-dependent population objective."""
    return surrogate(objective, theta, theta)


def total_derivative(objective: Population, theta: Params) -> Params:
    """Return DJ(θ), by differentiating J itself (both slots at once), not as H + B; claim ``total-derivative``.

    What a loss holds by a stop-gradient stays held: it is part of how F is written.
    """
    objective.validate(theta=theta)
    found = pull(objective, theta, lambda part, held: lambda tables: part.score(tables, held, tables))
    return _finite(objective, "DJ", found)


def value(objective: Enumeration, theta: Params) -> float:
    """Return V(θ) = E_x E_{y~π_θ}[R], the policy value."""
    objective.validate(theta=theta)
    return float(_finite(objective, "V", objective.mean_reward(theta)))


def behaviour_jvp(objective: Population, theta: Params, phi: Params, v: Params) -> Params:
    """Return ∂_φH(θ,φ)·v: how the surrogate gradient moves when the behaviour policy moves along v."""
    objective.validate(theta=theta, phi=phi, v=v)
    return _finite(objective, "the action of dH/dphi", push(objective, theta, phi, v))


def behaviour_vjp(objective: Population, theta: Params, phi: Params, w: Params) -> Params:
    """Return ∂_φH(θ,φ)ᵀ·w = ∂_φ⟨H(θ,φ), w⟩."""
    objective.validate(theta=theta, phi=phi, w=w)

    def paired(part: Part, _: Params) -> Callable[[Params], Tensor]:
        return along(part, *pushed(part.tables, theta, w))  # ⟨∂₁f, J_θ w⟩ as a function of the tables at φ

    return _finite(objective, "the transposed action of dH/dphi", pull(objective, phi, paired))


def learner_jvp(objective: Population, theta: Params, phi: Params, v: Params) -> Params:
    """Return ∂_θH(θ,φ)·v: how the surrogate gradient moves when the learner moves along v, data and advantages held.

    What the loss holds by a stop-gradient moves with θ here: ∂_θH is the Jacobian of the field H, and where
    something is held it is not ∂²F/∂θ².
    """
    objective.validate(theta=theta, phi=phi, v=v)
    return _finite(objective, "the action of dH/dtheta", learner_push(objective, theta, phi, v))


def learner_vjp(objective: Population, theta: Params, phi: Params, w: Params) -> Params:
    """Return ∂_θH(θ,φ)ᵀ·w = ∂_θ⟨H(θ,φ), w⟩, stop-gradients moving with θ as in ``learner_jvp``."""
    objective.validate(theta=theta, phi=phi, w=w)
    return _finite(objective, "the transposed action of dH/dtheta", learner_pull(objective, theta, phi, w))


def behaviour_second(objective: Population, theta: Params, phi: Params, v: Params) -> Params:
    """Return ∂²_φH(θ,φ)[v, v], the second derivative of H along v in the behaviour slot."""
    objective.validate(theta=theta, phi=phi, v=v)
    found = directional(lambda point: push(objective, theta, point, v), phi, v)
    return _finite(objective, "the second derivative in phi", found)


def behaviour_jacobian(objective: Population, theta: Params, phi: Params) -> Tensor:
    """Return the dense matrix ∂_φH(θ,φ), (dim, dim): rows are components of H, columns are directions of φ.

    Raises:
        ValueError: bad parameters, or more than ``DENSE_LIMIT`` parameters (use ``behaviour_jvp``).
    """
    objective.validate(theta=theta, phi=phi)
    dim = flatten(theta).numel()
    if dim > DENSE_LIMIT:
        raise ValueError(f"expected at most {DENSE_LIMIT} parameters for a dense matrix, got {dim}; use behaviour_jvp")
    eye = torch.eye(dim, dtype=torch.float64, device=flatten(theta).device)

    def column(e: Tensor) -> Tensor:
        return flatten(push(objective, theta, phi, unflatten(e, phi)))

    return _finite(objective, "dH/dphi", over_rows(column, eye).T)


def ratio_range(objective: Enumeration, theta: Params, phi: Params) -> tuple[float, float]:
    """Return (min, max) of the token ratio π_θ/π_φ over every token of every response to every prompt."""
    objective.validate(theta=theta, phi=phi)
    logs = objective.log_ratios(theta, phi)
    return math.exp(float(logs.min())), math.exp(float(logs.max()))
