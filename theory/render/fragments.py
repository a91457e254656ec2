"""Claims as LaTeX fragments for an author's own article, with the preamble and the bibliography that they need."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..proof.records import ClaimVerdict
from .document import LEMMA, build
from .references import BIB
from .templates import label, render_fragment

__all__ = ["PREAMBLE", "fragments"]

PREAMBLE = Path(__file__).with_name("stalelaw.sty")


def fragments(verdicts: Sequence[ClaimVerdict]) -> dict[str, str]:
    """File name to content: ``claim-ID.tex`` for each claim that is not a lemma, ``stalelaw.sty``, ``references.bib``.

    Raises:
        ValueError: two claims would share a file.
    """
    files = {path.name: path.read_text(encoding="utf-8") for path in (PREAMBLE, BIB)}
    for verdict in verdicts:
        name = f"claim-{label(verdict.claim.id)}.tex"
        if verdict.claim.id.startswith(LEMMA):
            continue
        if name in files:
            raise ValueError(f"two claims would be written to {name}; rename one")
        files[name] = render_fragment(build([verdict]))
    return files
