"""References: the entries of ``references.bib``, where a source names them, and their numbers in a document."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from .prose import Cite, Part, Text, prose, spaced, symbols_in

__all__ = ["BIB", "Reference", "ReferenceRow", "bibtex", "cited", "entries", "keys_in", "numbered", "uncited"]

BIB = Path(__file__).with_name("references.bib")
_FIELD = re.compile(r"^\s*(\w+) = \{(.*)\},?$", re.MULTILINE)
_WORK = re.compile(r"arXiv[ :]\d{4}\.\d{4,5}|\([12]\d{3}\)")  # what every citation contains


@dataclass(frozen=True)
class Reference:
    """One entry of the bibliography: its text in the file, and its fields without braces."""

    key: str
    text: str
    fields: Mapping[str, str] = field(default_factory=dict[str, str])

    @cached_property
    def names(self) -> str:
        """Family names as a source writes them: ``A``, ``A and B``, ``A, B and C``, ``A et al.``"""
        people = [person.split(",")[0].strip("{}") for person in self.fields["author"].split(" and ")]
        if people[-1] == "others":
            return f"{people[0]} et al."
        return " and ".join(filter(None, (", ".join(people[:-1]), people[-1])))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """How a source names this entry; see the head of ``references.bib``. Accents do not count."""
        get = {name: re.escape(_plain(value)) for name, value in self.fields.items()}
        names = re.escape(_plain(self.names))
        if "eprint" in get:
            return re.compile(rf"arXiv[ :]{get['eprint']}(?!\d)")
        if "journal" in get:
            first = get["pages"].split("\\-")[0]
            where = rf"{get['journal']} {get['volume']} \({get['year']}\)(?: {first}(?:-\d+)?)?"
            return re.compile(rf"{names}, (?:{get['title']}, )?{where}")
        return re.compile(rf"{names}(?:, {get['title']})? \({get['year']}\)")

    @property
    def label(self) -> str:
        """What is printed before the number."""
        return f"arXiv {self.fields['eprint']}" if "eprint" in self.fields else self.names

    @property
    def described(self) -> Text:
        """The entry for readers without BibTeX: names, title, where, year."""
        get = self.fields
        people = [" ".join(reversed(p.strip("{}").split(", "))) for p in get["author"].split(" and ")]
        who = ", ".join(people).replace(", others", " et al").rstrip(".")
        title = get["title"] if get["title"].endswith("?") else f"{get['title']}."
        volume = f"{get['journal']} {get['volume']}, {get['pages'].replace('--', '-')}" if "journal" in get else ""
        where = [get.get("howpublished", ""), volume, f"In {get['booktitle']}" if "booktitle" in get else ""]
        where += [get.get("publisher", ""), f"{get['edition']} edition" if "edition" in get else "", get["year"]]
        return prose(f"{who}. {title} {', '.join(filter(None, where))}.")


@dataclass(frozen=True)
class ReferenceRow:
    """An entry as listed at the end."""

    number: int
    key: str
    text: Text


@cache
def entries() -> dict[str, Reference]:
    """All entries of ``references.bib`` by key.

    Raises:
        ValueError: two entries share a key.
    """
    found: dict[str, Reference] = {}
    for block in re.split(r"^@", BIB.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        head = re.match(r"(\w+)\{([\w-]+),", block)
        if head is None or head[2] in found:
            raise ValueError(f"{BIB.name}: expected @kind{{key, with a key of its own, got {block.splitlines()[0]!r}")
        fields = {name: value.removeprefix("{").removesuffix("}") for name, value in _FIELD.findall(block)}
        found[head[2]] = Reference(head[2], f"@{block.strip()}\n", fields)
    return found


def _plain(text: str) -> str:
    """Without accents, one character for one, so that places in it are places in the text."""
    return "".join(unicodedata.normalize("NFD", char)[0] for char in text)


@cache
def _found(source: str) -> tuple[tuple[int, int, str], ...]:
    """Start, end and key of every entry that a source names, in order; of two that overlap the longer one."""
    text = unicodedata.normalize("NFC", source)
    hits = [(m.start(), m.end(), e.key) for e in entries().values() for m in e.pattern.finditer(_plain(text))]
    kept: list[tuple[int, int, str]] = []
    for start, end, key in sorted(hits, key=lambda hit: (hit[0] - hit[1], hit)):
        if all(end <= a or b <= start for a, b, _ in kept):
            kept.append((start, end, key))
    return tuple(sorted(kept))


def keys_in(source: str) -> tuple[str, ...]:
    """Keys of the entries that a source names."""
    return tuple(key for _, _, key in _found(source))


def uncited(source: str) -> list[str]:
    """What looks like a citation (an arXiv id, a year in brackets) and belongs to no entry.

    Beside an entry, up to the next semicolon, a year is further data on it.
    """
    found: list[str] = []
    for part in unicodedata.normalize("NFC", source).split(";"):
        spans = _found(part)
        open_ = [m for m in _WORK.finditer(part) if not any(a <= m.start() and m.end() <= b for a, b, _ in spans)]
        found += [m[0] for m in open_ if m[0].startswith("arXiv") or not spans]
    return found


def numbered(sources: Iterable[str]) -> tuple[ReferenceRow, ...]:
    """The entries that sources name, by names and year, numbered from 1."""
    used = {key for source in sources for key in keys_in(source)}
    chosen = [entry for key, entry in entries().items() if key in used]
    chosen.sort(key=lambda e: (_plain(e.names).casefold(), e.fields["year"], e.key))
    return tuple(ReferenceRow(number, entry.key, entry.described) for number, entry in enumerate(chosen, 1))


def bibtex(rows: Iterable[ReferenceRow]) -> str:
    """The BibTeX file of a document: the entries it lists, as they stand in ``references.bib``."""
    return "\n".join(entries()[row.key].text for row in rows)


def cited(source: str, rows: Iterable[ReferenceRow], symbols: bool = False) -> Text:
    """A source for print: every entry of ``rows`` that it names becomes a label with a number.

    Args:
        source: as written in the claim or lemma.
        rows: the references of the document.
        symbols: bare names of symbols become mathematics too.
    """
    numbers = {row.key: row.number for row in rows}
    text, parts, last = unicodedata.normalize("NFC", source), list[Part](), 0
    read = symbols_in if symbols else prose
    for start, end, key in _found(source):
        if key in numbers:
            parts += spaced(text[last:start], read)
            named = Part(False, text[start:end], Cite(key, numbers[key], entries()[key].label))
            parts, last = [*parts, named], end
    return tuple(parts + spaced(text[last:], read)) if parts else read(source)
