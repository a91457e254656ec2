"""Constants of neighbouring laws, in our units: those that no claim here needs (``theory.comparisons``)."""

from __future__ import annotations

from .registry import scalar

# --- smooth objectives and linear feedback ---------------------------------------------------------------------------
L_smooth = scalar("L_smooth", r"L_\nabla", "1/(lr*step)", "Lipschitz constant of the gradient", positive=True)
A_fresh = scalar("A_fresh", "A", "1/(lr*step)", "slope of the update in the fresh parameters", nonnegative=True)
B_stale = scalar("B_stale", "B", "1/(lr*step)", "slope of the update in the stale parameters")
M_noise = scalar(
    "M_noise", r"M_\sigma", "1", "gradient noise: its variance is at most M|grad|^2 + sigma^2", nonnegative=True
)
n_flight = scalar("n_flight", r"\tau_C", "1", "concurrency: gradients that are being computed at once", positive=True)

# --- performative prediction -----------------------------------------------------------------------------------------
eps_shift = scalar(
    "eps_shift", r"\epsilon_D", "1", "sensitivity: Wasserstein distance of D per unit of the parameter", positive=True
)
beta_joint = scalar(
    "beta_joint",
    r"\beta_\ell",
    "1/(lr*step)",
    "Lipschitz constant of the loss gradient, in theta and in z",
    positive=True,
)
gamma_convex = scalar("gamma_convex", r"\gamma_\ell", "1/(lr*step)", "strong convexity of the loss", positive=True)

# --- importance ratios -----------------------------------------------------------------------------------------------
ratio_cap = scalar("ratio_cap", r"R_r", "1", "cap of the importance ratio, which lies in [1/R, R]", positive=True)
log_m2 = scalar("log_m2", "M_2", "1", "second moment of the log importance ratio", nonnegative=True)
dev_sum = scalar(
    "dev_sum", r"\Sigma_\delta", "1", "sum over the tokens of the distance of the ratio from 1", nonnegative=True
)
log_sd = scalar("log_sd", r"\sigma_{\log}", "1", "standard deviation of one token's log ratio", nonnegative=True)
n_seq = scalar("n_seq", r"T_{\mathrm{seq}}", "1", "tokens of a response, in laws that count them", positive=True)
ess_share = scalar("ess_share", r"\rho_{\mathrm{ess}}", "1", "effective sample size over the batch size", positive=True)
discount = scalar("discount", r"\gamma_V", "1", "discount factor of the return", positive=True)
rho_low = scalar("rho_low", r"\beta_\rho", "1", "least mean truncated ratio over the states", positive=True)

# --- versions of the policy ------------------------------------------------------------------------------------------
v_prox = scalar("v_prox", r"v_{\mathrm{prox}}", "step", "version of the proximal policy", nonnegative=True)
v_behav = scalar("v_behav", r"v_{\mathrm{behav}}", "step", "version of the behaviour policy", nonnegative=True)
v_learn = scalar("v_learn", r"v_\theta", "step", "version of the learner", nonnegative=True)
n_made = scalar("n_made", "N_r", "1", "responses begun so far", integer=True, positive=True)
n_used = scalar("n_used", "B_r", "1", "responses of one learner step", integer=True, positive=True)
