"""The record of one loss: what it says of one token, its advantage, its length weight. Everything else is derived.

The loss of a token is an expression, to be maximised, in the scalars of ``symbols/losses.py``: ratios (``rho`` token,
``rho_seq`` whole response, ``rho_geo`` geometric mean over the response, ``rho_prox`` and ``rho_beh`` where a proximal
policy stands between, ``rho_ref`` to a reference), ``logp_tok``, the advantage ``A_hat``, and ``sg(...)`` for a
stop-gradient; the constants of ``SIGNED`` depend on the sign of the advantage. A loss with a sequence-level variable
outside every ``sg`` is a loss of the whole response.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import sympy
from sympy.core.function import AppliedUndef

from .. import symbols as sy

__all__ = ["SIGNED", "Advantage", "Length", "Surrogate", "clip", "frozen", "gamma_weight", "soft_gate"]

Length = Literal["own", "group", "constant", "none"]
SIGNED: Mapping[Any, tuple[Any, Any]] = MappingProxyType(
    {
        sy.tau_gate: (sy.tau_pos, sy.tau_neg),
        sy.k_gamma: (sy.k_pos, sy.k_neg),
        sy.decay_gamma: (sy.decay_pos, sy.decay_neg),
    }
)
"""Constants of a loss that depend on the sign of the advantage: the value above zero, and the other one."""


def frozen(expression: Any) -> Any:
    """Stop-gradient: the value of an expression, constant when the loss is differentiated."""
    return sy.sg(expression)


def clip(ratio: Any) -> Any:
    """``clip(ratio, 1 - eps_lo, 1 + eps_hi)``."""
    return sympy.Min(sympy.Max(ratio, 1 - sy.eps_lo), 1 + sy.eps_hi)


def soft_gate(ratio: Any) -> Any:
    """``4/tau * sigmoid(tau (ratio - 1))``, with slope 1 at ratio 1; tau depends on the sign of the advantage."""
    return 4 / (sy.tau_gate * (1 + sympy.exp(-sy.tau_gate * (ratio - 1))))


def gamma_weight(ratio: Any) -> Any:
    """``ratio**k * exp(lambda (1 - ratio))``, 1 at ratio 1; k and lambda depend on the sign of the advantage."""
    return sympy.exp(sy.k_gamma * sympy.log(ratio) + sy.decay_gamma * (1 - ratio))


@dataclass(frozen=True)
class Advantage:
    """How rewards become advantages; ``expression`` writes it in the own reward and two means over the group mates.

    Args:
        centre: what is subtracted: the mean of the group (own reward included), the mean of the mates (leave one out),
            a critic's value (then the advantage is a given number per token), or nothing.
        scale: divide by the standard deviation of the group, or not.
        ddof: 0 population, 1 Bessel; None where nothing is divided by.
        offset: whether a positive constant is added to the standard deviation.
    """

    centre: Literal["group", "mates", "critic", "none"]
    scale: Literal["std", "none"] = "none"
    ddof: Literal[0, 1] | None = None
    offset: bool = False

    def __post_init__(self) -> None:
        if self.centre not in ("group", "mates", "critic", "none") or self.scale not in ("std", "none"):
            raise ValueError(f"expected a centre and a scale that exist, got {self}")
        if self.ddof not in (0, 1, None) or self.offset not in (False, True):
            raise ValueError(f"expected ddof 0, 1 or None and an offset or none, got {self}")
        if (self.scale == "std") != (self.ddof is not None) or (self.offset and self.scale != "std"):
            raise ValueError(f"expected ddof (and offset) exactly where there is a std, got {self}")
        if self.scale == "std" and self.centre != "group":
            raise ValueError(f"expected the group mean under a group std, got {self.centre!r}")

    @property
    def expression(self) -> Any:
        """The advantage in ``r_self``, ``m1_mates``, ``m2_mates`` and G; a critic's is the free symbol ``A_hat``."""
        if self.centre == "critic":
            return sy.A_hat
        size = sy.G_group
        mean = (sy.r_self + (size - 1) * sy.m1_mates) / size
        base = {"group": mean, "mates": sy.m1_mates, "none": sympy.S.Zero}[self.centre]
        if self.scale == "none":
            return sy.r_self - base
        square = (sy.r_self**2 + (size - 1) * sy.m2_mates) / size
        variance = (square - mean**2) * size / (size - self.ddof)
        return (sy.r_self - base) / (sympy.sqrt(variance) + (sy.delta_std if self.offset else 0))


@dataclass(frozen=True)
class Surrogate:
    """One loss.

    Args:
        id: short id, e.g. ``grpo``; its claim is ``loss-grpo``.
        title: what it is called.
        source: arXiv id and what is taken from it.
        token: the loss of one token (or of one response), to be maximised.
        advantage: how rewards become advantages.
        length: the weight of one token: 1/(own length), 1/(mean length of the group), 1/(a constant), or 1.
        note: one sentence on what this record leaves out.

    Raises:
        ValueError: an id that is no slug, or a loss that mentions a symbol which is none of a loss.
    """

    id: str
    title: str
    source: str
    token: Any
    advantage: Advantage
    length: Length
    note: str = ""

    def __post_init__(self) -> None:
        if type(self) is not Surrogate or type(self.advantage) is not Advantage:
            raise ValueError(f"expected a Surrogate with an Advantage, got {type(self)} with {type(self.advantage)}")
        words = (self.id, self.title, self.source, self.note)
        if not all(type(w) is str and w.isprintable() for w in words):
            raise ValueError(f"expected id, title, source and note on one line each, got {words}")
        if not self.id or not set(self.id) <= set("abcdefghijklmnopqrstuvwxyz0123456789-"):
            raise ValueError(f"expected an id of lower-case letters, digits and '-', got {self.id!r}")
        if self.length not in ("own", "group", "constant", "none"):
            raise ValueError(f"expected a length weight among own, group, constant, none, got {self.length!r}")
        endless = (sympy.Float, sympy.oo, -sympy.oo, sympy.zoo, sympy.nan, sympy.I)
        if not isinstance(self.token, sympy.Expr) or self.token.has(*endless):
            raise ValueError(f"expected an exact SymPy expression for the loss of a token, got {self.token!r}")
        unknown = {f for f in self.token.atoms(AppliedUndef) if f.func != sy.sg}
        foreign = sorted(str(s) for s in (self.token.free_symbols - _ALLOWED) | unknown)
        if foreign:
            raise ValueError(f"expected the symbols {sorted(map(str, _ALLOWED))} in the loss of a token, got {foreign}")

    @property
    def claim_id(self) -> str:
        """Id of the derived claim."""
        return f"loss-{self.id}"

    @property
    def length_expression(self) -> Any:
        """The weight of one token in the lengths of the own response and of the mates."""
        size = sy.G_group
        return {
            "own": 1 / sy.L_own,
            "group": size / (sy.L_own + (size - 1) * sy.L_mates),
            "constant": 1 / sy.L_cap,
            "none": sympy.S.One,
        }[self.length]

    @property
    def token_weight(self) -> Any:
        """The weight of one token where every response has L tokens."""
        return sympy.cancel(self.length_expression.subs({sy.L_own: sy.L_len, sy.L_mates: sy.L_len}))


_ALLOWED = {
    *(sy.A_hat, sy.rho, sy.rho_seq, sy.rho_geo, sy.rho_prox, sy.rho_beh, sy.rho_ref, sy.log_ref, sy.logp_tok),
    *(sy.logp_seq, sy.eps_hi, sy.eps_lo, sy.beta_kl, sy.rho_cap, sy.L_len, *SIGNED),
}
