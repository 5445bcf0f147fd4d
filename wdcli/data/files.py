"""Tables as files: CSV, TSV, Parquet and JSON lines, gzip too, and CSV on standard input.

Everything in a text file is read as text, then cast column by column, so that one bad cell is named with its line. polars
is imported when a file is read, not before.
"""

import io
import re
import signal
from collections.abc import Mapping
from functools import partial

from wdcli.array import Array
from wdcli.data.costs import JSON_LINES, is_parquet, text_cost
from wdcli.data.delimited import read_delimited
from wdcli.data.jsonlines import read_json_lines
from wdcli.data.parquet import read_parquet
from wdcli.data.raw import STDIN, as_text, read_bytes
from wdcli.data.table import Table, Wanted, checked
from wdcli.errors import DataError
from wdcli.machine import default_memory
from wdcli.text import quoted

SOMETHING = re.compile(rb"[^\r\n\t \xef\xbb\xbf]")
"""A byte other than a mark, blanks and empty lines."""


def read_table(path: str, wanted: Wanted | None = None, memory: int | None = None) -> Table:
    """Read the table at ``path``, or on standard input for ``-``.

    Raises ``DataError`` that names the file, and the line and column at fault; and, before the memory is taken, for a table
    that needs more of it than ``memory`` bytes (None: half of what is available).
    """
    keep_interrupts()
    name = shown_name(path)
    wanted = wanted or Wanted()
    memory = default_memory() if memory is None else memory
    data, suffix = read_bytes(path, name, memory, partial(text_cost, delimiter=wanted.format.delimiter))
    if not SOMETHING.search(data):
        raise DataError(f"{quoted(name)} is empty: expected a header line and rows.")
    if is_parquet(data, suffix):
        table = read_parquet(name, data, wanted, memory)
    elif suffix in JSON_LINES:
        table = read_json_lines(name, as_text(name, data), wanted)
    else:
        table = read_delimited(name, as_text(name, data), suffix, wanted)
    return checked(table)


def shown_name(path: str) -> str:
    """What messages call the file."""
    return "standard input" if path == STDIN else path


def keep_interrupts() -> None:
    """Import polars, and let Ctrl-C still end a wait.

    polars handles SIGINT itself, with SA_RESTART: a wait without a time limit would begin again (pola-rs/polars#21739).
    """
    import polars  # noqa: F401

    if hasattr(signal, "siginterrupt"):
        signal.siginterrupt(signal.SIGINT, True)


def table_bytes(columns: Mapping[str, Array], parquet: bool) -> bytes:
    """Columns of equal length as the bytes of a CSV file (numbers in full precision) or a Parquet file."""
    import polars as pl

    frame, file = pl.DataFrame(dict(columns)), io.BytesIO()
    if parquet:
        frame.write_parquet(file)
    else:
        frame.write_csv(file)
    return file.getvalue()
