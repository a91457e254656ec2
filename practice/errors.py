"""The one error of bad input: what was expected, what was got, what to do. The command line turns it into exit 2."""

from __future__ import annotations

__all__ = ["BadInput", "printable", "taught"]


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


def taught(error: ValueError, where: str, fix: str) -> BadInput:
    """A ValueError of ours, ``expected A; got B; C`` or ``expected A, got B``, as bad input; ``fix`` where C is absent.

    >>> print(taught(ValueError("expected a; got b; c"), "file", "d"))
    expected a; got b (file); c
    """
    text = str(error).removeprefix("expected ")
    for mark in ("; got ", ", got "):
        expected, found, got = text.partition(mark)
        if found:
            seen, _, advice = got.partition("; ")
            return BadInput(expected, f"{seen} ({where})", advice or fix)
    return BadInput("input that can be used", f"{text} ({where})", fix)
