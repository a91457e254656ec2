"""The report: figures, self-contained page and the typeset derivation."""
