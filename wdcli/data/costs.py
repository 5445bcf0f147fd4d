"""How much memory it takes to read a table, estimated before any is taken.

Bytes at the peak of ``load``, beyond what the libraries take. The allocations that can be named are counted, the factors are
fitted to peaks that were measured:

- A text table: for each cell 8 (the number), and while it is text 16 (polars' view of it) and 1.35 times its bytes beyond the
  12 that a view holds; so many cells are text at once as ``cutting`` says, and all of JSON lines; 16 a row. One text column
  at a time is stripped, compared and coded: 48 a row and 1.3 times its long text. Each category of text takes 150 and four
  times its bytes. Classes take 40 a row, each column 24,000. JSON lines take a quarter more.
- A Parquet file: for each cell 8 (the number), and its own width while it is decoded; 28 a row; text as above, but no more
  than all columns decompressed, since polars keeps a dictionary's text once.
- The file, where it is compressed or comes through a pipe.
- A tenth more, for what allocators hold back.
"""

import csv
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from wdcli.data.cells import MISSING
from wdcli.data.cutting import AT_ONCE, PASSES
from wdcli.data.footer import decompressed_size, scan
from wdcli.data.header import separator_in
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
LONG, CODING, CODED, CATEGORY, NAME, JSON, COLUMN = 1.35, 48, 1.3, 150, 4, 1.25, 24_000
PARQUET_ROW, LABELS = 28, 40
SLACK = 1.1
TRAINED = 2.0
"""To train on numbers takes so many times their memory, after reading: three fits' rows, and what is learned of columns."""
DECODED = 4_000_000
"""Cells of a Parquet file that are decoded at once, where whole columns are."""


def is_parquet(data: bytes, suffix: str) -> bool:
    """Whether a file that begins with these bytes claims to be Parquet."""
    return suffix in (".parquet", ".pq") or data[:4] == b"PAR1"


class Need(NamedTuple):
    """Bytes of memory for each byte of a text file: those that stay, those of its text, and so many of the text at once.

    ``numbers``, of those that stay, are numbers; ``columns`` are bytes whatever the file's size.
    """

    stays: float = 0.0
    text: float = 0.0
    at_once: float = 0.0
    numbers: float = 0.0
    columns: float = 0.0

    def of(self, size: int) -> float:
        """Bytes of memory for a file of this size."""
        shown = min(size * self.text, max(self.at_once, size * self.text / PASSES))
        return self.columns + size * self.stays + max(shown, TRAINED * size * self.numbers)


def text_need(part: bytes, suffix: str, delimiter: str | None = None) -> Need:
    """The memory for a file that begins so; none for Parquet, where the footer tells more."""
    if is_parquet(part, suffix):
        return Need()
    text = part.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    lines = [line for line in text.split("\n")[: -1 if len(part) >= PART else None][: ROWS + 1] if line.strip()]
    json = suffix in JSON_LINES
    try:
        columns = _json_columns(lines) if json else _columns(lines, suffix, delimiter)
    except (csv.Error, DataError):
        # The reader will say what is wrong.
        return Need()
    rows = len(columns[0]) if columns else 0
    if not rows:
        return Need()
    a_row = len("\n".join(lines).encode()) / (rows + (not json)) + 1
    stays, shown = ((JSON if json else 1) * SLACK * cost / a_row for cost in _row_costs(columns))
    at_once = math.inf if json else shown * a_row * AT_ONCE / len(columns)
    return Need(stays, shown, at_once, NUMBER * len(columns) / a_row, COLUMN * len(columns))


def _columns(lines: Sequence[str], suffix: str, delimiter: str | None) -> list[Sequence[str]]:
    separator = delimiter or separator_in(lines[0] if lines else "", suffix)
    rows = list(filter(None, csv.reader(lines, delimiter=separator)))
    return list(zip(*rows[1:], strict=False))


def _json_columns(lines: Sequence[str]) -> list[Sequence[str]]:
    rows = [parsed("", number, line) for number, line in enumerate(lines)]
    return [[row.get(name) or "" for row in rows] for name in dict.fromkeys(name for row in rows for name in row)]


def _row_costs(columns: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Bytes a row, those that stay and those of its text."""
    texts = [_Text.of(cells) for cells in columns]
    coding = max((text.coding for text in texts if not text.number), default=0.0)
    labels = LABELS if any(text.few for text in texts) else 0
    stays = sum(NUMBER + text.names for text in texts) + coding + ROW + labels
    return stays, sum(VIEW + LONG * text.long for text in texts)


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


def parquet_cost(source: str | bytes, memory: int) -> float:
    """Bytes of memory for a Parquet file, of which no column is decoded if that is more than ``memory`` without its text.

    ``source`` is its path, or its bytes. Raises polars' errors, and ``ValueError``, for a damaged file.
    """
    import polars as pl

    whole = scan(source)
    schema, rows = whole.collect_schema(), int(whole.select(pl.len()).collect().item())
    held, decompressed = len(source) if isinstance(source, bytes) else 0, decompressed_size(source)
    texts = [name for name, dtype in schema.items() if dtype in (pl.String, pl.Categorical, pl.Enum)]
    widths = [_width(dtype) for dtype in schema.values()] or [0.0]
    decoded = min(rows * sum(widths), max(DECODED * max(widths), rows * max(widths)))
    after = max(held + decoded, TRAINED * rows * NUMBER * len(widths))
    fixed = COLUMN * len(widths) + SLACK * (rows * (PARQUET_ROW + NUMBER * len(widths)) + after)
    needs = max(fixed, held + decompressed)
    if needs > memory or not texts or not rows:
        return needs
    frame = whole.select(texts).head(ROWS).collect()
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
