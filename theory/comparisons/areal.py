"""AReaL: admission of rollouts keeps the staleness bounded."""

# pyright: reportUnknownMemberType=false
from __future__ import annotations

import sympy

from ..proof.records import Rel
from ..symbols import S_max, n_made, n_used, v_learn
from .record import Comparison

LAW = Comparison(
    id="areal",
    title="Admission by bounded staleness",
    kind="cited",
    source="AReaL, arXiv 2505.24298",
    bib="areal2025",
    assumptions=("decoupled PPO", "responses are used in the order in which they were begun"),
    statement=r"A response may begin while $\lfloor(N_r-1)/B_r\rfloor\le v_\theta+S_{\max}$: then no response is older"
    r" than $S_{\max}$ versions when it is used.",
    mapping=(
        ("eta, maximum staleness", "S_max, never our learning rate"),
        ("i", "v_learn"),
        ("N_r, B", "n_made, n_used"),
    ),
    lag="its eta is our S_max, the largest lag",
    phi_slot=True,
    not_for="the learning rate: it bounds the lag and says nothing on what lag is stable",
    reading="condition",
    sureness="read at second hand",
    checked="In a simulated queue that obeys it no response was older than S_max, and one was that old.",
    requires=(Rel(sympy.floor((n_made - 1) / n_used), "<=", v_learn + S_max),),
)
