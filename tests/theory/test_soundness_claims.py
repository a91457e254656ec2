"""Attacks on the prover by earlier claims, premises, ranges, contradictions: nothing false comes out as proved.

Every function builds a claim that is false (or would let a false one follow). Either it cannot even be written, or its
verdict is refuted or undecided.
"""
# ruff: noqa: F403, F405

from stalelaw.theory.objects import LIPSCHITZ, SURROGATE

from .attacks import *


@attack
def kinddef():
    return toy("a", inequality("e", eta, "<=", 0), kind="definition")


@attack
def kinddef_used():
    b = toy("b", inequality("e", eta, "<=", Rational(1, 2)), kind="definition")
    return toy("a", earlier("x", b), inequality("e", eta, "<=", 1, "x"))


@attack
def v_leak():
    b = toy("b", lemma("d", "unit-direction", v_unit, theta), lemma("u", "unit-norm", v_unit), concl=("d", "u"))
    return toy("a", earlier("x", b, "d"), earlier("y", b, "d", theta=phi), concl=("x", "y"))


@attack
def dir_self():
    return toy(
        "a",
        lemma("d", "unit-direction", v_unit, -v_unit),
        lemma("u", "unit-norm", v_unit),
        inequality("e", Inner(v_unit, v_unit), "<=", -1, "d u"),
    )


@attack
def inject():
    s = scalar("zz\n(assert (> x0 5.0))", "s", "1", "x")
    return toy("a", inequality("e", s, ">", 5))


@attack
def fake_id():
    real = toy("base", inequality("e", eta, "<=", eta + 1))
    fake = toy("base", inequality("e", eta, "<=", Rational(1, 2)))
    return [real, toy("a", earlier("x", fake), inequality("e", eta, "<=", 1, "x"))]


@attack
def same_assumption_id():
    A = Assumption("A1", "p", "p", lambda: Rel(eta, "<=", 1))
    return toy("a", assume("p", A), inequality("e", eta, "<=", 2, "p"))


@attack
def path_capture():
    return toy("a", lemma("l", "path-fisher", nu_row, v_row(nu_row)))


@attack
def def_collide():
    return toy("a", define("d", Rel(adv(j_mate * (j_mate - 1)), "=", reward(j_mate))))


@attack
def member_range_again():
    f = pi_other
    w = (j_mate, 1, G_group)
    s = scalar("my_tot", "s", "1", "x")
    return toy(
        "a",
        lemma("m", "member", f, j_mate, n_other),
        define("d", Rel(s, "=", Sum(f(i_out), (i_out, 1, n_other)))),
        inequality("q", f(j_mate), "<=", s, "m d"),
        inequality("tw", Sum(f(j_mate), w), "<=", Sum(s, w), "q"),
        inequality("e", Sum(f(j_mate), w), "<=", G_group * s, "tw"),
    )


@attack
def inject_again():
    s = scalar("zz\\n(declare-const x0 Real)(assert (> x0 5.0))\\n;", "s", "1", "x")
    return toy("a", inequality("e", s, ">", 5))


@attack
def inject2():
    s = scalar("zz", "s", "1", "x")
    t = scalar("zzz\\n(assert (> x0 5.0))\\n; ", "s", "1", "x")
    return toy("a", inequality("e", s + t - t / 2, ">", 5 + t / 2))


@attack
def sumpos():
    return toy(
        "a",
        inequality("e", Sum(rho_at(i_out, k_step, phi) + 1, (k_step, 1, s_lag - 5)), ">=", 0),
        inequality("f", s_lag, ">=", 5),
        concl=("e", "f"),
    )


@attack
def sumzero():
    w = (k_step, 1, s_lag)
    return toy("a", inequality("f", 1 / (Sum(Max(rho_at(i_out, k_step, phi), 1), w)), ">", 0))


@attack
def expo():
    return toy("a", inequality("f", sympy.exp(x), ">", 0), inequality("g", sympy.exp(x), ">=", 1 + x), concl=("f", "g"))


@attack
def vecsq():
    return toy("a", inequality("f", theta**2, ">=", 0))


@attack
def norm_vec_div():
    return toy("a", lemma("h", "homogeneity", theta / phi, phi))


@attack
def use_def_L0():
    return toy(
        "a",
        define("z", Rel(L_D, "=", Integer(0))),
        define("y", Rel(L_B, "=", Integer(0))),
        earlier("l", get("behaviour-lipschitz")),
        define("K", LIPSCHITZ),
        inequality("e", Norm(H_map(theta, phi) - H_map(theta, phi2)), "<=", 0, "l K z y"),
    )


@attack
def mv_outside():
    A = Assumption("S", "p", "p", lambda: Rel(Norm(dH(xi, w_dir)), "<=", Lambda_seg * Norm(w_dir)))
    return toy("a", assume("s", A), lemma("m", "mean-value", theta_at(0), phi, uses="s"))


@attack
def unit_dir_dep_free():
    return toy(
        "a",
        lemma("d", "unit-direction", v_unit, H_map(theta, phi)),
        define("q", Rel(phi, "=", theta)),
        concl=("d", "q"),
    )


@attack
def def_after_use_ghost():
    # define a theory symbol that occurs only in premises of an earlier claim
    return toy(
        "a",
        earlier("l", get("behaviour-lipschitz")),
        define("z", Rel(G_ell, "=", L_B)),
        inequality("e", Norm(H_map(theta, phi) - H_map(theta, phi2)), "<=", K_phi * Norm(phi - phi2), "l z"),
    )


@attack
def rulediv():
    s = scalar("my_rd", "s", "1", "x")
    return toy(
        "a", define("d", Rel(s, "=", 1 / x)), identity("e", s * x, Integer(1), "d"), inequality("f", x**2, ">", 0, "e")
    )


@attack
def popo():
    # v arbitrary via unit_norm and row parts
    return toy(
        "a",
        lemma("r", "pythagoras-blocks", v_row(nu_row), nu_row),
        lemma("u", "unit-norm", v_unit),
        inequality("e", Sum(Norm(v_row(nu_row)) ** 2, (nu_row, 1, N_rows)), "=", 1, "r u"),
    )


@attack
def cited():
    return toy("a", inequality("e", eta, "<=", 0), kind="cited")


@attack
def v_leak2():
    b = toy("b", lemma("d", "unit-direction", v_unit, theta), lemma("u", "unit-norm", v_unit), concl=("d", "u"))
    return toy(
        "a",
        lemma("d", "unit-direction", v_unit, phi),
        earlier("x", b, "d"),
        lemma("u", "unit-norm", v_unit),
        lemma("q", "cauchy-schwarz", v_unit, theta + phi),
        inequality("e", Norm(theta) + Norm(phi), "<=", Norm(theta + phi), "d x u q"),
    )


@attack
def sep_schema_contra():
    # two shared definitions of one symbol
    D = Definition("d2", "d", lambda: Rel(K_phi, "=", Integer(0)))
    return toy(
        "a",
        earlier("l", get("behaviour-lipschitz")),
        define("k", D),
        inequality("e", Norm(H_map(theta, phi) - H_map(theta, phi2)), "<=", 0, "l k"),
    )


@attack
def assumption_index_def():
    # a free scalar in an assumption is not an index, but a claim about it is instantiated at an index
    A = Assumption("Z", "z", "z", lambda: Rel(eta, "<=", 1))
    b = toy("b", assume("z", A), inequality("e", eta, "<=", 2, "z"))
    return toy(
        "a",
        earlier("x", b, eta=reward(i_out)),
        inequality("t", Sum(reward(i_out), n), "<=", Sum(Integer(2), n), "x"),
        inequality("e", Sum(reward(i_out), n), "<=", 2 * n_out, "t"),
    )


@attack
def neg_domain():
    b = toy("b", inequality("e", eta, ">", 0))
    return toy("a", earlier("x", b, eta=log_rho))


@attack
def ear_Keta():
    return toy("a", earlier("x", get("behaviour-lipschitz"), K_phi=eta))


@attack
def neg_symbol():
    m = scalar("my_neg", "m", "1", "x", negative=True)
    b = toy("b", identity("e", Abs(m), -m))
    return toy("a", earlier("x", b, my_neg=x), inequality("e", x, "<=", 0, "x"))


@attack
def sign_vacuous():
    A = Assumption("P", "p", "p", lambda: Rel(eta, "<=", 1))
    B = Assumption("Q", "q", "q", lambda: Rel(eta, ">=", 2))
    return toy(
        "a",
        assume("p", A),
        assume("q", B),
        define("d", Rel(S_star, "=", x)),
        inequality("e", x, ">", 0, "d"),
        concl=("e", "p", "q"),
    )


@attack
def shared_after_local():
    return toy(
        "a",
        define("a", Rel(K_phi, "=", eta)),
        define("b", LIPSCHITZ),
        inequality("e", eta, "=", 2 * G_ell * L_D + L_B, "a b"),
    )


@attack
def step_zero():
    z = scalar("my_zero", "m", "1", "x", zero=True)
    b = toy("b", inequality("e", z * x, "<=", 0))
    return toy("a", earlier("x", b, my_zero=Integer(1)))


@attack
def capture_vec():
    b = toy(
        "b",
        define("h", SURROGATE, theta, phi),
        identity("e", H_map(theta, phi), Sum(prob(i_out, phi) * grad_ell(i_out, theta, phi), n), "h"),
    )
    return toy("a", earlier("x", b, theta=u_at(i_out)))


@attack
def lag_of_another_step():
    return toy("a", earlier("x", get("first-order-bias"), "direction", t=t_step + 1))


@attack
def unknown_function():
    return toy("a", inequality("f", sympy.sin(x), "<=", 1))


test_a_false_claim_is_not_proved = nothing_false_is_proved(__name__)
