"""Theorem 1: the staleness bias of the surrogate gradient is at most C * S_max * eta (arXiv 2607.01083)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

from ..objects import BIAS, BIAS_CONSTANT
from ..objects import LIPSCHITZ as LIPSCHITZ_CONSTANT
from ..proof.build import define, earlier, inequality, lemma
from ..proof.models import World
from ..proof.records import Claim
from ..proof.vectors import Norm
from ..symbols import L_B, L_D, C_bias, G_ell, G_upd, H_map, K_phi, S_max, delta_at, eta, phi_at, t_step, theta_at
from .behaviour_lipschitz import CLAIM as LIPSCHITZ
from .lag_drift import CLAIM as LAG_DRIFT

_now, _old, _bias = theta_at(t_step), phi_at(t_step), delta_at(t_step)
_bound, _constant = C_bias * S_max * eta, BIAS_CONSTANT.at().rhs


def world(
    tilt: Fraction | int = 0,
    bend: Fraction | int = 0,
    height: int = 1,
    update: Fraction | int = 1,
    lag: int = 2,
    **constants: Fraction | int,
) -> World:
    """Two outcomes with probabilities 1/2 +- tilt*phi and gradients +-height + bend*phi; a learner at step 2.

    ``constants`` overrides the declared G_ell, L_D, L_B, G_upd, S_max; K_phi and C follow from them.
    """
    declared = {
        "G_ell": Fraction(height) + 2 * Fraction(bend),
        "L_D": Fraction(tilt),
        "L_B": Fraction(bend),
        "G_upd": 1,
    }
    declared |= {"S_max": 2, "eta": Fraction(1, 8)} | constants
    lipschitz = 2 * declared["G_ell"] * declared["L_D"] + declared["L_B"]
    names = {"G_ell": G_ell, "L_D": L_D, "L_B": L_B, "G_upd": G_upd, "S_max": S_max, "eta": eta}
    values = {symbol: Fraction(declared[name]) for name, symbol in names.items()}
    values |= {K_phi: lipschitz, C_bias: lipschitz * Fraction(declared["G_upd"])}
    half = Fraction(1, 2)
    return World(
        values,
        p=((half, tilt), (half, -Fraction(tilt))),
        g=((height, 0, bend), (-height, 0, bend)),
        updates=(update, update),
        t=2,
        lag=lag,
    )


CLAIM = Claim(
    id="staleness-bias",
    title="Theorem 1: the staleness bias is O(S eta)",
    kind="upper",
    statement=r"On $U$: $\lVert\delta_t\rVert\le C\,S_{\max}\,\eta$ with $C=K_\varphi G_{\mathrm{upd}}$ and"
    r" $K_\varphi=2G_\ell L_D+L_B$.",
    source="arXiv 2607.01083 (abstract); constant derived here",
    steps=(
        define("bias", BIAS),
        earlier("lipschitz", LIPSCHITZ, theta=_now, phi=_old, phi2=_now),
        earlier("distance", LAG_DRIFT),
        define("C", BIAS_CONSTANT),
        lemma("norm", "equal-norms", _bias, H_map(_now, _old) - H_map(_now, _now), uses="bias"),
        inequality(
            "conclusion",
            Norm(_bias),
            "<=",
            _bound,
            "norm lipschitz distance C",
            "Lipschitz constant times distance",
        ),
    ),
    conclusions=("conclusion",),
    formula=_bound.subs(C_bias, _constant),
    formulas={"C": _constant.subs(K_phi, LIPSCHITZ_CONSTANT.at().rhs)},
    necessity={
        "A1": world(tilt=1, height=2, G_ell=1),
        "A2": world(tilt=1, L_D=Fraction(1, 2)),
        "A3": world(bend=1, L_B=Fraction(1, 2)),
        "A1-upd": world(tilt=1, G_upd=Fraction(1, 2)),
        "LAG": world(tilt=1, S_max=1),
    },
    attained=(
        world(tilt=1),
        world(tilt=1, G_ell=1, eta=Fraction(1, 16)),
        world(bend=1),
        world(tilt=1, bend=1, G_ell=1),  # both; |g| = G_ell at phi_t, where A1 is used
    ),
)
