"""How far a table is read."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeAlias


@dataclass
class Reading:
    """A file's progress: parts ``done`` of ``total``, which are bytes or columns; nobody knows a total of 0.

    The file has so many ``parts``, and they may be read several times.
    """

    name: str
    done: int = 0
    total: int = 0
    parts: int = 0

    def counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """The pieces, each counted once the next one is asked for."""
        for piece in pieces:
            yield piece
            self.done += len(piece)

    def begin(self, parts: int) -> None:
        """All that came before was preparation; now the file's parts follow."""
        self.done, self.total, self.parts = 0, parts, parts

    def repeat(self, times: int) -> None:
        """All parts are read so many times more."""
        self.total = self.parts * (1 + times)

    @property
    def share(self) -> float | None:
        """The share that is done; None if nobody knows."""
        return min(self.done / self.total, 1.0) if self.total else None


Onlooker: TypeAlias = Callable[[Callable[[], Reading]], AbstractContextManager[None]]
"""Receives a function that returns the current progress, and is entered while a file is read."""


def unseen(ask: Callable[[], Reading]) -> AbstractContextManager[None]:
    """Ignore the progress."""
    return contextlib.nullcontext()
