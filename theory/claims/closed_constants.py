"""Closed constants of GRPO under a tabular softmax: G_ell, L_B, L_D and with them K_phi (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from .. import symbols as sy
from ..objects import LIPSCHITZ
from ..proof.build import assume, define, earlier, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Definition, Rel, Step
from ..proof.vectors import Norm
from ..symbols import G_group, L_len, adv, eps_hi, grad_ell, grad_resp, phi, phi2, psi, rho_at, score_at, theta
from .score_norm import CLAIM as SCORE

_edge: Any = 1 + eps_hi
_G_ELL = _edge * sympy.sqrt(2 / L_len)
_L_B = 2 * _edge / L_len
_L_D = sympy.sqrt(2 * G_group) / 4
_K_PHI = _edge * (sympy.sqrt(G_group / L_len) + 2 / L_len)

_j, _k, _nu = sy.j_mate, sy.k_tok, sy.nu_row
_mates, _tokens, _rows = (_j, 1, G_group), (_k, 1, L_len), (_nu, 1, sy.N_rows)


def _norm(x: Any) -> Any:
    return Norm(x)


def _sum(term: Any, over: Any) -> Any:
    return sympy.Sum(term, over)


def _below_edge(point: Any) -> Rel:
    return Rel(rho_at(_j, _k, point), "<=", _edge)


RATIO = Assumption(
    "RATIO",
    "Ratios below the upper clip edge",
    r"$0\le\rho_{jk}\le1+\varepsilon_{\mathrm{hi}}$ for every token, at $\varphi$, at $\varphi'$ and between: both lie"
    r" inside the certified radius around $\theta$, which is convex.",
    _below_edge,
)
STD = Assumption(
    "STD",
    "Group-standardised advantages",
    r"$\sum_jA_j^2\le G$: population std (equality), with a positive offset (less), or equal rewards ($A_j=0$).",
    lambda: Rel(_sum(adv(_j) ** 2, _mates), "<=", G_group),
)


def _gradient(point: Any) -> Rel:
    return Rel(grad_ell(sy.i_out, theta, point), "=", _share * _sum(adv(_j) * grad_resp(_j, point), _mates))


def _response(point: Any) -> Rel:
    return Rel(grad_resp(_j, point), "=", _sum(rho_at(_j, _k, point) * _score, _tokens))


GROUP = Definition("group-gradient", "loss gradient of group z_i of one prompt, no token clipped", _gradient)
RESPONSE = Definition("response-gradient", "the gradient of a ratio in theta is the ratio times the score", _response)


def _averaged(tag: str, x: Any, bound: Any, each: str) -> tuple[Step, ...]:
    """From ``|x_j| <= bound`` (step ``each``) to ``|sum_j A_j x_j| <= bound * G``, and the factor of the mean."""
    total, norms = _sum(adv(_j) * x, _mates), _sum(_norm(adv(_j) * x), _mates)
    weighted = _sum(sympy.Abs(adv(_j)) * bound, _mates)
    used = f"{tag}-triangle {tag}-each {tag}-pull {tag}-weights"
    return (
        lemma(f"{tag}-triangle", "triangle", total),
        lemma(f"{tag}-scale", "homogeneity", adv(_j), x),
        inequality(f"{tag}-each", norms, "<=", weighted, f"{tag}-scale {each}", "term by term"),
        identity(f"{tag}-pull", weighted, bound * _weight, "", "pull the constant out"),
        inequality(f"{tag}-weights", bound * _weight, "<=", bound * G_group, "weights", "mean absolute advantage"),
        inequality(f"{tag}-group", _norm(total), "<=", bound * G_group, used, "chain the four"),
        lemma(f"{tag}-share", "homogeneity", _share, total, why="the mean over the group and the tokens"),
    )


_share = 1 / (G_group * L_len)
_weight = _sum(sympy.Abs(adv(_j)), _mates)
_score, _score_psi = score_at(_j, _k, theta), score_at(_j, _k, psi)
_one, _two = grad_resp(_j, phi), grad_resp(_j, phi2)
_grad, _grad2 = grad_ell(sy.i_out, theta, phi), grad_ell(sy.i_out, theta, phi2)

_rho = rho_at(_j, _k, phi)
_squares, _squares_bound = _sum(_rho**2 * _norm(_score) ** 2, _tokens), _sum(2 * _edge**2, _tokens)
_response_bound = _edge * sympy.sqrt(2 * L_len)

_G_STEPS = (
    define("response", RESPONSE, phi),
    define("grad", GROUP, phi),
    assume("std", STD),
    lemma("power-mean", "power-mean", adv(_j), _j, G_group),
    inequality("weights", _weight, "<=", G_group, "power-mean std", "so the mean absolute advantage is at most 1"),
    lemma("rows", "orthogonal-rows", _rho, _j, theta),
    lemma("response-norm", "equal-norms", _one, _response(phi).rhs, uses="response"),
    earlier("row-score", SCORE, "uniform"),
    lemma("score", "tabular-score", _j, _k, theta, uses="row-score"),
    assume("ratio", RATIO, phi),
    inequality("ratio-square", _rho**2, "<=", _edge**2, "ratio", "both are nonnegative"),
    inequality("token", _rho**2 * _norm(_score) ** 2, "<=", 2 * _edge**2, "ratio-square score", "product of the two"),
    inequality("tokens", _squares, "<=", _squares_bound, "token", "term by term"),
    identity("count", _squares_bound, 2 * L_len * _edge**2, "", "L equal terms"),
    inequality(
        "square", _norm(_one) ** 2, "<=", 2 * L_len * _edge**2, "response-norm rows tokens count", "put together"
    ),
    inequality("norm", _norm(_one), "<=", _response_bound, "square", "root"),
    *_averaged("mean", _one, _response_bound, "norm"),
    lemma("grad-norm", "equal-norms", _grad, _gradient(phi).rhs, uses="grad"),
    inequality("G_ell", _norm(_grad), "<=", _G_ELL, "grad-norm mean-share mean-group", "A1 with its constant"),
)

_change, _slope = _rho - rho_at(_j, _k, phi2), sympy.sqrt(2) * _edge
_moved, _distance, _gap = _sum(_change * _score, _tokens), _norm(phi - phi2), sy.row_gap(_j, _k)
_token_bound, _distance_bound = 4 * _edge**2 * _gap**2, 2 * _edge * _distance
_gaps = 4 * _edge**2 * _sum(_gap**2, _tokens)
_changes, _changes_bound = _sum(_change**2 * _norm(_score) ** 2, _tokens), _sum(_token_bound, _tokens)
_mean_change = _share * _sum(adv(_j) * (_one - _two), _mates)
_parts = "change-norm change-rows change-tokens change-pull change-distance"

_B_STEPS = (
    define("response2", RESPONSE, phi2),
    define("grad2", GROUP, phi2),
    identity("change", _one - _two, _moved, "response response2", "only the ratios see the behaviour policy"),
    lemma("change-norm", "equal-norms", _one - _two, _moved, uses="change"),
    lemma("change-rows", "orthogonal-rows", _change, _j, theta),
    lemma("score-psi", "tabular-score", _j, _k, psi, uses="row-score"),
    assume("ratio-psi", RATIO, psi),
    inequality("score-root", _norm(_score_psi), "<=", sympy.sqrt(2), "score-psi", "root"),
    inequality(
        "slope", rho_at(_j, _k, psi) * _norm(_score_psi), "<=", _slope, "ratio-psi score-root", "slope of a ratio"
    ),
    lemma("ratio-change", "ratio-mean-value", _j, _k, _slope, uses="slope"),
    inequality("change-ratio", _change**2, "<=", 2 * _edge**2 * _gap**2, "ratio-change", "squares keep order"),
    inequality("change-token", _change**2 * _norm(_score) ** 2, "<=", _token_bound, "change-ratio score", "product"),
    inequality("change-tokens", _changes, "<=", _changes_bound, "change-token", "term by term"),
    identity("change-pull", _changes_bound, _gaps, "", "pull the constant out"),
    lemma("distinct", "distinct-rows", _j),
    inequality("change-distance", _gaps, "<=", _distance_bound**2, "distinct", "multiply by a positive number"),
    inequality("change-square", _norm(_one - _two) ** 2, "<=", _distance_bound**2, _parts, "put together"),
    inequality("change-root", _norm(_one - _two), "<=", _distance_bound, "change-square", "root"),
    *_averaged("gap", _one - _two, _distance_bound, "change-root"),
    identity("gap", _grad - _grad2, _mean_change, "grad grad2", "the advantages do not see the behaviour policy"),
    lemma("gap-norm", "equal-norms", _grad - _grad2, _mean_change, uses="gap"),
    inequality(
        "L_B", _norm(_grad - _grad2), "<=", _L_B * _distance, "gap-norm gap-share gap-group", "A3, its constant"
    ),
)

_top, _low, _part, _half = sy.v_top(_nu), sy.v_low(_nu), _norm(sy.v_row(_nu)) ** 2, sympy.Rational(1, 2)
_visit, _variance = sy.visit(_nu, psi), sy.row_var(_nu, psi)
_variances, _halves = _sum(_visit * _variance, _rows), _sum(_part / 2, _rows)

_D_STEPS = (
    lemma("direction", "unit-direction", sy.v_unit, phi - phi2, why="v points along the segment"),
    lemma("unit", "unit-norm", sy.v_unit, uses="direction"),
    lemma("popoviciu", "popoviciu", _variance),
    lemma("entries", "two-entries", sy.v_row(_nu)),
    inequality("range", (_top - _low) ** 2, "<=", 2 * _part, "entries", "(x - y)^2 is at most 2 x^2 + 2 y^2"),
    inequality("variance", _variance, "<=", _part / 2, "popoviciu range", "variance of the score in one row"),
    lemma("visit", "row-visits", _visit, why="the weight of the prompt is a factor of it"),
    inequality("row", _visit * _variance, "<=", _part / 2, "visit variance", "product of the two"),
    inequality("rows-each", _variances, "<=", _halves, "row", "term by term"),
    identity("half", _halves, _sum(_part, _rows) / 2, "", "pull the half out"),
    lemma("parts", "pythagoras-blocks", sy.v_row(_nu), _nu),
    lemma("path", "path-fisher", _nu, psi),
    inequality("one-fisher", sy.fisher(1, psi), "<=", _half, "path rows-each half parts unit", "put together"),
    lemma("additive", "fisher-additivity", psi),
    inequality("group-fisher", sy.fisher(G_group, psi), "<=", G_group / 2, "additive one-fisher", "G responses"),
    lemma("tv", "tv-fisher", G_group / 2, uses="group-fisher"),
    inequality("L_D", sy.TV(phi, phi2), "<=", _L_D * _distance, "tv", "A2 with its constant"),
)
_combined = LIPSCHITZ.at().rhs.subs({sy.G_ell: _G_ELL, sy.L_D: _L_D, sy.L_B: _L_B})


def _two_arms(advantage: int = 1, behaviour: Fraction = Fraction(1, 2)) -> Table:
    """Two responses of one token, advantages +-``advantage``, learner uniform over two tokens, phi' and psi there too.

    ``behaviour`` is the probability of the first token under phi; scores are the token's unit vector minus the row.
    """
    half, slope = Fraction(1, 2), Fraction(0)
    values: dict[Any, Any] = {G_group: 2, L_len: 1, eps_hi: Fraction(1, 10)}
    values |= {sy.pi_a: half, sy.n_other: 1, sy.pi_other(1): half, sy.score_sq: half}
    for j, sign, drawn in ((1, 1, behaviour), (2, -1, 1 - behaviour)):
        ratio, score = half / drawn, (sign * half, -sign * half)
        values |= {adv(j): sign * advantage, rho_at(j, 1, phi): ratio, rho_at(j, 1, phi2): 1, rho_at(j, 1, psi): 1}
        values |= {score_at(j, 1, theta): score, score_at(j, 1, psi): score, grad_resp(j, phi2): score}
        values[grad_resp(j, phi)] = (ratio * score[0], ratio * score[1])
        slope += sign * advantage * ratio * score[0] / 2
    values |= {
        grad_ell(1, theta, phi): (slope, -slope),
        grad_ell(1, theta, phi2): (advantage * half, -advantage * half),
    }
    return Table(values, indices={sy.i_out: range(1, 2), _j: range(1, 3), _k: range(1, 2)})


CLAIM = Claim(
    id="closed-constants",
    title="Closed constants of a tabular softmax",
    kind="upper",
    statement=r"GRPO in ratio form (population std, mean over $L$ tokens, $G$ responses independent given the prompt,"
    r" one logit row of at least two tokens per prompt and prefix), $\varphi,\varphi'$ inside the certified"
    r" radius: A1, A2 and A3 hold with"
    r" $G_\ell=(1+\varepsilon_{\mathrm{hi}})\sqrt{2/L}$, $L_D=\sqrt{2G}/4$ and $L_B=2(1+\varepsilon_{\mathrm{hi}})/L$,"
    r" so that $K_\varphi=(1+\varepsilon_{\mathrm{hi}})(\sqrt{G/L}+2/L)$. An outcome $z$ is one prompt with its group,"
    r" so the constants hold for any weights of the prompts.",
    source="derived here",
    steps=(
        *_G_STEPS,
        *_B_STEPS,
        *_D_STEPS,
        identity("K_phi", _combined, _K_PHI, "", "the Lipschitz constant of H with these three"),
    ),
    conclusions=("G_ell", "L_B", "L_D", "K_phi"),
    logits=True,
    formula=_K_PHI,
    formulas={"G_ell": _G_ELL, "L_B": _L_B, "L_D": _L_D, "K_phi": _K_PHI},
    necessity={
        "RATIO": _two_arms(
            behaviour=Fraction(99, 100)
        ),  # ratio 50 where the advantage is negative: min() does not clip
        "STD": _two_arms(advantage=3),
    },
    not_tight="G_ell and L_B would need token scores of norm sqrt(2) that all point one way once multiplied by their"
    " advantages, but the advantages of a group sum to zero; L_D is reached for G = 1 by two arms in the limit of small"
    " steps, not by larger groups, whose score is not of constant size; the largest shares found are 0.50 (L = 1) to"
    " 0.70 (L = 64) of G_ell, 0.43 (L = 1) and 0.50 (L > 1) of L_B, and 0.71 (G = 2), 0.87 (G = 3) and 0.79 (G = 16) of"
    " L_D",
)
