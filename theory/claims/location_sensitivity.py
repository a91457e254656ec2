"""Performative location family: A2 holds, with the constant of the normal law."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import sympy

from ..proof.build import inequality, lemma
from ..proof.records import Claim
from ..symbols import loc_base, loc_eps, loc_p, loc_sd, loc_t, tv_normal

_here, _there = (loc_base + loc_eps * x for x in (loc_t, loc_p))
_constant = sympy.Abs(loc_eps) / (loc_sd * sympy.sqrt(2 * sympy.pi))

CLAIM = Claim(
    id="location-sensitivity",
    title="Performative location family: how fast the distribution moves",
    kind="upper",
    statement=r"$D(\varphi)=N(a_0+\epsilon\varphi,\sigma_z^2)$: $\mathrm{TV}(D(\theta),D(\varphi))\le"
    r"\frac{\lvert\epsilon\rvert}{\sigma_z\sqrt{2\pi}}\,\lvert\theta-\varphi\rvert$, so A2 holds with this $L_D$.",
    source="derived here",
    steps=(
        lemma("normal", "normal-variation", _here, _there),
        inequality(
            "gap",
            sympy.Abs(_here - _there),
            "=",
            sympy.Abs(loc_eps) * sympy.Abs(loc_t - loc_p),
            "",
            "shift of the mean",
        ),
        inequality(
            "conclusion",
            tv_normal(_here, _there),
            "<=",
            _constant * sympy.Abs(loc_t - loc_p),
            "normal gap",
            "put together",
        ),
    ),
    conclusions=("conclusion",),
    formula=_constant,
    not_tight="reached in the limit of small shifts: the ratio is 0.9996 where the means are a tenth of the standard"
    " deviation apart, and the constant is the least one",
)
