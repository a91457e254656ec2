"""The clip of a loss at one edge, and the ratios of a whole response of a tabular policy."""

from __future__ import annotations

from .registry import function, scalar

# --- one token at the edge of its clip -------------------------------------------------------------------------------
adv_pos = scalar("adv_pos", r"\lvert\hat A\rvert", "1", "size of the advantage, not zero", positive=True)
gap_edge = scalar("gap_edge", "x", "1", "how far the ratio is from the edge of the clip", positive=True)
prob_resp = scalar("prob_resp", r"P_y", "1", "probability of the response (finitely many: not zero)", positive=True)
slope_in = scalar("slope_in", r"f'_{\mathrm{in}}", "1", "slope of the clipped loss in the ratio inside the clip")
slope_out = scalar("slope_out", r"f'_{\mathrm{out}}", "1", "slope of the clipped loss in the ratio outside the clip")
slope_in_low = scalar("slope_in_low", r"g'_{\mathrm{in}}", "1", "slope above the lower edge, negative advantage")
slope_out_low = scalar("slope_out_low", r"g'_{\mathrm{out}}", "1", "slope below the lower edge, negative advantage")
jump_high = scalar("jump_high", r"\Delta H_{\mathrm{hi}}", "1", "jump of H per unit of score at the upper edge")
jump_low = scalar("jump_low", r"\Delta H_{\mathrm{lo}}", "1", "jump of H per unit of score at the lower edge")

# --- ratios of a response --------------------------------------------------------------------------------------------
log_rho_at = function("log_rho_at", r"\log\rho_{#1#2}(#3)", "1", "log of pi_theta/pi_#3 of token #2 of response #1")
rho_floor = scalar(
    "rho_floor", r"\rho_{\mathrm{lo}}", "1", "lower edge of a clipped importance weight, 0: none", nonnegative=True
)
clipped_at = function(
    "clipped_at", r"\check\rho_{#1#2}(#3)", "1", "ratio of token #2 of response #1 at #3, cut at both edges"
)
capped_at = function("capped_at", r"\hat\rho_{#1#2}(#3)", "1", "truncated ratio of token #2 of response #1 at #3")
log_geo_at = function("log_geo_at", r"\log\rho^{\mathrm{geo}}_{#1}(#2)", "1", "mean log ratio of response #1")
geo_at = function("geo_at", r"\rho^{\mathrm{geo}}_{#1}(#2)", "1", "geometric mean of the token ratios of response #1")
