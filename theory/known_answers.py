"""Known answers: closed forms of exactly solvable dynamics, by name, each with its float64 function.

A known answer is a formula of a proved claim; nothing is typed here but names. ``verify`` simulates each and compares.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .bridge import float64
from .claims import get

__all__ = ["KNOWN_ANSWERS", "KnownAnswer", "known_answer"]


@dataclass(frozen=True)
class KnownAnswer:
    """One closed form.

    Args:
        name: key in ``KNOWN_ANSWERS``.
        claim: id of the claim that proves it.
        formula: key in the claim's ``formulas``; empty for its main formula.
        meaning: what the number is, one phrase.

    Example:
        >>> float(known_answer("pure-delay-edge")(s_const=1))  # x_{t+1} = x_t - a x_{t-1} is stable below 1
        1.0
    """

    name: str
    claim: str
    formula: str
    meaning: str

    @cached_property
    def expression(self) -> Any:
        """The SymPy expression of the claim."""
        claim = get(self.claim)
        return claim.formulas[self.formula] if self.formula else claim.formula

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the keywords, sorted; see ``theory.symbols`` for their meaning and unit."""
        return tuple(sorted(str(symbol) for symbol in self.expression.free_symbols))

    def __call__(self, **values: Any) -> np.ndarray:
        """Value in float64; keywords are exactly ``parameters`` and broadcast.

        Raises:
            TypeError: keywords missing or unknown.
        """
        return float64(self.expression)(**values)


KNOWN_ANSWERS: dict[str, KnownAnswer] = {
    entry.name: entry
    for entry in (
        KnownAnswer("pure-delay-edge", "pure-delay", "", "largest stable eta*A at pure delay"),
        KnownAnswer("fresh-lag-bound", "constant-lag", "", "eta*A below which every constant lag is stable"),
        KnownAnswer("lag-curve-fresh", "performative-lag", "fresh", "eta*A on the edge, at the angle omega"),
        KnownAnswer("lag-curve-stale", "performative-lag", "stale", "eta*B on the edge, at the angle omega"),
        KnownAnswer("lag-curve-ratio", "lag-crossings", "", "beta = B/A on the edge, at the angle omega"),
        KnownAnswer("lag-constant", "lag-rate", "kappa", "limit of s*eta_max*A at constant lag s"),
        KnownAnswer("sync-multiplier", "periodic-sync", "multiplier", "factor of one cycle, 0 < eta*A < 1"),
        KnownAnswer("sync-edge", "periodic-sync", "edge", "largest stable eta*A of periodic sync, beta > 1"),
        KnownAnswer("sync-constant", "periodic-sync", "limit", "limit of S*eta_max*A of periodic sync, beta > 1"),
        KnownAnswer("sync-odd-edge", "sync-parity", "odd_edge", "largest stable eta*A, odd S and abs(beta) < 1"),
        KnownAnswer("sync-window", "sync-parity", "window", "eta*A at which the second window opens, even S, beta > 1"),
        KnownAnswer("sync-longest", "sync-threshold", "", "cycle length beyond which eta*A is unstable, beta > 1"),
        KnownAnswer("stale-only-multiplier", "stale-only-sync", "multiplier", "factor of one cycle, A = 0"),
        KnownAnswer("stale-only-edge", "stale-only-sync", "edge", "largest stable eta*B of periodic sync, A = 0"),
        KnownAnswer("norm-ratio-multiplier", "norm-ratio", "", "factor of the second mode over one cycle of 32 steps"),
        *(
            KnownAnswer(f"update-cosine-{s}", "update-cosine", f"s{s}", f"cosine of successive updates at delay {s}")
            for s in range(4)
        ),
        KnownAnswer("update-cosine", "cosine-law", "cosine", "cosine of successive updates at delay s"),
        KnownAnswer("update-gain", "cosine-law", "gain", "the gain at the angle omega of that law"),
        KnownAnswer("update-cosine-edge", "cosine-law", "edge", "that cosine at the edge of stability"),
        KnownAnswer("ballistic-drift", "ballistic-drift", "", "distance after t equal updates"),
        KnownAnswer("diffusive-drift", "diffusive-drift", "", "mean square of a sum of t uncorrelated updates"),
        KnownAnswer("growth", "drift-gram", "", "what one more update adds to the squared drift, correlation c^|i-j|"),
        KnownAnswer("mean-growth", "drift-gram", "mean", "the same with correlation c for every pair"),
        KnownAnswer("ar-drift", "correlated-drift", "ar", "mean square of a sum of t updates, correlation c^|i-j|"),
        KnownAnswer("mean-drift", "correlated-drift", "mean", "the same with correlation c for every pair"),
        KnownAnswer("both-drift", "correlated-drift", "both", "the same with a mean part, AR(1) around it"),
        KnownAnswer("drift-ratio", "drift-ratio", "rms", "RMS drift with correlation c for every pair over AR(1)"),
        KnownAnswer("alternating-drift", "lag-one-cosine", "alternating", "squared drift of two directions in turn"),
        KnownAnswer("white-drift", "lag-one-cosine", "white", "squared drift of orthogonal updates"),
        KnownAnswer("alternating-ratio", "lag-one-cosine", "rms", "ratio of the two, as root mean squares"),
        KnownAnswer("collapse-product", "collapse-time", "product", "eta times the steps to R_crit, equal updates"),
        KnownAnswer("collapse-steps", "collapse-time", "steps", "first whole step at R_crit, equal updates"),
        KnownAnswer("diffusive-collapse", "diffusive-collapse", "", "steps to R_crit of uncorrelated updates"),
        KnownAnswer("gaussian-plain", "gaussian-policy", "plain", "H, log form without baseline"),
        KnownAnswer("gaussian-baseline", "gaussian-policy", "base", "H, log form with the mean baseline"),
        KnownAnswer("gaussian-ratio", "gaussian-policy", "ratio", "H with the importance weight"),
        KnownAnswer("gaussian-total", "gaussian-policy", "total", "DJ of the log form without baseline"),
        KnownAnswer("bandit-gradient", "two-arm-bandit", "H", "H(theta, phi) of the two-arm bandit"),
        KnownAnswer("bandit-bias", "two-arm-bandit", "bias", "staleness bias of the two-arm bandit"),
        KnownAnswer("bandit-mixed", "two-arm-bandit", "mixed", "derivative of that H in phi"),
        KnownAnswer("bandit-group-gradient", "bandit-group", "H", "the same H with groups of G responses"),
        KnownAnswer("bandit-group-bias", "bandit-group", "bias", "its staleness bias"),
        KnownAnswer("bandit-group-mixed", "bandit-group", "mixed", "its derivative in phi, G >= 3"),
        KnownAnswer("location-sensitivity", "location-sensitivity", "", "L_D of the location family"),
        KnownAnswer("location-stable", "location-family", "stable", "performatively stable point"),
        KnownAnswer("location-optimal", "location-family", "optimal", "performatively optimal point"),
        KnownAnswer("location-gradient", "location-family", "H", "H(theta, phi) of the location family"),
        KnownAnswer("location-total", "location-family", "DJ", "DJ of its linear loss"),
    )
}


def known_answer(name: str) -> KnownAnswer:
    """The known answer of that name.

    Raises:
        KeyError: there is none; the message lists the known names.
    """
    if name not in KNOWN_ANSWERS:
        raise KeyError(f"no known answer {name!r}; known: {sorted(KNOWN_ANSWERS)}")
    return KNOWN_ANSWERS[name]
