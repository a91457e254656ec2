"""A solver in a process of its own: reads ``{"text", "variables"}`` lines, answers ``{"answer", "model"}`` lines.

Run as ``python -m stalelaw.theory.proof.worker z3|cvc5``; the parent kills it when a question takes too long, because
neither solver honours its own time limit on every input.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from fractions import Fraction

Answer = tuple[str, dict[str, str]]


def ask_z3(text: str, variables: list[str]) -> Answer:
    """Ask z3 in a fresh context; irrational model values are left out."""
    import z3

    context = z3.Context()
    solver = z3.Solver(ctx=context)
    solver.from_string(text)
    if len(solver.assertions()) != text.count("(assert ") or not text.endswith("(check-sat)"):
        raise ValueError("z3 did not read the whole script")  # it drops what it cannot parse and goes on
    answer = str(solver.check())
    model: dict[str, str] = {}
    if answer == "sat":
        found = solver.model()
        for name in variables:
            value = found.eval(z3.Real(name, context), model_completion=True)
            if z3.is_rational_value(value):
                model[name] = str(value.as_fraction())
    return answer, model


def ask_cvc5(text: str, variables: list[str]) -> Answer:
    """Ask cvc5 in a fresh solver; irrational model values are left out."""
    import cvc5

    terms = cvc5.TermManager()
    solver = cvc5.Solver(terms)
    solver.setOption("produce-models", "true")
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "obligation")
    symbols = parser.getSymbolManager()
    answer = "unknown"
    while not (command := parser.nextCommand()).isNull():
        answer = command.invoke(solver, symbols).strip() or answer
    model: dict[str, str] = {}
    if answer == "sat":
        declared = {str(term): term for term in symbols.getDeclaredTerms()}
        for name in variables:
            value = solver.getValue(declared[name])
            if value.isRealValue():
                model[name] = str(Fraction(str(value.getRealValue())))
    return answer, model


ENGINES: dict[str, Callable[[str, list[str]], Answer]] = {"z3": ask_z3, "cvc5": ask_cvc5}


def main() -> None:
    """Serve until standard input ends."""
    ask = ENGINES[sys.argv[1]]
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer, model = ask(question["text"], question["variables"])
        except Exception as error:  # a solver that fails gives no verdict; the parent shows why
            answer, model = f"error: {error}", {}
        print(json.dumps({"answer": answer, "model": model}), flush=True)


if __name__ == "__main__":
    main()
