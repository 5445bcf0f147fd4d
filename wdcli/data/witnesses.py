"""Cells of earlier pieces of a file, by which ``Format.plain`` decides on a later piece as it would on the whole column.

How a column of numbers is spelled depends on all its cells: whether the first has a currency sign, whether any has a comma,
whether all have three digits behind their point. A few cells tell as much: they are read again at the head of each piece.
"""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from wdcli.data.cells import Origin
from wdcli.data.dataset import Kind
from wdcli.data.dateforms import FEW, SAMPLE
from wdcli.data.format import Format, Spelled

if TYPE_CHECKING:
    import polars as pl

GROUPED = r"^[^0-9.,]*([1-9][0-9]{0,2}(,[0-9]{3})+|[0-9]{1,3})(\.[0-9]*)?[^0-9.,]*$"
THOUSANDS = r"^[^0-9.,]*[1-9][0-9]{0,2}\.[0-9]{3}[^0-9.,]*$"
SHORT = r"^[^0-9.,]*[0-9]{1,3}[^0-9.,]*$"
"""As in ``format`` and ``amounts``, whatever signs the numbers have."""


class Shape(NamedTuple):
    """Cells with a digit that match a pattern, or that don't; so many of them tell as much as all."""

    pattern: str
    matches: bool = True
    enough: int = 1

    def rows(self, cells: "pl.Series", most: int) -> list[int]:
        """The first ``most`` rows with such cells; often they are near the top."""
        rows = self._rows(cells.head(SAMPLE)).head(most)
        return (rows if len(rows) == most else self._rows(cells).head(most)).to_list()

    def _rows(self, cells: "pl.Series") -> "pl.Series":
        found = cells.str.contains(self.pattern)
        return (found if self.matches else ~found & cells.str.contains("[0-9]")).arg_true()


SHAPES = (
    Shape("[0-9]"),
    Shape(r"\("),
    Shape(","),
    Shape(GROUPED, matches=False),
    Shape(f"{THOUSANDS}|{SHORT}", matches=False),
    Shape(THOUSANDS, enough=FEW),
    Shape(r"\.([0-9]{0,2}|[0-9]{4,})([^0-9]|$)"),
)


@dataclass
class _Column:
    """A column's witnesses, in the order of the file, where each stands, and how many of each shape are still wanted."""

    cells: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    wanted: dict[Shape, int] = field(default_factory=lambda: {shape: shape.enough for shape in SHAPES})

    def place(self, origin: Origin, row: int) -> str:
        """Where a row of the witnesses and the piece below them stands."""
        return self.places[row] if row < len(self.places) else origin.place(row - len(self.places))

    def add(self, cells: "pl.Series", origin: Origin) -> None:
        """Look for witnesses in the next piece."""
        found = set[int]()
        for shape, most in self.wanted.items():
            rows = shape.rows(cells, most) if most else []
            self.wanted[shape] -= len(rows)
            found.update(rows)
        self.cells += [cells[row] for row in sorted(found)]
        self.places += [origin.place(row) for row in sorted(found)]


class Witnesses:
    """The witnesses of every column of a file; ``plain`` is ``Format.plain`` for piece after piece of it."""

    def __init__(self) -> None:
        self._columns: dict[str, _Column] = {}

    def plain(self, format: Format, cells: "pl.Series", kind: Kind | None, origin: Origin) -> Spelled:
        """The piece of a column in the plain spelling of the whole column. Raises ``SpellingError`` as ``Format.plain``."""
        import polars as pl

        if kind != "number" or cells.dtype != pl.String:
            return format.plain(cells, kind, origin)
        known = self._columns.setdefault(cells.name, _Column())
        rows = len(known.cells)
        whole = pl.concat([pl.Series(cells.name, known.cells, dtype=pl.String), cells])
        found = format.plain(whole, kind, replace(origin, place=lambda row: known.place(origin, row)))
        known.add(cells, origin)
        return found._replace(cells=found.cells[rows:])
