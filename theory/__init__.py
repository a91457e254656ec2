"""Symbols, assumptions, claims and their machine-checked proofs (SymPy, SMT). Never imports torch.

An author's own theorem imports from here::

    from stalelaw.theory.api import Claim, Step, symbols
"""

ENTRY_POINTS = "stalelaw.surrogates"
"""Entry-point group of losses from outside: ``name = "module:SURROGATE"``, a ``Surrogate`` or a list of them."""
