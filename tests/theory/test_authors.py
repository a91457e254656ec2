"""An author's own theorem: one file is proved or refuted, with a counterexample that can be checked by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from stalelaw.theory.derive import claims_in_file, derive, perturb

EXAMPLES = Path(__file__).parents[2] / "examples" / "theorems"


def test_the_right_example_is_proved_complete_and_sharp():
    (verdict,) = derive(claims_in_file(EXAMPLES / "right.py"))
    assert (verdict.status, verdict.problems, verdict.missing) == ("proved", (), ())
    assert [m for m in perturb([verdict]) if m.caught_by is None] == []


def test_the_wrong_example_is_refuted_and_its_counterexample_is_real():
    (verdict,) = derive(claims_in_file(EXAMPLES / "wrong.py"))
    assert verdict.status == "refuted"
    assert [s.id for s in verdict.steps if s.status == "refuted"] == ["curved"]
    v = {k: Fraction(x) for k, x in verdict.counterexample.items()}
    g, d, u, gd = v["Norm(my_g)"], v["Norm(my_delta)"], v["Norm(my_delta + my_g)"], v["Inner(my_g, my_delta)"]
    assert u**2 == g**2 + 2 * gd + d**2  # the point is realisable by vectors
    assert abs(gd) <= g * d
    assert d <= v["my_beta"]
    assert v["eta"] * v["my_L"] <= 2
    assert v["my_gain"] >= v["eta"] * (g**2 + gd) - v["my_L"] * v["eta"] ** 2 * u**2 / 2
    assert v["my_gain"] < v["eta"] * (g**2 - v["my_beta"] ** 2) / 2  # and the theorem is false there


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "defines no CLAIM"),
        ("CLAIM = 3", "defines no CLAIM"),
        ("1 +", "SyntaxError"),
        ("raise RuntimeError('boom')", "theorem.py, line 1, does not run: RuntimeError: boom"),
        ("from stalelaw.theory.api import scalar\nscalar('eta', 'x', '1', 'something else')", "line 2.*already"),
        ("from stalelaw.theory.api import Rel\nfrom stalelaw.theory.symbols import eta\nRel(eta, '<=', 0.1)", "exact"),
    ],
)
def test_a_bad_file_says_what_is_wrong(tmp_path, text, message):
    file = tmp_path / "theorem.py"
    file.write_text(text)
    with pytest.raises(ValueError, match=message):
        claims_in_file(file)


def test_no_theorem_of_an_author_passes_for_a_named_lemma(tmp_path):
    file = tmp_path / "theorem.py"
    file.write_text((EXAMPLES / "right.py").read_text().replace('"biased-ascent"', '"lemma:triangle"'))
    with pytest.raises(ValueError, match="expected ids"):
        claims_in_file(file)


def _stalelaw(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "stalelaw", *args], capture_output=True, text=True, check=False)


def test_the_command_line_exits_0_1_and_2(tmp_path):
    assert _stalelaw("derive", "--file", str(EXAMPLES / "right.py")).returncode == 0
    wrong = _stalelaw("derive", "--file", str(EXAMPLES / "wrong.py"), "--json")
    assert wrong.returncode == 1
    (claim,) = json.loads(wrong.stdout)["claims"]
    assert claim["status"] == "refuted"
    for bad in (["derive", "--file", str(tmp_path / "none.py")], ["derive", "no-such-claim"]):
        result = _stalelaw(*bad, "--json")
        assert (result.returncode, result.stdout) == (2, "")
        assert "Traceback" not in result.stderr


def test_one_claim_and_the_list():
    one = json.loads(_stalelaw("derive", "staleness-bias", "--json").stdout)
    assert [c["id"] for c in one["claims"]] == ["staleness-bias"]
    listed = json.loads(_stalelaw("derive", "--list", "--json").stdout)
    assert {"drift", "lemma:triangle"} <= {c["id"] for c in listed["claims"]}


def test_what_an_authors_file_prints_stays_out_of_the_document(tmp_path):
    noisy = tmp_path / "noisy.py"
    noisy.write_text('print("noise")\n' + (EXAMPLES / "right.py").read_text())
    result = _stalelaw("derive", "--file", str(noisy), "--json")
    assert result.returncode == 0
    assert json.loads(result.stdout)["claims"][0]["status"] == "proved"
    leaving = tmp_path / "leaving.py"
    leaving.write_text("raise SystemExit(0)")
    assert _stalelaw("derive", "--file", str(leaving)).returncode == 2


def test_an_output_path_is_refused_before_the_work(tmp_path):
    (tmp_path / "file").write_text("")
    result = _stalelaw("derive", "--format", "md", "--out", str(tmp_path / "file" / "below"))
    assert (result.returncode, result.stdout) == (2, "")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file"]
