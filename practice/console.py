"""Human output: tables and plain lines on stdout. Foreign text is never read as markup."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .errors import printable

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn

__all__ = ["number", "progress", "show_lines", "show_table", "watched"]


def number(value: float | int | None) -> str:
    """Six significant digits, ``-`` for null.

    >>> number(1.6e-06), number(None)
    ('1.6e-06', '-')
    """
    return "-" if value is None else f"{value:.6g}"


def show_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print one table."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    cells = [[printable(cell) for cell in row] for row in rows]
    for place, column in enumerate(columns):
        words = max((len(word) for row in cells for word in row[place].split()), default=0)  # numbers stay whole
        table.add_column(column, overflow="fold", no_wrap=place == 0 and len(columns) > 3, min_width=min(words, 12))
    for row in cells:
        table.add_row(*map(Text, row))
    Console(highlight=False, emoji=False).print(table)


def show_lines(prefix: str, lines: Iterable[str]) -> None:
    """Print lines with a prefix, wrapped to the terminal."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, emoji=False)
    for line in lines:
        console.print(Text(f"{prefix}{printable(line, 4000)}"))


@contextmanager
def watched(*columns: ProgressColumn, transient: bool = True) -> Generator[Progress]:
    """Bars on stderr, shown only where a person watches."""
    from rich.console import Console
    from rich.progress import Progress

    bars = Progress(*columns, console=Console(stderr=True), transient=transient)
    live = bars.console.is_terminal  # stopping bars that never started prints an empty line
    if live:
        bars.start()
    try:
        yield bars
    finally:
        if live:
            bars.stop()


@contextmanager
def progress(what: str) -> Generator[Callable[[str, int], None]]:
    """One bar; call the yielded function with (item begun, number in all)."""
    with watched() as bars:
        task = bars.add_task(what, total=None)
        yield lambda item, total: bars.update(task, total=total, advance=1, description=f"{what} {item}")
