"""Claims measured on any kind of policy: those whose formula speaks only of what every policy has."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import islice

from ..theory.claims import get
from ..theory.units import Unit, unit_of
from .bounds.on_runs import measure_all, moves
from .bounds.own import Bound, Side
from .constants import predict
from .objectives import distribution_term, surrogate_gradient, total_derivative
from .studies import trained_rows
from .studies.kinds import Kind
from .trees import add, norm
from .verdicts import Measurement, Verdict, compare_exact, not_measured, worst

__all__ = ["CLAIMS", "PROBLEMS", "TRAINED", "measure_claim", "measure_claims", "measure_trained"]

TRAINED = ("lag-drift", "first-order-bias", "null-test")
"""Claims measured along one training run and at its end, too."""

CLAIMS: Mapping[str, tuple[tuple[str, Side, str], ...]] = {
    "drift": (("", "upper", "drift"),),
    "lag-drift": (("", "upper", "drift"),),
    "domain": (("near", "upper", "displacement"), ("close", "upper", "drift")),
    "bias-ladder": (("", "upper", "bias"),),
    "first-order-bias": (("", "upper", "remainder"), ("", "leading-order", "remainder")),
}
"""claim -> its formulas with the direction in which each is compared, and the quantity it is about."""


PROBLEMS = (
    "centred-surrogate",
    "prompt-gradient",
    "lag-models",
    "lag-queue",
    "domain-segment",
    "mean-lag",
    "scheduled-rate",
    "short-horizon",
)
"""Claims whose own measurement takes any problem: it reads an objective and a start, and nothing of a table."""


@dataclass(frozen=True)
class _Claimed:
    """A formula of a claim as ``bounds`` wants it."""

    claim: str
    name: str

    @property
    def text(self) -> str:
        """The formula in words of the theory."""
        record = get(self.claim)
        return str(record.formulas[self.name] if self.name else record.formula)

    @property
    def names(self) -> Mapping[str, int]:
        """Its symbols."""
        record = get(self.claim)
        expression = record.formulas[self.name] if self.name else record.formula
        return {str(symbol): 1 for symbol in expression.free_symbols}

    def value(self, values: Mapping[str, float]) -> float:
        """Its value, as the tabular measurement takes it."""
        return predict(self.claim, self.name, **values)

    def unit(self, units: Mapping[str, Unit]) -> Unit | None:
        """Its unit, from the theory's table."""
        record = get(self.claim)
        return unit_of(record.formulas[self.name] if self.name else record.formula)


def measure_claim(claim: str, kind: Kind, seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the verdicts of a claim on a kind of policy; none where it cannot be measured there."""
    return measure_claims({claim}, kind, seed, suite, device)


def measure_claims(claims: Set[str], kind: Kind, seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the verdicts of these claims on a kind of policy, by the same runs; none of those that need others."""
    bounds = [
        Bound(claim, side, quantity, _Claimed(claim, name))
        for claim, formulas in CLAIMS.items()
        for name, side, quantity in formulas
        if claim in claims
    ]
    rows = [_total_derivative(kind, seed, suite, device)] if "total-derivative" in claims else []
    for claim in PROBLEMS:
        if claim in claims:
            rows += _on_problems(claim, kind, seed, suite, device)
    return kind.noted([*rows, *(row for found in measure_all(bounds, kind, seed, suite, device) for row in found)])


def measure_trained(name: str, claims: Set[str], seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return what ``trained_rows`` measures of these claims; nothing is trained for other claims or policies."""
    wanted = claims & set(TRAINED)
    if name not in trained_rows.POLICIES or not wanted:
        return []
    return [row for row in trained_rows.measure(name, seed, suite, device) if row.claim in wanted]


def _on_problems(claim: str, kind: Kind, seed: int, suite: str, device: str) -> list[Verdict]:
    """The claim's own measurement on problems of the kind where H is more than round-off."""
    count = 4 if suite == "quick" else 12
    drawn = (kind.problem(seed, index) for index in range(4 * count))
    problems = list(islice((p for p in drawn if moves(p, kind)), count))
    if not problems:
        return [not_measured(claim, f"H is round-off on every one of {4 * count} problems", seed)]
    module = import_module(f"{__package__}.claims.{claim.replace('-', '_')}")
    rows: list[Verdict] = module.measure_on(problems, seed, suite, device, kind.rounding)
    return [replace(row, message=f"{row.message}; {kind.name} from {problems[0].name}") for row in rows]


def _total_derivative(kind: Kind, seed: int, suite: str, device: str) -> Verdict:
    """DJ against H + B on every problem where they are more than round-off, the worst."""
    found: list[Verdict] = []
    count = 4 if suite == "quick" else 40
    drawn = (kind.problem(seed, index) for index in range(count))
    for problem in (p for p in drawn if moves(p, kind)):
        objective, theta = problem.objective, problem.theta
        h, b = surrogate_gradient(objective, theta, theta), distribution_term(objective, theta, theta)
        gap = norm(add(total_derivative(objective, theta), add(h, b), -1.0))
        m = Measurement(gap, n=count, seed=seed, device=device)
        text = f"norm(DJ - H - B) against 0, {problem.name}, farthest of {count} problems"
        size, rtol = norm(h) + norm(b), 1e4 * kind.rounding
        found.append(compare_exact("total-derivative", objective.name, 0.0, m, text, rtol, size))
    if not found:
        return not_measured("total-derivative", f"H is round-off on every one of {count} problems", seed)
    return worst(found, lambda v: v.measured or 0.0)
