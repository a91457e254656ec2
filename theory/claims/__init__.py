"""One claim, one file: statement, assumptions, proof, formula, necessity and attaining instances.

``CHAPTERS`` lists the files in reading order, a claim after the claims it uses.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from ..proof.records import Claim

__all__ = ["CHAPTERS", "LOSSES", "ORDER", "all_claims", "chapter", "get", "written"]

CHAPTERS = {
    "Objects": (
        "objects",
        "total_derivative",
        "centred_surrogate",
        "objective_not_determined",
        "objective_forms",
        "potential",
        "curl_levels",
        "curl_lengths",
        "curl_token_mean",
    ),
    "Group-relative advantages": (
        "group_variance",
        "group_advantage",
        "group_weight",
        "advantage_range",
        "advantage_slope",
        "weight_slope",
        "small_groups",
        "mixed_groups",
        "weight_limit",
        "weight_potential_limit",
        "prompt_gradient",
        "graded_balance",
        "graded_counts",
        "graded_advantage",
        "graded_pairs",
        "dynamic_sampling",
        "length_covariance",
        "truncation_mask",
        "kl_estimators",
        "kl_objective",
    ),
    "Closed constants": (
        "score_norm",
        "mean_score_norm",
        "ratio_variation",
        "token_variation",
        "certified_radius",
        "closed_constants",
        "certified_radius_sequence",
        "clip_jump",
        "clip_lipschitz",
        "weight_ceiling",
        "weight_slope_enclosures",
        "response_derivative",
        "row_energy",
        "success_slope",
        "response_prompt",
        "response_constants",
        "response_diagonal",
        "slope_spread",
        "response_beats_group",
        "response_length",
    ),
    "The staleness bias": (
        "diameter_bound",
        "diameter_strict",
        "behaviour_lipschitz",
        "diameter_lipschitz",
        "drift",
        "lag_drift",
        "lag_models",
        "lag_queue",
        "lag_partial",
        "staleness_bias",
        "domain",
        "domain_segment",
        "lipschitz_on_domain",
        "bias_on_domain",
        "mean_lag",
        "scheduled_rate",
        "order_necessary",
        "first_order_bias",
        "first_order_on_domain",
        "bias_ladder",
        "safe_step",
    ),
    "Where the bias comes from": (
        "hybrid_measures",
        "source_orders",
        "source_switches",
        "baseline_source",
        "null_test",
        "differentiable_weight_trap",
        "clip_trap",
        "behaviour_symmetry",
        "first_order_sources",
        "first_order_lengths",
    ),
    "Drift": (
        "ballistic_drift",
        "drift_gram",
        "correlated_drift",
        "diffusive_drift",
        "rms_drift",
        "drift_ratio",
        "lag_one_cosine",
        "pair_cosine",
    ),
    "Stability": (
        "two_constraints",
        "short_horizon",
        "crossover",
        "collapse_time_bound",
        "collapse_time",
        "diffusive_collapse",
        "collapse_exponent",
        "boundary_sufficient",
        "boundary_necessary",
        "boundary_order",
        "blend_order",
        "min_as_boundary",
        "boundary_escapes",
    ),
    "Optimizers": (
        "momentum_update",
        "clipped_update",
        "weight_decay",
        "coordinate_norm",
        "adam_moments",
        "adam_update",
        "adam_worst_case",
        "adamw_update",
        "adam_reached",
        "adam_two_steps",
        "adam_folklore",
        "adam_growth",
    ),
    "Solvable dynamics": (
        "pure_delay",
        "constant_lag",
        "lag_rate",
        "lag_crossings",
        "performative_lag",
        "periodic_sync",
        "sync_parity",
        "sync_threshold",
        "stale_only_sync",
        "norm_ratio",
        "update_cosine",
        "cosine_law",
        "gaussian_policy",
        "two_arm_bandit",
        "bandit_group",
        "location_family",
        "location_sensitivity",
    ),
}
LOSSES = "Losses"
"""Last chapter: one claim per loss record, derived from it instead of written in a file here."""
ORDER = tuple(name for chapter in CHAPTERS.values() for name in chapter)


@cache
def all_claims() -> tuple[Claim, ...]:
    """Every claim of the theory, in an order in which each can be proved from the earlier ones."""
    from ..surrogates.registered import loss_claims

    return (*written(), *loss_claims())


@cache
def written() -> tuple[Claim, ...]:
    """The claims that have a file here; the others are derived from loss records (``theory.surrogates``)."""
    return tuple(import_module(f"{__name__}.{name}").CLAIM for name in ORDER)


def get(claim_id: str) -> Claim:
    """The claim with this id.

    Raises:
        KeyError: there is none; the message lists the known ids.
    """
    for claim in all_claims():
        if claim.id == claim_id:
            return claim
    raise KeyError(f"no claim {claim_id!r}; known: {[c.id for c in all_claims()]}")


def chapter(claim_id: str) -> str:
    """Chapter of a claim; empty for one that is not ours."""
    name = claim_id.replace("-", "_")
    title = next((title for title, names in CHAPTERS.items() if name in names), "")
    return title or (LOSSES if any(claim.id == claim_id for claim in all_claims()) else "")
