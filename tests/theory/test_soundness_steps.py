"""Attacks on the prover by directions, definitions, domains, captured indices: nothing false comes out as proved.

Every function builds a claim that is false (or would let a false one follow). Either it cannot even be written, or its
verdict is refuted or undecided.
"""
# ruff: noqa: F403, F405

from stalelaw.theory.assumptions import A1_UPD
from stalelaw.theory.objects import BIAS_CONSTANT, LEARNER

from .attacks import *


@attack
def unit_any():
    return toy("a", lemma("u", "unit-norm", theta))


@attack
def dir_not_symbol():
    return toy(
        "a",
        lemma("a", "unit-direction", u_at(0), theta),
        lemma("b", "unit-direction", u_at(0), phi),
        lemma("c", "unit-norm", u_at(0)),
        concl=("a", "b", "c"),
    )


@attack
def dir_index():
    w = (k_step, 1, n_out)
    S = Sum(u_at(k_step), w)
    return toy(
        "a",
        lemma("d", "unit-direction", v_unit, u_at(k_step)),
        lemma("u", "unit-norm", v_unit),
        lemma("cs", "cauchy-schwarz", v_unit, S),
        inequality("tw", Sum(Norm(u_at(k_step)), w), "<=", Sum(Inner(v_unit, u_at(k_step)), w), "d"),
        inequality("end", Sum(Norm(u_at(k_step)), w), "<=", Norm(S), "tw cs u"),
    )


@attack
def def_index():
    s = scalar("my_s", "s", "1", "x")
    return toy(
        "a",
        define("d", Rel(s, "=", reward(i_out))),
        inequality("tw", Sum(reward(i_out), n), "<=", Sum(s, n), "d"),
        identity("c", Sum(s, n), n_out * s),
        inequality("e", Sum(reward(i_out), n), "<=", n_out * reward(i_out), "tw c d"),
    )


@attack
def def_sign():
    return toy("a", define("d", Rel(S_star, "=", a_plan - b_plan)), inequality("e", a_plan, ">", b_plan, "d"))


@attack
def def_schema_false():
    return toy(
        "a",
        define("d", Definition("q", "q", lambda: Rel(eta, "<=", 0 * eta + Rational(1, 2)))),
        inequality("e", eta, "<=", 1, "d"),
    )


@attack
def def_twice():
    return toy(
        "a",
        define("a", Rel(C_bias, "=", eta)),
        define("b", BIAS_CONSTANT),
        inequality("e", eta, "=", K_phi * G_upd, "a b"),
    )


@attack
def def_lemma_symbol():
    return toy(
        "a",
        define("a", Rel(J_w, "=", Integer(0))),
        lemma("l", "leibniz", i_out),
        inequality("e", Sum(ell(i_out) * dp(i_out) + prob_d(i_out) * dell(i_out), n), "=", 0, "a l"),
    )


@attack
def def_lemma_symbol2():
    return toy(
        "a",
        define("a", Rel(drift_norm, "=", Integer(0))),
        earlier("s", get("score-norm"), "uniform"),
        lemma("l", "log-ratio", uses="s"),
        inequality("e", log_rho, "=", 0, "a l"),
    )


@attack
def def_theory():
    return toy(
        "a", define("d", Rel(J_pop, "=", x)), earlier("j", get("centred-surrogate")), inequality("e", x, "=", 0, "d j")
    )


@attack
def same_def():
    return toy(
        "a",
        define("l", LEARNER),
        define("m", Rel(theta_at(5), "=", theta_at(k_step) + eta * u_at(k_step))),
        concl=("m", "l"),
    )


@attack
def def_div():
    s = scalar("my_s2", "s", "1", "x")
    return toy("a", define("d", Rel(s, "=", 1 / x)), inequality("e", x**2, ">", 0, "d"))


@attack
def lemma_div():
    return toy("a", lemma("h", "homogeneity", 1 / x, theta), inequality("e", x**2, ">", 0, "h"))


@attack
def lemma_root():
    return toy("a", lemma("h", "homogeneity", sqrt(x), theta), inequality("e", x, ">=", 0, "h"))


@attack
def root():
    return toy("a", inequality("a", x + sqrt(x), ">=", sqrt(x)), inequality("e", x, ">=", 0, "a"))


@attack
def karr():
    w = (k_step, 1, s_lag - 5)
    return toy(
        "a",
        assume("u", A1_UPD, k_step),
        inequality("tw", Sum(Norm(u_at(k_step)), w), "<=", Sum(G_upd, w), "u"),
        inequality("e", s_lag, ">=", 5, "tw"),
    )


@attack
def karr2():
    return toy(
        "a",
        inequality(
            "tw",
            Sum(prob(i_out, phi) ** 2, (i_out, 1, s_lag - 5)),
            "<=",
            Sum(prob(i_out, phi) ** 2 + 1, (i_out, 1, s_lag - 5)),
        ),
        inequality("e", s_lag, ">=", 5, "tw"),
    )


@attack
def member_high():
    return toy("a", lemma("m", "member", pi_other, i_out, s_lag))


@attack
def member_eta():
    return toy("a", lemma("m", "member", pi_other, i_out, eta))


@attack
def member_range():
    f = pi_other
    w = (j_mate, 1, G_group)
    return toy(
        "a",
        lemma("m", "member", f, j_mate, n_other),
        inequality("tw", Sum(f(j_mate), w), "<=", Sum(Sum(f(i_out), (i_out, 1, n_other)), w), "m"),
        inequality("e", Sum(f(j_mate), w), "<=", G_group * Sum(f(j_mate), (j_mate, 1, n_other)), "tw"),
    )


@attack
def bound_symbol():
    w = (s_lag, 1, n_out)
    return toy("a", assume("l", LAG), inequality("tw", Sum(s_lag, w), "<=", Sum(S_max, w), "l"))


@attack
def bound_sign():
    w = (s_lag, -3, -1)
    return toy("a", inequality("tw", Sum(Integer(0), w), "<=", Sum(s_lag, w)))


@attack
def tv_psi():
    return toy(
        "a",
        inequality("t", fisher(G_group, psi), "<=", fisher(G_group, psi)),
        lemma("l", "tv-fisher", fisher(G_group, psi), uses="t"),
    )


@attack
def ratio_psi():
    b = rho_at(j_mate, k_tok, psi) * Norm(score_at(j_mate, k_tok, psi))
    return toy("a", inequality("t", b, "<=", b), lemma("l", "ratio-mean-value", j_mate, k_tok, b, uses="t"))


@attack
def rows_capture():
    return toy("a", lemma("l", "distinct-rows", k_tok))


@attack
def rows_capture2():
    return toy("a", lemma("l", "orthogonal-rows", eta, k_tok, theta))


@attack
def telescope_capture():
    f = function("my_f2", "f", "1", "x")
    return toy("a", lemma("l", "telescoping", lambda z: f(z, k_step), k_step, Integer(0), n_out))


@attack
def lip_der():
    now = theta_at(t_step)
    d = H_map(now, phi) - H_map(now, phi2)
    return toy(
        "a",
        define("e", Rel(phi2, "=", phi)),
        identity("z", d, Integer(0) * eta, "e"),
        lemma("n", "equal-norms", d, Integer(0), uses="z"),
        inequality("i", Norm(d), "<=", K_phi * Norm(phi - phi2), "n"),
        lemma("l", "lipschitz-derivative", xi, w_dir, uses="i"),
    )


@attack
def mean_val():
    return toy(
        "a",
        define("e", Rel(Lambda_seg, "=", Norm(dH(xi, w_dir)) / (Norm(w_dir)))),
        inequality("i", Norm(dH(xi, w_dir)), "<=", Lambda_seg * Norm(w_dir), "e"),
        lemma("l", "mean-value", phi_at(t_step), theta_at(t_step), uses="i"),
    )


@attack
def mean_val2():
    return toy(
        "a",
        define("e", Rel(Lambda_seg, "=", Norm(dH(xi, w_dir)))),
        define("w", Rel(w_dir, "=", w_star)),
        lemma("u", "unit-norm", w_dir),
        inequality("i", Norm(dH(xi, w_dir)), "<=", Lambda_seg * Norm(w_dir), "e u"),
        lemma("l", "mean-value", phi_at(t_step), theta_at(t_step), uses="i"),
        concl=("l", "w"),
    )


@attack
def ear_K0():
    return toy("a", earlier("x", get("behaviour-lipschitz"), K_phi=Integer(0)))


@attack
def ear_half():
    return toy("a", earlier("x", get("drift"), eta=eta / 2))


@attack
def ear_neg():
    return toy("a", earlier("x", get("drift"), s_t=-s_lag))


@attack
def ear_capture():
    c = scalar("my_c", "c", "1", "x")
    f = function("my_f", "f", "1", "x")
    base = toy("base", identity("e", Sum(c * f(i_out), n), c * Sum(f(i_out), n)))
    return toy("a", earlier("x", base, my_c=f(i_out)))


@attack
def vacuous():
    A = Assumption("P", "p", "p", lambda: Rel(eta, "<=", 1))
    B = Assumption("Q", "q", "q", lambda: Rel(eta, ">=", 2))
    return toy(
        "a",
        assume("p", A),
        assume("q", B),
        inequality("m", Min(eta - Rational(3, 2), x), "<=", 0, "p"),
        inequality("e", x, "<=", 0, "m q"),
    )


def test_an_index_of_the_left_vector_is_not_the_index_of_the_sum():
    k = (k_step, 1, n_out)
    step = lemma("l", "cauchy-schwarz", u_at(k_step), Sum(u_at(k_step), k))
    assert step.statement.lhs != Abs(Sum(Inner(u_at(k_step), u_at(k_step)), k))


def test_the_same_shape_with_true_statements_is_proved():
    """The attacks fail for their falsity, not for their shape: honest twins are proved."""
    honest = [
        toy(
            "a",
            lemma("h", "homogeneity", 1 / eta, theta),
            inequality("e", Norm(theta / eta), "<=", Norm(theta) / eta, "h"),
        ),
        toy("a", earlier("x", get("drift"), G_upd=2 * G_upd)),
        toy("a", define("d", Rel(S_star, "=", a_plan + b_plan)), inequality("e", S_star, ">", b_plan, "d")),
    ]
    assert [derive([claim])[0].status for claim in honest] == ["proved"] * 3


test_a_false_claim_is_not_proved = nothing_false_is_proved(__name__)
