"""A loss from outside: the policy gradient times the sequence ratio capped at one edge, leave-one-out advantages."""

import sympy
from stalelaw.theory.surrogates import Advantage, Surrogate, frozen
from stalelaw.theory.symbols import A_hat, eps_hi, logp_seq, rho_seq

SURROGATE = Surrogate(
    id="capped-sequence",
    title="Capped sequence ratio",
    source="a test package",
    token=frozen(sympy.Min(rho_seq, 1 + eps_hi)) * A_hat * logp_seq,
    advantage=Advantage("mates"),
    length="none",
)
