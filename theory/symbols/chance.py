"""Binary rewards: the chance of success at one prompt, and what a group makes of it."""

from __future__ import annotations

from .registry import function, index, scalar

# --- the chance of success and the expected advantages ---------------------------------------------------------------
p_suc = scalar("p_suc", "p", "1", "chance that a response to the prompt succeeds, in (0, 1)", positive=True)
q_fail = scalar("q_fail", "q", "1", "chance that it fails, 1 - p", positive=True)
k_suc = index("k_suc", "k", "number of successes among the mates")
h_suc = index("h_suc", "h", "number of successes, another range")
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
root_one = scalar("root_one", r"\varsigma_-", "1", "the smallest of the roots, sqrt(G - 1)", positive=True)
root_two = scalar("root_two", r"\varsigma_+", "1", "the next smallest, sqrt(2(G - 2))", positive=True)
drop_weight = scalar("D_w", "D_w", "1", "largest difference of two neighbouring coefficients of w_G")
slope_adv = scalar("L_A", "L_A", "1", "largest slope of A_1 and A_0 in p")
slope_weight = scalar("L_w", "L_w", "1", "largest slope of w_G in p")
drop_max = scalar("D_A", "D_A", "1", "largest difference of two neighbouring advantages", positive=True)
