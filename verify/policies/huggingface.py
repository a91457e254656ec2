"""Any Hugging Face causal language model as a policy; refused early where torch.func cannot follow it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from .sequence import SequencePolicy

__all__ = ["causal_lm"]

ATTENTION = ("eager", "sdpa")


class _Logits(nn.Module):
    """(tokens, mask) -> logits, with the positions that ``generate`` uses: counted from the first kept token."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.placed = "position_ids" in inspect.signature(model.forward).parameters

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        places = {"position_ids": (mask.cumsum(1) - 1).clamp(min=0)} if self.placed else {}
        return self.model(input_ids=tokens, attention_mask=mask.long(), use_cache=False, **places).logits


def causal_lm(model: nn.Module) -> SequencePolicy:
    """Return the policy of a Hugging Face causal LM (``AutoModelForCausalLM``), on its own device and in its own dtype.

    Padding is on the left (``tokenizer.padding_side = "left"``) and told by the mask. Tied weights count once.

    Raises:
        ValueError: flash or flex attention, gradient checkpointing, active dropout, a quantised, compiled or
            half-precision model, or one that is not causal or reads its padding (eager attention that takes the
            softmax of a float64 model in float32 does); the message says what to change.
    """
    for reason in _unusable(model):
        raise ValueError(reason)
    config: Any = model.config
    policy = SequencePolicy(_Logits(model), int(config.get_text_config().vocab_size))
    _probe(policy)
    return policy


def _probe(policy: SequencePolicy) -> None:
    """Three tokens, once bare and once with padding in front; some attentions of some models get the second wrong."""
    params = {name: p.detach() for name, p in policy.module.named_parameters()}
    some = next(iter(params.values()))
    tokens = torch.arange(3, device=some.device)[None] % policy.vocab
    padded, kept = (functional.pad(x, (2, 0)) for x in (tokens, torch.ones_like(tokens, dtype=torch.bool)))
    with torch.no_grad():
        bare, behind = policy.log_probs(params, tokens), policy.log_probs(params, padded, kept)[:, 2:]
        changed = policy.log_probs(params, torch.cat([tokens[:, :2], tokens[:, :1]], 1))[:, :2]
    near = 1e-9 if some.dtype == torch.float64 else 1e-4
    for other, what in ((behind, "left padding"), (changed, "later tokens")):
        off = float((other - bare[:, : other.shape[1]]).abs().max())
        if not off <= near:
            raise ValueError(
                f"expected log-probabilities that do not depend on {what}, got a difference of {off:.3g}; "
                "load the model with attn_implementation='sdpa'"
            )


def _unusable(model: Any) -> Iterator[str]:
    if getattr(model, "is_quantized", False) or getattr(model, "hf_quantizer", None) is not None:
        yield "expected a plain model, got a quantised one; load it without quantization_config"
    attention = getattr(model.config, "_attn_implementation", "eager")
    if attention not in ATTENTION:
        yield (
            f"expected attention 'eager' or 'sdpa', got {attention!r}, which has no second derivative; "
            "load the model with attn_implementation='eager'"
        )
    old = "is_gradient_checkpointing"  # its name before transformers 5
    if getattr(model, "is_activation_checkpointing" if hasattr(model, "is_activation_checkpointing") else old, False):
        yield "expected no gradient checkpointing; call model.gradient_checkpointing_disable()"
    dropouts = {k: v for k, v in model.config.to_dict().items() if "drop" in k and isinstance(v, float) and v > 0}
    if model.training and dropouts:
        yield f"expected a deterministic policy, got dropout {dropouts} in training mode; call model.eval()"
