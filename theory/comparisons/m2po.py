"""Zheng et al.: the second moment of the log ratio bounds the chi-square divergence."""

from __future__ import annotations

from ..proof.records import Rel
from ..symbols import log_m2, ratio_cap
from .record import Comparison

LAW = Comparison(
    id="m2po",
    title="Second-moment trust region",
    kind="cited",
    source="Zheng et al. (M2PO), arXiv 2510.01161, Theorem 5.1",
    bib="zheng2025",
    assumptions=("importance ratios in [1/R, R]",),
    statement=r"$\chi^2(\pi\Vert\mu)\le R_r^2M_2$ with $M_2=\mathbb E_\mu(\log r)^2$.",
    mapping=(("r", "rho, the importance ratio"), ("R", "ratio_cap"), ("M_2", "log_m2")),
    lag="no lag enters but through the ratios",
    phi_slot=True,
    not_for="the learning rate: it needs a bound on the ratios, which no learning rate gives by itself",
    reading="quantity",
    of="chi-square divergence of the learner from the behaviour policy",
    sureness="read at second hand",
    checked="True and loose: r - 1 over log r is largest at R, so ((R-1)/log R)^2 M_2 holds too; on drawn laws of the"
    " ratio both hold, and the sharper one is approached where the ratio is R with small probability.",
    bound=ratio_cap**2 * log_m2,
    requires=(Rel(ratio_cap, ">=", 1),),
)
