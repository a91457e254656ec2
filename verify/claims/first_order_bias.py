"""Theorem 1′: δ_t is linear in the lag and in η, its remainder is quadratic and below ½ M (S_max η G_upd)²."""

from __future__ import annotations

from .. import lag
from ..constants import predict, segment_curvature
from ..problems import main_problem
from ..scaling import bias_grid, eta_slopes, lag_slopes, remainder_slopes
from ..training import simulate
from ..verdicts import Measurement, Verdict, compare_order, compare_upper

__all__ = ["measure"]

CLAIM = "first-order-bias"


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
        text = f"remainder at lag {s}, eta={eta:.3g}; M on the segment is an {curvature.label} {curvature.how}"
        rows.append(compare_upper(CLAIM, name, bound, m, text))
    return rows
