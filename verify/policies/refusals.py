"""Why a torch module is no policy: what is random, cannot be differentiated twice, or has no weights to differentiate.

All of it is read off the modules, their attributes and their configurations; nothing is run, so that the answer is the
same every time and cheap enough for the start of every measurement.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import torch
from torch import nn

__all__ = ["refuse", "sdpa_or_eager"]

ATTENTION = (None, "eager", "sdpa")
Parts: TypeAlias = list[tuple[str, Any]]
"""Every module of a model, with its name."""


def refuse(module: nn.Module) -> None:
    """Raise ValueError (expected, got, what to do) unless a module is a function that can be differentiated twice.

    Refused are quantised, half-precision and unloaded weights, compiled and scripted modules, attentions other than
    eager and SDPA, gradient checkpointing, and dropout anywhere while any submodule is in training mode.
    """
    whole: Any = module
    parts: Parts = list(whole.named_modules())
    for check in (_weights, _calls, _dropout):
        for name, reason in check(parts):
            raise ValueError(f"{name or type(module).__name__}: {reason}")


def sdpa_or_eager(model: Any) -> str:
    """Return the attention of a Hugging Face model that is right here: SDPA, as far as the model has it."""
    return "sdpa" if getattr(model, "_supports_sdpa", True) else "eager"


def _own(thing: object) -> dict[str, Any]:
    """The thing's own attributes; none where it keeps them otherwise, or is a class."""
    return {} if isinstance(thing, type) else getattr(thing, "__dict__", {})


def _mark(part: object, name: str) -> Any:
    """An attribute of the module or its class, or None; ``getattr`` on a module searches, and fails, slowly."""
    return _own(part).get(name, getattr(part.__class__, name, None))


def _weights(parts: Parts) -> Iterator[tuple[str, str]]:
    remedy = "load the unquantised model"
    for name, part in parts:
        kind: type[object] = part.__class__
        if kind.__module__.startswith("torch.") and "quantiz" in kind.__module__:
            yield name, f"expected a plain module, got the quantised {kind.__qualname__}; {remedy}"
        if _mark(part, "is_quantized") or _mark(part, "hf_quantizer") is not None:
            yield name, "expected a plain model, got a quantised one; load it without quantization_config"
        for key, p in part._parameters.items():
            for reason in () if p is None else _weight(p):
                yield f"{name}.{key}".lstrip("."), f"{reason}; {remedy}" if "quantised" in reason else reason
        for key, b in part._buffers.items():
            if b is not None and _packed(key, b):
                yield f"{name}.{key}".lstrip("."), f"expected no quantised weights, got a buffer of {b.dtype}; {remedy}"


def _weight(p: torch.Tensor) -> Iterator[str]:
    if not p.is_floating_point():
        yield f"expected floating point, got {p.dtype} (quantised?)"
    if p.dtype not in (torch.float32, torch.float64):
        yield f"expected float32 or float64, got {p.dtype}; convert with .float() or .double()"
    if type(p) not in (nn.Parameter, torch.Tensor):
        yield f"expected a plain tensor, got {type(p).__name__} (quantised?)"
    if p.is_meta:
        yield "expected numbers, got none (device 'meta'); load the weights"


def _packed(key: str, b: torch.Tensor) -> bool:
    """Whether a buffer holds weights in few bits: int8, a float8, or anything integer that is called a weight."""
    floating = b.is_floating_point()
    short = b.dtype == torch.int8 or (floating and b.element_size() == 1)
    return b.is_quantized or short or ("weight" in key and not floating)


def _calls(parts: Parts) -> Iterator[tuple[str, str]]:
    for name, part in parts:
        if _compiled(part):
            yield name, "expected a plain module, got a compiled or scripted one; pass the module it was made from"
        if _mark(part, "gradient_checkpointing"):
            yield name, "expected no gradient checkpointing; call model.gradient_checkpointing_disable()"
        config = _own(part).get("config")
        attention = None if config is None else getattr(config, "_attn_implementation", None)
        if attention not in ATTENTION:
            yield (
                name,
                f"expected attention 'eager' or 'sdpa', got {attention!r}, which has no second derivative; "
                f"load the model with attn_implementation={sdpa_or_eager(part)!r}",
            )


def _compiled(part: Any) -> bool:
    """Whether the module or its ``forward``, under any decorators, is torch.compile's or TorchScript's."""
    if isinstance(part, torch.jit.ScriptModule) or "_orig_mod" in part._modules:
        return True
    if _mark(part, "_compiled_call_impl") is not None:
        return True
    call = part.forward
    while call is not None:
        kept_out = getattr(call, "_torchdynamo_disable", False)  # torch.compiler.disable leaves the same trace
        if isinstance(call, torch.jit.ScriptFunction) or (hasattr(call, "_torchdynamo_orig_callable") and not kept_out):
            return True
        call = getattr(call, "__wrapped__", None)
    return False


def _dropout(parts: Parts) -> Iterator[tuple[str, str]]:
    training = [name for name, part in parts if part.training]
    for what, rate in (_rates(parts) if training else {}).items():
        yield (
            training[0],
            f"expected a deterministic policy, got training mode ({len(training)} of {len(parts)} modules) and "
            f"{what} = {rate}; call .eval() on the whole model or set the rate to 0",
        )


def _rates(parts: Parts) -> dict[str, float]:
    """Every positive rate of dropout, by where it stands: in a dropout module, another module or a configuration."""
    found: dict[str, float] = {}
    for name, part in parts:
        where = f"module {name or type(part).__name__!r}"
        if isinstance(part, nn.modules.dropout._DropoutNd) and part.p > 0:  # pyright: ignore[reportPrivateUsage]
            found[f"p of {where}"] = part.p
        found |= {f"{key} of {where}": rate for key, rate in _positive(part)}
        config = _own(part).get("config")
        inner = [value for value in _own(config).values() if _own(value)]
        for holder in (config, *inner):
            found |= {f"{key} of the configuration": rate for key, rate in _positive(holder)}
    return found


def _positive(holder: object) -> Iterator[tuple[str, float]]:
    """The positive numbers among the attributes that speak of dropout ("resid_pdrop", "layerdrop", ...)."""
    for key, value in _own(holder).items():
        if "drop" in key and isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            yield key, value
