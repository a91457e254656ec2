"""Human output: tables and plain lines on stdout. Foreign text is never read as markup."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager

from .errors import printable

__all__ = ["number", "progress", "show_lines", "show_table"]


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
def progress(what: str) -> Generator[Callable[[str, int], None]]:
    """A progress bar on stderr where a person watches; call the yielded function with (item begun, number in all)."""
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task(what, total=None)
    watched = bar.console.is_terminal
    if watched:
        bar.start()
    try:
        yield lambda item, total: bar.update(task, total=total, advance=1, description=f"{what} {item}")
    finally:
        if watched:
            bar.stop()
