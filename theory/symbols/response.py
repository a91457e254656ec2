"""The response-level view of H: one prompt, its responses, each with one of its tokens; tabular, logits as parameters.

``o`` runs over (response, token) pairs. Its weight is the law of the response when that token is drawn by the learner
theta and every other token by the behaviour policy phi; for each token place this is a probability, so the weights sum
to L. ``a`` and ``b`` are any directions of theta and of phi.
"""

from __future__ import annotations

from .registry import function, index, scalar, vector

# --- prompts, responses, tokens --------------------------------------------------------------------------------------
x_prompt = index("x_prompt", "x", "prompt with responses of both rewards (at others every advantage is zero)")
y_ans = index("y_ans", "y", "response to a prompt")
o_tok = index("o_tok", "o", "response together with one of its L tokens")
N_prompts = scalar("N_prompts", "N_x", "1", "number of prompts", integer=True, positive=True)
N_ans = scalar("N_ans", "N_y", "1", "number of responses to a prompt", integer=True, positive=True)
N_tok = scalar("N_tok", "N_o", "1", "number of (response, token) pairs", integer=True, positive=True)
P_prompt = function("P_prompt", "P_{#1}", "1", "probability of prompt #1", nonnegative=True)
P_top = scalar("P_top", r"P_{\max}", "1", "largest probability of a prompt", positive=True)

# --- directions and their parts in the rows of one prompt ------------------------------------------------------------
a_dir = vector("a_dir", r"\mathbf{u}", "1", "any direction of the learner")
b_dir = vector("b_dir", r"\mathbf{v}", "1", "any direction of the behaviour policy")
part_x = function("part_x", "{#2}_{#1}", "1", "part of #2 in the rows of prompt #1", is_vector=True)
part_row = function("part_row", r"{#3}_{#1#2}", "1", "part of #3 in row #2 of prompt #1", is_vector=True)
top_row = function("top_row", r"\overline{#3}_{#1#2}", "1", "largest entry of #3 in row #2 of prompt #1")
low_row = function("low_row", r"\underline{#3}_{#1#2}", "1", "smallest entry of #3 in row #2 of prompt #1")
var_row = function(
    "var_row",
    r"\mathrm{Var}_{#1#2}(#3;#4)",
    "1/param**2",
    "variance of the score along #3 in row #2 of prompt #1 at #4",
    nonnegative=True,
)
reach = function("reach", "d_{#1#2}", "1", "probability that a response of phi passes row #2 of #1", nonnegative=True)
reach_other = function(
    "reach_other",
    "d'_{#1#2}",
    "1",
    "probability that a response passes row #2 of prompt #1, summed over the learner's token at another place",
    nonnegative=True,
)

# --- one prompt: laws, scores, rewards -------------------------------------------------------------------------------
hyb = function("hyb", "h_{#1#2}", "1", "weight of #2: this token by theta, all others by phi", nonnegative=True)
s_this = function("s_this", r"s^{#3}_{#1#2}", "1/param", "score of this token at theta along #3")
t_others = function("t_others", r"t_{#1#2}", "1/param", "sum of the scores of the other tokens at phi along v")
t_all = function("t_all", r"T_{#1#2}", "1/param", "sum of the scores of all tokens of the response of #2 along v")
r_tok = function("r_tok", "r_{#1#2}", "1", "reward of the response of #2")
law = function("law", r"\pi_{#1#2}", "1", "probability of response #2 to prompt #1 under phi", nonnegative=True)
r_ans = function("r_ans", "R_{#1#2}", "1", "reward of response #2")
s_ans = function("s_ans", "S^{#3}_{#1#2}", "1/param", "score of response #2 at phi along #3")

# --- one prompt: success, weight, surrogate gradient -----------------------------------------------------------------
p_x = function("p_x", "p_{#1}", "1", "success probability of prompt #1 under phi")
dp_x = function("dp_x", r"\partial_{#2}p_{#1}", "1/param", "derivative of the success probability of #1 along #2")
A_tok = function("A_tok", r"\mathcal A_{#1#2}", "1", "expected advantage of the response of #2")
dA_tok = function("dA_tok", r"\partial\mathcal A_{#1#2}", "1/param", "derivative of that advantage along v")
Hu_x = function("Hu_x", r"\langle H_{#1},\mathbf{u}\rangle", "1/param", "surrogate gradient of prompt #1 along u")
D_x = function(
    "D_x", r"\langle\partial_\varphi H_{#1}[\mathbf{v}],\mathbf{u}\rangle", "1/param**2", "its derivative along v"
)
B_x = function("B_x", "B_{#1}", "1", "effect of the behaviour policy at prompt #1, summed over L places")
D_all = scalar(
    "D_all", r"\langle\partial_\varphi H[\mathbf{v}],\mathbf{u}\rangle", "1/param**2", "mean of that over the prompts"
)
b_top = scalar(
    "b_top", r"\overline{b}", "1", "bound on the slope of w_G times sqrt(p(1-p)) over all p", nonnegative=True
)
c_top = scalar("c_top", r"\overline{c}", "1", "bound on the slope of w_G times p(1-p) over all p", nonnegative=True)
w_here = scalar("w_here", "w", "1", "value of w_G at the success probability of the prompt")
w_slope_here = scalar("w_slope_here", "w'", "1", "value of w_G' at the success probability of the prompt")
