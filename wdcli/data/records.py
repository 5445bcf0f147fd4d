"""The records of a CSV or TSV file: the standard library's csv checks that each row's cells fit the header."""

import csv
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, TypeAlias

import numpy as np

from wdcli.array import Array
from wdcli.data.header import CUT, Header, unreadable
from wdcli.data.raw import plain_lines
from wdcli.data.rowlines import RowLines, text_lines
from wdcli.errors import DataError
from wdcli.text import count, quoted

QUOTE = b'"'
Parts: TypeAlias = Iterable[tuple[bytes, bool]]
"""A file's bytes in parts that are whole lines; also whether each is the last one."""


@dataclass
class Shape:
    """Of the rows in some data: the line of each, empty lines, the lines to skip above, and the byte where they end.

    ``odd``: a quotation mark stands within a bare cell, which csv takes as it is and polars doesn't.
    """

    lines: RowLines
    empty: "array[int]"
    skip: int
    end: int
    odd: bool = False


class Piece(NamedTuple):
    """Whole records, and their shape."""

    data: bytes
    shape: Shape


def pieces_of(name: str, parts: Parts, shape: Callable[[bytes, int, bool], Shape]) -> Iterator[Piece]:
    """The parts' records that are whole; ``shape`` tells where they end. A record that a part cuts goes with the next one."""
    rest, before = b"", 0
    for part, last in parts:
        data = rest + plain_lines(name, part, before + rest.count(b"\n"))
        found = shape(data, before, last)
        yield Piece(data[: found.end], found)
        rest, before = data[found.end :], before + data.count(b"\n", 0, found.end)


def shape_of(name: str, data: bytes, header: Header, before: int = 0, last: bool = True) -> Shape:
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
            raise unreadable(name, before + skip + reader.line_num, error) from None
        shape.end = int(ends_of(data)[done - 1]) + 1 if done else 0
    return shape


def _plain_rows(data: bytes, skip: int, header: Header) -> int:
    """How many rows there are if each line is one, which is soon seen where nothing is quoted; else 0."""
    if QUOTE in data:
        return 0
    lines = data.removesuffix(b"\n").split(b"\n")[skip:]
    mark = header.separator.encode()
    fit = {line.count(mark) for line in lines} == {len(header.names) - 1} and b"" not in lines
    return len(lines) if fit and max(map(len, lines)) < csv.field_size_limit() else 0


def ends_of(data: bytes) -> Array:
    """Where lines end."""
    return np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n"))


def _misfit(name: str, line: int, cells: int, width: int, separator: str) -> DataError:
    return DataError(
        f"{quoted(name)}, line {line}: {count(cells, 'cell')}, but the header names {count(width, 'column')}. "
        f"Correct the line, or quote cells that hold a {separator!r}."
    )
