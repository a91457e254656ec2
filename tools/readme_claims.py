"""Writes the table of claims into README.md (``make readme``); a test fails when it is out of date."""

from pathlib import Path

from stalelaw.theory.claims import all_claims

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- claims: made by `make readme` -->\n", "<!-- end of claims -->\n"


def table() -> str:
    """Markdown table of every claim with its two files."""
    rows = ["| claim | kind | what | assumes | measured |", "|---|---|---|---|---|"]
    for claim in all_claims():
        file = f"{claim.id.replace('-', '_')}.py"
        measured = "" if claim.kind in ("definition", "cited") else f"[numbers](verify/claims/{file})"
        assumes = ", ".join(assumption.id for assumption in claim.assumptions)
        rows.append(f"| [`{claim.id}`](theory/claims/{file}) | {claim.kind} | {claim.title} | {assumes} | {measured} |")
    return "\n".join(rows) + "\n"


def updated(text: str) -> str:
    """The README with the table renewed."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


if __name__ == "__main__":
    README.write_text(updated(README.read_text(encoding="utf-8")), encoding="utf-8")
