"""A tabular softmax policy: one row, and one group whose parameters are the logits."""

from __future__ import annotations

from .registry import function, index, scalar, vector

# --- a tabular softmax row -------------------------------------------------------------------------------------------
pi_a = scalar("pi_a", r"\pi_a", "1", "probability of the token taken", nonnegative=True)
pi_other = function("pi_other", r"\pi_{#1}", "1", "probability of another token", nonnegative=True)
n_other = scalar("n_V", r"V-1", "1", "number of other tokens", integer=True, positive=True)
score_sq = scalar(
    "score2", r"\lVert\nabla\log\pi(a)\rVert^2", "1/param**2", "squared norm of a token's score", nonnegative=True
)
score_sq_at = function(
    "score2_at",
    r"\lVert\nabla\log\pi(#1)\rVert^2",
    "1/param**2",
    "squared norm of the score of token #1",
    nonnegative=True,
)
prob_sq = function("prob_sq", r"(p_{#1}^2)", "1", "square of the probability of token #1", nonnegative=True)
ratio_tok = function("ratio_tok", r"\rho_{#1}", "1", "ratio of two policies at token #1 of one row", nonnegative=True)
ratio_low = scalar("ratio_low", r"\rho_{\min}", "1", "smallest of these ratios, or less", positive=True)
ratio_high = scalar("ratio_high", r"\rho_{\max}", "1", "largest of these ratios, or more", positive=True)
ratio_width = scalar("ratio_width", r"\Delta_\rho", "1", "largest less smallest ratio allowed", positive=True)
widening = scalar("widening", r"\varkappa", "1", "root of largest over smallest ratio, less 1", positive=True)
tv_row = scalar("tv_row", r"\mathrm{TV}_\nu", "1", "total variation of two policies in one row")
d_row = scalar("d_row", r"d_\nu", "param", "bound on the distance of two logit rows", positive=True)
collision = scalar("collision", r"\lVert\pi\rVert^2", "1", "squared norm of a softmax row", nonnegative=True)
rho = scalar("rho", r"\rho", "1", "token ratio pi_theta/pi_phi", positive=True)
log_rho = scalar("log_rho", r"\log\rho", "1", "log of the token ratio")
R_cert = scalar(
    "R_cert", r"R_{\mathrm{cert}}", "param", "certified part of R_batch for a tabular policy", positive=True
)
drift_norm = scalar("d", "d", "param", "distance between learner and behaviour parameters", nonnegative=True)

# --- one group under a tabular softmax: logits are the parameters, one row per (prompt, prefix) node -----------------
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
