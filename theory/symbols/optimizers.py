"""Optimizers: gradients, their moving averages, what an optimizer makes of them, and its hyper-parameters."""

from __future__ import annotations

from .registry import function, index, scalar

# --- any optimizer ---------------------------------------------------------------------------------------------------
t_opt = scalar("t_opt", "t", "step", "optimizer steps taken, at least 1", integer=True, positive=True)
grad_at = function(
    "grad_at", r"\mathsf{g}_{#1}", "param/(lr*step)", "gradient of optimizer step #1, of any batch", is_vector=True
)
G_grad = scalar("G_grad", r"G_{\mathrm{grad}}", "param/(lr*step)", "bound on the norm of a gradient", positive=True)

# --- clipping --------------------------------------------------------------------------------------------------------
max_norm = scalar("max_norm", r"c_{\max}", "param/(lr*step)", "norm to which gradients are clipped", positive=True)
eps_clip = scalar(
    "eps_clip", r"\varepsilon_{\mathrm{clip}}", "param/(lr*step)", "what clipping adds to the norm", positive=True
)
clip_gain = scalar("clip_gain", r"\gamma_{\mathrm{clip}}", "1", "factor of a clipped gradient", positive=True)

# --- momentum --------------------------------------------------------------------------------------------------------
buf_at = function("buf_at", r"\mathsf{b}_{#1}", "param/(lr*step)", "momentum buffer after #1 steps", is_vector=True)
buf_norm = function(
    "buf_norm", r"\bar{\mathsf{b}}_{#1}", "param/(lr*step)", "norm of the buffer after #1+1 steps, over mu^#1"
)
mom_rate = scalar("mom_rate", r"\mu_{\mathrm{mom}}", "1", "momentum", positive=True)
mom_damp = scalar("mom_damp", r"\tau_{\mathrm{mom}}", "1", "dampening of the gradients after the first")
mom_top = scalar("mom_top", r"\Gamma_{\mathrm{mom}}", "1", "largest sum of the weights of all gradients", positive=True)

# --- weight decay ----------------------------------------------------------------------------------------------------
raw_at = function("raw_at", r"\mathsf{h}_{#1}", "param/(lr*step)", "update of step #1 before decay", is_vector=True)
G_raw = scalar(
    "G_raw", r"G_{\mathrm{raw}}", "param/(lr*step)", "bound on the norm of an update before decay", positive=True
)
wd_rate = scalar("wd_rate", r"\lambda_{\mathrm{wd}}", "1/(lr*step)", "weight decay", positive=True)
R_start = scalar("R_start", r"R_0", "param", "norm of the parameters at the start", nonnegative=True)
R_ball = scalar(
    "R_ball", r"R_{\mathrm{wd}}", "param", "radius of a ball that the parameters do not leave", positive=True
)
ball_gap = function(
    "ball_gap", r"g^{\mathrm{wd}}_{#1}", "param", "norm of the parameters after #1 steps less that radius"
)
raw_part = function(
    "raw_part", r"\mathsf{h}^{(#1)}_{#2}", "param/(lr*step)", "coordinate #1 of the update of step #2 before decay"
)

# --- Adam, one coordinate --------------------------------------------------------------------------------------------
beta_one = scalar("beta1", r"\beta_1", "1", "decay rate of the first moment", positive=True)
beta_two = scalar("beta2", r"\beta_2", "1", "decay rate of the second moment", positive=True)
geo_sum = function("geo_sum", r"\mathsf{S}_{#2}(#1)", "1", "1 + x + ... + x^(#2-1) at x = #1 > 0", positive=True)
adam_g = function("adam_g", r"g^{\mathrm{A}}_{#1}", "1/param", "one coordinate of the gradient of step #1")
adam_m = function("adam_m", r"m^{\mathrm{A}}_{#1}", "1/param", "first moment after #1 steps")
adam_v = function("adam_v", r"v^{\mathrm{A}}_{#1}", "1/param**2", "second moment after #1 steps")
adam_mw = function("adam_mw", r"\tilde m^{\mathrm{A}}_{#1}", "1/param", "first moment over beta1^#1")
adam_vw = function("adam_vw", r"\tilde v^{\mathrm{A}}_{#1}", "1/param**2", "second moment over beta2^#1")
adam_mh = scalar("adam_mh", r"\hat m", "1/param", "first moment, bias-corrected")
adam_vh = scalar("adam_vh", r"\hat v", "1/param**2", "second moment, bias-corrected")
adam_den = scalar(
    "adam_den",
    r"\mathsf{d}",
    "1/param",
    "denominator of the update: the root of the second moment plus eps",
    positive=True,
)
adam_u = scalar("adam_u", r"u^{\mathrm{A}}", "1", "one coordinate of the update of the last step")
adam_cap = scalar("adam_cap", r"c_{12}^2", "1", "square of the bound on every update")
adam_room = scalar("adam_room", r"q_{12}", "1", "(1 - beta2)(1 - beta1^2/beta2)")
adam_left = scalar("adam_left", r"w_1", "1", "bias correction 1 - beta1^t of the first moment", positive=True)
adam_g0 = scalar("adam_g0", r"g^{\mathrm{A}}", "1/param", "scale of the gradients", positive=True)

# --- from one coordinate to the norm ---------------------------------------------------------------------------------
d_par = scalar("d_par", "d", "1", "number of parameters", integer=True, positive=True)
i_par = index("i_par", "i", "one parameter")
coord_at = function("coord_at", r"u^{(#1)}", "param/(lr*step)", "coordinate #1 of an update")
coord_cap = scalar("coord_cap", r"c_u", "param/(lr*step)", "bound on every coordinate of an update", positive=True)
