"""Printing of expressions and text: known answers by hand, relations as typed, and text that stays text."""

import re

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from stalelaw.theory import symbols as sy
from stalelaw.theory.plain_math import is_plain_math
from stalelaw.theory.proof.records import Rel
from stalelaw.theory.proof.vectors import Inner, Norm
from stalelaw.theory.render.lines import split_tex
from stalelaw.theory.render.mathml import mathml
from stalelaw.theory.render.prose import escape_html, escape_markdown, escape_tex, prose, symbols_in
from stalelaw.theory.render.tex import named, tex, tex_rel

t, s, i, n, G = sy.t_step, sy.s_lag, sy.i_out, sy.n_out, sy.G_upd
now, old = sy.theta_at(t), sy.phi_at(t)
over = (i, 1, n)

BY_HAND = {  # written from the mathematics; the left sides are typed out of order on purpose
    "bias bound": (sy.eta * sy.S_max * sy.C_bias, r"C\,S_{\max}\,\eta"),
    "drift bound": (G * sy.eta * s, r"s_t\,\eta\,G_{\mathrm{upd}}"),
    "constant": (sy.L_B + 2 * sy.L_D * sy.G_ell, r"2G_\ell\,L_D+L_B"),
    "remainder": (
        (sy.S_max * sy.eta * G) ** 2 * sy.M_curv / 2,
        r"\tfrac{1}{2} M\,(S_{\max}\,\eta\,G_{\mathrm{upd}})^{2}",
    ),
    "distance": (Norm(old - now), r"\lVert\theta_{t}-\varphi_{t}\rVert"),
    "from the start": (Norm(sy.theta_at(0) - now), r"\lVert\theta_{t}-\theta_{0}\rVert"),
    "learner": (sy.eta * sy.u_at(sy.k_step) + sy.theta_at(sy.k_step), r"\theta_{k}+\eta\,u_{k}"),
    "index": (sy.theta_at(sy.k_step + 1), r"\theta_{k+1}"),
    "clip": (1 + sy.eps_hi, r"1+\varepsilon_{\mathrm{hi}}"),
    "surrogate": (
        sympy.Sum(sy.prob(i, sy.phi) * sy.grad_ell(i, sy.theta, sy.phi), over),
        r"\sum_{i=1}^{n} p_{i}(\varphi)\,\nabla_\theta\ell_{i}(\theta,\varphi)",
    ),
    "total variation": (
        sympy.Sum(sympy.Abs(sy.prob(i, sy.phi2) - sy.prob(i, sy.phi)), over) / 2,
        r"\tfrac{1}{2} \sum_{i=1}^{n} \lvert p_{i}(\varphi)-p_{i}(\varphi')\rvert",
    ),
    "inner product": (Inner(sy.v_unit, sy.theta), r"\langle v,\theta\rangle"),
    "safe step": (sy.b_max / (sy.S_max * sy.C_bias), r"\frac{b_{\max}}{C\,S_{\max}}"),
    "rule": (
        sympy.Min(sy.b_plan / sy.T_horizon, sy.a_plan / sy.S_sync),
        r"\min\Bigl\{\frac{a}{S},\frac{b}{T}\Bigr\}",
    ),
    "gap": (
        sy.b_plan / (sy.S_sync * sy.T_horizon) * (sy.S_sync - sy.S_star),
        r"\frac{b}{S\,T} (S-S^\ast)",
    ),
    "advantage": ((sy.reward(1) - sy.mean_r) / sy.std_r, r"\frac{r_{1}-m}{\sigma_r}"),
    "radius": (
        sympy.Min(sympy.log(1 + sy.eps_hi), -sympy.log(1 - sy.eps_lo)) / sympy.sqrt(2),
        r"\frac{\min\{\log(1+\varepsilon_{\mathrm{hi}}),-\log(1-\varepsilon_{\mathrm{lo}})\}}{\sqrt{2}}",
    ),
    "power of a log": (sy.log_rho**2, r"(\log\rho)^{2}"),
    "power of a power": (sy.score_sq**2, r"(\lVert\nabla\log\pi(a)\rVert^2)^{2}"),
    "sum as factor": (sy.n_other * sy.G_group, r"G\,(V-1)"),
    "negative sum": (sympy.Sum(-sy.u_at(i), over), r"-\sum_{i=1}^{n} u_{i}"),
    "norm of a sum": (Norm(sympy.Sum(sy.u_at(i), over)), r"\Bigl\lVert\sum_{i=1}^{n} u_{i}\Bigr\rVert"),
    "two indices": (sy.row_gap(sy.nu_row, sy.k_tok), r"\Delta_{\nu k}"),
    "number": (sympy.Rational(-3, 4), r"-\tfrac{3}{4}"),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_expressions_print_as_written_by_hand(name):
    expression, expected = BY_HAND[name]
    assert tex(expression) == expected


def test_relations_print_as_typed():
    assert tex_rel(Rel(sympy.Integer(3), ">", sy.rho)) == r"3 > \rho"
    assert tex_rel(Rel(sy.rho, "<=", sympy.Integer(3))) == r"\rho \le 3"


def test_a_function_is_named_without_its_arguments():
    assert named("H") == "H"
    assert named("fisher") == "I"
    assert not [name for name in sy.TABLE if "#" in named(name)]


def test_an_unregistered_symbol_is_letters_and_nothing_else():
    assert tex(sympy.Symbol(r"\input{x}")) == r"\mathit{\_input\_x\_}"
    assert tex(sympy.Function("$f$")(sy.eta)) == r"\mathit{\_f\_}(\eta)"


def test_lines_break_before_relations_and_signs_outside_brackets():
    assert split_tex(r"a+b = (c+d)-\lVert e+f\rVert") == ("a", "{}+b", "{}= (c+d)", r"{}-\lVert e+f\rVert")
    assert split_tex(r"x \le -y") == ("x", r"{}\le -y")
    assert split_tex(r"i^-+\tau_+ > 1") == ("i^-", r"{}+\tau_+", "{}> 1")
    assert split_tex(r"p_< = a^>") == ("p_<", "{}= a^>")


def test_only_a_long_piece_breaks_inside_round_brackets():
    long = "+".join(["a_{i}b_{i}c_{i}d_{i}e_{i}f_{i}"] * 8)
    assert split_tex(r"\sum_{i=1}^{n} (a+b)") == (r"\sum_{i=1}^{n} (a+b)",)
    pieces = split_tex(rf"\sum_{{i=1}}^{{n}} ({long})")
    assert len(pieces) == 8
    assert "".join(pieces).replace("{}+", "+") == rf"\sum_{{i=1}}^{{n}} ({long})"
    assert len(split_tex(rf"\lVert {long}\rVert")) == 1


def test_symbols_in_prose_become_mathematics():
    shown = "".join(
        f"${p.source}$" if p.math else p.source for p in symbols_in("at most S_max, a gap of phi' from u_t")
    )
    assert shown == r"at most $S_{\max}$, a gap of $\varphi'$ from $u_{t}$"
    assert [p.math for p in symbols_in("a plain phrase, I say")] == [False]


@pytest.mark.parametrize(
    "source",
    [
        r"\def\x{1}",
        r"\input{x}",
        r"\write18{x}",
        r"\href{x}{y}",
        r"\left(x",
        "a^^5cb",
        "{",
        "}{",
        "x\\",
        r"\text{a_b}",
        "é",
        r"\frac",
        r"\frac{1}",
        r"\hat",
        "x_",
        "x__y",
        "a^b^c",
        "x'^2'",
        "x' ^2",
        r"\left)x\right",
        r"\bigl\alpha",
        r"x\limits_i",
        r"x^\frac12",
        r"\text x",
        "{" * 300 + "}" * 300,
    ],
)
def test_only_typesetting_commands_count_as_mathematics(source):
    assert not is_plain_math(source)
    assert not any(part.math for part in prose(f"${source}$"))


@pytest.mark.parametrize("source", [r"\unknowncommand x", "a_", r"\text{<b>bold</b>}", r"\input{x}", "{", "a % b"])
def test_mathematics_that_does_not_convert_is_shown_as_code(source):
    assert mathml(source) == f'<code class="tex">{escape_html(source)}</code>'


@given(st.text())
def test_escapes_leave_no_markup(text):
    latex = escape_tex(text)
    known = r"\\(?:text\w+\{\}|allowbreak\{\}|ldots\{\}|[{}$&#%_])|\$\\\w+\$|`\{\}|\{\}-"
    assert not re.search(r"[\\{}$&#%_^~]", re.sub(known, "", latex))
    assert not re.search(r"[<>\"']", escape_html(text))
    assert not re.search(r"(?<!\\)[`*_|$<>#]", escape_markdown(text).replace("\\\\", ""))


def test_a_very_long_word_may_break():
    assert escape_tex("a" * 40) == "a" * 40
    assert escape_tex("on " + "a" * 41) == "on " + r"\allowbreak{}".join(["a" * 20, "a" * 20, "a"])


@given(st.text(alphabet="ab\\{}$^_% \n"))
def test_prose_is_mathematics_only_where_braces_balance(text):
    for part in prose(text):
        if part.math:
            assert is_plain_math(part.source)
            assert "$" not in part.source
