"""Parquet: the file states the types of its columns."""

import contextlib
import io
import os
from collections.abc import Iterator

from wdcli.data.costs import parquet_cost
from wdcli.data.raw import too_large
from wdcli.data.table import Table, Wanted, check_width
from wdcli.data.typedcolumns import typed_table
from wdcli.errors import DataError
from wdcli.text import quoted


def read_parquet(name: str, data: bytes, wanted: Wanted, memory: int) -> Table:
    """The table of a Parquet file."""
    import polars as pl

    try:
        with hushed():
            check_width(name, len(pl.read_parquet_schema(io.BytesIO(data))))
            if (needs := parquet_cost(data, memory)) > memory:
                raise too_large(name, needs, memory)
            frame = pl.read_parquet(io.BytesIO(data))
            rows, series = frame.height, frame.get_columns()
            del frame
            return typed_table(name, rows, series, wanted)
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
