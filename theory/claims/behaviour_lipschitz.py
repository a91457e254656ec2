"""Lemma L1: the surrogate-gradient mapping is Lipschitz in its behaviour slot (derived; used by arXiv 2607.01083)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

import sympy

from ..assumptions import A1, A2, A3
from ..objects import LIPSCHITZ, PROBABILITY, SURROGATE, TOTAL_VARIATION
from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import World
from ..proof.records import Claim
from ..proof.vectors import Inner, Norm
from ..symbols import L_B, L_D, TV, G_ell, H_map, K_phi, grad_ell, i_out, n_out, phi, phi2, prob, theta, v_unit

OVER = (i_out, 1, n_out)
_p, _q = prob(i_out, phi), prob(i_out, phi2)
_g, _h = grad_ell(i_out, theta, phi), grad_ell(i_out, theta, phi2)
GAP, DISTANCE = H_map(theta, phi) - H_map(theta, phi2), Norm(phi - phi2)
MOVED, BENT = (_p - _q) * Inner(v_unit, _g), _q * Inner(v_unit, _g - _h)  # terms: the law moved, the loss moved
MOVED_BOUND = sympy.Sum(G_ell * sympy.Abs(_p - _q), OVER)
BENT_BOUND = sympy.Sum(_q * L_B * DISTANCE, OVER)
_moved, _bent = sympy.Sum(MOVED, OVER), sympy.Sum(BENT, OVER)

SPLIT = (
    define("H", SURROGATE, theta, phi),
    define("H2", SURROGATE, theta, phi2),
    lemma("direction", "unit-direction", v_unit, GAP, why="measure the gap along its own direction v"),
    lemma("unit", "unit-norm", v_unit, uses="direction"),
    identity(
        "split",
        Inner(v_unit, GAP),
        _moved + _bent,
        "H H2",
        "add and subtract the new distribution's mean of the old loss",
    ),
    lemma("cs-g", "cauchy-schwarz", v_unit, _g),
    lemma("cs-gh", "cauchy-schwarz", v_unit, _g - _h),
    define("tv", TOTAL_VARIATION, phi, phi2),
    identity("moved-tv", MOVED_BOUND, 2 * G_ell * TV(phi, phi2), "tv", "pull the constant out"),
    define("total", PROBABILITY, phi2),
    identity("bent-total", BENT_BOUND, L_B * DISTANCE, "total", "probabilities sum to one"),
    define("K", LIPSCHITZ),
)
"""The gap of H along its own direction: what the moved law makes of it, and the moved loss."""


def pair_world(g_ell: int, l_d: Fraction, l_b: int, p: object, g: object) -> World:
    """Theta = 0, phi = 1/2, phi' = 0 and the declared constants."""
    values = {G_ell: g_ell, L_D: l_d, L_B: l_b, K_phi: 2 * g_ell * l_d + l_b}
    return World(values, p=p, g=g, points={theta: 0, phi: Fraction(1, 2), phi2: 0})  # type: ignore[arg-type]


_half = Fraction(1, 2)
_tilting = ((_half, _half), (_half, -_half))  # TV(D(phi), D(phi')) = |phi - phi'| / 2
_still = ((_half, 0), (_half, 0))
_signs = ((1, 0, 0), (-1, 0, 0))
_rising = ((0, 0, 1), (0, 0, 1))

CLAIM = Claim(
    id="behaviour-lipschitz",
    title="Lemma L1: H is Lipschitz in the behaviour slot",
    kind="upper",
    statement=r"On $U$: $\lVert H(\theta,\varphi)-H(\theta,\varphi')\rVert\le K_\varphi\lVert\varphi-\varphi'\rVert$"
    r" with $K_\varphi=2G_\ell L_D+L_B$.",
    source="derived here, for outcome spaces of any finite size; the constants hidden in arXiv 2607.01083",
    steps=(
        *SPLIT,
        assume("bounded", A1, i_out, theta, phi),
        inequality("moved", _moved, "<=", MOVED_BOUND, "unit cs-g bounded", "term by term"),
        assume("smooth-loss", A3, i_out, theta, phi, phi2),
        inequality("bent", _bent, "<=", BENT_BOUND, "unit cs-gh smooth-loss", "term by term"),
        assume("smooth-D", A2, phi, phi2),
        inequality(
            "conclusion",
            Norm(GAP),
            "<=",
            K_phi * DISTANCE,
            "direction split moved moved-tv bent bent-total smooth-D K",
            "put the two parts together",
        ),
    ),
    conclusions=("conclusion",),
    formula=LIPSCHITZ.at().rhs,
    necessity={
        "A1": pair_world(1, _half, 0, _tilting, ((2, 0, 0), (-2, 0, 0))),
        "A2": pair_world(1, Fraction(1, 4), 0, _tilting, _signs),
        "A3": pair_world(1, Fraction(0), 1, _still, ((0, 0, 2), (0, 0, 2))),
    },
    attained=(
        pair_world(1, _half, 0, _tilting, _signs),  # only the distribution moves
        pair_world(1, Fraction(0), 1, _still, _rising),  # only the loss moves
        pair_world(1, _half, 1, _tilting, ((_half, 0, 1), (-3 * _half, 0, 1))),  # both; |g| = G_ell at phi, as A1 says
    ),
)
