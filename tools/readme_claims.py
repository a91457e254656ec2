"""Writes the table of claims into README.md (``make readme``); a test fails when it is out of date."""

from pathlib import Path

from stalelaw.theory.claims import LOSSES, all_claims, chapter
from stalelaw.theory.proof.records import Claim

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- claims: made by `make readme` -->\n", "<!-- end of claims -->\n"


def table() -> str:
    """One folded Markdown table per chapter: every claim with its two files."""
    chapters: dict[str, list[Claim]] = {}
    for claim in all_claims():
        chapters.setdefault(chapter(claim.id), []).append(claim)
    return "\n".join(_chapter(title, claims) for title, claims in chapters.items())


def _chapter(title: str, claims: list[Claim]) -> str:
    head = ["| claim | kind | what | assumes | measured |", "|---|---|---|---|---|"]
    body = "\n".join([*head, *map(_row, claims)])
    return f"<details><summary>{title}: {len(claims)} claims</summary>\n\n{body}\n\n</details>\n"


def _row(claim: Claim) -> str:
    name = claim.id.replace("-", "_")
    if chapter(claim.id) == LOSSES:
        proof, numbers = f"theory/surrogates/{name.removeprefix('loss_')}.py", "verify/surrogates.py"
    else:
        proof, numbers = f"theory/claims/{name}.py", f"verify/claims/{name}.py"
    measured = "" if claim.kind in ("definition", "cited") else f"[numbers]({numbers})"
    assumes = ", ".join(assumption.id for assumption in claim.assumptions)
    return f"| [`{claim.id}`]({proof}) | {claim.kind} | {claim.title} | {assumes} | {measured} |"


def updated(text: str) -> str:
    """The README with the table renewed."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


if __name__ == "__main__":
    README.write_text(updated(README.read_text(encoding="utf-8")), encoding="utf-8")
