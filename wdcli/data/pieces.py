"""A table read piece by piece: however many rows the file has, only one piece of it takes memory."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from wdcli.data.costs import JSON_LINES, is_parquet
from wdcli.data.delimited import delimited_pieces
from wdcli.data.files import SOMETHING, keep_interrupts, shown_name
from wdcli.data.jsonlines import json_pieces
from wdcli.data.parquet import parquet_pieces
from wdcli.data.raw import bounded, opened, refuse_others
from wdcli.data.table import Table, Wanted, checked
from wdcli.data.witnesses import Witnesses
from wdcli.errors import DataError
from wdcli.machine import default_memory
from wdcli.text import byte_size, quoted

SIZE = 4 << 20
"""Bytes of text in a piece."""
LONGEST = 64 << 20
"""A longer line is refused."""


def read_pieces(path: str, wanted: Wanted) -> Iterator[Table]:
    """The table at ``path``, or on standard input for ``-``, in pieces of about ``SIZE`` bytes of text.

    The pieces are what ``read_table`` makes of the whole table, and the last one has the notes on it. Raises ``DataError``
    for the first fault in the order of the file.
    """
    keep_interrupts()
    name, wanted = shown_name(path), replace(wanted, plain=Witnesses().plain)
    with opened(path, name) as (pieces, suffix, known_size):
        first = next(pieces, b"")
        if is_parquet(first, suffix):
            # A file is read from its place, and what comes through a pipe or is compressed only as a whole.
            memory = default_memory()
            source = (
                path
                if known_size
                else bounded(name, chain([first], pieces), 0, memory, lambda part, suffix: 1.0, suffix)
            )
            tables = parquet_pieces(name, source, wanted)
        else:
            refuse_others(name, first)
            parts = whole_lines(name, chain([first], pieces))
            tables = (
                json_pieces(name, parts, wanted)
                if suffix in JSON_LINES
                else delimited_pieces(name, parts, suffix, wanted)
            )
        for table in tables:
            yield checked(table)


def whole_lines(name: str, pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The bytes in parts of about ``SIZE`` that end where a line ends, and whether the part is the last one.

    Raises ``DataError`` for a line that is too long, and if there are only blanks.
    """
    held, begun = b"", False
    for piece in pieces:
        held += piece
        end = _end_of_line(held) if len(held) >= SIZE and SOMETHING.search(held) else 0
        if end:
            yield held[:end], False
            held, begun = held[end:], True
        elif len(held) > LONGEST:
            raise DataError(f"{quoted(name)} has a line of more than {byte_size(LONGEST)}: this is not a table.")
    if not begun and not SOMETHING.search(held):
        raise DataError(f"{quoted(name)} is empty: expected a header line and rows.")
    yield held, True


def _end_of_line(data: bytes) -> int:
    """Where the last line ends that is whole; a CR may yet be the first half of an end."""
    return data.rfind(b"\n") + 1 or data.rfind(b"\r", 0, -1) + 1
