"""The ladder: a-priori constant >= local constant times update >= bias per unit of s*eta (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

import sympy

from ..objects import BIAS, BIAS_CONSTANT
from ..proof.build import assume, define, earlier, identity, inequality, lemma
from ..proof.models import World
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Norm
from ..symbols import (
    C_bias,
    G_upd,
    H_map,
    K_phi,
    Lambda_seg,
    U_win,
    delta_at,
    dH,
    eta,
    phi_at,
    s_lag,
    t_step,
    theta_at,
    w_dir,
    xi,
)
from .behaviour_lipschitz import CLAIM as LIPSCHITZ
from .drift import CLAIM as DRIFT
from .staleness_bias import world

_now, _old = theta_at(t_step), phi_at(t_step)
_first, _second = sympy.Symbol("placeholder"), None
