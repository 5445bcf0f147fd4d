"""Frames of pandas or polars, and arrays of objects: columns of the kinds that their cells have."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from wdcli.array import Array
from wdcli.data.cells import Origin
from wdcli.data.dataset import Column, Kind, row_number
from wdcli.data.table import Cells, Wanted, checked
from wdcli.data.typedcolumns import typed_table

if TYPE_CHECKING:
    import polars as pl


def frame_columns(frame: Any, name: str, kinds: Mapping[str, Kind] | None = None) -> tuple[Column, ...]:
    """The columns of a frame, or of an array (rows, d), whose columns are called x0, x1, ...

    A typed column has its type's kind: text that looks like numbers stays text. A column of objects has the kind of them
    all; None, nan, NA and NaT are missing cells. ``kinds`` are the columns to read and the kinds that they must have, as a
    saved model knows them. Raises ``DataError``, which calls the frame by its ``name``, for infinite numbers, for columns of
    the same name, and for cells of another kind.
    """
    series = list(_series(frame))
    header = [one.name for one in series]
    return checked(typed_table(Origin(name, row_number), header, len(frame), Cells.of(series), Wanted(kinds))).columns


def is_frame(X: object) -> bool:
    """Whether it has named columns of one type each, as frames of pandas and polars do."""
    return hasattr(X, "columns") and hasattr(X, "dtypes")


def _series(frame: Any) -> "Iterator[pl.Series]":
    import polars as pl

    if isinstance(frame, pl.DataFrame):
        yield from frame.get_columns()
    elif is_frame(frame):
        for place, name in enumerate(frame.columns):
            column = frame.iloc[:, place]
            # Categories are text, even if they are numbers.
            cells = column.astype(str) if hasattr(column, "cat") else column
            yield _cells(str(name), cells.to_numpy(), column.isna().tolist())
    else:
        for place, cells in enumerate(np.asarray(frame).T):
            yield _cells(f"x{place}", cells, map(_is_missing, cells.tolist()))


def _is_missing(cell: object) -> bool:
    """Whether a cell is NA, nan or NaT: the latter two aren't equal to themselves."""
    return type(cell).__name__ == "NAType" or bool(cell != cell)  # noqa: PLR0124


def _cells(name: str, cells: Array, missing: Iterable[bool]) -> "pl.Series":
    """A column's cells, null where they are missing, with the type of them all: text if their types differ."""
    import polars as pl

    if cells.dtype.kind in "biuf":
        return pl.Series(name, cells)
    if cells.dtype.kind in "mM":
        # Python has no nanoseconds: NumPy would give whole numbers for these times, which pandas 2 has.
        cells = cells.astype(f"{cells.dtype.kind}8[us]")
    plain = [None if absent else _plain(cell) for cell, absent in zip(cells, missing, strict=True)]
    return pl.Series(name, plain, strict=False)


def _plain(cell: object) -> object:
    """A cell as Python has it: polars would cut 2.5 to 2 after a NumPy integer."""
    return cell.item() if isinstance(cell, np.generic) else cell
