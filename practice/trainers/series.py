"""What every trainer's log is reduced to: the reward series, the learning rate used, the trainer's own step count."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from ..errors import BadInput

__all__ = ["RunLog", "reward_gap"]


@dataclass(frozen=True)
class RunLog:
    """One run as read from its log.

    Args:
        file: path as given.
        trainer: id of the reader.
        steps: the trainer's global step (learner steps made).
        reward_steps: learner steps at which a reward was logged, increasing.
        rewards: the logged rewards; nan or inf where the trainer logged a non-finite value.
        eta: median learning rate used.
        eta_min: smallest learning rate used.
        eta_max: largest learning rate used.
        log_gap: learner steps between two logged training rows (1: every step).
        warnings: what was odd and what was done about it.
        digest: hash of the file's content; empty where there is no file.
    """

    file: str
    trainer: str
    steps: int
    reward_steps: tuple[int, ...]
    rewards: tuple[float, ...]
    eta: float
    eta_min: float
    eta_max: float
    log_gap: int
    warnings: tuple[str, ...]
    digest: str = ""


def reward_gap(log: RunLog) -> int:
    """Infer the sync interval S as the gap, in learner steps, between rows that log a reward.

    A trainer such as TRL's GRPOTrainer logs a reward only on steps that generate, so the gap is the number of learner
    steps fed by one behaviour policy, provided every step is logged or the gap is wider than the logging interval.

    Raises:
        BadInput: fewer than two rewards, gaps that vary, or a logging interval that hides the gap.
    """
    expected = "a constant gap between steps that log a reward"
    fix = "give --staleness instead of --infer-staleness"
    gaps = sorted({b - a for a, b in pairwise(log.reward_steps)})
    if not gaps:
        raise BadInput(expected, f"{log.file} with {len(log.reward_steps)} logged reward(s)", fix)
    if len(gaps) > 1:
        raise BadInput(expected, f"{log.file} with gaps from {gaps[0]} to {gaps[-1]} steps", fix)
    if log.log_gap > 1 and gaps[0] <= log.log_gap:
        raise BadInput(
            expected, f"{log.file}, logged every {log.log_gap} steps: S may be anything from 1 to {gaps[0]}", fix
        )
    return gaps[0]
