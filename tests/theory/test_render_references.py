"""References: every citation has an entry, every entry a citation, and one number in every format."""

import re

import pytest
from stalelaw.theory.claims import all_claims, get
from stalelaw.theory.comparisons import all_comparisons
from stalelaw.theory.lemmas import LEMMAS
from stalelaw.theory.proof.check import check_claim
from stalelaw.theory.render import document
from stalelaw.theory.render.references import bibtex, cited, entries, keys_in, numbered, uncited
from stalelaw.theory.render.templates import render_markdown, render_page, render_tex

ALSO = ("arXiv 2008.00051",)  # examples/theorems


def sources():
    return [x.source for x in (*all_claims(), *LEMMAS.values(), *all_comparisons())]


def test_every_citation_has_an_entry():
    assert {source: missing for source in sources() if (missing := uncited(source))} == {}
    for law in all_comparisons():
        assert law.bib in keys_in(law.source) or not law.bib, law.id


def test_every_entry_is_cited():
    used = {key for source in (*sources(), *ALSO) for key in keys_in(source)}
    assert set(entries()) - used == set()


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        ("derived here", []),
        ("Rudin, Principles of Mathematical Analysis (1976), Theorem 5.3; Nobody, Nothing (1999)", ["(1999)"]),
        ("arXiv 2607.01083 and arXiv 9999.99999", ["arXiv 9999.99999"]),
        ("arXiv 2607.010831", ["arXiv 2607.01083"]),
        ("Levin and May, Theoretical Population Biology 9 (1977) 178-187", ["(1977)"]),
    ],
)
def test_a_citation_without_an_entry_is_seen(source, missing):
    assert uncited(source) == missing


def test_entries_are_whole():
    seen = [e.fields.get("eprint") for e in entries().values() if "eprint" in e.fields]
    assert len(seen) == len(set(seen))
    for entry in entries().values():
        assert {"author", "title", "year"} <= set(entry.fields), entry.key
        if "eprint" in entry.fields:
            assert entry.fields["howpublished"] == f"arXiv:{entry.fields['eprint']}"
        else:
            assert {"journal", "publisher", "howpublished"} & set(entry.fields), entry.key
        assert entry.text.count("{") == entry.text.count("}")
        assert "http" not in entry.text


def test_an_entry_reads_as_names_title_place_and_year():
    shown = "".join(part.source for part in entries()["hardy1952"].described)
    assert (
        shown
        == "G. H. Hardy, J. E. Littlewood, G. Pólya. Inequalities. Cambridge University Press, second edition, 1952."
    )


def test_a_source_is_printed_with_the_number_of_its_entry():
    source = "Hardy, Littlewood and Polya, Inequalities (1952), 2.9; arXiv 2607.01083"
    rows = numbered([source])
    assert [(row.number, row.key) for row in rows] == [(1, "hardy1952"), (2, "staleness2026")]
    parts = [(p.source, p.cite and (p.cite.label, p.cite.number)) for p in cited(source, rows)]
    assert parts[0] == ("Hardy, Littlewood and Polya, Inequalities (1952)", ("Hardy, Littlewood and Pólya", 1))
    assert "".join(source for source, _ in parts) == source
    assert bibtex(rows).count("@") == 2


def test_one_number_in_every_format():
    built = document.build([check_claim(get("drift"))])
    latex, markdown, page = render_tex(built), render_markdown(built), render_page(built)
    (row,) = [r for r in built.references if r.key == "staleness2026"]
    assert r"arXiv 2607.01083~\cite{staleness2026}" in latex
    assert rf"arXiv 2607.01083 \[{row.number}\]" in markdown
    assert f'arXiv 2607.01083 <a href="#reference-{row.number}">[{row.number}]</a>' in page
    assert f"{row.number}. Jingwei Song" in markdown
    assert re.search(rf'<li id="reference-{row.number}">Jingwei Song', page)
    keys = ",".join(r.key for r in built.references)
    assert rf"\nocite{{{keys}}}" in latex.split(r"\section")[0]  # the style numbers by first citation
