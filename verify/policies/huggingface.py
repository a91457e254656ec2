"""Any Hugging Face causal language model as a policy; refused early where torch.func cannot follow it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..transforms import directional, gradient
from ..trees import Params, finite
from .refusals import refuse, sdpa_or_eager
from .sequence import SequencePolicy

__all__ = ["causal_lm"]

_T = TypeVar("_T")


class _Logits(nn.Module):
    """(tokens, mask) -> logits, with the positions that ``generate`` uses: counted from the first kept token."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.training = False  # of this wrapper alone; the model keeps its mode
        self.placed = "position_ids" in inspect.signature(model.forward).parameters

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        places = {"position_ids": (mask.cumsum(1) - 1).clamp(min=0)} if self.placed else {}
        return self.model(input_ids=tokens, attention_mask=mask.long(), use_cache=False, **places).logits


def causal_lm(model: nn.Module) -> SequencePolicy:
    """Return the policy of a Hugging Face causal LM (``AutoModelForCausalLM``), on its own device and in its own dtype.

    Padding is on the left (``tokenizer.padding_side = "left"``) and told by the mask. Tied weights count once.

    Raises:
        ValueError: what ``refuse`` refuses; a model that is no causal LM of Hugging Face, has weights that are not
            finite, reads later tokens or its padding (eager attention of a float64 model does), or an operation
            without a derivative of a derivative. The message says what to change.
    """
    thing: Any = model
    if not isinstance(thing, nn.Module) or not hasattr(getattr(thing, "config", None), "get_text_config"):
        raise ValueError(
            "expected a Hugging Face causal LM, as AutoModelForCausalLM.from_pretrained returns it; "
            f"got {type(thing).__name__}; give another module to SequencePolicy(module, vocab)"
        )
    refuse(thing)
    _check_numbers(thing)
    config: Any = thing.config
    policy = SequencePolicy(_Logits(thing), int(config.get_text_config().vocab_size))
    _probe(policy, thing)
    return policy


def _check_numbers(model: nn.Module) -> None:
    """Infinite buffers are masks; anything else that is not finite is damage."""
    for name, p in model.named_parameters():
        if not finite(p.detach()):
            bad = int((~torch.isfinite(p.detach())).sum())
            raise ValueError(f"parameter {name!r}: expected finite numbers, got {bad} others; load sound weights")
    for name, b in model.named_buffers():
        if b.is_floating_point() and bool(torch.isnan(b).any()):
            raise ValueError(f"buffer {name!r}: expected numbers, got {int(torch.isnan(b).sum())} NaN; load it anew")


def _probe(policy: SequencePolicy, model: Any) -> None:
    """Three tokens, once bare and once with padding in front, and a directional derivative of a gradient on them."""
    params = {name: p.detach() for name, p in policy.module.named_parameters()}
    some = next(iter(params.values()))
    tokens = torch.arange(3, device=some.device)[None] % policy.vocab
    other = torch.cat([tokens[:, :2], tokens[:, :1]], 1)
    padded, kept = (functional.pad(x, (2, 0)) for x in (tokens, torch.ones_like(tokens, dtype=torch.bool)))

    def behind(point: Params) -> Tensor:
        return policy.log_probs(point, padded, kept)[:, 2:]

    with torch.no_grad():
        load = "load the model with AutoModelForCausalLM"
        bare = _tried(lambda: policy.log_probs(params, tokens), model, "a causal LM that gives logits", load)
        if bare.shape != (1, 3, policy.vocab):
            raise ValueError(
                f"expected logits of shape (1, 3, {policy.vocab}) for three tokens, got {tuple(bare.shape)}; {load}"
            )
        changed = policy.log_probs(params, other)[:, :2]
        padding = behind(params)
    double = some.dtype == torch.float64
    curved = _tried(
        lambda: directional(lambda point: gradient(lambda x: behind(x).square().sum(), point), params, params),
        model,
        "a model whose gradient has a directional derivative",
        "use another model",
    )
    if not _gap(changed, bare[:, :2]) <= (1e-9 if double else 1e-5):
        raise ValueError(
            "expected log-probabilities that do not depend on later tokens, got a difference of "
            f"{_gap(changed, bare[:, :2]):.3g}; give a model that is causal"
        )
    if not _gap(padding, bare) <= (1e-9 if double else 1e-4):
        raise ValueError(
            "expected log-probabilities that do not depend on left padding, got a difference of "
            f"{_gap(padding, bare):.3g}; {_padding_remedy(model, double)}"
        )
    for name, leaf in curved.items():
        if not finite(leaf):
            raise ValueError(f"expected finite second derivatives, got others in {name!r}; use another model")


def _gap(x: Tensor, y: Tensor) -> float:
    return float((x - y).abs().max())


def _padding_remedy(model: Any, double: bool) -> str:
    """What makes the padding right: another attention, or float32 where attention works in float32 anyway."""
    best = sdpa_or_eager(model)
    if getattr(model.config, "_attn_implementation", best) != best:
        return f"load the model with attn_implementation={best!r}"
    return "convert it with .float()" if double else "its attention cannot be used with padding; use another model"


def _tried(call: Callable[[], _T], model: Any, expected: str, remedy: str) -> _T:
    """What ``call`` returns; an error of torch or of the model becomes one that names the operation and the remedy."""
    try:
        return call()
    except torch.OutOfMemoryError:
        raise
    except (RuntimeError, TypeError, AttributeError, ValueError, IndexError, KeyError, AssertionError) as error:
        first = (str(error).splitlines() or [""])[0]
        operation = re.search(r"forward AD with (\w+)", first)
        what = f"operation {operation[1]}, which has no forward-mode derivative" if operation else first
        if _grouped_experts(model):
            remedy = "call model.set_experts_implementation('batched_mm')"
        raise ValueError(f"expected {expected}, got {type(model).__name__}: {what}; {remedy}") from error


def _grouped_experts(model: Any) -> bool:
    """Whether a mixture of experts multiplies by groups, which is for float32 and reverse mode only."""
    able = getattr(model, "_can_set_experts_implementation", lambda: False)()
    return able and getattr(model.config, "_experts_implementation", "eager") not in ("eager", "batched_mm")
