"""The table of losses as data, each cell derived from its record: what it says, where its bias is from, where it holds.

Cells are text for readers with TeX between ``$``.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sympy

from .. import symbols as sy
from ..render.tex import tex
from . import calculus as by
from .analysis import Facts, facts
from .record import Surrogate
from .registered import registered

__all__ = ["SOURCES", "Row", "as_data", "row", "rows"]

SOURCES = {
    "0": "current token",
    "i": "prefix law",
    "ii": "suffix law",
    "iii": "group normaliser",
    "iv": "clip, outside the radius",
    "v": "penalty under the behaviour law",
    "vi": "length weight of the mates",
}
"""The sources of the staleness bias and their numbers."""

_RATIOS = {
    sy.rho: "token",
    sy.rho_seq: "whole response",
    sy.rho_geo: "response, geometric mean",
    sy.rho_prox: "token, learner to proximal",
    sy.rho_beh: "token, proximal to behaviour",
}
_LENGTHS = {"own": r"$1/L$, own length", "group": "mean over all tokens of the group", "constant": "", "none": "$1$"}
_CENTRES = {
    "group": "minus the group mean",
    "mates": "minus the mean of the others",
    "critic": "a critic's, given",
    "none": "the reward itself",
}


@dataclass(frozen=True)
class Row:
    """One loss. ``sources`` by number: its coefficient to first order, or what it is like; ``on``: those not zero."""

    id: str
    claim: str
    title: str
    source: str
    origin: str
    loss: str
    ratio: str
    clip: str
    advantage: str
    ddof: str
    delta_std: str
    length: str
    stop_gradients: str
    sources: dict[str, str]
    on: tuple[str, ...]
    a1: str
    a3: str
    constants: tuple[str, ...]
    radius: str
    radius_to: str
    note: str


def rows(claims: Collection[str] | None = None) -> tuple[Row, ...]:
    """The rows of all registered losses, or of those whose claim is named."""
    known = registered()
    wanted = [loss for loss in known.losses if claims is None or loss.claim_id in claims]
    return tuple(row(loss, known.origin[loss.id]) for loss in wanted)


def as_data(claims: Collection[str] | None = None) -> dict[str, Any]:
    """The table for JSON, with what was left out and why."""
    left_out = [{"name": r.name, "distribution": r.distribution, "reason": r.reason} for r in registered().rejected]
    losses = [vars(r) | {"constants": list(r.constants), "on": list(r.on)} for r in rows(claims)]
    return {"source_names": dict(SOURCES), "losses": losses, "rejected": left_out}


def row(loss: Surrogate, origin: str = "") -> Row:
    """The row of one loss; ``origin`` is the distribution it is from, empty for our own."""
    found, rule = facts(loss), loss.advantage
    _, frozen = by.split_frozen(loss.token)
    scale = ", over the std" if rule.scale == "std" else ""
    return Row(
        id=loss.id,
        claim=loss.claim_id,
        title=loss.title,
        source=loss.source,
        origin=origin,
        loss=_math(loss.token),
        ratio=_ratio(found),
        clip=_clip(found),
        advantage=_CENTRES[rule.centre] + scale,
        ddof="" if rule.ddof is None else str(rule.ddof),
        delta_std="" if rule.scale == "none" else _math(sy.delta_std) if rule.offset else "0",
        length=_LENGTHS[loss.length] or f"{_math(loss.token_weight)}, constant",
        stop_gradients=", ".join(_math(value) for value in frozen.values()) or "none",
        sources=_sources(found),
        on=tuple(name for name, cell in _sources(found).items() if cell not in ("off", "$0$")),
        a1="everywhere" if found.bounded else _inside(found),
        a3="everywhere" if found.smooth else _inside(found),
        constants=_constants(loss, found),
        radius="none needed" if found.radius is None else _math(found.radius),
        radius_to=f"{found.radius_to} policy" if found.radius is not None else "",
        note=loss.note,
    )


def _math(expression: Any) -> str:
    return f"${tex(expression)}$"


def _ratio(found: Facts) -> str:
    """Names of the ratios in the token weight."""
    names = [name for v, name in _RATIOS.items() if found.weight.has(v)]
    return "; ".join(names) or "none"


def _clip(found: Facts) -> str:
    """The kind of the clip with its edges, in increasing order."""
    if not found.edges:
        return {"none": "none", "smooth": "smooth, no edge"}[found.clip]
    places = list(dict.fromkeys(e.place for e in found.edges))
    return f"{found.clip}, at " + ", ".join(_math(p) for p in places)


def _sources(found: Facts) -> dict[str, str]:
    first = found.first
    triple = {"i": first.prefix, "0": first.current, "ii": first.suffix}
    penalty = [c for c in dict.fromkeys(first.penalty) if c != 0]
    normaliser = first.normaliser * sy.slope_w if found.mates == "normaliser" else sympy.S.Zero
    values = {
        **{name: _math(sympy.factor(c)) for name, c in triple.items()},
        "iii": _math(normaliser),
        "iv": {"none": "off", "jump": "jumps"}.get(found.clip, found.clip),
        "v": ", ".join(_math(sympy.factor(c)) for c in penalty) or "off",
        "vi": _math(sy.part_len) if found.length_mates else "off",
    }
    return {name: values[name] for name in SOURCES}


def _inside(found: Facts) -> str:
    """Where A1 or A3 holds if not everywhere: inside the radius of the clip, and for bounded ratios that have none."""
    where = [r"inside $R_{\mathrm{batch}}$"] if found.clip != "none" else []
    where += [f"for bounded {_math(v)}" for v in found.loose]
    return ", ".join(where)


def _constants(loss: Surrogate, found: Facts) -> tuple[str, ...]:
    """Claims whose closed constants are those of this loss (tabular, L tokens), by comparing what they suppose."""
    standard = loss.advantage.scale == "std" and loss.token_weight == 1 / sy.L_len and found.mates == "normaliser"
    plain = found.level == "token" and found.weight == sy.A_hat * sy.rho
    constants: list[str] = []
    if found.radius is not None:
        constants.append("certified-radius" if found.level == "token" else "certified-radius-sequence")
    if standard and plain and found.clip == "jump":
        constants.append("closed-constants")
    if standard and plain and {e.place for e in found.edges} == {sy.rho_cap}:
        constants.append("clip-lipschitz")
    return tuple(constants)
