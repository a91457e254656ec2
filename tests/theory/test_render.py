"""The printed derivation: equal bytes, every step in every format, hostile text, MathML that parses, a clean PDF."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from jinja2 import UndefinedError
from stalelaw.theory import symbols as sy
from stalelaw.theory.derive import derive
from stalelaw.theory.proof.check import check_claim
from stalelaw.theory.proof.models import reaches
from stalelaw.theory.proof.mutants import Mutant
from stalelaw.theory.proof.records import Assumption, Claim, Rel, Step
from stalelaw.theory.render import document, pdf
from stalelaw.theory.render.instances import attained
from stalelaw.theory.render.lines import split_tex
from stalelaw.theory.render.mathml import mathml
from stalelaw.theory.render.prose import escape_tex, prose
from stalelaw.theory.render.templates import render_html, render_markdown, render_page, render_tex
from stalelaw.theory.render.tex import tex_rel


@pytest.fixture(scope="module")
def printed(built):
    """LaTeX, Markdown and the HTML fragment of the whole theory."""
    return render_tex(built), render_markdown(built), render_html(built)


@pytest.fixture(scope="module")
def page(built):
    return render_page(built)


def test_equal_input_gives_equal_bytes(verdicts):
    some = verdicts[-3:]
    slower = [replace(v, steps=tuple(replace(s, seconds=s.seconds + 1) for s in v.steps)) for v in some]
    fresh = derive([v.claim for v in some])  # other solver processes
    for make in (document.tex, document.md, document.html):
        assert make(some) == make(slower) == make(fresh)


def test_the_digest_follows_the_content(verdicts, built, printed):
    assert re.fullmatch("[0-9a-f]{16}", built.digest)
    assert document.build(verdicts[-9:]).digest != document.build(verdicts[-9:-1]).digest
    for text in printed:
        assert built.digest in text


def test_every_claim_and_step_is_in_every_format(verdicts, built, printed):
    latex, markdown, page = printed
    theory = [v for v in verdicts if not v.claim.id.startswith("lemma:")]
    assert [c.id for c in built.claims] == [v.claim.id for v in theory]
    sections = {
        "tex": re.split(r"\\begin\{claim\}", latex)[1:],
        "md": re.split(r"^#{3,4} Claim ", markdown, flags=re.MULTILINE)[1:],
        "html": page.split('<section class="claim"')[1:],
    }
    for number, verdict in enumerate(theory):
        claim = verdict.claim
        wanted = [claim.id, *(s.id for s in claim.steps)]
        for ident in wanted:
            assert rf"\stepid{{{escape_tex(ident)}}}" in sections["tex"][number]
            assert f"`{ident}`" in sections["md"][number]
            assert f"<code>{ident}</code>" in sections["html"][number]
        for step in claim.steps:
            statement = tex_rel(step.statement)
            pieces = r"\allowbreak".join(rf"\dd{{{piece}}}" for piece in split_tex(statement))
            assert pieces in sections["tex"][number]
            assert mathml(statement, display=True) in sections["html"][number]
        assert sections["md"][number].count("<br>\n") == len(claim.steps)
    for lemma in (v.claim.id for v in verdicts if v.claim.id.startswith("lemma:")):
        assert all(escape(lemma) in text for escape, text in ((escape_tex, latex), (str, markdown), (str, page)))


def test_every_instance_is_in_every_format(built, printed):
    latex, markdown, page = printed
    shown = [row for c in built.claims for row in (*c.necessity, *c.attained)]
    assert len(shown) > 40
    for row in shown:
        assert ", ".join(f"${value}$" for value in row.values) in latex
        assert ", ".join(f'<span class="value">{mathml(value)}</span>' for value in row.values) in page
        assert row.step
    assert len(re.findall(r"\| \(\d+\)(?!.*\| \()", markdown)) == sum(len(c.necessity) for c in built.claims)


def test_notation_lists_what_is_used_and_nothing_else(verdicts):
    crossover = [v for v in verdicts if v.claim.id == "crossover"]
    rows = {row.name for row in document.build(crossover).notation}
    assert rows == {"S", "T", "a", "b", "S_star"}


def test_numbers_of_the_summary_add_up(verdicts, built):
    steps = sum(len(v.steps) for v in verdicts)
    assert sum(c.number for c in built.step_counts) == sum(c.number for c in built.engine_counts) == steps
    assert sum(c.number for c in built.claim_counts) == len(built.claims)
    assert sum(f.uses for f in built.lemmas) == sum(s.kind == "lemma" for c in built.claims for s in c.steps)


def test_mutants_are_summed_per_claim(verdicts):
    def mutant(caught_by, equivalent=False):
        return Mutant("drift", "sum", "sign", "neither", caught_by, equivalent)

    mutants = [mutant("z3+cvc5"), mutant("chain"), mutant("attaining-instance"), mutant(None), mutant(None, True)]
    drift = [v for v in verdicts if v.claim.id == "drift"]
    (row,) = document.build(drift, mutants).mutants
    assert (row.made, row.engine, row.instance, row.chain, row.equivalent, row.missed) == (5, 1, 1, 1, 1, 1)
    assert "Falsified versions" in document.md(drift, mutants)
    assert "Falsified versions" not in document.md(drift)


# --- HTML ---------------------------------------------------------------------------------------------------------
class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def tags(page):
    parser = Tags()
    parser.feed(page)
    return parser.found


def test_mathml_is_well_formed_and_links_nowhere(page):
    formulas = re.findall(r"<math.*?</math>", page)
    assert len(formulas) > 500
    for formula in formulas:
        assert not [e for e in ElementTree.fromstring(formula).iter() if "href" in e.attrib]
    assert '<code class="tex">' not in page  # everything of the theory converts
    assert "\\" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    for tag, attributes in tags(page):
        assert tag not in ("script", "link", "img", "iframe", "object")
        assert all(value.startswith("#") for name, value in attributes.items() if name in ("href", "src"))
    assert "http" not in page


def test_links_inside_the_page_arrive(page):
    found = tags(page)
    anchors = {attributes["id"] for _, attributes in found if "id" in attributes}
    targets = {attributes["href"][1:] for tag, attributes in found if tag == "a"}
    assert targets
    assert targets <= anchors


def test_the_text_of_every_claim_and_lemma_is_plain_mathematics_where_it_says_so(verdicts):
    for claim in (v.claim for v in verdicts):
        for text in (claim.statement, *(a.tex for a in claim.assumptions)):
            assert text.count("$") == 2 * sum(part.math for part in prose(text))


# --- hostile text -------------------------------------------------------------------------------------------------
HOSTILE = (
    r"""\input{/etc/passwd} <script>alert(1)</script> " ' & 100% #1 _^~ `x` | [a](b) --- 😀 é $5 \BLOCK{x}{{ 1 }}"""
)
MALFORMED = r"$\frac$, $a^b^c$, $x_$, $\hat$, $\binom{1}$, $\bigl$ and $x\limits_i$ " + "word" * 80


def hostile_verdict():
    assumption = Assumption(HOSTILE, HOSTILE, HOSTILE, lambda: Rel(sy.eta, "<=", sy.a_plan))
    steps = (
        Step(HOSTILE, "assumption", assumption.at(), why=HOSTILE, schema=assumption),
        Step("end", "inequality", Rel(sy.eta, ">=", sy.b_plan), uses=(HOSTILE,), why="x\x00\ny"),
    )
    statement = HOSTILE + r" and $\write18{rm}$ and $\href{javascript:alert(1)}{x}$ and $ alone"
    return check_claim(Claim(HOSTILE, HOSTILE, "upper", statement, HOSTILE, steps, ("end",), not_tight=MALFORMED))


def test_hostile_text_stays_text():
    verdict = hostile_verdict()
    assert verdict.status == "refuted"
    latex, markdown, page = (make([verdict]) for make in (document.tex, document.md, document.html))
    body = latex.split(r"\begin{document}")[1]
    for command in (r"\input", r"\write", r"\href", r"\BLOCK"):
        assert command not in body
    assert "<script" not in page
    assert "<script" not in re.sub(r"`[^`]*`", "", markdown)  # in a code span it is text
    assert not [a for _, attrs in tags(page) for a in attrs if a.startswith("on")]
    assert "javascript:alert" not in "".join(str(attrs) for _, attrs in tags(page))
    assert "alert(1)" in page  # shown, not dropped


def test_a_template_cannot_print_what_is_not_there(built):
    class Partial:
        def __getattr__(self, name):
            if name == "lemmas":
                raise AttributeError(name)
            return getattr(built, name)

    with pytest.raises(UndefinedError):
        render_tex(Partial())


def test_fragment_and_page_agree(printed, page):
    assert printed[2] in page


@pytest.mark.tex
@pytest.mark.skipif(pdf.missing_tex() is not None, reason=str(pdf.missing_tex()))
def test_hostile_text_compiles():
    assert pdf.compile_tex(document.tex([hostile_verdict()]))[:5] == b"%PDF-"


def test_an_attaining_instance_prints_the_conclusion_it_reaches(verdicts):
    for claim in (v.claim for v in verdicts if v.claim.attained):
        places = {step.id: number for number, step in enumerate(claim.steps, 1)}
        for row, model in zip(attained(claim, places), claim.attained, strict=True):
            assert reaches(claim.steps[row.step - 1].statement, model)
            assert len(max(row.values, key=len)) < 300
