"""Named lemmas on responses under hybrid laws: one token drawn by the learner theta, all others by the behaviour phi.

The index ``o`` of the statements runs over the (response, token) pairs of one prompt; see ``symbols.response``.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any, Literal

import sympy
from sympy.core.function import AppliedUndef

from .. import symbols as sy
from ..proof.normal_form import atoms_of, dummy_for
from ..proof.records import Rel
from ..proof.vectors import Norm
from ..symbols import INDICES
from . import hybrid_probes as probes
from .registry import LemmaInstance, register_lemma
from .softmax import square

_o, _y, _nu = sy.o_tok, sy.y_ans, sy.nu_row
_tokens, _responses, _rows = (_o, 1, sy.N_tok), (_y, 1, sy.N_ans), (_nu, 1, sy.N_rows)


def _sum(term: Any, over: Any) -> Any:
    return sympy.Sum(term, over)


def _prompt(*arguments: Any) -> None:
    """Nothing in the arguments of a lemma is bound by its sums over tokens, responses and rows.

    Raises:
        ValueError: an index would be captured.
    """
    caught = {s for a in arguments for s in sympy.sympify(a).free_symbols} & {_o, _y, _nu}
    if caught:
        raise ValueError(f"the indices {caught} are bound in the lemma")


@register_lemma(
    "weighted-cauchy-schwarz",
    "Cauchy-Schwarz with weights",
    r"$\big(\sum_ih_ia_ib_i\big)^2\le\sum_ih_ia_i^2\,\sum_ih_ib_i^2$ for $h_i\ge0$.",
    "Steele, The Cauchy-Schwarz Master Class (2004), ch. 1",
    probes.probe_weighted,
)
def weighted_cauchy_schwarz(h: Any, a: Any, b: Any, over: Any) -> LemmaInstance:
    """``(sum h a b)^2 <= (sum h a^2) (sum h b^2)``.

    Raises:
        ValueError: h is not evidently nonnegative, or the sum runs over no index.
    """
    if not h.is_nonnegative or over[0] not in INDICES:
        raise ValueError(f"expected a weight known to be nonnegative and an index, got {h} and {over[0]}")
    return LemmaInstance(Rel(_sum(h * a * b, over) ** 2, "<=", _sum(h * a**2, over) * _sum(h * b**2, over)))


@register_lemma(
    "score-martingale",
    "Scores are martingale differences",
    r"Given the tokens before it, a token's score has mean zero under the law that draws it; so every score"
    r" and every product of scores of two different tokens has mean zero, whatever draws the other tokens.",
    "Williams, Probability with Martingales (1991), 12.1; the derivative of a probability vector sums to zero",
    probes.probe_scores,
)
def score_martingale(kind: str, x: Any) -> LemmaInstance:
    """Zero mean of the token's score (``this``), of the others', of their product (``both``), of the ``response``."""
    _prompt(x)
    h, s, t = sy.hyb(x, _o), sy.s_this(x, _o, sy.a_dir), sy.t_others(x, _o)
    totals = {
        "this": _sum(h * s, _tokens),
        "others": _sum(h * t, _tokens),
        "both": _sum(h * s * t, _tokens),
        "response": _sum(sy.law(x, _y) * sy.s_ans(x, _y, sy.b_dir), _responses),
    }
    return LemmaInstance(Rel(totals[kind], "=", 0))


@register_lemma(
    "total-mass",
    "Probabilities sum to one",
    r"$\sum_y\pi_{xy}=1$; the weights $h_{xo}$ are one probability law of the response for each of the $L$ places of"
    r" the learner's token, so $\sum_oh_{xo}=L$.",
    "Kolmogorov's axioms; Durrett, Probability: Theory and Examples (2019), 1.1",
    probes.probe_mass,
)
def total_mass(kind: str, x: Any) -> LemmaInstance:
    """``sum h = L`` (``tokens``) or ``sum law = 1`` (``responses``)."""
    _prompt(x)
    if kind == "tokens":
        return LemmaInstance(Rel(_sum(sy.hyb(x, _o), _tokens), "=", sy.L_len))
    return LemmaInstance(Rel(_sum(sy.law(x, _y), _responses), "=", 1))


@register_lemma(
    "path-variance",
    "Variance of a sum of scores along a path",
    r"Cross terms vanish and the law of total expectation sorts by the row that is passed:"
    r" $\sum_oh_{xo}s_{xo}^2=\sum_\nu d_{x\nu}\mathrm{Var}_{x\nu}$, and likewise for the other tokens (with $d'$) and"
    r" for the whole response.",
    "orthogonality of martingale differences; Williams, Probability with Martingales (1991), 12.1",
    probes.probe_path,
)
def path_variance(kind: str, x: Any) -> LemmaInstance:
    """Second moment of the token's score (``this``), of the others' sum (``others``), of the ``response``'s score."""
    _prompt(x)
    u, v = sy.a_dir, sy.b_dir
    by_phi = sy.var_row(x, _nu, v, sy.phi)
    cases = {
        "this": (
            _sum(sy.hyb(x, _o) * sy.s_this(x, _o, u) ** 2, _tokens),
            sy.reach(x, _nu) * sy.var_row(x, _nu, u, sy.theta),
        ),
        "others": (_sum(sy.hyb(x, _o) * sy.t_others(x, _o) ** 2, _tokens), sy.reach_other(x, _nu) * by_phi),
        "response": (
            _sum(sy.law(x, _y) * sy.s_ans(x, _y, v) ** 2, _responses),
            sy.reach(x, _nu) * by_phi,
        ),
    }
    left, each = cases[kind]
    return LemmaInstance(Rel(left, "=", _sum(each, _rows)))


@register_lemma(
    "row-visits",
    "A response passes a row at most once",
    r"$d_\nu\le1$ and $d_{x\nu}\le1$; a row belongs to one token place, so it is passed under at most $L-1$ laws whose"
    r" learner's token is at another place: $d'_{x\nu}\le L-1$.",
    "Kolmogorov's axioms; Durrett, Probability: Theory and Examples (2019), 1.1",
    probes.probe_visits,
)
def row_visits(visits: Any) -> LemmaInstance:
    """``visit <= 1`` (the weight of the prompt is a factor of it), ``reach <= 1`` or ``reach_other <= L - 1``.

    Raises:
        ValueError: another function.
    """
    most = {sy.visit: sympy.S.One, sy.reach: sympy.S.One, sy.reach_other: sy.L_len - 1}
    if getattr(visits, "func", None) not in most:
        raise ValueError(f"expected one of {[str(f) for f in most]}, got {visits}")
    return LemmaInstance(Rel(visits, "<=", most[visits.func]))


@register_lemma(
    "pythagoras-blocks",
    "Pythagoras over blocks of coordinates",
    r"$\sum_\nu\lVert v_{x\nu}\rVert^2=\lVert v_x\rVert^2$ over the rows of a prompt, $\sum_x\lVert v_x\rVert^2="
    r"\lVert v\rVert^2$ over the prompts, $\sum_\nu\lVert v_\nu\rVert^2=\lVert v\rVert^2$ over the rows of all"
    r" prompts.",
    "Halmos, Finite-Dimensional Vector Spaces (1958), par. 62",
    probes.probe_blocks,
)
def pythagoras_blocks(part: Any, index: Any) -> LemmaInstance:
    """Squared parts summed: ``part_row`` over the rows of a prompt, ``part_x`` over the prompts, ``v_row`` over all.

    Raises:
        ValueError: another part or index, or an index that would be captured.
    """
    func, args = part.func, part.args
    if func == sy.v_row and args == (index,):
        end, whole = sy.N_rows, sy.v_unit
    elif func == sy.part_row and index == _nu == args[1]:
        end, whole = sy.N_rows, sy.part_x(args[0], args[2])
    elif func == sy.part_x and index == args[0]:
        end, whole = sy.N_prompts, args[1]
    else:
        raise ValueError(f"expected the part of a row or of a prompt and its index, got {part} and {index}")
    if index not in INDICES or whole.has(index) or part.count(index) != 1:
        raise ValueError(f"expected an index that the whole does not contain, got {index} and {whole}")
    return LemmaInstance(Rel(_sum(square(part), (index, 1, end)), "=", square(whole)))


@register_lemma(
    "product-rule",
    "Product and chain rule under a finite sum",
    r"Sums, products and $w_G(p)$ are differentiated along $\mathbf{v}$ in the behaviour slot; the derivative of a"
    r" probability is itself times the sum of the scores of the tokens that $\varphi$ draws.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorems 5.3 and 5.5",
    probes.probe_product,
)
def product_rule(kind: str, value: Any, rule: Any, direction: Any) -> LemmaInstance:
    """Derivative of ``value = rule`` along a direction of phi; ``kind`` names the value: p, advantage or H.

    Raises:
        ValueError: the right side holds a function whose derivative is not known here.
    """
    x = value.args[0]
    _prompt(x, direction)
    dp, inner = sy.dp_x(x, direction), sy.p_x(x)
    slopes: dict[Any, Any] = {inner: dp, sy.weight(inner): sy.d_weight(inner) * dp, sy.A_tok(x, _o): sy.dA_tok(x, _o)}
    slopes |= {sy.hyb(x, _o): sy.hyb(x, _o) * sy.t_others(x, _o)}
    slopes |= {sy.law(x, _y): sy.law(x, _y) * sy.s_ans(x, _y, direction)}
    still = (sy.s_this, sy.r_tok, sy.r_ans)
    total: Any = sympy.S.Zero
    for part in sympy.Add.make_args(rule):
        sums = part.atoms(sympy.Sum)
        body = next(iter(sums)).function if sums else part
        names = {atom: dummy_for(atom) for atom in atoms_of(body)}
        moving = [atom for atom in names if isinstance(atom, AppliedUndef) and atom.func not in still]
        if unknown := set(moving) - set(slopes):
            raise ValueError(f"no derivative of {unknown} is known here")
        flat, back = body.xreplace(names), {name: atom for atom, name in names.items()}
        change: Any = sympy.Add(*(sympy.diff(flat, names[a]).xreplace(back) * slopes[a] for a in moving))
        total += part.xreplace({total: _sum(change, total.limits[0]) for total in sums}) if sums else change
    left = {"p": dp, "advantage": sy.dA_tok(x, _o), "H": sy.D_x(x)}[kind]
    if value.func != {"p": sy.p_x, "advantage": sy.A_tok, "H": sy.Hu_x}[kind] or (
        direction != sy.b_dir and kind != "p"
    ):
        raise ValueError(f"expected the value named {kind}, got {value}")
    return LemmaInstance(Rel(left, "=", total), (Rel(value, "=", rule),), (sy.theta, sy.phi))


@register_lemma(
    "mixed-prompt",
    "Both rewards occur",
    r"$0<p_x<1$: a softmax gives every response a positive probability, and $x$ runs over the prompts with responses of"
    r" both rewards; at the others every advantage is zero.",
    "exp is positive; Rudin, Principles of Mathematical Analysis (1976), Theorem 8.6",
    probes.probe_mixed,
)
def mixed_prompt(op: Literal["<", ">"], x: Any) -> LemmaInstance:
    """``p_x > 0`` or ``p_x < 1``."""
    return LemmaInstance(Rel(sy.p_x(x), op, 0 if op == ">" else 1))


@register_lemma(
    "by-responses",
    "Sum by responses",
    r"For $\theta=\varphi$ every weight $h_{xo}$ is the probability of the response, so a sum over (response, token)"
    r" pairs is a sum over responses of the sum over its tokens.",
    "distributive law; Graham, Knuth and Patashnik, Concrete Mathematics (1994), 2.4",
    probes.probe_regroup,
)
def by_ansonses(kind: str, x: Any, whole: Any) -> LemmaInstance:
    """``sum_o h s f = sum_y law S^u f`` for f = r (``reward``) or f = (r - 1/2) times the whole score."""
    _prompt(x)
    h, s = sy.hyb(x, _o), sy.s_this(x, _o, sy.a_dir)
    law, total = sy.law(x, _y), sy.s_ans(x, _y, sy.a_dir)
    half = sympy.Rational(1, 2)
    f, g = sy.r_tok(x, _o), sy.r_ans(x, _y)
    needs = (Rel(sy.theta, "=", sy.phi),)
    if kind == "score":
        if whole != sy.t_all(x, _o):
            raise ValueError(f"expected the score of the whole response, got {whole}")
        needs += (Rel(whole, "=", sy.t_others(x, _o) + sy.s_this(x, _o, sy.b_dir)),)
        f, g = whole * (f - half), sy.s_ans(x, _y, sy.b_dir) * (g - half)
    equal = Rel(_sum(h * s * f, _tokens), "=", _sum(law * total * g, _responses))
    return LemmaInstance(equal, needs)


@register_lemma(
    "operator-mean-value",
    "A bounded derivative makes a Lipschitz map",
    r"If $\lvert\langle\partial_\varphi H[\mathbf{v}],\mathbf{u}\rangle\rvert\le K\lVert\mathbf{u}\rVert"
    r"\lVert\mathbf{v}\rVert$ for all directions, everywhere on the segment, then $H(\theta,\cdot)$ is $K$-Lipschitz.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorem 9.19",
    probes.probe_operator,
)
def operator_mean_value(bound: Any, derivative: Any) -> LemmaInstance:
    """``|H(theta, phi) - H(theta, phi')| <= K |phi - phi'|`` when K bounds the derivative at every phi."""
    if derivative != sy.D_all:
        raise ValueError(f"expected the derivative of H for two directions, got {derivative}")
    if bound.has(sy.a_dir) or bound.has(sy.b_dir) or bound.free_symbols & INDICES:
        raise ValueError(f"expected a bound that holds for all directions and prompts, got {bound}")
    operator = Rel(sympy.Abs(derivative), "<=", bound * Norm(sy.a_dir) * Norm(sy.b_dir))
    gap = Norm(sy.H_map(sy.theta, sy.phi) - sy.H_map(sy.theta, sy.phi2))
    x = sy.x_prompt
    mean = Rel(derivative, "=", _sum(sy.P_prompt(x) * sy.D_x(x), (x, 1, sy.N_prompts)))
    return LemmaInstance(Rel(gap, "<=", bound * Norm(sy.phi - sy.phi2)), (operator, mean), (sy.a_dir, sy.b_dir))
