"""Points, outcomes, the objects of the theory, and their derivatives along a direction."""

from __future__ import annotations

from .registry import function, index, scalar, vector

# --- points, outcomes and the objects of the theory ------------------------------------------------------------------
theta = vector("theta", r"\theta", "param", "learner parameters")
phi = vector("phi", r"\varphi", "param", "behaviour (rollout) parameters")
phi2 = vector("phi2", r"\varphi'", "param", "another behaviour point")
v_unit = vector("v", "v", "1", "unit vector along the difference under study")
n_out = scalar("n", "n", "1", "number of outcomes z_1..z_n, any finite size", integer=True, positive=True)
i_out = index("i", "i", "outcome")
theta_at = function("theta_at", r"\theta_{#1}", "param", "learner parameters after #1 learner steps", is_vector=True)
phi_at = function("phi_at", r"\varphi_{#1}", "param", "behaviour parameters at learner step #1", is_vector=True)
u_at = function(
    "u_at", "u_{#1}", "param/(lr*step)", "update at learner step #1 (whole displacement / eta)", is_vector=True
)
delta_at = function("delta_at", r"\delta_{#1}", "1/param", "staleness bias of the gradient at step #1", is_vector=True)
prob = function("p", "p_{#1}(#2)", "1", "probability of outcome z_#1 under D(#2)", nonnegative=True)
grad_ell = function(
    "grad_ell", r"\nabla_\theta\ell_{#1}(#2,#3)", "1/param", "loss gradient at z_#1 in its theta slot", is_vector=True
)
H_map = function("H", "H(#1,#2)", "1/param", "surrogate-gradient mapping, the first partial of F", is_vector=True)
TV = function("TV", r"\mathrm{TV}(D(#1),D(#2))", "1", "total variation (half the L1 distance)", nonnegative=True)
xi = vector("xi", r"\xi", "param", "any point of the segment between theta_t and phi_t")
w_dir = vector("w", "w", "param", "any displacement in parameter space")
xi_star = vector("xi_star", r"\xi^\ast", "param", "point of the segment at which the supremum Lambda is attained")
w_star = vector("w_star", r"w^\ast", "1", "unit direction at which the supremum Lambda is attained")
dH = function(
    "dH",
    r"\partial_\varphi H(\theta_t,#1)[#2]",
    "#2/param**2",
    "derivative of H in phi at #1, applied to #2",
    is_vector=True,
)
d2H = function(
    "d2H",
    r"\partial_\varphi^2 H(\theta_t,#1)[#2,#2]",
    "#2**2/param**3",
    "second derivative of H in phi at #1",
    is_vector=True,
)
Lambda_seg = scalar(
    "Lambda",
    r"\Lambda",
    "1/param**2",
    "supremum over the segment of the norm of the phi-derivative of H",
    nonnegative=True,
)
U_win = scalar("U", "U", "param/(lr*step)", "largest norm of the updates inside the lag window", positive=True)

# --- derivatives along a direction -----------------------------------------------------------------------------------
ell = function("ell", r"\ell_{#1}", "1", "loss at outcome z_#1 on the diagonal phi = theta")
prob_d = function("p_d", "p_{#1}", "1", "probability of outcome z_#1 on the diagonal", nonnegative=True)
dp = function("dp", r"\partial_w p_{#1}", "1", "derivative of the probability of z_#1 along w")
dell = function("dell", r"\mathrm{d}_w\ell_{#1}", "1", "derivative of the loss along w in both slots")
dell_theta = function("dell_theta", r"\partial_{1,w}\ell_{#1}", "1", "derivative of the loss along w in its theta slot")
dell_phi = function("dell_phi", r"\partial_{2,w}\ell_{#1}", "1", "derivative of the loss along w in its phi slot")
score_w = function("score_w", r"\partial_w\log p_{#1}", "1", "score of outcome z_#1 along w")
J_w = scalar("J_w", r"\mathrm{D}J(\theta)[w]", "1", "total derivative of J(theta) = F(theta, theta) along w")
H_w = scalar("H_w", r"\langle H(\theta,\theta),w\rangle", "1", "surrogate gradient along w")
B_w = scalar("B_w", r"\langle B(\theta,\theta),w\rangle", "1", "distribution term along w")
