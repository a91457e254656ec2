"""One loss on one token, and the first-order form of its surrogate gradient for one prompt.

The loss of a token is written in the scalars of the first part. In a derivation they become functions of one index
over all (response, token) pairs of a prompt, so that the vocabulary and the lengths stay symbolic. Directions: ``w``
moves the behaviour policy, ``h`` is any test direction of the gradient.
"""

from __future__ import annotations

from .registry import function, index, scalar

# --- what the loss of one token is written in ------------------------------------------------------------------------
A_hat = scalar("A_hat", r"\hat A", "1", "advantage of the token's response")
rho_seq = scalar("rho_seq", r"\rho^{\mathrm{seq}}", "1", "sequence ratio: product of the token ratios", positive=True)
rho_geo = scalar("rho_geo", r"\rho^{\mathrm{geo}}", "1", "geometric mean of a response's token ratios", positive=True)
rho_prox = scalar("rho_prox", r"\rho^{\mathrm{prox}}", "1", "token ratio of learner to proximal policy", positive=True)
rho_beh = scalar("rho_beh", r"\rho^{\mathrm{beh}}", "1", "token ratio of proximal to behaviour policy", positive=True)
rho_ref = scalar("rho_ref", r"\rho^{\mathrm{ref}}", "1", "token ratio of reference policy to learner", positive=True)
log_ref = scalar("log_ref", r"\log\rho^{\mathrm{ref}}", "1", "log of the token ratio of reference to learner")
logp_tok = scalar("logp", r"\log\pi", "1", "log-probability of the token under the learner")
logp_seq = scalar("logp_seq", r"\log\pi^{\mathrm{seq}}", "1", "log-probability of the whole response")
sg = function("sg", r"\mathrm{sg}[#1]", "1", "stop-gradient: the value of #1, frozen when the loss is differentiated")
beta_kl = scalar("beta_kl", r"\beta_{\mathrm{KL}}", "1", "weight of the KL penalty", positive=True)
rho_cap = scalar("rho_cap", r"\rho_{\mathrm{hi}}", "1", "cap of a truncated importance weight", positive=True)
tau_pos = scalar("tau_pos", r"\tau_{\mathrm{pos}}", "1", "temperature of a soft gate, advantage above 0", positive=True)
tau_neg = scalar("tau_neg", r"\tau_{\mathrm{neg}}", "1", "temperature of a soft gate, other advantages", positive=True)
tau_gate = scalar(
    "tau_gate", r"\tau_{\hat A}", "1", "temperature of a soft gate for the sign of the advantage", positive=True
)
k_pos = scalar("k_pos", r"k_{\mathrm{pos}}", "1", "power of a gamma weight, advantage above 0", positive=True)
k_neg = scalar("k_neg", r"k_{\mathrm{neg}}", "1", "power of a gamma weight, other advantages", positive=True)
k_gamma = scalar("k_gamma", r"k_{\hat A}", "1", "power of a gamma weight for the sign of the advantage", positive=True)
decay_pos = scalar(
    "decay_pos", r"\lambda_{\mathrm{pos}}", "1", "decay of a gamma weight, advantage above 0", positive=True
)
decay_neg = scalar(
    "decay_neg", r"\lambda_{\mathrm{neg}}", "1", "decay of a gamma weight, other advantages", positive=True
)
decay_gamma = scalar(
    "decay_gamma", r"\lambda_{\hat A}", "1", "decay of a gamma weight for the sign of the advantage", positive=True
)
L_cap = scalar("L_cap", r"L_{\max}", "1", "constant length by which a loss divides", positive=True)

# --- one advantage, one length weight --------------------------------------------------------------------------------
r_self = scalar("r_self", "r", "1", "reward of the response itself")
m1_mates = scalar("m1_mates", r"m_{(1)}", "1", "mean reward of the other responses of the group")
m2_mates = scalar("m2_mates", r"m_{(2)}", "1", "mean squared reward of the other responses of the group")
delta_std = scalar("delta_std", r"\delta_{\mathrm{std}}", "1", "offset added to the std of a group", nonnegative=True)
L_own = scalar("L_own", r"L_{\mathrm{own}}", "1", "length of the response itself", positive=True)
L_mates = scalar(
    "L_mates", r"L_{\mathrm{mates}}", "1", "mean length of the other responses of the group", positive=True
)

# --- the pairs (response, token) of one prompt, on the diagonal phi = theta ------------------------------------------
iota = index("iota", r"\iota", "token of a response: one index over all (response, token) pairs of a prompt")
N_pairs = scalar(
    "N_pairs", r"N_\iota", "1", "number of pairs (response, token) that a loss sums over", integer=True, positive=True
)
prob_pair = function("prob_pair", r"P_{#1}", "1", "probability of the response of pair #1", nonnegative=True)
dprob_pair = function("dprob_pair", r"\partial_wP_{#1}", "1", "its derivative when the behaviour policy moves along w")
loss_pair = function(
    "loss_pair", r"f^{\mathrm{tok}}_{#1}", "1", "loss of the token of pair #1, written to be maximised"
)
weight_pair = function("weight_pair", r"\gamma_{#1}", "1", "token weight: factor of the score in the loss gradient")
dweight_pair = function("dweight_pair", r"\partial_w\gamma_{#1}", "1", "its derivative when phi moves along w")
adv_pair = function("adv_pair", r"\bar A_{#1}", "1", "advantage of the response of pair #1, mean over its mates")
dadv_pair = function("dadv_pair", r"\partial_w\bar A_{#1}", "1", "its derivative through the law of the mates")
kl_pair = function("kl_pair", r"\kappa_{#1}", "1", "token weight of a penalty that carries no advantage")
score_pair = function("score_pair", r"\langle s_{#1},h\rangle", "1", "score of the token of pair #1 along h")
cur_pair = function("cur_pair", r"\langle s_{#1},w\rangle", "1", "score of the token of pair #1 along w")
pre_pair = function("pre_pair", r"\langle s_{<#1},w\rangle", "1", "score of the tokens before that of pair #1, along w")
suf_pair = function("suf_pair", r"\langle s_{>#1},w\rangle", "1", "score of the tokens after that of pair #1, along w")
reward_pair = function("reward_pair", r"r_{#1}", "1", "binary reward of the response of pair #1", nonnegative=True)
rho_pair = function("rho_pair", r"\rho_{#1}", "1", "token ratio of pair #1")
seq_pair = function("seq_pair", r"\rho^{\mathrm{seq}}_{#1}", "1", "sequence ratio of the response of pair #1")
geo_pair = function("geo_pair", r"\rho^{\mathrm{geo}}_{#1}", "1", "geometric mean of its token ratios")
prox_pair = function("prox_pair", r"\rho^{\mathrm{prox}}_{#1}", "1", "learner to proximal ratio of pair #1")
beh_pair = function("beh_pair", r"\rho^{\mathrm{beh}}_{#1}", "1", "proximal to behaviour ratio of pair #1")
ref_pair = function("ref_pair", r"\rho^{\mathrm{ref}}_{#1}", "1", "reference to learner ratio of pair #1")
log_ref_pair = function("log_ref_pair", r"\log\rho^{\mathrm{ref}}_{#1}", "1", "log of the reference ratio of pair #1")
tau_pair = function("tau_pair", r"\tau_{\bar A,#1}", "1", "temperature of a soft gate at pair #1", positive=True)
logp_pair = function("logp_pair", r"\log\pi_{#1}", "1", "log-probability of the token of pair #1 under the learner")
logp_seq_pair = function("logp_seq_pair", r"\log\pi^{\mathrm{seq}}_{#1}", "1", "log-probability of its response")

# --- the first-order form --------------------------------------------------------------------------------------------
dH_h = scalar(
    "dH_h", r"\langle\partial_\varphi H(\theta,\theta)[w],h\rangle", "1", "phi-derivative of H along w, in direction h"
)
sigma_cur = scalar("sigma_cur", r"\sigma_{\mathrm{cur}}", "1", "power of the current token's ratio in the token weight")
sigma_all = scalar("sigma_all", r"\sigma_{\mathrm{all}}", "1", "power of the sequence ratio in the token weight")
gradp_h = scalar("gradp_h", r"\langle\nabla p,h\rangle", "1", "derivative of the success probability along h")
gradp_w = scalar("gradp_w", r"\langle\nabla p,w\rangle", "1", "derivative of the success probability along w")
slope_a0 = scalar("slope_a0", r"A_0'(p)", "1", "derivative in p of the mean advantage of a failed response")
slope_w = scalar("slope_w", r"w_G'(p)", "1", "derivative in p of the gap w_G = A_1 - A_0 of the mean advantages")
dbase_w = scalar("dbase_w", r"\partial_wb", "1", "derivative along w of the mates' mean, the baseline")

# --- stop-gradients --------------------------------------------------------------------------------------------------
FROZEN = tuple(
    scalar(f"frozen_{n}", rf"\mathrm{{sg}}^{{({n})}}", "1", f"value behind stop-gradient {n} of a loss")
    for n in (1, 2, 3)
)
FROZEN_PAIR = tuple(
    function(f"frozen_{n}_pair", rf"\mathrm{{sg}}^{{({n})}}_{{#1}}", "1", f"stop-gradient {n} of a loss at pair #1")
    for n in (1, 2, 3)
)
