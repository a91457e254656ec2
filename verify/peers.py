"""The losses of TRL's ``GRPOTrainer`` as losses of this package: one table from its options to a record and weights.

TRL minimises; here losses are maximised: its number is minus ours, divided by its gradient accumulation steps. One step
is one micro-batch of B responses. TRL shuffles the responses of a whole generation and cuts them into
``steps_per_generation`` steps, so that a step may hold single responses of a group, with the advantages that they got
in it. What differs from the records of the table (read off trl 1.16):

=============  =================================  ==================================================================
TRL            record of the table                difference
=============  =================================  ==================================================================
``grpo``       ``grpo``; ``gspo`` by sequence     none
``dr_grpo``    ``dr-grpo`` if rewards unscaled    ``L_cap`` is ``max_completion_length``; its own default scales
``bnpo``       ``dapo``                           tokens counted over the step, not over the group
``dapo``       ``dapo``                           over all steps of a generation, divided by their number
``cispo``      ``truncated-is``                   ``rho_cap`` is ``epsilon_high`` (not 1 more); length as ``dapo``
``luspo``      none                               a sum over the tokens; by sequence: the length times ``gspo``
``sapo``       ``sapo``                           none; by sequence: the gate on the response's mean ratio
``vespo``      none                               log w in [log 1e-8, 20] and lambda >= 1e-4 there; here no bounds
``beta``       ``kl-k3``                          the penalty has the importance weight, unless it is switched off
``delta``      none                               a cap for negative advantages too
by sequence    ``gspo``                           each response counts by its length, but for ``grpo``, ``sapo``
=============  =================================  ==================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

import torch
from torch import Tensor

from ..theory.surrogates import Advantage
from ..theory.surrogates.trl import LENGTHS, trl_record
from .policies import SequencePolicy
from .populations.batches import Batch
from .populations.losses import Learner, Loss
from .populations.sampled import SampledPopulation
from .trees import Params

__all__ = ["NEUTRAL", "TrlLoss", "trl_log_tokens", "trl_loss", "trl_population"]

BY_SIGN: Mapping[str, str] = MappingProxyType(
    {
        "tau_pos": "sapo_temperature_pos",
        "tau_neg": "sapo_temperature_neg",
        "k_pos": "vespo_k_pos",
        "k_neg": "vespo_k_neg",
        "decay_pos": "vespo_lambda_pos",
        "decay_neg": "vespo_lambda_neg",
    }
)
"""Constants of a record that depend on the sign of the advantage, and TRL's options for them."""

NEUTRAL: Mapping[str, Any] = MappingProxyType(
    {
        "temperature": 1.0,
        "multi_objective_aggregation": "sum_then_normalize",
        "off_policy_mask_threshold": None,
        "top_entropy_quantile": 1.0,
        "entropy_coef": 0.0,
        "use_adaptive_entropy": False,
        "use_vllm": False,
    }
)
"""Options of TRL that change its loss and have no counterpart here, with the value at which they do nothing."""

OFFSET = 1e-4  # what TRL adds to a standard deviation


@dataclass(frozen=True)
class TrlLoss:
    """The loss of one micro-batch of TRL's trainer.

    Args:
        loss: its record with its constants.
        counted: whose tokens a length weight counts: of the ``response`` itself, of all in the ``step``, or of all in
            the ``generation``.
        scale: rewards are scaled by the std of their ``group``, of the whole ``batch``, or not: ``none``.
        steps: optimizer and accumulation steps, over all processes, that share one generation.

    Example:
        >>> peer = TrlLoss(Loss("gspo"), "response", "batch", steps=1)
        >>> peer.advantages(torch.tensor([[0.0, 1.0], [1.0, 1.0]])).tolist()
        [[-0.9998000264167786, 0.9998000264167786], [0.0, 0.0]]
    """

    loss: Loss
    counted: Literal["response", "step", "generation"]
    scale: str
    steps: int

    def advantages(self, rewards: Tensor) -> Tensor:
        """Return the advantages (n, G) of the rewards (n, G) of a whole generation batch."""
        if self.scale != "batch":
            return self.loss.advantages(rewards)
        centred = rewards - rewards.mean(-1, keepdim=True)
        return torch.where((rewards == rewards[:, :1]).all(-1, keepdim=True), 0.0, centred / (rewards.std() + OFFSET))

    def value(self, live: Learner, held: Learner, advantages: Tensor, generated: float) -> Tensor:
        """Return the loss of a step, a scalar, to be maximised.

        Args:
            live: the learner that is differentiated; B responses of at most L tokens.
            held: the same learner inside stop-gradients.
            advantages: (B,).
            generated: tokens of all responses of the generation; read only where they are counted.
        """
        lengths = live.mask.sum(-1)
        weights = self.loss.length_weights(lengths)
        if self.counted == "generation":
            weights = torch.full_like(lengths, len(lengths) * self.steps / max(generated, 1.0))
        tokens = self.loss.tokens(live, held, advantages[:, None])  # (B, L), or (B, 1): then it counts for every token
        return (weights * (tokens * live.mask).sum(-1)).mean()

    def step(self, policy: SequencePolicy, inputs: Mapping[str, Tensor], theta: Params, held: Params) -> Tensor:
        """Return ``value`` for the inputs of TRL's ``_compute_loss``; ``held`` is θ inside stop-gradients.

        Without ``old_per_token_logps`` the learner itself, held, is the behaviour policy, as in TRL.
        """
        logs, still = (trl_log_tokens(policy, point, inputs) for point in (theta, held))
        mask = inputs["completion_mask"].to(logs.dtype)
        behaviour, reference = (inputs.get(name) for name in ("old_per_token_logps", "ref_per_token_logps"))
        behaviour = still if behaviour is None else behaviour
        live, frozen = (Learner(x, behaviour, mask, still, reference) for x in (logs, still))
        return self.value(live, frozen, inputs["advantages"], float(inputs["num_items_in_batch"]))


def trl_log_tokens(policy: SequencePolicy, params: Params, inputs: Mapping[str, Tensor]) -> Tensor:
    """Return log π of the completions in the inputs of TRL's ``_compute_loss``, (B, L); 0 outside the mask."""
    tokens, mask = inputs["completion_ids"], inputs["completion_mask"]
    log_p = policy.response_log_probs(params, inputs["prompt_ids"], inputs["prompt_mask"].bool(), tokens)
    return log_p.gather(2, tokens[..., None])[..., 0] * mask


def trl_loss(config: Any) -> TrlLoss:
    """Return the loss of TRL's trainer with these options.

    Args:
        config: a ``trl.GRPOConfig``, or any object with its attributes.

    Raises:
        ValueError: a loss type without record (``LENGTHS`` has those with one), or an option that changes the loss in a
            way that has no counterpart here (``NEUTRAL``); the message names it.
        AttributeError: an option that is missing.
    """
    kind: str = config.loss_type
    changed = [f"{name}={getattr(config, name)!r}" for name, off in NEUTRAL.items() if getattr(config, name) != off]
    if changed:
        raise ValueError(f"expected {dict(NEUTRAL)} in TRL's options, got {', '.join(changed)}")
    scale: str = {True: "group", False: "none"}.get(config.scale_rewards) or config.scale_rewards
    penalty = "none" if config.beta == 0.0 else "weighted" if config.use_bias_correction_kl else "plain"
    record = trl_record(kind, config.importance_sampling_level, penalty, config.delta is not None, scale)
    high = config.epsilon if config.epsilon_high is None else config.epsilon_high
    numbers = {"eps_lo": config.epsilon, "eps_hi": high, "beta_kl": config.beta, "delta_std": OFFSET}
    numbers |= {"L_cap": config.max_completion_length}
    cap = high if kind == "cispo" else config.delta
    numbers |= {} if cap is None else {"rho_cap": cap}
    numbers |= {name: getattr(config, option) for name, option in BY_SIGN.items()}
    counted: Literal["response", "step", "generation"] = "response"
    if record.length == "group":
        counted = "step" if kind == "bnpo" else "generation"
    known = {name: float(x) for name, x in numbers.items() if x is not None}
    tokens = replace(record, length=LENGTHS[kind])  # also by sequence TRL takes one loss for each token
    return TrlLoss(Loss(tokens, known), counted, scale, config.steps_per_generation * config.world_size)


def trl_population(
    config: Any, policy: SequencePolicy, generated: Mapping[str, Tensor], reference: Params | None = None
) -> SampledPopulation:
    """Return a generation batch of TRL as an estimate of its population objective: what H and δ of a live run need.

    The advantages are taken as given, per response. Where TRL counts the tokens of several groups, their mean number
    per response is held at what it is in this batch.

    Args:
        config: as for ``trl_loss``.
        policy: the policy that TRL trains; the parameters that generated the batch are its φ.
        generated: what TRL's ``_generate_and_score_completions`` returns, before groups are shuffled.
        reference: parameters of the reference policy, where there is a KL penalty.

    Raises:
        ValueError: as for ``trl_loss``; a loss that counts a response by its length; ``old_per_token_logps`` missing.
    """
    peer = trl_loss(config)
    record = replace(peer.loss.record, advantage=Advantage("critic"))
    if config.importance_sampling_level == "sequence" and (config.loss_type != "vespo" or config.beta):
        if record.length != "own" or config.beta:
            raise ValueError(
                "expected token level, or loss type 'grpo' or 'sapo' without penalty, for a population by group;"
                f" got {config.loss_type!r} by sequence with beta={config.beta}"
            )
        record = replace(record, length="none")  # one loss for each of the L tokens, over L
    if "old_per_token_logps" not in generated:
        raise ValueError(
            "expected old_per_token_logps in the batch; TRL leaves it out where steps_per_generation * num_iterations"
            " divides gradient_accumulation_steps, since then nothing is stale"
        )
    numbers, mask = dict(peer.loss.numbers), generated["completion_mask"]
    if record.length == "group":
        record = replace(record, length="constant")
        numbers["L_cap"] = max(float(mask.sum()), 1.0) / len(mask)

    def grouped(name: str) -> Tensor:
        rows = generated[name]
        return rows.reshape(-1, config.num_generations, *rows.shape[1:])

    mask, advantages = grouped("completion_mask").double(), grouped("advantages").double()
    batch = Batch(
        prompts=grouped("prompt_ids")[:, 0],
        prompt_mask=grouped("prompt_mask")[:, 0].bool(),
        tokens=grouped("completion_ids"),
        mask=mask,
        rewards=advantages,
        behaviour=grouped("old_per_token_logps").double() * mask,
    )
    return SampledPopulation(Loss(record, numbers), policy, batch, reference, advantages[..., None].expand_as(mask))
