"""The phi-derivative of H on the diagonal: prefix operator = transposed suffix operator, symmetry (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.build import assume, define, identity, lemma
from ..proof.fill import filled
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Definition, Rel, Step
from ..symbols import L_len, cum_score, k_tok, w_dir, w_other, y_resp

_tokens, _responses = (k_tok, 1, L_len), (y_resp, 1, sy.N_resp)
_zero = sympy.Integer(0)
Rows = dict[tuple[int, ...], Sequence[Fraction]]


def _token(a: Any) -> Any:
    return sy.tok_score(y_resp, k_tok, a)


def _upto(k: Any, a: Any) -> Any:
    return cum_score(y_resp, k, a)


def _weighted(term: Any) -> Any:
    return sympy.Sum(sy.resp_prob(y_resp) * sy.len_resp(y_resp) * term, _responses)


TOKEN = Definition(
    "token-score",
    "chain rule: log-probability of one more token",
    lambda a: Rel(_token(a), "=", _upto(k_tok, a) - _upto(k_tok - 1, a)),
)
EARLIER = Definition(
    "earlier",
    "the derivative of the prefix law is the law times the scores of the tokens before",
    lambda a, b: Rel(sy.late_pre(y_resp, a, b), "=", sympy.Sum(_token(a) * _upto(k_tok - 1, b), _tokens)),
)
LATER = Definition(
    "later",
    "the derivative of the suffix law is the law times the scores of the tokens after",
    lambda a, b: Rel(
        sy.late_suf(y_resp, a, b), "=", sympy.Sum(_token(a) * (_upto(L_len, b) - _upto(k_tok, b)), _tokens)
    ),
)
PREFIX = Definition(
    "prefix-operator",
    "prefix law moved",
    lambda a, b: Rel(sy.form_pre(a, b), "=", _weighted(sy.adv_resp(y_resp) * sy.late_pre(y_resp, a, b))),
)
SUFFIX = Definition(
    "suffix-operator",
    "suffix law moved",
    lambda a, b: Rel(sy.form_suf(a, b), "=", _weighted(sy.adv_resp(y_resp) * sy.late_suf(y_resp, a, b))),
)
NORMALISER = Definition(
    "normaliser-operator",
    "normaliser moved",
    lambda a, b: Rel(sy.form_norm(a, b), "=", _weighted(_upto(L_len, a) * sy.adv_slope(y_resp, b))),
)
MATRIX = Definition(
    "matrix",
    "product rule: one law moves at a time; the current token is the learner's",
    lambda a, b: Rel(sy.form_H(a, b), "=", sy.form_pre(a, b) + sy.form_suf(a, b) + sy.form_norm(a, b)),
)
SUCCESS = Definition(
    "success",
    "derivative of the success probability",
    lambda a: Rel(
        sy.success_slope(a),
        "=",
        sympy.Sum(sy.resp_prob(y_resp) * sy.rew_resp(y_resp) * _upto(L_len, a), _responses),
    ),
)
MASS = Definition(
    "mass",
    "derivative of the total probability",
    lambda a: Rel(sy.mass_slope(a), "=", sympy.Sum(sy.resp_prob(y_resp) * _upto(L_len, a), _responses)),
)
PROMPT = Assumption(
    "PROMPT",
    "The prompt does not depend on the parameters",
    r"$C_{y0}[w]=0$: before the first token nothing has a score.",
    lambda a: Rel(_upto(_zero, a), "=", 0),
)
WEIGHT = Assumption(
    "ONE-WEIGHT",
    "One length weight",
    r"$n^{\mathrm{resp}}_y=n_L$ for every response: equal lengths, or division by a constant.",
    lambda: Rel(sy.len_resp(y_resp), "=", sy.len_const),
)
BINARY = Assumption(
    "BINARY",
    "Binary rewards, or no std",
    r"$\partial A^{\mathrm{resp}}_y[w]=(A_0'+w_G'\,r^{\mathrm{resp}}_y)\,\partial p[w]$: with"
    r" $r^{\mathrm{resp}}_y\in\{0,1\}$ the expected advantage sees the behaviour"
    r" policy through $p_\varphi$ alone; with a baseline and no std, any rewards, $w_G'=0$ and $\partial p$ is the"
    r" slope of the mean reward.",
    lambda a: Rel(
        sy.adv_slope(y_resp, a),
        "=",
        (sy.slope_fail + sy.slope_gap * sy.rew_resp(y_resp)) * sy.success_slope(a),
    ),
)


def _parts(a: Any, b: Any, tag: str) -> tuple[Step, ...]:
    """``T_pre(a, b) = T_suf(b, a)`` for one response: summation by parts, twice by an antidifference."""
    both, other = _upto(k_tok, a) * _upto(k_tok, b), _upto(k_tok, b)
    change = _token(a) * _upto(k_tok - 1, b) + _upto(k_tok, a) * _token(b)
    total, single = sympy.Sum(change, _tokens), sympy.Sum(_token(b), _tokens)
    rise, step = both - both.subs(k_tok, k_tok - 1), other - other.subs(k_tok, k_tok - 1)
    tokens = "token-w token-w2"
    return (
        define(f"earlier{tag}", EARLIER, a, b),
        define(f"later{tag}", LATER, b, a),
        identity(f"rise{tag}", rise, change, tokens, "change of a product"),
        lemma(f"sum{tag}", "antidifference", total, both, uses=f"rise{tag}"),
        identity(f"step{tag}", step, _token(b), tokens, "change of one factor"),
        lemma(f"single{tag}", "antidifference", single, other, uses=f"step{tag}"),
        identity(
            f"parts{tag}",
            sy.late_pre(y_resp, a, b),
            sy.late_suf(y_resp, b, a),
            f"earlier{tag} later{tag} sum{tag} single{tag} {tokens} empty-w empty-w2",
            "summation by parts",
        ),
        define(f"prefix{tag}", PREFIX, a, b),
        define(f"suffix{tag}", SUFFIX, b, a),
        identity(
            f"transpose{tag}",
            sy.form_pre(a, b),
            sy.form_suf(b, a),
            f"prefix{tag} suffix{tag} parts{tag}",
            "the same for every response, whatever its advantage and weight",
        ),
    )


def _normaliser(a: Any, b: Any, tag: str) -> tuple[Step, ...]:
    name = "w" if a == w_dir else "w2"
    base = sy.len_const * sy.slope_gap * sy.success_slope(a) * sy.success_slope(b)
    split = base + sy.len_const * sy.slope_fail * sy.mass_slope(a) * sy.success_slope(b)
    return (
        define(f"normaliser{tag}", NORMALISER, a, b),
        assume(f"binary{tag}", BINARY, b),
        identity(
            f"linear{tag}",
            sy.form_norm(a, b),
            sy.len_const
            * sy.success_slope(b)
            * (
                sy.slope_fail * sympy.Sum(sy.resp_prob(y_resp) * _upto(L_len, a), _responses)
                + sy.slope_gap * sympy.Sum(sy.resp_prob(y_resp) * sy.rew_resp(y_resp) * _upto(L_len, a), _responses)
            ),
            f"normaliser{tag} binary{tag} weight",
            "insert",
        ),
        identity(f"split{tag}", sy.form_norm(a, b), split, f"linear{tag} success-{name} mass-{name}", "name the sums"),
        identity(f"base{tag}", sy.form_norm(a, b), base, f"split{tag} zero-{name}", "scores have mean zero"),
        define(f"matrix{tag}", MATRIX, a, b),
    )


def _directions() -> tuple[Step, ...]:
    steps: list[Step] = []
    for a, name in ((w_dir, "w"), (w_other, "w2")):
        steps += [
            define(f"token-{name}", TOKEN, a),
            assume(f"empty-{name}", PROMPT, a),
            define(f"success-{name}", SUCCESS, a),
            define(f"mass-{name}", MASS, a),
            lemma(f"zero-{name}", "score-mean-zero", sy.mass_slope(a), uses=f"mass-{name} empty-{name}"),
        ]
    return tuple(steps)


_pairs = ((w_dir, w_other, ""), (w_other, w_dir, "-swapped"))
_matrices = "matrix matrix-swapped transpose transpose-swapped base base-swapped"
_form = sy.form_H(w_dir, w_other)
_STEPS = (
    *_directions(),
    assume("weight", WEIGHT),
    *(step for a, b, tag in _pairs for step in (*_parts(a, b, tag), *_normaliser(a, b, tag))),
    identity("symmetric", _form, sy.form_H(w_other, w_dir), _matrices, "transposes add up, the base is symmetric"),
)
_base = next(step.statement.rhs for step in _STEPS if step.id == "base")
_coefficient = _base / (sy.success_slope(w_dir) * sy.success_slope(w_other))


def instance(
    rows: Rows,
    rewards: dict[tuple[int, ...], int],
    advantages: Sequence[Fraction | int] | None = None,
    slopes: Sequence[Sequence[Fraction | int]] | None = None,
    own_length: bool = False,
    prompt: int = 0,
) -> Table:
    """A tabular policy with one logit row per prefix, moved along +w and -w in the first and in the last row.

    Args:
        rows: law of the next token after each prefix.
        rewards: reward of each response.
        advantages: expected advantages; RLOO's ``r - p`` by default, whose slope is ``-dp``.
        slopes: derivative of each expected advantage along both directions.
        own_length: weight 1 over the length of the response, else 1.
        prompt: score of the prompt along both directions.
    """
    answers, length = list(rewards), max(map(len, rewards))
    first, last = min(rows), max(rows, key=len)
    moves = {w_dir: {first: (1, *[0] * (len(rows[first]) - 1))}, w_other: {last: (*[0] * (len(rows[last]) - 1), 1)}}
    values: dict[Any, Any] = {
        sy.N_resp: len(answers),
        L_len: length,
        sy.len_const: 1,
        sy.slope_gap: 0,
        sy.slope_fail: -1,
    }
    law: list[Fraction] = []
    for y, answer in enumerate(answers, start=1):
        chance = Fraction(1)
        for a, move in moves.items():
            values[cum_score(y, 0, a)] = total = Fraction(prompt)
            for k in range(length):
                if k < len(answer):
                    row, push = rows[answer[:k]], move.get(answer[:k], [0] * len(rows[answer[:k]]))
                    total += push[answer[k]] - sum((p * m for p, m in zip(row, push, strict=True)), Fraction(0))
                values[cum_score(y, k + 1, a)] = total
            values[cum_score(y, L_len, a)] = total
        for k in range(len(answer)):
            chance *= rows[answer[:k]][answer[k]]
        law.append(chance)
        values |= {sy.resp_prob(y): chance, sy.rew_resp(y): rewards[answer]}
        values[sy.len_resp(y)] = Fraction(1, len(answer)) if own_length else 1
    success = sum((p * rewards[y] for p, y in zip(law, answers, strict=True)), Fraction(0))
    for y, answer in enumerate(answers, start=1):
        values[sy.adv_resp(y)] = advantages[y - 1] if advantages else rewards[answer] - success
        for n, a in enumerate(moves):
            drop = (
                p * rewards[z] * values[cum_score(i, length, a)]
                for i, (p, z) in enumerate(zip(law, answers, strict=True), 1)
            )
            values[sy.adv_slope(y, a)] = slopes[y - 1][n] if slopes else -sum(drop, Fraction(0))
    return filled(values, _STEPS, {y_resp: range(1, len(answers) + 1), k_tok: range(1, length + 1)})


_half, _third = Fraction(1, 2), Fraction(1, 3)
_pair: Rows = {(): (_third, 1 - _third), (0,): (_half, _half), (1,): (_half, _half)}
_early: Rows = {(): (_third, 1 - _third), (1,): (_half, _half)}


def _three_levels() -> Table:
    """Three arms of law 1/3 with rewards 0, 1, 2; groups of two, A = sign(r - r'), slopes alike."""
    law, push = [_third] * 3, ((1, 0, 0), (0, 0, 1))
    change = [[law[z] * (m[z] - _third) for z in range(3)] for m in push]  # derivative of the law along w and w'
    rows = [[sum(((y > z) - (y < z)) * c[z] for z in range(3)) for c in change] for y in range(3)]
    means = [sum((((y > z) - (y < z)) * law[z] for z in range(3)), Fraction(0)) for y in range(3)]
    return instance({(): law}, {(0,): 0, (1,): 1, (2,): 2}, means, rows)


CLAIM = Claim(
    id="behaviour-symmetry",
    title="Symmetry of the behaviour derivative on the diagonal",
    kind="exact",
    statement=r"On the diagonal, with token ratios, write $\partial_\varphi H[w,w']$ for"
    r" $\langle w,\partial_\varphi H\,w'\rangle$. The prefix operator is the transpose of the suffix operator,"
    r" $Q^{<}[w,w']=Q^{>}[w',w]$, for any rewards, advantages, lengths and length weights. With one length weight and"
    r" binary rewards (or no std) the normaliser adds $n_Lw_G'\,\partial p[w]\,\partial p[w']$ and"
    r" $\partial_\varphi H(\theta,\theta)$ is symmetric. A weight $1/\lvert y\rvert$ with variable lengths breaks the"
    r" symmetry through the normaliser alone, and so do three reward levels with a std. One prompt, hence any mixture"
    r" of prompts.",
    source="derived here",
    steps=_STEPS,
    conclusions=("symmetric", "transpose", "base"),
    formula=_coefficient,
    necessity={
        "ONE-WEIGHT": instance(_early, {(0,): 0, (1, 0): 1, (1, 1): 0}, own_length=True),
        "BINARY": _three_levels(),
        "PROMPT": instance(_pair, {(0, 0): 1, (0, 1): 0, (1, 0): 0, (1, 1): 0}, prompt=1),
    },
    attained=(instance(_pair, {(0, 0): 1, (0, 1): 0, (1, 0): 0, (1, 1): 0}),),
)
