"""The true total derivative is surrogate gradient plus distribution term: DJ = H + B (arXiv 2607.01083)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import sympy

from ..objects import SCORE
from ..proof.build import define, identity, lemma
from ..proof.records import Claim, Rel
from ..symbols import B_w, H_w, J_w, dell_phi, dell_theta, dp, ell, i_out, n_out, prob_d, score_w

_over = (i_out, 1, n_out)
_surrogate = sympy.Sum(prob_d(i_out) * dell_theta(i_out), _over)
_distribution = sympy.Sum(ell(i_out) * dp(i_out) + prob_d(i_out) * dell_phi(i_out), _over)
_scored = sympy.Sum(prob_d(i_out) * (ell(i_out) * score_w(i_out) + dell_phi(i_out)), _over)
_total = H_w + B_w

CLAIM = Claim(
    id="total-derivative",
    title="Total derivative of the population objective",
    kind="exact",
    statement=r"$\mathrm DJ(\theta)=H(\theta,\theta)+B(\theta,\theta)$ with"
    r" $B=\mathbb E[\ell\,\nabla_\varphi\log p_\varphi(z)+\partial_\varphi\ell]$, along every direction $w$.",
    source="arXiv 2607.01083 (abstract); derived here for outcome spaces of any finite size",
    steps=(
        define("H", Rel(H_w, "=", _surrogate), why="surrogate gradient along w: phi frozen"),
        define("score", SCORE),
        define("B", Rel(B_w, "=", _scored), why="distribution term along w: expectation of loss times score"),
        lemma("leibniz", "leibniz", i_out),
        lemma("chain", "chain-rule", i_out),
        identity("distribution", B_w, _distribution, "B score", "undo the score"),
        identity("conclusion", J_w, _total, "leibniz chain H score B", "collect the terms"),
    ),
    conclusions=("conclusion", "distribution", "H"),
    formula=_total,
)
