"""``stalelaw derive``: check the theory's claims, or an author's own theorem, and print them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...theory.proof.mutants import Mutant
    from ...theory.proof.records import Claim, ClaimVerdict

__all__ = ["derive"]

Format = Literal["tex", "pdf", "md", "html", "fragments"]


def derive(
    claims: Annotated[list[str] | None, typer.Argument(metavar="[CLAIM]...", help="Claim ids; all by default.")] = None,
    listing: Annotated[bool, typer.Option("--list", help="List the claims without checking anything.")] = False,
    file: Annotated[
        Path | None,
        typer.Option(
            metavar="USER_THEOREM", help="Check your own theorem: a Python file defining CLAIM. It is executed."
        ),
    ] = None,
    format: Annotated[
        Format | None,
        typer.Option(
            help="Also write derivation.<format> into --out; fragments: a file per claim to \\input in LaTeX."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Directory for --format.")] = Path(),
    mutate: Annotated[
        bool, typer.Option("--mutants", help="Perturb every formula and step and show who notices.")
    ] = False,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Check everything anew; verdicts are kept by content otherwise.")
    ] = False,
    compare: Annotated[
        bool, typer.Option("--compare", help="Put your numbers beside neighbouring laws; checks nothing, exits 0.")
    ] = False,
    eta: Annotated[float | None, typer.Option("--eta", help="For --compare: learning rate.")] = None,
    staleness: Annotated[
        float | None, typer.Option("--staleness", "-S", help="For --compare: sync interval S; the largest lag is S-1.")
    ] = None,
    horizon: Annotated[float | None, typer.Option("--horizon", "-T", help="For --compare: learner steps T.")] = None,
    smoothness: Annotated[
        float | None, typer.Option("--smoothness", "-L", help="For --compare: Lipschitz constant of the gradient.")
    ] = None,
    constant: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="For --compare: a constant that a law needs; may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")] = False,
) -> None:
    """Derive the law: every step of every claim is checked by an engine that fits it. Exit 1 if one does not stand.

    \b
    Identities: rational normal form, and random rational points. Inequalities: z3 and cvc5. Lemmas: named, cited once.
    With --compare nothing is checked: the laws of the literature on delays, and our exact ones, are put beside your
    numbers, with what each is missing. CLAIM is then the id of a law; naming laws prints them in full.

    \b
    Examples:
      stalelaw derive --list
      stalelaw derive staleness-bias
      stalelaw derive --file examples/theorems/wrong.py
      stalelaw derive --format pdf --out build
      stalelaw derive drift two-constraints --format fragments --out paper
      stalelaw derive --compare --eta 1e-6 --staleness 16 --smoothness 1000
      stalelaw derive --compare lag-independent --eta 1e-3 -S 8 --constant A_fresh=20 --constant B_stale=5
    """
    numbers = {"eta": eta, "staleness": staleness, "horizon": horizon, "smoothness": smoothness}
    if compare:
        from ._compare import put_beside

        clash = {"--list": listing, "--file": file, "--format": format, "--mutants": mutate}
        put_beside(claims or [], numbers, constant or [], [name for name, value in clash.items() if value], as_json)
        return
    _only_with_compare([f"--{name}" for name, value in (numbers | {"constant": constant}).items() if value is not None])
    from ._derived import put, stands

    whole = None
    if not (claims or listing or file or format or no_cache):
        from ...theory.snapshot import Snapshot
        from ...theory.store import user_folder

        whole = Snapshot(user_folder(), mutate)
        if (kept := whole.load()) is not None:
            put(kept, as_json)
            return
    from ...theory.cache import user_cache
    from ...theory.derive import derive as check
    from ...theory.derive import document, perturb
    from ..console import progress
    from ..jsonio import printing

    chosen = _chosen(claims or [], file)
    if format:
        _writable(out, format)
    if listing:
        with printing():
            _list(chosen, as_json)
        return
    left_out = _rejected() if file is None else 0
    cache = None if no_cache else user_cache()
    with progress("checking") as advance:
        verdicts = check(chosen, lambda claim, total: advance(claim.id, total), cache)
    found: list[Mutant] | None = None
    if mutate:
        with progress("perturbing") as advance:
            found = perturb(verdicts, lambda claim, total: advance(claim.id, total), cache)
    written = _write(verdicts, found, format, out) if format else None
    body = document(verdicts, found, cache)
    put(body, as_json, written)
    standing = stands(body)
    if whole is not None and standing:
        whole.keep(body)
    if not standing or (left_out and chosen is None):
        raise typer.Exit(1)


def _only_with_compare(stray: Sequence[str]) -> None:
    from ..errors import BadInput

    if stray:
        raise BadInput(f"--compare with {' and '.join(stray)}", "a derivation, which takes no numbers", "add --compare")


def _rejected() -> int:
    """Say on stderr which losses of installed distributions were left out and why; return their number."""
    from ...theory.surrogates.registered import registered
    from ..errors import printable

    for entry in registered().rejected:
        typer.echo(f"warning: {printable(entry)}", err=True)
    return len(registered().rejected)


def _chosen(ids: Sequence[str], file: Path | None) -> list[Claim] | None:
    from ...theory.claims import all_claims
    from ...theory.derive import claims_in_file, lemma_claims
    from ..errors import BadInput

    if file is not None:
        if ids:
            raise BadInput("either claim ids or --file", f"both {list(ids)} and {file}", "leave one of them out")
        try:
            return claims_in_file(file)
        except ValueError as error:
            fix = "see examples/theorems/right.py for the shape of such a file"
            raise BadInput("a theorem file that defines CLAIM", str(error), fix) from error
    if not ids:
        return None
    known = {c.id: c for c in (*lemma_claims(), *all_claims())}
    unknown = [i for i in ids if i not in known]
    if unknown:
        from difflib import get_close_matches

        from ...theory.surrogates.registered import registered

        near = [n for i in unknown for n in get_close_matches(i, known, n=3)]
        fix = f"did you mean {' or '.join(near)}? " if near else ""
        fix += "".join(f"{entry}; " for entry in registered().rejected)
        raise BadInput("ids of known claims", ", ".join(map(repr, unknown)), f"{fix}stalelaw derive --list shows all")
    return [known[i] for i in dict.fromkeys(ids)]


def _list(chosen: list[Claim] | None, as_json: bool) -> None:
    from ...theory.claims import all_claims
    from ...theory.derive import lemma_claims

    claims = [*all_claims(), *lemma_claims()] if chosen is None else chosen
    if as_json:
        from ..jsonio import dumps

        keys = ("id", "title", "kind", "source")
        rows = [{k: getattr(c, k) for k in keys} | {"assumptions": [a.id for a in c.assumptions]} for c in claims]
        typer.echo(dumps({"claims": rows, "counts": {"claims": len(rows)}}), nl=False)
        return
    from ..console import show_table

    table = [(c.id, c.kind, c.title, ", ".join(a.id for a in c.assumptions)) for c in claims]
    show_table("Claims", ("id", "kind", "title", "assumes"), table)


def _writable(out: Path, format: Format) -> None:
    """Refuse an output path before the work rather than after it."""
    from ..errors import BadInput
    from ..jsonio import check_target

    if format == "pdf":
        from ...theory.render.pdf import missing_tex

        if (reason := missing_tex()) is not None:
            raise BadInput("latexmk on the PATH for --format pdf", reason, "install LaTeX, or use --format tex")
    check_target(out / (f"derivation.{format}" if format != "fragments" else "stalelaw.sty"))


def _write(verdicts: list[ClaimVerdict], found: list[Mutant] | None, format: Format, out: Path) -> Path:
    from ...theory.render import document
    from ..errors import BadInput
    from ..jsonio import write_atomic

    if format == "fragments":
        return _write_fragments(verdicts, out)
    target = out / f"derivation.{format}"
    if format == "pdf":
        from ...theory.render.pdf import TexError, compile_tex

        try:
            content = compile_tex(document.tex(verdicts, found))
        except TexError as error:
            fix = "look at the TeX between $ in the theorem's statements and titles"
            raise BadInput("TeX that latexmk compiles", str(error), fix) from error
        if content is None:
            raise BadInput("latexmk on the PATH for --format pdf", "no latexmk", "install LaTeX, or use --format tex")
    else:
        content = getattr(document, format)(verdicts, found)
    write_atomic(target, content)
    return target


def _write_fragments(verdicts: list[ClaimVerdict], out: Path) -> Path:
    from ...theory.render.fragments import fragments
    from ..errors import BadInput
    from ..jsonio import write_atomic

    try:
        files = fragments(verdicts)
    except ValueError as error:
        raise BadInput("claims with different names", str(error), "change an id") from error
    for name, content in files.items():
        write_atomic(out / name, content)
    return out
