"""Clipping by the norm: no update is longer than the threshold, nor than the gradient."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..proof.build import assume, define, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Norm
from ..symbols import G_grad, clip_gain, eps_clip, grad_at, max_norm, t_opt, u_at
from .momentum_update import BOUNDED

_gradient, _update = grad_at(t_opt), u_at(t_opt)
_size = Norm(_gradient)
_bound, _constant = sympy.Min(_size, max_norm), sympy.Min(G_grad, max_norm)

CLIPPED = Assumption(
    "CLIPPED",
    "The update is the clipped gradient",
    r"$u_t=\gamma_{\mathrm{clip}}\,\mathsf{g}_t$: SGD without momentum after clipping.",
    lambda: Rel(_update, "=", clip_gain * _gradient),
)


def _step(gradient: int, threshold: Fraction | int, moved: Fraction | int) -> Table:
    factor = min(Fraction(1), Fraction(threshold) / (gradient + Fraction(1, 100)))
    values: dict[Any, Any] = {
        G_grad: 4,
        _gradient: (gradient,),
        _update: (moved,),
        max_norm: threshold,
        clip_gain: factor,
    }
    return Table(values | {eps_clip: Fraction(1, 100)})


CLAIM = Claim(
    id="clipped-update",
    title="SGD with clipping by the norm",
    kind="upper",
    statement=r"$u_t=\gamma_{\mathrm{clip}}\,\mathsf{g}_t$ with $\gamma_{\mathrm{clip}}=\min(1,c_{\max}/(\lVert"
    r"\mathsf{g}_t\rVert+\varepsilon_{\mathrm{clip}}))$, as in torch: $\lVert u_t\rVert\le\min(\lVert\mathsf{g}_t\rVert"
    r",c_{\max})$, whatever the gradient; with $\lVert\mathsf{g}_t\rVert\le G_{\mathrm{grad}}$ it is at most"
    r" $\min(G_{\mathrm{grad}},c_{\max})$, that is $G_{\mathrm{upd}}$.",
    source="definition of clipping; Pascanu, Mikolov and Bengio, arXiv 1211.5063",
    steps=(
        define(
            "factor",
            Rel(clip_gain, "=", sympy.Min(1, max_norm / (_size + eps_clip))),
            why="at most one, and as much as the threshold allows",
        ),
        assume("clipped", CLIPPED),
        lemma("same", "equal-norms", _update, clip_gain * _gradient, uses="clipped"),
        lemma("scale", "homogeneity", clip_gain, _gradient),
        inequality("length", Norm(_update), "=", clip_gain * _size, "same scale", ""),
        inequality("conclusion", Norm(_update), "<=", _bound, "length factor", "both options of the minimum"),
        assume("bounded", BOUNDED, t_opt),
        inequality("constant", Norm(_update), "<=", _constant, "conclusion bounded", "the same for every step"),
    ),
    conclusions=("conclusion", "constant"),
    formula=_constant,
    necessity={"CLIPPED": _step(3, 2, 5), "GRADIENTS": _step(5, 6, 5)},
    attained=(_step(1, 2, 1), _step(4, 5, 4)),
)
