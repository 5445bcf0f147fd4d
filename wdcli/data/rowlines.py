"""The lines of a text table, one at a time, and on which of them each row ends."""

import io
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate


def text_lines(data: bytes) -> io.TextIOWrapper:
    """The lines of UTF-8 bytes whose lines end in LF, decoded as they are asked for; the bytes aren't copied."""
    return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="\n")


class RowLines:
    """The line on which each row ends: kept are only the rows at which the distance from row to line changes.

    There are so many lines ``before`` those that are counted; of these the first ``skip`` hold no rows, and each of the
    next ``rows`` is one.
    """

    def __init__(self, before: int = 0, skip: int = 0, rows: int = 0) -> None:
        self.rows = rows
        self.before = before
        self.distance = skip + 1
        self._starts, self._distances = array("q", [0]), array("q", [self.distance])

    def add(self, line: int) -> None:
        """The next row ends on this line."""
        if line - self.rows != self.distance:
            self.distance = line - self.rows
            self._starts.append(self.rows)
            self._distances.append(self.distance)
        self.rows += 1

    def place(self, row: int) -> str:
        """``line 7``."""
        return f"line {self.before + row + self._distances[bisect_right(self._starts, row) - 1]}"


class LinesOfParts:
    """The lines of rows that stand in several parts of a file."""

    def __init__(self, parts: Sequence[RowLines]) -> None:
        self._parts = parts
        self._starts = list(accumulate((part.rows for part in parts), initial=0))
        self.rows = self._starts[-1]

    def place(self, row: int) -> str:
        """``line 7``."""
        part = bisect_right(self._starts, row, hi=len(self._parts)) - 1
        return self._parts[part].place(row - self._starts[part])
