"""Laws of delayed gradients against PEPit: the worst case over whole classes of functions, by semidefinite programs.

PEPit's numbers are tight up to the accuracy of the solver. It is no dependency: these tests run where it is installed,
``pip install 'stalelaw[dev]'``.
"""

import pytest
from stalelaw.theory.comparisons import get
from stalelaw.theory.comparisons.compare import compare

pep = pytest.importorskip("PEPit", reason="PEPit is not installed")
functions = pytest.importorskip("PEPit.functions", reason="PEPit is not installed")

pytestmark = [
    pytest.mark.pepit,
    pytest.mark.filterwarnings("ignore:::cvxpy"),
    pytest.mark.filterwarnings("ignore:::PEPit"),
]
SMOOTH, CONVEX = 1.0, 0.1
SOLVER = 1e-4  # accuracy of a value that is quoted


def limit(id, lag, **given):
    row = next(row for row in compare(None, lag + 1, None, SMOOTH, given) if row.law.id == id)
    assert row.limit is not None, row.reasons
    return row.limit


def run(problem, gradient, start, rate, lag, steps):
    """Iterates and gradients of descent with gradients of age ``lag``; the iterate rests until the first is there."""
    points, gradients = [start], []
    for t in range(steps):
        gradients.append(gradient(points[-1]))
        points.append(points[-1] - rate * gradients[t - lag] if t >= lag else points[-1])
    return points, gradients


def contraction(rate, lag, steps, convex=CONVEX):
    """Largest squared distance from the optimum after the steps over that of the start, strongly convex and smooth."""
    problem = pep.PEP()
    f = problem.declare_function(functions.SmoothStronglyConvexFunction, mu=convex, L=SMOOTH)
    best, start = f.stationary_point(), problem.set_initial_point()
    problem.set_initial_condition((start - best) ** 2 <= 1)
    points, _ = run(problem, f.gradient, start, rate, lag, steps)
    problem.set_performance_metric((points[-1] - best) ** 2)
    return problem.solve(verbose=0)


def mean_gradient(rate, lag, steps):
    """Largest mean of the squared gradients over the steps, smooth f, f(x_0) - f* = 1; no rest at the start."""
    problem = pep.PEP()
    f = problem.declare_function(functions.SmoothFunction, L=SMOOTH)
    x, seen, least = problem.set_initial_point(), [], pep.Expression()
    for t in range(steps + 1):
        gradient, value = f.oracle(x)
        problem.add_constraint(value - gradient**2 / (2 * SMOOTH) >= least)  # a step 1/L cannot fall below f*
        seen.append((gradient, value))
        x = x - rate * seen[max(t - lag, 0)][0]
    problem.set_initial_condition(seen[0][1] - least <= 1)
    problem.set_performance_metric(sum((g**2 for g, _ in seen[1:steps]), seen[0][0] ** 2) / steps)
    return problem.solve(verbose=0)


@pytest.mark.parametrize("lag", [1, 2, 4])
@pytest.mark.parametrize("id", ["stich20", "delay-gd-convex", "arjevani18", "delay-gd-pl"])
def test_what_a_law_covers_contracts_on_strongly_convex_functions(id, lag):
    rate = limit(id, lag, M_noise=0.0)
    half, whole = (contraction(rate, lag, steps) for steps in (8, 16))
    assert whole < half * (1 - 10 * SOLVER) < 1


def test_a_rate_beyond_the_edge_would_be_seen():
    for lag in (1, 2, 4):
        rate = limit("delay-quad", lag)
        assert contraction(1.1 * rate, lag, 16) > 1
        assert contraction(0.9 * rate, lag, 16) < 1


def test_no_worst_case_lies_below_a_quadratic():
    """The program itself: x^2 L/2 and x^2 mu/2 are in the class, so its worst case is at least theirs."""
    for lag, rate in ((1, 0.25), (2, 0.15), (4, 0.3)):
        for curvature in (CONVEX, SMOOTH):
            x = [1.0]
            for t in range(12):
                x.append(x[-1] - rate * curvature * x[t - lag] if t >= lag else x[-1])
            assert contraction(rate, lag, 12) >= x[-1] ** 2 - SOLVER


def test_the_numbers_in_the_records():
    quoted = {"delay-gd-convex": {1: "0.46", 2: "0.65", 4: "0.83"}, "stich20": {2: "0.87"}}
    quoted["delay-gd-pl"] = {1: "0.26", 2: "0.24", 4: "0.55"}
    for id, numbers in quoted.items():
        for lag, text in numbers.items():
            assert f"{contraction(limit(id, lag, M_noise=0.0), lag, 16):.2f}" == text
            assert text in get(id).checked


@pytest.mark.parametrize(("lag", "quoted"), [(1, "0.70"), (2, "0.63"), (4, "0.58")])
def test_the_bound_on_the_mean_gradient_without_convexity(lag, quoted):
    """Lian et al.: mean |grad f(x_k)|^2 <= 2 (f(x_0) - f*)/(K eta) at the law's rate, and not at twice that."""
    rate, steps = limit("lian15", lag), 12
    share = mean_gradient(rate, lag, steps) * steps * rate / 2
    assert share < 1
    assert f"{share:.2f}" == quoted
    assert quoted in get("lian15").checked
    assert mean_gradient(2 * rate, lag, steps) * steps * 2 * rate / 2 > 1


def test_not_every_rate_up_to_a_quarter():
    """1/(4L) at lag 8 with a concurrency of 9: the worst mean gradient rises with the steps, a bound falls like 1/K."""
    rate = limit("kolos22-adapt", 8, n_flight=9.0)
    assert rate == pytest.approx(1 / 4)
    assert [f"{mean_gradient(rate, 8, steps):.2f}" for steps in (12, 28)] == ["1.64", "3.01"]
    assert "1.64 to 3.01" in get("kolos22-adapt").checked
