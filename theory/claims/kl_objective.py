"""What a KL penalty adds to J on the diagonal, and its total derivative, for any vocabulary (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any

import sympy

from ..objects import NORMALISED, REFERENCE, SCORE
from ..proof.build import define, identity, inequality, lemma
from ..proof.records import Claim, Rel
from ..symbols import (
    DJ_k1,
    DJ_k2,
    DJ_k3,
    J_k1,
    J_k2,
    J_k3,
    KL_rev,
    beta_kl,
    dlog_ratio,
    dp,
    hel_sq,
    i_out,
    log_pull,
    log_ratio_of,
    log_sq,
    n_out,
    prob_d,
    ratio_of,
    ratio_root,
    score_w,
    sq_pull,
)

_i, _over, _beta = i_out, (i_out, 1, n_out), beta_kl
_p, _log, _ratio, _root, _slope = prob_d(_i), log_ratio_of(_i), ratio_of(_i), ratio_root(_i), dlog_ratio(_i)


def _mean(term: Any) -> Any:
    return sympy.Sum(_p * term, _over)


def _penalty(k: Any) -> Any:
    return -_beta * _mean(k)


def _product(k: Any, dk: Any) -> Any:
    """Derivative of ``-beta sum_i p_i k_i``, with the derivative dk of the estimator at a response."""
    return -_beta * sympy.Sum(dp(_i) * k + _p * dk, _over)


_slope1, _slope2 = _beta * log_pull, _beta * (log_pull - sq_pull / 2)
_most1, _most2 = -_beta * hel_sq, -_beta * KL_rev**2 / 2
_k1, _k2, _k3 = -_beta * KL_rev, -_beta * log_sq / 2, _ratio - _log - 1
_tangent = _mean(2 * (1 - _root))
_square = _mean(-2 * KL_rev * _log - KL_rev**2)

CLAIM = Claim(
    id="kl-objective",
    title="A KL penalty adds a J that is not zero",
    kind="exact",
    statement=r"With $r=\pi^{\mathrm{ref}}/\pi_\theta$, the penalties $-\beta k_1$ and $-\beta k_3$ both add"
    r" $-\beta\,\mathrm{KL}(\pi_\theta\Vert\pi^{\mathrm{ref}})$ to $J$, and $-\beta k_2$ adds"
    r" $-\frac\beta2\sum\pi_\theta\log^2r$, for any finite set of responses. With the squared Hellinger distance"
    r" $\mathrm{Hel}^2=\sum(\sqrt{\pi_\theta}-\sqrt{\pi^{\mathrm{ref}}})^2$ the first is at most"
    r" $-\beta\,\mathrm{Hel}^2$ and the second at most $-\frac\beta2\mathrm{KL}^2$: both are negative wherever the"
    r" policies differ and 0 where they agree, so neither $J$ nor $\mathrm DJ$ vanishes identically. The derivatives"
    r" are $\mathrm DJ_{k_1}[w]=\mathrm DJ_{k_3}[w]=\beta\sum\pi_\theta\log r\,\partial_w\log\pi_\theta$ and"
    r" $\mathrm DJ_{k_2}[w]=\beta\sum\pi_\theta(\log r-\frac12\log^2r)\,\partial_w\log\pi_\theta$; the surrogate"
    r" gradients (claim kl-estimators) differ from them in general, for $k_2$ by the last sum.",
    source="derived here; the estimators as in Schulman, Approximating KL Divergence (2020)",
    steps=(
        define("one", NORMALISED, _i, n_out),
        define("root", Rel(_root, "=", sympy.exp(_log / 2)), why="the root of the ratio"),
        define("ratio", Rel(_ratio, "=", sympy.exp(_log)), why="the ratio and its logarithm"),
        define("reference", REFERENCE),
        define("KL", Rel(KL_rev, "=", -_mean(_log)), why="divergence of the policy from the reference"),
        define("squares", Rel(log_sq, "=", _mean(_log**2)), why="mean square of log r"),
        define("J1", Rel(J_k1, "=", _penalty(-_log)), why="mean of -beta k1, k1 = -log r"),
        define("J2", Rel(J_k2, "=", _penalty(_log**2 / 2)), why="mean of -beta k2, k2 = (log r)^2/2"),
        define("J3", Rel(J_k3, "=", _penalty(_k3)), why="mean of -beta k3, k3 = r - 1 - log r"),
        identity("k1", J_k1, _k1, "J1 KL", "the mean of k1 is the divergence"),
        identity("k2", J_k2, _k2, "J2 squares", "half the mean square"),
        identity("total", _mean(_ratio), _mean(sympy.exp(_log)), "ratio", "the mean of r is a total"),
        inequality("mean-ratio", _mean(_ratio), "=", 1, "total reference", "of 1"),
        identity("parts", J_k3, _beta * (_mean(sympy.S.One) - _mean(_ratio)) + _k1, "J3 KL", "three sums"),
        inequality("k3", J_k3, "=", _k1, "parts mean-ratio one", "so r - 1 has mean zero"),
        # KL >= Hel^2 from exp(u) >= 1 + u at half the log ratio
        define("distance", Rel(hel_sq, "=", _mean((1 - _root) ** 2)), why="squared Hellinger distance"),
        lemma("tangent", "exp-above-tangent", _log / 2),
        inequality("below", -_log, ">=", 2 * (1 - _root), "tangent root", "-log r is at least 2(1 - sqrt r)"),
        inequality("belows", _mean(-_log), ">=", _tangent, "below", "term by term"),
        identity("root-squared", _mean(_root**2), _mean(_ratio), "root ratio", "the square of the root"),
        identity("binomial", _tangent, hel_sq + _mean(sympy.S.One) - _mean(_root**2), "distance", "(1 - sqrt r)^2"),
        inequality(
            "Hellinger", KL_rev, ">=", hel_sq, "KL belows binomial root-squared mean-ratio one", "the totals are 1"
        ),
        inequality("k1-most", J_k1, "<=", _most1, "k1 Hellinger", "times beta"),
        # E[log^2 r] >= KL^2 from (log r + KL)^2 >= 0
        inequality("spread", _mean(_log**2), ">=", _square, "", "(log r + KL)^2 is no less than 0"),
        identity("mean-spread", _square, KL_rev**2 * (2 - _mean(sympy.S.One)), "KL", "the mean of log r is -KL"),
        inequality("Jensen", log_sq, ">=", KL_rev**2, "squares spread mean-spread one", "put together"),
        inequality("k2-most", J_k2, "<=", _most2, "k2 Jensen", "times beta"),
        # derivatives
        define("score", SCORE),
        define("log", Rel(_slope, "=", -score_w(_i)), why="the reference is fixed: d log r = -d log pi"),
        lemma("still", "constant-sum", "laws", _i, n_out, uses="one", why="the chances sum to one"),
        identity("drift", _mean(score_w(_i)), sympy.Sum(dp(_i), _over), "score", "mean score"),
        inequality("mean-score", _mean(score_w(_i)), "=", 0, "drift still", "is zero"),
        define("D1", Rel(DJ_k1, "=", _product(-_log, -_slope)), why="product rule, d k1 = -d log r"),
        define("D2", Rel(DJ_k2, "=", _product(_log**2 / 2, _log * _slope)), why="product rule, d k2 = log r d log r"),
        define("D3", Rel(DJ_k3, "=", _product(_k3, (_ratio - 1) * _slope)), why="product rule, d k3 = (r-1) d log r"),
        define("pull", Rel(log_pull, "=", _mean(_log * score_w(_i))), why="mean of log r times the score"),
        define("pull2", Rel(sq_pull, "=", _mean(_log**2 * score_w(_i))), why="and of its square"),
        identity("D1-form", DJ_k1, _slope1 - _beta * _mean(score_w(_i)), "D1 score log pull", "collect"),
        inequality("slope-k1", DJ_k1, "=", _slope1, "D1-form mean-score", "the mean score is zero"),
        identity("slope-k2", DJ_k2, _slope2, "D2 score log pull pull2", "collect"),
        identity("slope-k3", DJ_k3, _slope1, "D3 score log pull", "what r brings cancels"),
    ),
    conclusions=("k1", "k2", "k3", "k1-most", "k2-most", "slope-k1", "slope-k2", "slope-k3"),
    formula=_k1,
    formulas={
        **{"k1": _k1, "k2": _k2, "slope_k1": _slope1, "slope_k2": _slope2},
        **{"k1_most": _most1, "k2_most": _most2},
    },
    not_tight="k1-most and k2-most are equalities for equal policies only, and approached: with two responses, one of"
    " chance 1e-12 under the policy and 0.002 under the reference, Hel^2/KL = 0.9995 and KL^2/E[log^2 r] = 0.9999",
)
