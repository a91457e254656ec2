"""Boundary laws: which (eta, S, T) are stable, given the planning constants. Each formula is typed once, as a load.

A law is a list of constraints ``load <= constant`` and a combiner: *all* must hold (min form), *any* suffices (max
form), or the two bounds are *blended* by a power; a ceiling on eta may come on top. Everything else, ``eta_max``, the
largest S or T, the float64 callables, is derived from that. Which laws are sufficient or necessary for what is proved
in the claims boundary-sufficient, boundary-necessary, boundary-order and blend-order.
"""

from __future__ import annotations

import sympy

from .law_record import Constraint, Law
from .symbols import S_sync, T_horizon, a_plan, alpha_S, b_plan, eta, eta_0

__all__ = ["CROSSOVER", "LAWS", "Constraint", "Law", "law"]

_STALENESS = Constraint("staleness", a_plan, eta * S_sync)
_HORIZON = Constraint("horizon", b_plan, eta * T_horizon)

_POWER = Constraint("staleness", a_plan, eta * S_sync**alpha_S)
_CEILING = Constraint("ceiling", eta_0, eta)

CROSSOVER: sympy.Expr = S_sync * _STALENESS.bound / _HORIZON.bound
"""Staleness at which the two bounds are equal, S* = T a / b, in learner steps: the first falls as 1/S."""

_PAPER = "arXiv 2607.01083"
_CANDIDATE = "Candidate without a derivation, to be compared with the others on data."
_BOTH = (_STALENESS, _HORIZON)

LAWS: dict[str, Law] = {
    entry.id: entry
    for entry in (
        Law(
            "min",
            "both the staleness and the horizon condition are needed",
            _BOTH,
            "all",
            f"{_PAPER}, abstract: eta << min{{R_batch/(S G_upd), R_crit/(T G_upd)}}. Proved sufficient "
            "(two-constraints; boundary-sufficient, under (N)); read here as necessary too, which the published "
            "readings of the figures contradict (min-as-boundary).",
        ),
        Law(
            "max",
            "either condition is enough",
            _BOTH,
            "any",
            "The published readings of the figures (stable for long T below S eta = a; collapse at t = b/eta above). "
            "Sufficient under (N) if the hazard is off up to S eta = a (boundary-sufficient), necessary under (S) if "
            "drift is ballistic above (boundary-necessary).",
        ),
        Law(
            "staleness",
            "the staleness condition alone",
            (_STALENESS,),
            "all",
            f"{_PAPER}: eta <= a/S. Sufficient if the hazard is off up to S eta = a (boundary-sufficient).",
        ),
        Law(
            "horizon",
            "the horizon condition alone",
            (_HORIZON,),
            "all",
            f"{_PAPER}: eta <= b/T. Sufficient under (N) (boundary-sufficient); with (S) and ballistic drift also "
            "necessary, up to one step (collapse-time).",
        ),
        Law("power", "a power of the sync interval", (_POWER,), "all", f"{_CANDIDATE} alpha = 1 is the staleness law."),
        Law("const", "a learning rate whatever S and T", (), "all", _CANDIDATE, _CEILING),
        Law(
            "min-ceiling",
            "both conditions, below an on-policy ceiling",
            _BOTH,
            "all",
            "The min form, and a limit that holds at S = 1 too: sufficient where the min form is (boundary-order).",
            _CEILING,
        ),
        Law(
            "max-ceiling",
            "either condition, below an on-policy ceiling",
            _BOTH,
            "any",
            "The max form, and a limit that holds at S = 1 too: sufficient where the max form is (boundary-order).",
            _CEILING,
        ),
        Law(
            "blend",
            "the two bounds blended by a power of either sign",
            _BOTH,
            "blend",
            f"{_CANDIDATE} At a whole p >= 1 inside the min form, at -p outside the max form (blend-order).",
        ),
    )
}


def law(id: str) -> Law:
    """Return a boundary law by its id.

    Raises:
        KeyError: unknown id; the message lists the known ones.

    Example:
        >>> law("max").eta_max
        Max(a/S, b/T)
    """
    if id not in LAWS:
        raise KeyError(f"expected a law out of {', '.join(LAWS)}; got {id!r}")
    return LAWS[id]
