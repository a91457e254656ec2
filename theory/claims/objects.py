"""The objects of the theory: H, B, J, DJ and the staleness bias (arXiv 2607.01083)."""

from __future__ import annotations

from ..objects import BEHAVIOUR, BIAS, LEARNER, PROBABILITY, SURROGATE
from ..proof.build import define
from ..proof.records import Claim
from ..symbols import phi, theta

CLAIM = Claim(
    id="objects",
    title="Objects",
    kind="definition",
    statement=r"$F(\theta,\varphi)=\mathbb E_{z\sim D(\varphi)}\,\ell(\theta;z,\varphi)$ is the surrogate with"
    r" the behaviour policy explicit, $H=\partial_1F$ the surrogate-gradient mapping, $B=\partial_2F$ the distribution"
    r" term, $J(\theta)=F(\theta,\theta)$ the distribution-dependent population objective, $\mathrm DJ$ its total"
    r" derivative and $\delta_t=H(\theta_t,\varphi_t)-H(\theta_t,\theta_t)$ the staleness bias. $F$, hence $J$, is part"
    r" of the definition: $H$ determines it only up to a function of $\varphi$.",
    source="arXiv 2607.01083 (abstract)",
    steps=(
        define("H", SURROGATE, theta, phi),
        define("total", PROBABILITY, phi),
        define("learner", LEARNER),
        define("behaviour", BEHAVIOUR),
        define("bias", BIAS),
    ),
    conclusions=("H", "total", "learner", "behaviour", "bias"),
)
