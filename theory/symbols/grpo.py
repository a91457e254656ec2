"""The surrogate and one GRPO group."""

from __future__ import annotations

from .registry import function, index, scalar

# --- the surrogate ---------------------------------------------------------------------------------------------------
G_group = scalar("G", "G", "1", "group size: responses per prompt", integer=True, positive=True)
L_len = scalar("L", "L", "1", "response length in tokens", integer=True, positive=True)
eps_hi = scalar("eps_hi", r"\varepsilon_{\mathrm{hi}}", "1", "upper clip width of the ratio", positive=True)
clip_lo = scalar("clip_lo", r"(1-\varepsilon_{\mathrm{lo}})", "1", "lower edge of the clip, above 0", positive=True)
eps_lo = scalar("eps_lo", r"\varepsilon_{\mathrm{lo}}", "1", "lower clip width of the ratio", positive=True)

# --- one GRPO group --------------------------------------------------------------------------------------------------
j_mate = index("j", "j", "response of a group")
reward = function("r", "r_{#1}", "1", "reward of response #1 of a group")
adv = function("A", "A_{#1}", "1", "group-relative advantage of response #1")
group_loss = function("ell_group", r"\ell(z_{#1};\theta,\theta)", "1", "surrogate of group z_#1 on the diagonal")
mean_r = scalar("m", "m", "1", "mean reward of a group")
std_r = scalar(
    "sigma_r", r"\sigma_r", "1", "std of the group's rewards, any convention, positive offset allowed", positive=True
)
J_pop = scalar("J", r"J(\theta)", "1", "distribution-dependent population objective F(theta, theta)")
