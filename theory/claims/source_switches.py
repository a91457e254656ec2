"""Which sources are off: single tokens, no active clip, no KL term, lengths unseen; a bandit has one left."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.build import assume, earlier, identity
from ..proof.fill import filled
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import phi, tau, theta
from .hybrid_measures import CLAIM as HYBRID
from .hybrid_measures import bandit, table


def _unmoved(law: Any) -> Rel:
    return Rel(law(tau, phi), "=", law(tau, theta))


SINGLE = Assumption(
    "SINGLE",
    "Responses of one token",
    r"$L=1$: no token before, none after, so $d^{<}_\tau$ is the prompt's probability and $q^{>}_\tau=1$; neither"
    r" depends on the parameters.",
    _unmoved,
)
UNCLIPPED = Assumption(
    "NO-CLIP",
    "No active clip",
    r"$\kappa_\tau(\varphi)=\kappa_\tau(\theta)$: no clip, or $\varphi$ inside $R_{\mathrm{batch}}$.",
    lambda: _unmoved(sy.clip_factor),
)
UNSEEN = Assumption(
    "OWN-LEN",
    "The length weight does not see the mates",
    r"$h_\tau(\varphi)=h_\tau(\theta)$: with a weight of the response alone the mates' lengths need not be listed,"
    r" $h_\tau=1$.",
    lambda: _unmoved(sy.len_law),
)
NO_KL = Assumption("NO-KL", "No KL term", r"$k_\tau=0$.", lambda: Rel(sy.kl_grad(tau), "=", 0))

_zero = sympy.S.Zero


def _arms(**moved: list[Fraction]) -> Table:
    """Two terms with the token ratio; the named factor differs at phi (1 at theta), the first term is rewarded."""
    half = Fraction(1, 2)
    values: dict[Any, Any] = {
        sy.adv(1): 1,
        sy.adv(2): 0,
        sy.score_tok(1): (half, -half),
        sy.score_tok(2): (-half, half),
    }
    return table(2, values, **{name: {"phi": row} for name, row in moved.items()})


def _with_kl() -> Table:
    """The behaviour policy favours the first arm; the KL term pulls at each arm along its score."""
    model, half = bandit(weighted=True), Fraction(1, 2)
    base = {a: v for a, v in model.values.items() if str(a).startswith(_PRIMITIVE)}
    kl = {sy.kl_grad(1): (half, -half), sy.kl_grad(2): (-half, half)}
    return filled(base | kl, HYBRID.steps, model.indices)


_PRIMITIVE = ("N_tau", "d_pre", "c_tok", "q_suf", "g_rew", "h_len", "omega", "kappa", "A(", "n_len", "s_tok")
_moved = [Fraction(3, 2), Fraction(1, 2)]

CLAIM = Claim(
    id="source-switches",
    title="Which sources are off, and the bandit",
    kind="exact",
    statement=r"$\delta^{\mathrm i}=\delta^{\mathrm{ii}}=0$ for single tokens, $\delta^{\mathrm{iv}}=0$ while no clip"
    r" is active, $\delta^{\mathrm{vi}}=0$ when the length weight does not see the mates, $\delta^{\mathrm v}=0$"
    r" without KL term, $\delta^0=0$ with the token ratio. A bandit with all of these keeps the group normaliser alone:"
    r" $\delta=\delta^{\mathrm{iii}}$.",
    source="derived here",
    steps=(
        *(earlier(name, HYBRID, name) for name in ("prefix", "suffix", "lengths", "clip", "kl", "no-token", "delta")),
        assume("one-pre", SINGLE, sy.pre_law),
        assume("one-suf", SINGLE, sy.suf_law),
        assume("own-length", UNSEEN),
        assume("unclipped", UNCLIPPED),
        assume("no-kl", NO_KL),
        identity("prefix-off", sy.src_pre, _zero, "prefix one-pre", "nothing before the token"),
        identity("suffix-off", sy.src_suf, _zero, "suffix one-suf", "nothing after it"),
        identity("lengths-off", sy.src_len, _zero, "lengths own-length", "nothing to see"),
        identity("clip-off", sy.src_clip, _zero, "clip unclipped", "the clip factor does not move"),
        identity("kl-off", sy.src_kl, _zero, "kl no-kl", "there is none"),
        identity(
            "bandit",
            sy.bias_gap,
            sy.src_rew,
            "delta no-token prefix-off suffix-off lengths-off clip-off kl-off",
            "one source is left",
        ),
    ),
    conclusions=("prefix-off", "suffix-off", "lengths-off", "clip-off", "kl-off", "bandit"),
    formula=sy.src_rew,
    necessity={
        "SINGLE": _arms(d_pre=_moved),
        "OWN-LEN": _arms(h_len=_moved),
        "NO-CLIP": _arms(kappa=[Fraction(0), Fraction(1)]),
        "NO-KL": _with_kl(),
        "TOKEN-RATIO": bandit(),
    },
    attained=(_arms(g_rew=_moved),),
)
