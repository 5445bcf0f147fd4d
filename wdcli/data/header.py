"""The header of a CSV or TSV file: the names of its columns, and what separates them."""

import csv
import re
from collections.abc import Sequence
from typing import NamedTuple

from wdcli.data.rowlines import text_lines
from wdcli.data.table import Wanted, check_width
from wdcli.data.titles import refuse_title
from wdcli.errors import DataError
from wdcli.text import listed, quoted

SEPARATORS = (",", ";", "\t", "|")
CUT = "unexpected end"
"""What csv says of data that end within a quoted cell."""
CSV_ERRORS = {
    "larger than field limit": "a cell is too long",
    "expected after": "text follows the end of a quoted cell",
    CUT: "the file ends within a quoted cell",
}
"""What csv's error says, and our message for it."""
JSON = re.compile(rb'\s*\{"')


class Header(NamedTuple):
    """The names above the rows, the separator, how many lines they take, and notes on them."""

    names: list[str]
    separator: str
    lines: int
    notes: tuple[str, ...]


def read_header(name: str, data: bytes, suffix: str, wanted: Wanted) -> Header:
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
        raise unreadable(name, reader.line_num, error) from None
    _check_header(name, names)
    check_width(name, len(names))
    odd = separator not in (",", "\t", wanted.format.delimiter)
    notes = [f"{name}: columns are separated by {separator!r}"] if odd else []
    return Header(names, separator, reader.line_num, (*notes, *_header_notes(name, names)))


def separator_in(header: str, suffix: str) -> str:
    """The separator: a tab in a TSV file, else the one that cuts the header into the most names."""
    return "\t" if suffix in (".tsv", ".tab") else max(SEPARATORS, key=header.count)


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


def unreadable(name: str, line: int, error: csv.Error) -> DataError:
    """The error for a line of which csv says that it isn't one."""
    what = next((ours for theirs, ours in CSV_ERRORS.items() if theirs in str(error)), "the cells can't be told apart")
    return DataError(f"{quoted(name)}, line {line}: {what}; is a quotation mark left open on this line or above it?")
