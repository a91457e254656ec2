"""Lemma L2 for partial rollouts: tokens of several versions, the largest lag among them counts."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import sympy

from ..proof.build import assume, define, earlier, identity, inequality
from ..proof.models import World
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Norm
from ..symbols import G_upd, L_len, S_max, eta, k_tok, t_step, theta_at, tok_lag, tok_mean
from .drift import CLAIM as DRIFT

_tokens = (k_tok, 1, L_len)
_each = Norm(theta_at(t_step) - theta_at(t_step - tok_lag(k_tok)))
_distances, _lags = sympy.Sum(_each, _tokens), sympy.Sum(tok_lag(k_tok), _tokens)
_largest, _mean = S_max * eta * G_upd, tok_mean * eta * G_upd

TOKEN_LAG = Assumption(
    "TOKEN-LAG",
    "Bounded lag of every token",
    r"Every token is written by a version at most $S_{\max}$ learner steps old: the largest lag of a token counts.",
    lambda: Rel(tok_lag(k_tok), "<=", S_max),
)


def _world(update: int = 1, largest: int = 2) -> World:
    """Two tokens, written by the versions of two and of one step ago."""
    values = {eta: 1, G_upd: 1, S_max: largest, L_len: 2, tok_lag(1): 2, tok_lag(2): 1, tok_mean: sympy.Rational(3, 2)}
    return World(values, updates=(update,) * 2, t=2, lag=2, indices={k_tok: range(1, 3)})


CLAIM = Claim(
    id="lag-partial",
    title="Lemma L2 for partial rollouts",
    kind="upper",
    statement=r"A response whose tokens were written by several versions: the version of every token is within"
    r" $S_{\max}\,\eta\,G_{\mathrm{upd}}$ of the learner, where $S_{\max}$ is the largest lag among the tokens, and"
    r" on average over the tokens within $\bar s^{\mathrm{tok}}\,\eta\,G_{\mathrm{upd}}$ for the mean lag $\bar"
    r" s^{\mathrm{tok}}$ of the tokens.",
    source="derived here",
    steps=(
        earlier("drift", DRIFT, s_t=tok_lag(k_tok), why="drift since the token was written"),
        assume("lag", TOKEN_LAG),
        inequality("largest", _each, "<=", _largest, "drift lag", "the oldest version"),
        inequality(
            "tokens", _distances, "<=", sympy.Sum(tok_lag(k_tok) * eta * G_upd, _tokens), "drift", "term by term"
        ),
        identity(
            "pull", sympy.Sum(tok_lag(k_tok) * eta * G_upd, _tokens), eta * G_upd * _lags, "", "pull the constant out"
        ),
        define("mean-lag", Rel(tok_mean, "=", _lags / L_len), why="mean lag of the tokens"),
        inequality("mean", _distances / L_len, "<=", _mean, "tokens pull mean-lag", "divide by the number of tokens"),
    ),
    conclusions=("largest", "mean"),
    formula=_largest,
    formulas={"largest": _largest, "mean": _mean},
    necessity={"A1-upd": _world(update=2), "TOKEN-LAG": _world(largest=1)},
    attained=(_world(),),
)
