"""Solver workers: a question that takes too long is killed and the next one is answered."""

from __future__ import annotations

from stalelaw.theory.proof import solvers

EASY = "(set-logic QF_NRA)\n(declare-const x0 Real)\n(assert (= (* 2.0 x0) 3.0))\n(check-sat)"
_HARD = "\n".join(
    ["(set-logic QF_NRA)"]
    + [f"(declare-const y{i} Real)" for i in range(14)]
    + [f"(assert (= (+ (* y{i} y{(i + 1) % 14} y{(i + 2) % 14}) (* y{i} y{i})) {i + 2}.0))" for i in range(14)]
    + [f"(assert (distinct (* y{i} y{i} y{i}) (* 3.0 y{(i + 5) % 14})))" for i in range(14)]
    + ["(check-sat)"]
)


def test_models_are_exact_rationals():
    for opinion in solvers.ask(EASY, ("x0",)):
        assert opinion.answer == "sat"
        assert dict(opinion.model) == {"x0": "3/2"}


def test_a_hard_kill_and_a_fresh_worker():
    opinions = solvers.ask(_HARD, (), 0.2)
    assert {o.solver for o in opinions} == set(solvers.SOLVERS)
    assert "timeout" in {o.answer for o in opinions}
    assert {o.answer for o in solvers.ask("; after the kill\n" + EASY, ("x0",))} == {"sat"}


def test_a_malformed_script_is_an_error_and_not_a_verdict():
    answers = {o.answer.split(":")[0] for o in solvers.ask("(this is not smt)", ())}
    assert answers.isdisjoint({"sat", "unsat"})
