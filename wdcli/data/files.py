"""Tables from files: CSV, TSV, Parquet and JSON lines, gzip too, and CSV on standard input.

Everything in a text file is read as text, then cast column by column, so that one bad cell is named with its line. The
standard library's csv checks the shape (polars pads short lines silently), polars reads and casts. polars is imported
when a file is read, not before.
"""

import csv
import io
import json
import math
import stat
import sys
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wdcli.data.dataset import Array, Column, Kind
from wdcli.errors import DataError
from wdcli.text import count, listed, quoted

if TYPE_CHECKING:
    import polars as pl

STDIN = "-"
MAX_BYTES = 2 << 30
"""More than this, decompressed, is refused: a table of that size is not for a laptop, a gzip bomb neither."""
MISSING = ("", "na", "n/a", "#n/a", "nan", "null", "none", "?", "<na>", "-nan", "#na")
"""Cells that stand for no value, whatever their case (pandas' list, and UCI's question mark)."""
MOSTLY = 0.9
"""A column of which so many cells are numbers (or dates) is one, and the others are mistakes that are named."""
SEPARATORS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Table:
    """Columns, and where each row stands in its file ("line 7", "row 7"), for messages."""

    name: str
    columns: tuple[Column, ...]
    rows: int
    place: Callable[[int], str]
    notes: tuple[str, ...] = ()


def read_table(path: str, kinds: Mapping[str, Kind] | None = None) -> Table:
    """Read the table at ``path``, or on standard input for ``-``.

    ``kinds`` are the kinds that columns of these names must have, as a saved model or a training table knows them; the
    others are inferred. Raises ``DataError`` that names the file, and the line and column where one is at fault.
    """
    name = "standard input" if path == STDIN else path
    data, suffix = _read_bytes(path, name)
    if not data.strip(b"\r\n\t \xef\xbb\xbf"):
        raise DataError(f"{quoted(name)} is empty: expected a header line and rows.")
    if suffix in (".parquet", ".pq") or data[:4] == b"PAR1":
        table = _read_parquet(name, data, kinds or {})
    elif suffix in (".jsonl", ".ndjson", ".json"):
        table = _read_json_lines(name, _decoded(name, data), kinds or {})
    else:
        table = _read_csv(name, _decoded(name, data), suffix, kinds or {})
    return _checked(table)


def _checked(table: Table) -> Table:
    names = [column.name for column in table.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(f"{quoted(table.name)} has more than one column named {quoted(twice[0])}: rename all but one.")
    if not table.rows:
        raise DataError(f"{quoted(table.name)} has a header but no rows.")
    for column in table.columns:
        infinite = np.flatnonzero(np.isinf(column.values))
        if len(infinite):
            raise DataError(
                f"{quoted(table.name)}, {table.place(infinite[0])}, column {quoted(column.name)}: the value is infinite "
                "(or too large for a number). Correct the cell, or leave it empty."
            )
    return table


# --- bytes ---------------------------------------------------------------------------------------------------------


def _read_bytes(path: str, name: str) -> tuple[bytes, str]:
    """The file's bytes, decompressed, and the suffix that tells its format."""
    if path == STDIN:
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
        suffix = ".csv"
    else:
        data = _read_file(path, name)
        suffixes = [s.lower() for s in Path(path).suffixes]
        suffix = suffixes[-2] if len(suffixes) > 1 and suffixes[-1] == ".gz" else (suffixes or [""])[-1]
    if data[:2] == b"\x1f\x8b":
        data = _decompressed(name, data)
    if len(data) > MAX_BYTES:
        raise DataError(f"{quoted(name)} holds more than {MAX_BYTES >> 30} GiB: give a sample of its rows.")
    return data, suffix


def _read_file(path: str, name: str) -> bytes:
    if "://" in path:
        raise DataError(f"{quoted(name)} is an address: download the table first, then give its path.")
    try:
        mode = Path(path).stat().st_mode
        if stat.S_ISDIR(mode):
            raise DataError(f"{quoted(name)} is a directory: give one of its files.")
        if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
            raise DataError(f"{quoted(name)} is a device, not a file.")
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise DataError(f"{quoted(name)}: no such file.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(f"{quoted(name)} can't be read: {reason}.") from None


def _decompressed(name: str, data: bytes) -> bytes:
    """Gunzip, member after member, but never to more than ``MAX_BYTES``."""
    parts, size = [], 0
    while data[:2] == b"\x1f\x8b":
        member = zlib.decompressobj(wbits=31)
        try:
            part = member.decompress(data, MAX_BYTES + 1 - size)
        except zlib.error:
            raise DataError(f"{quoted(name)} is a damaged gzip file: make or fetch it again.") from None
        parts.append(part)
        size += len(part)
        if size > MAX_BYTES:
            raise DataError(f"{quoted(name)} expands to more than {MAX_BYTES >> 30} GiB: give a sample of its rows.")
        if not member.eof:
            raise DataError(f"{quoted(name)} is a truncated gzip file: make or fetch it again.")
        data = member.unused_data
    return b"".join(parts)


def _decoded(name: str, data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(f"{quoted(name)} is UTF-16 text: save it as UTF-8.")
    zero = data.find(b"\0")
    if zero >= 0:
        line = data.count(b"\n", 0, zero) + 1
        raise DataError(
            f"{quoted(name)}, line {line}: a NUL byte; this is no text table (CSV, TSV, JSON lines, Parquet)."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{quoted(name)}, line {line}: byte 0x{data[error.start]:02x} is not UTF-8. Save the file as UTF-8."
        ) from None
    if text.lstrip()[:14].lower().startswith(("<!doctype html", "<html")):
        raise DataError(f"{quoted(name)} is an HTML page, not a table: download the data itself.")
    return text


# --- CSV and TSV ---------------------------------------------------------------------------------------------------


def _read_csv(name: str, text: str, suffix: str, kinds: Mapping[str, Kind]) -> Table:
    import polars as pl

    text = text.replace("\r\n", "\n").replace("\r", "\n")
    separator = "\t" if suffix in (".tsv", ".tab") else _separator(text)
    header, ends, body = _shape(name, text, separator)
    _check_header(name, header)
    if not ends:
        return Table(name, (), 0, str)
    try:
        frame = pl.read_csv(
            body.encode(), has_header=False, infer_schema=False, separator=separator,
            new_columns=[str(i) for i in range(len(header))],
        )  # fmt: skip
    except pl.exceptions.PolarsError as error:
        raise DataError(f"{quoted(name)} can't be read as CSV: {str(error).splitlines()[0]}.") from None
    notes = [] if separator in (",", "\t") else [f"{name}: columns are separated by {separator!r}"]
    return _cast(name, header, frame.get_columns(), kinds, lambda row: f"line {ends[row]}", notes)


def _separator(text: str) -> str:
    """The separator that cuts the header into the most names."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(SEPARATORS, key=lambda mark: len(next(csv.reader([first], delimiter=mark))))


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
        raise DataError(f"{quoted(name)}, line {reader.line_num}: {error}; is a quotation mark left open?") from None
    return header, ends, "".join(lines)


def _check_header(name: str, header: Sequence[str]) -> None:
    if all(_is_number(cell) for cell in header):
        raise DataError(
            f"{quoted(name)}: the first line holds numbers ({listed(header)}), not names. Add a header line."
        )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


# --- JSON lines and Parquet ----------------------------------------------------------------------------------------


def _read_json_lines(name: str, text: str, kinds: Mapping[str, Kind]) -> Table:
    import polars as pl

    cells: dict[str, list[str | None]] = {}
    lines: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            for key, value in _json_row(name, number, line):
                cells.setdefault(key, [None] * len(lines)).append(value)
            lines.append(number)
            for values in cells.values():
                if len(values) < len(lines):
                    values.append(None)
    series = [pl.Series(key, values, dtype=pl.String) for key, values in cells.items()]
    return _cast(name, list(cells), series, kinds, lambda row: f"line {lines[row]}", [])


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


def _read_parquet(name: str, data: bytes, kinds: Mapping[str, Kind]) -> Table:
    import polars as pl

    try:
        frame = pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, OSError):
        raise DataError(f"{quoted(name)} is no Parquet file, or a damaged one: make or fetch it again.") from None

    def place(row: int) -> str:
        return f"row {row + 1}"

    columns = [_typed(name, series, kinds.get(series.name), place) for series in frame.get_columns()]
    return Table(name, tuple(columns), frame.height, place)


def _typed(name: str, series: "pl.Series", kind: Kind | None, place: Callable[[int], str]) -> Column:
    """A column whose type the file itself tells."""
    import polars as pl

    dtype = series.dtype
    if dtype.is_numeric():
        found: Column = _numbers(series.name, "number", series)
    elif dtype == pl.Boolean:
        found = _numbers(series.name, "boolean", series)
    elif dtype in (pl.Date, pl.Datetime):
        found = Column(series.name, "date", _days(series))
    elif dtype in (pl.String, pl.Categorical, pl.Enum):
        found = _categories(series.name, series.cast(pl.String))
    elif dtype == pl.Null:
        found = Column(series.name, "number", np.full(len(series), np.nan))
    else:
        raise DataError(
            f"{quoted(name)}, column {quoted(series.name)}: cells of type {dtype} are not numbers, text, dates or booleans."
        )
    if kind is None or found.kind == kind or {found.kind, kind} == {"number", "boolean"}:
        return Column(found.name, kind or found.kind, found.values, found.categories)
    return _as_kind(name, series.cast(pl.String), kind, place)


# --- from text to columns ------------------------------------------------------------------------------------------


def _cast(
    name: str,
    header: Sequence[str],
    series: Sequence["pl.Series"],
    kinds: Mapping[str, Kind],
    place: Callable[[int], str],
    notes: Sequence[str],
) -> Table:
    columns, dropped = [], []
    for number, (title, cells) in enumerate(zip(header, series, strict=True), 1):
        given = _given(cells).alias(title or f"column {number}")
        column = (
            _as_kind(name, given, kinds[given.name], place) if given.name in kinds else _inferred(name, given, place)
        )
        if not title and _counts_rows(column):
            dropped.append(f"{name}: column {number} has no name and counts the rows; it is left out")
        else:
            columns.append(column)
    return Table(name, tuple(columns), len(series[0]) if series else 0, place, (*notes, *dropped))


def _given(cells: "pl.Series") -> "pl.Series":
    """The cells without the space around them, null where they stand for no value."""
    import polars as pl

    cell = pl.first().str.strip_chars()
    missing = cell.str.to_lowercase().is_in(MISSING)
    return cells.to_frame().select(pl.when(~missing).then(cell)).to_series()


def _counts_rows(column: Column) -> bool:
    """Whether an unnamed column is the index that pandas and R write."""
    values = column.values
    return column.kind == "number" and bool((np.diff(values) == 1).all()) and values[0] in (0, 1)


def _inferred(name: str, cells: "pl.Series", place: Callable[[int], str]) -> Column:
    """A column of the kind that all its cells have. Nearly all is a mistake in the others, and is said."""
    import polars as pl

    given = len(cells) - cells.null_count()
    if given == 0:
        return Column(cells.name, "number", np.full(len(cells), np.nan))
    if cells.str.to_lowercase().is_in(["true", "false"]).sum() == given:
        return _numbers(cells.name, "boolean", cells.str.to_lowercase() == "true")
    for kind, cast in (("number", _to_numbers), ("date", _to_dates)):
        values = cast(cells)
        good = given - (values.is_null() & cells.is_not_null()).sum()
        if good == given:
            return (
                _numbers(cells.name, "number", values)
                if kind == "number"
                else Column(cells.name, "date", _days(values))
            )
        if good >= MOSTLY * given and given > 1:
            raise _bad_cell(name, cells, values, kind, place)
    if cells.drop_nulls().str.contains(r"^[+-]?\d{1,3}(\.?\d{3})*,\d+$|^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$").all():
        raise DataError(
            f"{quoted(name)}, column {quoted(cells.name)}: {quoted(cells.drop_nulls()[0])} has a comma within a number. "
            "Write numbers with a decimal point and without thousands separators."
        )
    return _categories(cells.name, cells.cast(pl.String))


def _as_kind(name: str, cells: "pl.Series", kind: Kind, place: Callable[[int], str]) -> Column:
    """A column of a kind that is known from before; a cell of another kind is named."""
    import polars as pl

    if kind == "text":
        return _categories(cells.name, cells)
    if kind == "boolean":
        words = {"true": 1.0, "1": 1.0, "1.0": 1.0, "false": 0.0, "0": 0.0, "0.0": 0.0}
        values = cells.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Float64)
    else:
        values = _to_numbers(cells) if kind == "number" else _to_dates(cells)
    if values.null_count() > cells.null_count():
        raise _bad_cell(name, cells, values, kind, place)
    return Column(cells.name, "date", _days(values)) if kind == "date" else _numbers(cells.name, kind, values)


def _bad_cell(name: str, cells: "pl.Series", values: "pl.Series", kind: str, place: Callable[[int], str]) -> DataError:
    """The error for the first cell that is not of the kind that the column has."""
    bad = (values.is_null() & cells.is_not_null()).arg_true()
    more = f" ({len(bad) - 1:,} more like it)" if len(bad) > 1 else ""
    return DataError(
        f"{quoted(name)}, {place(bad[0])}, column {quoted(cells.name)}: {quoted(cells[bad[0]])} is not a {kind}, as the "
        f"column's other cells are{more}. Correct it, or leave the cell empty."
    )


def _to_numbers(cells: "pl.Series") -> "pl.Series":
    import polars as pl

    return cells.cast(pl.Float64, strict=False)


DATE_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M")


def _to_dates(cells: "pl.Series") -> "pl.Series":
    """ISO dates and times, of one format in the whole column; times with a zone are taken to UTC."""
    import polars as pl

    best = pl.Series(cells.name, [None] * len(cells), dtype=pl.Datetime("us", "UTC"))
    if not cells.drop_nulls().head(1000).str.contains(r"^\d{4}-\d{2}-\d{2}").any():
        return best
    for pattern in DATE_FORMATS:
        found = cells.str.to_datetime(pattern, time_unit="us", time_zone="UTC", strict=False)
        best = found if found.null_count() < best.null_count() else best
    return best


def _days(series: "pl.Series") -> Array:
    """Days since 1970 as numbers, nan where there is no date."""
    import polars as pl

    return series.cast(pl.Datetime("us")).dt.epoch("us").cast(pl.Float64).fill_null(np.nan).to_numpy() / 86_400e6


def _numbers(name: str, kind: Kind, series: "pl.Series") -> Column:
    import polars as pl

    values = series.cast(pl.Float64).fill_null(np.nan).to_numpy()
    return Column(name, kind, np.ascontiguousarray(values, dtype=np.float64))


def _categories(name: str, cells: "pl.Series") -> Column:
    import polars as pl

    categories = cells.drop_nulls().unique().sort()
    codes = cells.replace_strict(
        categories, pl.Series(range(len(categories)), dtype=pl.Int64), default=-1, return_dtype=pl.Int64
    )
    return Column(name, "text", codes.fill_null(-1).to_numpy(), tuple(categories.to_list()))


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
