"""Bytes that can be read again and again: those of a file in its place, or of a pipe or compressed file in memory."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from wdcli.data.allowance import Allowance
from wdcli.data.raw import PIECE, Cost, bounded, check_fits, opened
from wdcli.data.reading import Reading
from wdcli.errors import DataError
from wdcli.text import quoted


@dataclass(frozen=True)
class InMemory:
    """Bytes in memory."""

    source: bytes

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.source)

    def pieces(self) -> Iterator[bytes]:
        """The bytes, ``PIECE`` by ``PIECE``."""
        file = io.BytesIO(self.source)
        return iter(lambda: file.read(PIECE), b"")


@dataclass(frozen=True)
class InPlace:
    """The file at the path ``source``, which has not changed since ``stamp``."""

    name: str
    source: str
    stamp: tuple[int, int]

    @property
    def size(self) -> int:
        """Bytes."""
        return self.stamp[0]

    def pieces(self) -> Iterator[bytes]:
        """The bytes, ``PIECE`` by ``PIECE``. Raises ``DataError`` if the file has changed."""
        with opened(self.source, self.name) as found:
            if stamp(self.source) != self.stamp:
                raise DataError(f"{quoted(self.name)} was changed while it was read: try again when it is complete.")
            yield from found.pieces


Stored: TypeAlias = InMemory | InPlace


def stamp(path: str) -> tuple[int, int]:
    """The size of a file, and when it was changed."""
    found = Path(path).stat()
    return found.st_size, found.st_mtime_ns


def keep(path: str, name: str, allowed: Allowance, cost: Cost, reading: Reading) -> tuple[Stored, str]:
    """The bytes of a file, decompressed, and the suffix that tells its format.

    Raises ``DataError`` as soon as it is clear that to read the table takes more memory than is ``allowed``.
    """
    with opened(path, name) as (pieces, suffix, size):
        if not size:
            return InMemory(bounded(name, reading.counted(pieces), allowed, cost, suffix)), suffix
        found = InPlace(name, path, stamp(path))
        check_fits(name, pieces, size, allowed, cost, suffix)
        return found, suffix
