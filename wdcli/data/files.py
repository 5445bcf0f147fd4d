"""Tables as files: CSV, TSV, Parquet and JSON lines, gzip too, and CSV on standard input.

Everything in a text file is read as text, then cast column by column, so that one bad cell is named with its line. polars
is imported when a file is read, not before.
"""

import io
import os
import signal
from collections.abc import Iterator, Mapping

from wdcli.array import Array
from wdcli.data.allowance import Allowance
from wdcli.data.costs import JSON_LINES, is_parquet, text_need
from wdcli.data.delimited import read_delimited
from wdcli.data.jsonlines import read_json_lines
from wdcli.data.parquet import read_parquet
from wdcli.data.raw import STDIN, refuse_others
from wdcli.data.reading import Onlooker, Reading, unseen
from wdcli.data.stored import keep
from wdcli.data.table import Table, Wanted, checked
from wdcli.data.wholelines import SOMETHING, whole_lines


def read_table(path: str, wanted: Wanted | None = None, memory: int | None = None, watch: Onlooker = unseen) -> Table:
    """Read the table at ``path``, or on standard input for ``-``; ``watch`` sees how far it is.

    Raises ``DataError`` that names the file, and the line and column at fault; and, before the memory is taken, for a table
    that needs more of it, with what this process holds, than ``memory`` bytes (None: half of what is available).
    """
    keep_interrupts()
    reading = Reading(shown_name(path))
    with watch(lambda: reading):
        return checked(_read(path, wanted or Wanted(), Allowance.of(memory), reading))


def _read(path: str, wanted: Wanted, allowed: Allowance, reading: Reading) -> Table:
    """The table, in whatever format it is."""
    name, delimiter = reading.name, wanted.format.delimiter
    stored, suffix = keep(path, name, allowed, lambda part, suffix: text_need(part, suffix, delimiter).of, reading)
    first = next(stored.pieces(), b"")
    if is_parquet(first, suffix) and SOMETHING.search(first):
        return read_parquet(name, stored.source, wanted, allowed, reading)
    refuse_others(name, first)
    reading.begin(stored.size)

    def parts() -> Iterator[tuple[bytes, bool]]:
        return whole_lines(name, reading.counted(stored.pieces()))

    if suffix in JSON_LINES:
        return read_json_lines(name, parts(), wanted)
    return read_delimited(name, parts, suffix, wanted, reading)


def shown_name(path: str) -> str:
    """What messages call the file."""
    return "standard input" if path == STDIN else path


def keep_interrupts() -> None:
    """Import polars, and let Ctrl-C still end a wait.

    polars handles SIGINT itself, with SA_RESTART: a wait without a time limit would begin again (pola-rs/polars#21739). Its
    allocator keeps freed memory for ten seconds, which is longer than most tables take, unless it is told otherwise.
    """
    os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:100,muzzy_decay_ms:0")
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
