"""What the theory says of a trained policy against what was measured on it: rows for ``stalelaw check``."""

from __future__ import annotations

import math
import tempfile
from dataclasses import replace
from pathlib import Path

from ..constants import predict
from ..objectives import surrogate_gradient
from ..populations.exact import ExactPopulation
from ..populations.losses import Loss
from ..runs.asynchronous import Row, Trainer, TrainState
from ..trees import add, norm
from ..verdicts import Measurement, Verdict, compare_exact, compare_order, compare_upper
from .experiments import PRESETS, Experiment
from .exponents import drift_slope, exact_slope, planned
from .saved import saved_state
from .slopes_sampled import CONFIDENCE
from .trained import make_run

__all__ = ["POLICIES", "measure"]

POLICIES = ("mlp", "transformer")
MOST = {"quick": 1024, "full": 8192}
"""Groups per block of a sampled exponent, at most, by suite."""


def measure(policy: str, seed: int, suite: str, device: str = "cpu", folder: Path | None = None) -> list[Verdict]:
    """Train a policy with S = 8 and return what the theory says of it against what was measured.

    Args:
        policy: "mlp" or "transformer".
        seed: of weights, run and draws.
        suite: "quick" (100 learner steps) or "full" (the preset's).
        device: torch device.
        folder: where the run is kept and gone on with; a temporary one without.

    Returns:
        Rows of ``lag-drift`` (along the run), ``first-order-bias`` (exponent by enumeration and by sampling) and
        ``null-test`` (the bias of a loss that has none, on the trained policy).

    Raises:
        ValueError: an unknown policy, or a folder that holds another run.
    """
    if policy not in POLICIES:
        raise ValueError(f"expected a policy among {list(POLICIES)}, got {policy!r}")
    if folder is None:
        with tempfile.TemporaryDirectory() as place:
            return measure(policy, seed, suite, device, Path(place))
    preset = PRESETS[policy][0]
    quick = suite == "quick"
    experiment = replace(preset, seed=seed, steps=100 if quick else preset.steps)
    trainer, rows, steps, exact = make_run(experiment, folder, device, lambda what, done, total: None)
    assert exact is not None  # small by the preset
    state = saved_state(folder, steps[-1], device)
    where = f"{experiment.name}, {trainer.task.name}, after {state.step} steps"
    return [
        _drift_row(experiment, exact, rows, where, device),
        *_exponent_rows(trainer, exact, state, seed, MOST[suite], where, device),
        _null_row(trainer, exact, state, seed, where, device),
    ]


def _drift_row(experiment: Experiment, exact: ExactPopulation, rows: list[Row], where: str, device: str) -> Verdict:
    largest = experiment.interval - 1
    update = max(row.update for row in rows)
    bound = predict("lag-drift", S_max=largest, s_t=largest, eta=experiment.eta, G_upd=update)
    m = Measurement(max(row.drift for row in rows), n=len(rows), seed=experiment.seed, device=device)
    return compare_upper("lag-drift", exact.name, bound, m, f"largest norm(theta_t - phi_t); {where}")


def _exponent_rows(
    trainer: Trainer, exact: ExactPopulation, state: TrainState, seed: int, most: int, where: str, device: str
) -> list[Verdict]:
    """By enumeration, extrapolated; by sampling, as much as a pilot on other draws asks for, and one look.

    The sampled row is undecided while the exponents that nobody can exclude, at the certainty of a verdict, reach as
    far as 1/2 or 2.
    """
    claim, draws = "first-order-bias", planned(trainer, state, seed + 1, most)
    value, _ = exact_slope(exact, state)
    m = Measurement(value, n=6, seed=seed, device=device)
    text = f"exponent of norm(delta) in the drift, extrapolated; phi behind theta on the run's last step; {where}"
    rows = [compare_order(claim, exact.name, 1.0, m, text, 0.01)]
    found = drift_slope(trainer, state, draws)
    how = (
        f"the same by sampling, {CONFIDENCE:.0%} interval {found.low:.3f} to {found.high:.3f} from {found.n} blocks of "
        f"{draws.groups} groups, as planned by a pilot; squares from {found.signal:.1f} standard errors; {where}"
    )
    value = found.value if math.isfinite(found.value) else 1.0  # a square came out negative: stderr is infinite
    m = Measurement(value, found.stderr, found.n, seed, device=device)
    row = compare_order(claim, exact.name, 1.0, m, how, 0.1)
    if not math.isfinite(found.value):
        row = replace(row, measured=None, z=None)
    if row.status != "violated" and (found.sure[0] <= 0.5 or found.sure[1] >= 2.0):
        more = "take --suite full" if most < MOST["full"] else f"more than {most} groups per block are needed"
        tried = f"{found.sure[0]:.2f} to {found.sure[1]:.2f}"
        row = replace(row, status="undecided", message=f"undecided: {tried} is not excluded, {more}; {how}")
    return [*rows, row]


def _null_row(
    trainer: Trainer, exact: ExactPopulation, state: TrainState, seed: int, where: str, device: str
) -> Verdict:
    """RLOO with the exact sequence ratio, φ as far back as the history goes."""
    theta, phi = state.history[-1], state.history[0]
    population = replace(exact, loss=Loss("rloo-is"))
    h, fresh = (surrogate_gradient(population, theta, point) for point in (phi, theta))
    m = Measurement(norm(add(h, fresh, -1.0)), seed=seed, device=device)
    text = f"norm of the bias at lag {len(state.history) - 1}, drift {norm(add(theta, phi, -1.0)):.3g}; {where}"
    return compare_exact("null-test", population.name, predict("null-test"), m, text, rtol=1e-11, scale=norm(fresh))
