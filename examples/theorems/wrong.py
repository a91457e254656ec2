"""A subtly wrong theorem: as in ``right.py``, but its author allows eta*L <= 2, as if the gradient were unbiased.

Run ``stalelaw derive --file examples/theorems/wrong.py``: the step "curved" is refuted, and a concrete point is shown
at which every premise holds and the theorem is false. (With an unbiased gradient eta*L <= 2 does keep V from falling,
which is what makes the slip easy.)
"""

from stalelaw.theory.api import Assumption, Claim, Inner, Norm, Rel, assume, identity, inequality, lemma, scalar, vector
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
STEP = Assumption("STEP", "Step size", r"$\eta L\le2$.", lambda: Rel(eta * smooth, "<=", 2))
BIASED = Assumption("BIASED", "Bounded bias", r"$\lVert\delta\rVert\le\beta$.", lambda: Rel(Norm(delta), "<=", beta))

CLAIM = Claim(
    id="biased-ascent-wrong",
    title="One ascent step with a stale gradient, step size too large",
    kind="lower",
    statement=r"If $\eta L\le2$ then $V(\theta^+)-V(\theta)\ge\tfrac\eta2(\lVert g\rVert^2-\beta^2)$.",
    source="nobody: this is the wrong example",
    steps=(
        lemma("square", "expand-square", g, delta),
        lemma("angle", "cauchy-schwarz", g, delta),
        assume("smooth", SMOOTH),
        assume("step", STEP),
        assume("biased", BIASED),
        inequality("curved", smooth * eta**2 * u2 / 2, "<=", eta * u2 / 2, "step", "the step is short enough"),
        identity("rest", eta * (g2 + gd) - eta * u2 / 2, eta * (g2 - d2) / 2, "square", "the cross terms cancel"),
        inequality("bias", eta * d2, "<=", eta * beta**2, "biased", "squares of nonnegative numbers keep order"),
        inequality("conclusion", gain, ">=", eta * (g2 - beta**2) / 2, "smooth curved rest bias angle", "put together"),
    ),
    conclusions=("conclusion",),
)
