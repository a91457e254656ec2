"""The run: learning rate, lags, horizon, smoothness and planning constants."""

from __future__ import annotations

from .registry import index, scalar

# --- the run ---------------------------------------------------------------------------------------------------------
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

# --- the smoothness constants ----------------------------------------------------------------------------------------
G_ell = scalar("G_ell", r"G_\ell", "1/param", "bound on the per-sample loss gradient (A1)", positive=True)
L_D = scalar("L_D", r"L_D", "1/param", "total-variation Lipschitz constant of D (A2)", nonnegative=True)
L_B = scalar("L_B", r"L_B", "1/param**2", "Lipschitz constant of the loss gradient in phi (A3)", nonnegative=True)
K_phi = scalar("K_phi", r"K_\varphi", "1/param**2", "Lipschitz constant of H in phi (0 is trivial)", positive=True)
C_bias = scalar(
    "C_bias", "C", "1/(param*lr*step)", "staleness-bias constant K_phi * G_upd (0 is trivial)", positive=True
)
M_curv = scalar("M", "M", "1/param**3", "bound on the second derivative of H in phi on the segment", nonnegative=True)
b_max = scalar("b_max", r"b_{\max}", "1/param", "tolerated bias norm", positive=True)

# --- the stability region --------------------------------------------------------------------------------------------
R_batch = scalar("R_batch", r"R_{\mathrm{batch}}", "param", "radius inside which no token is clipped", positive=True)
R_crit = scalar("R_crit", r"R_{\mathrm{crit}}", "param", "drift below which no collapse occurs", positive=True)
a_plan = scalar("a", "a", "lr*step", "planning constant R_batch / G_upd", positive=True)
b_plan = scalar("b", "b", "lr*step", "planning constant R_crit / G_upd", positive=True)
S_star = scalar("S_star", r"S^\ast", "step", "crossover staleness", positive=True)
