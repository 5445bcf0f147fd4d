"""The exact spelling of a column's cells, for what names things: classes and groups.

Numbers don't do for that: a float64 takes 900719925474099301 for 900719925474099300, and 007 for 7.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wdcli.array import Array
from wdcli.data.cells import BOOLEANS, to_numbers, without_blanks
from wdcli.data.dataset import Kind
from wdcli.data.digits import EXACT

if TYPE_CHECKING:
    import polars as pl


LARGEST = 2**63
"""Whole numbers of 64 bits are smaller."""


@dataclass(frozen=True)
class Labels:
    """What each row is called: ``codes`` (rows,) int64 into ``names``, -1 where a cell is missing.

    The names are all different, in the order of their values. ``kind`` "number": spellings of one whole number (1, 1.0,
    +1, 1e0) are one name; "boolean": 1 is true.
    """

    name: str
    kind: Kind
    codes: Array
    names: tuple[str, ...]

    @property
    def missing(self) -> Array:
        """Which rows have no value."""
        return self.codes < 0

    def take(self, rows: Array) -> "Labels":
        """The labels of some of the rows."""
        return Labels(self.name, self.kind, self.codes[rows], self.names)


def read_labels(cells: "pl.Series", kind: Kind | None) -> Labels:
    """The labels of cells of any type; ``kind`` is that of the column whose labels they must match, if it is known.

    Only the cells that differ are spelled: labels are few, or else the spellings of all would not fit into memory.
    """
    import polars as pl

    different = cells.drop_nulls().unique()
    given = without_blanks(different.cast(pl.String))
    found = kind or _kind(given)
    spelled = SPELLINGS[found](given)
    frame = pl.DataFrame({"name": spelled.drop_nulls().unique()})
    value = [pl.col("name").cast(pl.Float64, strict=False)] if found == "number" else []
    names = frame.sort(*value, "name")["name"]
    places = spelled.replace_strict(names, range(len(names)), default=-1, return_dtype=pl.Int64).fill_null(-1)
    codes = cells.replace_strict(different, places, default=-1, return_dtype=pl.Int64)
    return Labels(cells.name, found, codes.fill_null(-1).to_numpy(), tuple(names.to_list()))


def typed(names: tuple[str, ...], kind: Kind) -> tuple[str, ...] | tuple[int, ...] | tuple[float, ...]:
    """The names as booleans or numbers, if their kind says so and they can be told from these; else as they are.

    007 is a code and stays text, and so do whole numbers of more than 64 bits.
    """
    if kind == "boolean" and {*names} <= BOOLEANS.keys():
        return tuple(name == "true" for name in names)
    for read in (int, float) if kind == "number" else ():
        with suppress(ValueError):
            values = tuple(map(read, names))
            if tuple(map(str, values)) == names and all(-LARGEST <= value < LARGEST for value in values):
                return values
    return names


def _kind(cells: "pl.Series") -> Kind:
    given = cells.drop_nulls()
    if not to_numbers(given).null_count():
        return "number"
    return "boolean" if given.str.to_lowercase().is_in(["true", "false"]).all() else "text"


def _numbers(cells: "pl.Series") -> "pl.Series":
    """Each whole number in its plainest spelling, with all its digits and leading zeros; other cells as they are."""
    import polars as pl

    cell, number = pl.col("cell"), pl.col("number")
    plain = cell.str.strip_prefix("+").replace("-0", "0")
    value = number.cast(pl.Int64, strict=False).cast(pl.String)
    spelled = (
        pl.when(cell.str.contains(r"^[+-]?\d+$"))
        .then(plain)
        .when((number == number.round()) & (number.abs() < EXACT))
        .then(value)
        .otherwise(cell)
    )
    return pl.DataFrame({"cell": cells, "number": to_numbers(cells)}).select(spelled).to_series()


def _booleans(cells: "pl.Series") -> "pl.Series":
    """In small letters, as true and false where a number stands for them."""
    return cells.str.to_lowercase().replace({cell: "true" if value else "false" for cell, value in BOOLEANS.items()})


def _as_it_is(cells: "pl.Series") -> "pl.Series":
    return cells


SPELLINGS: dict[Kind, Callable[["pl.Series"], "pl.Series"]] = {
    "number": _numbers, "boolean": _booleans, "date": _as_it_is, "text": _as_it_is,
}  # fmt: skip
