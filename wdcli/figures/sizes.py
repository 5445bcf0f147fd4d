"""What the size of a network is counted in: weights, columns of the table, hidden units."""

from collections.abc import Sequence
from dataclasses import dataclass

from wdcli.figures.shown import ShownRow, ShownSweep


@dataclass(frozen=True)
class Size:
    """A count of what is left of a network, by means over seeds: its name, its label, and its ``key`` in a row."""

    name: str
    label: str
    key: str

    def of(self, row: ShownRow) -> float:
        """The size of a row's networks."""
        return float(getattr(row, self.key))

    def known(self, rows: Sequence[ShownRow]) -> set[float]:
        """The sizes of networks that have learned something."""
        return {self.of(row) for row in rows if row.status == "ok" and self.of(row) > 0}


WEIGHTS = Size("weights", "weights that are not zero", "nonzero_weights")
COLUMNS = Size("columns", "columns of the table in use", "effective_columns")
UNITS = Size("units", "hidden units in use", "effective_units")


def of_groups(sweep: ShownSweep) -> tuple[Size, ...]:
    """What a penalty on groups takes away; nothing for another penalty."""
    return tuple(size for size in (COLUMNS, UNITS) if sweep.by_groups and len(size.known(sweep.rows)) > 1)


def taken_away(sweep: ShownSweep) -> tuple[Size, ...]:
    """What best says how much of the network the penalty takes away; nothing where it takes nothing away."""
    return of_groups(sweep) or (WEIGHTS,) * sweep.makes_zeros


def of_fronts(rows: Sequence[ShownRow]) -> tuple[Size, ...]:
    """The sizes of loss against size: those that all of these rows have, and in which they differ."""
    return tuple(size for size in (WEIGHTS, COLUMNS) if _all_known(size, rows) and len(size.known(rows)) > 1)


def _all_known(size: Size, rows: Sequence[ShownRow]) -> bool:
    return all(size.of(row) > 0 for row in rows)
