"""Symbols, assumptions, claims and their machine-checked proofs (SymPy, SMT). Never imports torch.

An author's own theorem imports from here::

    from stalelaw.theory import Claim, Step, symbols
"""
