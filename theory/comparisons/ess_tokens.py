"""Effective sample size of weights that multiply over tokens."""

# pyright: reportUnknownMemberType=false
from __future__ import annotations

import sympy

from ..symbols import log_sd, n_seq
from .record import Comparison

LAW = Comparison(
    id="ess-tokens",
    title="Effective sample size against response length",
    kind="cited",
    source="practitioners' notes, no paper found; the identity is elementary",
    bib="",
    assumptions=("token log ratios independent and normal with one variance", "many samples"),
    statement=r"$\mathrm{ESS}/N\to e^{-\sigma_{\log}^2T_{\mathrm{seq}}}$ where the sequence's log weight has variance"
    r" $\sigma_{\log}^2T_{\mathrm{seq}}$.",
    mapping=(("sigma", "log_sd, per token"), ("T", "n_seq, not our horizon T")),
    lag="no lag enters but through sigma",
    phi_slot=True,
    not_for="the learning rate; correlated tokens, whose variances do not add",
    reading="quantity",
    of="effective sample size over the batch size",
    sureness="from memory, checked by numbers",
    checked="Moments of the log-normal law by quadrature.",
    bound=sympy.exp(-(log_sd**2) * n_seq),
)
