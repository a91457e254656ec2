r"""The exact population GRPO surrogate F(θ,φ) for binary rewards, in closed form over the tree of responses.

.. math::
    F(θ,φ) = \mathbb E_x \sum_y π_φ(y|x) \frac1L \sum_k \min(ρ_k A, \mathrm{clip}(ρ_k, 1-ε_{lo}, 1+ε_{hi}) A),
    \qquad A = A_{r(y)}(p_φ(x)),

with A_r(p) the exact expected group advantage (``advantage``). A depends on φ and that dependence is part of F. With
P_φ(s) the success probability after a prefix s and d_φ(s) its chance, the sum over y is one over prefixes and tokens,

.. math::
    F = \mathbb E_x \frac1L \sum_{s,a} d_φ(s)\, w_G(p) \bigl[(1-p)\, P_φ(sa) \min(π_θ, (1+ε_{hi}) π_φ)(a|s)
        - p\, (1 - P_φ(sa)) \max(π_θ, (1-ε_{lo}) π_φ)(a|s)\bigr],

so its slope in π_θ is free of θ but for which tokens are clipped, and its change with φ is a product rule. Both are
written out here (tests compare them with the derivatives of ``score``). Source: arXiv 2607.01083; claim ``objects``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import torch
from torch import Tensor

from ..advantages import advantage_gap, advantage_gap_slope
from ..policies import EnumerablePolicy
from ..tasks import validate_rewards
from ..transforms import pulled, pushed
from ..trees import Params

__all__ = ["Clip", "Objective"]

_Clipped: TypeAlias = tuple[Tensor, Tensor] | None


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

    def mean_reward(self, theta: Params) -> Tensor:
        """Return V(θ) as a scalar tensor."""
        return self._success(list(self.policy.chances(theta).values()))[0].mean()

    def log_ratios(self, theta: Params, phi: Params) -> Tensor:
        """Return log π_θ/π_φ at every prompt, prefix and token, flat."""
        pairs = zip(self.policy.levels(theta), self.policy.levels(phi), strict=True)
        return torch.cat([(a - b).reshape(-1) for a, b in pairs])

    def parts(self) -> tuple[Objective]:
        """Return itself: one part."""
        return (self,)

    def common(self, behaviour: Params) -> Params:
        """Return nothing: there is one part."""
        return {}

    def tables(self, params: Params) -> Params:
        """Return π at every node, by level, or log π for the log form."""
        if self.form == "ratio":
            return self.policy.chances(params)
        return {str(k): level for k, level in enumerate(self.policy.levels(params))}

    def pulled(self, params: Params) -> tuple[Params, Callable[[Params], Params]]:
        """Return the tables and w ↦ J^T w."""
        return self.policy.chances_pulled(params) if self.form == "ratio" else pulled(self.tables, params)

    def pushed(self, params: Params, v: Params) -> tuple[Params, Params]:
        """Return the tables and J v."""
        return self.policy.chances_pushed(params, v) if self.form == "ratio" else pushed(self.tables, params, v)

    def score(self, live: Params, held: Params, behaviour: Params) -> Tensor:
        """Return F from the tables of both policies; this loss has no stop-gradient, so ``held`` is not read."""
        chances = self._chances(behaviour)
        success = self._success(chances)
        mean, reach = success[0], self._gap(success[0])
        total = reach.new_zeros(())
        for k, (here, learner) in enumerate(zip(chances, live.values(), strict=True)):
            good = success[k + 1].reshape(here.shape)
            up, down = (reach * (1.0 - mean))[..., None] * good, (reach * mean)[..., None] * (1.0 - good)
            if self.clip is None:
                total = total + ((up - down) * learner * (here if self.form == "log" else 1.0)).sum()
            else:
                most, least = (1.0 + self.clip.hi) * here, (1.0 - self.clip.lo) * here
                total = total + (up * torch.minimum(learner, most) - down * torch.maximum(learner, least)).sum()
            reach = _below(reach, here)
        return total

    def slope(self, live: Params, behaviour: Params) -> Params:
        """Return the derivative of ``score`` in ``live``."""
        chances = self._chances(behaviour)
        success = self._success(chances)
        mean, reach = success[0], self._gap(success[0])
        found = Params()
        for k, here in enumerate(chances):
            if k:
                reach = _below(reach, chances[k - 1])
            clipped, good = self._clipped(live, here, k), success[k + 1].reshape(here.shape)
            slope = _split(reach, reach * mean, good, clipped)
            found[str(k)] = slope * here if self.form == "log" else slope
        return found

    def slope_moved(self, live: Params, behaviour: Params, moved: Params) -> Params:
        """Return the derivative of ``slope`` when ``behaviour`` moves along ``moved``."""
        chances = self._chances(behaviour)
        steps = [x * y if self.form == "log" else y for x, y in zip(chances, moved.values(), strict=True)]
        success = self._success(chances)
        changes = self._success_moved(chances, steps, success)
        mean, mean_moved = success[0], changes[0]
        reach, reach_moved = self._gap(mean), self._gap_slope(mean) * mean_moved
        found = Params()
        for k, (here, step) in enumerate(zip(chances, steps, strict=True)):
            if k:
                reach_moved = _below(reach_moved, chances[k - 1]) + _below(reach, steps[k - 1])
                reach = _below(reach, chances[k - 1])
            clipped, good = self._clipped(live, here, k), success[k + 1].reshape(here.shape)
            down = reach * mean
            slope = _split(reach_moved, reach_moved * mean + reach * mean_moved, good, clipped)
            if k + 1 < len(chances):  # the rewards themselves do not move
                slope = slope + _gained(reach, down, changes[k + 1].reshape(here.shape), clipped)
            if self.form == "log":
                slope = slope * here + _split(reach, down, good, clipped) * step
            found[str(k)] = slope
        return found

    def _chances(self, behaviour: Params) -> list[Tensor]:
        return [x.exp() if self.form == "log" else x for x in behaviour.values()]

    def _success(self, chances: list[Tensor]) -> list[Tensor]:
        """E[R | prefix] for prefixes of k = 0..L tokens: (P, V**k) each, from the leaves up."""
        found = [self.rewards.to(chances[0].device)]
        for here in reversed(chances):
            found.insert(0, (here * found[0].reshape(here.shape)).sum(-1))
        return found

    def _success_moved(self, chances: list[Tensor], steps: list[Tensor], success: list[Tensor]) -> list[Tensor]:
        """How ``_success`` moves for prefixes of k = 0..L−1 tokens, when the chances do."""
        found = list[Tensor]()
        for here, step, then in zip(chances[::-1], steps[::-1], success[:0:-1], strict=True):
            change = step * then.reshape(here.shape)
            if found:
                change = torch.addcmul(change, here, found[0].reshape(here.shape))
            found.insert(0, change.sum(-1))
        return found

    def _gap(self, mean: Tensor) -> Tensor:
        """w_G(p)/(P L), (P, 1)."""
        return advantage_gap(mean, self.group_size) / (self.policy.prompts * self.policy.length)

    def _gap_slope(self, mean: Tensor) -> Tensor:
        return advantage_gap_slope(mean, self.group_size) / (self.policy.prompts * self.policy.length)

    def _clipped(self, live: Params, here: Tensor, k: int) -> _Clipped:
        """Where min(ρA, clip(ρ)A) is flat: on success above 1+ε_hi, on failure below 1−ε_lo."""
        if self.clip is None:
            return None
        learner, chance = live[str(k)].detach(), here.detach()
        return learner > (1.0 + self.clip.hi) * chance, learner < (1.0 - self.clip.lo) * chance


def _split(both: Tensor, down: Tensor, good: Tensor, clipped: _Clipped) -> Tensor:
    """What a success pushes up, P(success) of the time, less what a failure pushes down; clipped terms left out.

    Args:
        both: the two pushes together, (P, V**k).
        down: that of a failure.
        good: P(success) after a further token, (P, V**k, V).
        clipped: where success, and failure, push no more.
    """
    both, down = both[..., None], down[..., None]
    if clipped is None:
        return both * good - down
    above, below = clipped
    return ((both - down) * good).masked_fill(above, 0.0) - (down * (1.0 - good)).masked_fill(below, 0.0)


def _gained(both: Tensor, down: Tensor, more: Tensor, clipped: _Clipped) -> Tensor:
    """How ``_split`` changes when P(success) does."""
    both, down = both[..., None], down[..., None]
    if clipped is None:
        return both * more
    above, below = clipped
    return ((both - down) * more).masked_fill(above, 0.0) + (down * more).masked_fill(below, 0.0)


def _below(x: Tensor, here: Tensor) -> Tensor:
    """From prefixes to their continuations: (P, V**k) times (P, V**k, V), as (P, V**(k+1))."""
    return (x[..., None] * here).flatten(1)
