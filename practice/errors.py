"""The one error of bad input: what was expected, what was got, what to do. The command line turns it into exit 2."""

from __future__ import annotations

__all__ = ["BadInput", "printable"]


def printable(text: object, limit: int = 1000) -> str:
    """Make foreign text safe for one line of a terminal: control characters become ``?``, long text is cut.

    >>> printable("a\\x1b[31mb")
    'a?[31mb'
    """
    clean = "".join(c if c.isprintable() else "?" for c in str(text))
    return clean if len(clean) <= limit else f"{clean[: limit - 3]}..."


class BadInput(Exception):
    """Input that cannot be used.

    Args:
        expected: what would have been accepted.
        got: what was found, naming file, step and key where there are any.
        fix: what the reader can do about it.
    """

    def __init__(self, expected: str, got: str, fix: str) -> None:
        self.expected, self.got, self.fix = printable(expected), printable(got), printable(fix)
        super().__init__(f"expected {self.expected}; got {self.got}; {self.fix}")
