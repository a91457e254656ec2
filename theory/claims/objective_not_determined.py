"""H does not determine J: a function of phi added to the loss changes DJ and leaves H alone (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any

import sympy

from ..objects import NORMALISED
from ..proof.build import define, earlier, identity, lemma
from ..proof.records import Claim, Rel
from ..symbols import (
    B2_w,
    H2_w,
    H_w,
    J2_w,
    J_w,
    c_shift,
    dc_shift,
    dell_phi,
    dell_theta,
    dp,
    ell,
    i_out,
    n_out,
    prob_d,
)
from .total_derivative import CLAIM as TOTAL

_over = (i_out, 1, n_out)
_surrogate = sympy.Sum(prob_d(i_out) * dell_theta(i_out), _over)
_shifted: Any = (ell(i_out) + c_shift) * dp(i_out) + prob_d(i_out) * (dell_phi(i_out) + dc_shift)

CLAIM = Claim(
    id="objective-not-determined",
    title="The surrogate gradient does not determine the objective",
    kind="exact",
    statement=r"Replace the loss $\ell(\theta;z,\varphi)$ by $\ell+c(\varphi)$, for any differentiable $c$, written"
    r" $c(\varphi)$ at $\varphi=\theta$. Then $H$ is the same at every $(\theta,\varphi)$, and $\mathrm DJ$ changes"
    r" by $\nabla c$: every field $\mathrm DJ+\nabla c$ belongs to this $H$. The objective must be named.",
    source="derived here, for outcome spaces of any finite size",
    steps=(
        earlier("H", TOTAL, "H", why="surrogate gradient along w"),
        earlier("B", TOTAL, "distribution", why="distribution term along w"),
        earlier("J", TOTAL, why="their sum is the total derivative"),
        define("H-shifted", Rel(H2_w, "=", _surrogate), why="c does not depend on theta"),
        define(
            "B-shifted", Rel(B2_w, "=", sympy.Sum(_shifted, _over)), why="the distribution term sees c, and its slope"
        ),
        define("J-shifted", Rel(J2_w, "=", H2_w + B2_w), why="total derivative of the shifted objective"),
        define("one", NORMALISED, i_out, n_out),
        lemma("still", "constant-sum", "laws", i_out, n_out, uses="one", why="so their derivatives add up to zero"),
        identity("same", H2_w, H_w, "H H-shifted", "the same surrogate gradient"),
        identity(
            "conclusion",
            J2_w - J_w,
            dc_shift,
            "J J-shifted H H-shifted B B-shifted one still",
            "another objective: the constant drops out, its slope stays",
        ),
    ),
    conclusions=("same", "conclusion"),
    formula=dc_shift,
)
