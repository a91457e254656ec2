"""Null test: an exact sequence weight and a baseline of the mates leave no staleness bias (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import sympy

from .. import symbols as sy
from ..objects import PROBABILITY
from ..proof.build import assume, define, identity, lemma
from ..proof.fill import filled
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Definition, Rel, Step
from ..symbols import H_map, i_out, phi, tau, theta

_terms, _mates = (tau, 1, sy.N_terms), (i_out, 1, sy.n_out)


def _gradient(x: Any) -> Any:
    return sy.adv_mean(tau, x) * sy.len_weight(tau) * sy.score_tok(tau)


SURROGATE = Definition(
    "weighted-surrogate",
    "expected gradient, the advantage averaged over the mates",
    lambda x: Rel(
        H_map(theta, x),
        "=",
        sympy.Sum(sy.resp_law(tau, x) * sy.imp_weight(tau, x) * _gradient(x), _terms),
    ),
)
MEAN = Definition(
    "mean-advantage",
    "the advantage averaged over the mates",
    lambda x: Rel(sy.adv_mean(tau, x), "=", sympy.Sum(sy.mate_law(tau, i_out, x) * sy.adv_in(tau, i_out), _mates)),
)
USED = Definition(
    "response-used",
    "law of the response as the loss sees it",
    lambda x: Rel(sy.seq_used(tau, x), "=", sy.resp_law(tau, x) * sy.imp_weight(tau, x)),
)
SEQUENCE = Assumption(
    "SEQ-RATIO",
    "The importance weight is the exact sequence ratio",
    r"$P_\tau(\varphi)\,\omega_\tau(\varphi)=P_\tau(\theta)$: the weight is $\pi_\theta(y)/\pi_\varphi(y)$ of the whole"
    r" response, unclipped, and the behaviour policy can produce every response of the learner.",
    lambda x: Rel(sy.seq_used(tau, x), "=", sy.resp_law(tau, theta)),
)
BASELINE = Assumption(
    "MATES-BASELINE",
    "Reward minus the mean of the mates",
    r"$A_{\tau i}=c_A(r_\tau-\bar r^{\mathrm m}_i)$: RLOO ($c_A=1$), and Dr. GRPO, whose mean includes"
    r" the response itself"
    r" ($c_A=(G-1)/G$); no division by a std.",
    lambda: Rel(sy.adv_in(tau, i_out), "=", sy.adv_scale * (sy.rew_term(tau) - sy.mates_mean(i_out))),
)
INDEPENDENT = Assumption(
    "INDEP",
    "Independent mates",
    r"Given the prompt the mates are independent of the response: $w_{\tau i}(\varphi)=p_i(\varphi)$.",
    lambda x: Rel(sy.mate_law(tau, i_out, x), "=", sy.prob(i_out, x)),
)
WEIGHT = Assumption(
    "CONST-LEN",
    "Constant length weight",
    r"$n_\tau=n_L$ for every response: equal lengths, or division by a constant such as $L_{\max}$.",
    lambda: Rel(sy.len_weight(tau), "=", sy.len_const),
)

_mean_total = sympy.Sum(sy.resp_law(tau, theta) * sy.score_tok(tau), _terms)
_policy = sympy.Sum(sy.rew_term(tau) * sy.resp_law(tau, theta) * sy.score_tok(tau), _terms)
_value = sy.adv_scale * sy.len_const * _policy


def _baseline(x: Any) -> Any:
    return sympy.Sum(sy.prob(i_out, x) * sy.mates_mean(i_out), _mates)


def _at(x: Any, tag: str) -> tuple[Step, ...]:
    """``H(theta, x)`` is the policy gradient, whatever x."""
    averaged = sy.adv_scale * (sy.rew_term(tau) - _baseline(x))
    split = _value - sy.adv_scale * sy.len_const * _baseline(x) * sy.mean_score
    return (
        define(f"used{tag}", USED, x),
        define(f"mean{tag}", MEAN, x),
        define(f"H{tag}", SURROGATE, x),
        define(f"law{tag}", PROBABILITY, x, why="the mates have a law, that of an outcome under D"),
        assume(f"independent{tag}", INDEPENDENT, x),
        assume(f"sequence{tag}", SEQUENCE, x),
        identity(
            f"average{tag}",
            sy.adv_mean(tau, x),
            averaged,
            f"mean{tag} independent{tag} baseline law{tag}",
            "the mates' mean does not see the response",
        ),
        identity(
            f"collect{tag}",
            H_map(theta, x),
            sympy.Sum(sy.seq_used(tau, x) * _gradient(x), _terms),
            f"H{tag} used{tag}",
            "law and weight of the response",
        ),
        identity(
            f"split{tag}",
            H_map(theta, x),
            split,
            f"collect{tag} average{tag} sequence{tag} weight total",
            "the baseline multiplies a mean score",
        ),
        identity(f"policy{tag}", H_map(theta, x), _value, f"split{tag} zero", "which is zero"),
    )


_STEPS = (
    define("total", Rel(sy.mean_score, "=", _mean_total), why="gradient of the total probability"),
    lemma("zero", "score-mean-zero", sy.mean_score, uses="total"),
    assume("baseline", BASELINE),
    assume("weight", WEIGHT),
    *_at(phi, ""),
    *_at(theta, "-on"),
    identity("delta", H_map(theta, phi) - H_map(theta, theta), sympy.S.Zero, "policy policy-on", "both are the same"),
)


def instance(
    learner: tuple[Fraction, ...],
    behaviour: tuple[Fraction, ...],
    rewards: tuple[int, ...] = (1, 0),
    *,
    sign: bool = False,
    copied: bool = False,
    lengths: tuple[int, ...] = (1, 1),
) -> Table:
    """Groups of two over a few arms with softmax scores; the other response is the mates' outcome.

    Args:
        learner: law of the arms at theta.
        behaviour: law of the arms at phi.
        rewards: reward of each arm.
        sign: advantages divided by the group's std, which for two responses leaves the sign of the difference.
        copied: the mate is a copy of the response with the probability of the last arm, else independent.
        lengths: length of the response that an arm starts; later tokens are forced and have no score.
    """
    n, laws = len(rewards), {theta: learner, phi: behaviour}
    values: dict[Any, Any] = {sy.N_terms: n, sy.n_out: n, sy.adv_scale: 1, sy.len_const: 1}
    for a, b in product(range(n), repeat=2):
        gap = rewards[a] - rewards[b]
        values[sy.adv_in(a + 1, b + 1)] = (gap > 0) - (gap < 0) if sign else gap
        for x, law in laws.items():
            copy = law[-1] if copied else Fraction(0)
            values[sy.mate_law(a + 1, b + 1, x)] = (1 - copy) * law[b] + copy * (a == b)
    for a in range(n):
        values |= {sy.rew_term(a + 1): rewards[a], sy.mates_mean(a + 1): rewards[a]}
        values |= {sy.len_weight(a + 1): Fraction(1, lengths[a])}
        values[sy.score_tok(a + 1)] = tuple((a == b) - learner[b] for b in range(n))
        for x, law in laws.items():
            values |= {sy.prob(a + 1, x): law[a], sy.resp_law(a + 1, x): law[a]}
            values[sy.imp_weight(a + 1, x)] = learner[a] / law[a]
    return filled(values, _STEPS, {tau: range(1, n + 1), i_out: range(1, n + 1)})


def token_ratio() -> Table:
    """Two tokens of two kinds, rewarded when both are the first, weighted by token ratios instead of the sequence's."""
    half = Fraction(1, 2)
    first = {theta: half, phi: Fraction(1, 4)}  # probability of token 0 in front; the second token is a fair coin
    values: dict[Any, Any] = {sy.N_terms: 8, sy.n_out: 4, sy.adv_scale: 1, sy.len_const: 1}
    answers = list(product((0, 1), repeat=2))
    laws = {x: [(first[x] if a == 0 else 1 - first[x]) * half for a, _ in answers] for x in (theta, phi)}
    for i, y in enumerate(answers):
        values |= {sy.mates_mean(i + 1): int(y == (0, 0))} | {sy.prob(i + 1, x): laws[x][i] for x in laws}
    for t, (i, k) in enumerate(product(range(4), range(2))):
        y, row = answers[i], 0 if k == 0 else 1 + answers[i][0]
        values |= {sy.rew_term(t + 1): int(y == (0, 0)), sy.len_weight(t + 1): 1}
        values[sy.score_tok(t + 1)] = tuple(
            half if r == row and y[k] == 0 else -half if r == row else 0 for r in range(3)
        )
        for x in laws:
            token = first[x] if y[0] == 0 else 1 - first[x]
            values |= {sy.resp_law(t + 1, x): laws[x][i], sy.imp_weight(t + 1, x): half / token if k == 0 else 1}
            values |= {sy.mate_law(t + 1, j + 1, x): laws[x][j] for j in range(4)}
        values |= {sy.adv_in(t + 1, j + 1): int(y == (0, 0)) - int(answers[j] == (0, 0)) for j in range(4)}
    return filled(values, _STEPS, {tau: range(1, 9), i_out: range(1, 5)})


_half, _quarter = Fraction(1, 2), Fraction(1, 4)
_two = ((_half, _half), (_quarter, 3 * _quarter))

CLAIM = Claim(
    id="null-test",
    title="Null test: no bias with the exact sequence weight and a baseline of the mates",
    kind="exact",
    statement=r"RLOO or Dr. GRPO with the exact sequence ratio, unclipped, a constant length weight and independent"
    r" mates, for one prompt (hence for any mixture): $H(\theta,\varphi)=c_An_L\sum_\tau r_\tau P_\tau(\theta)s_\tau"
    r"=c_An_L\nabla V(\theta)$ for every behaviour policy, so that $\delta\equiv0$. A bandit's token ratio is its"
    r" sequence ratio.",
    source="derived here",
    steps=_STEPS,
    conclusions=("delta", "policy"),
    formula=sympy.S.Zero,
    necessity={
        "SEQ-RATIO": token_ratio(),
        "MATES-BASELINE": instance(
            (_half, _quarter, _quarter), (_quarter, _quarter, _half), (2, 1, 0), sign=True, lengths=(1, 1, 1)
        ),
        "INDEP": instance(*_two, copied=True),
        "CONST-LEN": instance(*_two, lengths=(1, 2)),
    },
    attained=(instance(*_two),),
)
