"""What the tables of all results share: rich renderables, drawn only from the records."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text


def plain_table(*headings: str, left: Sequence[str] = (), gap: int = 2) -> Table:
    """A table without rules: numbers to the right and never cut, words to the left and wrapped where they must."""
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="bold")
    for heading in headings:
        words_column = heading in left
        table.add_column(
            Text(heading), justify="left" if words_column else "right", no_wrap=not words_column, overflow="fold"
        )
    return table


def indented(table: Table) -> RenderableType:
    """The table, two columns in."""
    from rich.padding import Padding

    return Padding(table, (0, 0, 0, 2), expand=False)
