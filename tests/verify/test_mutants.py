"""No measurement survives the mutants of its own formulas: one that does is a defect.

``constants._compiled`` is the only door from a claim's formula to its measurement, so each formula is changed there:
times 1e±3, with the other sign, to the power 5/4, and without each term of each sum in it. A two-sided comparison must
fail on every mutant; a bound on those that make it stronger. The least factor that a bound notices is in the tests of
its chapter; the losses are mutated in ``test_surrogates``.
"""

import functools
import importlib
import importlib.util
import math
import warnings

import pytest
import sympy
from stalelaw.theory.bridge import float64
from stalelaw.theory.claims import get, written
from stalelaw.verify import constants, problems
from stalelaw.verify.policies import TabularSoftmax
from stalelaw.verify.populations.closed import Objective
from stalelaw.verify.problems import generator
from stalelaw.verify.studies import beyond, drawn, study

NUMERIC = {
    "x 1e3": lambda y: 1e3 * y,
    "x 1e-3": lambda y: 1e-3 * y,
    "sign": lambda y: -y,
    "power 5/4": lambda y: y * abs(y) ** 0.25,
}
SMALLER, LARGER = ("x 1e-3", "sign"), ("x 1e3",)
ZERO = {"x + 1": lambda y: y + 1.0}  # for formulas that are 0
ONE_SIDED = {  # formulas in claims of another kind than their comparison, and what makes them stronger
    ("boundary-escapes", "off"): SMALLER,  # the switch is an upper bound on the rate of the runs below S eta = a
    ("boundary-order", ""): LARGER,
    ("boundary-order", "max-ceiling"): LARGER,
    ("boundary-order", "min"): LARGER,
    ("certified-radius", ""): LARGER,
    ("certified-radius-sequence", ""): LARGER,
    ("drift-ratio", ""): LARGER,  # the floor of the squared ratio
    ("first-order-bias", ""): (*SMALLER, "power 5/4"),  # the bound on the remainder, and its exponent
    ("first-order-on-domain", ""): (*SMALLER, "power 5/4"),
    ("kl-objective", "k1_most"): LARGER,  # a penalty is compared with what it takes away at most
    ("kl-objective", "k2_most"): LARGER,
    ("response-beats-group", ""): ("sign",),  # says only which of two numbers is the larger
    ("response-length", "least"): LARGER,
    ("safe-step", ""): LARGER,
    ("short-horizon", ""): LARGER,
    ("two-constraints", ""): LARGER,
    ("weight-limit", "lower"): LARGER,
    ("weight-limit", "close"): LARGER,
    **{("weight-slope-enclosures", f"{q}_reached_4"): LARGER for q in "bc"},
}
SIDES = {  # claims whose two sides are both computed: the function that makes one of them, and its mutants
    "adam-moments": ("_mean", NUMERIC),
    "adam-update": ("update_bound", {name: NUMERIC[name] for name in SMALLER}),
    "centred-surrogate": ("diagonal", ZERO),
    "graded-counts": ("by_counts", NUMERIC),
    "objective-forms": ("gradient_of", ZERO),
    "response-derivative": ("dot", NUMERIC),
    "total-derivative": ("dot", NUMERIC),
}
SHARED = {  # module -> functions called once for all mutants: none of their arguments depends on the claim's formulas
    "behaviour-lipschitz": ("group_terms", "response_terms", "variation_slope", "behaviour_norm", "surrogate_gradient"),
    "behaviour-symmetry": ("_operators",),
    "constant-lag": ("bisect",),
    "closed-constants": ("_samples", "_tv", "enclosed_norm"),
    "first-order-bias": ("bias_grid", "simulate", "segment_curvature"),
    "first-order-lengths": ("_slope", "first_order"),
    "first-order-sources": ("behaviour_derivative", "directions"),
    "hybrid-measures": ("split", "literal_bias"),
    "lag-drift": ("simulate",),
    "lag-models": ("simulate",),
    "lag-partial": ("_exponent", "_bias"),
    "lag-queue": ("simulate",),
    "location-family": ("_found",),
    "performative-lag": ("bisect",),
    "periodic-sync": ("_edge",),
    "response-constants": ("behaviour_norm", "ascend"),
    "response-diagonal": ("behaviour_norm", "ascend"),
    "scheduled-rate": ("surrogate_gradient",),
    "source-orders": ("shapley", "split", "literal_bias"),
    "staleness-bias": ("simulate_within",),
    "sync-parity": ("bisect",),
}


def tabular(loss, model):
    """The number of a problem of the study."""
    return 3 * (drawn.LOSSES.index(loss) + len(drawn.LOSSES) * list(drawn.MODELS).index(model))


# of the study, in place of all that a suite takes: one of first order, one null
ROWS = tabular("rloo", "periodic sync"), tabular("rloo-is", "queue, fast")


def of(claim):
    return importlib.import_module(f"stalelaw.verify.claims.{claim.replace('-', '_')}")


MEASURED = [c.id for c in written() if importlib.util.find_spec(f"stalelaw.verify.claims.{c.id.replace('-', '_')}")]


@functools.cache
def reduced():
    made = tuple(study.measure_problem(0, index, "cpu") for index in ROWS)
    assert [(row.kind, row.order) for row in made] == [("tabular", 1), ("tabular", 0)]
    return made


def small_problem(seed, form="ratio", **_):
    rewards = problems.random_rewards(1, 2, 2, generator(5))
    policy = TabularSoftmax(1, 2, 2)
    objective = Objective(policy, rewards, 3, problems.MAIN_CLIP if form == "ratio" else None, form)
    return problems.Problem("small", objective, policy.random(generator(seed)), problems.MAIN_CLIP)


class Case:
    """The measurement of one claim in a reduced form, one of its formulas changed."""

    def __init__(self, claim, patch, taped):
        self.claim, self.asked, self.mutant = claim, [], ("", None)
        self.real = constants._compiled
        patch.setattr(constants, "_compiled", self.compiled)
        patch.setattr(study, "rows", lambda *_: reduced())
        patch.setattr(beyond, "rows", lambda *_: ())
        patch.setattr(of("weight-slope-enclosures"), "enclosed", lambda: (4,))
        patch.setattr(of("total-derivative"), "main_problem", small_problem)
        self.rewind = taped({of(owner): names for owner, names in SHARED.items()})

    def compiled(self, claim, name):
        compiled, needed = self.real(claim, name)
        if claim == self.claim and name not in self.asked:
            self.asked.append(name)
        mutated, change = self.mutant
        if claim != self.claim or change is None or mutated != name:
            return compiled, needed
        if not isinstance(change, sympy.Expr):
            return (lambda **at: change(float(compiled(**at)))), needed
        function, names = float64(change), [str(s) for s in change.free_symbols]
        return (lambda **at: evaluated(function, {n: at[n] for n in names})), needed

    def statuses(self, name="", change=None):
        """What the verdicts say; {"refused"} where a formula has no value, or one that the measurement refuses."""
        self.mutant = name, change
        self.rewind()
        try:
            return {v.status for v in of(self.claim).measure(0)}
        except (ValueError, ZeroDivisionError, OverflowError):
            return {"refused"}

    def survivors(self, name, mutants):
        return [m for m, change in mutants.items() if not self.statuses(name, change) & {"violated", "refused"}]


def evaluated(function, at):
    try:
        value = function(**at)
    except TypeError as error:
        raise ValueError("expected a real number, got a complex one") from error
    if isinstance(value, complex) or not math.isfinite(value):
        raise ValueError(f"expected a real number, got {value}")
    return float(value)


def dropped(formula):
    """The formula without one term, for each term of each sum in it that is no summand of a finite sum."""
    inside = {a for s in formula.atoms(sympy.Sum) for a in s.atoms(sympy.Add)}
    for total in sorted(formula.atoms(sympy.Add) - inside, key=str):
        for term in total.args:
            yield f"{total} without {term}", formula.xreplace({total: total - term})


def mutants(record, name):
    formula = record.formulas[name] if name else record.formula
    if formula == 0:
        return ZERO
    if record.kind == "exact" and (record.id, name) not in ONE_SIDED:
        return NUMERIC | dict(dropped(formula))
    stronger = ONE_SIDED.get((record.id, name), LARGER if record.kind == "lower" else SMALLER)
    return {m: NUMERIC[m] for m in stronger}


@pytest.mark.parametrize("claim", [claim for claim in MEASURED if claim not in SIDES])
def test_no_mutant_of_a_formula_survives(claim, monkeypatch, taped):
    case = Case(claim, monkeypatch, taped)
    assert case.statuses() <= {"holds", "undecided"}
    assert case.asked  # else the claim belongs to SIDES
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of numpy, on mutants without a value
        for name in list(case.asked):
            assert (name, case.survivors(name, mutants(get(claim), name))) == (name, [])


def tree(change, value):
    """Change a number, a tensor, a dictionary of them, or what a function returns."""
    if isinstance(value, dict):
        return {key: change(x) for key, x in value.items()}
    return (lambda **at: change(value(**at))) if callable(value) else change(value)


@pytest.mark.parametrize("claim", SIDES)
def test_no_mutant_of_a_side_survives(claim, monkeypatch, taped):
    case = Case(claim, monkeypatch, taped)
    assert case.statuses() <= {"holds"}
    assert not case.asked  # else its formula can be mutated
    name, changes = SIDES[claim]
    real, module, left = getattr(of(claim), name), of(claim), []
    for mutation, change in changes.items():
        monkeypatch.setattr(module, name, lambda *a, change=change, **k: tree(change, real(*a, **k)))
        left += [mutation] if "violated" not in case.statuses() else []
    assert left == []


def test_the_exceptions_are_formulas_that_are_measured():
    assert {claim for claim, _ in ONE_SIDED} | set(SIDES) | set(SHARED) <= set(MEASURED)
    for claim, name in ONE_SIDED:
        assert not name or name in get(claim).formulas


def test_a_measurement_that_forgets_the_sign_would_be_found(monkeypatch, taped):
    case, module = Case("clip-jump", monkeypatch, taped), of("clip-jump")
    monkeypatch.setattr(module, "predict", lambda *a, **k: abs(constants.predict(*a, **k)))
    monkeypatch.setattr(module, "jump", lambda *a, jump=module.jump: abs(jump(*a)))
    assert case.survivors("", NUMERIC) == ["sign"]
