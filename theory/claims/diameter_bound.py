"""Two means of one vector statistic differ by at most its diameter times the total variation (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any

import sympy

from .. import symbols as sy
from ..objects import BALL, DIAMETER, FARTHEST, LEAST, PROBABILITY, TOTAL_VARIATION
from ..proof.build import define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Claim, Rel, Step
from ..proof.vectors import Inner, Norm
from ..symbols import TV, ball_f, diam_f, i_low, i_out, i_top, n_out, phi, phi2, prob, stat, sup_f, v_unit

_over = (i_out, 1, n_out)
_p, _q = prob(i_out, phi), prob(i_out, phi2)


def spread_steps(value: Any, pair: Step, diameter: Any) -> tuple[Step, ...]:
    """From "two values are at most a diameter apart" to ``sum (p_i - q_i) <v, f_i> <= diameter * TV`` (step moved-tv).

    The step ``direction`` with the unit vector v must come before.

    Args:
        value: f at the generic outcome.
        pair: the step that bounds the distance of f at the outcomes i+ and i-, with id ``pair``.
        diameter: its right side.
    """
    along, top = Inner(v_unit, value), value.subs(i_out, i_top)
    low = value.subs(i_out, i_low)
    middle = (Inner(v_unit, top) + Inner(v_unit, low)) / 2
    centred, bound = sympy.Sum((_p - _q) * (along - middle), _over), sympy.Sum(sympy.Abs(_p - _q) * diameter / 2, _over)
    return (
        lemma("from-one", "index-low", i_out, 1, n_out),
        lemma("top", "finite-maximum", i_top, along, i_out, uses="from-one", why="the largest component along v"),
        lemma("low", "finite-maximum", i_low, -along, i_out, uses="from-one", why="and the smallest"),
        lemma("unit", "unit-norm", v_unit, uses="direction"),
        lemma("cs", "cauchy-schwarz", v_unit, top - low),
        pair,
        inequality("range", 2 * (Inner(v_unit, top) - middle), "<=", diameter, "cs unit pair", "components along v"),
        inequality("within", sympy.Abs(along - middle), "<=", diameter / 2, "top low range", "seen from the middle"),
        define("total", PROBABILITY, phi),
        define("total2", PROBABILITY, phi2),
        identity(
            "shift",
            sympy.Sum((_p - _q) * along, _over),
            centred,
            "total total2",
            "both laws sum to one, so the middle may be subtracted",
        ),
        inequality("moved", centred, "<=", bound, "within", "term by term"),
        define("tv", TOTAL_VARIATION, phi, phi2),
        identity("moved-tv", bound, diameter * TV(phi, phi2), "tv", "half the L1 distance"),
    )


_here, _there = sympy.Sum(_p * stat(i_out), _over), sympy.Sum(_q * stat(i_out), _over)
_far_a, _far_b, _tv = stat(sy.far_a), stat(sy.far_b), TV(phi, phi2)


def _two_values() -> Table:
    """Values +1 and -1, all mass on the first against all mass on the second: every inequality is an equality."""
    values: dict[Any, Any] = {n_out: 2, stat(1): (1,), stat(2): (-1,), prob(1, phi): 1, prob(2, phi): 0}
    values |= {prob(1, phi2): 0, prob(2, phi2): 1, _tv: 1, i_top: 1, i_low: 2, sy.far_a: 1, sy.far_b: 2}
    values |= {stat(s): (v,) for s, v in ((i_top, 1), (i_low, -1), (sy.far_a, 1), (sy.far_b, -1))}
    values |= {diam_f: 2, ball_f: 1, sup_f: 1, sy.centre_f: (0,), sy.off_a: (1,), sy.off_b: (-1,)}
    return Table(values, indices={i_out: range(1, 3)})


CLAIM = Claim(
    id="diameter-bound",
    title="Means under two laws differ by diameter times total variation",
    kind="upper",
    statement=r"For a vector statistic $f$ of the outcome:"
    r" $\lVert\mathbb E_{D(\varphi)}f-\mathbb E_{D(\varphi')}f\rVert\le\mathrm{diam}(f)\,\mathrm{TV}"
    r"\le2\min_c\sup\lVert f-c\rVert\,\mathrm{TV}\le2\sup\lVert f\rVert\,\mathrm{TV}$, where"
    r" $\mathrm{rad}(f)=\min_c\sup\lVert f-c\rVert$.",
    source="derived here, for outcome spaces of any finite size; the scalar case is classical",
    steps=(
        lemma("direction", "unit-direction", v_unit, _here - _there, why="measure the gap along its own direction v"),
        identity(
            "split",
            Inner(v_unit, _here - _there),
            sympy.Sum((_p - _q) * Inner(v_unit, stat(i_out)), _over),
            "",
            "linearity",
        ),
        *spread_steps(stat(i_out), define("pair", DIAMETER, i_top, i_low), diam_f),
        inequality(
            "diameter",
            Norm(_here - _there),
            "<=",
            diam_f * _tv,
            "direction split shift moved moved-tv",
            "put together",
        ),
        define("farthest", FARTHEST),
        define("off-a", Rel(sy.off_a, "=", _far_a - sy.centre_f), why="the farthest pair, seen from the centre"),
        define("off-b", Rel(sy.off_b, "=", _far_b - sy.centre_f), why="and its other end"),
        lemma("off-a-norm", "equal-norms", sy.off_a, _far_a - sy.centre_f, uses="off-a"),
        lemma("off-b-norm", "equal-norms", sy.off_b, _far_b - sy.centre_f, uses="off-b"),
        identity("apart", _far_a - _far_b, sy.off_a - sy.off_b, "off-a off-b", "the centre cancels"),
        lemma("apart-norm", "equal-norms", _far_a - _far_b, sy.off_a - sy.off_b, uses="apart"),
        lemma("triangle", "triangle", sy.off_a - sy.off_b),
        define("ball-a", BALL, sy.far_a),
        define("ball-b", BALL, sy.far_b),
        inequality(
            "twice",
            diam_f,
            "<=",
            2 * ball_f,
            "farthest apart-norm triangle off-a-norm off-b-norm ball-a ball-b",
            "a ball of radius r has diameter at most 2 r",
        ),
        inequality("centre", diam_f * _tv, "<=", 2 * ball_f * _tv, "twice", "times the total variation"),
        define("least", LEAST),
        inequality("largest", 2 * ball_f * _tv, "<=", 2 * sup_f * _tv, "least", "the weakest form"),
    ),
    conclusions=("diameter", "centre", "largest"),
    formula=diam_f,
    formulas={"diameter": diam_f, "centre": 2 * ball_f, "largest": 2 * sup_f},  # factors of the total variation
    attained=(_two_values(),),
)
