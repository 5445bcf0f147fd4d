"""CSV and TSV: the standard library's csv checks the shape (polars pads short lines silently), polars cuts the cells."""

import csv
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wdcli.array import Array
from wdcli.data.advice import advised
from wdcli.data.cells import Origin
from wdcli.data.format import Format
from wdcli.data.raw import plain_lines
from wdcli.data.rowlines import RowLines, text_lines
from wdcli.data.table import Table, Wanted, check_width
from wdcli.data.textcolumns import named, text_table
from wdcli.data.titles import refuse_title
from wdcli.errors import DataError, SpellingError
from wdcli.text import count, listed, quoted

if TYPE_CHECKING:
    import polars as pl

SEPARATORS = (",", ";", "\t", "|")
CUT = "unexpected end"
"""What csv says of data that end within a quoted cell."""
CSV_ERRORS = {
    "larger than field limit": "a cell is too long",
    "expected after": "text follows the end of a quoted cell",
    CUT: "the file ends within a quoted cell",
}
"""What csv's error says, and our message for it."""
QUOTE = b'"'
JSON = re.compile(rb'\s*\{"')
AT_ONCE = 10_000
"""Rows that are Python objects at a time."""


class Header(NamedTuple):
    """The names above the rows, the separator, how many lines they take, and notes on them."""

    names: list[str]
    separator: str
    lines: int
    notes: tuple[str, ...]


def read_delimited(name: str, data: bytes, suffix: str, wanted: Wanted) -> Table:
    """The table of a CSV or TSV file, whose bytes are UTF-8 without a mark and with LF at the lines' ends."""
    header = _header(name, data, suffix, wanted)
    return _table(name, data, header, _shape(name, data, header), wanted)


def delimited_pieces(name: str, parts: Iterable[tuple[bytes, bool]], suffix: str, wanted: Wanted) -> Iterator[Table]:
    """The table in pieces, of parts that are whole lines; a record that a part cuts goes with the next one."""
    rest, before, header, rows = b"", 0, None, 0
    for part, last in parts:
        data = rest + plain_lines(name, part, before + rest.count(b"\n"))
        header = header or _header(name, data, suffix, wanted)
        shape = _shape(name, data, header, before, last)
        rows += shape.lines.rows
        if shape.lines.rows or (last and not rows):
            yield _table(name, data[: shape.end], header, shape, wanted)
        rest, before = data[shape.end :], before + data.count(b"\n", 0, shape.end)


def _header(name: str, data: bytes, suffix: str, wanted: Wanted) -> Header:
    """The header. Raises ``DataError`` if there is none."""
    if JSON.match(data):
        raise DataError(f"{quoted(name)} looks like JSON lines: give it a name that ends in .jsonl.")
    first = next((line for line in text_lines(data) if line.strip()), "")
    separator = wanted.format.delimiter or separator_in(first, suffix)
    if first.strip() not in (wanted.kinds or ()):
        known = wanted.format.delimiter is not None or separator == "\t"
        refuse_title(name, data, separator, (separator,) if known else SEPARATORS)
    reader = csv.reader(text_lines(data), delimiter=separator, strict=True)
    try:
        names = [cell.strip() for cell in next(filter(None, reader), [])]
    except csv.Error as error:
        raise _unreadable(name, reader.line_num, error) from None
    _check_header(name, names)
    check_width(name, len(names))
    odd = separator not in (",", "\t", wanted.format.delimiter)
    notes = [f"{name}: columns are separated by {separator!r}"] if odd else []
    return Header(names, separator, reader.line_num, (*notes, *_header_notes(name, names)))


def _table(name: str, data: bytes, header: Header, shape: "Shape", wanted: Wanted) -> Table:
    """The table of the rows in the data."""
    origin = Origin(name, shape.lines.place)
    if not shape.lines.rows:
        return Table(origin, (), 0, tuple(header.names))

    def read(cells: "list[pl.Series]", written: Format, notes: Sequence[str] = ()) -> Table:
        asked = replace(wanted, format=_regional(written, header.separator))
        return text_table(origin, header.names, cells, asked, notes)

    try:
        return read(_cells(data, header, shape), wanted.format, header.notes)
    except SpellingError as error:
        cells = named(header.names, _cells(data, header, shape))
        looked_at = wanted.looked_at(cells)
        raise advised(
            error, looked_at, wanted.kinds, _regional(wanted.format, header.separator), lambda found: read(cells, found)
        ) from None


def _regional(written: Format, separator: str) -> Format:
    """Where semicolons separate cells, the file's origin uses the comma as decimal mark, not as thousands separator."""
    return replace(written, thousands="") if separator == ";" and written.guesses else written


def separator_in(header: str, suffix: str) -> str:
    """The separator: a tab in a TSV file, else the one that cuts the header into the most names."""
    return "\t" if suffix in (".tsv", ".tab") else max(SEPARATORS, key=header.count)


@dataclass
class Shape:
    """Of the rows in some data: the line of each, empty lines, the lines to skip above, and the byte where they end."""

    lines: RowLines
    empty: "array[int]"
    skip: int
    end: int


def _shape(name: str, data: bytes, header: Header, before: int = 0, last: bool = True) -> Shape:
    """The shape of the data, with so many lines ``before``; if they aren't the ``last``, a record may be cut at the end.

    Raises ``DataError`` where a row's cells don't fit the header.
    """
    skip = 0 if before else header.lines
    rows = _plain_rows(data, skip, header)
    if rows:
        return Shape(RowLines(before, skip, rows), array("q"), skip, len(data))
    reader = csv.reader(islice(text_lines(data), skip, None), delimiter=header.separator, strict=True)
    shape, width = Shape(RowLines(before), array("q"), skip, len(data)), len(header.names)
    add, done = shape.lines.add, skip
    try:
        for cells in reader:
            done = reader.line_num + skip
            if len(cells) == width:
                add(done)
            elif cells:
                raise _misfit(name, before + done, len(cells), width, header.separator)
            else:
                shape.empty.append(done)
    except csv.Error as error:
        if last or CUT not in str(error):
            raise _unreadable(name, before + skip + reader.line_num, error) from None
        shape.end = int(_ends(data)[done - 1]) + 1 if done else 0
    return shape


def _plain_rows(data: bytes, skip: int, header: Header) -> int:
    """How many rows there are if each line is one, which is soon seen where nothing is quoted; else 0."""
    if QUOTE in data:
        return 0
    lines = data.removesuffix(b"\n").split(b"\n")[skip:]
    mark = header.separator.encode()
    fit = {line.count(mark) for line in lines} == {len(header.names) - 1} and b"" not in lines
    return len(lines) if fit and max(map(len, lines)) < csv.field_size_limit() else 0


def _unreadable(name: str, line: int, error: csv.Error) -> DataError:
    what = next((ours for theirs, ours in CSV_ERRORS.items() if theirs in str(error)), "the cells can't be told apart")
    return DataError(f"{quoted(name)}, line {line}: {what}; is a quotation mark left open on this line or above it?")


def _ends(data: bytes) -> Array:
    """Where lines end."""
    return np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n"))


def _misfit(name: str, line: int, cells: int, width: int, separator: str) -> DataError:
    return DataError(
        f"{quoted(name)}, line {line}: {count(cells, 'cell')}, but the header names {count(width, 'column')}. "
        f"Correct the line, or quote cells that hold a {separator!r}."
    )


def _cells(data: bytes, header: Header, shape: Shape) -> "list[pl.Series]":
    """The cells of the rows, as text."""
    import polars as pl

    if shape.empty:
        # polars would read empty lines as rows.
        gone = _ends(data)[np.array(shape.empty) - 1]
        data = np.delete(np.frombuffer(data, dtype=np.uint8), gone).tobytes()
    names = [str(i) for i in range(len(header.names))]
    try:
        frame = pl.read_csv(
            data,
            has_header=False,
            infer_schema=False,
            skip_lines=shape.skip,
            separator=header.separator,
            new_columns=names,
        )
        fits = frame.shape == (shape.lines.rows, len(names))
    except pl.exceptions.PolarsError:
        fits = False
    if not fits:
        # A quotation mark within a bare cell, which csv takes as it is and polars doesn't.
        frame = pl.concat(_frames(data, shape.skip, header.separator, names))
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
