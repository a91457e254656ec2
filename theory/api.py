"""What an author of a theorem needs, in one import; see ``examples/theorems``.

Example:
    >>> from stalelaw.theory.api import Claim, Rel, Assumption, assume, inequality, scalar
"""

from __future__ import annotations

from .assumptions import A1, A1_UPD, A2, A3, LAG
from .claims import get
from .proof.build import assume, define, earlier, enclosure, identity, inequality, lemma, polynomial
from .proof.models import Table, World
from .proof.records import Assumption, Claim, Definition, Rel, Step
from .proof.vectors import Inner, Norm
from .symbols import function, index, scalar, vector

__all__ = [
    "A1",
    "A1_UPD",
    "A2",
    "A3",
    "LAG",
    "Assumption",
    "Claim",
    "Definition",
    "Inner",
    "Norm",
    "Rel",
    "Step",
    "Table",
    "World",
    "assume",
    "define",
    "earlier",
    "enclosure",
    "function",
    "get",
    "identity",
    "index",
    "inequality",
    "lemma",
    "polynomial",
    "scalar",
    "vector",
]
