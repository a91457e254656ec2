"""Binary rewards: the chance of success at one prompt, and what a group makes of it."""

from __future__ import annotations

from .registry import function, index, scalar

# --- the chance of success and the expected advantages ---------------------------------------------------------------
p_suc = scalar("p_suc", "p", "1", "chance that a response to the prompt succeeds, in (0, 1)", positive=True)
q_fail = scalar("q_fail", "q", "1", "chance that it fails, 1 - p", positive=True)
k_suc = index("k_suc", "k", "number of successes among the mates")
h_suc = index("h_suc", "h", "number of successes, another range")
j_suc = index("j_suc", "j", "number of successes, a fourth range")
c_suc = index("c_suc", "c", "number of successes, a third range")
var_pop = scalar("v_pop", r"\sigma_r^2", "1", "population variance of the rewards of a group", nonnegative=True)
var_sam = scalar("v_sam", r"s_r^2", "1", "sample variance of the rewards of a group", nonnegative=True)
adv_one = function("A_one", "A_1(#1)", "1", "expected advantage of a success at chance #1")
adv_zero = function("A_zero", "A_0(#1)", "1", "expected advantage of a failure at chance #1")
weight = function("w_G", "w_G(#1)", "1", "weight of a prompt's gradient, A_1 - A_0, at chance #1")
potential = function("W_G", "W_G(#1)", "1", "antiderivative of w_G, at chance #1")
d_one = function("dA_one", "A_1'(#1)", "1", "derivative of A_1 at chance #1")
d_zero = function("dA_zero", "A_0'(#1)", "1", "derivative of A_0 at chance #1")
d_weight = function("dw_G", "w_G'(#1)", "1", "derivative of w_G at chance #1")
d_potential = function("dW_G", "W_G'(#1)", "1", "derivative of W_G at chance #1")
pot_at = function("W_at", r"\omega_{#1}", "1", "Bernstein coefficient #1 of W_G")

# --- the coefficients whose differences give the slopes --------------------------------------------------------------
adv_at = function("a_suc", "a_{#1}", "1", "advantage of a success with #1 successful mates")
spread_at = function("h_suc_root", r"\varsigma_{#1}", "1", "G times the std of #1+1 successes in G", nonnegative=True)
rest_at = function("rest_suc", r"\tau_{#1}", "1", "the part of a denominator that is least at #1 = 0")
under_min = scalar("u_min", r"u_{\min}", "1", "smallest denominator, at 0 successful mates", positive=True)
weight_at = function("b_suc", "b_{#1}", "1", "Bernstein coefficient #1 of w_G")
root_one = scalar("root_one", r"\varsigma_{-}", "1", "the smallest of the roots, sqrt(G - 1)", positive=True)
root_two = scalar("root_two", r"\varsigma_{+}", "1", "the next smallest, sqrt(2(G - 2))", positive=True)
drop_weight = scalar("D_w", "D_w", "1", "largest difference of two neighbouring coefficients of w_G")
slope_adv = scalar("L_A", "L_A", "1", "largest slope of A_1 and A_0 in p")
slope_weight = scalar("L_w", "L_w", "1", "largest slope of w_G in p")
drop_max = scalar("D_A", "D_A", "1", "largest difference of two neighbouring advantages", positive=True)

# --- range and limit -------------------------------------------------------------------------------------------------
r_first = scalar("r_first", "r", "1", "reward of the response looked at")
mean_root = scalar("mu_root", r"\mu", "1", "root of the mean of (k+1)(G-1-k) over groups", positive=True)
scale_root = scalar("c_root", r"\gamma", "1", "root of G(G-1)pq", positive=True)
std_one = scalar("x_std", r"\sigma_p", "1", "std sqrt(pq) of one binary reward", positive=True)
p_low = scalar("p_low", "p_0", "1", "smaller one of two chances of success", positive=True)
p_high = scalar("p_high", "p_1", "1", "larger one of two chances of success", positive=True)
angle = function("angle", r"\alpha(#1)", "1", "2 arcsin of the root of the chance #1")
d_angle = function("dangle", r"\alpha'(#1)", "1", "derivative of 2 arcsin sqrt at chance #1")
tilt = function("tilt", r"\beta(#1)", "1", "2p - 1 over the std of one reward, at chance #1")
std_at = function("std_at", r"\sigma(#1)", "1", "std of one binary reward, at chance #1", positive=True)
d_tilt = function("dtilt", r"\beta'(#1)", "1", "derivative of (2p - 1)/std at chance #1")

# --- dynamic sampling ------------------------------------------------------------------------------------------------
kept = function("kept", r"\kappa_{#1}", "1", "1 for a group of mixed rewards, 0 for a uniform one", nonnegative=True)
law_kept = function(
    "law_kept", r"\tilde p_{#1}", "1", "probability of group z_#1 among the kept ones", nonnegative=True
)
mixed = scalar("mixed", r"P_{\mathrm{mixed}}", "1", "chance that a group is kept")
H_kept = scalar(
    "H_kept", r"\langle\tilde H(\theta,\theta),w\rangle", "1", "surrogate gradient along w over kept groups"
)

# --- the gradient of one prompt --------------------------------------------------------------------------------------
suc_of = function("suc", r"r_{#1}", "1", "1 if response #1 succeeds, 0 if not", nonnegative=True)
adv_expected = function("adv_expected", r"\bar A_{#1}", "1", "expected advantage of response #1, over its mates")
dp_suc = scalar("dp_suc", r"\partial_wp", "1", "derivative of the chance of success along w")
H_prompt = scalar("H_prompt", r"\langle H_x(\theta,\theta),w\rangle", "1", "surrogate gradient of one prompt along w")
dW_prompt = scalar("dW_prompt", r"\partial_wW_G(p)", "1", "derivative of W_G at the chance of success along w")

# --- KL estimators ---------------------------------------------------------------------------------------------------
ref_of = function("ref_of", r"\pi^{\mathrm{ref}}_{#1}", "1", "probability of response #1 under the reference policy")
ratio_of = function("ratio_of", r"r_{#1}", "1", "ratio pi_ref/pi_theta of response #1")
log_ratio_of = function("log_ratio_of", r"\log r_{#1}", "1", "its logarithm")
dlog_ratio = function("dlog_ratio", r"\partial_w\log r_{#1}", "1", "derivative of the log of that ratio along w")
K1_w = scalar("K1_w", r"\partial_w k_1", "1", "on-policy gradient of the estimator k1 = -log r along w")
K2_w = scalar("K2_w", r"\partial_w k_2", "1", "on-policy gradient of the estimator k2 = (log r)^2/2 along w")
K3_w = scalar("K3_w", r"\partial_w k_3", "1", "on-policy gradient of the estimator k3 = r - 1 - log r along w")
dKL_fwd = scalar("dKL_fwd", r"\partial_w\mathrm{KL}(\pi^{\mathrm{ref}}\Vert\pi)", "1", "derivative of KL(ref, policy)")
dKL_rev = scalar("dKL_rev", r"\partial_w\mathrm{KL}(\pi\Vert\pi^{\mathrm{ref}})", "1", "derivative of KL(policy, ref)")
ratio_root = function("ratio_root", r"\sqrt{r_{#1}}", "1", "root of the ratio pi_ref/pi_theta of response #1")
KL_rev = scalar(
    "KL_rev", r"\mathrm{KL}(\pi\Vert\pi^{\mathrm{ref}})", "1", "divergence of the policy from the reference"
)
hel_sq = scalar("hel_sq", r"\mathrm{Hel}^2", "1", "sum over responses of (sqrt pi - sqrt pi_ref)^2")
log_sq = scalar("log_sq", r"\mathbb E[\log^2r]", "1", "mean squared log ratio under the policy")
log_pull = scalar("log_pull", r"\mathbb E[\log r\,\partial_w\log\pi]", "1", "mean of log r times the score along w")
sq_pull = scalar("sq_pull", r"\mathbb E[\log^2r\,\partial_w\log\pi]", "1", "mean of (log r)^2 times the score along w")
J_k1 = scalar("J_k1", r"J_{k_1}", "1", "what the penalty -beta k1 adds to J")
J_k2 = scalar("J_k2", r"J_{k_2}", "1", "what the penalty -beta k2 adds to J")
J_k3 = scalar("J_k3", r"J_{k_3}", "1", "what the penalty -beta k3 adds to J")
DJ_k1 = scalar("DJ_k1", r"\mathrm DJ_{k_1}[w]", "1", "total derivative of that part along w, k1")
DJ_k2 = scalar("DJ_k2", r"\mathrm DJ_{k_2}[w]", "1", "total derivative of that part along w, k2")
DJ_k3 = scalar("DJ_k3", r"\mathrm DJ_{k_3}[w]", "1", "total derivative of that part along w, k3")

# --- lengths, masks, reward levels -----------------------------------------------------------------------------------
len_at = function("len_at", r"|y_{#1}|", "1", "length of response #1 of a group", nonnegative=True)
mask_at = function("mask_at", r"\mu_{#1}", "1", "1 if response #1 counts, 0 if it is masked", nonnegative=True)
L_fix = scalar("L_fix", r"L_{\max}", "1", "constant by which a loss divides", positive=True)
mean_len = scalar("mean_len", r"\overline{|y|}", "1", "mean length of the responses of a group")
cov_len = scalar("cov_len", r"\mathrm{Cov}(|y|,A)", "1", "covariance of length and advantage inside a group")
cov_mask = scalar("cov_mask", r"\mathrm{Cov}(\mu,A)", "1", "covariance of mask and advantage inside a group")
mean_mask = scalar("mean_mask", r"\overline\mu", "1", "share of the responses that count")
loss_fix = scalar("loss_fix", r"\ell_{\mathrm{const}}", "1", "loss of a group on the diagonal, divided by a constant")
loss_tok = scalar("loss_tok", r"\ell_{\mathrm{token}}", "1", "loss of a group on the diagonal, mean over its tokens")
loss_mask = scalar("loss_mask", r"\ell_{\mathrm{mask}}", "1", "loss of a group on the diagonal with masked responses")
slot_adv = function("slot_adv", r"\mathbb E[A_{#1}]", "1", "expected advantage of slot #1 of a group")
row_total = function("row_total", r"\Sigma_{#1}", "1", "sum of the advantages in group z_#1")
rew_slot = function("rew_slot", r"r_{#1}(z_{#2})", "1", "reward of slot #1 in group z_#2")
mean_at = function("mean_at", r"m(z_{#1})", "1", "mean reward of group z_#1")
scale_at = function("scale_at", r"\varsigma(z_{#1})", "1", "factor of group z_#1: 1/std, 0 if uniform, or 1 for no std")
adv_slot = function("adv_slot", r"A_{#1}(z_{#2})", "1", "advantage of slot #1 in group z_#2")
level = index("level", r"\ell", "level of a graded reward")
n_levels = scalar("n_levels", r"n_r", "1", "number of reward levels", integer=True, positive=True)
slot_one = scalar("slot_one", r"\mathbb E[A]", "1", "expected advantage of one response")
p_level = function("p_level", r"p^r_{#1}", "1", "chance of reward level #1", nonnegative=True)
adv_level = function("adv_level", r"A^r_{#1}", "1", "expected advantage of a response of reward level #1")
low_lev = index("low_lev", "b", "level below the one looked at")
up_lev = index("up_lev", "c", "level above the one looked at")
own_level = scalar("own_level", r"\ell_0", "1", "number of the level looked at", integer=True, positive=True)
value_of = function("value_of", "R_{#1}", "1", "reward of level #1")
mean_value = scalar("mean_value", r"\overline R", "1", "mean reward of one response")
mates_total = function("mates_total", "T_{#1}", "1", "total reward of the mates in outcome z_#1")
adv_plain = scalar(
    "adv_plain", r"A^{\mathrm{c}}(r)", "1", "expected deviation of a reward r from the mean of its group"
)
adv_loo = scalar("adv_loo", r"A^{\mathrm{RLOO}}(r)", "1", "expected difference of a reward r and the mean of its mates")
adv_two = scalar("adv_two", r"A^{(2)}(r)", "1", "expected advantage of a reward r in groups of two with a std")
chance_below = scalar("chance_below", "p_<", "1", "chance of a lower reward")
chance_above = scalar("chance_above", "p_>", "1", "chance of a higher reward")
ind_slot = function("ind_slot", r"1_{#1}(z_{#2})", "1", "1 if slot #1 of group z_#2 has the level looked at, else 0")
count_at = function("count_at", r"n(z_{#1})", "1", "number of responses of group z_#1 that have the level looked at")
slot_lev = function(
    "slot_lev", r"\mathbb E[1_{#1}A_{#1}]", "1", "mean of the advantage of slot #1 where it has the level"
)
row_lev = function("row_lev", r"\Sigma^r_{#1}", "1", "sum of the advantages of the level looked at in group z_#1")
p_own = scalar("p_own", "p_r", "1", "chance of the level looked at", positive=True)
adv_own = scalar("adv_own", "A(r)", "1", "expected advantage of a response of the level looked at")
