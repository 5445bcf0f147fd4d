"""Parquet: the file states the types of its columns."""

import contextlib
import io
import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
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

CELLS = 500_000
"""Cells in a piece."""


def read_parquet(name: str, data: bytes, wanted: Wanted, memory: int) -> Table:
    """The table of a Parquet file."""
    import polars as pl

    origin, notes = Origin(name, partial(_place, 0)), list[str]()

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
        raise _damaged(name) from None


def parquet_pieces(name: str, source: str | bytes, wanted: Wanted) -> Iterator[Table]:
    """The wanted columns of a Parquet file, of which ``source`` is the path or the bytes, in pieces."""
    header, rows = _outline(name, source)
    check_width(name, len(header))
    kept = wanted.roles(header).kept
    names = [one for one in header if wanted.kinds is None or one in wanted.kinds or one in kept]
    step = max(CELLS // max(len(names), 1), 1)
    for start in range(0, max(rows, 1), step):
        series = _slice(name, source, names, start, step)
        yield _piece(Origin(name, partial(_place, start)), header, min(step, rows - start), series, wanted)


def _place(start: int, row: int) -> str:
    return f"row {start + row + 1}"


def _piece(origin: Origin, header: Sequence[str], rows: int, series: "list[pl.Series]", wanted: Wanted) -> Table:
    def read(cells: "pl.Series", kind: Kind | None, exact: bool) -> Column:
        return _typed(cells, kind, origin)

    return assembled(origin, header, rows, series, wanted, read, [])


def _outline(name: str, source: str | bytes) -> tuple[list[str], int]:
    """The names of the columns, and how many rows there are."""
    import polars as pl

    try:
        with hushed():
            return list(_scan(source).collect_schema()), int(_scan(source).select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError):
        raise _damaged(name) from None


def _slice(name: str, source: str | bytes, names: Sequence[str], start: int, rows: int) -> "list[pl.Series]":
    """Some rows of some columns: no more is decoded, however long the row groups are."""
    import polars as pl

    try:
        with hushed():
            return _scan(source).select(names).slice(start, rows).collect().get_columns()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError):
        raise _damaged(name) from None


def _scan(source: str | bytes) -> "pl.LazyFrame":
    import polars as pl

    file = io.BytesIO(source) if isinstance(source, bytes) else Path(source).absolute()
    return pl.scan_parquet(file, glob=False, hive_partitioning=False)


def _damaged(name: str) -> DataError:
    return DataError(f"{quoted(name)} is not a Parquet file, or is damaged: make or download it again.")


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
