"""Theorem 2 with min(S, T): no lag is longer than the run (derived here)."""

from __future__ import annotations

from fractions import Fraction

import sympy

from ..proof.build import assume, earlier, inequality
from ..proof.records import Assumption, Claim, Rel
from ..symbols import G_upd, R_batch, R_crit, S_max, T_horizon, eta, s_lag
from .two_constraints import CLAIM as TWO_CONSTRAINTS
from .two_constraints import HORIZON, rule_world

_lag = sympy.Min(S_max, T_horizon)
_unclipped = R_batch / (_lag * G_upd)
_rule = sympy.Min(_unclipped, R_crit / (T_horizon * G_upd))

LAG_SHORT = Assumption(
    "LAG-SHORT",
    "Lags of a run of T steps",
    r"$s_t\le\min(S_{\max},T)$: rollouts are at most $S_{\max}$ steps old, and none is older than the run.",
    lambda: Rel(s_lag, "<=", _lag),
)
RULE_SHORT = Assumption(
    "RULE-SHORT",
    "The rule with min(S, T)",
    r"$\eta\le\min\{R_{\mathrm{batch}}/(\min(S_{\max},T)G_{\mathrm{upd}}),\,R_{\mathrm{crit}}/(TG_{\mathrm{upd}})\}$.",
    lambda: Rel(eta, "<=", _rule),
)
STRICT_SHORT = Assumption(
    "STRICT-SHORT",
    "Strict in the clip constraint",
    r"$\eta<R_{\mathrm{batch}}/(\min(S_{\max},T)G_{\mathrm{upd}})$.",
    lambda: Rel(eta, "<", _unclipped),
)

_quarter = Fraction(1, 4)  # the drift of the two steps of the base world

CLAIM = Claim(
    id="short-horizon",
    title="Theorem 2 with min(S, T)",
    kind="upper",
    statement=r"The rule of Theorem 2 with $\min(S_{\max},T)$ for $S_{\max}$ is sufficient as well. So the staleness"
    r" constraint is at most as strict as $\eta<R_{\mathrm{batch}}/(T\,G_{\mathrm{upd}})$: where"
    r" $R_{\mathrm{crit}}<R_{\mathrm{batch}}$ it never binds, whatever the sync interval (the crossover"
    r" $S^\ast=T\,R_{\mathrm{batch}}/R_{\mathrm{crit}}$ lies beyond $T$).",
    source="derived here",
    steps=(
        assume("lag", LAG_SHORT),
        assume("rule", RULE_SHORT),
        assume("strict", STRICT_SHORT),
        assume("horizon", HORIZON),
        earlier("drift", TWO_CONSTRAINTS, "drift", uses="lag rule strict horizon", S_max=_lag),
        earlier("unclipped", TWO_CONSTRAINTS, "unclipped", uses="lag rule strict horizon", S_max=_lag),
        earlier("bias", TWO_CONSTRAINTS, "bias", uses="lag rule strict horizon", S_max=_lag),
        inequality(
            "never-binds",
            _unclipped,
            ">=",
            R_batch / (T_horizon * G_upd),
            "",
            "the shorter of lag and run is at most the run",
        ),
    ),
    conclusions=("drift", "unclipped", "bias", "never-binds"),
    formula=_rule,
    necessity={
        **{name: TWO_CONSTRAINTS.necessity[name] for name in ("A1", "A2", "A3")},
        "A1-upd": rule_world(1, _quarter / 2, G_upd=Fraction(1, 2)),
        "LAG-SHORT": rule_world(_quarter, 1, S_max=1),
        "RULE-SHORT": rule_world(1, _quarter / 2),
        "STRICT-SHORT": rule_world(_quarter, 1),
        "HORIZON": rule_world(1, _quarter / 2, horizon=1, lag=1),
    },
    attained=(
        rule_world(1, _quarter, S_max=9),  # lags of the run, not of the sync: the drift reaches R_crit
        rule_world(_quarter * Fraction(501, 500), 1, S_max=9),  # the distance comes within 0.2 % of R_batch
    ),
)
