"""Exactly solvable dynamics: linear feedback with a lag, polynomials, cycles, correlations."""

from __future__ import annotations

from .registry import function, index, scalar

# --- linear feedback x_{t+1} = x_t - alpha (x_t + beta x_{t-s}) ------------------------------------------------------
z_char = scalar("z_char", "z", "1", "variable of a characteristic polynomial")
fb_gain = scalar(
    "fb_gain", r"\alpha", "1", "gain eta*A of the fresh part of a linear feedback, per learner step", positive=True
)
beta_fb = scalar("beta_fb", r"\beta", "1", "stale feedback over fresh feedback, B/A")
delay_small = index("delay_small", r"\bar s", "a delay of at most 32 learner steps")
tau_in = scalar("tau_in", r"\tau_{-}", "1", "fraction of an edge, below 1", positive=True)
tau_out = scalar("tau_out", r"\tau_{+}", "1", "multiple of an edge, above 1", positive=True)
delay_gain = scalar("delay_gain", "a", "1", "gain eta*A at pure delay, of either sign")
fb_omega = scalar("fb_omega", r"\omega", "1", "angle per learner step of an oscillation", positive=True)
gain_two = scalar("gain_two", r"\alpha'", "1", "another gain eta*A, of another crossing", positive=True)
zero_x = function("zero_x", r"\mathsf{x}_{#1}", "1", "real part of the zero on the circle at gain #1")
zero_y = function("zero_y", r"\mathsf{y}_{#1}", "1", "imaginary part of the zero on the circle at gain #1")
turn_re = function("turn_re", r"\mathsf{p}_{#1}", "1", "real part of the s-th power of that zero")
turn_im = function("turn_im", r"\mathsf{q}_{#1}", "1", "imaginary part of the s-th power of that zero")
fb_excess = scalar(
    "fb_excess", r"\bar\beta", "1", "B/A - 1, excess of the stale over the fresh feedback", positive=True
)
lag_pos = scalar("s_pos", "s", "step", "constant lag, at least 1", integer=True, positive=True)

# --- one cycle of periodic sync --------------------------------------------------------------------------------------
cyc_r = scalar("cyc_r", "r", "1", "factor 1 - eta*A of one learner step, when positive", positive=True)
cyc_over = scalar("cyc_over", r"\varrho", "1", "overshoot eta*A - 1 of one learner step, when positive", positive=True)
x_sync = scalar("x_sync", "x_0", "param", "deviation of the learner at the sync, frozen in the rollouts")
x_cyc = function("x_cyc", "x_{#1}", "param", "deviation of the learner #1 steps after the sync")
x_gap = function("x_gap", "d_{#1}", "param", "deviation less its closed form, #1 steps after the sync")
j_cyc = index("j_cyc", "j", "learner step inside one cycle")
cyc_q = scalar("cyc_q", "q", "1", "factor r^S of a whole cycle on frozen rollouts")
fb_ratio = scalar(
    "fb_ratio", r"\rho_\beta", "1", "(beta-1)/(beta+1), least factor r^S of a stable cycle", positive=True
)
fb_root = scalar("fb_root", r"\kappa", "1", "S-th root of (beta-1)/(beta+1)", positive=True)
fb_ratio_odd = scalar("fb_ratio_odd", r"\bar\rho_\beta", "1", "(1-beta)/(1+beta)", positive=True)
fb_root_odd = scalar("fb_root_odd", r"\lambda", "1", "S-th root of (1-beta)/(1+beta)", positive=True)

# --- correlation of successive updates -------------------------------------------------------------------------------
fb_cov = function(
    "fb_cov", "C^{(#1)}_{#2}", "param**2", "stationary covariance at distance #2 of the deviation, delay #1"
)
upd_sq = function(
    "upd_sq", "U_{#1}", "param**2", "mean square of the stale deviation plus noise, delay #1", nonnegative=True
)
upd_lag = function("upd_lag", "V_{#1}", "param**2", "mean product of two successive ones, delay #1")
noise_sq = scalar("noise_sq", r"\sigma_\xi^2", "param**2", "variance of the white noise of an update", positive=True)

# --- a policy on the line: location, reward and distribution ---------------------------------------------------------
loc_t = scalar("loc_t", r"\theta", "param", "location of the learner on the line")
loc_p = scalar("loc_p", r"\varphi", "param", "location of the behaviour policy on the line")
loc_h = scalar("loc_h", "h", "param", "any displacement on the line")
loc_sd = scalar("loc_sd", r"\sigma_z", "param", "standard deviation of z on the line", positive=True)
loc_mu = scalar("loc_mu", r"\mu", "param", "location of the largest reward")
loc_base = scalar("loc_base", "a_0", "param", "mean of z at parameter 0")
loc_eps = scalar("loc_eps", r"\epsilon", "1", "shift of the mean of z per unit of the parameter")
loc_stable = scalar("loc_stable", r"\theta_{\mathrm{st}}", "param", "performatively stable point")
loc_best = scalar("loc_best", r"\theta_{\mathrm{opt}}", "param", "performatively optimal point")
tv_normal = function(
    "tv_normal", r"\mathrm{TV}_{\sigma_z}(#1,#2)", "1", "total variation of two normal laws of means #1 and #2"
)
log_norm = scalar("log_norm", "c_0", "1", "minus the constant of the log density, log(2 pi sigma^2)/2")
z_plain = scalar("z_plain", r"H_{\log}", "1/param", "surrogate gradient in log form, no baseline")
z_base = scalar("z_base", r"H_{\mathrm{base}}", "1/param", "surrogate gradient in log form, mean baseline")
z_ratio = scalar("z_ratio", r"H_{\mathrm{ratio}}", "1/param", "surrogate gradient with the importance weight")

# --- a bandit with two arms ------------------------------------------------------------------------------------------
logit_t = scalar("logit_t", r"\theta", "1", "logit of the rewarded arm under the learner")
logit_p = scalar("logit_p", r"\varphi", "1", "logit of the rewarded arm under the behaviour policy")
half_t = scalar("half_t", "u", "1", "exp(theta/2)", positive=True)
half_p = scalar("half_p", "v", "1", "exp(phi/2)", positive=True)
arm_t = scalar("arm_t", r"p_\theta", "1", "chance of the rewarded arm under the learner", positive=True)
arm_t2 = scalar("arm_t2", r"p_{\theta'}", "1", "chance of the rewarded arm under another learner", positive=True)
arm_p = scalar("arm_p", r"p_\varphi", "1", "chance of the rewarded arm under the behaviour policy", positive=True)
arm_w = scalar("arm_w", "w", "1", "limit of the group weight, 1/sqrt(p(1-p)) at the behaviour policy", positive=True)
arm_H = scalar("arm_H", r"H(\theta,\varphi)", "1", "surrogate gradient of the bandit")

# --- two modes -------------------------------------------------------------------------------------------------------
gain_stale = scalar("gain_stale", r"\alpha_B", "1", "gain eta*B of the stale part, per learner step", positive=True)
nil_off = scalar("nil_off", "k", "1", "off-diagonal entry of a nilpotent stale feedback")
slow_keep = scalar("slow_keep", "r_2", "1", "factor 1 - eta*A of the slow mode", positive=True)
slow_kept = scalar("slow_kept", "q_2", "1", "its power r_2^32")

# --- drift of correlated updates -------------------------------------------------------------------------------------
corr = scalar("corr", "c", "1", "correlation of two successive updates", positive=True)
ar_drift = function(
    "ar_drift", r"E_{#1}", "param**2/lr**2", "mean square of the sum of #1 updates, correlation c^|i-j|"
)
ar_row = function("ar_row", r"\gamma_{#1}", "1", "c + c^2 + ... + c^#1, correlation of an update with #1 earlier ones")
ar_gap = function("ar_gap", r"g_{#1}", "1", "that sum less its closed form, times 1 - c")
ar_rest = function("ar_rest", r"e_{#1}", "param**2/lr**2", "mean square less its closed form, with a multiple of g_#1")
mean_drift = function("mean_drift", r"M_{#1}", "param**2/lr**2", "mean square of the sum of #1 updates, mean part c")
mean_rest = function("mean_rest", r"f_{#1}", "param**2/lr**2", "that mean square less its closed form")
mean_share = scalar("mean_share", r"c_\mu", "1", "share of the mean in the mean square of an update")
both_drift = function(
    "both_drift", r"E^{\mu}_{#1}", "param**2/lr**2", "mean square of the sum of #1 updates, AR(1) and a mean part"
)
both_rest = function(
    "both_rest", r"f^{\mu}_{#1}", "param**2/lr**2", "mean square with AR(1) and a mean part less its closed form"
)
