"""The one number needed from a Parquet file's footer that polars doesn't give: the decompressed size of its columns.

The footer is a ``FileMetaData`` of parquet.thrift in Thrift's compact protocol: its field 4 lists the row groups, and field 2
of each is ``total_byte_size``.
"""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

ROW_GROUPS, TOTAL_BYTE_SIZE = 4, 2
TRUE, FALSE, BYTE, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = 1, 2, 3, 6, 7, 8, 9, 10, 11, 12


def scan(source: str | bytes) -> "pl.LazyFrame":
    """The table of a Parquet file, of which nothing is decoded yet."""
    import polars as pl

    file = io.BytesIO(source) if isinstance(source, bytes) else Path(source).absolute()
    return pl.scan_parquet(file, glob=False, hive_partitioning=False)


def decompressed_size(source: str | bytes) -> int:
    """Bytes of all columns, decompressed but still encoded, of a file by its path, or of its bytes.

    Raises ``ValueError`` if it has no footer.
    """
    length = int.from_bytes(_end(source, 8)[:4], "little")
    reader = _Reader(_end(source, length + 8)[:-8])
    try:
        return sum(reader.integer() for _ in reader.within(ROW_GROUPS) for _ in reader.within(TOTAL_BYTE_SIZE))
    except (IndexError, RecursionError):
        raise ValueError("the footer is damaged") from None


def _end(source: str | bytes, size: int) -> bytes:
    """The last ``size`` bytes."""
    if isinstance(source, bytes):
        return source[-size:]
    with Path(source).open("rb") as file:
        file.seek(max(file.seek(0, os.SEEK_END) - size, 0))
        return file.read()


class _Reader:
    """Reads on from ``at``; raises ``IndexError`` beyond the end."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def within(self, wanted: int) -> Iterator[None]:
        """Stop at the value of a struct's field, or at each struct of a list there; skip all its other fields."""
        for field, kind in self._fields():
            if field != wanted:
                self._skip(kind)
            elif kind == LIST:
                yield from (None for _ in range(self._size()[0]))
            else:
                yield

    def integer(self) -> int:
        """A zigzag-encoded integer."""
        number = self._varint()
        return number >> 1 ^ -(number & 1)

    def _byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def _varint(self) -> int:
        number = shift = 0
        while (byte := self._byte()) & 0x80:
            number |= (byte & 0x7F) << shift
            shift += 7
        return number | byte << shift

    def _fields(self) -> Iterator[tuple[int, int]]:
        """Number and kind of each field of a struct, whose values must be read in between."""
        field = 0
        while head := self._byte():
            field = field + (head >> 4) if head >> 4 else self.integer()
            yield field, head & 0x0F

    def _size(self) -> tuple[int, int]:
        """How many elements a list or set has, and of what kind."""
        head = self._byte()
        return self._varint() if head >> 4 == 15 else head >> 4, head & 0x0F

    def _skip(self, kind: int) -> None:
        if kind == BYTE:
            self.at += 1
        elif kind == DOUBLE:
            self.at += 8
        elif kind == BINARY:
            length = self._varint()
            self.at += length
        elif kind == STRUCT:
            for _, inner in self._fields():
                self._skip(inner)
        elif kind in (LIST, SET):
            size, inner = self._size()
            for _ in range(size):
                self._skip(BYTE if inner in (TRUE, FALSE) else inner)
        elif kind not in (TRUE, FALSE):
            self._varint()
