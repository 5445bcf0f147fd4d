"""CSV and TSV: the standard library's csv checks the shape (polars pads short lines silently), polars cuts the cells."""

import csv
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from wdcli.data.advice import advised
from wdcli.data.cells import Origin
from wdcli.data.format import Format
from wdcli.data.rowlines import RowLines, text_lines
from wdcli.data.table import Table, Wanted, check_width
from wdcli.data.textcolumns import named, text_table
from wdcli.data.titles import refuse_title
from wdcli.errors import DataError, SpellingError
from wdcli.text import count, listed, quoted

if TYPE_CHECKING:
    import polars as pl

SEPARATORS = (",", ";", "\t", "|")
CSV_ERRORS = {
    "larger than field limit": "a cell is too long",
    "expected after": "text follows the end of a quoted cell",
    "unexpected end": "the file ends within a quoted cell",
}
"""What csv's error says, and our message for it."""
JSON = re.compile(rb'\s*\{"')
AT_ONCE = 10_000
"""Rows that are Python objects at a time."""


def read_delimited(name: str, data: bytes, suffix: str, wanted: Wanted) -> Table:
    """The table of a CSV or TSV file, whose bytes are UTF-8 without a mark and with LF at the lines' ends."""
    if JSON.match(data):
        raise DataError(f"{quoted(name)} looks like JSON lines: give it a name that ends in .jsonl.")
    header = next((line for line in text_lines(data) if line.strip()), "")
    separator = wanted.format.delimiter or separator_in(header, suffix)
    if header.strip() not in (wanted.kinds or ()):
        known = wanted.format.delimiter is not None or separator == "\t"
        refuse_title(name, data, separator, (separator,) if known else SEPARATORS)
    shape = _shape(name, data, separator)
    _check_header(name, shape.header)
    check_width(name, len(shape.header))
    origin = Origin(name, shape.lines.place)
    if not shape.lines.rows:
        return Table(origin, (), 0, tuple(shape.header))
    notes = (
        [] if separator in (",", "\t", wanted.format.delimiter) else [f"{name}: columns are separated by {separator!r}"]
    )
    notes += _header_notes(name, shape.header)

    def read(cells: "list[pl.Series]", written: Format, notes: Sequence[str] = ()) -> Table:
        return text_table(origin, shape.header, cells, replace(wanted, format=_regional(written, separator)), notes)

    try:
        return read(_cells(data, shape, separator), wanted.format, notes)
    except SpellingError as error:
        cells = named(shape.header, _cells(data, shape, separator))
        looked_at = wanted.looked_at(cells)
        raise advised(
            error, looked_at, wanted.kinds, _regional(wanted.format, separator), lambda found: read(cells, found)
        ) from None


def _regional(written: Format, separator: str) -> Format:
    """Where semicolons separate cells, the file's origin uses the comma as decimal mark, not as thousands separator."""
    return replace(written, thousands="") if separator == ";" and written.guesses else written


def separator_in(header: str, suffix: str) -> str:
    """The separator: a tab in a TSV file, else the one that cuts the header into the most names."""
    return "\t" if suffix in (".tsv", ".tab") else max(SEPARATORS, key=header.count)


@dataclass
class Shape:
    """The lines of the header (with empty ones before it), of each row, and empty lines below."""

    header: list[str]
    header_end: int
    lines: RowLines
    empty: "array[int]"


def _shape(name: str, data: bytes, separator: str) -> Shape:
    """The shape of the file; raises ``DataError`` where a row's cells don't fit the header."""
    reader = csv.reader(text_lines(data), delimiter=separator, strict=True)
    lines, empty = RowLines(), array("q")
    add = lines.add
    try:
        header = [cell.strip() for cell in next(filter(None, reader), [])]
        header_end, width = reader.line_num, len(header)
        for cells in reader:
            if len(cells) == width:
                add(reader.line_num)
            elif cells:
                raise _misfit(name, reader.line_num, len(cells), width, separator)
            else:
                empty.append(reader.line_num)
    except csv.Error as error:
        what = next(
            (ours for theirs, ours in CSV_ERRORS.items() if theirs in str(error)), "the cells can't be told apart"
        )
        raise DataError(
            f"{quoted(name)}, line {reader.line_num}: {what}; is a quotation mark left open on this line or above it?"
        ) from None
    return Shape(header, header_end, lines, empty)


def _misfit(name: str, line: int, cells: int, width: int, separator: str) -> DataError:
    return DataError(
        f"{quoted(name)}, line {line}: {count(cells, 'cell')}, but the header names {count(width, 'column')}. "
        f"Correct the line, or quote cells that hold a {separator!r}."
    )


def _cells(data: bytes, shape: Shape, separator: str) -> "list[pl.Series]":
    """The cells below the header, as text."""
    import polars as pl

    if shape.empty:
        # polars would read empty lines as rows.
        marks = np.frombuffer(data, dtype=np.uint8)
        ends = np.flatnonzero(marks == ord("\n"))
        data = np.delete(marks, ends[np.array(shape.empty) - 1]).tobytes()
        del marks, ends
    names = [str(i) for i in range(len(shape.header))]
    try:
        frame = pl.read_csv(
            data,
            has_header=False,
            infer_schema=False,
            skip_lines=shape.header_end,
            separator=separator,
            new_columns=names,
        )
        fits = frame.shape == (shape.lines.rows, len(names))
    except pl.exceptions.PolarsError:
        fits = False
    if not fits:
        # A quotation mark within a bare cell, which csv takes as it is and polars doesn't.
        frame = pl.concat(_frames(data, shape.header_end, separator, names))
    return frame.get_columns()


def _frames(data: bytes, start: int, separator: str, names: Sequence[str]) -> "Iterator[pl.DataFrame]":
    import polars as pl

    rows = csv.reader(islice(text_lines(data), start, None), delimiter=separator, strict=True)
    while part := list(islice(rows, AT_ONCE)):
        yield pl.DataFrame(part, schema=dict.fromkeys(names, pl.String), orient="row")


def _check_header(name: str, header: Sequence[str]) -> None:
    if 2 * sum(map(_is_number, header)) > len(header):
        raise DataError(
            f"{quoted(name)}: the first line holds numbers ({listed(header)}), not names. Add a header line."
        )


def _header_notes(name: str, header: Sequence[str]) -> list[str]:
    """A line if some names look like cells."""
    numbers = [cell for cell in header if _is_number(cell)]
    return (
        [f"{name}: the first line is read as column names ({listed(numbers)}): is the header missing?"]
        if numbers
        else []
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
