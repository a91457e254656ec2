"""A loss record as torch functions of log-probabilities, masks and rewards; ``theory/surrogates`` says what it is.

Three parameter points enter a loss: the learner that is differentiated, the learner inside stop-gradients (the same
numbers, held), and the behaviour policy. Kept apart they make every derivative a plain one: a stop-gradient holds when
the loss is differentiated, and moves when its gradient H is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from ...theory.bridge import generic
from ...theory.surrogates import SIGNED, Advantage, Surrogate, surrogate
from ...theory.surrogates.calculus import gradient_level, inside, split_frozen

__all__ = ["FUNCTIONS", "NUMBERS", "Learner", "Loss", "compiled", "group_advantages", "with_advantage"]

NUMBERS: Mapping[str, float] = MappingProxyType(
    {"eps_lo": 0.2, "eps_hi": 0.28, "rho_cap": 2.0, "beta_kl": 0.04, "L_cap": 5.0, "delta_std": 1e-4}
    | {"tau_pos": 1.0, "tau_neg": 1.05, "k_pos": 2.0, "k_neg": 3.0, "decay_pos": 3.0, "decay_neg": 2.0}
)
"""Constants of the losses by symbol name; all above 0, but for ``AT_ZERO``."""
AT_ZERO = {"beta_kl", "delta_std"}


def _smallest(*args: Any) -> Any:
    return -_largest(*(-a for a in args))


def _largest(*args: Any) -> Any:
    first, *rest = (torch.as_tensor(a, dtype=torch.float64) for a in args)
    for other in rest:
        first = torch.maximum(first, other.to(first.device))
    return first


def _root(x: Any) -> Tensor:
    return torch.as_tensor(x, dtype=torch.float64).sqrt()


FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"Min": _smallest, "Max": _largest, "log": torch.log, "exp": torch.exp, "sqrt": _root}
)


@cache
def compiled(expression: Any) -> Callable[..., Any]:
    """Return an expression of a record as a function of tensors by name; what it does not contain is ignored."""
    return generic(expression, FUNCTIONS)


@cache
def _of_tokens(expression: Any) -> bool:
    """Whether the gradient of a record's loss goes through the tokens, not through the whole response."""
    return gradient_level(inside(expression)[0]) == "token"


def with_advantage(numbers: Mapping[str, float], advantages: Tensor) -> dict[str, Any]:
    """Return the constants of a loss with the advantages, and with those constants that their sign decides."""
    above = advantages > 0
    by_sign: dict[str, Any] = {
        str(symbol): torch.where(above, *(torch.full_like(advantages, numbers[str(each)]) for each in pair))
        for symbol, pair in SIGNED.items()
    }
    return {**numbers, **by_sign, "A_hat": advantages}


def group_advantages(rule: Advantage, rewards: Tensor, offset: float) -> Tensor:
    """Return the advantages (…, G) of the rewards (…, G) of whole groups; a group of equal rewards has none.

    Args:
        rule: centre, scale and ddof of the record.
        rewards: (…, G), finite.
        offset: added to the standard deviation where the rule says so.

    Raises:
        ValueError: a critic's advantages are not made from rewards, or the group is too small (G < 2).
    """
    if rule.centre == "critic":
        raise ValueError("expected a loss with group advantages; a critic's advantages have to be given")
    size = rewards.shape[-1]
    if size < 2 and rule.centre != "none":
        raise ValueError(f"expected group size G >= 2, got {size}")
    total = rewards.sum(-1, keepdim=True)
    centres = {"group": lambda: total / size, "mates": lambda: (total - rewards) / (size - 1), "none": lambda: 0.0}
    found = rewards - centres[rule.centre]()
    if rule.scale == "std":
        spread = rewards.std(-1, correction=rule.ddof, keepdim=True) + (offset if rule.offset else 0.0)
        found = found / torch.where(spread > 0, spread, 1.0)
    equal = (rewards == rewards[..., :1]).all(-1, keepdim=True)
    return found if rule.centre == "none" else torch.where(equal, 0.0, found)


@dataclass(frozen=True)
class Learner:
    """Log-probabilities of the drawn tokens, (…, L), with what they are compared to.

    Args:
        tokens: log π_θ of each token.
        behaviour: log π_φ.
        mask: 1.0 on tokens of the response, 0.0 after its end.
        proximal: log-probabilities of the proximal policy; the learner itself, held, where none is given.
        reference: log-probabilities of the reference policy of a KL penalty.
    """

    tokens: Tensor
    behaviour: Tensor
    mask: Tensor
    proximal: Tensor
    reference: Tensor | None = None

    def variables(self) -> dict[str, Any]:
        """Value of every variable of a record, by symbol name."""
        logs = (self.tokens - self.behaviour) * self.mask
        whole, lengths = logs.sum(-1, keepdim=True), self.mask.sum(-1, keepdim=True).clamp(min=1.0)
        values = {
            "rho": logs.exp(),
            "rho_seq": whole.exp(),
            "rho_geo": (whole / lengths).exp(),
            "rho_prox": ((self.tokens - self.proximal) * self.mask).exp(),
            "rho_beh": ((self.proximal - self.behaviour) * self.mask).exp(),
            "logp": self.tokens,
            "logp_seq": (self.tokens * self.mask).sum(-1, keepdim=True),
            "L": lengths,
        }
        if self.reference is not None:
            log_ref = (self.reference - self.tokens) * self.mask
            values |= {"log_ref": log_ref, "rho_ref": log_ref.exp()}
        return values


@dataclass(frozen=True)
class Loss:
    """One loss with its constants.

    Args:
        record: what the loss says, or the id of a loss of this package.
        numbers: values of its constants by symbol name; ``NUMBERS`` for those not given.

    Raises:
        ValueError: a constant that no loss knows, or one that is not finite and above 0 (0 where it switches something
            off), or a lower clip of the whole ratio, eps_lo >= 1.

    Example:
        >>> Loss("grpo", {"eps_hi": 0.2}).name
        'grpo (delta_std=0.0001, eps_hi=0.2, eps_lo=0.2)'
    """

    record: Surrogate
    numbers: Mapping[str, float] = field(default_factory=dict[str, float])

    def __init__(self, record: Surrogate | str, numbers: Mapping[str, float] | None = None) -> None:
        object.__setattr__(self, "record", surrogate(record) if isinstance(record, str) else record)
        given = dict(numbers or {})
        unknown = sorted(set(given) - set(NUMBERS))
        if unknown:
            raise ValueError(f"expected constants among {sorted(NUMBERS)}, got {unknown}")
        for name, x in given.items():
            if not (math.isfinite(x) and (x > 0.0 or (x == 0.0 and name in AT_ZERO))):
                least = ">= 0" if name in AT_ZERO else "> 0"
                raise ValueError(f"{name}: expected a finite number {least}, got {x}")
        if given.get("eps_lo", 0.0) >= 1.0:
            raise ValueError(f"eps_lo: expected a number below 1, got {given['eps_lo']}")
        object.__setattr__(self, "numbers", MappingProxyType({**NUMBERS, **given}))

    @property
    def name(self) -> str:
        """The loss and the constants it uses."""
        record = self.record
        symbols = {s for e in (record.token, record.length_expression) for s in e.free_symbols}
        used = {str(x) for s in symbols for x in SIGNED.get(s, (s,))} & set(NUMBERS)
        used |= {"delta_std"} if record.advantage.offset else set()
        return f"{record.id} ({', '.join(f'{n}={self.numbers[n]:g}' for n in sorted(used))})" if used else record.id

    @property
    def needs_reference(self) -> bool:
        """Whether it compares the learner with a reference policy."""
        return bool({"log_ref", "rho_ref"} & {str(s) for s in self.record.token.free_symbols})

    def check(self, reference: bool, critic: bool) -> None:
        """Raise ValueError unless a reference policy and a critic are given where the loss needs them."""
        if self.needs_reference and not reference:
            raise ValueError(f"{self.name}: expected the parameters of the reference policy")
        if critic != (self.record.advantage.centre == "critic"):
            raise ValueError(f"{self.name}: expected a critic exactly where the loss takes advantages as given")

    def advantages(self, rewards: Tensor) -> Tensor:
        """Advantages (…, G) of the rewards (…, G) of whole groups; see ``group_advantages``."""
        return group_advantages(self.record.advantage, rewards, self.numbers["delta_std"])

    def length_weights(self, lengths: Tensor) -> Tensor:
        """Weight of one token of each response, (…, G), for the lengths (…, G) of a group; finite for empty ones."""
        size = lengths.shape[-1]
        if self.record.length == "own":
            return 1.0 / lengths.clamp(min=1.0)
        if self.record.length == "group":
            return (size / lengths.sum(-1, keepdim=True).clamp(min=1.0)).expand_as(lengths)
        constant = self.numbers["L_cap"] if self.record.length == "constant" else 1.0
        return torch.full_like(lengths, 1.0 / constant)

    def tokens(self, live: Learner, held: Learner, advantages: Tensor) -> Tensor:
        """Return the loss of each token, (…, L), or (…, 1) for a loss of the whole response, to be maximised.

        Args:
            live: the learner that is differentiated.
            held: the same learner inside stop-gradients.
            advantages: (…, 1), or (…, L) where a critic gives them per token.
        """
        open_part, frozen = split_frozen(self.record.token)
        given = with_advantage(self.numbers, advantages)
        still = held.variables() | given
        behind = {str(symbol): compiled(value)(**still) for symbol, value in frozen.items()}
        return compiled(open_part)(**live.variables(), **given, **behind)

    def responses(self, live: Learner, held: Learner, advantages: Tensor) -> Tensor:
        """Return the loss of each response before its length weight, (…), to be maximised; arguments of ``tokens``."""
        token = self.tokens(live, held, advantages)
        if not _of_tokens(self.record.token):
            return token[..., 0]
        return (token * live.mask).sum(-1)
