"""Every scalar symbol of the theory: SymPy assumptions, unit, TeX and meaning. The only place a symbol is made.

Units are products of ``param`` (parameter norm), ``lr`` (learning rate) and ``step`` (learner = optimizer steps); ``1``
is dimensionless. A learner step moves the parameters by ``eta * u``, so ``u`` carries ``param/(lr*step)``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

__all__ = ["INDICES", "TABLE", "SymbolRecord", "Vec", "function", "index", "is_vector", "record", "scalar", "vector"]


class Vec(sympy.Symbol):
    """A symbol that stands for a vector of the parameter space (or its dual)."""


@dataclass(frozen=True)
class SymbolRecord:
    """One symbol and what it means; ``symbol.name`` is its key in ``TABLE`` and its keyword in float64 callables.

    ``tex`` of a function contains ``#1``, ``#2``, ... where its arguments go; ``tex_norm`` style overrides live in
    ``theory.render``.
    """

    symbol: Any
    tex: str
    unit: str
    meaning: str
    is_vector: bool = False


TABLE: dict[str, SymbolRecord] = {}
INDICES: set[sympy.Symbol] = set()


def scalar(name: str, tex: str, unit: str, meaning: str, **assumptions: bool) -> sympy.Symbol:
    """Register a scalar symbol and return it.

    Args:
        name: key and keyword, unique in the whole theory.
        tex: how it is typeset.
        unit: product of ``param``, ``lr``, ``step`` with ``*``, ``/`` and ``**``; ``1`` for pure numbers.
        meaning: one phrase for the notation table.
        assumptions: ``positive``, ``nonnegative`` or ``integer`` set to True; real is always added.

    Raises:
        ValueError: the name is taken with another meaning (one symbol, one meaning), or the engines do not know the
            assumption.
    """
    unknown = set(assumptions) - {"positive", "nonnegative", "integer"}
    if unknown or not all(assumptions.values()):
        raise ValueError(f"expected positive, nonnegative or integer set to True, got {assumptions}")
    return _register(SymbolRecord(sympy.Symbol(name, **({"real": True} | assumptions)), tex, unit, meaning))


def vector(name: str, tex: str, unit: str, meaning: str) -> Vec:
    """Register a vector of the parameter space; same arguments and errors as ``scalar``."""
    return _register(SymbolRecord(Vec(name), tex, unit, meaning, is_vector=True))


def function(
    name: str, tex: str, unit: str, meaning: str, *, is_vector: bool = False, nonnegative: bool = False
) -> Any:
    """Register a function of outcomes, steps or parameter points; ``tex`` places its arguments at ``#1``, ``#2``, ...

    Scalar functions are real, on request nonnegative; vector functions take values in the parameter space.
    """
    assumptions = {} if is_vector else {"real": True} | ({"nonnegative": True} if nonnegative else {})
    return _register(SymbolRecord(sympy.Function(name, **assumptions), tex, unit, meaning, is_vector=is_vector))


def index(name: str, tex: str, meaning: str) -> sympy.Symbol:
    """Register a bound index; a statement with a free index holds for every value in the range of the sums over it."""
    symbol = scalar(name, tex, "1", meaning, integer=True)
    INDICES.add(symbol)
    return symbol


def record(symbol: Any) -> SymbolRecord:
    """Return the record of a registered symbol, function or applied function.

    Raises:
        KeyError: it was not registered here.
    """
    return TABLE[symbol.func.__name__ if isinstance(symbol, AppliedUndef) else str(symbol)]


def is_vector(expression: Any) -> bool:
    """Whether an atom (symbol or applied function) is vector valued."""
    if isinstance(expression, AppliedUndef):
        return TABLE[expression.func.__name__].is_vector
    return isinstance(expression, Vec)


def _register(new: SymbolRecord) -> Any:
    name = str(new.symbol)
    if re.fullmatch(r"[A-Za-z]\w*", name) is None:
        raise ValueError(f"expected a name of letters, digits and _, got {name!r}")
    if TABLE.setdefault(name, new) != new:
        raise ValueError(f"symbol {name!r} is already registered as {TABLE[name].meaning!r}; choose another name")
    return TABLE[name].symbol


# --- the run -------------------------------------------------------------------------------------------------------
eta = scalar("eta", r"\eta", "lr", "learning rate", positive=True)
S_sync = scalar("S", "S", "step", "sync interval: one behaviour policy feeds S learner steps", positive=True)
S_max = scalar(
    "S_max", r"S_{\max}", "step", "largest rollout lag, at least 1 (on-policy, lag 0, has no bias)", positive=True
)
s_lag = scalar("s_t", "s_t", "step", "rollout lag at learner step t", integer=True, nonnegative=True)
t_step = scalar("t", "t", "step", "learner step", integer=True, nonnegative=True)
k_step = index("k", "k", "running learner step")
T_horizon = scalar("T", "T", "step", "horizon: number of learner steps", positive=True)
G_upd = scalar("G_upd", r"G_{\mathrm{upd}}", "param/(lr*step)", "bound on the norm of one update u_t", positive=True)

# --- the smoothness constants --------------------------------------------------------------------------------------
G_ell = scalar("G_ell", r"G_\ell", "1/param", "bound on the per-sample loss gradient (A1)", positive=True)
L_D = scalar("L_D", r"L_D", "1/param", "total-variation Lipschitz constant of D (A2)", nonnegative=True)
L_B = scalar("L_B", r"L_B", "1/param**2", "Lipschitz constant of the loss gradient in phi (A3)", nonnegative=True)
K_phi = scalar("K_phi", r"K_\varphi", "1/param**2", "Lipschitz constant of H in phi (0 is trivial)", positive=True)
C_bias = scalar(
    "C_bias", "C", "1/(param*lr*step)", "staleness-bias constant K_phi * G_upd (0 is trivial)", positive=True
)
M_curv = scalar("M", "M", "1/param**3", "bound on the second derivative of H in phi on the segment", nonnegative=True)
b_max = scalar("b_max", r"b_{\max}", "1/param", "tolerated bias norm", positive=True)

# --- the stability region ------------------------------------------------------------------------------------------
R_batch = scalar("R_batch", r"R_{\mathrm{batch}}", "param", "radius inside which no token is clipped", positive=True)
R_crit = scalar("R_crit", r"R_{\mathrm{crit}}", "param", "drift below which no collapse occurs", positive=True)
a_plan = scalar("a", "a", "lr*step", "planning constant R_batch / G_upd", positive=True)
b_plan = scalar("b", "b", "lr*step", "planning constant R_crit / G_upd", positive=True)
S_star = scalar("S_star", r"S^\ast", "step", "crossover staleness", positive=True)

# --- the surrogate -------------------------------------------------------------------------------------------------
G_group = scalar("G", "G", "1", "group size: responses per prompt", integer=True, positive=True)
L_len = scalar("L", "L", "1", "response length in tokens", integer=True, positive=True)
eps_hi = scalar("eps_hi", r"\varepsilon_{\mathrm{hi}}", "1", "upper clip width of the ratio", positive=True)
clip_lo = scalar("clip_lo", r"(1-\varepsilon_{\mathrm{lo}})", "1", "lower edge of the clip, above 0", positive=True)
eps_lo = scalar("eps_lo", r"\varepsilon_{\mathrm{lo}}", "1", "lower clip width of the ratio", positive=True)

# --- points, outcomes and the objects of the theory ----------------------------------------------------------------
theta = vector("theta", r"\theta", "param", "learner parameters")
phi = vector("phi", r"\varphi", "param", "behaviour (rollout) parameters")
phi2 = vector("phi2", r"\varphi'", "param", "another behaviour point")
v_unit = vector("v", "v", "1", "unit vector along the difference under study")
n_out = scalar("n", "n", "1", "number of outcomes z_1..z_n, any finite size", integer=True, positive=True)
i_out = index("i", "i", "outcome")
theta_at = function("theta_at", r"\theta_{#1}", "param", "learner parameters after #1 learner steps", is_vector=True)
phi_at = function("phi_at", r"\varphi_{#1}", "param", "behaviour parameters at learner step #1", is_vector=True)
u_at = function(
    "u_at", "u_{#1}", "param/(lr*step)", "update at learner step #1 (whole displacement / eta)", is_vector=True
)
delta_at = function("delta_at", r"\delta_{#1}", "1/param", "staleness bias of the gradient at step #1", is_vector=True)
prob = function("p", "p_{#1}(#2)", "1", "probability of outcome z_#1 under D(#2)", nonnegative=True)
grad_ell = function(
    "grad_ell", r"\nabla_\theta\ell_{#1}(#2,#3)", "1/param", "loss gradient at z_#1 in its theta slot", is_vector=True
)
H_map = function("H", "H(#1,#2)", "1/param", "surrogate-gradient mapping, the first partial of F", is_vector=True)
TV = function("TV", r"\mathrm{TV}(D(#1),D(#2))", "1", "total variation (half the L1 distance)", nonnegative=True)
xi = vector("xi", r"\xi", "param", "any point of the segment between theta_t and phi_t")
w_dir = vector("w", "w", "param", "any displacement in parameter space")
xi_star = vector("xi_star", r"\xi^\ast", "param", "point of the segment at which the supremum Lambda is attained")
w_star = vector("w_star", r"w^\ast", "1", "unit direction at which the supremum Lambda is attained")
dH = function(
    "dH",
    r"\partial_\varphi H(\theta_t,#1)[#2]",
    "1/param",
    "derivative of H in phi at #1, applied to #2",
    is_vector=True,
)
d2H = function(
    "d2H", r"\partial_\varphi^2 H(\theta_t,#1)[#2,#2]", "1/param", "second derivative of H in phi at #1", is_vector=True
)
Lambda_seg = scalar(
    "Lambda",
    r"\Lambda",
    "1/param**2",
    "supremum over the segment of the norm of the phi-derivative of H",
    nonnegative=True,
)
U_win = scalar("U", "U", "param/(lr*step)", "largest norm of the updates inside the lag window", positive=True)

# --- derivatives along a direction ---------------------------------------------------------------------------------
ell = function("ell", r"\ell_{#1}", "1", "loss at outcome z_#1 on the diagonal phi = theta")
prob_d = function("p_d", "p_{#1}", "1", "probability of outcome z_#1 on the diagonal", nonnegative=True)
dp = function("dp", r"\partial_w p_{#1}", "1", "derivative of the probability of z_#1 along w")
dell = function("dell", r"\mathrm{d}_w\ell_{#1}", "1", "derivative of the loss along w in both slots")
dell_theta = function("dell_theta", r"\partial_{1,w}\ell_{#1}", "1", "derivative of the loss along w in its theta slot")
dell_phi = function("dell_phi", r"\partial_{2,w}\ell_{#1}", "1", "derivative of the loss along w in its phi slot")
score_w = function("score_w", r"\partial_w\log p_{#1}", "1", "score of outcome z_#1 along w")
J_w = scalar("J_w", r"\mathrm{D}J(\theta)[w]", "1", "total derivative of J(theta) = F(theta, theta) along w")
H_w = scalar("H_w", r"\langle H(\theta,\theta),w\rangle", "1", "surrogate gradient along w")
B_w = scalar("B_w", r"\langle B(\theta,\theta),w\rangle", "1", "distribution term along w")

# --- one GRPO group ------------------------------------------------------------------------------------------------
j_mate = index("j", "j", "response of a group")
reward = function("r", "r_{#1}", "1", "reward of response #1 of a group")
adv = function("A", "A_{#1}", "1", "group-relative advantage of response #1")
group_loss = function("ell_group", r"\ell(z_{#1};\theta,\theta)", "1", "surrogate of group z_#1 on the diagonal")
mean_r = scalar("m", "m", "1", "mean reward of a group")
std_r = scalar(
    "sigma_r", r"\sigma_r", "1", "std of the group's rewards, any convention, positive offset allowed", positive=True
)
J_pop = scalar("J", r"J(\theta)", "1", "distribution-dependent population objective F(theta, theta)")

# --- a tabular softmax row -----------------------------------------------------------------------------------------
pi_a = scalar("pi_a", r"\pi_a", "1", "probability of the token taken", nonnegative=True)
pi_other = function("pi_other", r"\pi_{#1}", "1", "probability of another token", nonnegative=True)
n_other = scalar("n_V", r"V-1", "1", "number of other tokens", integer=True, positive=True)
score_sq = scalar(
    "score2", r"\lVert\nabla\log\pi(a)\rVert^2", "1/param**2", "squared norm of a token's score", nonnegative=True
)
rho = scalar("rho", r"\rho", "1", "token ratio pi_theta/pi_phi", positive=True)
log_rho = scalar("log_rho", r"\log\rho", "1", "log of the token ratio")
R_cert = scalar(
    "R_cert", r"R_{\mathrm{cert}}", "param", "certified part of R_batch for a tabular policy", positive=True
)
drift_norm = scalar("d", "d", "param", "distance between learner and behaviour parameters", nonnegative=True)

# --- one group under a tabular softmax: logits are the parameters, one row per (prompt, prefix) node ------------------
k_tok = index("k_tok", "k", "token of a response")
nu_row = index("nu", r"\nu", "softmax row: a (prompt, prefix) node")
N_rows = scalar("N", "N", "1", "number of softmax rows", integer=True, positive=True)
psi = vector("psi", r"\psi", "param", "any point of the segment between phi and phi'")
rho_at = function("rho_at", r"\rho_{#1#2}(#3)", "1", "pi_theta/pi_#3 of token #2 of response #1", nonnegative=True)
score_at = function("score_at", r"s_{#1#2}(#3)", "1/param", "score of token #2 of response #1 at #3", is_vector=True)
grad_resp = function(
    "grad_resp", r"W_{#1}(#2)", "1/param", "ratio-weighted scores of response #1, behaviour #2", is_vector=True
)
row_gap = function(
    "row_gap", r"\Delta_{#1#2}", "param", "norm of phi - phi' in the row of token #2 of response #1", nonnegative=True
)
v_row = function("v_row", r"v_{#1}", "1", "part of the unit vector v in row #1", is_vector=True)
v_top = function("v_top", r"\overline{v}_{#1}", "1", "largest entry of v in row #1")
v_low = function("v_low", r"\underline{v}_{#1}", "1", "smallest entry of v in row #1")
visit = function("visit", r"d_{#1}(#2)", "1", "probability that a prompt and response pass row #1", nonnegative=True)
row_var = function(
    "row_var", r"\mathrm{Var}_{#1}(#2)", "1/param**2", "variance of the score along v in row #1 at #2", nonnegative=True
)
fisher = function(
    "fisher", "I_{#1}(#2)", "1/param**2", "Fisher information along v of a prompt and #1 responses", nonnegative=True
)
