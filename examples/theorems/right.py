"""An author's own theorem: one ascent step with a stale gradient still improves the objective.

Run ``stalelaw derive --file examples/theorems/right.py``. The objective V is L-smooth, the learner moves by
eta*(g + delta) where g is the true gradient and delta a staleness bias of norm at most beta, and eta*L <= 1. Then
V(next) - V >= eta/2 * (|g|^2 - beta^2): the step improves V as long as the gradient is larger than the bias.
"""

from fractions import Fraction

from stalelaw.theory.api import (
    Assumption,
    Claim,
    Inner,
    Norm,
    Rel,
    Table,
    assume,
    identity,
    inequality,
    lemma,
    scalar,
    vector,
)
from stalelaw.theory.symbols import eta

smooth = scalar("my_L", r"L", "1/(lr*step)", "smoothness constant of the objective", positive=True)
gain = scalar("my_gain", r"V(\theta^+)-V(\theta)", "param**2/(lr*step)", "improvement of the objective in one step")
g = vector("my_g", "g", "param/(lr*step)", "true gradient")
delta = vector("my_delta", r"\delta", "param/(lr*step)", "staleness bias")
beta = scalar("my_beta", r"\beta", "param/(lr*step)", "bound on the norm of the bias", nonnegative=True)
g2, d2, u2, gd = Norm(g) ** 2, Norm(delta) ** 2, Norm(g + delta) ** 2, Inner(g, delta)

SMOOTH = Assumption(
    "SMOOTH",
    "Smooth objective",
    r"$V(\theta^+)-V(\theta)\ge\eta\langle g,g+\delta\rangle-\tfrac L2\eta^2\lVert g+\delta\rVert^2$.",
    lambda: Rel(gain, ">=", eta * (g2 + gd) - smooth * eta**2 * u2 / 2),
)
STEP = Assumption("STEP", "Step size", r"$\eta L\le1$.", lambda: Rel(eta * smooth, "<=", 1))
BIASED = Assumption("BIASED", "Bounded bias", r"$\lVert\delta\rVert\le\beta$.", lambda: Rel(Norm(delta), "<=", beta))


def _table(g_value: int = 1, delta_value: int = -1, **change: Fraction | int) -> Table:
    """One dimension: the vectors are numbers; norms and inner products follow."""
    v: dict[str, Fraction | int] = {"L": 1, "gain": 0, "beta": 1, "eta": 1} | change
    named = {smooth: v["L"], gain: v["gain"], beta: v["beta"], eta: v["eta"]}
    return Table({**named, g: (g_value,), delta: (delta_value,)})


CLAIM = Claim(
    id="biased-ascent",
    title="One ascent step with a stale gradient",
    kind="lower",
    statement=r"If $\eta L\le1$ then $V(\theta^+)-V(\theta)\ge\tfrac\eta2(\lVert g\rVert^2-\beta^2)$.",
    source="the descent lemma with a biased gradient; Ajalloeian and Stich, arXiv 2008.00051",
    steps=(
        lemma("square", "expand-square", g, delta),
        assume("smooth", SMOOTH),
        assume("step", STEP),
        assume("biased", BIASED),
        inequality("curved", smooth * eta**2 * u2 / 2, "<=", eta * u2 / 2, "step", "the step is short enough"),
        identity("rest", eta * (g2 + gd) - eta * u2 / 2, eta * (g2 - d2) / 2, "square", "the cross terms cancel"),
        inequality("bias", eta * d2, "<=", eta * beta**2, "biased", "squares of nonnegative numbers keep order"),
        inequality("conclusion", gain, ">=", eta * (g2 - beta**2) / 2, "smooth curved rest bias", "put together"),
    ),
    conclusions=("conclusion",),
    necessity={
        "SMOOTH": _table(gain=-1),
        "STEP": _table(delta_value=1, L=2, gain=-2),
        "BIASED": _table(delta_value=-2, gain=Fraction(-3, 2)),
    },
    attained=(_table(), _table(g_value=2, gain=Fraction(3, 2))),
)
