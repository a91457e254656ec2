"""The report as a reader gets it: one quick build without LaTeX and git on the path, then its files."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import psutil
import pytest
from stalelaw.practice.report.figures import draw_all
from stalelaw.practice.report.keys import lookup, shown_value
from stalelaw.theory.laws import LAWS

from .report_page import Page

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "practice" / "report").glob("*.j2"))
DIGITS = {"g2": 2, "g3": 3, "g6": 6}


@pytest.fixture(scope="module")
def built(tmp_path_factory, deriving):
    """(folder, stdout, stderr, peak resident bytes of all processes) of ``stalelaw report --quick``."""
    out = tmp_path_factory.mktemp("built") / "report"
    command = [sys.executable, "-m", "stalelaw.practice.cli", "report", "--quick", "--out", str(out)]
    environment = {**os.environ, "PATH": ""}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with deriving, subprocess.Popen(command, env=environment, cwd=out.parent, **pipes) as run:
        peak, watched = 0, psutil.Process(run.pid)
        while run.poll() is None:
            peak = max(peak, resident(watched))
            time.sleep(0.2)
        stdout, stderr = run.communicate()
    assert run.returncode == 0, stderr
    return out, stdout, stderr, peak


def resident(process):
    total = 0
    try:
        for part in (process, *process.children(recursive=True)):
            total += part.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total


@pytest.fixture(scope="module")
def verdicts(built):
    def refuse(name):
        raise AssertionError(f"{name} in verdicts.json")

    return json.loads((built[0] / "verdicts.json").read_text(encoding="utf-8"), parse_constant=refuse)


@pytest.fixture(scope="module")
def html(built):
    return (built[0] / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_the_folder_is_complete_and_nothing_else_is_left(built):
    out, stdout, stderr, _ = built
    assert {entry.name for entry in out.iterdir()} == {
        *("index.html", "verdicts.json", "derivation.html", "derivation.tex", "figures")
    }
    assert [entry.name for entry in out.parent.iterdir()] == [out.name]
    assert "written:" in stdout
    assert stderr == ""
    names = {path.stem for path in (out / "figures").iterdir()}
    assert {path.name for path in (out / "figures").iterdir()} == {
        f"{n}.{kind}" for n in names for kind in ("svg", "png")
    }


def test_memory_stays_below_two_gibibytes(built):
    assert 0 < built[3] < 2 * 2**30


def test_without_latex_and_git_the_page_says_so(verdicts, page):
    assert verdicts["provenance"]["pdf"] is None
    assert verdicts["provenance"]["commit"] is None
    said = {key: text for key, _, text in page.keyed}
    assert "latexmk" in said["provenance.pdf_reason"]
    assert "git" in said["provenance.commit_reason"]


def test_verdicts_have_every_part(verdicts):
    parts = {
        "derive",
        "check",
        "scaling",
        "ladder",
        "study",
        "beyond",
        "spectra",
        "sources",
        "constants",
        "trained",
        "calibration",
        "plan",
        "headline",
        "provenance",
    }
    assert set(verdicts) == parts | {"schema_version", "stalelaw_version"}
    assert len(verdicts["derive"]["claims"]) >= 8
    assert {v["claim"] for v in verdicts["check"]["verdicts"]} <= {c["id"] for c in verdicts["derive"]["claims"]}
    assert verdicts["headline"]["violated"] == 0
    assert verdicts["headline"]["steps_open"] == 0
    assert len(verdicts["calibration"]["min"]["runs"]) == 6
    assert set(verdicts["plan"]["calibrated"]) <= set(LAWS)


def test_every_printed_number_is_the_stored_one(verdicts, page):
    assert len(page.keyed) > 300
    for key, style, text in page.keyed:
        value = lookup(verdicts, key)
        if style == "text":
            assert text == value, key
            continue
        printed, half = shown_value(text)
        if value is None or printed is None:
            assert value is None, key
            assert printed is None, key
            continue
        tolerance = half if style not in DIGITS else 0.51 * 10.0 ** (1 - DIGITS[style]) * abs(value)
        assert abs(printed - value) <= tolerance * (1 + 1e-9), (key, text, value)
        assert not (printed == 0 and value != 0 and style in DIGITS), (key, text, value)


def test_no_number_stands_in_a_data_section_without_its_key(html, page):
    assert page.loose == []
    assert html.count("data-numbers") >= 6
    assert Page('<p data-numbers>7 <span class="theory">1</span></p>').loose == ["7"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_number_is_typed_into_a_template(path):
    source = path.read_text(encoding="utf-8")
    formulas = re.findall(r"(?:tex|display)\(\"(.*?)\"", source)
    assert [f for f in formulas if re.search(r"\d", f)] == []
    words = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<[^>]*>|&\w+;", "", source, flags=re.DOTALL)
    assert re.findall(r"\d+", words) == []
    printed = re.findall(r"\{\{\s*(at\(|lookup)", source)
    assert printed == [], "values are printed through num and text, which write the key"


def test_the_page_stands_alone(html, page):
    outside = [
        link
        for link in page.links
        if not re.match(r"#|verdicts\.json$|derivation\.(tex|html(#claim-\d+)?)$|figures/$", link[1])
    ]
    assert outside == []
    assert not re.search(r"https?:|//\w+\.\w|@import|url\((?!#)", html)
    assert page.tags.get("script", 0) == 0
    assert len(html.encode()) < 5_000_000


def test_ids_are_unique_and_every_link_leads_somewhere(page):
    assert len(page.ids) == len(set(page.ids))
    missing = {value for _, value in page.links if value.startswith("#")} - {f"#{name}" for name in page.ids}
    assert missing == set()


def test_formulas_are_well_formed(page):
    assert len(page.math) > 200
    for source in page.math:
        assert ElementTree.fromstring(source.replace("&nbsp;", " ")).tag == "math"
    assert page.tags.get("code", 0) > 0


def test_figures_depend_on_the_verdicts_alone(built, verdicts):
    drawn = list(draw_all(verdicts))
    assert len(drawn) >= 15
    for figure in drawn:
        stem = built[0] / "figures" / figure.name
        assert stem.with_name(f"{figure.name}.svg").read_text(encoding="utf-8") == figure.svg
        assert stem.with_name(f"{figure.name}.png").read_bytes() == figure.png
        assert "<dc:date>" not in figure.svg
        ElementTree.fromstring(figure.svg)


def test_the_inline_figures_follow_the_theme(html):
    inline = re.findall(r'<svg class="figure".*?</svg>', html, re.DOTALL)
    assert len(inline) >= 15
    assert all(re.search(r'aria-label="\w', figure) for figure in inline)
    left = set(re.findall(r"#[0-9a-fA-F]{6}\b", " ".join(inline)))
    assert left <= {"#000000", "#ffffff"}, left


def test_no_path_of_this_machine_is_printed(html, verdicts):
    text = html + json.dumps(verdicts)
    assert str(ROOT) not in text
    assert str(Path.home()) + "/" not in text
    assert sys.prefix not in text


@pytest.mark.tex
def test_with_latex_there_is_a_pdf(built, tmp_path):
    from stalelaw.practice.report.build import typeset
    from stalelaw.theory.render.pdf import missing_tex

    if missing_tex():
        pytest.skip(missing_tex())
    made = typeset(tmp_path, (built[0] / "derivation.tex").read_text(encoding="utf-8"))
    assert made == {"pdf": "derivation.pdf", "pdf_reason": None}
    assert (tmp_path / "derivation.pdf").read_bytes().startswith(b"%PDF")
