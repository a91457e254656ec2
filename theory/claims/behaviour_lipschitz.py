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

_over = (i_out, 1, n_out)
_p, _q = prob(i_out, phi), prob(i_out, phi2)
_g, _h = grad_ell(i_out, theta, phi), grad_ell(i_out, theta, phi2)
_gap = H_map(theta, phi) - H_map(theta, phi2)
_distance = Norm(phi - phi2)

_moved = sympy.Sum((_p - _q) * Inner(v_unit, _g), _over)  # the distribution moved, the loss did not
_bent = sympy.Sum(_q * Inner(v_unit, _g - _h), _over)  # the loss moved, the distribution did not
_moved_bound = sympy.Sum(G_ell * sympy.Abs(_p - _q), _over)
_bent_bound = sympy.Sum(_q * L_B * _distance, _over)


def _world(g_ell: int, l_d: Fraction, l_b: int, p: object, g: object) -> World:
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
        define("H", SURROGATE, theta, phi),
        define("H2", SURROGATE, theta, phi2),
        lemma("direction", "unit-direction", v_unit, _gap, why="measure the gap along its own direction v"),
        lemma("unit", "unit-norm", v_unit, uses="direction"),
        identity(
            "split",
            Inner(v_unit, _gap),
            _moved + _bent,
            "H H2",
            "add and subtract the new distribution's mean of the old loss",
        ),
        lemma("cs-g", "cauchy-schwarz", v_unit, _g),
        assume("bounded", A1, i_out, theta, phi),
        inequality("moved", _moved, "<=", _moved_bound, "unit cs-g bounded", "term by term"),
        define("tv", TOTAL_VARIATION, phi, phi2),
        identity("moved-tv", _moved_bound, 2 * G_ell * TV(phi, phi2), "tv", "pull the constant out"),
        lemma("cs-gh", "cauchy-schwarz", v_unit, _g - _h),
        assume("smooth-loss", A3, i_out, theta, phi, phi2),
        inequality("bent", _bent, "<=", _bent_bound, "unit cs-gh smooth-loss", "term by term"),
        define("total", PROBABILITY, phi2),
        identity("bent-total", _bent_bound, L_B * _distance, "total", "probabilities sum to one"),
        assume("smooth-D", A2, phi, phi2),
        define("K", LIPSCHITZ),
        inequality(
            "conclusion",
            Norm(_gap),
            "<=",
            K_phi * _distance,
            "direction split moved moved-tv bent bent-total smooth-D K",
            "put the two parts together",
        ),
    ),
    conclusions=("conclusion",),
    formula=LIPSCHITZ.at().rhs,
    necessity={
        "A1": _world(1, _half, 0, _tilting, ((2, 0, 0), (-2, 0, 0))),
        "A2": _world(1, Fraction(1, 4), 0, _tilting, _signs),
        "A3": _world(1, Fraction(0), 1, _still, ((0, 0, 2), (0, 0, 2))),
    },
    attained=(
        _world(1, _half, 0, _tilting, _signs),  # only the distribution moves
        _world(1, Fraction(0), 1, _still, _rising),  # only the loss moves
        _world(1, _half, 1, _tilting, ((_half, 0, 1), (-3 * _half, 0, 1))),  # both; |g| = G_ell at phi, as A1 says
    ),
)
