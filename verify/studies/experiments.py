"""The training experiments: which policy on which task, trained how; everything a run depends on, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

import torch

from ..populations.losses import Loss
from ..runs.asynchronous import Trainer, warm_start
from ..runs.lag import periodic_sync
from ..runs.updates import AdamW, Sgd
from ..trees import Params
from ..verifiable import Task, addition
from .networks import network

__all__ = ["PRESETS", "Experiment"]


@dataclass(frozen=True)
class Experiment:
    """One training run: addition with a binary exact-match reward, a supervised start, then asynchronous GRPO.

    Args:
        policy: "mlp" (one tanh layer) or "transformer" (pre-norm decoder).
        base, digits: V tokens and L tokens of a response; V² prompts.
        width: hidden units, or model dimension.
        interval: S, learner steps per behaviour policy.
        eta: learning rate.
        steps: T.
        optimizer: "sgd" or "adamw" (torch's defaults, no decay).
        layers, heads: of the transformer.
        eps_lo, eps_hi: clip of the token ratio; far away by default, so that nothing is clipped.
        groups, group_size: prompts per step and G.
        success: mean probability of the answers that the supervised start stops at.
        seed: of the weights and of everything drawn.
        dtype: of the parameters.
        every: learner steps between saved states, which are the checkpoints.
        memory: past parameters kept at a checkpoint, so that the bias is measured at lags up to it.
    """

    policy: Literal["mlp", "transformer"]
    base: int
    digits: int
    width: int
    interval: int
    eta: float
    steps: int
    optimizer: Literal["sgd", "adamw"] = "sgd"
    layers: int = 2
    heads: int = 2
    eps_lo: float = 0.99
    eps_hi: float = 1e6
    groups: int = 16
    group_size: int = 8
    success: float = 0.11
    seed: int = 0
    dtype: Literal["float32", "float64"] = "float64"
    every: int = 50
    memory: int = 16

    @property
    def name(self) -> str:
        """Policy, S, optimizer and η in words."""
        return f"{self.policy}, S={self.interval}, {self.optimizer}, eta={self.eta:g}"

    def settings(self) -> dict[str, Any]:
        """Return everything a run depends on, for the folder it is kept in; not T, since a run can be prolonged."""
        return {name: value for name, value in asdict(self).items() if name != "steps"}

    def task(self, device: str = "cpu") -> Task:
        """Return prompts and reward, on a device."""
        task = addition(self.base, self.digits)
        return replace(task, prompts=task.prompts.to(device), mask=task.mask.to(device))

    def trainer(self, device: str = "cpu") -> Trainer:
        """Return the trainer; the same seed gives the same initial weights, drawn on the CPU."""
        task = self.task(device)
        window = task.prompts.shape[1] + task.length
        policy = network(
            self.policy,
            task.inputs,
            task.vocab,
            window,
            self.width,
            heads=self.heads,
            layers=self.layers,
            seed=self.seed,
            dtype=torch.float64 if self.dtype == "float64" else torch.float32,
            device=device,
        )
        loss = Loss("grpo", {"eps_lo": self.eps_lo, "eps_hi": self.eps_hi})
        update = Sgd() if self.optimizer == "sgd" else AdamW()
        lag = periodic_sync(self.interval)
        return Trainer(policy, task, loss, update, lag, self.eta, self.groups, self.group_size, memory=self.memory)

    def start(self, trainer: Trainer) -> Params:
        """Return θ_0: the supervised start from the trainer's initial weights."""
        return warm_start(trainer.policy, trainer.task, trainer.policy.params(), self.success)


_MLP = Experiment("mlp", base=5, digits=3, width=32, interval=8, eta=0.6, steps=500)
_TRANSFORMER = Experiment("transformer", base=5, digits=3, width=16, interval=8, eta=1e-3, steps=500, optimizer="adamw")
_LARGE = replace(
    _TRANSFORMER, base=10, digits=4, width=128, layers=6, heads=4, groups=32, eta=1e-4, steps=2000, dtype="float32"
)

PRESETS: Mapping[str, tuple[Experiment, ...]] = MappingProxyType(
    {
        "mlp": (_MLP, replace(_MLP, interval=1, eta=1.0), replace(_MLP, interval=64, eta=1.0)),
        "transformer": (_TRANSFORMER, replace(_TRANSFORMER, interval=64, eta=0.2, optimizer="sgd")),
        "transformer-large": (_LARGE, replace(_LARGE, interval=1)),
    }
)
"""The runs of each study, the first one with S = 8; the settings were chosen by looking at pilots, so that one climbs
and one collapses. ``transformer-large`` has 1.2 million parameters and is for a GPU: it is not enumerated."""
