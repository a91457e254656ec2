"""Named lemmas: each makes an instance of a textbook fact, with the side conditions that the instance needs.

A lemma is cited once; ``probe`` draws a random concrete case in floating point for its property test and returns
``(lhs, rhs)`` of the fact.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..proof.records import Rel

__all__ = ["LEMMAS", "Lemma", "LemmaInstance", "register_lemma"]


@dataclass(frozen=True)
class LemmaInstance:
    """A lemma at given arguments.

    Args:
        statement: what it says there.
        needs: relations that must be among the steps used.
        generic: symbols that stand for *any* point or direction in ``needs``; nothing else in the claim may fix them.
    """

    statement: Rel
    needs: tuple[Rel, ...] = ()
    generic: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Lemma:
    """A textbook fact; ``instance(*args)`` states it for given expressions.

    ``cited``: a theorem that its probe checks in examples only; steps by it have the status cited, not proved.
    """

    id: str
    title: str
    tex: str
    source: str
    instance: Callable[..., LemmaInstance]
    probe: Callable[[random.Random], tuple[float, str, float]]
    cited: bool = False


LEMMAS: dict[str, Lemma] = {}


def register_lemma(
    id: str,
    title: str,
    tex: str,
    source: str,
    probe: Callable[[random.Random], tuple[float, str, float]],
    *,
    cited: bool = False,
) -> Any:
    """Decorator: put a lemma into ``LEMMAS`` under its id, with the decorated function as its instance maker.

    Raises:
        ValueError: the id is taken.
    """

    def register(instance: Callable[..., LemmaInstance]) -> Callable[..., LemmaInstance]:
        if id in LEMMAS:
            raise ValueError(f"two lemmas are called {id!r}; rename one")
        LEMMAS[id] = Lemma(id, title, tex, source, instance, probe, cited)
        return instance

    return register
