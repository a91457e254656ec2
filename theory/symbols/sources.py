"""Where the bias comes from: the laws that multiply to a term of the loss, the hybrid measures, the sources."""

from __future__ import annotations

from .registry import function, index, scalar, vector

# --- one term of the loss: a prompt, a response, one of its tokens, and the mates of its group ----------------------
tau = index("tau", r"\tau", "term of the loss: prompt, response, one token of it, mates")
N_terms = scalar("N_tau", r"N_\tau", "1", "number of terms of the loss", integer=True, positive=True)
pre_law = function("d_pre", r"d_{#1}^{<}(#2)", "1", "probability of the prompt and the tokens before", nonnegative=True)
tok_law = function("c_tok", r"c_{#1}(#2)", "1", "probability of the token given what is before it", nonnegative=True)
suf_law = function("q_suf", r"q_{#1}^{>}(#2)", "1", "probability of the tokens after it, given it", nonnegative=True)
upto_law = function("d_upto", r"d_{#1}^{\le}(#2)", "1", "probability of prompt and tokens up to it", nonnegative=True)
resp_law = function("P_resp", r"P_{#1}(#2)", "1", "probability of the prompt and the whole response", nonnegative=True)
rew_law = function("g_rew", r"g_{#1}(#2)", "1", "probability of the mates' rewards", nonnegative=True)
len_law = function(
    "h_len", r"h_{#1}(#2)", "1", "probability of the mates' lengths given their rewards", nonnegative=True
)
term_law = function("P_term", r"P_{#1}^{+}(#2)", "1", "probability of prompt, response and mates", nonnegative=True)
imp_weight = function("omega", r"\omega_{#1}(#2)", "1", "importance weight of the loss, 1 where it has none")
clip_factor = function("kappa", r"\kappa_{#1}(#2)", "1", "clip factor: 1 unclipped, 0 clipped, between for soft clips")
tok_used = function("c_used", r"\tilde{c}_{#1}(#2)", "1", "law of the token after its importance weight")
len_weight = function("n_len", r"n_{#1}", "1", "length weight, such as 1 over the length of the response")
score_tok = function("s_tok", r"s_{#1}", "1/param", "score of the token, at theta", is_vector=True)
kl_grad = function(
    "k_kl", r"k_{#1}", "1/param", "gradient of the KL term at this token, weights included", is_vector=True
)

# --- hybrid measures: learner's factors are replaced by the behaviour's one after the other ------------------------
mu_none = function("mu_none", r"\mu^{\theta}_{#1}", "1", "measure with every factor of the learner")
mu_pre = function("mu_pre", r"\mu^{\mathrm{i}}_{#1}", "1", "hybrid measure, prefix law of the behaviour policy")
mu_tok = function("mu_tok", r"\mu^{0}_{#1}", "1", "and the token")
mu_suf = function("mu_suf", r"\mu^{\mathrm{ii}}_{#1}", "1", "and the suffix law")
mu_rew = function("mu_rew", r"\mu^{\mathrm{iii}}_{#1}", "1", "and the law of the mates' rewards")
mu_len = function(
    "mu_len", r"\mu^{\mathrm{vi}}_{#1}", "1", "and of their lengths: every factor of the behaviour policy"
)

# --- the sources ----------------------------------------------------------------------------------------------------
bias_gap = vector("bias_gap", r"\delta", "1/param", "staleness bias of the gradient, behaviour at phi")
src_tok = vector("src_tok", r"\delta^{0}", "1/param", "bias from the current token")
src_pre = vector("src_pre", r"\delta^{\mathrm{i}}", "1/param", "bias from the prefix law")
src_suf = vector("src_suf", r"\delta^{\mathrm{ii}}", "1/param", "bias from the suffix law")
src_rew = vector("src_rew", r"\delta^{\mathrm{iii}}", "1/param", "bias from the group normaliser")
src_clip = vector("src_clip", r"\delta^{\mathrm{iv}}", "1/param", "bias from the clip")
src_kl = vector("src_kl", r"\delta^{\mathrm{v}}", "1/param", "bias from the KL term")
src_len = vector("src_len", r"\delta^{\mathrm{vi}}", "1/param", "bias from a length normaliser that sees the mates")

# --- orders ---------------------------------------------------------------------------------------------------------
rest_term = function("x_rest", r"X_{#1}", "1/param", "everything else in the term", is_vector=True)
_factors = (
    ("pre", "d", "prefix law"),
    ("tok", r"\tilde c", "token's law as the loss sees it"),
    ("suf", "q", "suffix law"),
    ("rew", "g", "law of the mates' rewards"),
    ("len", "h", "law of the mates' lengths"),
    ("clip", r"\kappa", "clip factor"),
)
factor_change = tuple(
    function(f"{n}_change", rf"\Delta {x}_{{#1}}", "1", f"change of the {what} from theta to phi")
    for n, x, what in _factors
)
at_phi = tuple(
    index(f"at_phi_{n}", rf"b_{{{k}}}", f"1 where the {what} is the behaviour's, else 0")
    for k, (n, _, what) in enumerate(_factors, 1)
)
exchanged = function(
    "H_exchanged",
    "H^{#1#2#3#4#5#6}",
    "1/param",
    "surrogate gradient, factors of digit 1 at phi, without the KL term",
    is_vector=True,
)
shap_pre = vector("shap_pre", r"\bar\delta^{\mathrm{i}}", "1/param", "prefix source, mean over all orders")
shap_tok = vector("shap_tok", r"\bar\delta^{0}", "1/param", "token source, mean over all orders")
shap_len = vector("shap_len", r"\bar\delta^{\mathrm{vi}}", "1/param", "lengths source, mean over all orders")
shap_clip = vector("shap_clip", r"\bar\delta^{\mathrm{iv}}", "1/param", "clip source, mean over all orders")
shap_suf = vector("shap_suf", r"\bar\delta^{\mathrm{ii}}", "1/param", "suffix source, mean over all orders")
shap_rew = vector("shap_rew", r"\bar\delta^{\mathrm{iii}}", "1/param", "normaliser source, mean over all orders")

# --- the null test: exact sequence weight, baseline of the mates ----------------------------------------------------
seq_used = function("P_used", r"\tilde{P}_{#1}(#2)", "1", "law of the response after its importance weight")
mate_law = function("w_mate", r"w_{#1#2}(#3)", "1", "law of the mates' outcome #2 given term #1", nonnegative=True)
adv_in = function("A_in", r"A_{#1#2}", "1", "advantage of response #2 within outcome #1")
rew_term = function("r_term", r"r_{#1}", "1", "reward of the response of term #1")
mates_mean = function("b_mates", r"\bar r^{\mathrm{m}}_{#1}", "1", "mean reward of the mates in their outcome #1")
adv_mean = function("A_mean", r"\bar A_{#1}(#2)", "1", "advantage of term #1 averaged over its mates")
adv_scale = scalar("c_A", r"c_A", "1", "scale of the advantage, 1 for RLOO and (G-1)/G for Dr. GRPO", positive=True)
len_const = scalar("n_L", r"n_L", "1", "constant length weight, such as 1/L", positive=True)
mean_score = vector("mean_score", r"\nabla\sum P", "1/param", "gradient of the total probability")

# --- one group with all its weights differentiable --------------------------------------------------------------------
rew_in = function("r_in", r"r^{\mathrm{grp}}_{#1#2}", "1", "reward of response #2 of group #1")
mean_in = function("mean_in", r"\bar r^{\mathrm{grp}}_{#1}", "1", "mean reward of group #1")
scale_in = function(
    "c_in", r"c^{\mathrm{grp}}_{#1}", "1", "scale of the advantages of group #1, such as 1 over its std"
)
score_in = function("S_in", r"S_{#1#2}", "1/param", "score of response #2 of group #1", is_vector=True)
group_score = function("S_sum", r"S_{#1}^{+}", "1/param", "score of group #1: sum over its responses", is_vector=True)
group_weight = function("W_group", r"W_{#1}", "1", "importance weight of group #1", nonnegative=True)
H_full = vector("H_full", r"H^{\mathrm{full}}", "1/param", "surrogate gradient, every weight differentiable")
H_stop = vector("H_stop", r"H^{\mathrm{stop}}", "1/param", "surrogate gradient, the mates' weights under stop-gradient")
H_mates = vector("H_mates", r"H^{\mathrm{mates}}", "1/param", "what the mates' weights add to the gradient")

# --- the matrix of the phi-derivative on the diagonal -----------------------------------------------------------------
w_other = vector("w2", "w'", "param", "another displacement in parameter space")
y_resp = index("y_resp", "y", "response")
N_resp = scalar("N_y", r"N_{\mathrm{resp}}", "1", "number of responses", integer=True, positive=True)
resp_prob = function(
    "pi_y", r"\pi^{\mathrm{resp}}_{#1}", "1", "probability of response #1, on the diagonal", nonnegative=True
)
cum_score = function(
    "C_cum", r"C_{#1#2}[#3]", "1", "derivative along #3 of log-probability of #2 tokens of response #1"
)
tok_score = function("s_along", r"s_{#1#2}[#3]", "1", "derivative along #3 of the log-probability of token #2")
late_pre = function("T_pre", r"T^{<}_{#1}[#2,#3]", "1", "scores along #2 with those of earlier tokens along #3")
late_suf = function("T_suf", r"T^{>}_{#1}[#2,#3]", "1", "scores along #2 with those of later tokens along #3")
adv_resp = function("A_resp", r"A^{\mathrm{resp}}_{#1}", "1", "expected advantage of response #1")
len_resp = function("n_resp", r"n^{\mathrm{resp}}_{#1}", "1", "length weight of response #1")
adv_slope = function(
    "dA_resp",
    r"\partial A^{\mathrm{resp}}_{#1}[#2]",
    "1",
    "derivative along #2 of the expected advantage of response #1",
)
rew_resp = function("r_resp", r"r^{\mathrm{resp}}_{#1}", "1", "reward of response #1")
form_pre = function("Q_pre", r"Q^{<}[#1,#2]", "1", "prefix operator: behaviour moves along #2, H is read along #1")
form_suf = function("Q_suf", r"Q^{>}[#1,#2]", "1", "suffix operator: behaviour moves along #2, H is read along #1")
form_norm = function(
    "Q_norm", r"Q^{A}[#1,#2]", "1", "normaliser operator: behaviour moves along #2, H is read along #1"
)
form_H = function("Q_H", r"\partial_\varphi H[#1,#2]", "1", "derivative of H along #2 on the diagonal, read along #1")
success_slope = function("dp_w", r"\partial p[#1]", "1", "derivative of the mean reward along #1")
slope_fail = scalar("A0_slope", r"A_0'", "1", "derivative of the expected advantage of a failure in p")
slope_gap = scalar("wG_slope", r"w_G'", "1", "derivative of the normaliser w_G = A_1 - A_0 in p")
mass_slope = function("dmass", r"\partial\!\sum\pi[#1]", "1", "derivative of the total probability along #1")
mean_adv = function("mean_A", r"\bar A^{\mathrm{grp}}_{#1}", "1", "mean advantage of group #1")
own_grad = function(
    "own_grad", r"a^{\mathrm{own}}_{#1}", "1/param", "mean of advantage times own score in group #1", is_vector=True
)
mates_grad = function(
    "mates_grad",
    r"a^{\mathrm{m}}_{#1}",
    "1/param",
    "mean of advantage times the mates' scores in group #1",
    is_vector=True,
)

# --- clip and graded rewards: one response of ratio rho, its mates at outcome z_i -------------------------------------
adv_given = function("A_given", r"A^{y}_{#1}", "1", "advantage of the response at mates' outcome #1")
adv_gain = function("A_gain", r"A_{#1}^{+}", "1", "positive part of the advantage at outcome #1", nonnegative=True)
adv_loss = function("A_lack", r"A_{#1}^{-}", "1", "negative part of the advantage at outcome #1", nonnegative=True)
ppo_term = function("ppo", r"f^{y}_{#1}", "1", "clipped surrogate of the response at mates' outcome #1")
mean_gain = scalar("E_gain", r"\mathbb E[A^{+}\mid y]", "1", "mean positive part of the advantage", nonnegative=True)
mean_loss = scalar("E_lack", r"\mathbb E[A^{-}\mid y]", "1", "mean negative part of the advantage", nonnegative=True)
ppo_mean = scalar("ppo_mean", r"\bar f", "1", "clipped surrogate of the response, mean over its mates")
ppo_trap = scalar("ppo_trap", r"f^{\mathrm{trap}}", "1", "clipped surrogate of the mean advantage")

# --- the normaliser source, row by row --------------------------------------------------------------------------------
a_tok = index("a_tok", r"\mathsf{a}", "token of the vocabulary")
n_vocab = scalar("V", "V", "1", "vocabulary size", integer=True, positive=True)
row_law = function("c_row", r"c_{#1#2}(\theta)", "1", "probability of token #2 in row #1 at theta", nonnegative=True)
row_score = function("s_row", r"s_{#1#2}", "1/param", "score of token #2 in row #1", is_vector=True)
row_mean = function("s_row_mean", r"\bar s_{#1}", "1/param", "mean score in row #1", is_vector=True)
row_gain = function("R_row", r"\hat R_{#1#2}", "1", "mean of length weight times reward after token #2 in row #1")
row_len = function("n_row", r"\hat n_{#1#2}", "1", "mean length weight after token #2 in row #1")
row_adv = function("A_row", r"A_{#1#2#3}", "1", "mean weighted advantage after token #2 in row #1, mates' outcome #3")
row_adv_mean = function("A_bar", r"\bar A_{#1#2}(#3)", "1", "and averaged over mates of law D(#3)")
row_change = function("A_diff", r"\Delta_{#1}", "1/param", "change of row #1 with the mates' law", is_vector=True)
