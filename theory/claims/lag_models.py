"""Lemma L2 and its mean for every lag model that is a rule: constant, periodic sync, one cycle ahead, uniform."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any

import sympy

from ..proof.build import earlier, identity, inequality, lemma
from ..proof.models import World
from ..proof.records import Claim, Step
from ..proof.vectors import Norm
from ..symbols import G_upd, S_int, eta, j_lag, lag_const, lag_top, pos, t_step, theta_at
from .drift import CLAIM as DRIFT

_step: Any = eta * G_upd
_cycle, _lags = (pos, 0, S_int - 1), (j_lag, 0, lag_top)
_sync = Norm(theta_at(t_step + pos) - theta_at(t_step))  # t: the step right after a sync
_ahead = Norm(theta_at(t_step + pos) - theta_at(t_step - S_int))  # these rollouts were begun one cycle earlier
_uniform = Norm(theta_at(t_step) - theta_at(t_step - j_lag))


def _mean_steps(tag: str, term: Any, lag: Any, over: tuple[Any, Any, Any], mean: Any, each: str) -> tuple[Step, ...]:
    """Mean of ``term`` over an index, every value of it once: the mean lag by an antidifference, then the bound."""
    index, _, high = over
    size, whole = high + 1, (lag - index) * (index + 1) + index * (index + 1) / 2
    lags, total, bounds = sympy.Sum(lag, over), sympy.Sum(term, over), sympy.Sum(lag * _step, over)
    return (
        identity(f"{tag}-term", whole - whole.subs(index, index - 1), lag, "", "an antidifference of the lag"),
        lemma(f"{tag}-sum", "antidifference", lags, whole, uses=f"{tag}-term"),
        identity(f"{tag}-lag", lags / size, mean, f"{tag}-sum", "mean lag"),
        inequality(f"{tag}-each", total, "<=", bounds, each, "term by term"),
        identity(f"{tag}-pull", bounds, _step * lags, "", "pull the constant out"),
        inequality(
            f"{tag}-mean", total / size, "<=", mean * _step, f"{tag}-each {tag}-pull {tag}-lag", "divide by the number"
        ),
    )


_sync_mean, _ahead_mean, _uniform_mean = (S_int - 1) / 2, (3 * S_int - 1) / 2, lag_top / 2


def _world(bound: int) -> World:
    """A learner that moves by 1 in every step (eta = 1), observed from step 2 on; cycles of 2, lags up to 2."""
    values = {eta: 1, G_upd: bound, S_int: 2, lag_const: 2, lag_top: 2}
    return World(values, updates=(1, 1, 1), t=2, lag=2, indices={pos: range(2), j_lag: range(3)})


CLAIM = Claim(
    id="lag-models",
    title="Lemma L2 for the lag models",
    kind="upper",
    statement=r"Distance of the behaviour policy, largest and mean, in units of $\eta G_{\mathrm{upd}}$. Constant lag"
    r" $s$: $s$ and $s$. Periodic sync every $S$ steps (lags $0..S-1$): $S-1$ and $(S-1)/2$. Rollouts one cycle ahead"
    r" (lags $S..2S-1$): $2S-1$ and $(3S-1)/2$. Uniform lags $0..m_{\mathrm{lag}}$: $m_{\mathrm{lag}}$ and"
    r" $m_{\mathrm{lag}}/2$.",
    source="derived here; the lag models of arXiv 2607.01083 and its revision",
    steps=(
        lemma("first", "index-low", pos, 0, S_int - 1),
        lemma("last", "index-high", pos, 0, S_int - 1),
        lemma("first-lag", "index-low", j_lag, 0, lag_top),
        lemma("last-lag", "index-high", j_lag, 0, lag_top),
        earlier("constant", DRIFT, s_t=lag_const, why="drift over s steps"),
        earlier("sync", DRIFT, uses="first", t=t_step + pos, s_t=pos, why="drift since the sync"),
        inequality("sync-largest", _sync, "<=", (S_int - 1) * _step, "sync last", "at the end of a cycle"),
        *_mean_steps("sync", _sync, pos, _cycle, _sync_mean, "sync"),
        earlier("ahead", DRIFT, uses="first", t=t_step + pos, s_t=S_int + pos, why="drift since the cycle before"),
        inequality("ahead-largest", _ahead, "<=", (2 * S_int - 1) * _step, "ahead last", "at the end of a cycle"),
        *_mean_steps("ahead", _ahead, S_int + pos, _cycle, _ahead_mean, "ahead"),
        earlier("uniform", DRIFT, uses="first-lag", s_t=j_lag, why="drift over j steps"),
        inequality("uniform-largest", _uniform, "<=", lag_top * _step, "uniform last-lag", "the largest lag"),
        *_mean_steps("uniform", _uniform, j_lag, _lags, _uniform_mean, "uniform"),
    ),
    conclusions=(
        *("constant", "sync-largest", "sync-lag", "sync-mean", "ahead-largest", "ahead-lag", "ahead-mean"),
        *("uniform-largest", "uniform-lag", "uniform-mean"),
    ),
    formula=_sync_mean * _step,
    formulas={
        "constant": lag_const * _step,
        "sync-largest": (S_int - 1) * _step,
        "sync-mean": _sync_mean * _step,
        "ahead-largest": (2 * S_int - 1) * _step,
        "ahead-mean": _ahead_mean * _step,
        "uniform-largest": lag_top * _step,
        "uniform-mean": _uniform_mean * _step,
    },
    necessity={
        "A1-upd": World(
            {eta: 1, G_upd: 1, S_int: 2, lag_const: 2, lag_top: 2},
            updates=(2, 2, 2),
            t=2,
            lag=2,
            indices={pos: range(2), j_lag: range(3)},
        )
    },
    attained=(_world(1),),
)
