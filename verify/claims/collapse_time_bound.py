"""Theorem 3, lower bound: the first step at which an asynchronous run has drifted as far as R_crit."""

from __future__ import annotations

import numpy as np

from ..constants import predict
from ..problems import main_problem
from ..runs import lag
from ..runs.training import simulate
from ..verdicts import Measurement, Verdict, compare_lower

__all__ = ["measure"]

CLAIM = "collapse-time-bound"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return t_c, and M_c·S·η in cycles of S = 4, against their lower bounds; collapse is declared at R_crit (N)."""
    problem, steps, eta, interval = main_problem(seed, device=device), 16, 5.0, 4
    run = simulate(problem.objective, problem.theta, eta, lag.periodic_sync(interval), steps)
    g_upd, rows = float(run.update.max()), list[Verdict]()
    for share in (0.2, 0.9):
        critical = share * float(run.displacement[-1])
        step = int(np.flatnonzero(run.displacement >= critical)[0])
        cycles = -(-step // interval)
        found = (
            (predict(CLAIM, R_crit=critical, eta=eta, G_upd=g_upd), float(step), "t_c"),
            (predict(CLAIM, "cycles", R_crit=critical, G_upd=g_upd), cycles * interval * eta, "M_c S eta"),
        )
        for bound, value, text in found:
            m = Measurement(value, n=steps, seed=seed, device=device)
            rows.append(compare_lower(CLAIM, problem.objective.name, bound, m, f"{text} at R_crit={critical:.3g}"))
    return rows
