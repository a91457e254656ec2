"""One loss, one file: a frozen record of what the loss says; derivation, table row and measurement follow from it."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from .record import SIGNED, Advantage, Surrogate, clip, frozen, soft_gate

__all__ = ["ORDER", "SIGNED", "Advantage", "Surrogate", "clip", "frozen", "own_surrogates", "soft_gate", "surrogate"]

ORDER = (
    *("grpo", "dr_grpo", "dapo", "ppo_clip", "decoupled_ppo", "truncated_is", "gspo", "cispo", "sapo"),
    *("rloo", "rloo_is", "reinforce", "reinforce_is", "kl_k1", "kl_k2", "kl_k3"),
)


@cache
def own_surrogates() -> tuple[Surrogate, ...]:
    """The losses of this package, in the order of the table."""
    return tuple(import_module(f"{__name__}.{name}").SURROGATE for name in ORDER)


def surrogate(id: str) -> Surrogate:
    """The loss of this package with this id.

    Raises:
        KeyError: there is none.
    """
    return {loss.id: loss for loss in own_surrogates()}[id]
