"""On-policy gradients of the KL estimators k1, k2, k3, for any vocabulary (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import sympy

from ..objects import NORMALISED, SCORE
from ..proof.build import define, identity, inequality, lemma
from ..proof.records import Claim, Rel
from ..symbols import (
    K1_w,
    K2_w,
    K3_w,
    dKL_fwd,
    dKL_rev,
    dlog_ratio,
    dp,
    i_out,
    log_ratio_of,
    n_out,
    prob_d,
    ratio_of,
    ref_of,
    score_w,
)

_i, _over = i_out, (i_out, 1, n_out)
_mean = sympy.Sum(prob_d(_i) * score_w(_i), _over)
_weighted = sympy.Sum(prob_d(_i) * log_ratio_of(_i) * score_w(_i), _over)
_referred = sympy.Sum(ref_of(_i) * score_w(_i), _over)
_slope, _log = dlog_ratio(_i), log_ratio_of(_i)
_k3 = ratio_of(_i) * _slope - _slope
_reverse = -sympy.Sum(dp(_i) * _log + prob_d(_i) * _slope, _over)

CLAIM = Claim(
    id="kl-estimators",
    title="On-policy gradients of the KL estimators",
    kind="exact",
    statement=r"With $r=\pi^{\mathrm{ref}}/\pi_\theta$ and responses drawn from $\pi_\theta$ but not differentiated"
    r" through, the mean gradient of $k_3=r-1-\log r$ is $\nabla\mathrm{KL}(\pi^{\mathrm{ref}}\Vert\pi_\theta)$,"
    r" that of $k_2=\frac12(\log r)^2$ is $\nabla\mathrm{KL}(\pi_\theta\Vert\pi^{\mathrm{ref}})$, and that of"
    r" $k_1=-\log r$ is 0, for any finite set of responses: only $k_2$ descends on the divergence that $k_1$ and"
    r" $k_3$ estimate.",
    source="derived here; the estimators as in Schulman, Approximating KL Divergence (2020)",
    steps=(
        define("one", NORMALISED, _i, n_out),
        define("score", SCORE),
        lemma("still", "constant-sum", "laws", _i, n_out, uses="one", why="the chances sum to one"),
        define("ratio", Rel(ref_of(_i), "=", ratio_of(_i) * prob_d(_i)), why="the reference in terms of the ratio"),
        define("log", Rel(dlog_ratio(_i), "=", -score_w(_i)), why="the reference is fixed: d log r = -d log pi"),
        define("k1", Rel(K1_w, "=", sympy.Sum(-prob_d(_i) * _slope, _over)), why="d k1 = -d log r"),
        define("k2", Rel(K2_w, "=", sympy.Sum(prob_d(_i) * _log * _slope, _over)), why="d k2 = log r d log r"),
        define("k3", Rel(K3_w, "=", sympy.Sum(prob_d(_i) * _k3, _over)), why="d k3 = r d log r - d log r"),
        define("reverse", Rel(dKL_rev, "=", _reverse), why="product rule on the mean of -log r under the policy"),
        define("forward", Rel(dKL_fwd, "=", sympy.Sum(ref_of(_i) * _slope, _over)), why="mean of log r, reference"),
        identity("drift", _mean, sympy.Sum(dp(_i), _over), "score", "mean score"),
        inequality("mean-score", _mean, "=", 0, "drift still", "is zero"),
        identity("k1-form", K1_w, _mean, "k1 log", "a mean score"),
        inequality("k1-zero", K1_w, "=", 0, "k1-form mean-score", "no gradient at all"),
        identity("k2-form", K2_w, -_weighted, "k2 log", "scores weighted by log r"),
        identity("reverse-form", dKL_rev, _mean - _weighted, "reverse score log", "the same and a mean score"),
        inequality("k2-reverse", K2_w, "=", dKL_rev, "k2-form reverse-form mean-score", "the mean score is zero"),
        identity("k3-form", K3_w, _mean - _referred, "k3 log ratio", "scores under the reference, and a mean score"),
        identity("forward-form", dKL_fwd, -_referred, "forward log", "scores under the reference"),
        inequality("k3-forward", K3_w, "=", dKL_fwd, "k3-form forward-form mean-score", "the mean score is zero"),
    ),
    conclusions=("k1-zero", "k2-reverse", "k3-forward"),
    formula=sympy.S.Zero,
)
