r"""What the scores of the mates add to the noise of a sampled bias, and nothing to its mean: a control variate.

At θ ≠ φ a group z ~ D(φ) speaks for θ with the weight Π_j w_j, w_j = π_θ/π_φ of response j. In the term of response i,
A_i ∇log π(y_i), the weight of a mate j matters only through what its reward does to A_i; the rest of it is noise, as
large as the own weight, and G − 1 times as much of it. With A_i^{(−j)} the advantage of i in the group without j,

.. math::
    c(z) = \frac1G \sum_i w_i \sum_{j \ne i} (w_j - 1)\, A_i^{(-j)}\, ∇\log π_θ(y_i)

has mean 0, since E_φ[w_j] = 1 and everything else is free of y_j, whatever the loss is. Subtracted, it leaves of a
mate's weight what A_i − A_i^{(−j)} = O(1/G) is worth. Source: R. Y. Rubinstein, R. Marcus, Oper. Res. 33 (1985)
661-677, for control variates.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from ...theory.surrogates import Advantage
from ..populations.losses import Loss
from ..populations.sampled import SampledPopulation
from ..transforms import gradient
from ..trees import Params

__all__ = ["control"]


def control(population: SampledPopulation, live: Params) -> Params:
    """Return the derivative of the control variate in the log-probabilities of the learner, ``live`` at θ; mean 0.

    Groups of fewer than three have no advantage without a mate, and get none.
    """
    batch, loss = population.batch, population.loss
    if batch.rewards.shape[1] < 3 or population.critic is not None:
        return {name: torch.zeros_like(x) for name, x in live.items()}
    own = (live["tokens"] - batch.behaviour).sum(2).exp()  # w_i, (n, G)
    shares = own * ((own - 1.0)[..., None] * _without(loss, batch.rewards)).sum(1)
    given = replace(
        loss.record,
        advantage=Advantage("critic"),
        length="own" if loss.record.length == "group" else loss.record.length,
    )
    unit = SampledPopulation(
        Loss(given, loss.numbers),
        population.policy,
        replace(batch, behaviour=live["tokens"]),  # every weight is 1
        population.reference,
        torch.ones_like(batch.mask),
    )
    score = gradient(lambda tables: unit.score(tables, live, live), live)
    return {"tokens": shares[..., None] * score["tokens"]}


def _without(loss: Loss, rewards: Tensor) -> Tensor:
    """A_i^{(−j)} of rewards (n, G): (n, G, G) by j and i, 0 for i = j."""
    n, group = rewards.shape
    others = torch.tensor([[i for i in range(group) if i != j] for j in range(group)], device=rewards.device)
    found = loss.advantages(rewards[:, others])
    return rewards.new_zeros(n, group, group).scatter(2, others.expand(n, -1, -1), found)
