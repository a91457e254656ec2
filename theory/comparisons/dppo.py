"""DPPO: a trust region in total variation for finite responses."""

from __future__ import annotations

from .record import Comparison

LAW = Comparison(
    id="dppo",
    title="Policy improvement for finite responses",
    kind="cited",
    source="DPPO, arXiv 2602.04879",
    bib="dppo2026",
    assumptions=("rewards of scale xi", "T tokens", "largest total variation per token D"),
    statement=r"$J(\pi)-J(\mu)\ge L'-O(\xi\,T_{\mathrm{seq}}(T_{\mathrm{seq}}-1)\,D_{\max}^2)$ with the"
    r" surrogate's gain $L'$.",
    mapping=(("T", "tokens of a response, not our horizon T"), ("D_TV^max", "total variation at one token")),
    lag="no lag enters but through the distance of pi from mu",
    phi_slot=True,
    not_for="the learning rate; the constant of the order is not given",
    reading="rate",
    sureness="read at second hand",
    checked="Nothing: an order without constants cannot be checked by numbers.",
)
