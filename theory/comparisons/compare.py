"""A user's numbers beside every law: the limit it gives, whether they are inside, and what is missing to say so."""

# pyright: reportUnknownMemberType=false
from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ..bridge import float64
from ..symbols import TABLE, L_smooth, S_int, S_max, S_sync, T_horizon, eta, lag_const, lag_pos
from . import all_comparisons
from .record import Comparison

__all__ = ["LARGEST", "Row", "compare", "constants"]

LARGEST = 10**9
"""Sync intervals are searched up to here."""

_STALENESS = {S_sync: 0, S_int: 0, S_max: -1, lag_const: -1, lag_pos: -1}
"""Symbols that follow from the sync interval S, as S plus this."""
_OPTIONS = {eta: "--eta", T_horizon: "--horizon", L_smooth: "--smoothness"} | dict.fromkeys(_STALENESS, "--staleness")


@dataclass(frozen=True)
class Row:
    """One law beside the numbers.

    Args:
        law: the law.
        limit: its bound at these numbers, of what ``law.of`` says; None with a reason.
        inside: whether the numbers satisfy it; None with a reason. Outside a law that is only sufficient means: not
            covered.
        staleness_max: largest sync interval at which this learning rate is within the limit; None with a reason.
        needs: missing constants, as (symbol, meaning, how to give it).
        reasons: why a number is None, by name.
    """

    law: Comparison
    limit: float | None
    inside: bool | None
    staleness_max: int | None
    needs: tuple[tuple[str, str, str], ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict[str, str])


def constants() -> dict[str, Any]:
    """Symbols that a law may need beyond eta, S, T and L, by name."""
    free = {symbol for law in all_comparisons() for symbol in law.symbols} - set(_OPTIONS)
    return {str(symbol): symbol for symbol in sorted(free, key=str)}


def compare(
    rate: float | None = None,
    staleness: int | None = None,
    horizon: float | None = None,
    smoothness: float | None = None,
    given: Mapping[str, float] | None = None,
) -> list[Row]:
    """Put the numbers beside every law.

    Args:
        rate: learning rate.
        staleness: sync interval S >= 1, in learner steps; the largest lag is S - 1.
        horizon: learner steps T.
        smoothness: Lipschitz constant of the gradient L, per unit of learning rate.
        given: further constants by symbol name, out of ``constants()``.

    Returns:
        One row per law, in reading order.

    Raises:
        ValueError: a name or a value that no symbol takes.

    Example:
        >>> rows = {row.law.id: row for row in compare(rate=1e-3, staleness=2, smoothness=100.0)}
        >>> round(rows["delay-quad"].limit, 12), rows["delay-quad"].inside
        (0.01, True)
    """
    values: dict[Any, float] = {}
    for symbol, value in ((eta, rate), (S_sync, staleness), (T_horizon, horizon), (L_smooth, smoothness)):
        if value is not None:
            values[symbol] = _fitting(symbol, value)
    if staleness is not None:
        _fitting(S_int, staleness)
    known = constants()
    for name, value in (given or {}).items():
        if name not in known:
            raise ValueError(f"expected a constant out of {', '.join(known)}; got {name!r}")
        values[known[name]] = _fitting(known[name], value)
    return [_row(law, values) for law in all_comparisons()]


def _fitting(symbol: Any, value: float) -> float:
    """The value as float, if the symbol may have it."""
    wanted = "a finite number"
    ok = math.isfinite(value)
    if symbol.is_integer:
        wanted, ok = "a whole number", ok and value == int(value)
    if symbol.is_positive:
        wanted, ok = f"{wanted} above 0", ok and value > 0
    elif symbol.is_nonnegative:
        wanted, ok = f"{wanted}, 0 or more", ok and value >= 0
    if not ok:
        raise ValueError(f"expected {symbol} ({TABLE[str(symbol)].meaning}) as {wanted}; got {value}")
    return float(value)


def _with_lags(values: Mapping[Any, float], staleness: float) -> dict[Any, float]:
    return {**values, **{symbol: staleness + shift for symbol, shift in _STALENESS.items()}}


def _row(law: Comparison, values: Mapping[Any, float]) -> Row:
    staleness = values.get(S_sync)
    at = dict(values) if staleness is None else _with_lags(values, staleness)
    missing = sorted((s for s in law.symbols if s not in at), key=lambda s: str(s))
    reasons: dict[str, str] = {}
    needs = tuple(dict.fromkeys(_need(s) for s in missing))
    limit = inside = None
    if law.bound is None and not law.requires:
        reasons["limit"] = f"a {law.reading}: {'an order' if law.reading == 'rate' else 'advice'}, no number"
    elif missing:
        reasons["limit"] = "needs " + ", ".join(f"{name} ({how})" for name, _, how in needs)
    elif law.reading == "condition":
        inside = _holds(law, at) is None
        reasons["limit"] = "a condition on the constants, none on the learning rate"
    else:
        limit = _limit(law, at, reasons)
    rate = values.get(eta)
    bounds_rate = law.bound is not None and law.of == "learning rate"
    if limit is not None and bounds_rate and rate is not None:
        inside = rate < limit if law.reading == "edge" else rate <= limit
    if inside is None:
        reasons["inside"] = reasons.get("limit") or (
            "needs eta (--eta)" if bounds_rate else f"bounds the {law.of}, not the learning rate"
        )
    return Row(law, limit, inside, _largest(law, values, reasons), needs, reasons)


def _need(symbol: Any) -> tuple[str, str, str]:
    shown = S_sync if symbol in _STALENESS else symbol
    how = _OPTIONS.get(symbol, f"--constant {shown}=VALUE")
    return ("L" if shown == L_smooth else str(shown), TABLE[str(shown)].meaning, how)


def _holds(law: Comparison, at: Mapping[Any, float]) -> str | None:
    """None where every premise holds, else the first that fails, in words."""
    for rel in law.requires:
        left, right = (_number(side, at) for side in (rel.lhs, rel.rhs))
        true = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right, "=": left == right}
        if not true[rel.op]:
            return re.sub(r"Abs\(([^()]*)\)", r"|\1|", f"{rel.lhs} {rel.op} {rel.rhs}")
    return None


def _limit(law: Comparison, at: Mapping[Any, float], reasons: dict[str, str]) -> float | None:
    if (failed := _holds(law, at)) is not None:
        reasons["limit"] = f"does not apply: it requires {failed}"
        return None
    value = _number(law.bound, at)
    if math.isfinite(value) and (value > 0 or law.reading == "quantity"):
        return value
    no_lag = at.get(S_sync) == 1 and law.bound.free_symbols & set(_STALENESS)
    outside = f"outside the range of float64 ({value})"
    reasons["limit"] = "no lag at S = 1, where this law sets no limit" if no_lag else outside
    return None


def _number(expression: Any, at: Mapping[Any, float]) -> float:
    """float64 of an expression; infinite or NaN where it divides by 0 or overflows."""
    import numpy as np

    with np.errstate(all="ignore"):
        return float(_compiled(expression)(**{str(s): at[s] for s in expression.free_symbols}))


@cache
def _compiled(expression: Any) -> Callable[..., Any]:
    return float64(expression)


def _largest(law: Comparison, values: Mapping[Any, float], reasons: dict[str, str]) -> int | None:
    """Largest S with ``eta <= limit``, by bisection on a limit that falls as S grows."""
    key, rate = "staleness_max", values.get(eta)
    lagged = law.bound is not None and law.of == "learning rate" and law.bound.free_symbols & set(_STALENESS)
    open_ = (law.symbols | {eta}) - set(_STALENESS) - set(values)
    if not lagged:
        reasons[key] = "no lag enters the bound"
    elif rate is None or open_:
        reasons[key] = "needs " + ", ".join(_need(s)[2] for s in sorted(open_, key=str))
    elif (failed := _holds(law, _with_lags(values, 1))) is not None:
        reasons[key] = f"does not apply: it requires {failed}"
    elif not law.falls:
        reasons[key] = "the limit does not fall steadily with S"
    else:

        def fits(s: int) -> bool:
            limit = _number(law.bound, _with_lags(values, s))
            return not math.isfinite(limit) or (rate < limit if law.reading == "edge" else rate <= limit)

        if not fits(1):
            reasons[key] = "not even S = 1 is within the limit"
        elif fits(LARGEST):
            reasons[key] = f"every S up to {LARGEST:.0e} is within the limit"
        else:
            low, high = 1, LARGEST
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if fits(middle) else (low, middle)
            return low
    return None
