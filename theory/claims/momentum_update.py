"""Momentum: the most that the buffer and Nesterov's update can be, after t steps and for every number of steps."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..optimizer_objects import BUFFER, BUFFER_START
from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Norm
from ..symbols import G_grad, buf_at, buf_norm, grad_at, k_step, mom_damp, mom_rate, mom_top, t_opt

_k, _t, _mu = k_step, t_opt, mom_rate
_past = _t - 1
_over = (_k, 0, _t - 2)
_keep = sympy.Abs(1 - mom_damp)
_each = _keep * G_grad / _mu ** (_k + 1)
_top = sympy.Max(1, _keep / (1 - _mu))
_finite = _mu**_past + _keep * (1 - _mu**_past) / (1 - _mu)
_cleared = (1 - _mu) * _mu**_past + _keep * (1 - _mu**_past)  # times 1 - mu
_last, _nesterov = buf_at(_t), grad_at(_t) + _mu * buf_at(_t)
_ages = sympy.Sum(_mu ** (_past - 1 - _k), _over)


def _scaled(k: Any, steps: Any) -> Rel:
    return Rel(buf_norm(k), "=", Norm(buf_at(steps)) / _mu**k)


def _bounded(k: Any) -> Rel:
    return Rel(Norm(grad_at(k)), "<=", G_grad)


BOUNDED = Assumption(
    "GRADIENTS",
    "Bounded gradients",
    r"$\lVert\mathsf{g}_k\rVert\le G_{\mathrm{grad}}$.",
    _bounded,
)
FADING = Assumption("FADING", "Momentum below one", r"$\mu_{\mathrm{mom}}<1$.", lambda: Rel(_mu, "<", 1))


def _run(mu: Fraction, tau: Fraction | int, top: Fraction | int, gradients: list[int]) -> Table:
    """Momentum on gradients g_1, ..., g_t in one dimension; every gradient is at most 1 where nothing is wrong."""
    buffer, steps = [Fraction(gradients[0])], len(gradients)
    for g in gradients[1:]:
        buffer.append(mu * buffer[-1] + (1 - tau) * g)
    values: dict[Any, Any] = {_mu: mu, mom_damp: tau, G_grad: 1, mom_top: top, _t: steps}
    for k, (g, b) in enumerate(zip(gradients, buffer, strict=True)):
        values |= {grad_at(k + 1): (g,), buf_at(k + 1): (b,), buf_norm(k): abs(b) / mu**k}
    values |= {grad_at(_t): (gradients[-1],), buf_at(_t): (buffer[-1],), buf_norm(_past): values[buf_norm(steps - 1)]}
    return Table(values, indices={_k: range(steps - 1)})


_half = Fraction(1, 2)

CLAIM = Claim(
    id="momentum-update",
    title="Momentum: the largest update",
    kind="upper",
    statement=r"Momentum as in torch, $\mathsf{b}_1=\mathsf{g}_1$, $\mathsf{b}_{k+1}=\mu_{\mathrm{mom}}\mathsf{b}_k"
    r"+(1-\tau_{\mathrm{mom}})\mathsf{g}_{k+1}$, $0<\mu_{\mathrm{mom}}<1$,"
    r" gradients of norm at most $G_{\mathrm{grad}}$: after $t$ steps"
    r" $\lVert\mathsf{b}_t\rVert\le G_{\mathrm{grad}}\bigl(\mu_{\mathrm{mom}}^{t-1}+\lvert1-\tau_{\mathrm{mom}}"
    r"\rvert\frac{1-\mu_{\mathrm{mom}}^{t-1}}{1-\mu_{\mathrm{mom}}}\bigr)$, at most $\Gamma_{\mathrm{mom}}"
    r"G_{\mathrm{grad}}$ for every $t$, $\Gamma_{\mathrm{mom}}=\max(1,\lvert1-\tau_{\mathrm{mom}}\rvert"
    r"/(1-\mu_{\mathrm{mom}}))$; Nesterov's update $\mathsf{g}_t+\mu_{\mathrm{mom}}\mathsf{b}_t$ is at most"
    r" $(1+\mu_{\mathrm{mom}}\Gamma_{\mathrm{mom}})G_{\mathrm{grad}}$: without dampening both are at most"
    r" $G_{\mathrm{grad}}/(1-\mu_{\mathrm{mom}})$.",
    source="derived here; conventions of torch.optim.SGD",
    steps=(
        assume("fading", FADING),
        assume("bounded", BOUNDED, _k + 2),
        assume("bounded-1", BOUNDED, sympy.S.One),
        assume("bounded-t", BOUNDED, _t),
        define("start", BUFFER_START),
        define("buffer", BUFFER),
        lemma("same", "equal-norms", buf_at(_k + 2), BUFFER.at().rhs, uses="buffer"),
        lemma("triangle", "triangle", BUFFER.at().rhs),
        lemma("old", "homogeneity", _mu, buf_at(_k + 1)),
        lemma("new", "homogeneity", 1 - mom_damp, grad_at(_k + 2)),
        define("scaled", _scaled(_k, _k + 1), why="norm without its decay"),
        define("scaled-next", _scaled(_k + 1, _k + 2)),
        define("scaled-last", _scaled(_past, _t)),
        define("scaled-first", _scaled(sympy.S.Zero, sympy.S.One)),
        inequality(
            "next",
            Norm(buf_at(_k + 2)),
            "<=",
            _mu * Norm(buf_at(_k + 1)) + _keep * G_grad,
            "same triangle old new bounded",
            "one step",
        ),
        inequality(
            "each", buf_norm(_k + 1) - buf_norm(_k), "<=", _each, "next scaled scaled-next", "without the decay"
        ),
        lemma("telescope", "telescoping", buf_norm, _k, sympy.S.Zero, _past),
        inequality(
            "sum",
            sympy.Sum(buf_norm(_k + 1) - buf_norm(_k), _over),
            "<=",
            sympy.Sum(_each, _over),
            "each",
            "term by term",
        ),
        lemma("geometric", "geometric-sum", _mu, _k, _past),
        lemma("first", "equal-norms", buf_at(1), grad_at(1), uses="start"),
        identity(
            "ages", sympy.Sum(_each, _over) * _mu**_past, _keep * G_grad * _ages, "", "the weights of all gradients"
        ),
        inequality(
            "weights",
            Norm(_last),
            "<=",
            G_grad * (_mu**_past + _keep * _ages),
            "telescope sum ages scaled-last scaled-first first bounded-1",
            "all gradients together",
        ),
        inequality(
            "finite", (1 - _mu) * Norm(_last), "<=", G_grad * _cleared, "weights geometric fading", "in closed form"
        ),
        define("top", Rel(mom_top, "=", _top), uses="fading", why="largest sum of the weights"),
        inequality("at-most", _mu**_past, "<=", 1, "geometric fading", ""),
        inequality("mean", _cleared, "<=", (1 - _mu) * mom_top, "top at-most fading", "a mean of the two options"),
        inequality("every", Norm(_last), "<=", mom_top * G_grad, "finite mean fading", "for every t"),
        lemma("two", "triangle", _nesterov),
        lemma("ahead", "homogeneity", _mu, _last),
        inequality(
            "nesterov", Norm(_nesterov), "<=", (1 + _mu * mom_top) * G_grad, "two ahead every bounded-t", "one ahead"
        ),
    ),
    conclusions=("finite", "every", "nesterov"),
    formula=_top * G_grad,
    formulas={"finite": _finite * G_grad, "nesterov": (1 + _mu * _top) * G_grad},
    necessity={
        "FADING": _run(Fraction(2), 0, 1, [1, 1]),
        "GRADIENTS": _run(_half, 0, 2, [2, 2]),
    },
    attained=(_run(_half, 0, 2, [1, 1, 1]), _run(_half, _half, 1, [1, 1])),
    not_tight="nesterov without dampening is approached as t grows, the ratio is 0.99999 at t = 17 and a momentum of"
    " one half; every is so, too, and reached where the dampening is at least the momentum",
)
