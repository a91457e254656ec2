"""A torch module as a policy: (parameter dictionary, tokens) -> log-probabilities, pure and safe under torch.func."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.attention import SDPBackend, sdpa_kernel

from ..trees import Params, finite
from .normalisation import PlainLayerNorm
from .refusals import refuse

__all__ = ["SequencePolicy", "check_prompts"]


@dataclass(frozen=True)
class SequencePolicy:
    """An autoregressive policy over V tokens, as a function of its parameters.

    Args:
        module: (tokens (B, N) int64, mask (B, N) bool) -> logits (B, N, V); the logits at place n may depend on the
            tokens 0..n that the mask keeps. Parameters shared by two names count once.
        vocab: V, the size of the last axis of the logits.

    Raises:
        ValueError: what torch.func cannot differentiate twice, or what makes the policy random; see ``refuse``.

    Example:
        >>> from stalelaw.verify.policies import MLP
        >>> policy = SequencePolicy(MLP(inputs=3, vocab=2, window=4, hidden=5).double(), vocab=2)
        >>> policy.log_probs(policy.params(), torch.tensor([[2, 0]])).shape
        torch.Size([1, 2, 2])
    """

    module: nn.Module
    vocab: int

    def __post_init__(self) -> None:
        refuse(self.module)

    def params(self) -> Params:
        """Return a copy of the module's parameters, each tensor once."""
        return {name: p.detach().clone() for name, p in self.module.named_parameters()}

    def validate(self, params: Params, name: str) -> None:
        """Raise ValueError (expected, got) unless ``params`` are finite and named, shaped and typed as the module's.

        The module is looked at again: it may have been put into training mode or compiled since.
        """
        refuse(self.module)
        mine = self._own(params, name)
        for key, leaf in params.items():
            if leaf.shape != mine[key].shape or leaf.dtype != mine[key].dtype:
                expected, got = (f"{tuple(t.shape)} {t.dtype}" for t in (mine[key], leaf))
                raise ValueError(f"{name}[{key!r}]: expected {expected}, got {got}")
            if not finite(leaf):
                raise ValueError(
                    f"{name}[{key!r}]: expected finite numbers, got {int((~torch.isfinite(leaf)).sum())} others"
                )

    def _own(self, params: Params, name: str) -> Params:
        """The module's parameters, if these have their names; functional_call fills in what is missing, silently."""
        mine: Params = dict(self.module.named_parameters())
        if params.keys() != mine.keys():
            lacks, extra = sorted(mine.keys() - params.keys()), sorted(params.keys() - mine.keys())
            raise ValueError(f"{name}: expected the parameters of the policy; missing {lacks}, unknown {extra}")
        return mine

    def log_probs(self, params: Params, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return log π(· | tokens[:, :n+1]) at every place n, (B, N, V).

        Args:
            params: parameters, as from ``params``.
            tokens: (B, N) int64; the first kept token of a row starts its context.
            mask: (B, N) bool, False on padding; everything is kept without one. What stands on padding is undefined.
        """
        kept = torch.ones_like(tokens, dtype=torch.bool) if mask is None else mask
        return torch.log_softmax(self._logits(params, tokens, kept), dim=-1)

    def _logits(self, params: Params, tokens: Tensor, mask: Tensor) -> Tensor:
        self._own(params, "params")
        with _twice_differentiable():
            return cast(Tensor, functional_call(self.module, params, (tokens, mask), tie_weights=True))

    def response_log_probs(self, params: Params, prompts: Tensor, prompt_mask: Tensor, responses: Tensor) -> Tensor:
        """Return log π(· | prompt, y_<k) for k < L, (B, L, V), for left-padded prompts (B, N) and responses (B, L).

        The last token of a response is not read. Responses shorter than L are padded on the right with any token: what
        comes after a place does not touch it.
        """
        tokens = torch.cat([prompts, responses[:, :-1]], 1)
        mask = torch.cat([prompt_mask, torch.ones_like(responses[:, :-1], dtype=torch.bool)], 1)
        return torch.log_softmax(self._logits(params, tokens, mask)[:, prompts.shape[1] - 1 :], dim=-1)


def check_prompts(tokens: Tensor, mask: Tensor) -> None:
    """Raise ValueError (expected, got) unless ``mask`` keeps a non-empty right end of every row of ``tokens``."""
    if tokens.ndim != 2 or min(tokens.shape) < 1 or tokens.dtype != torch.int64:
        raise ValueError(
            f"prompts: expected int64 of shape (P, N), both at least 1; got {tokens.dtype} {tuple(tokens.shape)}"
        )
    if mask.shape != tokens.shape or mask.dtype != torch.bool:
        raise ValueError(f"prompt mask: expected bool {tuple(tokens.shape)}, got {mask.dtype} {tuple(mask.shape)}")
    left_padded = mask[:, -1].all() and not bool((mask[:, :-1] & ~mask[:, 1:]).any())
    if not bool(left_padded):
        raise ValueError("prompt mask: expected padding on the left only and at least one token in every prompt")


@contextmanager
def _twice_differentiable() -> Generator[None]:
    """Fused attention has no forward-mode rule, and a fused layer norm a wrong one; the plain ones are right."""
    with sdpa_kernel(SDPBackend.MATH), PlainLayerNorm():
        yield
