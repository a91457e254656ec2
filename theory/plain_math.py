"""Which TeX only typesets mathematics: nothing else of an author's text or symbol reaches TeX as a command.

Commands are those on a list, each with the arguments that it takes; brackets are closed in order; nothing has two
superscripts. What passes here compiles, and has no effect but to be seen.
"""

from __future__ import annotations

import re

__all__ = ["is_plain_math"]

_LETTERS = """alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma
    tau upsilon phi varphi varsigma varrho varkappa varpi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi
    Psi Omega ell infty ast star circ prime partial nabla perp parallel emptyset wedge vee oplus otimes times cdot pm mp
    setminus mid"""
_SINGLE = """hbar Re Im le ge leq geq ne neq equiv approx sim simeq propto ll gg in notin ni subset subseteq
    supset cup cap colon forall exists neg not to mapsto rightarrow leftarrow Rightarrow Leftarrow iff implies sum prod
    int lim limsup liminf sup inf max min log ln exp sin cos tan cot tanh cosh sinh arccos arcsin arg det dim ker Pr
    ldots cdots dots vdots quad qquad displaystyle textstyle thinspace negthinspace thickspace"""
_DELIMITERS = "lVert rVert lvert rvert vert Vert langle rangle lbrace rbrace lfloor rfloor lceil rceil"
_FONTS = "mathrm mathbb mathbf mathcal mathit mathsf mathtt boldsymbol operatorname text"
_ACCENTS = "sqrt hat check bar tilde vec dot ddot overline underline widehat widetilde"
_SIZES = frozenset("big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr".split())  # noqa: SIM905
_LIMITED = frozenset(rf"\{name}" for name in "sum prod int lim limsup liminf sup inf max min det Pr".split())  # noqa: SIM905

_BARE = frozenset(_LETTERS.split())
_PLAIN = _BARE | frozenset(f"{_SINGLE} {_DELIMITERS}".split())
_ARGUMENTS = dict.fromkeys(f"{_FONTS} {_ACCENTS}".split(), 1) | dict.fromkeys("frac tfrac dfrac binom".split(), 2)  # noqa: SIM905
_OPERANDS = frozenset(_FONTS.split()) - {"boldsymbol", "operatorname"}
_SIGNS = frozenset(",;:!{}|_ ")
_CLOSING = frozenset("()[]|./<>") | frozenset(rf"\{sign}" for sign in "{}|") | {rf"\{n}" for n in _DELIMITERS.split()}
# Characters with a meaning to TeX besides mathematics, and brackets that cannot be closed across them.
_SPECIAL = re.compile(r"\^\^|(?<!\\)[%#&~$]|\\text(?![A-Za-z]|\s*\{)|\\text\s*\{[^{}]*[_^{\\]|'\s+\^")
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|'+|\S", re.DOTALL)

_DEEPEST = 200  # groups; TeX keeps 255 open at most


class _NotPlain(Exception):
    """Something that TeX would stumble over, or that does more than typeset."""


def is_plain_math(source: str) -> bool:
    """Whether TeX only typesets: known commands with their arguments, balanced brackets, no double scripts."""
    tokens: list[str] = _TOKEN.findall(source)
    if not source.isascii() or _SPECIAL.search(source) or tokens.count("{") + tokens.count(r"\left") > _DEEPEST:
        return False
    try:
        return _sequence(tokens, 0, "") == len(tokens)
    except _NotPlain:
        return False


def _sequence(tokens: list[str], at: int, end: str) -> int:
    r"""Read items up to ``end`` (``}``, ``\right``, or the end of the source); the place of that end."""
    before, scripts = "", ""
    while at < len(tokens) and tokens[at] != end:
        token = tokens[at]
        if token[0] in "_^'":  # a superscript after primes is one with them, primes after it are a second one
            if token[0] in scripts or (token[0] == "'" and "^" in scripts):
                raise _NotPlain(f"two scripts: {token}")
            scripts += token[0]
            at = at + 1 if token[0] == "'" else _operand(tokens, at + 1)
            continue
        if token in (r"\limits", r"\nolimits"):
            if before not in _LIMITED or scripts:
                raise _NotPlain("limits of no operator")
            before, at = "", at + 1
            continue
        before, scripts, at = token, "", _atom(tokens, at)
    if end and at >= len(tokens):
        raise _NotPlain(f"not closed by {end}")
    return at


def _atom(tokens: list[str], at: int) -> int:
    """Read one character, group or command with its arguments; the place after it."""
    token = _token(tokens, at)
    if token == "{":
        return _sequence(tokens, at + 1, "}") + 1
    if token in ("}", "_", "^", "\\"):
        raise _NotPlain(token)
    if token[0] != "\\":
        return at + 1
    name = token[1:]
    if name == "left":
        return _delimiter(tokens, _sequence(tokens, _delimiter(tokens, at + 1), r"\right") + 1)
    if name in _SIZES:
        return _delimiter(tokens, at + 1)
    if name in _ARGUMENTS:
        at += 1
        if name == "sqrt" and at < len(tokens) and tokens[at] == "[":
            at = _sequence(tokens, at + 1, "]") + 1
        for _ in range(_ARGUMENTS[name]):
            at = _operand(tokens, at)
        return at
    if name in _PLAIN or name in _SIGNS:
        return at + 1
    raise _NotPlain(token)


def _operand(tokens: list[str], at: int) -> int:
    """Read what a script or a command takes: a group, a character, a letter by name, or a braced font."""
    token = _token(tokens, at)
    if token == "{" or token[0] not in "\\'[]" or token[1:] in _BARE:
        return _atom(tokens, at)
    if token[1:] in _OPERANDS and _token(tokens, at + 1) == "{":
        return _atom(tokens, at)
    raise _NotPlain(f"expected one letter or a group, got {token}")


def _delimiter(tokens: list[str], at: int) -> int:
    if _token(tokens, at) not in _CLOSING:
        raise _NotPlain("no delimiter")
    return at + 1


def _token(tokens: list[str], at: int) -> str:
    if at >= len(tokens):
        raise _NotPlain("something is missing at the end")
    return tokens[at]
