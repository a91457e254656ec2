"""SAT: the clip interval shrinks with the staleness of a token."""

from __future__ import annotations

from .record import Comparison

LAW = Comparison(
    id="sat",
    title="Staleness-adaptive trust region",
    kind="cited",
    source="SAT, arXiv 2607.18722",
    bib="sat2026",
    assumptions=("log ratio = policy part + implementation part", "quantile 0.90 of its size"),
    statement=r"The clip interval is $[1-\varepsilon_{\mathrm{low}}c_-,\,1+\varepsilon_{\mathrm{high}}c_+]$ with"
    r" factors $c_\pm\le1$ that fall with the measured log ratio: inside PPO's interval, so never less pessimistic.",
    mapping=(("epsilon", "the clip range"),),
    lag="no lag enters but through the measured log ratios",
    phi_slot=True,
    not_for="the learning rate; it is a rule for the clip, measured on single seeds",
    reading="rule",
    sureness="read at second hand",
    checked="That a smaller interval is more pessimistic is immediate from the loss; nothing else was checked.",
)
