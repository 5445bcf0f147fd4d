"""A table whose cells were read as text: each column gets the kind that its cells have."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wdcli.data.cells import Origin, as_kind, categorical, inferred, without_blanks
from wdcli.data.dataset import Column, Kind
from wdcli.data.digits import first_code
from wdcli.data.table import Cells, Table, Wanted, assembled, rounded_note
from wdcli.text import quoted

if TYPE_CHECKING:
    import polars as pl


def text_table(
    origin: Origin, header: Sequence[str], rows: int, cells: Cells, wanted: Wanted, notes: Sequence[str]
) -> Table:
    """The columns of a text table: all, or only the wanted ones. The ``header`` has "" where a column has no name."""
    said, kept = list(notes), list(range(len(header)))
    if wanted.kinds is None:
        nameless = [i for i, title in enumerate(header) if not title]
        counters = [i for i, series in zip(nameless, cells.take(nameless), strict=True) if _counts_rows(series)]
        said += [f"{origin.name}: {cells.names[i]} has no name and counts the rows; it is left out" for i in counters]
        kept = [i for i in kept if i not in counters]

    def read(cells: "pl.Series", kind: Kind | None, exact: bool) -> Column:
        return as_kind(cells, kind, origin) if kind else _column(cells, exact, origin, said)

    return assembled(origin, cells.names, rows, cells.only(kept), wanted, read, said)


def named(header: Sequence[str]) -> list[str]:
    """The names of the columns, which number those that have none."""
    return [title or f"column {i}" for i, title in enumerate(header, 1)]


def _column(cells: "pl.Series", exact: bool, origin: Origin, notes: list[str]) -> Column:
    """A column of the kind that its cells have; where the labels aren't read too, codes are text."""
    code = None if exact else first_code(cells)
    if code is not None:
        notes.append(
            f"{origin.cell(code, cells.name)}: {quoted(cells[code].strip())} begins with 0, as codes do and amounts don't: "
            "the column is read as text"
        )
        return categorical(cells.name, without_blanks(cells))
    column = inferred(cells, origin, notes)
    if column.kind == "number" and not exact:
        notes.extend(rounded_note(cells, column, origin))
    return column


def _counts_rows(cells: "pl.Series") -> bool:
    """Whether an unnamed column is the index that pandas and R write."""
    import polars as pl

    numbers = cells.str.strip_chars().cast(pl.Float64, strict=False)
    if numbers.null_count() or numbers.first() not in (0, 1):
        return False
    return bool((numbers == pl.int_range(len(numbers), eager=True) + int(numbers[0])).all())
