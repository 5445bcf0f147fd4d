"""CSV and TSV: the standard library's csv checks the shape (polars pads short lines silently), polars cuts the cells."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from wdcli.data.advice import advised
from wdcli.data.cells import Origin
from wdcli.data.cutting import PASSES, columns_of, cut, steps
from wdcli.data.format import Format
from wdcli.data.header import Header, read_header
from wdcli.data.reading import Reading
from wdcli.data.records import QUOTE, Parts, Piece, Shape, pieces_of, shape_of
from wdcli.data.rowlines import LinesOfParts
from wdcli.data.table import Cells, Table, Wanted
from wdcli.data.textcolumns import named, text_table
from wdcli.errors import SpellingError

NOT_YET = Header([], "", 0, ())


def read_delimited(name: str, parts: Callable[[], Parts], suffix: str, wanted: Wanted, reading: Reading) -> Table:
    """The table of a CSV or TSV file, whose parts, which are whole lines, can be had again and again.

    All text at once takes several times the memory of the numbers: each time, the cells of a few columns are cut.
    """
    shaper = _Shaper(name, suffix, wanted)
    reading.repeat(PASSES)
    shapes = [piece.shape for piece in pieces_of(name, parts(), shaper.shape)]
    rows = sum(shape.lines.rows for shape in shapes)
    reading.repeat(len(list(steps(rows, len(shaper.header.names)))) if rows else 0)

    def again() -> Iterator[Piece]:
        known = iter(shapes)
        return pieces_of(name, parts(), lambda *_: next(known))

    return _table(name, shaper.header, shapes, again, wanted)


def delimited_pieces(name: str, parts: Parts, suffix: str, wanted: Wanted) -> Iterator[Table]:
    """The table in pieces, of parts that are whole lines; a record that a part cuts goes with the next one."""
    shaper, rows = _Shaper(name, suffix, wanted), 0
    for piece in pieces_of(name, parts, shaper.shape):
        if piece.shape.lines.rows:
            rows += piece.shape.lines.rows
            yield _table(name, shaper.header, [piece.shape], partial(iter, [piece]), wanted)
    if not rows:
        yield _table(name, shaper.header, [], partial(iter, []), wanted)


def _table(
    name: str, header: Header, shapes: Sequence[Shape], pieces: Callable[[], Iterator[Piece]], wanted: Wanted
) -> Table:
    """The table of the rows in the pieces, which have these shapes."""
    lines = LinesOfParts([shape.lines for shape in shapes])
    origin = Origin(name, lines.place)
    if not lines.rows:
        return Table(origin, (), 0, tuple(header.names))
    cells = Cells(named(header.names), partial(columns_of, header, lines.rows, pieces))

    def read(written: Format, notes: Sequence[str] = ()) -> Table:
        asked = replace(wanted, format=_regional(written, header.separator))
        return text_table(origin, header.names, lines.rows, cells, asked, notes)

    try:
        return read(wanted.format, header.notes)
    except SpellingError as error:
        looked_at = cells.take(wanted.looked_at(cells.names))
        raise advised(error, looked_at, wanted.kinds, _regional(wanted.format, header.separator), read) from None


def _regional(written: Format, separator: str) -> Format:
    """Where semicolons separate cells, the file's origin uses the comma as decimal mark, not as thousands separator."""
    return replace(written, thousands="") if separator == ";" and written.guesses else written


@dataclass
class _Shaper:
    """The header of a file, known from its first data on, and the shape of the data."""

    name: str
    suffix: str
    wanted: Wanted
    header: Header = NOT_YET

    def shape(self, data: bytes, before: int, last: bool) -> Shape:
        """The shape of the data, with so many lines ``before``."""
        if not self.header.names:
            self.header = read_header(self.name, data, self.suffix, self.wanted)
        found = shape_of(self.name, data, self.header, before, last)
        if QUOTE in data and found.lines.rows:
            found.odd = cut(data[: found.end], self.header, found) is None
        return found
