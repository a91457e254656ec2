"""Reader of Hugging Face / TRL ``trainer_state.json``: global steps, the `reward` series and `learning_rate` per step.

TRL's GRPOTrainer logs `reward` only on steps that generate; the learning rate logged by current transformers is the one
used by the step. Keys are those of TRL 0.20 to 1.16 (GRPOTrainer, AsyncGRPOTrainer).
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from statistics import median
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import BadInput
from .series import RunLog

__all__ = ["NAME", "matches", "read"]

NAME = "trl"
_REWARD, _RATE = "reward", "learning_rate"
_WHAT = "a Hugging Face / TRL trainer_state.json"
_MAX_STEP = 2**53
_MAX_RATE = 1e30

Step = Annotated[int, Field(strict=True, ge=0, le=_MAX_STEP)]


class _State(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    global_step: Annotated[int, Field(strict=True, ge=1, le=_MAX_STEP)]
    log_history: list[dict[str, Any]]


class _Row(BaseModel):
    """One row: numbers must be numbers; null stands for a non-finite value (a writer that had no NaN)."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    step: Step
    reward: Annotated[float, Field(strict=True)] | None = None
    learning_rate: Annotated[float, Field(strict=True)] | None = None


def matches(document: Any) -> bool:
    """Recognise the format: an object with a list `log_history` and a `global_step`."""
    return isinstance(document, dict) and "log_history" in document and "global_step" in document


def read(document: Any, file: str) -> RunLog:
    """Turn a parsed ``trainer_state.json`` into a ``RunLog``.

    Raises:
        BadInput: wrong shape; no reward; every reward non-finite; no usable learning rate (file, step, key are named).
    """
    state = _validated(document, file)
    warnings: list[str] = []
    rewards = _column(state, file, _REWARD, warnings)
    rates = _column(state, file, _RATE, warnings)
    _other_keys(state, file, warnings)
    if not rewards:
        raise BadInput(
            f"rows with the key {_REWARD!r} in log_history",
            f"{file} without any",
            "use the log of an RL trainer such as GRPOTrainer, with logging switched on",
        )
    if not any(map(math.isfinite, rewards.values())):
        first = next(iter(rewards))
        raise BadInput(
            f"at least one finite {_REWARD!r}",
            f"{file}, where key {_REWARD!r} is non-finite from step {first} on, in all {len(rewards)} rows",
            "check the reward function; a run without one finite reward says nothing about stability",
        )
    if state.global_step < max(rewards):
        last = max(rewards)
        early = f"{file}: global_step {state.global_step} lies before the last logged reward, step {last}"
        warnings.append(f"{early}; the run is judged at T = {last}")
    used = _used_rates(rates, file, warnings)
    return RunLog(
        file=file,
        trainer=NAME,
        steps=state.global_step,
        reward_steps=tuple(rewards),
        rewards=tuple(rewards.values()),
        eta=median(used),
        eta_min=min(used),
        eta_max=max(used),
        log_gap=_log_gap(tuple(rates)),
        warnings=tuple(warnings),
    )


def _validated(document: Any, file: str) -> _State:
    try:
        return _State.model_validate(document)
    except ValidationError as error:
        raise BadInput(_WHAT, f"{file} with {_first(error)}", "use the file the trainer saved") from error


def _first(error: ValidationError) -> str:
    item = error.errors(include_url=False, include_context=False)[0]
    return f"{'.'.join(map(str, item['loc']))}: {item['msg']} (got {item.get('input')!r:.60})"


def _column(state: _State, file: str, key: str, warnings: list[str]) -> dict[int, float]:
    """Return step -> value in order of steps; of rows for the same step the last one counts."""
    values: dict[int, float] = {}
    repeated: list[int] = []
    last, ordered = -1, True
    for index, raw in enumerate(state.log_history):
        if key not in raw:
            continue
        try:
            row = _Row.model_validate({name: raw[name] for name in ("step", key) if name in raw})
        except (ValidationError, OverflowError) as error:
            why = _first(error) if isinstance(error, ValidationError) else str(error)
            got = f"{file}, log_history[{index}], step {raw.get('step')!r:.40}, key {key!r}: {why}"
            raise BadInput(f"rows with an integer step and a number as {key!r}", got, "repair the log") from error
        value = row.reward if key == _REWARD else row.learning_rate
        if row.step in values:
            repeated.append(row.step)
        ordered, last = ordered and row.step >= last, row.step
        values[row.step] = math.nan if value is None else value
    if repeated:
        some = ", ".join(map(str, repeated[:3]))
        warnings.append(
            f"{file}: key {key!r} logged more than once for {len(repeated)} step(s) ({some}); last one used"
        )
    if not ordered:
        warnings.append(f"{file}: steps of key {key!r} are not in order; sorted")
    return dict(sorted(values.items()))


def _used_rates(rates: dict[int, float], file: str, warnings: list[str]) -> list[float]:
    fix = "log the learning rate (TRL does with logging_steps=1), or use another checkpoint"
    for step, rate in rates.items():
        if -math.inf < rate < 0:
            hint = "a step never uses a negative rate: check the scheduler, or repair the log"
            raise BadInput(f"{_RATE!r} >= 0", f"{file}, step {step}: {rate}", hint)
        if _MAX_RATE < rate < math.inf:
            raise BadInput(f"{_RATE!r} <= {_MAX_RATE}", f"{file}, step {step}: {rate}", "check the units of the log")
    used = [rate for rate in rates.values() if math.isfinite(rate)]
    if len(used) < len(rates):
        bad = next(step for step, rate in rates.items() if not math.isfinite(rate))
        count = len(rates) - len(used)
        warnings.append(f"{file}: key {_RATE!r} is non-finite in {count} row(s), first at step {bad}; ignored")
    if not used or median(used) <= 0:
        got = "without any" if not used else "whose median is 0"
        raise BadInput(f"rows with a positive {_RATE!r} in log_history", f"{file} {got}", fix)
    return used


def _other_keys(state: _State, file: str, warnings: list[str]) -> None:
    first: dict[str, Any] = {}
    for row in state.log_history:
        for key, value in row.items():
            if key not in (_REWARD, _RATE) and isinstance(value, float) and not math.isfinite(value):
                first.setdefault(key, row.get("step"))
    for key, step in list(first.items())[:10]:
        warnings.append(f"{file}: key {key!r} is non-finite, first at step {step}; not used, outcome unaffected")
    if len(first) > 10:
        warnings.append(f"{file}: {len(first) - 10} more keys have non-finite values")


def _log_gap(steps: tuple[int, ...]) -> int:
    gaps = Counter(b - a for a, b in pairwise(steps))
    return gaps.most_common(1)[0][0] if gaps else 1
