"""Parquet: the file states the types of its columns."""

import contextlib
import io
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from wdcli.data.cells import Origin, as_kind, categorical, dated, numeric, without_blanks
from wdcli.data.costs import parquet_cost
from wdcli.data.dataset import Column, Kind
from wdcli.data.digits import EXACT
from wdcli.data.raw import too_large
from wdcli.data.table import Table, Wanted, assembled, check_width, rounded_note
from wdcli.errors import DataError
from wdcli.text import quoted

if TYPE_CHECKING:
    import polars as pl


def read_parquet(name: str, data: bytes, wanted: Wanted, memory: int) -> Table:
    """The table of a Parquet file."""
    import polars as pl

    origin, notes = Origin(name, lambda row: f"row {row + 1}"), list[str]()

    def read(series: "pl.Series", kind: Kind | None, exact: bool) -> Column:
        column = _typed(series, kind, origin)
        notes.extend([] if kind or exact else _rounded(series, column, origin))
        return column

    try:
        with hushed():
            check_width(name, len(pl.read_parquet_schema(io.BytesIO(data))))
            if (needs := parquet_cost(data, memory)) > memory:
                raise too_large(name, needs, memory)
            frame = pl.read_parquet(io.BytesIO(data))
            header, rows, series = frame.columns, frame.height, frame.get_columns()
            del frame
            return assembled(origin, header, rows, series, wanted, read, notes)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError):
        raise DataError(f"{quoted(name)} is not a Parquet file, or is damaged: make or download it again.") from None


@contextlib.contextmanager
def hushed() -> Iterator[None]:
    """Drop what polars itself writes to stderr when a damaged file makes its Rust panic."""
    try:
        before = os.dup(2)
    except OSError:
        # stderr is closed.
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)
        os.close(nowhere)


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
