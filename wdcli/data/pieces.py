"""A table read piece by piece: however many rows the file has, only one piece of it takes memory."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from wdcli.data.allowance import Allowance
from wdcli.data.costs import JSON_LINES, Need, is_parquet
from wdcli.data.delimited import delimited_pieces
from wdcli.data.files import keep_interrupts, shown_name
from wdcli.data.jsonlines import json_pieces
from wdcli.data.parquet import parquet_pieces
from wdcli.data.raw import bounded, opened, refuse_others
from wdcli.data.table import Table, Wanted, checked
from wdcli.data.wholelines import whole_lines
from wdcli.data.witnesses import Witnesses


def read_pieces(path: str, wanted: Wanted) -> Iterator[Table]:
    """The table at ``path``, or on standard input for ``-``, in pieces of about 4 MiB of text.

    The pieces are what ``read_table`` makes of the whole table, and the last one has the notes on it. Raises ``DataError``
    for the first fault in the order of the file.
    """
    keep_interrupts()
    name, wanted = shown_name(path), replace(wanted, plain=Witnesses().plain)
    with opened(path, name) as (pieces, suffix, known_size):
        first = next(pieces, b"")
        if is_parquet(first, suffix):
            # A file is read from its place, and what comes through a pipe or is compressed only as a whole.
            allowed = Allowance.of(None)
            source = (
                path if known_size else bounded(name, chain([first], pieces), allowed, lambda *_: Need().of, suffix)
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
