"""A table whose columns have types, as a Parquet file or a frame states them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from wdcli.data.cells import Origin, as_kind, categorical, dated, numeric, without_blanks
from wdcli.data.dataset import Column, Kind
from wdcli.data.digits import EXACT
from wdcli.data.table import Cells, Table, Wanted, assembled, rounded_note
from wdcli.errors import DataError
from wdcli.text import quoted

if TYPE_CHECKING:
    import polars as pl


def typed_table(origin: Origin, header: Sequence[str], rows: int, cells: Cells, wanted: Wanted) -> Table:
    """The table of typed columns."""
    notes = list[str]()

    def read(series: "pl.Series", kind: Kind | None, exact: bool) -> Column:
        column = _typed(series, kind, origin)
        notes.extend([] if kind or exact else _rounded(series, column, origin))
        return column

    return assembled(origin, header, rows, cells, wanted, read, notes)


def _typed(series: "pl.Series", kind: Kind | None, origin: Origin) -> Column:
    """A column of the type that the file states."""
    import polars as pl

    dtype = series.dtype
    if dtype.is_numeric() or dtype == pl.Null:
        found = numeric(series.name, "number", series)
    elif dtype == pl.Boolean:
        found = numeric(series.name, "boolean", series)
    elif dtype in (pl.Date, pl.Datetime):
        found = dated(series.name, series)
    elif dtype in (pl.String, pl.Categorical, pl.Enum):
        found = categorical(series.name, without_blanks(series.cast(pl.String)))
    else:
        raise DataError(
            f"{quoted(origin.name)}, column {quoted(series.name)}: cells of type {dtype} are not numbers, text, dates or "
            "booleans."
        )
    if kind in (None, found.kind):
        return found
    return as_kind(series.cast(pl.String), kind, origin)


def _rounded(series: "pl.Series", column: Column, origin: Origin) -> list[str]:
    """A line if the column's numbers lost digits of its whole numbers or decimals."""
    import polars as pl

    whole = series.dtype.is_integer() and bool((np.abs(column.values) >= EXACT).any())
    return rounded_note(series.cast(pl.String), column, origin) if whole or series.dtype.is_decimal() else []
