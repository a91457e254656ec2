"""Lemma L1 with the diameter of the loss gradients in place of twice their largest norm (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..assumptions import A2, A3
from ..objects import SURROGATE
from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import World
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Inner, Norm
from ..symbols import L_B, L_D, TV, D_ell, H_map, grad_ell, i_low, i_out, i_top, n_out, phi, phi2, prob, theta, v_unit
from .diameter_bound import spread_steps

_over = (i_out, 1, n_out)
_p, _q = prob(i_out, phi), prob(i_out, phi2)
_g, _h = grad_ell(i_out, theta, phi), grad_ell(i_out, theta, phi2)
_gap, _distance = H_map(theta, phi) - H_map(theta, phi2), Norm(phi - phi2)
_moved = sympy.Sum((_p - _q) * Inner(v_unit, _g), _over)  # the distribution moved, the loss did not
_bent = sympy.Sum(_q * Inner(v_unit, _g - _h), _over)  # the loss moved, the distribution did not
_bent_bound = sympy.Sum(_q * L_B * _distance, _over)
_bound = (D_ell * L_D + L_B) * _distance


def _close_gradients(i: Any, j: Any, theta: Any, phi: Any) -> Rel:
    return Rel(Norm(grad_ell(i, theta, phi) - grad_ell(j, theta, phi)), "<=", D_ell)


A1_DIAM = Assumption(
    "A1-diam",
    "Bounded diameter of the loss gradients",
    r"On $U$: $\lVert\nabla_\theta\ell(\theta;z,\varphi)-\nabla_\theta\ell(\theta;z',\varphi)\rVert\le D_\ell$ for any"
    r" two outcomes; A1 gives $D_\ell\le2G_\ell$.",
    _close_gradients,
)


def _world(diameter: int, l_d: Fraction, l_b: int, p: Any, g: Any) -> World:
    values = {D_ell: diameter, L_D: l_d, L_B: l_b, i_top: 1, i_low: 2}
    return World(values, p=p, g=g, points={theta: 0, phi: Fraction(1, 2), phi2: 0})


_half = Fraction(1, 2)
_tilting = ((_half, _half), (_half, -_half))  # TV(D(phi), D(phi')) = |phi - phi'| / 2
_still = ((_half, 0), (_half, 0))
_shifted = ((3, 0, 0), (1, 0, 0))  # norms up to 3, but only 2 apart

CLAIM = Claim(
    id="diameter-lipschitz",
    title="Lemma L1 in diameter form",
    kind="upper",
    statement=r"On $U$: $\lVert H(\theta,\varphi)-H(\theta,\varphi')\rVert\le(D_\ell L_D+L_B)\lVert\varphi-\varphi'"
    r"\rVert$, where $D_\ell$ bounds the diameter of the loss gradients. It contains Lemma L1, because"
    r" $D_\ell\le2G_\ell$, and does not change when a constant is added to all gradients.",
    source="derived here, for outcome spaces of any finite size",
    steps=(
        define("H", SURROGATE, theta, phi),
        define("H2", SURROGATE, theta, phi2),
        lemma("direction", "unit-direction", v_unit, _gap, why="measure the gap along its own direction v"),
        identity("split", Inner(v_unit, _gap), _moved + _bent, "H H2", "add and subtract the new law's mean"),
        *spread_steps(_g, assume("pair", A1_DIAM, i_top, i_low, theta, phi), D_ell),
        lemma("cs-gh", "cauchy-schwarz", v_unit, _g - _h),
        assume("smooth-loss", A3, i_out, theta, phi, phi2),
        inequality("bent", _bent, "<=", _bent_bound, "unit cs-gh smooth-loss", "term by term"),
        identity("bent-total", _bent_bound, L_B * _distance, "total2", "probabilities sum to one"),
        assume("smooth-D", A2, phi, phi2),
        inequality("law", D_ell * TV(phi, phi2), "<=", D_ell * L_D * _distance, "smooth-D", "diameter times A2"),
        inequality(
            "conclusion",
            Norm(_gap),
            "<=",
            _bound,
            "direction split shift moved moved-tv law bent bent-total",
            "put the two parts together",
        ),
    ),
    conclusions=("conclusion",),
    formula=D_ell * L_D + L_B,
    necessity={
        "A1-diam": _world(1, _half, 0, _tilting, _shifted),
        "A2": _world(2, Fraction(1, 4), 0, _tilting, _shifted),
        "A3": _world(0, Fraction(0), 1, _still, ((0, 0, 2), (0, 0, 2))),
    },
    attained=(
        _world(2, _half, 0, _tilting, _shifted),  # only the law moves; 2 G_ell L_D would be three times as large
        _world(0, Fraction(0), 1, _still, ((0, 0, 1), (0, 0, 1))),  # only the loss moves
    ),
)
