"""The PDF: compiles without a complaint, the same bytes twice, names its content, and fails loudly or not at all."""

import re
import shutil
import subprocess
from collections import Counter

import pytest
from stalelaw.theory.claims import get
from stalelaw.theory.proof.check import check_claim
from stalelaw.theory.render import document, pdf
from stalelaw.theory.render.templates import render_page, render_tex


def log_problems(log):
    """What a reader of the PDF would see: errors, undefined references, missing characters, boxes over 2pt too wide."""
    wide = [m[0] for m in re.finditer(r"Overfull \\[hv]box \(([\d.]+)pt.*", log) if float(m[1]) > 2]
    others = r"^!.*|.*undefined.*|.*Missing character.*|.*multiply.defined.*|^Warning--.*"  # the last is BibTeX's
    return wide + re.findall(others, log, re.MULTILINE)


needs_tex = pytest.mark.skipif(pdf.missing_tex() is not None, reason=str(pdf.missing_tex()))


needs_text = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")


@pytest.fixture(scope="module")
def book(built):
    """The whole theory as data and typeset, once for all questions about it."""
    return built, pdf.typeset(render_tex(built))


@pytest.fixture(scope="module")
def pages(book, tmp_path_factory):
    """What stands on each page."""
    file = tmp_path_factory.mktemp("book") / "book.pdf"
    file.write_bytes(book[1].pdf)
    shown = subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True).stdout
    return shown.removesuffix("\f").split("\f")


@pytest.mark.tex
@needs_tex
def test_the_whole_theory_compiles_cleanly(book):
    assert log_problems(book[1].log) == []


@pytest.mark.tex
@needs_tex
def test_the_same_claims_give_the_same_bytes_and_no_other_file(tmp_path):
    made = document.tex([check_claim(get("drift"))])
    source = tmp_path / "derivation.tex"
    source.write_text(made, encoding="utf-8")
    assert pdf.compile_pdf(source) == source.with_suffix(".pdf")
    assert source.with_suffix(".pdf").read_bytes() == pdf.compile_tex(document.tex([check_claim(get("drift"))]))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["derivation.pdf", "derivation.tex"]


@pytest.mark.tex
@needs_tex
@needs_text
def test_every_page_names_its_content(book, pages):
    assert len(pages) > 20
    assert [number for number, page in enumerate(pages, 1) if book[0].digest not in page] == []


def decimals(text):
    return Counter(re.findall(r"(?<![\d.])\d+\.\d+(?!\d)", text))


@pytest.mark.tex
@needs_tex
@needs_text
def test_the_same_numbers_stand_in_the_pdf_and_in_the_page(book, pages):
    built = book[0]
    page = re.sub(r"<style>.*?</style>|<[^>]*>", " ", render_page(built), flags=re.DOTALL)
    paper = "\n".join(pages)
    assert sum(decimals(page).values()) > 100
    assert decimals(page) == decimals(paper)
    for row in built.references:
        who = "".join(part.source for part in row.text).split(",")[0].split(".")[-1].split()[-1]
        assert re.search(rf"\[{row.number}\][^\[]*{who}", paper, re.DOTALL), row.key


@pytest.mark.tex
@needs_tex
def test_the_log_reader_sees_what_is_wrong():
    body = r"\hbox to 1cm{\hskip 2cm}\par See \ref{nowhere}."
    bad = rf"\documentclass{{article}}\begin{{document}}{body}\end{{document}}"
    problems = log_problems(pdf.typeset(bad).log)
    assert any("Overfull" in p for p in problems)
    assert any("undefined" in p for p in problems)


@pytest.mark.tex
@needs_tex
def test_a_latex_error_names_its_lines_and_leaves_nothing(tmp_path):
    source = tmp_path / "wrong.tex"
    source.write_text("\\documentclass{article}\\begin{document}\n\\nosuchcommand\n\\end{document}\n")
    with pytest.raises(pdf.TexError, match=r"(?s)wrong\.tex.*Undefined control sequence.*nosuchcommand"):
        pdf.compile_pdf(source)
    assert [p.name for p in tmp_path.iterdir()] == ["wrong.tex"]


@pytest.mark.tex
@needs_tex
def test_a_source_cannot_read_outside_its_folder(tmp_path):
    secret = tmp_path / "secret.tex"
    secret.write_text("secret")
    with pytest.raises(pdf.TexError):
        pdf.typeset(rf"\documentclass{{article}}\begin{{document}}\input{{{secret}}}\end{{document}}")


def test_without_latexmk_there_is_a_reason_and_no_pdf(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    source = tmp_path / "derivation.tex"
    source.write_text("x")
    assert pdf.compile_pdf(source) is None
    assert pdf.compile_tex("x") is None
    assert "latexmk" in pdf.missing_tex()


def test_a_missing_source_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.tex"):
        pdf.compile_pdf(tmp_path / "none.tex")
