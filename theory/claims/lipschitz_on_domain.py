"""Lemma L1 with its domain: A1, A2 and A3 are assumed on U alone, and so H is Lipschitz there (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy

from ..assumptions import A1_U, A2_U, A3_U
from ..objects import LIPSCHITZ as CONSTANT
from ..proof.build import assume, identity, inequality, lemma
from ..proof.models import Model
from ..proof.records import Claim
from ..proof.vectors import Norm
from ..symbols import L_B, L_D, TV, G_ell, K_phi, R_batch, i_out, on_U, phi, phi2, rho_0, theta
from .behaviour_lipschitz import BENT, BENT_BOUND, DISTANCE, GAP, MOVED, MOVED_BOUND, OVER, SPLIT
from .behaviour_lipschitz import CLAIM as LIPSCHITZ

_both = on_U(theta, phi) * on_U(theta, phi2)  # 1 where both pairs lie in U, else 0
_moved_all, _bent_all = sympy.Sum(MOVED, OVER), sympy.Sum(BENT, OVER)
_moved, _bent = sympy.Sum(_both * MOVED, OVER), sympy.Sum(_both * BENT, OVER)


def _inside(model: Model) -> Any:
    """An instance of Lemma L1 with both pairs in U."""
    return replace(model, values={**model.values, rho_0: 1, R_batch: 1})


CLAIM = Claim(
    id="lipschitz-on-domain",
    title="Lemma L1 with its domain",
    kind="upper",
    statement=r"A1, A2 and A3 on $U$ alone: then"
    r" $\lVert H(\theta,\varphi)-H(\theta,\varphi')\rVert\le K_\varphi\lVert\varphi-\varphi'\rVert$ whenever"
    r" $(\theta,\varphi)$ and $(\theta,\varphi')$ lie in $U$, with $K_\varphi=2G_\ell L_D+L_B$; nothing is said of"
    r" other pairs.",
    source="derived here, for outcome spaces of any finite size",
    steps=(
        *SPLIT,
        lemma("one", "indicator-square", theta, phi),
        lemma("one2", "indicator-square", theta, phi2),
        inequality("both", _both**2, "=", _both, "one one2", "0 or 1"),
        inequality("at-most-both", _both, "<=", 1, "both", "its square is not larger"),
        inequality("at-most-one", on_U(theta, phi2), "<=", 1, "one2", "its square is not larger"),
        assume("bounded", A1_U, i_out, theta, phi),
        inequality("moved", _moved, "<=", MOVED_BOUND, "unit cs-g bounded at-most-one", "term by term"),
        assume("smooth-loss", A3_U, i_out, theta, phi, phi2),
        inequality("bent", _bent, "<=", BENT_BOUND, "unit cs-gh smooth-loss", "term by term"),
        identity("pull", _moved + _bent, _both * (_moved_all + _bent_all), "", "the indicators are constants"),
        inequality("parts", _both * Norm(GAP), "=", _moved + _bent, "direction split pull", "the gap in two parts"),
        inequality(
            "sum",
            _both * Norm(GAP),
            "<=",
            2 * G_ell * TV(phi, phi2) + L_B * DISTANCE,
            "parts moved moved-tv bent bent-total",
            "each part is bounded",
        ),
        assume("smooth-D", A2_U, theta, phi, phi2),
        inequality("law", _both * (2 * G_ell * TV(phi, phi2)), "<=", 2 * G_ell * L_D * DISTANCE, "smooth-D", "A2 on U"),
        inequality(
            "twice",
            _both * Norm(GAP),
            "<=",
            _both * (2 * G_ell * TV(phi, phi2)) + _both * (L_B * DISTANCE),
            "sum both",
            "once more times the indicators, which are their own square",
        ),
        inequality("at-most", _both * (L_B * DISTANCE), "<=", L_B * DISTANCE, "at-most-both", "at most one"),
        inequality(
            "conclusion",
            _both * Norm(GAP),
            "<=",
            K_phi * DISTANCE,
            "twice law at-most K",
            "put the two parts together",
        ),
    ),
    conclusions=("conclusion",),
    formula=CONSTANT.at().rhs,
    necessity={f"{name}-U": _inside(model) for name, model in LIPSCHITZ.necessity.items()},
    attained=tuple(map(_inside, LIPSCHITZ.attained)),
)
