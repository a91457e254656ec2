"""Steps, engines, verdicts with counterexamples, mutants."""
