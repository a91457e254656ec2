"""Parts of the report: printed numbers, the decided plane, bad output folders, published copies, bad news."""

import copy
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stalelaw.practice.errors import BadInput
from stalelaw.practice.jsonio import stamped
from stalelaw.practice.report import build, figures, publish
from stalelaw.practice.report.collect import Collected, collect, headline
from stalelaw.practice.report.effort import Effort
from stalelaw.practice.report.keys import STYLES, lookup, show, shown_value
from stalelaw.practice.report.page import render
from stalelaw.practice.report.provenance import commit, source_hash
from stalelaw.practice.report.shipped import calibration_part, read_shipped, undecided_plane
from stalelaw.theory.laws import law

from .report_page import Page

SMALL = Effort("test", "quick", 2, False, ("drift", "crossover"), stride=89)


def quiet(*_):
    pass


@pytest.fixture(scope="module")
def observed():
    seen = []
    return collect(SMALL, 0, "cpu", "stalelaw report", lambda *event: seen.append(event)), seen


@pytest.fixture(scope="module")
def collected(observed):
    return observed[0]


@pytest.fixture(scope="module")
def drawn(collected):
    return list(figures.draw_all(json.loads(json.dumps(collected.document))))


@pytest.fixture
def written(collected, drawn, tmp_path, monkeypatch):
    """A report without PDF, its figures drawn once for all tests; call it again to write it again."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(figures, "draw_all", lambda _: iter(drawn))
    monkeypatch.setattr(figures, "count", lambda _: len(drawn))
    return lambda: build.write(collected, tmp_path / "report", quiet)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300), st.sampled_from(STYLES))
def test_printed_numbers_read_back(value, style):
    if style == "n":
        value = float(round(value)) if abs(value) < 1e15 else 0.0
    if style in ("pct", "pct1", "f4") and abs(value) > 1e9:
        value = math.fmod(value, 1e9)
    if value and abs(value) < 1e-300:
        value = 1e-300
    printed, half = shown_value(show(value, style))
    digits = {"g2": 2, "g3": 3, "g6": 6}.get(style)
    assert abs(printed - value) <= (0.5 * 10.0 ** (1 - digits) * abs(value) if digits else half) * (1 + 1e-6)


def test_missing_numbers_and_wrong_keys():
    assert show(None) == "–"
    assert shown_value("–") == (None, 0.0)
    for bad in ("", "1e5", "three", "1,5"):
        with pytest.raises(ValueError, match="printed number"):
            shown_value(bad)
    assert lookup({"a": [{"b": 2}]}, "a.0.b") == 2
    for key in ("a.1", "a.0.c", "a.0.b.c", "x"):
        with pytest.raises(KeyError):
            lookup({"a": [{"b": 2}]}, key)
    with pytest.raises(ValueError, match="whole number"):
        show(1.5, "n")


@pytest.mark.parametrize("law_id", ["min", "max"])
def test_the_decided_plane_agrees_with_random_members_of_the_set(law_id):
    document = calibration_part(read_shipped())[0][law_id]
    staleness, eta = np.geomspace(0.7, 128, 17), np.geomspace(1e-4, 5e-2, 19)
    known = undecided_plane(document, staleness, eta, 320)
    rng = np.random.default_rng(0)
    seen = set()
    for slab in document["region"]["slabs"]:
        for _ in range(200):
            a, b = (
                math.exp(
                    rng.uniform(math.log(max(slab[f"{n}_low"], 1e-9)), math.log((slab[f"{n}_high"] or 1e9) * 0.999))
                )
                for n in "ab"
            )
            stable = law(law_id).stable(eta=eta[:, None], S=staleness[None, :], T=320.0, a=a, b=b)
            assert not (stable & (known == -1)).any()
            assert not (~stable & (known == 1)).any()
            seen |= {(int(k), bool(s)) for k, s in zip(known.ravel(), stable.ravel(), strict=True)}
    assert seen == {(1, True), (-1, False), (0, True), (0, False)}


def test_a_folder_below_a_file_is_refused_before_anything_runs(invoke, tmp_path, monkeypatch):
    monkeypatch.setattr(build, "collect", lambda *_: pytest.fail("measured although the folder is bad"))
    (tmp_path / "file").write_text("mine")
    for out in (tmp_path / "file", tmp_path / "file" / "deep" / "report"):
        answer = invoke("report", "--quick", "--out", out, code=2)
        assert answer.out == ""
        assert "folder" in answer.err
        assert "Traceback" not in answer.err
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_with_other_files_is_left_alone(invoke, tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    assert "thesis.tex" in invoke("report", "--out", tmp_path, code=2).err
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("arguments", [("--quick", "--full"), ("--seed", -1), ("--seed", 2**40)])
def test_bad_options_are_refused(invoke, tmp_path, arguments):
    assert invoke("report", *arguments, "--out", tmp_path / "out", code=2).out == ""
    assert list(tmp_path.iterdir()) == []


def test_an_older_report_is_replaced_and_a_failure_leaves_it(written, tmp_path, monkeypatch):
    out = tmp_path / "report"
    assert written() == out
    first = (out / "verdicts.json").read_bytes()
    assert written() == out
    assert (out / "verdicts.json").read_bytes() == first

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(build, "_fill", fail)
    with pytest.raises(Exception, match="No space left"):
        written()
    assert (out / "verdicts.json").read_bytes() == first
    assert [entry.name for entry in tmp_path.iterdir()] == ["report"]
    listed = json.loads(first)["provenance"]["files"]
    assert listed == sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


def test_a_file_put_there_while_the_report_is_drawn_stays(written, tmp_path, monkeypatch):
    out, fill = written(), build._fill

    def slow(*arguments):
        fill(*arguments)
        (out / "figures" / "mine.png").write_text("mine")

    monkeypatch.setattr(build, "_fill", slow)
    with pytest.raises(BadInput, match=r"figures/mine\.png"):
        written()
    assert (out / "figures" / "mine.png").read_text() == "mine"
    assert [entry.name for entry in tmp_path.iterdir()] == ["report"]


def test_an_empty_folder_is_filled_and_stays_the_same_folder(written, tmp_path, monkeypatch):
    (tmp_path / "report").mkdir()
    monkeypatch.chdir(tmp_path / "report")
    before = (tmp_path / "report").stat().st_ino
    assert written().stat().st_ino == before
    assert Path("index.html").is_file()
    with pytest.raises(BadInput, match="current directory"):
        written()


def test_progress_counts_every_stage(observed):
    seen = observed[1]
    assert {track for track, _, _ in seen} == {"proofs", "measurements"}
    for track in {track for track, _, _ in seen}:
        events = [event for event in seen if event[0] == track]
        assert {total for _, _, total in events} == {len(events)}, track


def test_a_failing_measurement_is_reported_with_its_reason():
    with pytest.raises(RuntimeError, match="no-such-device"):
        collect(SMALL, 0, "no-such-device", "stalelaw report", quiet)


def with_mutants(document):
    changed = copy.deepcopy(document)
    base = {"step": "conclusion", "mutation": "constant doubled", "direction": "weakening"}
    changed["derive"]["mutants"] = [
        {"claim": "drift", **base, "caught_by": caught, "equivalent": equivalent}
        for caught, equivalent in (
            ("z3+cvc5", False),
            ("chain", False),
            ("attaining-instance", False),
            (None, True),
            (None, False),
        )
    ]
    changed["derive"]["counts"]["mutants"] = {"made": 5, "caught": 3, "equivalent": 1, "missed": 1}
    return changed


def test_bad_news_is_shown(collected):
    document = with_mutants(json.loads(json.dumps(collected.document)))
    document["check"]["verdicts"][-1]["status"] = "violated"
    document["headline"] = headline(document)
    assert document["headline"]["mutants_noticed_share"] == 3 / 4
    assert document["headline"]["violated"] == 1
    inline = {figure.name: figure.inline for figure in figures.draw_all(document)}
    text = render(stamped(document), collected.derivation, inline)
    page = Page(text)
    assert "are violated" in text
    assert 'class="badge bad"> violated' in text
    assert "3 of 4 falsified" in inline["mutants"]
    said = [(key, shown) for key, _, shown in page.keyed]
    assert ("derive.counts.mutants.missed", "1") in said
    assert ("headline.mutants_noticed_share", "75 %") in said
    assert any(key == "derive.mutants.3.mutation" for key, _ in said), "equivalent mutants are listed"


def test_published_copies_show_when_they_are_stale(written, tmp_path, monkeypatch):
    report = written()
    folder = tmp_path / "reports"
    assert publish.problems(folder) == [f"no {publish.STAMP}: nothing was published"]
    (folder / "notes").mkdir(parents=True)
    names = publish.publish(report, folder)
    assert {"index.html", "verdicts.json", "figures/bias.png"} <= set(names)
    assert publish.problems(folder) == []
    assert (folder / "notes").is_dir()
    assert sum((folder / name).stat().st_size for name in names) <= publish.LIMIT
    (folder / "verdicts.json").write_text("{}")
    (folder / "figures" / "bias.png").unlink()
    assert publish.problems(folder) == [
        "verdicts.json was changed after it was published",
        "figures/bias.png is missing",
    ]
    with pytest.raises(BadInput, match=r"verdicts\.json is not the copy"):
        publish.publish(report, folder)
    (folder / "verdicts.json").unlink()
    publish.publish(report, folder)
    monkeypatch.setattr(publish, "source_hash", lambda: "other")
    assert "stale" in publish.problems(folder)[0]
    monkeypatch.setattr(publish, "LIMIT", 10)
    assert publish.publish(report, folder) == ["index.html", "verdicts.json"]
    assert not (folder / "figures").exists()


def test_provenance_names_the_sources(collected):
    part = collected.document["provenance"]
    assert part["source_hash"] == source_hash()
    assert len(part["source_hash"]) == 64
    head, reason = commit()
    assert (head is None) != (reason is None)
    assert part["command"] == "stalelaw report"
    assert isinstance(collected, Collected)


def test_the_copies_in_the_repository_are_whole():
    """Stale copies are shown as a skip: `make publish` refreshes them."""
    folder = Path(__file__).resolve().parents[2] / "reports"
    found = publish.problems(folder)
    if any(text.startswith(("no ", "stale")) for text in found):
        pytest.skip("; ".join(found))
    assert found == []
