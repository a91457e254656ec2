"""A truncated weight behind a stop-gradient is Lipschitz everywhere: A3 needs no radius (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.build import assume, define, earlier, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Claim, Rel, Step
from ..proof.vectors import Norm
from ..symbols import G_group, L_len, adv, capped_at, grad_ell, grad_resp, phi, phi2, rho_at, rho_cap, score_at, theta
from .closed_constants import GROUP, STD
from .closed_constants import _averaged as averaged  # pyright: ignore[reportPrivateUsage]
from .score_norm import CLAIM as SCORE

_j, _k = sy.j_mate, sy.k_tok
_mates, _tokens = (_j, 1, G_group), (_k, 1, L_len)
_L_B = 2 * rho_cap / L_len
_score, _gap = score_at(_j, _k, theta), sy.row_gap(_j, _k)
_one, _two = grad_resp(_j, phi), grad_resp(_j, phi2)
_grad, _grad2 = grad_ell(sy.i_out, theta, phi), grad_ell(sy.i_out, theta, phi2)
_both = capped_at(_j, _k, phi), capped_at(_j, _k, phi2)
_cut = sy.clipped_at(_j, _k, phi), sy.clipped_at(_j, _k, phi2)
_change = _cut[0] - _cut[1]
_moved = sympy.Sum(_change * _score, _tokens)


def _norm(x: Any) -> Any:
    return Norm(x)


_distance = _norm(phi - phi2)
_bound = 2 * rho_cap * _distance
_token_bound = 4 * rho_cap**2 * _gap**2
_changes = sympy.Sum(_change**2 * _norm(_score) ** 2, _tokens)
_changes_bound, _gaps = sympy.Sum(_token_bound, _tokens), 4 * rho_cap**2 * sympy.Sum(_gap**2, _tokens)
_weight = sympy.Sum(sympy.Abs(adv(_j)), _mates)
_mean_change = sympy.Sum(adv(_j) * (_one - _two), _mates) / (G_group * L_len)


def _capped(name: str, point: Any) -> Step:
    value = sympy.Min(rho_at(_j, _k, point), rho_cap)
    return define(name, Rel(capped_at(_j, _k, point), "=", value), why="truncated importance weight of a token")


def _cut_below(name: str, point: Any) -> Step:
    value = sympy.Max(sy.rho_floor, capped_at(_j, _k, point))
    return define(name, Rel(sy.clipped_at(_j, _k, point), "=", value), why="and with a lower edge")


def _response(name: str, point: Any) -> Step:
    value = sympy.Sum(sy.clipped_at(_j, _k, point) * _score, _tokens)
    return define(name, Rel(grad_resp(_j, point), "=", value), why="the weight is frozen: weight times score")


def _large_advantages() -> Table:
    """Two one-token responses with advantages +-30, learner uniform; phi draws the first with 1/10, phi' with 1/2.

    The logits of the two differ by ln 9, a distance of 1.55, here rounded up to 2.
    """
    half, slope, slope2 = Fraction(1, 2), Fraction(0), Fraction(0)
    values: dict[Any, Any] = {G_group: 2, L_len: 1, rho_cap: 1, sy.rho_floor: 0, phi: (2, 0), phi2: (0, 0)}
    values |= {sy.pi_a: half, sy.n_other: 1, sy.pi_other(1): half, sy.score_sq: half}
    for j, sign, drawn in ((1, 30, Fraction(1, 10)), (2, -30, Fraction(9, 10))):
        score = (half if j == 1 else -half, -half if j == 1 else half)
        old, new = min(half / drawn, Fraction(1)), Fraction(1)
        values |= {adv(j): sign, rho_at(j, 1, phi): half / drawn, rho_at(j, 1, phi2): 1, score_at(j, 1, theta): score}
        values |= {capped_at(j, 1, phi): old, capped_at(j, 1, phi2): new, sy.row_gap(j, 1): 2}
        values |= {sy.clipped_at(j, 1, phi): old, sy.clipped_at(j, 1, phi2): new}
        values |= {grad_resp(j, phi): tuple(old * s for s in score), grad_resp(j, phi2): score}
        slope, slope2 = slope + sign * old * score[0] / 2, slope2 + sign * new * score[0] / 2
    values |= {grad_ell(1, theta, phi): (slope, -slope), grad_ell(1, theta, phi2): (slope2, -slope2)}
    return Table(values, indices={sy.i_out: range(1, 2), _j: range(1, 3), _k: range(1, 2)})


CLAIM = Claim(
    id="clip-lipschitz",
    title="A truncated weight keeps A3 everywhere",
    kind="upper",
    statement=r"Let the weight be $\max(\rho_{\mathrm{lo}},\min(\rho,\rho_{\mathrm{hi}}))\hat A$ behind a"
    r" stop-gradient: CISPO with the edges $1-\varepsilon_{\mathrm{lo}}$ and $1+\varepsilon_{\mathrm{hi}}$ or the"
    r" upper one alone, truncated importance sampling with $\rho_{\mathrm{lo}}=0$. Population std, mean over $L$"
    r" tokens, tabular softmax: A3 holds for all $\varphi,\varphi'$ with $L_B=2\rho_{\mathrm{hi}}/L$, whatever the"
    r" lower edge. Neither a radius nor a bound on the ratios is needed, where PPO's clip jumps.",
    source="derived here",
    logits=True,
    steps=(
        earlier("row-score", SCORE, "uniform"),
        lemma("score", "tabular-score", _j, _k, theta, uses="row-score"),
        _capped("capped", phi),
        _capped("capped2", phi2),
        _cut_below("cut", phi),
        _cut_below("cut2", phi2),
        inequality(
            "edge", sympy.Abs(_change), "<=", sympy.Abs(_both[0] - _both[1]), "cut cut2", "a maximum brings closer"
        ),
        lemma("cap-change", "capped-exponential", *_both, uses="capped capped2"),
        lemma("log-change", "log-ratio", _j, _k, uses="row-score"),
        inequality(
            "weight-change",
            sympy.Abs(_change),
            "<=",
            sympy.sqrt(2) * rho_cap * _gap,
            "edge cap-change log-change",
            "one after the other",
        ),
        inequality("weight-square", _change**2, "<=", 2 * rho_cap**2 * _gap**2, "weight-change", "squares keep order"),
        inequality("token", _change**2 * _norm(_score) ** 2, "<=", _token_bound, "weight-square score", "product"),
        _response("response", phi),
        _response("response2", phi2),
        identity("change", _one - _two, _moved, "response response2", "only the weights see the behaviour policy"),
        lemma("change-norm", "equal-norms", _one - _two, _moved, uses="change"),
        lemma("rows", "orthogonal-rows", _change, _j, theta),
        inequality("tokens", _changes, "<=", _changes_bound, "token", "term by term"),
        identity("pull", _changes_bound, _gaps, "", "pull the constant out"),
        lemma("distinct", "distinct-rows", _j),
        inequality("distance", _gaps, "<=", _bound**2, "distinct", "multiply by a positive number"),
        inequality(
            "square", _norm(_one - _two) ** 2, "<=", _bound**2, "change-norm rows tokens pull distance", "put together"
        ),
        inequality("response-bound", _norm(_one - _two), "<=", _bound, "square", "root"),
        assume("std", STD),
        lemma("power-mean", "power-mean", adv(_j), _j, G_group),
        inequality("weights", _weight, "<=", G_group, "power-mean std", "the mean absolute advantage is at most 1"),
        *averaged("gap", _one - _two, _bound, "response-bound"),
        define("grad", GROUP, phi),
        define("grad2", GROUP, phi2),
        identity("gap", _grad - _grad2, _mean_change, "grad grad2", "the advantages do not see the behaviour policy"),
        lemma("gap-norm", "equal-norms", _grad - _grad2, _mean_change, uses="gap"),
        inequality(
            "conclusion",
            _norm(_grad - _grad2),
            "<=",
            _L_B * _distance,
            "gap-norm gap-share gap-group",
            "A3 with its constant",
        ),
    ),
    conclusions=("response-bound", "conclusion"),
    formula=_L_B,
    formulas={"response": 2 * rho_cap},
    necessity={"STD": _large_advantages()},
    not_tight="response-bound is approached: a token that learner and behaviour policy both give a probability near 0,"
    " with its ratio just below the cap, comes to 0.999 of it; conclusion would need responses of one group that all"
    " move alike once multiplied by their advantages, but these sum to zero: 0.5 of it is found",
)
