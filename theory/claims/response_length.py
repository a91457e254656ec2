"""How the bound by responses depends on the length: it falls like one over the square root (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any

from ..proof.build import assume, identity, inequality
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import G_group, L_len, P_top, b_top
from .response_constants import CLAIM as RESPONSES

_G, _L = G_group, L_len
_here: Any = ((1 - 1 / _L) * (_G - 1) + b_top**2) / (16 * _L)
_next: Any = _here.subs(_L, _L + 1)
_most, _least = (_G - 1 + b_top**2) / (16 * _L), ((_G - 1) / 2 + b_top**2) / (16 * _L)

LONG = Assumption("LONG", "At least two tokens", r"$L\ge2$.", lambda: Rel(_L, ">=", 2))

CLAIM = Claim(
    id="response-length",
    title="The bound by responses falls with the length",
    kind="upper",
    statement=r"For $L\ge2$ the bound by responses falls from $L$ to $L+1$, and for one prompt its square lies between"
    r" $(\tfrac12(G-1)+\overline{b}^2)/(16L)$ and $(G-1+\overline{b}^2)/(16L)$: it falls like $1/\sqrt L$."
    r" (For one token only $\overline{b}$ is left.)",
    source="derived here",
    steps=(
        assume("long", LONG),
        identity("square", RESPONSES.formula.subs(P_top, 1) ** 2, _here, "", "square of the bound by responses"),
        inequality("falls", _next, "<=", _here, "long", "clear the denominators"),
        inequality("most", _here, "<=", _most, "", "drop a share"),
        inequality("least", _here, ">=", _least, "long", "keep one half"),
    ),
    conclusions=("square", "falls", "most", "least"),
    formula=_here,
    formulas={"most": _most, "least": _least},
    necessity={"LONG": Table({_G: 2, _L: 1, b_top: 0})},
    attained=(Table({_G: 2, _L: 2, b_top: 0}), Table({_G: 1, _L: 2, b_top: 1})),
    not_tight="falls, most: equality would need equal lengths, or no weight; both are approached as L grows, with"
    r" ratios of 0.984 (falls) and 0.985 (most) at $L=64$, $G=8$, $\overline{b}=0.80$",
    logits=True,
)
