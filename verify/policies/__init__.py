"""Policies as pure functions of their parameters: tabular, MLP, transformer, any Hugging Face causal LM.

``sequence`` is the one adapter from a torch module to log-probabilities; ``enumerable`` lists every response of a small
one, so that exact measurements take tabular and trained policies through the same door.
"""

from .enumerable import EnumerablePolicy, Enumerated
from .huggingface import causal_lm
from .modules import MLP, Transformer
from .sequence import SequencePolicy
from .tabular import TabularSoftmax

__all__ = ["MLP", "EnumerablePolicy", "Enumerated", "SequencePolicy", "TabularSoftmax", "Transformer", "causal_lm"]
