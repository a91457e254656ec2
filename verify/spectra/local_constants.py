r"""Constants of the bias theorem at a point (θ,φ) of any exact population, each labelled with its side.

At one point the lemmas hold with derivatives in place of differences, in either representation (by groups, by
responses): ‖∂_φH(θ,φ)‖ ≤ 2 G L_D + L_B with G the largest term of H, L_D the slope of the total variation of its law,
and L_B the largest ‖∂_φ of a term‖. As ∂_φH = E[g sᵀ] + E[∂_φ g] with s the score, deviations of g and s bound it
more sharply than their suprema. Claims ``behaviour-lipschitz``, ``diameter-lipschitz``, ``domain``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Literal, cast

import numpy as np
import torch
from torch import Tensor

from ..constants import Constant, Label, predict
from ..objectives import Population, behaviour_second, behaviour_vjp
from ..populations.exact import ExactPopulation
from ..transforms import directional
from ..trees import Params, flatten, norm, random_unit, scale
from .group_terms import Terms, group_terms, response_terms
from .operators import Slot, extreme_eigenvalues, jacobian, operator, operator_norm

__all__ = ["by_terms", "curvature", "measured_constants", "slots", "variation_slope"]

By = Literal["groups", "responses"]
DENSE_BELOW = 128  # parameters up to which a dense decomposition is as cheap as an iteration
TINY = 1e-300
PAIRS_BELOW = 4000  # terms of one prompt up to which all their distances are taken


def variation_slope(terms: Terms, copies: int, seed: int, starts: int = 15) -> tuple[Constant, Constant]:
    """Return sup_v of the slope of TV(D(φ), D(φ + tv)) at t = 0, ‖v‖ = 1, from below and from above.

    The slope is ½Σ_z|∂_v p(z)|. From below: v ↦ Σ_z sign(∂_v p) ∂p, normalised, never falls (Hölder). From above:
    Cauchy–Schwarz, ½ √λ_max of the Fisher matrix, ``copies`` times that of one term (claim ``domain``).
    """
    linalg: Any = torch.linalg
    weighted = terms.law[:, None] * terms.score
    _, sizes, basis = linalg.svd(terms.law.sqrt()[:, None] * terms.score, full_matrices=False)
    above = 0.5 * math.sqrt(copies) * float(sizes[0])
    generator = torch.Generator().manual_seed(seed)
    draws = torch.randn(starts, weighted.shape[1], generator=generator, dtype=torch.float64).to(weighted.device)
    v = torch.cat([cast(Tensor, basis[:1]), draws]).T  # (dim, 1 + starts), all starts at once
    for _ in range(50):
        v = weighted.T @ torch.sign(weighted @ v)
        v = v / v.pow(2).sum(0).sqrt().clamp(min=TINY)
    best = 0.5 * float((weighted @ v).abs().sum(0).max())
    how = f"sign iteration, best of {1 + starts} starts"
    return Constant("L_D", best, "lower", how), Constant("L_D", above, "upper", "½√λ_max of the Fisher matrix")


def _diameter(terms: Terms) -> float | None:
    """Largest distance of two terms of one prompt, or None where there are too many."""
    each = [terms.gradient[terms.prompt == x] for x in range(int(torch.amax(terms.prompt)) + 1)]
    if max(map(len, each)) > PAIRS_BELOW:
        return None
    return max((float(_distances(g).max()) for g in each if len(g)), default=0.0)


def _distances(rows: Tensor) -> Tensor:
    far: Any = torch.cdist
    return cast(Tensor, far(rows, rows, compute_mode="donot_use_mm_for_euclid_dist"))


def _deviation(terms: Terms) -> float:
    """Root of the largest eigenvalue of the covariance of the terms within their prompts."""
    own = torch.nn.functional.one_hot(terms.prompt).double() * terms.law[:, None]  # (n, P)
    means = (own / own.sum(0)).T @ terms.gradient
    linalg: Any = torch.linalg
    return float(linalg.matrix_norm(terms.law.sqrt()[:, None] * (terms.gradient - means[terms.prompt]), ord=2))


def by_terms(terms: Terms, by: By, above: float, seed: int) -> list[Constant]:
    """Return G, its diameter D, L_B, L_D from below, and the bounds on ‖∂_φH(θ,φ)‖ that follow.

    Args:
        terms: of one representation.
        by: which.
        above: upper bound of L_D.
        seed: of the starts for L_D.

    Returns:
        Exact where the terms are complete, else lower; K_phi is then an estimate and not a bound.
    """
    label: Label = "exact" if terms.complete else "lower"
    how = f"{len(terms.law)} {by}, {'all of them' if terms.complete else 'drawn uniformly'}"
    values = {"G_ell": float(terms.gradient.pow(2).sum(1).sqrt().max()), "L_B": float(terms.slope.max())}
    wide = _diameter(terms)
    if wide is not None:
        values["D_ell"] = wide
    found = [Constant(f"{name}, by {by}", value, label, how) for name, value in values.items()]
    found.append(Constant(f"L_D, by {by}", above, "upper", "½√λ_max of the Fisher matrix"))
    if terms.complete:
        below = variation_slope(terms, 1, seed)[0]
        found.append(Constant(f"L_D, by {by}", below.value, "lower", below.how))
    side: Label = "upper" if terms.complete else "estimate"
    k_phi = predict("behaviour-lipschitz", **values, L_D=above)
    found.append(Constant(f"K_phi, by {by}", k_phi, side, "2 G_ell L_D + L_B at the point"))
    if wide is not None:
        k_diam = predict("diameter-lipschitz", **values, L_D=above)
        found.append(Constant(f"K_phi in diameter form, by {by}", k_diam, side, "D_ell L_D + L_B at the point"))
    if terms.complete:
        spread = 2.0 * above * _deviation(terms) + float(terms.law @ terms.slope)
        found.append(Constant(f"K_phi by variances, by {by}", spread, "upper", "Cauchy–Schwarz, mean slope"))
    return found


def slots(population: Population, theta: Params, phi: Params, seed: int) -> list[Constant]:
    """Return norm and extreme real parts of the eigenvalues of ∂_θH and ∂_φH at (θ,φ): dense up to ``DENSE_BELOW``."""
    found = list[Constant]()
    names: tuple[tuple[Slot, str], ...] = (("learner", "d_theta H"), ("behaviour", "d_phi H"))
    for slot, name in names:
        if flatten(theta).numel() > DENSE_BELOW:
            op = operator(population, theta, phi, slot)
            found += [operator_norm(op, f"norm of {name}", seed), *extreme_eigenvalues(op, name, seed)]
            continue
        matrix = jacobian(population, theta, phi, slot).double().cpu().numpy()
        real = np.linalg.eigvals(matrix).real
        how = f"dense, {len(matrix)} parameters"
        found.append(Constant(f"norm of {name}", float(np.linalg.norm(matrix, 2)), "exact", how))
        for end, value in (("least", real.min()), ("greatest", real.max())):
            found.append(Constant(f"{name}, {end} real part", float(value), "exact", how))
    return found


def curvature(
    population: Population, theta: Params, phi: Params, seed: int = 0, starts: int = 3, steps: int = 8
) -> Constant:
    """Return M = sup_e ‖∂²_φH(θ,φ)[e,e]‖, ‖e‖ = 1, from below, by the higher-order power method.

    e ↦ ∂²_φ⟨H, u⟩ e, normalised, u the direction of the value (L. De Lathauwer, B. De Moor, J. Vandewalle, SIAM J.
    Matrix Anal. Appl. 21 (2000) 1324-1342). The best value met is a lower bound whether or not it has converged.
    """
    population.validate(theta=theta, phi=phi)
    generator, best = torch.Generator().manual_seed(seed), 0.0
    for _ in range(starts):
        e = random_unit(phi, generator)
        for _ in range(steps):
            image = behaviour_second(population, theta, phi, e)
            size = norm(image)
            best = max(best, size)
            if not size > 0.0:
                break
            u = scale(image, 1.0 / size)

            def back(point: Params, u: Params = u) -> Params:
                return behaviour_vjp(population, theta, point, u)

            turned = directional(back, phi, e)
            if not norm(turned) > 0.0:
                break
            e = scale(turned, 1.0 / norm(turned))
    return Constant("M", best, "lower", f"power method on the second derivative, best of {starts} starts x {steps}")


def measured_constants(
    population: ExactPopulation, theta: Params, phi: Params, seed: int = 0, draws: int = 2000, starts: int = 3
) -> list[Constant]:
    """Return every constant at (θ,φ): both representations, both derivatives of H, and the curvature.

    Args:
        population: any loss on any enumerable policy.
        theta, phi: the point.
        seed: of every start vector and draw; the same seed gives the same numbers.
        draws: groups drawn where they cannot be listed.
        starts: of the power method on the second derivative.

    Raises:
        ValueError: bad parameters, a population in several parts, or an iteration without convergence.
    """
    responses = response_terms(population, theta, phi)
    above = [variation_slope(responses, copies, seed)[1].value for copies in (1, population.group_size)]
    groups = group_terms(population, theta, phi, draws, seed)
    found: Iterable[Constant] = (
        *by_terms(groups, "groups", above[1], seed),
        *by_terms(responses, "responses", above[0], seed),
        *slots(population, theta, phi, seed),
        curvature(population, theta, phi, seed, starts),
    )
    return list(found)
