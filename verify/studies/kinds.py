"""Random enumerable problems on any kind of policy: tabular softmax, MLP, transformer, a Hugging Face causal LM."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from ..policies import Enumerated, SequencePolicy, causal_lm
from ..policies.precision import low_precision_islands
from ..populations.closed import Objective
from ..problems import CLIPS, Problem, generator, pick, random_problem
from ..tasks import random_rewards
from ..trees import Params
from ..verdicts import Verdict
from .networks import network

__all__ = ["KINDS", "Kind", "kind"]

KINDS = ("tabular", "mlp", "transformer")
RESPONSES = 4096
"""Most responses per prompt that are enumerated."""


@dataclass(frozen=True)
class Kind:
    """A kind of policy.

    Attributes:
        name: as every verdict prints it.
        problem: (seed, index) -> problem, with the clip on for even indices.
        tabular: closed constants and the certified radius hold.
        rounding: relative round-off of its numbers.
        note: what its verdicts say besides, such as where a float64 model works in float32.
    """

    name: str
    problem: Callable[[int, int], Problem]
    tabular: bool = False
    rounding: float = 2.0**-52
    note: str = ""

    def noted(self, rows: list[Verdict]) -> list[Verdict]:
        """Return the rows with the note in the message of each that was measured."""
        if not self.note:
            return rows
        return [r if r.status == "not-measured" else replace(r, message=f"{r.message}; {self.note}") for r in rows]


def kind(name: str, device: str = "cpu") -> Kind:
    """Return the kind of that name, or of the Hugging Face model saved in the folder ``name``.

    Raises:
        ValueError: neither a name in ``KINDS`` nor such a folder, or a model that cannot be enumerated or
            differentiated twice (expected, got, what to do).
    """
    if name == "tabular":
        return Kind(name, lambda seed, index: random_problem(seed, index, index % 2 == 0, device), tabular=True)
    if name in KINDS:
        return Kind(name, lambda seed, index: _module_problem(name, seed, index, device))
    if not (Path(name) / "config.json").is_file():
        raise ValueError(
            f"expected a policy out of {', '.join(KINDS)}, or a folder of a Hugging Face causal LM (with config.json); "
            f"got {name!r}; save a model there with save_pretrained"
        )
    return _hugging_face(name, device)


def _module_problem(name: str, seed: int, index: int, device: str) -> Problem:
    """A problem of the sizes of ``random_problem`` on a small network with Gaussian parameters."""
    g = generator(seed, 1 + index)
    vocab, length = pick(g, 2, 3), pick(g, 1, 2, 3)
    policy = network(name, vocab, vocab, window=length + 2, width=4, device=device)  # its own weights are not used
    return _problem(name, policy, _gaussian(policy, g), length, g, index, device)


def _gaussian(policy: SequencePolicy, g: torch.Generator) -> Params:
    """Matrices N(0, 1/fan-in), vectors N(0, 0.01), drawn on the CPU; gains of a norm are 1 more."""
    module: Any = policy.module
    gains = {f"{name}.weight" for name, part in module.named_modules() if isinstance(part, torch.nn.LayerNorm)}
    drawn: Params = {}
    for name, leaf in policy.params().items():
        noise = torch.randn(leaf.shape, generator=g, dtype=leaf.dtype).to(leaf.device)
        drawn[name] = noise / math.sqrt(leaf.shape[-1]) if leaf.ndim > 1 else (name in gains) + 0.1 * noise
    return drawn


def _problem(
    name: str, policy: SequencePolicy, theta: Params, length: int, g: torch.Generator, index: int, device: str
) -> Problem:
    """Two prompts of two tokens, random binary rewards, one of four clips, G of 2..16."""
    group, clip = (2, 3, 4, 8, 16)[index % 5], CLIPS[index % 4]
    prompts = torch.randint(policy.vocab, (2, 2), generator=g).to(device)
    listed = Enumerated(policy, prompts, torch.ones_like(prompts, dtype=torch.bool), length)
    rewards = random_rewards(2, policy.vocab, length, g).to(device)
    objective = Objective(listed, rewards, group, clip if index % 2 == 0 else None)
    return Problem(f"#{index} {name} P=2 V={policy.vocab} L={length} G={group}", objective, theta, clip)


def _hugging_face(folder: str, device: str) -> Kind:
    try:
        from transformers import AutoModelForCausalLM as AutoModel
    except ImportError as error:
        raise ValueError(
            f"expected transformers to be installed, to load {folder!r}; got none; install stalelaw[hf]"
        ) from error
    try:
        loader: Any = AutoModel
        model: Any = loader.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, use_safetensors=True, attn_implementation="sdpa"
        )
    except (OSError, ValueError, ImportError, KeyError, RuntimeError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise ValueError(
            f"expected a Hugging Face causal LM with safetensors weights in {folder!r}; got {first}; "
            "save it with save_pretrained"
        ) from error
    if hasattr(model, "set_experts_implementation"):
        model.set_experts_implementation("batched_mm")  # a mixture of experts; nothing happens to other models
    policy = causal_lm(model.double().to(device).eval())
    if policy.vocab > RESPONSES:
        raise ValueError(
            f"expected a vocabulary of at most {RESPONSES} tokens, all of which are enumerated; got {policy.vocab}; "
            "use a small model"
        )
    length = max(n for n in (1, 2, 3) if n == 1 or policy.vocab**n <= RESPONSES)
    theta = policy.params()
    islands = low_precision_islands(policy, theta, torch.zeros(1, 2, dtype=torch.int64, device=device))

    def problem(seed: int, index: int) -> Problem:
        g = generator(seed, 1 + index)
        noise = _gaussian(policy, g)
        start = {k: x * (1.0 + 0.1 * noise[k]) for k, x in theta.items()} if index else theta
        return _problem(f"{Path(folder).name}{', perturbed' if index else ''}", policy, start, length, g, index, device)

    return Kind(folder, problem, rounding=2.0**-23 if islands else 2.0**-52, note=_told(islands))


def _told(islands: dict[str, torch.dtype], most: int = 3) -> str:
    """The modules of a float64 model that compute in a shorter type, in words; nothing where there is none."""
    if not islands:
        return ""
    names = ", ".join(list(islands)[:most]) + (f" and {len(islands) - most} more" if len(islands) > most else "")
    kinds = ", ".join(sorted({str(d).removeprefix("torch.") for d in islands.values()}))
    return f"float64 model with {kinds} inside {len(islands)} modules ({names}): good to {2.0**-23:.1g} relative"
