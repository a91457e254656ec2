"""Cosine of successive updates under delay and white noise, for delays 0 to 3 (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..dynamics_objects import UPDATE_LAG, UPDATE_SQUARE
from ..proof.build import assume, define, inequality
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import fb_cov, fb_gain, noise_sq, upd_lag, upd_sq

_a = fb_gain
_two = _a / (2 * (1 - _a))
_three = _a * (1 + _a) / (2 * (1 - _a - _a**2))

WHITE = Assumption(
    "WHITE",
    "White noise",
    r"The noise of a step is uncorrelated with the deviations up to it, so that their stationary covariances satisfy"
    r" $C^{(s)}_{j+1}=C^{(s)}_j-\alpha C^{(s)}_{\lvert s-j\rvert}$, $j\ge0$ (Yule and Walker).",
    lambda s, j: Rel(fb_cov(s, j + 1), "=", fb_cov(s, j) - _a * fb_cov(s, abs(s - j))),
)
STATIONARY = Assumption(
    "STATIONARY",
    "Stationary variance",
    r"$\mathbb E x_{t+1}^2=\mathbb E x_t^2$, that is $2C^{(s)}_s=\alpha(C^{(s)}_0+\sigma_\xi^2)$.",
    lambda s: Rel(2 * fb_cov(s, s), "=", _a * upd_sq(s)),
)
STABLE = Assumption(
    "STABLE",
    "Below the edge of delay 2",
    r"$\alpha+\alpha^2<1$, the edge of stability at $s=2$; the edge at $s=3$ is lower.",
    lambda: Rel(_a + _a**2, "<", 1),
)


def _process(a: Fraction, shift: Fraction | int = 0, spread: Fraction | int = 1) -> Table:
    """Covariances with ``C_s = 1`` for each delay; ``shift`` breaks the recursion, ``spread`` the stationarity."""
    first = (1 + a) / (1 - a - a * a)
    values: dict[Any, Any] = {_a: a, noise_sq: 2 / a - 1, fb_cov(0, 0): 1, fb_cov(0, 1): 1 - a + shift}
    values |= {fb_cov(1, 1): 1, fb_cov(2, 1): 1 / (1 - a), fb_cov(2, 2): 1}
    values |= {fb_cov(3, 1): first, fb_cov(3, 2): first / (1 + a), fb_cov(3, 3): 1}
    values |= {upd_sq(0): 2 / a, upd_sq(1): 2 * spread / a, upd_sq(2): 2 / a, upd_sq(3): 2 / a}
    values |= {upd_lag(0): values[fb_cov(0, 1)] - a * values[noise_sq]}
    return Table(values | {upd_lag(s): values[fb_cov(s, 1)] for s in (1, 2, 3)})


CLAIM = Claim(
    id="update-cosine",
    title="Cosine of successive updates at small delays",
    kind="exact",
    statement=r"$x_{t+1}=x_t-\alpha(x_{t-s}+\xi_t)$ with white noise, stationary. The cosine of successive updates,"
    r" $\mathbb E\langle u_t,u_{t+1}\rangle/\mathbb E\lVert u_t\rVert^2=V_s/U_s$, is $-\frac\alpha2$ at $s=0$,"
    r" $+\frac\alpha2$ at $s=1$, $\frac{\alpha}{2(1-\alpha)}$ at $s=2$ and"
    r" $\frac{\alpha(1+\alpha)}{2(1-\alpha-\alpha^2)}$ at $s=3$: negative when synchronous, positive when stale.",
    source="derived here",
    steps=(
        define("square-0", UPDATE_SQUARE, 0),
        *(define(f"lag-{s}", UPDATE_LAG, s) for s in range(4)),
        *(assume(f"variance-{s}", STATIONARY, s) for s in range(4)),
        assume("white-00", WHITE, 0, 0),
        assume("white-21", WHITE, 2, 1),
        assume("white-31", WHITE, 3, 1),
        assume("white-32", WHITE, 3, 2),
        assume("stable", STABLE),
        inequality(
            "none", upd_lag(0), "=", -_a / 2 * upd_sq(0), "square-0 lag-0 variance-0 white-00", "synchronous: negative"
        ),
        inequality("one", upd_lag(1), "=", _a / 2 * upd_sq(1), "lag-1 variance-1", "one step stale: positive"),
        inequality("two", _two * upd_sq(2), "=", upd_lag(2), "lag-2 variance-2 white-21 stable", "delay 2"),
        inequality("ratio", (1 + _a) * fb_cov(3, 2), "=", fb_cov(3, 1), "white-31", ""),
        inequality("chain", (1 + _a) * fb_cov(3, 3), "=", (1 - _a - _a**2) * fb_cov(3, 1), "ratio white-32", ""),
        inequality("three", _three * upd_sq(3), "=", upd_lag(3), "lag-3 variance-3 chain stable", "delay 3"),
        inequality("positive", upd_lag(3), ">=", 0, "three stable", "never negative"),
    ),
    conclusions=("none", "one", "two", "three", "positive"),
    formula=_three,
    formulas={"s0": -_a / 2, "s1": _a / 2, "s2": _two, "s3": _three},
    necessity={
        "WHITE": _process(Fraction(1, 5), shift=1),
        "STATIONARY": _process(Fraction(1, 5), spread=2),
        "STABLE": _process(Fraction(4, 5)),
    },
    attained=(_process(Fraction(2, 5)),),  # a process: below the edge at every delay here,
)
