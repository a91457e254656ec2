r"""Certified enclosures of the singular values of ∂_φH(θ,φ) for tabular policies, in ball arithmetic (python-flint).

The logits are the float64 numbers themselves, exact. H is written out over responses, apart from the torch code, and
each column of ∂_φH is the linear coefficient of a truncated power series in one logit of φ. Singular values are
eigenvalues of S = [[0, A], [Aᵀ, 0]]: with approximate eigenvectors Q of float64, those of QᵀSQ lie within the largest
off-diagonal row sum of its diagonal (Weyl), and those of S within 1 ± ‖QᵀQ − I‖ of them (Ostrowski; R. Horn, C.
Johnson, Matrix Analysis, theorems 4.3.1 and 4.5.9). Claims ``group-advantage``, ``total-derivative``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import arb, arb_mat, arb_series, ctx
from numpy.typing import NDArray

from ..constants import Constant
from ..policies import TabularSoftmax
from ..populations.closed import Objective
from ..trees import Params

__all__ = ["enclosed_jacobian", "enclosed_norm", "singular_enclosures"]

BITS = 106
LARGEST = 128  # parameters


def _rows(params: Params) -> list[list[list[arb]]]:
    """Probabilities of a tabular policy, [x][node][token]."""
    found: Any = params["logits"].numpy(force=True)
    tables: list[list[list[arb]]] = [[[arb(float(z)).exp() for z in row] for row in prompt] for prompt in found]
    return [[[w / sum(row, arb(0)) for w in row] for row in prompt] for prompt in tables]


def _moved(row: list[arb], token: int) -> list[arb_series]:
    """Probabilities of a row after t is added to one logit, as series in t up to the first order: p_b(1{b=a} − p_a)."""
    return [arb_series([p, p * ((arb(1) if b == token else arb(0)) - row[token])], 2) for b, p in enumerate(row)]


def _advantage(p: arb_series, reward: int, size: int) -> arb_series:
    """A_r(p) of claim ``group-advantage``."""
    total, q = arb_series([0], 2), 1 - p
    for k in range(size):
        right = k + reward
        if 0 < right < size:
            m = arb(right) / size
            weight = math.comb(size - 1, k) * (reward - m) / (m * (1 - m)).sqrt()
            total += weight * p**k * q ** (size - 1 - k)
    return total


def _inside(objective: Objective, ratio: arb, reward: int) -> bool:
    """Whether the gradient of the token passes the clip.

    Raises:
        ValueError: the ball does not tell.
    """
    if objective.clip is None:
        return True
    edge = 1 + arb(objective.clip.hi) if reward else 1 - arb(objective.clip.lo)
    if ratio < edge:
        return bool(reward)
    if ratio > edge:
        return not reward
    raise ValueError(f"a ratio of {ratio} cannot be told from the edge {edge} of the clip: H has no derivative there")


def enclosed_jacobian(objective: Objective, theta: Params, phi: Params) -> arb_mat:
    """Return ∂_φH(θ,φ) as a matrix of balls, rows and columns in the order of the logits.

    Raises:
        ValueError: no tabular policy, not the ratio form, too many parameters, or a ratio on an edge of the clip.
    """
    policy = objective.policy
    if not isinstance(policy, TabularSoftmax) or objective.form != "ratio":
        raise ValueError(f"expected the ratio form on a tabular policy, got {objective.form} on {policy}")
    objective.validate(theta=theta, phi=phi)
    dim = policy.prompts * policy.nodes * policy.vocab
    if dim > LARGEST:
        raise ValueError(f"expected at most {LARGEST} parameters for an enclosure, got {dim}")
    rewards: Any = objective.rewards.numpy(force=True)
    before, ctx.prec = ctx.prec, BITS
    try:
        learner, behaviour = _rows(theta), _rows(phi)
        columns = [
            _column(objective, policy, rewards, learner, behaviour, x, node, token)
            for x, node, token in itertools.product(range(policy.prompts), range(policy.nodes), range(policy.vocab))
        ]
        return arb_mat(columns).transpose()
    finally:
        ctx.prec = before


def _paths(policy: TabularSoftmax) -> Iterator[tuple[int, tuple[int, ...], tuple[int, ...]]]:
    """Number, tokens, and nodes of every response, base V."""
    first = [sum(policy.vocab**j for j in range(k)) for k in range(policy.length)]
    for number, tokens in enumerate(itertools.product(range(policy.vocab), repeat=policy.length)):
        place, nodes = 0, list[int]()
        for k, token in enumerate(tokens):
            nodes.append(first[k] + place)
            place = place * policy.vocab + token
        yield number, tokens, tuple(nodes)


def _column(
    objective: Objective,
    policy: TabularSoftmax,
    rewards: NDArray[np.float64],
    learner: list[list[list[arb]]],
    behaviour: list[list[list[arb]]],
    x: int,
    node: int,
    token: int,
) -> list[arb]:
    """∂H/∂φ[x, node, token], flat; other prompts do not feel it."""
    moved = {node: _moved(behaviour[x][node], token)}
    rows = [moved.get(n) or [arb_series([p], 2) for p in row] for n, row in enumerate(behaviour[x])]
    paths = list(_paths(policy))
    law = [_product(rows[n][a] for n, a in zip(nodes, tokens, strict=True)) for _, tokens, nodes in paths]
    success = sum((w for w, (i, _, _) in zip(law, paths, strict=True) if rewards[x, i]), arb_series([0], 2))
    advantages = [_advantage(success, r, objective.group_size) for r in (0, 1)]
    found = [[arb(0)] * policy.vocab for _ in range(policy.prompts * policy.nodes)]
    share = arb(1) / (policy.prompts * policy.length)
    for weight, (i, tokens, nodes) in zip(law, paths, strict=True):
        reward = int(rewards[x, i])
        for n, a in zip(nodes, tokens, strict=True):
            ratio = arb_series([learner[x][n][a]], 2) / rows[n][a]
            if _inside(objective, ratio[0], reward):
                slope = share * (weight * advantages[reward] * ratio)[1]
                cell = found[x * policy.nodes + n]
                for b, p in enumerate(learner[x][n]):
                    cell[b] += slope * ((1 if b == a else 0) - p)
    return [ball for row in found for ball in row]


def _product(factors: Iterator[arb_series]) -> arb_series:
    return math.prod(factors, start=arb_series([1], 2))


def _float(ball: arb, up: bool) -> float:
    """An end of a ball, rounded outwards."""
    return math.nextafter(float(ball.upper() if up else ball.lower()), math.inf if up else -math.inf)


def singular_enclosures(matrix: arb_mat) -> list[tuple[float, float]]:
    """Return an interval around every singular value of a square matrix of balls, descending."""
    before, ctx.prec = ctx.prec, BITS
    try:
        n = matrix.nrows()
        middle: NDArray[np.float64] = np.array([[float(matrix[i, j].mid()) for j in range(n)] for i in range(n)])
        whole = np.block([[np.zeros((n, n)), middle], [middle.T, np.zeros((n, n))]])
        q = arb_mat(np.linalg.eigh(whole)[1].tolist())
        zero = [arb(0)] * n
        rows = [zero + [matrix[i, j] for j in range(n)] for i in range(n)]
        rows += [[matrix[j, i] for j in range(n)] + zero for i in range(n)]
        near, gram = q.transpose() * arb_mat(rows) * q, q.transpose() * q
        size = range(2 * n)
        off = max(_float(sum((abs(near[i, j]) for j in size if j != i), near[i, i].rad()), True) for i in size)
        skew = max(_float(sum((abs(gram[i, j] - (i == j)) for j in size), arb(0)), True) for i in size)
        if not skew < 1.0:
            raise ValueError(f"expected nearly orthogonal eigenvectors, got a defect of {skew}")
        around, scale = arb(0, off), arb(1, skew)
        balls = [(arb(near[i, i].mid()) + around) / scale for i in size]
        top = sorted(balls, key=lambda ball: -float(ball.mid()))[:n]
        return [(max(0.0, _float(ball, False)), _float(ball, True)) for ball in top]
    finally:
        ctx.prec = before


def enclosed_norm(objective: Objective, theta: Params, phi: Params) -> tuple[Constant, Constant]:
    """Return certified bounds on ‖∂_φH(θ,φ)‖₂ from below and from above; arguments of ``enclosed_jacobian``."""
    low, high = singular_enclosures(enclosed_jacobian(objective, theta, phi))[0]
    how = f"ball arithmetic of {BITS} bits, Weyl and Ostrowski"
    return Constant("norm of d_phi H", low, "lower", how), Constant("norm of d_phi H", high, "upper", how)
