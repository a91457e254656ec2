"""Theorem 1′: δ_t is linear in the lag and in η, its remainder is quadratic and below ½ M (S_max η G_upd)².

On the main problem with its bound, and on every problem of the study: all policy kinds, losses and lag models.
"""

from __future__ import annotations

import math

from ..constants import predict, segment_curvature
from ..problems import main_problem
from ..runs import lag
from ..runs.training import simulate
from ..scaling import bias_grid, eta_slopes, lag_slopes, remainder_slopes
from ..studies import study
from ..verdicts import Measurement, Verdict, compare_exact, compare_order, compare_upper

__all__ = ["measure"]

CLAIM = "first-order-bias"
PREDICTED = (("order", 1), ("curved", True))


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the exponents farthest from 1, 1 and 2, and the remainder of every lag against its bound."""
    problem = main_problem(seed, device=device)
    name, grid = problem.objective.name, bias_grid(problem)

    def farthest(values: list[float], exponent: float) -> Measurement:
        value = max(values, key=lambda p: abs(p - exponent))
        return Measurement(value, n=len(values) * len(grid.etas), seed=seed, device=device)

    in_eta, in_lag = farthest([s.value for s in eta_slopes(grid)], 1.0), farthest([p for p, _ in lag_slopes(grid)], 1.0)
    quadratic = farthest([s.value for s in remainder_slopes(grid)], 2.0)
    where = f"lags {grid.lags} (periodic sync, S_max = lag), eta -> 0 from {grid.etas[0]:.3g} by halving"
    rows = [
        compare_order(CLAIM, name, 1.0, in_eta, f"exponent of norm(delta) in eta, farthest from 1; {where}", 0.01),
        compare_order(CLAIM, name, 1.0, in_lag, f"exponent of norm(delta) in the lag, farthest from 1; {where}", 0.01),
        compare_order(CLAIM, name, 2.0, quadratic, f"exponent of the remainder in eta, farthest from 2; {where}", 0.05),
    ]
    eta = grid.etas[0]
    run = simulate(problem.objective, problem.theta, eta, lag.periodic_sync(grid.lags[-1] + 1), grid.lags[-1] + 1)
    for i, s in enumerate(grid.lags):
        curvature = segment_curvature(problem.objective, run.theta[s], run.phi[s], 5 if suite == "quick" else 33)
        bound = predict(CLAIM, M=curvature.value, S_max=s, eta=eta, G_upd=float(run.update[:s].max()))
        m = Measurement(float(grid.remainder[i, 0]), seed=seed, device=device)
        text = f"remainder at lag {s}, eta={eta:.3g}; M on the segment is a {curvature.label} bound, {curvature.how}"
        rows.append(compare_upper(CLAIM, name, bound, m, text))
    return rows + _study(seed, suite, device)


def _study(seed: int, suite: str, device: str) -> list[Verdict]:
    """Exponents, coefficient and null problems of the study, each the farthest from what the start predicts."""
    rows = study.rows(seed, study.STRIDES[suite], device)
    inside = [row for row in rows if row.inside]
    first, curved = ([row for row in inside if getattr(row, key) == value] for key, value in PREDICTED)
    null = [row for row in inside if row.order == 0]
    tail = (
        f"{len(rows)} drawn problems: {len(first)} of first order, {len(null)} null, {len(rows) - len(inside)} outside"
    )
    name = "F-diagonal J of every loss, tabular, MLP and transformer policies, every lag model"

    def farthest(values: list[float | None], expected: float) -> Measurement:
        return Measurement(study.farthest(values, expected), n=len(values), seed=seed, device=device)

    half = {"M": 1.0, "S_max": 1.0, "G_upd": 1.0}
    order = math.log2(predict(CLAIM, **half, eta=1.0) / predict(CLAIM, **half, eta=0.5))
    etas = farthest([row.eta_exponent for row in first], 1.0)
    lags = farthest([row.lag_slope for row in first], 1.0)
    rests = farthest([row.remainder_exponent for row in curved], 2.0)
    units = farthest([row.coefficient for row in first], 1.0)
    size = Measurement(max((row.round_off for row in null), default=0.0), n=len(null), seed=seed, device=device)
    text = "norm(delta)/(s eta) at eta -> 0 over the norm of d_phi H times H at the start, farthest from 1"
    return [
        compare_order(CLAIM, name, 1.0, etas, f"exponent of norm(delta) in eta, farthest from 1; {tail}", 0.01),
        compare_order(CLAIM, name, 1.0, lags, f"exponent of norm(delta) in the lag, farthest from 1; {tail}", 0.01),
        compare_order(CLAIM, name, order, rests, f"exponent of the remainder in eta, farthest from 2; {tail}", 0.05),
        compare_exact(CLAIM, name, 1.0, units, f"{text}; {tail}", rtol=1e-4),
        compare_exact(CLAIM, name, 0.0, size, f"largest norm(delta)/norm(H) of null problems; {tail}", 1e-11, 1.0),
    ]
