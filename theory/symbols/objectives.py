"""Written forms of one objective, and the field that a surrogate gradient makes on the diagonal."""

from __future__ import annotations

from .registry import function, index, scalar

# --- a loss and the same loss plus a function of phi; derivatives along a direction w ---
c_shift = scalar("c_shift", r"c(\varphi)", "1", "function of phi added to the loss, at phi = theta")
dc_shift = scalar("dc_shift", r"\partial_wc(\varphi)", "1", "its derivative along w")
H2_w = scalar("H2_w", r"\langle H^c,w\rangle", "1", "surrogate gradient of the shifted loss along w")
B2_w = scalar("B2_w", r"\langle B^c,w\rangle", "1", "distribution term of the shifted loss along w")
J2_w = scalar("J2_w", r"\mathrm DJ^c[w]", "1", "total derivative of the shifted objective along w")

# --- ratio form and log form of one loss over the responses of a prompt ---
pi_of = function("pi_of", r"\pi_{#1}", "1", "probability of response #1 under theta", positive=True)
pi_behind = function("pi_behind", r"\pi^\varphi_{#1}", "1", "probability of response #1 under phi", positive=True)
dpi_of = function("dpi_of", r"\partial_w\pi_{#1}", "1", "derivative of its probability under theta along w")
adv_of = function("adv_of", "A_{#1}", "1", "expected advantage of response #1 under phi")
dadv_of = function("dadv_of", r"\partial_wA_{#1}", "1", "derivative of its expected advantage along w")
H_ratio = scalar("H_ratio", r"\langle H^{\mathrm{ratio}},w\rangle", "1", "surrogate gradient of the ratio form along w")
H_log = scalar("H_log", r"\langle H^{\log},w\rangle", "1", "surrogate gradient of the log form along w")
DJ_ratio = scalar("DJ_ratio", r"\mathrm DJ^{\mathrm{ratio}}[w]", "1", "total derivative of the ratio form along w")

# --- the field h = sum of c_i grad p_i on the diagonal, and its derivatives along v and w ---
lev = index("lev", "r", "reward level")
coef = function("coef", "c_{#1}", "1", "coefficient of the gradient of p_#1")
dcoef_v = function("dcoef_v", r"\partial_vc_{#1}", "1", "derivative of coefficient #1 along v")
dcoef_w = function("dcoef_w", r"\partial_wc_{#1}", "1", "derivative of coefficient #1 along w")
dprob_v = function("dprob_v", r"\partial_vp_{#1}", "1", "derivative of p_#1 along v")
dprob_w = function("dprob_w", r"\partial_wp_{#1}", "1", "derivative of p_#1 along w")
d2prob = function("d2prob", r"\partial_v\partial_wp_{#1}", "1", "second derivative of p_#1 along v and w")
Dh_vw = scalar("Dh_vw", r"\partial_v\langle h,w\rangle", "1", "derivative along v of the component of h along w")
Dh_wv = scalar("Dh_wv", r"\partial_w\langle h,v\rangle", "1", "derivative along w of the component of h along v")
curl_vw = scalar("curl_vw", r"\mathrm{curl}_{vw}h", "1", "what the two derivatives differ by; 0 for a gradient")
rew_of = function("rew_of", "R_{#1}", "1", "reward of outcome #1")
mean_v = scalar("mean_v", r"\partial_vm", "1", "derivative of the mean reward along v")
mean_w = scalar("mean_w", r"\partial_wm", "1", "derivative of the mean reward along w")
base_m = scalar("base_m", "a(m)", "1", "coefficient that all outcomes share, at mean reward m")
gain_m = scalar("gain_m", "b(m)", "1", "coefficient of the reward, at mean reward m; w_G for binary rewards")
dbase_m = scalar("dbase_m", "a'(m)", "1", "derivative of a at m")
dgain_m = scalar("dgain_m", "b'(m)", "1", "derivative of b at m")
h_w = scalar("h_w", r"\langle h,w\rangle", "1", "component of the field along w")
adv_tilt = function("adv_tilt", "A'_{#1}", "1", "slope in p of the expected advantage of outcome #1")
len_inv = function("len_inv", r"\lambda_{#1}", "1", "length weight of outcome #1, such as 1/|y|")
suc_v = scalar("suc_v", r"\partial_vp", "1", "derivative of the chance of success along v")
Q_v = scalar("Q_v", "Q_v", "1", "derivative along v of the probabilities, weighted by slope and length")
Q_w = scalar("Q_w", "Q_w", "1", "derivative along w of the probabilities, weighted by slope and length")
rho_of = function("rho_of", r"\rho_{#1}", "1", "ratio of response #1, theta over phi", positive=True)
drho_of = function("drho_of", r"\partial_w\rho_{#1}", "1", "derivative of the ratio in theta along w, phi frozen")
sc_of = function("sc_of", r"\partial_w\log\pi_{#1}", "1", "score of response #1 along w")
mid_v = scalar("mid_v", r"\partial_vp_2", "1", "derivative along v of the chance of the middle level")
mid_w = scalar("mid_w", r"\partial_wp_2", "1", "derivative along w of the chance of the middle level")
top_v = scalar("top_v", r"\partial_vp_3", "1", "derivative along v of the chance of the top level")
top_w = scalar("top_w", r"\partial_wp_3", "1", "derivative along w of the chance of the top level")

# --- token mean in groups of two: a failure and successes of two lengths ---
size_fail = scalar("size_fail", r"\ell_1", "1", "length of the failures", positive=True)
size_short = scalar("size_short", r"\ell_2", "1", "length of the successes of one kind", positive=True)
size_long = scalar("size_long", r"\ell_3", "1", "length of the successes of the other kind", positive=True)
share_short = scalar(
    "share_short", r"b_{12}", "1", "token weights of a failure and a success of the first kind", positive=True
)
share_long = scalar(
    "share_long", r"b_{13}", "1", "token weights of a failure and a success of the second kind", positive=True
)
