"""JSON lines: each line is one flat object."""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from wdcli.data.cells import Origin
from wdcli.data.raw import plain_lines
from wdcli.data.rowlines import RowLines, text_lines
from wdcli.data.table import Cells, Table, Wanted, check_width
from wdcli.data.textcolumns import named, text_table
from wdcli.errors import DataError
from wdcli.text import quoted

if TYPE_CHECKING:
    import polars as pl

AT_ONCE = 1000
"""Rows that are Python objects at a time: those take several times the memory of a column's cells."""
DECODER = json.JSONDecoder(object_pairs_hook=list, parse_int=str, parse_float=str)
"""Numbers keep their text."""


def read_json_lines(name: str, parts: Iterable[tuple[bytes, bool]], wanted: Wanted) -> Table:
    """The table of a JSON-lines file, of parts that are whole lines; a name that an object lacks is a missing cell."""
    return _table(name, (part for part, _ in parts), wanted, {}, 0)


def json_pieces(name: str, parts: Iterable[tuple[bytes, bool]], wanted: Wanted) -> Iterator[Table]:
    """The table in pieces, of parts that are whole lines; a name that any object above had is a missing cell."""
    names, before = dict[str, None](), 0
    for part, _ in parts:
        if part.strip() or not before:
            yield _table(name, [part], wanted, names, before)
        before += plain_lines(name, part, before).count(b"\n")


def _table(name: str, parts: Iterable[bytes], wanted: Wanted, names: dict[str, None], before: int) -> Table:
    """The table of lines that have so many ``before`` them; ``names`` gets those that are new."""
    import polars as pl

    lines = RowLines(before)
    frames, rows = [], list[dict[str, str | None]]()
    for row in _rows(name, parts, lines):
        rows.append(row)
        names.update(dict.fromkeys(row))
        check_width(name, len(names))
        if len(rows) >= AT_ONCE and names:
            frames.append(_frame(rows, list(names)))
            rows.clear()
    whole = pl.concat([*frames, _frame(rows, list(names))], how="diagonal")
    header = list(names)
    cells = Cells.of([cells.alias(title) for title, cells in zip(named(header), whole.get_columns(), strict=True)])
    return text_table(Origin(name, lines.place), header, whole.height, cells, wanted, [])


def _frame(rows: Sequence[dict[str, str | None]], names: Sequence[str]) -> "pl.DataFrame":
    import polars as pl

    return pl.DataFrame([pl.Series(name, [row.get(name) for row in rows], dtype=pl.String) for name in names])


def _rows(name: str, parts: Iterable[bytes], lines: RowLines) -> Iterator[dict[str, str | None]]:
    """Each row; its line is noted in ``lines``."""
    above = 0
    for part in parts:
        data = plain_lines(name, part, lines.before + above)
        for number, line in enumerate(text_lines(data), above + 1):
            if line.strip():
                lines.add(number)
                yield parsed(name, lines.before + number, line)
        above += data.count(b"\n")


def parsed(name: str, number: int, line: str) -> dict[str, str | None]:
    """One line's cells as text by their names; raises ``DataError``."""

    def fault(what: str) -> DataError:
        return DataError(f"{quoted(name)}, line {number}: {what}. Each line is one flat JSON object.")

    try:
        pairs = DECODER.decode(line)
    except (ValueError, RecursionError):
        raise fault("this is not JSON") from None
    if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs):
        raise fault("this is not a JSON object")
    row = {key: _cell(value) for key, value in pairs if not isinstance(value, list)}
    if any(isinstance(value, list) for _, value in pairs):
        raise fault("a value is itself a list or an object")
    if len(row) < len(pairs):
        raise fault("a name occurs twice in the object")
    try:
        "".join([*row, *filter(None, row.values())]).encode()
    except UnicodeEncodeError:
        raise fault("a string holds half a character (a lone surrogate)") from None
    return row


def _cell(value: object) -> str | None:
    """A value as text; null and NaN are missing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return None if math.isnan(value) else repr(value)
    return value if isinstance(value, str) else None
