"""Every loss record on an enumerated tabular problem: its token weight, ∂_φH and the sources, against its own claim.

One measurement for all losses. H from the token weight (``token_weights``) is compared with the gradient of the loss
itself (``exact``), and its derivative in φ with the form that the claim states, role by role.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..theory.bridge import float64
from ..theory.surrogates import Surrogate
from ..theory.surrogates.analysis import facts
from ..theory.surrogates.derivation import loss_claim
from .objectives import surrogate_gradient
from .populations.losses import NUMBERS, compiled
from .problems import generator
from .token_weights import (
    Setting,
    advantages_by_mates,
    behaviour_derivative,
    mean_advantage,
    over_mates,
    share,
    variables,
    weighted_gradient,
)
from .transforms import directional, gradient
from .trees import Params, add, norm, random_unit, zeros_like
from .verdicts import Measurement, Verdict, compare_exact

__all__ = ["ROLES", "directions", "first_order", "measure"]

TOLERANCE = 1e-10
ROLES = ("prefix", "current", "suffix")


def _scores(setting: Setting, w: Params) -> dict[str, Tensor]:
    """⟨s, w⟩ of the tokens that play each role for a token, (P, V**L, L)."""
    along = directional(setting.log_tokens, setting.theta, w)
    before = along.cumsum(-1) - along
    return {"prefix": before, "current": along, "suffix": along.sum(-1, keepdim=True) - before - along}


def first_order(loss: Surrogate, setting: Setting, w: Params) -> dict[str, Params]:
    """Return the parts of the claim's first-order form of ∂_φH(θ,θ)[w]: prefix, current, suffix, mates."""
    theta, claim = setting.theta, loss_claim(loss)
    tokens, scores = setting.log_tokens(theta), _scores(setting, w)
    law = tokens.sum(-1).exp()
    advantage = torch.broadcast_to(mean_advantage(loss, setting, law), tokens.shape)
    values = variables(setting, tokens, tokens)
    each = share(loss, setting) / setting.policy.prompts

    def formula(name: str, **more: Any) -> Tensor:
        expression = claim.formulas.get(name)
        value = 0.0 if expression is None else compiled(expression)(**(values | more))
        return torch.as_tensor(value, dtype=torch.float64, device=tokens.device)

    def projected(weight: Tensor) -> Params:
        weight = torch.broadcast_to(weight, tokens.shape) * law[..., None] * each
        return gradient(lambda point: (weight * setting.log_tokens(point)).sum(), theta)

    parts = {role: projected((advantage * formula(role) + formula(f"penalty_{role}")) * scores[role]) for role in ROLES}
    return parts | {"mates": _normaliser(loss, setting, w, formula, each)}


def directions(loss: Surrogate, setting: Setting, w: Params) -> dict[str, Params]:
    """Return c E[A ⟨s_role, w⟩ s] per role: the parts of the form without importance weight."""
    tokens, scores = setting.log_tokens(setting.theta), _scores(setting, w)
    law = tokens.sum(-1).exp()
    factor = law[..., None] * mean_advantage(loss, setting, law) * share(loss, setting) / setting.policy.prompts

    def projected(score: Tensor) -> Params:
        return gradient(lambda point: (factor * score * setting.log_tokens(point)).sum(), setting.theta)

    return {role: projected(score) for role, score in scores.items()}


def _normaliser(loss: Surrogate, setting: Setting, w: Params, formula: Callable[..., Tensor], each: float) -> Params:
    """C Σ_x (formula with w_G′(p)) ⟨∇p, w⟩ ∇p; the derivative of w_G = A_1 − A_0 in p by automatic differentiation."""

    def success(point: Params) -> Tensor:
        return setting.success(setting.log_tokens(point).sum(-1).exp())

    p, dp = success(setting.theta), directional(success, setting.theta, w)
    if loss.advantage.centre == "critic":
        slope = torch.zeros_like(p)
    else:
        failed, solved = advantages_by_mates(loss, setting.group_size)
        at = {"p": p}
        slope = gradient(lambda q: (over_mates(solved, q["p"]) - over_mates(failed, q["p"])).sum(), at)["p"]
    length = float(setting.policy.length)  # a number per prompt here, not one per response
    weight = formula("normaliser", slope_w=slope, L=length) * dp * each
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
