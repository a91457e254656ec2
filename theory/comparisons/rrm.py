"""Perdomo, Zrnic, Mendler-Duenner and Hardt: repeated risk minimisation."""

from __future__ import annotations

from ..proof.records import Rel
from ..symbols import beta_joint, eps_shift, gamma_convex
from .record import Comparison

LAW = Comparison(
    id="rrm",
    title="Repeated risk minimisation",
    kind="cited",
    source="Perdomo, Zrnic, Mendler-Duenner and Hardt, arXiv 2002.06673, Theorem 3.5",
    bib="perdomo2020",
    assumptions=("loss strongly convex, its gradient Lipschitz in theta and z", "D is sensitive with constant epsilon"),
    statement=r"Retraining to the minimum between deployments converges to a stable point, at the rate"
    r" $\epsilon_D\beta_\ell/\gamma_\ell$, if $\epsilon_D<\gamma_\ell/\beta_\ell$; at equality it need not.",
    mapping=(("epsilon beta", "the bound L_phi on the slope of H in phi, |B|"), ("gamma", "A, or its lower bound")),
    lag="each deployment is one cycle of infinitely many learner steps: S to infinity",
    phi_slot=True,
    not_for="a finite number of learner steps per deployment; losses that are not convex",
    reading="condition",
    sureness="read at second hand",
    checked="Our exact periodic sync agrees: for small eta A its cycle factor tends to -B/A for large S, stable exactly"
    " for |B| < A.",
    requires=(Rel(eps_shift, "<", gamma_convex / beta_joint),),
)
