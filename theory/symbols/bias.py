"""Diameters and balls of vector statistics, lag models, lag distributions, and the family that attains the bias."""

from __future__ import annotations

from .registry import function, index, scalar, vector

# --- a vector statistic of the outcome and its size ---
stat = function("f", "f_{#1}", "1", "vector statistic of outcome z_#1", is_vector=True)
diam_f = scalar("diam_f", r"\mathrm{diam}(f)", "1", "largest distance between two values of f", nonnegative=True)
ball_f = scalar("rad_f", r"\mathrm{rad}(f)", "1", "least radius of a ball around all values of f", nonnegative=True)
sup_f = scalar("sup_f", r"\sup\lVert f\rVert", "1", "largest norm of a value of f", nonnegative=True)
centre_f = vector("c_f", "c_f", "1", "centre of the smallest ball around all values of f")
far_a = scalar("i_a", "i_a", "1", "one outcome of a pair at the largest distance", integer=True, positive=True)
far_b = scalar("i_b", "i_b", "1", "the other outcome of that pair", integer=True, positive=True)
off_a = vector("off_a", "x_a", "1", "value of f at one outcome of that pair, seen from the centre")
off_b = vector("off_b", "x_b", "1", "value of f at the other outcome, seen from the centre")
i_top = scalar("i_top", "i^+", "1", "outcome with the largest component along v", integer=True, positive=True)
i_low = scalar("i_low", "i^-", "1", "outcome with the smallest component along v", integer=True, positive=True)
D_ell = scalar("D_ell", r"D_\ell", "1/param", "diameter of the loss gradients over the outcomes", nonnegative=True)

# --- the n corners of a simplex ---
m_coord = index("m_coord", r"m_{\mathrm{c}}", "coordinate")
centre_at = function("c_at", r"\check{c}_{#1}", "1", "coordinate #1 of a centre")
centre_sq = scalar("c2_norm", r"\lVert c\rVert^2", "1", "squared norm of a centre", nonnegative=True)
ball_sq = scalar("R2_ball", "R^2", "1", "squared radius of a ball around all corners", nonnegative=True)
diam_sq = scalar("D2_simplex", r"\mathrm{diam}^2", "1", "squared distance of two corners", nonnegative=True)

# --- lag models: the lags of one cycle and of a distribution ---
pos = index("pos", "j", "position inside one cycle of S learner steps")
S_int = scalar("S_int", "S", "step", "sync interval as a whole number of learner steps", integer=True, positive=True)
lag_const = scalar("s_const", "s", "step", "constant lag", integer=True, nonnegative=True)
lag_top = scalar(
    "m_lag", r"m_{\mathrm{lag}}", "step", "largest lag of a uniform distribution", integer=True, nonnegative=True
)
W_work = scalar("W", "W", "1", "workers, each making the rollouts of one learner step", integer=True, positive=True)
Q_cap = scalar("Q", "Q", "1", "finished batches that the queue can hold", integer=True, nonnegative=True)
n_batch = scalar(
    "n_batch",
    r"n_{\mathrm{b}}",
    "1",
    "number of a batch, in the order in which they are started",
    integer=True,
    nonnegative=True,
)
j_lag = index("j_lag", "h", "value of the lag")
n_lag = scalar("n_lag", r"n_{\mathrm{lag}}", "1", "number of values of the lag", integer=True, positive=True)
lag_at = function("lag_at", "s^{(#1)}", "step", "value #1 of the lag", nonnegative=True, integer=True)
lag_p = function("lag_p", "q_{#1}", "1", "probability of the lag s_#1", nonnegative=True)
lag_mean = scalar("E_s", r"\mathbb E[s]", "step", "mean lag", nonnegative=True)
tok_lag = function(
    "tok_lag", r"s^{\mathrm{tok}}_{#1}", "step", "lag of token #1 of a response", nonnegative=True, integer=True
)
eta_at = function("eta_at", r"\eta_{#1}", "lr", "learning rate of learner step #1", nonnegative=True)
lag_way = scalar("E_way", r"\Sigma_t", "lr*step", "sum of the learning rates in the lag window", nonnegative=True)

# --- a family whose bias is C S eta ---
e_dir = vector("e_dir", "e", "1", "fixed unit direction")
b_claimed = scalar("B_claimed", r"\hat b", "1/param", "any bound on the bias that is claimed to hold", nonnegative=True)
tok_mean = scalar("s_mean", r"\bar s^{\mathrm{tok}}", "step", "mean lag of the tokens of a response", nonnegative=True)
p_up = function("p_up", "p_1(#1)", "1", "probability of the first of two outcomes under D(#1)")
p_down = function("p_down", "p_2(#1)", "1", "probability of the second of two outcomes under D(#1)")
g_up = vector("g_up", "g_1", "1/param", "loss gradient at the first outcome")
g_down = vector("g_down", "g_2", "1/param", "loss gradient at the second outcome")
delta_S = vector("delta_S", r"\delta_S", "1/param", "bias after S steps under rollouts of the start")
start_S = vector("start_S", r"\theta_0", "param", "start of the learner, the behaviour policy of the first S steps")
end_S = vector("end_S", r"\theta_S", "param", "the learner after S steps")

# --- the domain U of the assumptions ---
rho_0 = scalar("rho_0", r"\rho_0", "param", "radius of U around the start of the learner", positive=True)
on_U = function("on_U", r"1_U(#1,#2)", "1", "1 on U and 0 outside", nonnegative=True)
tau_seg = scalar(
    "tau_seg", r"\varpi", "1", "place on the segment, 0 at the learner, 1 at the behaviour", nonnegative=True
)
