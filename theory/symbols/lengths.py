"""Responses of several lengths to first order: rewards of the mates, then lengths, and length weights that see them.

Pairs (response, token) and directions are those of ``symbols/losses.py``; derivatives are along ``w``, on the diagonal.
"""

from __future__ import annotations

from .registry import function, index, scalar

# --- the mates of a response: their rewards, then their lengths given those -------------------------------------------
i_mates = index("i_mates", "i'", "rewards of all mates of a response")
k_mates = index("k_mates", "k'", "lengths of all mates of a response")
j_other = index("j_other", "j'", "mate of a response")
N_rewards = scalar("N_i", "N_i", "1", "number of values of the mates' rewards", integer=True, positive=True)
N_lengths = scalar("N_k", "N_k", "1", "number of values of the mates' lengths", integer=True, positive=True)
N_mates = scalar("N_j", "G-1", "1", "number of mates", integer=True, positive=True)
g_mates = function("g_mates", r"g^{\mathrm{m}}_{#1}", "1", "probability of the mates' rewards #1", nonnegative=True)
h_mates = function(
    "h_mates", r"h^{\mathrm{m}}_{#1#2}", "1", "probability of the mates' lengths #2 given #1", nonnegative=True
)
dg_mates = function(
    "dg_mates", r"\partial_wg^{\mathrm{m}}_{#1}", "1", "derivative of the law of the mates' rewards along w"
)
dh_mates = function(
    "dh_mates", r"\partial_wh^{\mathrm{m}}_{#1#2}", "1", "derivative of the law of the mates' lengths along w"
)
rew_mate = function("rew_mate", r"a_{#1#2}", "1", "mean of <S,w> over responses with the reward of mate #2 in #1")
len_mate = function(
    "len_mate", r"b_{#1#2#3}", "1", "mean of <S,w> over those with its length in #2 too, minus the mean without"
)
rew_score = function("rew_score", r"u^{\mathrm{m}}_{#1}", "1", "score of the mates' rewards along w")
len_score = function(
    "len_score", r"v^{\mathrm{m}}_{#1#2}", "1", "score of the mates' lengths along w, given their rewards"
)

# --- advantage and length weight -------------------------------------------------------------------------------------
adv_real = function(
    "A_real", r"A^{\mathrm{m}}_{#1#2}", "1", "advantage of the response of pair #1 with mates' rewards #2"
)
n_real = function(
    "n_real", r"n^{\mathrm{m}}_{#1#2}", "1", "length weight of the token of pair #1 with mates' lengths #2"
)
n_own = function("n_own", r"n^{\mathrm{own}}_{#1}", "1", "length weight of pair #1 that does not see the mates")
n_mean = function("n_mean", r"\bar n_{#1#2}", "1", "length weight of pair #1, mean over the mates' lengths given #2")
dn_mean = function("dn_mean", r"\partial_w\bar n_{#1#2}", "1", "its derivative through the law of the lengths")
adv_n = function("An", r"\overline{An}_{#1}", "1", "advantage times length weight of pair #1, mean over its mates")
dadv_n = function("dAn", r"\partial_w\overline{An}_{#1}", "1", "derivative of that mean through the law of the mates")
adv_n_rew = function("dAn_rew", r"\partial_w^{\mathrm{iii}}\overline{An}_{#1}", "1", "its part from the mates' rewards")
adv_n_len = function("dAn_len", r"\partial_w^{\mathrm{vi}}\overline{An}_{#1}", "1", "its part from the mates' lengths")
sigma_pair = function("sigma_pair", r"\sigma_{#1}", "1", "power of the sequence ratio in the weight of pair #1")

# --- the sources to first order, in direction h ----------------------------------------------------------------------
part_pre = scalar("part_pre", r"\dot\delta^{\mathrm{i}}", "1", "derivative of H along w through the law of the prefix")
part_tok = scalar("part_tok", r"\dot\delta^{0}", "1", "and through the current token")
part_suf = scalar("part_suf", r"\dot\delta^{\mathrm{ii}}", "1", "and through the law of the suffix")
part_rew = scalar("part_rew", r"\dot\delta^{\mathrm{iii}}", "1", "and through the law of the mates' rewards")
part_len = scalar("part_len", r"\dot\delta^{\mathrm{vi}}", "1", "and through the law of the mates' lengths")
