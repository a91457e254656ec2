"""The staleness bias as a sum of sources: one factor of the data's law changes at a time (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.build import assume, define, identity
from ..proof.fill import filled
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Definition, Rel, Step
from ..symbols import H_map, phi, tau, theta

_over = (tau, 1, sy.N_terms)
_value = sy.adv(tau) * sy.len_weight(tau) * sy.score_tok(tau)


def _sum(term: Any) -> Any:
    return sympy.Sum(term, _over)


def _surrogate(x: Any) -> Rel:
    gradient = sy.imp_weight(tau, x) * sy.clip_factor(tau, x) * _value + sy.kl_grad(tau)
    return Rel(H_map(theta, x), "=", _sum(sy.term_law(tau, x) * gradient))


UPTO = Definition(
    "token-law",
    "conditional probability of the token given what is before it",
    lambda x: Rel(sy.upto_law(tau, x), "=", sy.pre_law(tau, x) * sy.tok_law(tau, x)),
)
RESPONSE = Definition(
    "suffix-law",
    "conditional probability of the tokens after it",
    lambda x: Rel(sy.resp_law(tau, x), "=", sy.upto_law(tau, x) * sy.suf_law(tau, x)),
)
TERM = Definition(
    "mates-law",
    "the mates are independent of the response; their rewards first, then their lengths given the rewards",
    lambda x: Rel(sy.term_law(tau, x), "=", sy.resp_law(tau, x) * sy.rew_law(tau, x) * sy.len_law(tau, x)),
)
USED = Definition(
    "token-used",
    "law of the token as the loss sees it",
    lambda x: Rel(sy.tok_used(tau, x), "=", sy.tok_law(tau, x) * sy.imp_weight(tau, x)),
)
GRADIENT = Definition("token-gradient", "expected gradient of the loss, token by token", _surrogate)
RATIO = Assumption(
    "TOKEN-RATIO",
    "The importance weight is the token ratio",
    r"$c_\tau(\varphi)\,\omega_\tau(\varphi)=c_\tau(\theta)$: the weight is $\pi_\theta/\pi_\varphi$ of the current"
    r" token, and the behaviour policy can take every token that the learner can take.",
    lambda x: Rel(sy.tok_used(tau, x), "=", sy.tok_law(tau, theta)),
)

FACTORS = (sy.pre_law, sy.tok_used, sy.suf_law, sy.rew_law, sy.len_law)  # the stated order
_MEASURES = (sy.mu_none, sy.mu_pre, sy.mu_tok, sy.mu_suf, sy.mu_rew, sy.mu_len)
_SOURCES = (sy.src_pre, sy.src_tok, sy.src_suf, sy.src_rew, sy.src_len)
_NAMES = ("prefix", "token", "suffix", "rewards", "lengths")


def _hybrid(moved: int, left_out: int | None = None) -> Any:
    """Product of the factors, the first ``moved`` of them at phi, one of them left out."""
    parts = [f(tau, phi if k < moved else theta) for k, f in enumerate(FACTORS) if k != left_out]
    return sympy.Mul(*parts)


def _part(k: int) -> Any:
    return _sum((_MEASURES[k + 1](tau) - _MEASURES[k](tau)) * sy.clip_factor(tau, theta) * _value)


def _one_factor(k: int) -> Any:
    """Source k with its one changed factor shown."""
    change = FACTORS[k](tau, phi) - FACTORS[k](tau, theta)
    return _sum(change * _hybrid(k, k) * sy.clip_factor(tau, theta) * _value)


_clip = _sum(sy.mu_len(tau) * (sy.clip_factor(tau, phi) - sy.clip_factor(tau, theta)) * _value)
_kl = _sum((sy.term_law(tau, phi) - sy.term_law(tau, theta)) * sy.kl_grad(tau))
_clipped = _sum(_hybrid(5) * (sy.clip_factor(tau, phi) - sy.clip_factor(tau, theta)) * _value)
_kl_shown = sympy.Mul(sy.pre_law(tau, phi), sy.tok_law(tau, phi), sy.suf_law(tau, phi), sy.rew_law(tau, phi))
_kl_shown = _kl_shown * sy.len_law(tau, phi) - (_kl_shown * sy.len_law(tau, phi)).subs(phi, theta)
_laws = "upto response term upto-on response-on term-on"
_total = sympy.Add(*_SOURCES, sy.src_clip, sy.src_kl)
_bias = H_map(theta, phi) - H_map(theta, theta)
_corrected = sympy.Mul(
    *(law(tau, phi) for law in (sy.pre_law, sy.suf_law, sy.rew_law, sy.len_law)),
    sy.tok_law(tau, theta),
    sy.clip_factor(tau, phi),
)
_factorised = _sum(_corrected * _value) + _sum(sy.term_law(tau, phi) * sy.kl_grad(tau))


def _measures() -> tuple[Step, ...]:
    whys = ("on-policy", *(f"{name} moved" for name in _NAMES))
    return tuple(define(f"mu-{k}", Rel(_MEASURES[k](tau), "=", _hybrid(k)), why=why) for k, why in enumerate(whys))


def _sources() -> tuple[Step, ...]:
    steps: list[Step] = []
    for k, name in enumerate(_NAMES):
        steps += [
            define(f"source-{name}", Rel(_SOURCES[k], "=", _part(k)), why="difference of two expectations"),
            identity(
                name, _SOURCES[k], _one_factor(k), f"source-{name} mu-{k} mu-{k + 1}", "one factor changes, no other"
            ),
        ]
    return tuple(steps)


_STEPS = (
    *(
        define(name + tag, schema, point)
        for point, tag in ((phi, ""), (theta, "-on"))
        for name, schema in (
            ("upto", UPTO),
            ("response", RESPONSE),
            ("term", TERM),
            ("used", USED),
            ("H", GRADIENT),
        )
    ),
    *_measures(),
    *_sources(),
    define("source-clip", Rel(sy.src_clip, "=", _clip), why="the clip factor, under the law of the data"),
    identity("clip", sy.src_clip, _clipped, "source-clip mu-5", "every law is the behaviour's by now"),
    define("source-kl", Rel(sy.src_kl, "=", _kl), why="the KL term, not importance weighted"),
    identity("kl", sy.src_kl, _sum(_kl_shown * sy.kl_grad(tau)), f"source-kl {_laws}", "chain rule of probability"),
    define("bias", Rel(sy.bias_gap, "=", _bias), why="staleness bias"),
    identity(
        "delta",
        sy.bias_gap,
        _total,
        f"bias H H-on used used-on {_laws} clip kl " + " ".join(_NAMES),
        "the differences telescope",
    ),
    assume("ratio", RATIO, phi),
    assume("ratio-on", RATIO, theta, why="on the diagonal the ratio is one"),
    identity(
        "weighted",
        H_map(theta, phi),
        _sum(
            _hybrid(5) * sy.clip_factor(tau, phi) * _value + sy.term_law(tau, phi) * sy.kl_grad(tau),
        ),
        "H upto response term used",
        "collect the token's law and its weight",
    ),
    identity("factorised", H_map(theta, phi), _factorised, "weighted ratio", "the ratio exchanges one factor"),
    identity("no-token", sy.src_tok, sympy.S.Zero, "token ratio ratio-on", "so the current token is no source"),
)


def table(terms: int, values: Mapping[Any, Any], **laws: Mapping[str, Any]) -> Table:
    """A model of this claim's symbols with everything defined computed; what is not given is 1, or no KL term.

    Args:
        terms: number of terms.
        values: by atom.
        laws: by registered name (``d_pre="..."`` etc.), values at theta and at phi: ``{"theta": [...], "phi": [...]}``.
    """
    known: dict[Any, Any] = {sy.N_terms: terms}
    for law in (*FACTORS, sy.tok_law, sy.imp_weight, sy.clip_factor):
        if law is not sy.tok_used:
            given = laws.get(str(law), {})
            for point, name in ((theta, "theta"), (phi, "phi")):
                row = given.get(name, [1] * terms)
                known |= {law(k + 1, point): Fraction(row[k]) for k in range(terms)}
    known |= {sy.kl_grad(k): (0, 0) for k in range(1, terms + 1)} | {sy.len_weight(k): 1 for k in range(1, terms + 1)}
    return filled(known | dict(values), _STEPS, {tau: range(1, terms + 1)})


def bandit(weighted: bool = False) -> Table:
    """Two arms, the first rewarded, no baseline, learner (1/2, 1/2), behaviour (1/4, 3/4), scores of the logits."""
    half, law = Fraction(1, 2), {"theta": [Fraction(1, 2)] * 2, "phi": [Fraction(1, 4), Fraction(3, 4)]}
    weight = {"theta": [1, 1], "phi": [2, Fraction(2, 3)] if weighted else [1, 1]}
    values = {sy.adv(1): 1, sy.adv(2): 0, sy.score_tok(1): (half, -half), sy.score_tok(2): (-half, half)}
    return table(2, values, c_tok=law, omega=weight)


CLAIM = Claim(
    id="hybrid-measures",
    title="Where the bias comes from: hybrid measures",
    kind="exact",
    statement=r"One term $\tau$ of the loss is a prompt, a response of any length, one of its tokens, and the mates."
    r" The law of the data factors into prefix, token, suffix, rewards and lengths of the mates; exchanging them in"
    r" this order for the behaviour policy's, then the clip, gives"
    r" $\delta=\delta^{\mathrm i}+\delta^0+\delta^{\mathrm{ii}}+\delta^{\mathrm{iii}}+\delta^{\mathrm{vi}}"
    r"+\delta^{\mathrm{iv}}+\delta^{\mathrm v}$ exactly, for any vocabulary, lengths, rewards, group and clip. With the"
    r" token ratio $\delta^0=0$ and"
    r" $H=\sum_\tau d^{<}_\tau(\varphi)\,c_\tau(\theta)\,q^{>}_\tau(\varphi)\,g_\tau(\varphi)\,h_\tau(\varphi)\,"
    r"\kappa_\tau(\varphi)A_\tau n_\tau s_\tau$ plus the KL term: the advantage is realised inside the sum, so its sign"
    r" meets the clip before any mean is taken.",
    source="derived here",
    steps=_STEPS,
    conclusions=("delta", *_NAMES, "clip", "kl", "factorised", "no-token"),
    formula=_total,
    necessity={"TOKEN-RATIO": bandit()},
    attained=(bandit(weighted=True),),
)
