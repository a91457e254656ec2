"""Attacks on the prover by earlier claims, premises, ranges, contradictions: nothing false comes out as proved.

Every function builds a claim that is false (or would let a false one follow). Either it cannot even be written, or its
verdict is refuted or undecided.
"""
# ruff: noqa: F403, F405

import pytest
import sympy
from stalelaw.theory import symbols as _symbols
from stalelaw.theory.api import *
from stalelaw.theory.derive import derive
from stalelaw.theory.objects import LIPSCHITZ, SURROGATE
from stalelaw.theory.proof.records import Claim as _Claim
from stalelaw.theory.symbols import *
from sympy import Abs, Integer, Max, Rational, Sum

globals().update({k: v for k, v in vars(_symbols).items() if not k.startswith("_")})
ATTACKS = {}
n = (i_out, 1, n_out)
x = log_rho  # real, no declared sign


@pytest.fixture(autouse=True)
def _units_refuse_nothing(monkeypatch):
    """The toy statements mix units at will: here only the engines may refuse them."""
    monkeypatch.setattr("stalelaw.theory.proof.check.audit", lambda claim: [])


def attack(build):
    ATTACKS[build.__name__] = build
    return build


def C(name, *steps, concl=None, kind="upper"):
    found = concl or (steps[-1].id,)
    return _Claim(name, name, kind, "", "", steps=tuple(steps), conclusions=found, not_tight="x")


@attack
def kinddef():
    return C("a", inequality("e", eta, "<=", 0), kind="definition")


@attack
def kinddef_used():
    b = C("b", inequality("e", eta, "<=", Rational(1, 2)), kind="definition")
    return C("a", earlier("x", b), inequality("e", eta, "<=", 1, "x"))


@attack
def v_leak():
    b = C("b", lemma("d", "unit-direction", v_unit, theta), lemma("u", "unit-norm", v_unit), concl=("d", "u"))
    return C("a", earlier("x", b, "d"), earlier("y", b, "d", theta=phi), concl=("x", "y"))


@attack
def dir_self():
    return C(
        "a",
        lemma("d", "unit-direction", v_unit, -v_unit),
        lemma("u", "unit-norm", v_unit),
        inequality("e", Inner(v_unit, v_unit), "<=", -1, "d u"),
    )


@attack
def inject():
    s = scalar("zz\n(assert (> x0 5.0))", "s", "1", "x")
    return C("a", inequality("e", s, ">", 5))


@attack
def fake_id():
    real = C("base", inequality("e", eta, "<=", eta + 1))
    fake = C("base", inequality("e", eta, "<=", Rational(1, 2)))
    return [real, C("a", earlier("x", fake), inequality("e", eta, "<=", 1, "x"))]


@attack
def same_assumption_id():
    A = Assumption("A1", "p", "p", lambda: Rel(eta, "<=", 1))
    return C("a", assume("p", A), inequality("e", eta, "<=", 2, "p"))


@attack
def path_capture():
    return C("a", lemma("l", "path-fisher", nu_row, v_row(nu_row)))


@attack
def def_collide():
    return C("a", define("d", Rel(adv(j_mate * (j_mate - 1)), "=", reward(j_mate))))


@attack
def member_range_again():
    f = pi_other
    w = (j_mate, 1, G_group)
    s = scalar("my_tot", "s", "1", "x")
    return C(
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
    return C("a", inequality("e", s, ">", 5))


@attack
def inject2():
    s = scalar("zz", "s", "1", "x")
    t = scalar("zzz\\n(assert (> x0 5.0))\\n; ", "s", "1", "x")
    return C("a", inequality("e", s + t - t / 2, ">", 5 + t / 2))


@attack
def sumpos():
    return C(
        "a",
        inequality("e", Sum(rho_at(i_out, k_step, phi) + 1, (k_step, 1, s_lag - 5)), ">=", 0),
        inequality("f", s_lag, ">=", 5),
        concl=("e", "f"),
    )


@attack
def sumzero():
    w = (k_step, 1, s_lag)
    return C("a", inequality("f", 1 / (Sum(Max(rho_at(i_out, k_step, phi), 1), w)), ">", 0))


@attack
def expo():
    return C("a", inequality("f", sympy.exp(x), ">", 0), inequality("g", sympy.exp(x), ">=", 1 + x), concl=("f", "g"))


@attack
def vecsq():
    return C("a", inequality("f", theta**2, ">=", 0))


@attack
def norm_vec_div():
    return C("a", lemma("h", "homogeneity", theta / phi, phi))


@attack
def use_def_L0():
    return C(
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
    return C("a", assume("s", A), lemma("m", "mean-value", theta_at(0), phi, uses="s"))


@attack
def unit_dir_dep_free():
    return C(
        "a",
        lemma("d", "unit-direction", v_unit, H_map(theta, phi)),
        define("q", Rel(phi, "=", theta)),
        concl=("d", "q"),
    )


@attack
def def_after_use_ghost():
    # define a theory symbol that occurs only in premises of an earlier claim
    return C(
        "a",
        earlier("l", get("behaviour-lipschitz")),
        define("z", Rel(G_ell, "=", L_B)),
        inequality("e", Norm(H_map(theta, phi) - H_map(theta, phi2)), "<=", K_phi * Norm(phi - phi2), "l z"),
    )


@attack
def rulediv():
    s = scalar("my_rd", "s", "1", "x")
    return C(
        "a", define("d", Rel(s, "=", 1 / x)), identity("e", s * x, Integer(1), "d"), inequality("f", x**2, ">", 0, "e")
    )


@attack
def popo():
    # v arbitrary via unit_norm and row parts
    return C(
        "a",
        lemma("r", "pythagoras-blocks", v_row(nu_row), nu_row),
        lemma("u", "unit-norm", v_unit),
        inequality("e", Sum(Norm(v_row(nu_row)) ** 2, (nu_row, 1, N_rows)), "=", 1, "r u"),
    )


@attack
def cited():
    return C("a", inequality("e", eta, "<=", 0), kind="cited")


@attack
def v_leak2():
    b = C("b", lemma("d", "unit-direction", v_unit, theta), lemma("u", "unit-norm", v_unit), concl=("d", "u"))
    return C(
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
    return C(
        "a",
        earlier("l", get("behaviour-lipschitz")),
        define("k", D),
        inequality("e", Norm(H_map(theta, phi) - H_map(theta, phi2)), "<=", 0, "l k"),
    )


@attack
def assumption_index_def():
    # a free scalar in an assumption is not an index, but a claim about it is instantiated at an index
    A = Assumption("Z", "z", "z", lambda: Rel(eta, "<=", 1))
    b = C("b", assume("z", A), inequality("e", eta, "<=", 2, "z"))
    return C(
        "a",
        earlier("x", b, eta=reward(i_out)),
        inequality("t", Sum(reward(i_out), n), "<=", Sum(Integer(2), n), "x"),
        inequality("e", Sum(reward(i_out), n), "<=", 2 * n_out, "t"),
    )


@attack
def neg_domain():
    b = C("b", inequality("e", eta, ">", 0))
    return C("a", earlier("x", b, eta=log_rho))


@attack
def ear_Keta():
    return C("a", earlier("x", get("behaviour-lipschitz"), K_phi=eta))


@attack
def neg_symbol():
    m = scalar("my_neg", "m", "1", "x", negative=True)
    b = C("b", identity("e", Abs(m), -m))
    return C("a", earlier("x", b, my_neg=x), inequality("e", x, "<=", 0, "x"))


@attack
def sign_vacuous():
    A = Assumption("P", "p", "p", lambda: Rel(eta, "<=", 1))
    B = Assumption("Q", "q", "q", lambda: Rel(eta, ">=", 2))
    return C(
        "a",
        assume("p", A),
        assume("q", B),
        define("d", Rel(S_star, "=", x)),
        inequality("e", x, ">", 0, "d"),
        concl=("e", "p", "q"),
    )


@attack
def shared_after_local():
    return C(
        "a",
        define("a", Rel(K_phi, "=", eta)),
        define("b", LIPSCHITZ),
        inequality("e", eta, "=", 2 * G_ell * L_D + L_B, "a b"),
    )


@attack
def step_zero():
    z = scalar("my_zero", "m", "1", "x", zero=True)
    b = C("b", inequality("e", z * x, "<=", 0))
    return C("a", earlier("x", b, my_zero=Integer(1)))


@attack
def capture_vec():
    b = C(
        "b",
        define("h", SURROGATE, theta, phi),
        identity("e", H_map(theta, phi), Sum(prob(i_out, phi) * grad_ell(i_out, theta, phi), n), "h"),
    )
    return C("a", earlier("x", b, theta=u_at(i_out)))


@attack
def lag_of_another_step():
    return C("a", earlier("x", get("first-order-bias"), "direction", t=t_step + 1))


@attack
def unknown_function():
    return C("a", inequality("f", sympy.sin(x), "<=", 1))


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_a_false_claim_is_not_proved(name):
    try:
        built = ATTACKS[name]()
        verdicts = derive(built if isinstance(built, list) else [built])
    except (ValueError, KeyError, TypeError):
        return  # it cannot even be written
    assert verdicts[-1].status in ("refuted", "undecided")
