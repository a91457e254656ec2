"""Claims as fragments of an article: symbols are macros, the author's notation wins, and LaTeX takes them."""

import re
import shutil
import subprocess

import pytest
from stalelaw.practice.cli import app
from stalelaw.theory.claims import CHAPTERS, all_claims, get
from stalelaw.theory.proof.check import check_claim
from stalelaw.theory.proof.records import Claim, Rel, Step
from stalelaw.theory.render import pdf
from stalelaw.theory.render.fragments import fragments
from stalelaw.theory.render.macros import Macros, expand, macro_name, normal
from stalelaw.theory.render.notation import notation
from stalelaw.theory.render.prose import prose
from stalelaw.theory.render.tex import tex_rel
from stalelaw.theory.symbols import TABLE, eta
from typer.testing import CliRunner

STRUCTURE = (
    r"\\(?:sum|frac|tfrac|binom|sqrt|[Bb]ig[lr]?|[lr]Vert|[lr]vert|[lr]angle|le|ge|min|max|log|sin|cos|arccos|pi"
    r"|,|\{|\})"
)
DEFINED = r"\\(?:newcommand|newif\\if|newenvironment|providecommand|newcounter)\W*(sl\w+)"
ONE_PER_CHAPTER = [names[len(names) // 2].replace("_", "-") for names in CHAPTERS.values()]


def text_of(made, tmp_path):
    (tmp_path / "made.pdf").write_bytes(made)
    return subprocess.run(["pdftotext", tmp_path / "made.pdf", "-"], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def two():
    """Fragments of two short claims."""
    return fragments([check_claim(get("drift")), check_claim(get("crossover"))])


def test_names_of_macros_are_different_and_letters_only():
    names = [macro_name(key) for key in TABLE]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"\\sl[A-Za-z]+", name) for name in names)
    assert not {r"\slash", r"\sloppy", r"\slshape", r"\sldefault"} & set(names)


@pytest.mark.parametrize("claim", ONE_PER_CHAPTER)
def test_every_symbol_of_a_step_is_a_macro_and_expands_to_what_it_was(claim):
    claim = get(claim)
    macros = Macros(notation([claim]))
    steps = [tex_rel(step.statement) for step in claim.steps]
    for shown in (*steps, *(part.source for part in prose(claim.statement) if part.math)):
        assert expand(macros.apply(shown), macros.macros) == normal(shown)
    for shown in steps:
        left = re.sub(rf"{STRUCTURE}(?![A-Za-z])|\\sl[A-Za-z]+|\be\^", "", macros.apply(shown))
        assert not re.search(r"\\?[A-Za-z]", re.sub(r"\\(?:mathrm|operatorname)\{\w+\}", "", left)), shown


@pytest.mark.parametrize(
    ("shown", "called"),
    [
        (r"\theta_{k+1}-\theta_t", r"\slthetaAt{\slk+1}-\slthetaAt{\slt}"),
        (r"\tfrac\eta2 t", r"\tfrac\sleta2\slt"),
        (r"\eta\,s_t", r"\sleta\,\slsT"),
        (r"\zeta'", r"\zeta'"),
    ],
)
def test_calls_by_hand(shown, called):
    assert Macros(notation([get("drift")])).apply(shown) == called


def test_files_of_a_run(two):
    assert sorted(two) == ["claim-crossover.tex", "claim-drift.tex", "references.bib", "stalelaw.sty"]
    for name in ("claim-crossover.tex", "claim-drift.tex"):
        used = set(re.findall(r"\\sl[A-Za-z]+", two[name]))
        given = set(
            re.findall(
                r"\\(?:newcommand|newif\\if|newenvironment|providecommand|newcounter)\W*(sl\w+)", two["stalelaw.sty"]
            )
        )
        own = set(re.findall(r"\\providecommand\{(\\sl[A-Za-z]+)\}", two[name]))
        assert own <= used
        assert {u.removeprefix("\\") for u in used - own} <= given | {"slbad", "slgood", "slgiven"}


def test_the_command_writes_them(two, tmp_path):
    out = CliRunner().invoke(app, ["derive", "drift", "--format", "fragments", "--out", str(tmp_path / "new")])
    assert out.exit_code == 0, out.output
    written = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "new").iterdir()}
    assert written == {name: text for name, text in two.items() if name != "claim-crossover.tex"}


def test_two_claims_of_one_file_name_are_refused():
    def claim(name):
        return check_claim(Claim(name, "x", "upper", "x", "x", (Step("a", "inequality", Rel(eta, ">", 0)),), ("a",)))

    with pytest.raises(ValueError, match=r"claim-x-y\.tex"):
        fragments([claim("x y"), claim("x_y")])


ARTICLE = r"""
\documentclass[twocolumn]{article}
\usepackage{stalelaw}
\newtheorem{theorem}{Theorem}
\newtheorem{slclaim}[theorem]{Proposition}
\newcommand{\sleta}{\alpha}
\newcommand{\slthetaAt}[1]{w^{(#1)}}
\begin{document}
By Proposition~\ref{sl:drift}, step~\ref{sl:drift:conclusion}, drift is bounded.
\input{claim-drift}
\slderivationfalse
\input{claim-crossover}
\bibliographystyle{plain}\bibliography{references}
\end{document}
"""


@pytest.mark.tex
@pytest.mark.skipif(pdf.missing_tex() is not None, reason=str(pdf.missing_tex()))
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_an_article_takes_fragments_in_its_own_notation(two, tmp_path):
    made = pdf.typeset(ARTICLE, beside=two)
    wide = [float(m[1]) for m in re.finditer(r"Overfull \\hbox \(([\d.]+)pt", made.log)]
    assert not [excess for excess in wide if excess > 2]
    assert not re.findall(r"(?:Citation|Reference).*undefined|multiply", made.log)
    shown = text_of(made.pdf, tmp_path)
    assert "By Proposition 1, step 10" in shown
    assert "w(t)" in shown
    assert "α" in shown
    assert "θ" not in shown
    assert "η" not in shown
    assert "Jingwei Song" in shown
    assert "Proposition 2" in shown
    assert shown.count("Telescoping sum") == 2  # step and fact
    assert "a conclusion" in shown  # the second claim prints no steps to refer to


def test_chapters_have_a_claim_each():
    assert {get(name).id for name in ONE_PER_CHAPTER} <= {claim.id for claim in all_claims()}
