"""Parquet: the file states the types of its columns."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from wdcli.data.allowance import Allowance
from wdcli.data.cells import Origin
from wdcli.data.costs import DECODED, parquet_cost
from wdcli.data.footer import scan
from wdcli.data.reading import Reading
from wdcli.data.table import Cells, Table, Wanted, check_width, handed_over
from wdcli.data.typedcolumns import typed_table
from wdcli.errors import DataError
from wdcli.text import quoted

if TYPE_CHECKING:
    import polars as pl

CELLS = 500_000
"""Cells in a piece."""


def read_parquet(name: str, source: str | bytes, wanted: Wanted, allowed: Allowance, reading: Reading) -> Table:
    """The table of a Parquet file, of which ``source`` is the path or the bytes; a few columns at a time are decoded."""
    import polars as pl

    try:
        with hushed():
            header, rows = _outline(name, source)
            check_width(name, len(header))
            allowed.check(name, parquet_cost(source, allowed.left))
            reading.begin(len(header))
            cells = Cells(header, partial(_columns, name, source, header, rows, reading))
            return typed_table(Origin(name, partial(_place, 0)), header, rows, cells, wanted)
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
        cells = Cells.of(_slice(name, source, names, start, step))
        yield typed_table(Origin(name, partial(_place, start)), header, min(step, rows - start), cells, wanted)


def _columns(
    name: str, source: str | bytes, header: Sequence[str], rows: int, reading: Reading, places: Sequence[int]
) -> "Iterator[pl.Series]":
    """The columns in some places, of which ``DECODED`` cells or one column are in memory."""
    step = max(DECODED // max(rows, 1), 1)
    for start in range(0, len(places), step):
        names = [header[i] for i in places[start : start + step]]
        for series in handed_over(_slice(name, source, names, 0, rows)):
            yield series
            reading.done += 1


def _place(start: int, row: int) -> str:
    return f"row {start + row + 1}"


def _outline(name: str, source: str | bytes) -> tuple[list[str], int]:
    """The names of the columns, and how many rows there are."""
    import polars as pl

    try:
        with hushed():
            return list(scan(source).collect_schema()), int(scan(source).select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError):
        raise _damaged(name) from None


def _slice(name: str, source: str | bytes, names: Sequence[str], start: int, rows: int) -> "list[pl.Series]":
    """Some rows of some columns: no more is decoded, however long the row groups are."""
    import polars as pl

    try:
        with hushed():
            return scan(source).select(names).slice(start, rows).collect().get_columns()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError):
        raise _damaged(name) from None


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
