"""The order S eta of Theorem 1 is necessary: an explicit family has a bias of exactly C S eta (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..objects import DIRECTION
from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Inner, Norm
from ..symbols import (
    L_D,
    TV,
    G_ell,
    G_upd,
    H_map,
    S_int,
    b_claimed,
    delta_S,
    e_dir,
    end_S,
    eta,
    g_down,
    g_up,
    k_step,
    p_down,
    p_up,
    phi,
    phi2,
    start_S,
    theta,
    theta_at,
)

_half = sympy.Rational(1, 2)
_constant = 2 * G_ell * L_D * G_upd
_path = eta * G_upd * S_int


def _up(x: Any) -> Rel:
    return Rel(p_up(x), "=", _half + L_D * Inner(e_dir, x))


def _down(x: Any) -> Rel:
    return Rel(p_down(x), "=", _half - L_D * Inner(e_dir, x))


def _gradient(x: Any, y: Any) -> Rel:
    return Rel(H_map(x, y), "=", p_up(y) * g_up + p_down(y) * g_down)


_tv = (sympy.Abs(p_up(phi) - p_up(phi2)) + sympy.Abs(p_down(phi) - p_down(phi2))) / 2
_unit = Inner(e_dir, e_dir)
_scale = 2 * G_ell * L_D * (Inner(e_dir, end_S) - Inner(e_dir, start_S))
_bias = -_scale * e_dir

SMALL = Assumption(
    "SMALL",
    "The path stays where the probabilities are",
    r"$L_D(\lvert\langle e,\theta_0\rangle\rvert+\eta\,G_{\mathrm{upd}}\,S)\le\tfrac12$.",
    lambda: Rel(L_D * (sympy.Abs(Inner(e_dir, start_S)) + _path), "<=", _half),
)
BOUND = Assumption(
    "BOUND",
    "A bound that somebody claims",
    r"$\lVert\delta\rVert\le\hat b$ for every problem with these constants, hence for the members of the family.",
    lambda: Rel(Norm(delta_S), "<=", b_claimed),
)


def _member(claimed: Fraction = Fraction(1), tilt: Fraction = Fraction(2)) -> Table:
    """One parameter, e = 1, G_ell = G_upd = 1, eta = 1/8, S = 2: theta_2 = 1/4; phi = 1/4, phi' = 0."""
    end, half = Fraction(1, 4), Fraction(1, 2)
    values: dict[Any, Any] = {G_ell: 1, G_upd: 1, L_D: tilt, eta: Fraction(1, 8), S_int: 2, e_dir: (1,)}
    values |= {b_claimed: claimed, g_up: (1,), g_down: (-1,), delta_S: (-2 * tilt * end,)}
    points = {phi: end, phi2: Fraction(0), theta: end, start_S: Fraction(0), end_S: end}
    values |= (
        {point: (x,) for point, x in points.items()}
        | {theta_at(k): (Fraction(k, 8),) for k in range(4)}
        | {theta_at(S_int): (end,)}
    )
    for point, x in points.items():
        values |= {p_up(point): half + tilt * x, p_down(point): half - tilt * x}
        values |= {H_map(theta, point): (2 * tilt * x,), H_map(end_S, point): (2 * tilt * x,)}
    return Table(values | {TV(phi, phi2): tilt * end}, indices={k_step: range(3)})


CLAIM = Claim(
    id="order-necessary",
    title="The order S eta cannot be improved",
    kind="lower",
    statement=r"Two outcomes with probabilities $\tfrac12\pm L_D\langle e,\varphi\rangle$ and gradients $\pm G_\ell"
    r" e$, a learner that moves by $\eta G_{\mathrm{upd}}e$ per step, rollouts of the start: A1, A2 and A3 hold with"
    r" $G_\ell$, $L_D$ and $L_B=0$ (the gradients do not see $\varphi$), and after $S$ steps"
    r" $\lVert\delta_S\rVert=C\,S\,\eta$ exactly, with the $C=2G_\ell L_DG_{\mathrm{upd}}$ of Theorem 1. Every bound"
    r" $\hat b$ on the bias in terms of these constants therefore has $\hat b/(S\eta)\ge C$ for all small $S\eta$: a"
    r" bound $o(S\eta)$ does not exist.",
    source="derived here",
    steps=(
        define("e", DIRECTION),
        lemma("e-square", "norm-square", e_dir),
        define(
            "learner",
            Rel(theta_at(k_step), "=", start_S + eta * k_step * G_upd * e_dir),
            why="the learner walks along e",
        ),
        define("p1", _up(phi), why="first outcome"),
        define("p2", _down(phi), why="second outcome"),
        define("g1", Rel(g_up, "=", G_ell * e_dir), why="its loss gradient"),
        define("g2", Rel(g_down, "=", -G_ell * e_dir), why="and that of the second"),
        define("H", _gradient(theta, phi), why="the expectation over two outcomes"),
        identity(
            "slope",
            H_map(theta, phi),
            2 * G_ell * L_D * Inner(e_dir, phi) * e_dir,
            "H p1 p2 g1 g2",
            "H is linear in the behaviour policy",
        ),
        identity("sum", p_up(phi) + p_down(phi), 1, "p1 p2", "probabilities sum to one"),
        identity(
            "move", theta_at(k_step + 1) - theta_at(k_step), eta * (G_upd * e_dir), "learner", "every update is G_upd e"
        ),
        lemma("move-scale", "homogeneity", G_upd, e_dir),
        inequality("A1-upd", Norm(G_upd * e_dir), "=", G_upd, "move-scale e", "A1 for the updates, with equality"),
        lemma("g1-norm", "equal-norms", g_up, G_ell * e_dir, uses="g1"),
        lemma("g2-norm", "equal-norms", g_down, -G_ell * e_dir, uses="g2"),
        lemma("g-scale", "homogeneity", G_ell, e_dir),
        inequality("A1-first", Norm(g_up), "=", G_ell, "g1-norm g-scale e", "A1 at the first outcome"),
        inequality("A1-second", Norm(g_down), "=", G_ell, "g2-norm g-scale e", "A1 at the second"),
        define("p1-other", _up(phi2), why="first outcome"),
        define("p2-other", _down(phi2), why="second outcome"),
        define("tv", Rel(TV(phi, phi2), "=", _tv), why="half the L1 distance over two outcomes"),
        lemma("cs", "cauchy-schwarz", e_dir, phi - phi2),
        inequality(
            "A2", TV(phi, phi2), "<=", L_D * Norm(phi - phi2), "tv p1 p2 p1-other p2-other cs e", "A2 with constant L_D"
        ),
        define("end", Rel(end_S, "=", theta_at(S_int)), why="and where it is after S steps"),
        define("p1-start", _up(start_S), why="at the start"),
        define("p2-start", _down(start_S), why="at the start"),
        define("p1-end", _up(end_S), why="after S steps"),
        define("p2-end", _down(end_S), why="after S steps"),
        inequality("e-unit", _unit, "=", 1, "e e-square", "e is a unit vector"),
        assume("small", SMALL),
        identity("gone", Inner(e_dir, end_S), Inner(e_dir, start_S) + _path * _unit, "end learner", "S steps along e"),
        inequality(
            "law",
            L_D * sympy.Abs(Inner(e_dir, end_S)),
            "<=",
            _half,
            "gone small e-unit",
            "both probabilities at the end are nonnegative, as at the start and in between",
        ),
        define("H-old", _gradient(end_S, start_S), why="rollouts of the start"),
        define("H-fresh", _gradient(end_S, end_S), why="fresh rollouts"),
        define("bias", Rel(delta_S, "=", H_map(end_S, start_S) - H_map(end_S, end_S)), why="staleness bias"),
        identity(
            "value",
            delta_S,
            _bias,
            "bias H-old H-fresh p1-start p2-start p1-end p2-end g1 g2",
            "insert everything",
        ),
        lemma("value-norm", "equal-norms", delta_S, _bias, uses="value"),
        lemma("value-scale", "homogeneity", _scale, e_dir),
        inequality(
            "exact", Norm(delta_S), "=", _constant * S_int * eta, "value-norm value-scale gone e e-unit", "its norm"
        ),
        assume("claimed", BOUND),
        inequality("conclusion", b_claimed / (S_int * eta), ">=", _constant, "exact claimed", "divide by S eta"),
    ),
    conclusions=("slope", "sum", "move", "A1-upd", "A1-first", "A1-second", "A2", "law", "exact", "conclusion"),
    formula=_constant * S_int * eta,
    formulas={"C": _constant},
    necessity={"BOUND": _member(claimed=Fraction(1, 4)), "SMALL": _member(tilt=Fraction(4), claimed=Fraction(2))},
    attained=(_member(),),
)
