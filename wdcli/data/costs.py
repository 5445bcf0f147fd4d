"""How much memory it takes to read a table, estimated before any is taken.

Bytes at the peak of ``load``, beyond what the libraries take. The allocations that can be named are counted, the factors are
fitted to peaks that were measured:

- A text table: the file; for each cell 16 (polars' view of text) and 8 (the number); for text beyond the 12 bytes that a view
  holds, 1.35 times its bytes; 16 a row. One text column at a time is stripped, compared and coded: 48 a row and 1.3 times its
  long text. Each category of text takes 150 and four times its bytes. Classes take 40 a row. JSON lines take a quarter more.
- A Parquet file: the file; for each cell its own width, and 8 (the number); 28 a row; text as above, but no more than all
  columns decompressed, since polars keeps a dictionary's text once.
- A tenth more, for what allocators hold back.
"""

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from wdcli.data.cells import MISSING
from wdcli.data.delimited import separator_in
from wdcli.data.footer import decompressed_size
from wdcli.data.jsonlines import parsed
from wdcli.data.raw import PART
from wdcli.data.targets import FEW_VALUES
from wdcli.errors import DataError

if TYPE_CHECKING:
    import polars as pl

JSON_LINES = (".jsonl", ".ndjson", ".json")
ROWS = 4000
"""Rows from which those that follow are estimated."""
VIEW, NUMBER, INLINE, ROW = 16, 8, 12, 16
LONG, CODING, CODED, CATEGORY, NAME, JSON = 1.35, 48, 1.3, 150, 4, 1.25
PARQUET_ROW, LABELS = 28, 40
SLACK = 1.1


def is_parquet(data: bytes, suffix: str) -> bool:
    """Whether a file that begins with these bytes claims to be Parquet."""
    return suffix in (".parquet", ".pq") or data[:4] == b"PAR1"


def text_cost(part: bytes, suffix: str, delimiter: str | None = None) -> float:
    """Bytes of memory for each byte of a file that begins so; 1 for Parquet, where the footer tells more."""
    if is_parquet(part, suffix):
        return 1.0
    text = part.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    lines = [line for line in text.split("\n")[: -1 if len(part) >= PART else None][: ROWS + 1] if line.strip()]
    json = suffix in JSON_LINES
    try:
        columns = _json_columns(lines) if json else _columns(lines, suffix, delimiter)
    except (csv.Error, DataError):
        # The reader will say what is wrong.
        return 1.0
    rows = len(columns[0]) if columns else 0
    a_row = len("\n".join(lines).encode()) / max(rows + (not json), 1) + 1
    return SLACK * (1 + (JSON if json else 1.0) * _row_cost(columns) / a_row) if rows else 1.0


def _columns(lines: Sequence[str], suffix: str, delimiter: str | None) -> list[Sequence[str]]:
    separator = delimiter or separator_in(lines[0] if lines else "", suffix)
    rows = list(filter(None, csv.reader(lines, delimiter=separator)))
    return list(zip(*rows[1:], strict=False))


def _json_columns(lines: Sequence[str]) -> list[Sequence[str]]:
    rows = [parsed("", number, line) for number, line in enumerate(lines)]
    return [[row.get(name) or "" for row in rows] for name in dict.fromkeys(name for row in rows for name in row)]


def _row_cost(columns: Sequence[Sequence[str]]) -> float:
    """Bytes a row, without the file's own."""
    texts = [_Text.of(cells) for cells in columns]
    coding = max((text.coding for text in texts if not text.number), default=0.0)
    labels = LABELS if any(text.few for text in texts) else 0
    return sum(VIEW + NUMBER + LONG * text.long + text.names for text in texts) + coding + ROW + labels


class _Text(NamedTuple):
    """Of a column: bytes of text too long for a view, and bytes of categories, per row.

    Also whether it is one of numbers, and whether there are so few different cells that it may be a target of classes.
    """

    long: float
    names: float
    number: bool
    few: bool

    @classmethod
    def of(cls, cells: Sequence[str]) -> "_Text":
        rows, half = len(cells), cells[: len(cells) // 2]
        long = sum(len(cell.encode()) for cell in cells if len(cell) > INLINE) / rows
        different = set(cells)
        number, few = all(map(_is_number, different)), len(different) <= FEW_VALUES
        # If the second half still adds categories, more will follow.
        names = sum(CATEGORY + NAME * len(cell) for cell in different.difference(half)) / (rows - len(half))
        return cls(long, 0.0 if number else names, number, few)

    @property
    def coding(self) -> float:
        """Bytes a row while such a column becomes codes."""
        return CODING + CODED * self.long


def _is_number(cell: str) -> bool:
    try:
        float(cell or 0)
    except ValueError:
        return cell.strip().lower() in MISSING
    return True


def parquet_cost(data: bytes, memory: int) -> float:
    """Bytes of memory for a Parquet file, of which no column is decoded if that is more than ``memory`` without its text.

    Raises polars' errors, and ``ValueError``, for a damaged file.
    """
    import polars as pl

    schema = pl.read_parquet_schema(io.BytesIO(data))
    rows = int(pl.scan_parquet(io.BytesIO(data)).select(pl.len()).collect().item())
    decompressed = decompressed_size(data)
    texts = [name for name, dtype in schema.items() if dtype in (pl.String, pl.Categorical, pl.Enum)]
    fixed = SLACK * (len(data) + rows * (PARQUET_ROW + sum(NUMBER + _width(dtype) for dtype in schema.values())))
    needs = max(fixed, len(data) + decompressed)
    if needs > memory or not texts or not rows:
        return needs
    frame = pl.read_parquet(io.BytesIO(data), columns=texts, n_rows=ROWS)
    found = [_Text.of(cells.cast(pl.String).fill_null("").to_list()) for cells in frame.get_columns()]
    text = min(sum(one.long for one in found) * rows, decompressed)
    return max(needs, fixed + text + rows * (sum(one.names for one in found) + max(one.coding for one in found)))


def _width(dtype: "pl.DataType") -> float:
    """Bytes of a decoded cell."""
    import polars as pl

    if dtype in (pl.String, pl.Categorical, pl.Enum) or dtype == pl.Decimal or dtype in (pl.Int128, pl.UInt128):
        return 16.0
    bits = "".join(filter(str.isdigit, str(dtype).split("(")[0]))
    return int(bits) / 8 if bits else 8.0
