"""ScaleRL: a curve of reward against compute."""

from __future__ import annotations

from .record import Comparison

LAW = Comparison(
    id="scalerl",
    title="Sigmoid of reward against compute",
    kind="cited",
    source="ScaleRL, arXiv 2510.13786",
    bib="scalerl2025",
    assumptions=("one recipe, no collapse",),
    statement=r"$R_C-R_0=\frac{A-R_0}{1+(C_{\mathrm{mid}}/C)^B}$ fits the reward against the compute $C$.",
    mapping=(("A, B", "asymptote and exponent of a fit, neither slope of ours"),),
    lag="none: staleness is part of the recipe",
    phi_slot=False,
    not_for="stability, staleness, learning rate: listed so that its A and B are not taken for ours",
    reading="rule",
    sureness="not verified",
    checked="Nothing: the form is from memory.",
)
