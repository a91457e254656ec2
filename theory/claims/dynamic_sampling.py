"""Dynamic sampling drops uniform groups: H grows by one factor, J stays as it was (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..proof.build import assume, define, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import H_kept, H_w, dell_theta, i_out, kept, law_kept, mixed, n_out, prob_d

_i = i_out
_groups = (_i, 1, n_out)

KEPT = Assumption(
    "KEPT",
    "Law of a kept group",
    r"$\tilde p_i\,P_{\mathrm{mixed}}=p_i\,\kappa_i$: groups are drawn until one is kept.",
    lambda: Rel(law_kept(_i) * mixed, "=", prob_d(_i) * kept(_i)),
)
SILENT = Assumption(
    "SILENT",
    "A dropped group has no gradient",
    r"$\kappa_i\,\partial_{1,w}\ell_i=\partial_{1,w}\ell_i$: advantages of equal rewards are 0 and nothing else is"
    r" in the loss.",
    lambda: Rel(kept(_i) * dell_theta(_i), "=", dell_theta(_i)),
)
_total = sympy.Sum(law_kept(_i) * dell_theta(_i), _groups)
_term, _plain = mixed * law_kept(_i) * dell_theta(_i), prob_d(_i) * dell_theta(_i)


def _two_groups(share: Fraction = Fraction(1), silent: bool = True) -> Table:
    """A mixed and a uniform group, equally likely; kept with probability ``share``."""
    half = Fraction(1, 2)
    values: dict[Any, Any] = {n_out: 2, mixed: half}
    values |= {prob_d(1): half, prob_d(2): half, kept(1): 1, kept(2): 0, law_kept(1): share, law_kept(2): 0}
    values |= {dell_theta(1): 1, dell_theta(2): 0 if silent else 1}
    values |= {H_w: half if silent else 1, H_kept: share}
    return Table(values, indices={_i: range(1, 3)})


CLAIM = Claim(
    id="dynamic-sampling",
    title="Dynamic sampling rescales the surrogate gradient",
    kind="exact",
    statement=r"Dropping uniform groups divides the surrogate gradient of a prompt by the chance of a group that is"
    r" kept: $P_{\mathrm{mixed}}\tilde H(\theta,\theta)=H(\theta,\theta)$, with $P_{\mathrm{mixed}}=1-p^G-q^G$ for"
    r" binary rewards (claim mixed-groups). Every group that is kept is centred, so $J$ is still 0 (claim"
    r" centred-surrogate, which asks nothing of the law of the groups).",
    source="derived here; dynamic sampling as in DAPO, arXiv 2503.14476",
    steps=(
        assume("kept", KEPT),
        assume("silent", SILENT),
        define("H", Rel(H_w, "=", sympy.Sum(_plain, _groups)), why="surrogate gradient along w"),
        define("H-kept", Rel(H_kept, "=", _total), why="and over kept groups"),
        inequality("term", _term, "=", _plain, "kept silent", "the dropped ones are silent"),
        lemma("terms", "termwise-equal", sympy.Sum(_term, _groups), _plain, uses="term"),
        inequality("rescaled", mixed * H_kept, "=", H_w, "H H-kept terms", "divide by the chance"),
    ),
    conclusions=("rescaled",),
    formula=H_w / mixed,
    necessity={"KEPT": _two_groups(Fraction(1, 2)), "SILENT": _two_groups(silent=False)},
    attained=(_two_groups(),),
)
