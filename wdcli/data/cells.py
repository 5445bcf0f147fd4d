"""From cells of text to columns of numbers, booleans, dates and categories.

A column has the kind of all its cells. If nearly all cells have one kind, the others are mistakes, and the first is named.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wdcli.array import Array
from wdcli.data.dataset import Column, Kind
from wdcli.data.dates import to_dates
from wdcli.errors import SpellingError
from wdcli.text import quoted

if TYPE_CHECKING:
    import polars as pl

MISSING = ("", "na", "n/a", "#n/a", "nan", "null", "none", "?", "<na>", "-nan", "#na")
"""Cells that mean a missing value, whatever their case (pandas' list, and UCI's question mark)."""
MOSTLY = 0.9
"""From this share of numbers (or dates) on, a column is one of numbers (or dates), and the other cells are mistakes."""
PARTLY = 0.5
"""From this share on, a column is read as text, and a note says so."""
A_DAY = {"ms": 86_400e3, "us": 86_400e6, "ns": 86_400e9}
BOOLEANS = {"true": 1.0, "1": 1.0, "1.0": 1.0, "false": 0.0, "0": 0.0, "0.0": 0.0}


@dataclass(frozen=True)
class Origin:
    """Where cells come from, for messages: the file's name, and the place of each row in it ("line 7", "row 7")."""

    name: str
    place: Callable[[int], str]

    def cell(self, row: int, column: str) -> str:
        """``'t.csv', line 7, column 'x'``."""
        return f"{quoted(self.name)}, {self.place(row)}, column {quoted(column)}"


def without_blanks(cells: "pl.Series") -> "pl.Series":
    """The cells without the space around them, null where they mean a missing value."""
    import polars as pl

    cell = pl.first().str.strip_chars()
    missing = cell.str.to_lowercase().is_in(MISSING)
    return cells.to_frame().select(pl.when(~missing).then(cell)).to_series()


def inferred(cells: "pl.Series", origin: Origin, notes: list[str]) -> Column:
    """A column of the kind of its cells in the file; doubts are added to ``notes``.

    Raises ``SpellingError`` for the odd cell in a column of numbers or dates.
    """
    numbers = to_numbers(cells)
    if numbers.null_count() == cells.null_count():
        return numeric(cells.name, "number", numbers)
    cells = without_blanks(cells)
    numbers, given = to_numbers(cells), len(cells) - cells.null_count()
    if not _bad(cells, numbers).any():
        return numeric(cells.name, "number", numbers)
    if cells.str.to_lowercase().is_in(["true", "false"]).sum() == given:
        return as_kind(cells, "boolean", origin)
    dates = to_dates(cells)
    if not _bad(cells, dates).any():
        return dated(cells.name, dates)
    for kind, values in (("number", numbers), ("date", dates)):
        bad = _bad(cells, values)
        good = given - bad.sum()
        if good >= MOSTLY * given and given > 1:
            raise odd_cell(cells, bad, f"is not a {kind}, as the column's other cells are", origin)
        if good >= PARTLY * given:
            first = int(bad.arg_true()[0])
            notes.append(
                f"{origin.cell(first, cells.name)}: {quoted(cells[first])} is not a {kind}, as {good / given:.0%} of the "
                "column's cells are: the column is read as text"
            )
    return categorical(cells.name, cells)


def as_kind(cells: "pl.Series", kind: Kind, origin: Origin) -> Column:
    """A column of a kind known beforehand; raises ``SpellingError`` for a cell of another kind."""
    import polars as pl

    if kind == "number" and (numbers := to_numbers(cells)).null_count() == cells.null_count():
        return numeric(cells.name, kind, numbers)
    cells = without_blanks(cells)
    if kind == "text":
        return categorical(cells.name, cells)
    if kind == "boolean":
        values = cells.str.to_lowercase().replace_strict(BOOLEANS, default=None, return_dtype=pl.Float64)
    else:
        values = to_numbers(cells) if kind == "number" else to_dates(cells)
    if values.null_count() > cells.null_count():
        raise odd_cell(cells, _bad(cells, values), f"is not a {kind}, as this column's cells must be", origin)
    return dated(cells.name, values) if kind == "date" else numeric(cells.name, kind, values)


def _bad(cells: "pl.Series", values: "pl.Series") -> "pl.Series":
    """Which cells hold something that did not become a value."""
    return values.is_null() & cells.is_not_null()


def odd_cell(cells: "pl.Series", odd: "pl.Series", what: str, origin: Origin) -> SpellingError:
    """The error for the first odd cell, which is not of its column's kind."""
    rows = odd.arg_true()
    more = f" ({len(rows) - 1:,} more like it)" if len(rows) > 1 else ""
    first = int(rows[0])
    return SpellingError(
        f"{origin.cell(first, cells.name)}: {quoted(cells[first])} {what}{more}.",
        "Correct it, or leave the cell empty; if it means a missing value, name it with --missing.",
    )


def to_numbers(cells: "pl.Series") -> "pl.Series":
    """The cells as numbers, null where a cell is not a number."""
    import polars as pl

    return cells.cast(pl.Float64, strict=False)


def dated(name: str, series: "pl.Series") -> Column:
    """Dates and times as days since 1970."""
    import polars as pl

    # The integers themselves: polars panics over dates that no calendar has.
    a_day = 1.0 if series.dtype == pl.Date else A_DAY[series.dtype.time_unit]  # type: ignore[attr-defined]
    return Column(name, "date", series.to_physical().cast(pl.Float64).fill_null(np.nan).to_numpy() / a_day)


def numeric(name: str, kind: Kind, series: "pl.Series") -> Column:
    """Numbers or booleans."""
    import polars as pl

    values: Array = series.cast(pl.Float64).fill_null(np.nan).to_numpy()
    return Column(name, kind, np.ascontiguousarray(values, dtype=np.float64))


def categorical(name: str, cells: "pl.Series") -> Column:
    """Text, as codes of its sorted categories."""
    import polars as pl

    categories = cells.drop_nulls().unique().sort()
    codes = pl.Series(range(len(categories)), dtype=pl.Int64)
    values = cells.replace_strict(categories, codes, default=-1, return_dtype=pl.Int64)
    return Column(name, "text", values.fill_null(-1).to_numpy(), tuple(categories.to_list()))
