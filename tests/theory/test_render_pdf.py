"""The PDF: compiles without a complaint, the same bytes twice, and fails loudly or not at all."""

import re

import pytest
from stalelaw.theory.render import document, pdf


def log_problems(log):
    """What a reader of the PDF would see: errors, undefined references, missing characters, boxes over 2pt too wide."""
    wide = [m[0] for m in re.finditer(r"Overfull \\[hv]box \(([\d.]+)pt.*", log) if float(m[1]) > 2]
    return wide + re.findall(r"^!.*|.*undefined.*|.*Missing character.*|.*multiply.defined.*", log, re.MULTILINE)


needs_tex = pytest.mark.skipif(pdf.missing_tex() is not None, reason=str(pdf.missing_tex()))


@pytest.mark.tex
@needs_tex
def test_the_document_compiles_cleanly_and_reproducibly(verdicts, tmp_path):
    source = tmp_path / "derivation.tex"
    source.write_text(document.tex(verdicts), encoding="utf-8")
    made = pdf.typeset(source.read_text(encoding="utf-8"))
    assert log_problems(made.log) == []
    assert pdf.compile_pdf(source) == source.with_suffix(".pdf")
    assert source.with_suffix(".pdf").read_bytes() == made.pdf
    assert sorted(p.name for p in tmp_path.iterdir()) == ["derivation.pdf", "derivation.tex"]


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
