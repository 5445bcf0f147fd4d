"""The cells of a CSV or TSV file, which polars cuts, a few columns at a time."""

import csv
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from wdcli.data.header import Header
from wdcli.data.records import Piece, Shape, ends_of
from wdcli.data.rowlines import text_lines
from wdcli.data.table import handed_over
from wdcli.data.textcolumns import named

if TYPE_CHECKING:
    import polars as pl

ROWS = 10_000
"""Rows that are Python objects at a time."""
AT_ONCE = 3_000_000
"""Cells that are text at a time,"""
PASSES = 8
"""or so many that the file is read no more often than this."""
LENT = 5
"""A cell of text takes the memory of about so many numbers."""


def columns_of(
    header: Header, rows: int, pieces: Callable[[], Iterator[Piece]], places: Sequence[int]
) -> "Iterator[pl.Series]":
    """The columns in some places, of which so many at once are text that the pieces are seldom read again."""
    left = places
    for step in steps(rows, len(places)):
        yield from handed_over(_some(header, pieces, left[:step]))
        left = left[step:]


def steps(rows: int, columns: int) -> Iterator[int]:
    """How many of so many columns are cut each time that the pieces are read."""
    fewest = max(AT_ONCE // rows, -(-columns // PASSES))
    while columns > 0:
        # The memory that numbers will take is lent to text until then.
        step = fewest + columns // LENT
        yield step
        columns -= step


def _some(header: Header, pieces: Callable[[], Iterator[Piece]], places: Sequence[int]) -> "list[pl.Series]":
    """The cells of a few columns, as text."""
    import polars as pl

    frame = pl.concat(_cells(data, header, shape, places) for data, shape in pieces() if shape.lines.rows)
    names = named(header.names)
    return [cells.alias(names[i]) for i, cells in zip(places, frame.get_columns(), strict=True)]


def _cells(data: bytes, header: Header, shape: Shape, places: Sequence[int]) -> "pl.DataFrame":
    """The cells of the rows in some columns, as text."""
    import polars as pl

    if not shape.odd and (frame := cut(data, header, shape, places)) is not None:
        return frame
    return pl.concat(_frames(data, header, shape.skip)).select(pl.nth(*places))


def cut(data: bytes, header: Header, shape: Shape, places: Sequence[int] | None = None) -> "pl.DataFrame | None":
    """The cells of the rows in some columns, or in all, as polars cuts them; None where it misreads a quotation mark."""
    import polars as pl

    if shape.empty:
        # polars would read empty lines as rows.
        gone = ends_of(data)[np.array(shape.empty) - 1]
        data = np.delete(np.frombuffer(data, dtype=np.uint8), gone).tobytes()
    try:
        frame = pl.read_csv(
            data,
            has_header=False,
            infer_schema=False,
            skip_lines=shape.skip,
            separator=header.separator,
            columns=places,
        )
    except pl.exceptions.PolarsError:
        return None
    width = len(header.names if places is None else places)
    return frame if frame.shape == (shape.lines.rows, width) else None


def _frames(data: bytes, header: Header, start: int) -> "Iterator[pl.DataFrame]":
    import polars as pl

    rows = filter(None, csv.reader(islice(text_lines(data), start, None), delimiter=header.separator, strict=True))
    names = [f"column_{i + 1}" for i in range(len(header.names))]
    while part := list(islice(rows, ROWS)):
        yield pl.DataFrame(part, schema=dict.fromkeys(names, pl.String), orient="row")
