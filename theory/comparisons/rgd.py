"""Perdomo, Zrnic, Mendler-Duenner and Hardt: repeated gradient descent."""

# pyright: reportUnknownMemberType=false
from __future__ import annotations

import sympy

from ..proof.records import Rel
from ..symbols import beta_joint, eps_shift, gamma_convex
from .record import Comparison

_sum = beta_joint + gamma_convex
_feedback = (gamma_convex / (eps_shift * _sum) - 1) / (sympy.Rational(3, 2) * beta_joint)

LAW = Comparison(
    id="rgd",
    title="Repeated gradient descent",
    kind="cited",
    source="Perdomo, Zrnic, Mendler-Duenner and Hardt, arXiv 2002.06673, Section 3",
    bib="perdomo2020",
    assumptions=("loss strongly convex, its gradient Lipschitz in theta and z", "D is sensitive with constant epsilon"),
    statement=r"One gradient step per deployment converges for $\eta\le\frac2{\beta_\ell+\gamma_\ell}$ and"
    r" $\epsilon_D<\frac{\gamma_\ell}{(\beta_\ell+\gamma_\ell)(1+\frac32\eta\beta_\ell)}$, here solved for $\eta$.",
    mapping=(("epsilon beta", "the bound L_phi on the slope of H in phi, |B|"), ("gamma, beta", "bounds of A")),
    lag="every step on fresh rollouts: S = 1, lag 0; no lag enters the bound",
    phi_slot=True,
    not_for="any staleness: it covers S = 1 only; losses that are not convex",
    reading="sufficient",
    sureness="read at second hand",
    checked="On linear feedback with S = 1 and gamma <= A <= beta, |B| <= epsilon beta, the bound is below the exact"
    " edge 2/(A+B) on a grid of constants.",
    bound=sympy.Min(2 / _sum, _feedback),
    requires=(Rel(eps_shift, "<", gamma_convex / _sum),),
)
