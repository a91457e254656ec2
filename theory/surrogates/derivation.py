"""From a loss record to its claim: the token weight and the first-order form of d_phi H, each step to be proved.

Nothing here is specific to a loss; what differs between claims comes from the record by differentiation.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import sympy

from .. import symbols as sy
from ..loss_objects import ADVANTAGE_BASE, ADVANTAGE_BINARY, ADVANTAGE_GIVEN, PAIR_SCORE, RATIO_ONE
from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel, Step
from . import calculus as by
from .analysis import Facts, FirstOrder, facts
from .record import Surrogate

__all__ = ["loss_claim"]

CAP = Assumption(
    "CAP",
    "The cap of the importance weight is above one",
    r"$\rho_{\mathrm{hi}}>1$: on the diagonal the weight is not truncated.",
    lambda: Rel(sy.rho_cap, ">", 1),
)

_i = sy.iota
_over = (_i, 1, sy.N_pairs)
_mean = sympy.Sum(sy.prob_pair(_i) * sy.score_pair(_i), _over)
_rewarded = sympy.Sum(sy.prob_pair(_i) * sy.reward_pair(_i) * sy.score_pair(_i), _over)
_through_mates = sympy.Sum(sy.prob_pair(_i) * sy.dadv_pair(_i) * sy.score_pair(_i), _over)
_ADVANTAGES = {"none": ADVANTAGE_GIVEN, "base": ADVANTAGE_BASE, "normaliser": ADVANTAGE_BINARY}
_MATES = {
    "none": sympy.S.Zero,
    "base": sympy.S.Zero,
    "normaliser": sy.slope_w * sy.gradp_w * sy.gradp_h,
}


@cache
def loss_claim(loss: Surrogate) -> Claim:
    """The claim of a loss: its token weight near the diagonal, and the first-order form of its staleness bias.

    Raises:
        ValueError: from ``facts``, when the loss is outside the language.
    """
    found = facts(loss)
    share = loss.token_weight
    if share.has(sy.G_group):
        raise ValueError(f"expected a length weight that is free of G at equal lengths, got {share}")
    head = _head(loss, found.weight)
    ids, capped = [s.id for s in head], any(s.schema is CAP for s in head)
    ratios = [i for i in ids if i.startswith("diagonal-")]
    last = "weight" if "weight" in ids else "gradient"
    law = share * _law(found.first)
    general = law + share * found.first.normaliser * _through_mates
    special = law + share * found.first.normaliser * _MATES[found.mates]
    used = f"leibniz derivative {last} pair-score {' '.join(ratios)}"
    return Claim(
        id=loss.claim_id,
        title=f"{loss.title}: where its staleness bias comes from",
        kind="exact",
        statement=_statement(loss, special),
        source=f"the loss: {loss.source}; the form derived here",
        steps=(
            *head,
            lemma("derivative", "weight-derivative", found.weight, uses=last, why="the behaviour policy moves along w"),
            lemma("leibniz", "leibniz-pairs", share),
            define("pair-score", PAIR_SCORE),
            identity("first-order", sy.dH_h, general, used, "insert, every ratio is one, and collect"),
            *_mates(found.mates, general, special),
        ),
        conclusions=(last, "first-order", *(["conclusion"] if special != general else [])),
        formula=found.weight,
        formulas=_named(found.first, found.mates),
        necessity={CAP.id: _one_token(Fraction(1, 2))} if capped else {},
        attained=(_one_token(Fraction(3, 2)),) if capped else (),
    )


def _head(loss: Surrogate, weight: Any) -> tuple[Step, ...]:
    """From the loss as written to its token weight: the clip does nothing near the diagonal, then differentiate."""
    free, frozen = by.split_frozen(loss.token)
    core, needs = by.inside(free)
    cores = {constant: by.inside(value) for constant, value in frozen.items()}
    names = [by.lift(constant) for constant in frozen]
    steps = [
        define(f"frozen-{n}", Rel(by.lift(constant), "=", by.lift(value)), why="the value behind a stop-gradient")
        for n, (constant, value) in enumerate(frozen.items(), 1)
    ]
    steps.append(define("loss", Rel(sy.loss_pair(_i), "=", by.lift(free)), why="loss of a token, to be maximised"))
    ratios = weight.free_symbols.union(*(e.free_symbols for e, *_ in _all(needs, cores)))
    for v in sorted(ratios & set(by.VARIABLES), key=str):
        if by.VARIABLES[v].diagonal is not None:
            steps.append(define(f"diagonal-{v}", RATIO_ONE, by.lift(v)))
    if any(edge.has(sy.rho_cap) for *_, edge in _all(needs, cores)):
        steps.append(assume("cap", CAP))
    inside: dict[tuple[Any, str, Any], str] = {}
    for expression, op, edge in dict.fromkeys(_all(needs, cores)):
        name = inside[expression, op, edge] = f"inside-{len(inside) + 1}"
        uses = [s.id for s in steps if s.id.startswith("diagonal-") or (s.id == "cap" and edge.has(sy.rho_cap))]
        steps.append(inequality(name, by.lift(expression), op, edge, uses, "the clip is not active on the diagonal"))  # type: ignore[arg-type]
    known = "loss"
    if needs:
        known = "unclipped"
        uses = ["loss", *(inside[n] for n in needs)]
        steps.append(inequality(known, sy.loss_pair(_i), "=", by.lift(core), uses, "wherever the clip is not active"))
    uses = [known, *(inside[n] for n in needs)]
    steps.append(lemma("gradient", "loss-gradient", core, sy.loss_pair(_i), *names, uses=uses))
    if not frozen:
        return tuple(steps)
    values = ["gradient"]
    for n, (constant, (value, inner)) in enumerate(cores.items(), 1):
        values.append(f"value-{n}" if inner else f"frozen-{n}")
        if inner:
            uses = [f"frozen-{n}", *(inside[need] for need in inner)]
            steps.append(
                inequality(values[-1], by.lift(constant), "=", by.lift(value), uses, "wherever the clip is not active")
            )
    steps.append(identity("weight", sy.weight_pair(_i), by.lift(weight), values, "a frozen value still is its value"))
    return tuple(steps)


def _one_token(cap: Fraction) -> Table:
    """One response of one token on the diagonal, advantage 1: its token weight is the smaller of 1 and the cap."""
    weight = min(Fraction(1), cap)
    pair: dict[Any, Fraction | int] = {sy.prob_pair: 1, sy.adv_pair: 1, sy.rho_pair: 1, sy.logp_pair: -1}
    pair |= {sy.FROZEN_PAIR[0]: weight, sy.loss_pair: -weight, sy.weight_pair: weight, sy.logp_seq_pair: -1}
    pair |= dict.fromkeys((sy.seq_pair, sy.geo_pair, sy.prox_pair, sy.beh_pair), 1)
    pair |= dict.fromkeys((sy.dprob_pair, sy.dadv_pair, sy.dweight_pair, sy.reward_pair, sy.score_pair), 0)
    pair |= dict.fromkeys((sy.pre_pair, sy.cur_pair, sy.suf_pair), 0)
    values = {sy.N_pairs: 1, sy.L_len: 1, sy.rho_cap: cap, sy.dH_h: 0, sy.gradp_h: 0, sy.gradp_w: 0}
    values |= {sy.slope_a0: 0, sy.slope_w: 0, sy.dbase_w: 0, **{f(1): value for f, value in pair.items()}}
    return Table(values, indices={_i: range(1, 2)})


def _all(needs: Any, cores: Any) -> list[tuple[Any, str, Any]]:
    return [*needs, *(n for _, inner in cores.values() for n in inner)]


def _law(first: FirstOrder) -> Any:
    """The sum over pairs that comes from the laws of prefix, token and suffix."""
    scores = (sy.pre_pair(_i), sy.cur_pair(_i), sy.suf_pair(_i))
    moved = sum((c * s for c, s in zip((first.prefix, first.current, first.suffix), scores, strict=True)), sympy.S.Zero)
    penalty = sum((by.lift(c) * s for c, s in zip(first.penalty, scores, strict=True)), sympy.S.Zero)
    bracket = sympy.factor_terms(sy.adv_pair(_i) * moved) + sympy.factor_terms(penalty)
    if bracket == 0:
        return sympy.S.Zero
    return sympy.Sum(sy.prob_pair(_i) * bracket * sy.score_pair(_i), _over)


def _mates(kind: str, general: Any, special: Any) -> tuple[Step, ...]:
    """The part that comes through the mates, for the advantage of the record."""
    if special == general:
        return ()
    advantage = define("advantage", _ADVANTAGES[kind])
    if kind == "none":
        return (advantage, identity("conclusion", sy.dH_h, special, "first-order advantage", "nothing else moves"))
    mean = lemma("score-mean", "score-mean-zero", _mean)
    if kind == "base":
        moved = identity("mates", _through_mates, -sy.dbase_w * _mean, "advantage", "one baseline for all responses")
        uses = "first-order mates score-mean"
        return advantage, mean, moved, inequality("conclusion", sy.dH_h, "=", special, uses, "a baseline drops out")
    gradient = define("gradient-p", Rel(sy.gradp_h, "=", _rewarded), why="policy gradient of the success probability")
    value = sy.gradp_w * (sy.slope_a0 * _mean + sy.slope_w * sy.gradp_h)
    moved = identity("mates", _through_mates, value, "advantage gradient-p", "split by the reward")
    uses = "first-order mates score-mean"
    return advantage, mean, gradient, moved, inequality("conclusion", sy.dH_h, "=", special, uses, "put together")


def _named(first: FirstOrder, mates: str) -> dict[str, Any]:
    """The first-order coefficients under the names of the sources."""
    normaliser = first.normaliser * (sy.slope_w if mates == "normaliser" else 0)
    named = {"current": first.current, "prefix": first.prefix, "suffix": first.suffix, "normaliser": normaliser}
    if any(first.penalty):
        named |= dict(zip(("penalty_prefix", "penalty_current", "penalty_suffix"), first.penalty, strict=True))
    return named


def _statement(loss: Surrogate, special: Any) -> str:
    """The claim for readers."""
    from ..render.tex import tex

    fixed = loss.length in ("own", "group") or facts(loss).weight.has(sy.L_len)
    lengths = "responses of $L$ tokens" if fixed else "responses of any length"
    rewards = ", binary rewards" if facts(loss).mates == "normaliser" else ""
    return (
        rf"Near $\varphi=\theta$ the token weight is $\gamma={tex(facts(loss).weight)}$. On the diagonal, for one"
        rf" prompt{rewards} and {lengths}, ${tex(sy.dH_h)}={tex(special)}$ for all directions $w,h$."
        + (_several_lengths(facts(loss)) if fixed else "")
    )


def _several_lengths(found: Facts) -> str:
    """What holds for responses of several lengths, from the same coefficients."""
    if any(found.first.penalty) or found.first.normaliser == 0:
        return ""
    from ..render.tex import tex

    prefix, token = (sympy.expand(c / found.first.normaliser) for c in (found.first.prefix, found.first.current))
    lengths = f"${tex(sy.part_len)}$ from the mates' lengths" if found.length_mates else f"${tex(sy.part_len)}=0$"
    powers = rf"${tex(sy.sigma_cur)}={tex(prefix - token)}$, ${tex(sy.sigma_pair(_i))}={tex(1 - prefix)}$"
    return f" Responses of several lengths: claim first-order-lengths with {powers}, and {lengths}."
