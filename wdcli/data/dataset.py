"""A table as read: columns of numbers or of categories, a target, and nothing computed from either."""

import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import numpy as np

from wdcli.array import Array
from wdcli.names import LossName, Task

Kind: TypeAlias = Literal["number", "boolean", "date", "text"]
WHOLE = re.compile(r"(-?[0-9]+)\.0+")
"""A whole number written as a float."""


@dataclass(frozen=True)
class Column:
    """A named column.

    ``values`` are float64 with nan where a cell is missing (booleans as 0 and 1, dates as days since 1970), or for text
    the int64 index into ``categories`` with -1 where a cell is missing. ``sign`` is the currency or percent sign that its
    cells had.
    """

    name: str
    kind: Kind
    values: Array
    categories: tuple[str, ...] = ()
    sign: str = ""

    @property
    def missing(self) -> Array:
        """Which rows have no value."""
        return self.values < 0 if self.kind == "text" else np.isnan(self.values)

    @property
    def cells(self) -> list[float | str | None]:
        """A number or a category a row, None where it is missing."""
        found = [self.categories[code] for code in self.values] if self.kind == "text" else self.values.tolist()
        return [None if missing else cell for cell, missing in zip(found, self.missing, strict=True)]

    def take(self, rows: Array) -> "Column":
        """The column of some of the rows."""
        return Column(self.name, self.kind, self.values[rows], self.categories, self.sign)


def respelled(column: Column, known: Set[str]) -> Column:
    """The column with "1.0" read as "1" where "1" is a known category of text and "1.0" isn't.

    Tools write a column of whole numbers as 1.0, 2.0 once one of its cells is missing, or in Parquet as floats.
    """
    spelled = [spelled_as(category, known) for category in column.categories]
    categories = tuple(sorted(set(spelled)))
    if categories == column.categories:
        return column
    place = {category: i for i, category in enumerate(categories)}
    codes = np.array([place[category] for category in spelled] + [-1])
    return Column(column.name, column.kind, codes[column.values], categories)


def spelled_as(category: str, known: Set[str]) -> str:
    """A category as a known one spells it: "1" for "1.0"."""
    whole = WHOLE.fullmatch(category)
    return whole[1] if whole and category not in known and whole[1] in known else category


def joined(first: Column, second: Column) -> Column:
    """The rows of ``first``, then of ``second``, a column of the same name and kind, in the spelling of ``first``."""
    second = respelled(second, set(first.categories))
    categories = tuple(sorted({*first.categories, *second.categories}))
    place = {category: i for i, category in enumerate(categories)}
    codes = [np.array([place[c] for c in column.categories] + [-1]) for column in (first, second)]
    if first.kind == "text":
        values = np.concatenate([codes[0][first.values], codes[1][second.values]])
    else:
        values = np.concatenate([first.values, second.values])
    return Column(first.name, first.kind, values, categories, first.sign)


def row_number(row: int) -> str:
    """``row 7``, counted from 1."""
    return f"row {row + 1:,}"


@dataclass(frozen=True)
class Truth:
    """What is known only about a generated regression: new rows with the target's true mean, and the noise around it.

    ``columns`` and ``y`` (rows,) are the new rows, ``mean`` the true mean (rows,) at any features (rows, d), in the order of
    the columns; ``noise_variance`` is the least possible expected squared error.
    ``best_ridge`` is, for a linear teacher, the L of argmin |Xw - y|^2 + L |w|^2 with the least expected error, d v / |b|^2
    for d features, weights b and noise of variance v, whatever the number of rows (Nakkiran et al. 2020, arXiv 2003.01897).
    """

    columns: tuple[Column, ...]
    y: Array
    mean: Callable[[Array], Array]
    noise_variance: float
    best_ridge: float | None


@dataclass(frozen=True)
class Dataset:
    """What is learned from what.

    ``y`` (rows,) is float64 for a regression, or (rows, k) for one of k numbers at once; the int64 index into
    ``class_names`` for a classification; ``class_kind`` is the kind of the target's cells. ``title`` is the line that
    describes the data to a person ("moons, noise 0.35"), ``notes`` are what was decided while reading. ``groups`` (rows,) are
    integers: rows of one group are never trained on and tested at once. ``weights`` (rows,) are frequencies: a row of weight
    2 counts as two such rows; None if each counts once.
    ``in_time``: the rows stand in the order of time, and none is trained on that is later than one that is tested.
    ``truth`` is what is known of generated data, ``asked`` the options that the data were loaded with, by name and resolved;
    of arrays there are none. ``relevant`` are the names of the columns that a generated target depends on, noise aside; None
    for tables that were not generated. ``place`` says where a row stands in the user's table ("line 7", "row 7").
    """

    name: str
    title: str
    task: Task
    target: str
    columns: tuple[Column, ...]
    y: Array
    class_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    groups: Array | None = None
    weights: Array | None = None
    in_time: bool = False
    truth: Truth | None = None
    asked: Mapping[str, Any] = field(default_factory=dict)
    place: Callable[[int], str] = row_number
    class_kind: Kind = "text"
    relevant: tuple[str, ...] | None = None

    def without(self, names: Collection[str]) -> "Dataset":
        """The dataset without the columns of these names."""
        columns = tuple(column for column in self.columns if column.name not in names)
        relevant = None if self.relevant is None else tuple(name for name in self.relevant if name not in names)
        return replace(self, columns=columns, relevant=relevant)

    @property
    def rows(self) -> int:
        """How many rows there are, test rows included."""
        return len(self.y)

    @property
    def n_outputs(self) -> int:
        """Outputs of the network: one for each number, one for two classes, one a class for more."""
        if self.y.ndim == 2:
            return int(self.y.shape[1])
        return len(self.class_names) if len(self.class_names) > 2 else 1

    @property
    def loss(self) -> LossName:
        """What a network is trained on for this target."""
        if self.task == "regression":
            return "squared-error"
        return "cross-entropy" if self.n_outputs > 1 else "binary-cross-entropy"

    def weight(self, rows: Array) -> Array | None:
        """The weights of some rows, (rows,); None if each counts once."""
        return None if self.weights is None else self.weights[rows]

    @property
    def fingerprint(self) -> str:
        """SHA-256 over names, kinds, categories, values and target: two tables with the same one are the same data."""
        digest = hashlib.sha256(repr((self.task, self.target, self.class_names)).encode())
        for column in self.columns:
            digest.update(repr((column.name, column.kind, column.categories)).encode())
            digest.update(np.ascontiguousarray(column.values).tobytes())
        digest.update(np.ascontiguousarray(self.y).tobytes())
        if self.groups is not None:
            digest.update(self.groups.tobytes())
        if self.weights is not None:
            digest.update(b"weights" + self.weights.tobytes())
        return digest.hexdigest()


@dataclass(frozen=True)
class Split:
    """Which rows are trained on, and which are kept only for reporting."""

    train: Array
    test: Array


def numeric_columns(X: Array, names: Sequence[str]) -> tuple[Column, ...]:
    """The columns of a matrix of numbers (rows, d)."""
    return tuple(
        Column(name, "number", np.ascontiguousarray(x, dtype=np.float64)) for name, x in zip(names, X.T, strict=True)
    )
