"""Drift of many updates, the time of collapse, and the constants of the boundary laws."""

from __future__ import annotations

from .registry import function, index, scalar, vector

# --- drift -----------------------------------------------------------------------------------------------------------
corr_at = function("corr_at", "r_{#1}", "1", "correlation of two updates #1 learner steps apart")
j_past = index("j_past", "j", "earlier learner step")
h_gap = index("h_gap", "h", "distance of two learner steps")
m_pair = index("m_pair", "m", "number of a pair of successive learner steps")
n_pair = scalar("n_pair", "n", "1", "number of pairs of successive learner steps", integer=True, nonnegative=True)
cos_half = scalar(
    "cos_half",
    r"\kappa",
    "1",
    "cosine of half the angle between successive updates: the lag-1 cosine is 2*kappa**2 - 1",
    nonnegative=True,
)
_UPDATE = "param/(lr*step)"
turn_x = vector("turn_x", "x", _UPDATE, "one of two orthogonal updates of norm G_upd")
turn_y = vector("turn_y", "y", _UPDATE, "the other one")
turn_sum = vector("turn_sum", r"\Sigma_{xy}", _UPDATE, "sum of n pairs x, y")
white_sq = function("white_sq", "B_{#1}", "param**2/lr**2", "mean square of the sum of #1 uncorrelated updates")
white_gap = function(
    "white_gap", "g_{#1}", "param**2/lr**2", "mean square of #1 uncorrelated updates less its closed form"
)


hit_at = function("hit_at", "h_{#1}", "1", "1 where the run of outcome #1 has collapsed, else 0", nonnegative=True)
away_at = function("away_at", "d_{#1}", "param", "drift of the run of outcome #1", nonnegative=True)
mean_away = scalar("mean_away", r"D^2", "param**2", "mean square of the drift over the runs", nonnegative=True)
chance_col = scalar("chance_col", r"P_{\mathrm c}", "1", "chance that the run has collapsed", nonnegative=True)

# --- collapse --------------------------------------------------------------------------------------------------------
t_col = scalar("t_col", r"t_{\mathrm c}", "step", "learner step of collapse", integer=True, positive=True)
t_alive = scalar(
    "t_alive",
    r"t_{\mathrm a}",
    "step",
    "a learner step at which the run has not collapsed",
    integer=True,
    positive=True,
)
M_cyc = scalar("M_cyc", r"M_{\mathrm c}", "1", "sync cycle in which the run collapses", integer=True, positive=True)
lam_ar = scalar("lam_ar", r"\lambda", "1", "minus the logarithm of the correlation c", positive=True)
t_real = scalar("t_real", r"\bar t", "step", "learner steps, as a real number", positive=True)
keep_ar = function("keep_ar", "q_{#1}", "1", "correlation of two updates at a real distance #1", positive=True)
ar_real = function("ar_real", r"\bar E(#1)", "1", "mean square of a sum of #1 correlated updates, in suitable units")
ar_slope = function("ar_slope", r"\mathrm D\bar E(#1)", "1", "#1 times the derivative of that mean square at #1")
exp_local = function("exp_local", r"\zeta(#1)", "1", "local exponent in the learning rate of a collapse time #1")

# --- boundary laws ---------------------------------------------------------------------------------------------------
alpha_S = scalar("alpha", r"\alpha_S", "1", "exponent of the sync interval in a power law", positive=True)
eta_0 = scalar("eta_0", r"\eta_0", "lr", "on-policy ceiling of the learning rate", positive=True)
p_blend = scalar("p_blend", "p", "1", "power of the blend of two bounds, of either sign")
p_whole = scalar(
    "p_whole", "p", "1", "power of the blend of two bounds, a positive whole number", integer=True, positive=True
)
load_1 = scalar(
    "load_1",
    "x_1",
    "1",
    "load of the staleness bound over its constant, at a negative power the inverse",
    positive=True,
)
load_2 = scalar(
    "load_2",
    "x_2",
    "1",
    "load of the horizon bound over its constant, at a negative power the inverse",
    positive=True,
)
eta_c = scalar("eta_c", r"\eta_{\mathrm c}", "lr", "learning rate of a run that collapsed", positive=True)
S_c = scalar("S_c", r"S_{\mathrm c}", "step", "sync interval of a run that collapsed", positive=True)
t_last = scalar("t_last", r"t_1", "step", "last learner step at which that run was seen alive", positive=True)
t_dead = scalar("t_dead", r"t_2", "step", "first learner step at which it was seen collapsed", positive=True)
