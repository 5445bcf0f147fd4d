"""A title above a table's header, which would be taken for the header."""

import csv
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from wdcli.data.rowlines import text_lines
from wdcli.errors import DataError
from wdcli.text import quoted

HEAD = 20
"""So many rows tell whether they agree."""


class Head(NamedTuple):
    """The line of the first row that isn't empty, its cells, and the rows below."""

    line: int
    first: list[str]
    below: list[list[str]]

    @property
    def widths(self) -> set[int]:
        """How many cells the rows below have."""
        return set(map(len, self.below))

    @property
    def alone(self) -> bool:
        """Whether of several cells only the first holds something, as where a spreadsheet has a title."""
        return len(self.first) > 2 and bool(self.first[0]) and not any(self.first[1:])


def refuse_title(name: str, data: bytes, separator: str, separators: Sequence[str]) -> None:
    """Raise ``DataError`` if the first row is one cell and does not fit the next ones, which agree on several cells.

    ``separator`` is the one that the first row suggests; of ``separators`` the one that cuts the next rows into most cells
    counts.
    """
    head = _head(data, separator)
    if len(head.below) < 2 or (head.widths == {len(head.first)} != {1} and not head.alone):
        return
    mark = max(separators, key=lambda mark: sum(map(len, _head(data, mark).below)))
    found = _head(data, mark)
    if len(found.widths) == 1 and found.widths != {1} and (len(found.first) == 1 or found.alone):
        raise DataError(
            f"{quoted(name)}, line {found.line}: {quoted(found.first[0])} looks like a title, since each row below has "
            f"{found.widths.pop()} cells (separated by {mark!r}). Delete the lines above the header."
        )


def _head(data: bytes, separator: str) -> Head:
    """The first rows; none where csv can't read them."""
    reader = csv.reader(text_lines(data), delimiter=separator, strict=True)
    try:
        rows = list(islice(((reader.line_num, cells) for cells in reader if cells), HEAD + 1))
    except csv.Error:
        rows = []
    (line, first), *below = rows or [(0, [])]
    return Head(line, [cell.strip() for cell in first], [cells for _, cells in below])
