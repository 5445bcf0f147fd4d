"""Tables from files: CSV, TSV, Parquet and JSON lines, gzip too, and CSV on standard input.

Everything in a text file is read as text, then cast column by column, so that one bad cell is named with its line. The
standard library's csv checks the shape (polars pads short lines silently), polars reads and casts. polars is imported
when a file is read, not before.
"""

import contextlib
import csv
import io
import json
import math
import os
import signal
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wdcli.data.cells import Origin, as_kind, categorical, dated, inferred, numeric, without_blanks
from wdcli.data.dataset import Array, Column, Kind
from wdcli.data.raw import STDIN, decoded, read_bytes
from wdcli.errors import DataError
from wdcli.text import count, listed, quoted

if TYPE_CHECKING:
    import polars as pl

SEPARATORS = (",", ";", "\t", "|")
CSV_ERRORS = {
    "larger than field limit": "a cell is too long",
    "expected after": "text follows the end of a quoted cell",
    "unexpected end": "the file ends within a quoted cell",
}
"""What csv says, and what is said of it."""
MAX_COLUMNS = 20_000
"""A wider table is refused before its cells are looked at."""


@dataclass(frozen=True)
class Table:
    """Columns as they were read, where they come from, and all the names that the file has (``header``)."""

    origin: Origin
    columns: tuple[Column, ...]
    rows: int
    header: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file's name."""
        return self.origin.name


def read_table(path: str, kinds: Mapping[str, Kind] | None = None) -> Table:
    """Read the table at ``path``, or on standard input for ``-``.

    ``kinds``, if given, are the columns to read and the kinds that they must have, as a saved model or a training table
    knows them; other columns are left alone. Raises ``DataError`` that names the file, and the line and column at fault.
    """
    _keep_interrupts()
    name = "standard input" if path == STDIN else path
    data, suffix = read_bytes(path, name)
    if not data.strip(b"\r\n\t \xef\xbb\xbf"):
        raise DataError(f"{quoted(name)} is empty: expected a header line and rows.")
    if suffix in (".parquet", ".pq") or data[:4] == b"PAR1":
        table = _read_parquet(name, data, kinds)
    elif suffix in (".jsonl", ".ndjson", ".json"):
        table = _read_json_lines(name, decoded(name, data), kinds)
    else:
        table = _read_csv(name, decoded(name, data), suffix, kinds)
    return _checked(table)


def _keep_interrupts() -> None:
    """Import polars, and let Ctrl-C still end a wait.

    polars handles SIGINT itself, with SA_RESTART: a wait without a time limit would begin again (pola-rs/polars#21739).
    """
    import polars  # noqa: F401

    if hasattr(signal, "siginterrupt"):
        signal.siginterrupt(signal.SIGINT, True)


def _checked(table: Table) -> Table:
    twice = [name for name, n in Counter(table.header).items() if n > 1]
    if twice:
        raise DataError(f"{quoted(table.name)} has more than one column named {quoted(twice[0])}: rename all but one.")
    if not table.header:
        raise DataError(f"{quoted(table.name)} has no columns.")
    if not table.rows:
        raise DataError(f"{quoted(table.name)} has a header but no rows.")
    for column in table.columns:
        infinite = np.flatnonzero(np.isinf(column.values))
        if len(infinite):
            raise DataError(
                f"{table.origin.cell(infinite[0], column.name)}: the value is infinite "
                "(or too large for a number). Correct the cell, or leave it empty."
            )
    return table


# --- CSV and TSV ---------------------------------------------------------------------------------------------------


def _read_csv(name: str, text: str, suffix: str, kinds: Mapping[str, Kind] | None) -> Table:
    import polars as pl

    if text.lstrip().startswith('{"'):
        raise DataError(f"{quoted(name)} looks like JSON lines: give it a name that ends in .jsonl.")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    separator = "\t" if suffix in (".tsv", ".tab") else _separator(text)
    header, ends, body = _shape(name, text, separator)
    _check_header(name, header)
    _check_width(name, len(header))
    origin = Origin(name, lambda row: f"line {ends[row]}")
    if not ends:
        return Table(origin, (), 0, tuple(header))
    names = [str(i) for i in range(len(header))]
    try:
        frame = pl.read_csv(body.encode(), has_header=False, infer_schema=False, separator=separator, new_columns=names)
    except pl.exceptions.PolarsError:
        # A quotation mark within a bare cell, which csv takes as it is and polars doesn't.
        rows = csv.reader(io.StringIO(body), delimiter=separator, strict=True)
        frame = pl.DataFrame(list(rows), schema=dict.fromkeys(names, pl.String), orient="row")
    notes = [] if separator in (",", "\t") else [f"{name}: columns are separated by {separator!r}"]
    return _cast(origin, header, frame.get_columns(), kinds, notes + _header_notes(name, header))


def _separator(text: str) -> str:
    """The separator that cuts the header into the most names."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(SEPARATORS, key=first.count)


def _shape(name: str, text: str, separator: str) -> tuple[list[str], list[int], str]:
    """The header, the line on which each row ends, and the text below the header without its blank lines.

    Raises where a row's cells don't fit the header.
    """
    lines = io.StringIO(text).readlines()
    reader = csv.reader(lines, delimiter=separator, strict=True)
    header: list[str] = []
    ends: list[int] = []
    try:
        for cells in reader:
            if cells and not header:
                header = [cell.strip() for cell in cells]
                lines[: reader.line_num] = [""] * reader.line_num
            elif cells and len(cells) != len(header):
                raise DataError(
                    f"{quoted(name)}, line {reader.line_num}: {count(len(cells), 'cell')}, but the header names "
                    f"{count(len(header), 'column')}. Correct the line, or quote cells that hold a {separator!r}."
                )
            elif cells:
                ends.append(reader.line_num)
            else:
                lines[reader.line_num - 1] = ""
    except csv.Error as error:
        what = next(
            (ours for theirs, ours in CSV_ERRORS.items() if theirs in str(error)), "the cells can't be told apart"
        )
        raise DataError(
            f"{quoted(name)}, line {reader.line_num}: {what}; is a quotation mark left open there or above?"
        ) from None
    return header, ends, "".join(lines)


def _check_header(name: str, header: Sequence[str]) -> None:
    if 2 * sum(map(_is_number, header)) > len(header):
        raise DataError(
            f"{quoted(name)}: the first line holds numbers ({listed(header)}), not names. Add a header line."
        )


def _check_width(name: str, columns: int) -> None:
    if columns > MAX_COLUMNS:
        raise DataError(
            f"{quoted(name)} has {columns:,} columns, more than {MAX_COLUMNS:,}: choose some of them, or turn the table round "
            "if its rows are the variables."
        )


def _header_notes(name: str, header: Sequence[str]) -> list[str]:
    """A line if some names look like cells."""
    numbers = [cell for cell in header if _is_number(cell)]
    return (
        [f"{name}: {listed(numbers)} in the first line is taken for a name; is the header missing?"] if numbers else []
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


# --- JSON lines and Parquet ----------------------------------------------------------------------------------------


def _read_json_lines(name: str, text: str, kinds: Mapping[str, Kind] | None) -> Table:
    import polars as pl

    cells: dict[str, list[str | None]] = {}
    lines: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            for key, value in _json_row(name, number, line):
                cells.setdefault(key, [None] * len(lines)).append(value)
            lines.append(number)
            _check_width(name, len(cells))
            for values in cells.values():
                if len(values) < len(lines):
                    values.append(None)
    series = [pl.Series(key, values, dtype=pl.String) for key, values in cells.items()]
    return _cast(Origin(name, lambda row: f"line {lines[row]}"), list(cells), series, kinds, [])


def _json_row(name: str, number: int, line: str) -> list[tuple[str, str | None]]:
    """One line's names and cells as text."""

    def fault(what: str) -> DataError:
        return DataError(f"{quoted(name)}, line {number}: {what}. Each line is one flat JSON object.")

    try:
        pairs = json.loads(line, object_pairs_hook=list)
    except (ValueError, RecursionError):
        raise fault("this is not JSON") from None
    if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs):
        raise fault("this is not a JSON object")
    keys = [key for key, _ in pairs]
    if len(set(keys)) < len(keys):
        raise fault("a name stands twice in the object")
    if any(isinstance(value, list) for _, value in pairs):
        raise fault("a value is itself a list or an object")
    try:
        line.encode()
        return [(key.encode().decode(), _json_cell(value)) for key, value in pairs]
    except UnicodeEncodeError:
        raise fault("a text holds half a character (a lone surrogate)") from None


def _json_cell(value: object) -> str | None:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.encode().decode()
    return repr(value)


def _read_parquet(name: str, data: bytes, kinds: Mapping[str, Kind] | None) -> Table:
    import polars as pl

    origin = Origin(name, lambda row: f"row {row + 1}")
    try:
        with _hushed():
            frame = pl.read_parquet(io.BytesIO(data))
            _check_width(name, frame.width)
            wanted = [series for series in frame.get_columns() if kinds is None or series.name in kinds]
            columns = [_typed(series, (kinds or {}).get(series.name), origin) for series in wanted]
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        raise DataError(f"{quoted(name)} is no Parquet file, or a damaged one: make or fetch it again.") from None
    return Table(origin, tuple(columns), frame.height, tuple(frame.columns))


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    """What polars itself writes to stderr where a damaged file makes its Rust panic goes nowhere."""
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
    """A column whose type the file itself tells."""
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
    return as_kind(without_blanks(series.cast(pl.String)), kind, origin)


# --- from text to columns ------------------------------------------------------------------------------------------


def _cast(
    origin: Origin,
    header: Sequence[str],
    series: Sequence["pl.Series"],
    kinds: Mapping[str, Kind] | None,
    notes: Sequence[str],
) -> Table:
    """The columns of a text table: all of them, or those whose kinds are known."""
    columns, said = [], list(notes)
    names = [title or f"column {number}" for number, title in enumerate(header, 1)]
    for title, name, cells in zip(header, names, series, strict=True):
        if kinds is not None and name not in kinds:
            continue
        given = without_blanks(cells).alias(name)
        column = inferred(given, origin, said) if kinds is None else as_kind(given, kinds[name], origin)
        if not title and kinds is None and _counts_rows(column):
            said.append(f"{origin.name}: {name} has no name and counts the rows; it is left out")
        else:
            columns.append(column)
    return Table(origin, tuple(columns), len(series[0]) if series else 0, tuple(names), tuple(said))


def _counts_rows(column: Column) -> bool:
    """Whether an unnamed column is the index that pandas and R write."""
    values = column.values
    return (
        column.kind == "number" and values[0] in (0, 1) and np.array_equal(values, values[0] + np.arange(len(values)))
    )


# --- writing -------------------------------------------------------------------------------------------------------


def table_bytes(columns: Mapping[str, Array], parquet: bool) -> bytes:
    """Columns of equal length as the bytes of a CSV file (numbers in full precision) or a Parquet file."""
    import polars as pl

    frame, file = pl.DataFrame(dict(columns)), io.BytesIO()
    if parquet:
        frame.write_parquet(file)
    else:
        frame.write_csv(file)
    return file.getvalue()
