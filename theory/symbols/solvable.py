"""Exactly solvable dynamics: linear feedback with a lag, its characteristic polynomial, cycles, correlations, examples."""

from __future__ import annotations

from .registry import function, index, scalar

# --- linear feedback x_{t+1} = x_t - alpha (x_t + beta x_{t-s}) --------------------------------------------------------
z_char = scalar("z_char", "z", "1", "variable of a characteristic polynomial")
gain = scalar(
    "gain", r"\alpha", "1", "gain eta*A of the fresh part of a linear feedback, per learner step", positive=True
)
beta_fb = scalar("beta_fb", r"\beta", "1", "stale feedback over fresh feedback, B/A")
delay_small = index("delay_small", r"\bar s", "a delay of at most 32 learner steps")
tau_in = scalar("tau_in", r"\tau_-", "1", "fraction of an edge, below 1", positive=True)
tau_out = scalar("tau_out", r"\tau_+", "1", "multiple of an edge, above 1", positive=True)
omega = scalar("omega_ang", r"\omega", "1", "angle per learner step of an oscillation", positive=True)
excess = scalar("excess", r"(\beta-1)", "1", "B/A - 1, excess of the stale over the fresh feedback", positive=True)
lag_pos = scalar("s_pos", "s", "step", "constant lag, at least 1", integer=True, positive=True)

# --- one cycle of periodic sync ----------------------------------------------------------------------------------------
keep = scalar("keep", "r", "1", "factor 1 - eta*A of one learner step, when positive", positive=True)
over = scalar("over", r"\varrho", "1", "overshoot eta*A - 1 of one learner step, when positive", positive=True)
x_sync = scalar("x_sync", "x_0", "param", "deviation of the learner at the sync, frozen in the rollouts")
x_cyc = function("x_cyc", "x_{#1}", "param", "deviation of the learner #1 steps after the sync")
x_gap = function("x_gap", "d_{#1}", "param", "deviation less its closed form, #1 steps after the sync")
j_cyc = index("j_cyc", "j", "learner step inside one cycle")
mult = scalar("mult", "m", "1", "factor by which one cycle multiplies the deviation")
kept = scalar("kept", "q", "1", "factor r^S of a whole cycle on frozen rollouts")
rho_fb = scalar("rho_fb", r"\rho_\beta", "1", "(beta-1)/(beta+1), least factor r^S of a stable cycle", positive=True)
root_fb = scalar("root_fb", r"\kappa", "1", "its S-th root", positive=True)
log_fb = scalar("log_fb", r"\Lambda_\beta", "1", "log((beta+1)/(beta-1))", positive=True)
edge_sync = scalar("edge_sync", r"\alpha^\ast", "1", "gain at the edge of stability")

# --- correlation of successive updates -----------------------------------------------------------------------------------
cov = function("cov", "C^{(#1)}_{#2}", "param**2", "stationary covariance at distance #2 of the deviation, delay #1")
upd_sq = function(
    "upd_sq", "U_{#1}", "param**2", "mean square of the stale deviation plus noise, delay #1", nonnegative=True
)
upd_lag = function("upd_lag", "V_{#1}", "param**2", "mean product of two successive ones, delay #1")
noise_sq = scalar("noise_sq", r"\sigma^2", "param**2", "variance of the white noise of an update", positive=True)
