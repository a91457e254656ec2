"""Closed constants of GRPO under a tabular softmax: G_ell, L_B, L_D and with them K_phi (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from .. import symbols as sy
from ..objects import LIPSCHITZ
from ..proof.build import assume, define, earlier, identity, inequality, lemma
from ..proof.models import Model
from ..proof.records import Assumption, Claim, Rel, Step
from ..proof.vectors import Norm
from ..symbols import (
    G_group,
    L_len,
    N_rows,
    adv,
    eps_hi,
    grad_ell,
    grad_resp,
    i_out,
    j_mate,
    k_tok,
    nu_row,
    phi,
    phi2,
    psi,
    rho_at,
    row_gap,
    row_var,
    score_at,
    theta,
    v_low,
    v_row,
    v_top,
    v_unit,
    visit,
)
from .score_norm import CLAIM as SCORE

_edge = 1 + eps_hi
_G_ELL = _edge * sympy.sqrt(2 / L_len)
_L_B = 2 * _edge / L_len
_L_D = sympy.sqrt(2 * G_group) / 4
_K_PHI = _edge * (sympy.sqrt(G_group / L_len) + 2 / L_len)

_mates, _tokens, _rows = (j_mate, 1, G_group), (k_tok, 1, L_len), (nu_row, 1, N_rows)
_score, _score_psi = score_at(j_mate, k_tok, theta), score_at(j_mate, k_tok, psi)
_rho, _rho2, _rho_psi = (rho_at(j_mate, k_tok, point) for point in (phi, phi2, psi))
_one, _two = grad_resp(j_mate, phi), grad_resp(j_mate, phi2)
_grad, _grad2 = grad_ell(i_out, theta, phi), grad_ell(i_out, theta, phi2)
_weight = sympy.Sum(sympy.Abs(adv(j_mate)), _mates)
_distance, _gap = Norm(phi - phi2), row_gap(j_mate, k_tok)
_share = 1 / (G_group * L_len)

RATIO = Assumption(
    "RATIO",
    "Ratios below the upper clip edge",
    r"$0\le\rho_{jk}\le1+\varepsilon_{\mathrm{hi}}$ for every token, at $\varphi$, at $\varphi'$ and between: both lie inside"
    r" the certified radius around $\theta$, which is convex.",
    lambda ratio: Rel(ratio, "<=", _edge),
)
STD = Assumption(
    "STD",
    "Group-standardised advantages",
    r"$\sum_jA_j^2\le G$: population std (equality), a positive offset (smaller), or a group of equal rewards"
    r" ($A_j=0$).",
    lambda: Rel(sympy.Sum(adv(j_mate) ** 2, _mates), "<=", G_group),
)


def _gradient(point: Any) -> Rel:
    return Rel(grad_ell(i_out, theta, point), "=", _share * sympy.Sum(adv(j_mate) * grad_resp(j_mate, point), _mates))


def _response(point: Any) -> Rel:
    return Rel(grad_resp(j_mate, point), "=", sympy.Sum(rho_at(j_mate, k_tok, point) * _score, _tokens))


def _averaged(tag: str, x: Any, bound: Any, each: str) -> tuple[Step, ...]:
    """From ``|x_j| <= bound`` (step ``each``) to ``|sum_j A_j x_j| <= bound * G``."""
    total = sympy.Sum(adv(j_mate) * x, _mates)
    norms = sympy.Sum(Norm(adv(j_mate) * x), _mates)
    weighted = sympy.Sum(sympy.Abs(adv(j_mate)) * bound, _mates)
    return (
        lemma(f"{tag}-triangle", "triangle", total),
        lemma(f"{tag}-scale", "homogeneity", adv(j_mate), x),
        inequality(f"{tag}-each", norms, "<=", weighted, f"{tag}-scale {each}", "term by term"),
        identity(f"{tag}-pull", weighted, bound * _weight, "", "pull the constant out"),
        inequality(f"{tag}-weights", bound * _weight, "<=", bound * G_group, "weights", "mean absolute advantage"),
        inequality(
            f"{tag}-group",
            Norm(total),
            "<=",
            bound * G_group,
            f"{tag}-triangle {tag}-each {tag}-pull {tag}-weights",
            "chain the four",
        ),
        lemma(f"{tag}-share", "homogeneity", _share, total, why="the mean over the group and the tokens"),
    )


_squares = sympy.Sum(_rho**2 * Norm(_score) ** 2, _tokens)
_squares_bound = sympy.Sum(2 * _edge**2, _tokens)
_sum, _sum2 = _response(phi).rhs, sympy.Sum((_rho - _rho2) * _score, _tokens)
_changes = sympy.Sum((_rho - _rho2) ** 2 * Norm(_score) ** 2, _tokens)
_changes_bound = sympy.Sum(4 * _edge**2 * _gap**2, _tokens)
_variances = sympy.Sum(visit(nu_row, psi) * row_var(nu_row, psi), _rows)
_parts = sympy.Sum(Norm(v_row(nu_row)) ** 2 / 2, _rows)
_slope = sympy.sqrt(2) * _edge

_G_STEPS = (
    define("response", _response(phi), why="the gradient of a ratio in theta is the ratio times the score"),
    define("response2", _response(phi2), why="the same at another behaviour policy"),
    define("grad", _gradient(phi), why="group z_i of one prompt, no token clipped; A_j and tokens are those of z_i"),
    define("grad2", _gradient(phi2), why="the same at another behaviour policy"),
    assume("std", STD),
    lemma("power-mean", "power-mean", adv(j_mate), j_mate, G_group),
    inequality("weights", _weight, "<=", G_group, "power-mean std", "so the mean absolute advantage is at most 1"),
    lemma("rows", "orthogonal-rows", _rho, j_mate, theta),
    lemma("response-norm", "equal-norms", _one, _sum, uses="response"),
    earlier("score", SCORE, SCORE.conclusions[-1], score2=Norm(_score) ** 2),
    assume("ratio", RATIO, _rho),
    inequality("ratio-square", _rho**2, "<=", _edge**2, "ratio", "both are nonnegative"),
    inequality("token", _rho**2 * Norm(_score) ** 2, "<=", 2 * _edge**2, "ratio-square score", "product of the two"),
    inequality("tokens", _squares, "<=", _squares_bound, "token", "term by term"),
    identity("count", _squares_bound, 2 * L_len * _edge**2, "", "L equal terms"),
    inequality(
        "square", Norm(_one) ** 2, "<=", 2 * L_len * _edge**2, "response-norm rows tokens count", "put together"
    ),
    inequality("norm", Norm(_one), "<=", _edge * sympy.sqrt(2 * L_len), "square", "root"),
    *_averaged("mean", _one, _edge * sympy.sqrt(2 * L_len), "norm"),
    lemma("grad-norm", "equal-norms", _grad, _gradient(phi).rhs, uses="grad"),
    inequality("G_ell", Norm(_grad), "<=", _G_ELL, "grad-norm mean-share mean-group", "A1 with its constant"),
)

_B_STEPS = (
    identity("change", _one - _two, _sum2, "response response2", "theta, tokens and advantages are the same"),
    lemma("change-norm", "equal-norms", _one - _two, _sum2, uses="change"),
    lemma("change-rows", "orthogonal-rows", _rho - _rho2, j_mate, theta),
    earlier("score-psi", SCORE, SCORE.conclusions[-1], score2=Norm(_score_psi) ** 2),
    assume("ratio-psi", RATIO, _rho_psi),
    inequality("score-root", Norm(_score_psi), "<=", sympy.sqrt(2), "score-psi", "root"),
    inequality(
        "slope", _rho_psi * Norm(_score_psi), "<=", _slope, "ratio-psi score-root", "slope of a ratio in its row"
    ),
    lemma("ratio-change", "ratio-mean-value", j_mate, k_tok, _slope, uses="slope"),
    inequality(
        "ratio-change-square", (_rho - _rho2) ** 2, "<=", (_slope * _gap) ** 2, "ratio-change", "squares keep order"
    ),
    inequality(
        "change-token",
        (_rho - _rho2) ** 2 * Norm(_score) ** 2,
        "<=",
        4 * _edge**2 * _gap**2,
        "ratio-change-square score",
        "product of the two",
    ),
    inequality("change-tokens", _changes, "<=", _changes_bound, "change-token", "term by term"),
    identity("change-pull", _changes_bound, 4 * _edge**2 * sympy.Sum(_gap**2, _tokens), "", "pull the constant out"),
    lemma("distinct", "distinct-rows", j_mate),
    inequality(
        "change-distance",
        4 * _edge**2 * sympy.Sum(_gap**2, _tokens),
        "<=",
        (2 * _edge * _distance) ** 2,
        "distinct",
        "multiply by a positive number",
    ),
    inequality(
        "change-square",
        Norm(_one - _two) ** 2,
        "<=",
        (2 * _edge * _distance) ** 2,
        "change-norm change-rows change-tokens change-pull change-distance",
        "put together",
    ),
    inequality("change-root", Norm(_one - _two), "<=", 2 * _edge * _distance, "change-square", "root"),
    *_averaged("gap", _one - _two, 2 * _edge * _distance, "change-root"),
    identity(
        "gap",
        _grad - _grad2,
        _share * sympy.Sum(adv(j_mate) * (_one - _two), _mates),
        "grad grad2",
        "the advantages do not depend on the behaviour policy",
    ),
    lemma(
        "gap-norm", "equal-norms", _grad - _grad2, _share * sympy.Sum(adv(j_mate) * (_one - _two), _mates), uses="gap"
    ),
    inequality(
        "L_B", Norm(_grad - _grad2), "<=", _L_B * _distance, "gap-norm gap-share gap-group", "A3 with its constant"
    ),
)

_D_STEPS = (
    lemma("popoviciu", "popoviciu", nu_row, psi),
    lemma("entries", "two-entries", nu_row),
    inequality(
        "range",
        (v_top(nu_row) - v_low(nu_row)) ** 2,
        "<=",
        2 * Norm(v_row(nu_row)) ** 2,
        "entries",
        "(x-y)^2 <= 2(x^2+y^2)",
    ),
    inequality("variance", row_var(nu_row, psi), "<=", Norm(v_row(nu_row)) ** 2 / 2, "popoviciu range", "of one row"),
    lemma("visit", "probability-at-most-one", nu_row, psi, why="the weight of the prompt is part of it"),
    inequality(
        "row",
        visit(nu_row, psi) * row_var(nu_row, psi),
        "<=",
        Norm(v_row(nu_row)) ** 2 / 2,
        "visit variance",
        "product",
    ),
    inequality("rows-each", _variances, "<=", _parts, "row", "term by term"),
    identity("half", _parts, sympy.Sum(Norm(v_row(nu_row)) ** 2, _rows) / 2, "", "pull the half out"),
    lemma("parts", "row-parts", nu_row),
    lemma("unit", "unit-norm", v_unit),
    lemma("path", "path-fisher", nu_row, psi),
    inequality(
        "response-fisher",
        sy.fisher_resp(psi),
        "<=",
        sympy.Rational(1, 2),
        "path rows-each half parts unit",
        "put together",
    ),
    lemma("additive", "fisher-additivity", psi),
    inequality("group-fisher", sy.fisher_group(psi), "<=", G_group / 2, "additive response-fisher", "G responses"),
    lemma("tv", "tv-fisher", G_group / 2, uses="group-fisher"),
    inequality("L_D", sy.TV(phi, phi2), "<=", _L_D * _distance, "tv", "A2 with its constant"),
)


@dataclass(frozen=True)
class _Group(Model):
    """Two responses of one token, +-advantage, uniform learner over two tokens: every vector is computed, none posited.

    ``behaviour`` is the probability of the first response under phi; phi', psi and theta are one point.
    """

    advantage: Fraction | int = 1
    behaviour: Fraction = Fraction(1, 2)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", "instance")

    def __call__(self, atom: Any) -> Any:
        return _table(self.advantage, self.behaviour).get(atom, super().__call__(atom))


def _table(advantage: Fraction | int, behaviour: Fraction) -> Mapping[Any, Any]:
    half, sign = Fraction(1, 2), {1: Fraction(1), 2: Fraction(-1)}
    found: dict[Any, Any] = {adv(j): sign[j] * advantage for j in sign}
    for point, law in ((phi, {1: behaviour, 2: 1 - behaviour}), (phi2, {1: half, 2: half}), (psi, {1: half, 2: half})):
        total = Fraction(0)
        for j in sign:
            score = (sign[j] * half, -sign[j] * half)  # unit vector of the token minus the uniform row
            found |= {score_at(j, 1, theta): score, score_at(j, 1, psi): score, rho_at(j, 1, point): half / law[j]}
            found[grad_resp(j, point)] = tuple(half / law[j] * c for c in score)
            total += advantage * sign[j] * half / law[j] * score[0]
        found[grad_ell(1, theta, point)] = (total / 2, -total / 2)
    return found


_values = {
    G_group: 2,
    L_len: 1,
    eps_hi: Fraction(1, 10),
    sy.pi_a: Fraction(1, 2),
    sy.n_other: 1,
    sy.pi_other(1): Fraction(1, 2),
}
_ranges = {i_out: range(1, 2), j_mate: range(1, 3), k_tok: range(1, 2)}

CLAIM = Claim(
    id="closed-constants",
    title="Closed constants of a tabular softmax",
    kind="upper",
    statement=r"GRPO in ratio form (population std, mean over $L$ tokens, one logit row per prompt and prefix, at least two"
    r" tokens), $\varphi,\varphi'$ inside the certified radius: A1, A2 and A3 hold with"
    r" $G_\ell=(1+\varepsilon_{\mathrm{hi}})\sqrt{2/L}$, $L_D=\sqrt{2G}/4$, $L_B=2(1+\varepsilon_{\mathrm{hi}})/L$, so that"
    r" $K_\varphi=(1+\varepsilon_{\mathrm{hi}})(\sqrt{G/L}+2/L)$. The outcome $z$ is one prompt with its group, so the"
    r" constants hold for any weights of the prompts.",
    source="derived here",
    steps=(
        *_G_STEPS,
        *_B_STEPS,
        *_D_STEPS,
        identity(
            "K_phi",
            LIPSCHITZ.at().rhs.subs({sy.G_ell: _G_ELL, sy.L_D: _L_D, sy.L_B: _L_B}),
            _K_PHI,
            "",
            "the Lipschitz constant of H with these three",
        ),
    ),
    conclusions=("G_ell", "L_B", "L_D", "K_phi"),
    formula=_K_PHI,
    formulas={"G_ell": _G_ELL, "L_B": _L_B, "L_D": _L_D, "K_phi": _K_PHI},
    necessity={
        "RATIO": _Group(_values, indices=_ranges, behaviour=Fraction(1, 100)),
        "STD": _Group(_values, indices=_ranges, advantage=3),
    },
    not_tight="G_ell and L_B would need token scores of norm sqrt(2) all pointing one way once multiplied by their"
    " advantages, but advantages of a group sum to zero; L_D is reached in the limit of small steps by two arms and G = 1,"
    " not by larger groups, whose score is not of constant size; the largest values found are measured, not derived",
)
