"""The coefficients of prefix, current token and suffix in ∂_φH, for four ways to weigh by ratios."""

from __future__ import annotations

from ...theory.surrogates import own_surrogates
from ..constants import predict
from ..problems import generator
from ..surrogates import ROLES, directions
from ..token_weights import Setting, behaviour_derivative
from ..trees import dot, random_unit
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "first-order-sources"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the coefficient of each source: the share of its direction E[A⟨s_role,w⟩s] in ∂_φH, role by role."""
    setting = Setting.draw(seed, 0, device)
    w = random_unit(setting.theta, generator(seed, 440))
    length = setting.policy.length
    powers = {"ppo-clip": (1.0, 0.0), "rloo": (0.0, 0.0), "rloo-is": (0.0, 1.0), "gspo": (0.0, 1.0 / length)}
    rows: list[Verdict] = []
    for loss in own_surrogates():
        if loss.id not in powers:
            continue
        current, whole = powers[loss.id]
        unit = 1.0 / length if loss.id == "gspo" else 1.0  # GSPO's token weight on the diagonal is A/L
        for role in ROLES:
            predicted = predict(CLAIM, role, sigma_cur=current, sigma_all=whole)
            along, found = (
                directions(loss, setting, w)[role],
                behaviour_derivative(loss, setting, setting.theta, w, role),
            )
            m = Measurement(dot(found, along) / dot(along, along) / unit, seed=seed, device=device)
            text = f"coefficient of the {role} in the derivative of H, {loss.title}, sigma = ({current:g}, {whole:g})"
            rows.append(
                compare_exact(CLAIM, "surrogate gradient, tabular, fixed length", predicted, m, text, 1e-10, 1.0)
            )
    return rows
