"""A table as read: columns of values, and the exact labels of the columns that name classes or groups."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from wdcli.data.cells import Origin
from wdcli.data.dataset import Column, Kind
from wdcli.data.digits import first_rounded
from wdcli.data.format import Format, Spelled
from wdcli.data.labels import Labels, read_labels
from wdcli.data.remarks import Remark
from wdcli.data.unused import Search
from wdcli.errors import DataError
from wdcli.text import quoted

if TYPE_CHECKING:
    import polars as pl

MAX_COLUMNS = 20_000
"""A wider table is refused before its cells are looked at."""


Plain: TypeAlias = "Callable[[Format, pl.Series, Kind | None, Origin], Spelled]"
"""Reads a column as its format says: ``Format.plain``."""


class Roles(NamedTuple):
    """The columns whose labels are wanted: the target has labels and values, the groups only labels, the weights values.

    Those ``left_out`` are not looked at; the cells of those ``kept`` are, as they stand in the file.
    """

    target: str | None = None
    groups: str | None = None
    weights: str | None = None
    left_out: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Wanted:
    """What to read of a table.

    ``kinds`` are the columns to read and the kinds that they must have, as a saved model or a training table knows them;
    without it, every column of the kind that its cells have. ``roles`` chooses among the columns' names, ``format`` says how
    cells are spelled, and ``plain`` reads them so.
    """

    kinds: Mapping[str, Kind] | None = None
    roles: Callable[[Sequence[str]], Roles] = lambda names: Roles()
    format: Format = field(default_factory=Format)
    plain: "Plain" = Format.plain

    def looked_at(self, names: Sequence[str]) -> list[int]:
        """The places of the columns that are read."""
        roles = self.roles(names)
        out = roles.left_out | {roles.groups}
        return [i for i, name in enumerate(names) if name not in out and (self.kinds is None or name in self.kinds)]


class Cells(NamedTuple):
    """The cells of a table's columns, which have these names.

    ``take`` gives the columns in some places, one after the other: only a few of them need to be in memory at once.
    """

    names: Sequence[str]
    take: "Callable[[Sequence[int]], Iterable[pl.Series]]"

    @classmethod
    def of(cls, series: "Sequence[pl.Series]") -> "Cells":
        """The cells of columns in memory."""
        return cls([one.name for one in series], lambda places: (series[i] for i in places))

    def only(self, kept: Sequence[int]) -> "Cells":
        """The cells of the columns in some places."""
        return Cells([self.names[i] for i in kept], lambda places: self.take([kept[i] for i in places]))


def handed_over(series: "list[pl.Series]") -> "Iterator[pl.Series]":
    """The columns one after the other; the list keeps none of those that were given."""
    series.reverse()
    while series:
        yield series.pop()


@dataclass(frozen=True)
class Table:
    """Columns as they were read, where they come from, all the names that the file has (``header``), and what has a role.

    ``cells`` are those of the target, the groups, and the columns that are kept, as they stand in the file.
    """

    origin: Origin
    columns: tuple[Column, ...]
    rows: int
    header: tuple[str, ...]
    notes: tuple[str, ...] = ()
    roles: Roles = field(default_factory=Roles)
    cells: "Mapping[str, pl.Series]" = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file's name."""
        return self.origin.name

    def labels(self, name: str, kind: Kind | None) -> Labels:
        """The labels of the target or the groups, a column of this kind (None: of the kind that its cells have)."""
        return read_labels(self.cells[name], kind)


Read: TypeAlias = Callable[["pl.Series", Kind | None, bool], Column]
"""Makes a column from cells, of a known or unknown kind; also told whether its labels are read too."""


def text_of(cells: "pl.Series | Sequence[Any]") -> list[Any]:
    """A file's cells as text; those of a table that is no file as they are."""
    import polars as pl

    return cells.cast(pl.String).to_list() if isinstance(cells, pl.Series) else list(cells)


def assembled(
    origin: Origin,
    header: Sequence[str],
    rows: int,
    cells: Cells,
    wanted: Wanted,
    read: Read,
    notes: list[str],
) -> Table:
    """The table of what ``read`` makes of each column."""
    roles = wanted.roles(cells.names)
    columns, kept, said = [], {}, dict[Remark, list[str]]()
    search = Search(wanted.format)
    known = wanted.kinds
    for series in cells.take(
        [i for i, one in enumerate(cells.names) if known is None or one in known or one in roles.kept]
    ):
        name = series.name
        if name in roles.kept:
            kept[name] = series
        if known is None:
            search.look(series, origin)
        if name in roles.left_out or (known is not None and name not in known):
            continue
        plain = wanted.format.without_missing(_spelled_out(series))
        if name == roles.groups:
            kept[name] = plain
            continue
        plain, kind, remarks, sign = wanted.plain(wanted.format, plain, (known or {}).get(name), origin)
        for remark in remarks:
            said.setdefault(remark, []).append(name)
        if name == roles.target:
            kept[name] = plain
        columns.append(replace(read(plain, kind, name == roles.target), sign=sign))
    if known is None and rows:
        search.check(origin.name)
        notes += search.notes(origin.name)
    notes += [remark.of(names) for remark, names in said.items()]
    return Table(origin, tuple(columns), rows, tuple(header), tuple(notes), roles, kept)


def _spelled_out(series: "pl.Series") -> "pl.Series":
    """The cells, as text if they are categories."""
    import polars as pl

    return series.cast(pl.String) if series.dtype in (pl.Categorical, pl.Enum) else series


def checked(table: Table) -> Table:
    """The table, if it has rows, finite values, and columns with distinct names; raises ``DataError``."""
    twice = [name for name, n in Counter(table.header).items() if n > 1]
    if twice:
        raise DataError(f"{quoted(table.name)} has more than one column named {quoted(twice[0])}: rename all but one.")
    if not table.header:
        raise DataError(f"{quoted(table.name)} has no columns.")
    if not table.rows:
        raise DataError(f"{quoted(table.name)} has a header but no rows.")
    for column in table.columns:
        infinite = np.flatnonzero(np.isinf(column.values))
        if len(infinite):
            raise DataError(
                f"{table.origin.cell(infinite[0], column.name)}: the value is infinite "
                "(or too large for a number). Correct the cell, or leave it empty."
            )
    return table


def check_width(name: str, columns: int) -> None:
    """Raise ``DataError`` for a table of too many columns."""
    if columns > MAX_COLUMNS:
        raise DataError(
            f"{quoted(name)} has {columns:,} columns, more than {MAX_COLUMNS:,}: choose some of them, or turn the table round "
            "if its rows are the variables."
        )


def rounded_note(cells: "pl.Series", column: Column, origin: Origin) -> list[str]:
    """A line if the column's numbers lost digits of its cells (text)."""
    import polars as pl

    row = first_rounded(cells, pl.Series(column.values))
    if row is None:
        return []
    return [
        f"{origin.cell(row, column.name)}: {quoted(cells[row])} has more digits than a float64 holds, so some are "
        "lost; a --target or --groups column keeps all digits"
    ]
