"""Steps, engines, verdicts with counterexamples, mutants. Importing it registers every lemma."""

from . import lemmas_calculus, lemmas_fisher, lemmas_softmax

__all__ = ["lemmas_calculus", "lemmas_fisher", "lemmas_softmax"]
