"""Losses that cannot be taken: a clash of ids, a gradient through token and response at once, no loss at all."""

from stalelaw.theory.surrogates import Advantage, Surrogate
from stalelaw.theory.symbols import A_hat, rho, rho_seq

CLASH = Surrogate("grpo", "Another GRPO", "a test package", rho * A_hat, Advantage("none"), "own")
MIXED = Surrogate("mixed", "Mixed", "a test package", rho * rho_seq * A_hat, Advantage("none"), "own")
NUMBER = 3
