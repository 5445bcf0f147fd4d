"""From a table's columns to a matrix, by statistics of the training rows only, which are kept and saved as JSON.

``rules`` says what becomes of one column.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from wdcli.array import Array
from wdcli.data.dataset import Column, Kind
from wdcli.data.rules import (
    MOST_CATEGORIES,
    Far,
    NumberRule,
    Rule,
    Unseen,
    fit_rule,
    mean_and_scale,
    remembered,
    rule_from_json,
    standardised,
)
from wdcli.errors import DataError
from wdcli.text import quoted

LARGEST = 1e18
"""Numbers beyond this, whose squares leave float32, are refused."""
MAX_BYTES = 4 << 30
"""An encoded table larger than this is refused before it is made."""


@dataclass(frozen=True)
class Encoding:
    """How each column becomes numbers; ``dropped`` says why other columns don't."""

    rules: tuple[Rule, ...]
    dropped: tuple[tuple[str, str], ...] = ()

    @classmethod
    def fit(
        cls, columns: Sequence[Column], rows: Array, scale: bool = True, most: int = MOST_CATEGORIES,
        weights: Array | None = None,
    ) -> "Encoding":  # fmt: skip
        """Learn the encoding from the given (training) rows; at most ``most`` categories of a column have columns.

        A row of weight 2, of ``weights`` (rows,), counts as two rows. Raises ``DataError`` if no column is left.
        """
        rules: list[Rule] = []
        dropped: list[tuple[str, str]] = []
        for column in columns:
            found = fit_rule(column.take(rows), scale, most, weights)
            if isinstance(found, str):
                dropped.append((column.name, found))
            else:
                rules.append(found)
        if not rules:
            raise DataError(
                "No column is left to learn from: each is constant, empty, or different in every row. Add columns or rows."
            )
        return cls(remembered(rules), tuple(dropped))

    @property
    def feature_names(self) -> list[str]:
        """The names of the matrix's columns."""
        return [name for rule in self.rules for name in rule.names]

    @property
    def columns(self) -> list[str]:
        """The table's columns that the matrix is made from."""
        return [rule.column for rule in self.rules]

    @property
    def feature_columns(self) -> list[str]:
        """For each of the matrix's columns, the table's column that it is made from."""
        return [rule.column for rule in self.rules for _ in rule.names]

    def transform(self, columns: Sequence[Column], rows: Array, dtype: str) -> Array:
        """The matrix (rows, features) of the given rows.

        All columns must be present (``Model.check_columns``). Raises ``DataError`` if the matrix would not fit into
        ``MAX_BYTES``, or for a value that is too large to train on.
        """
        by_name = {column.name: column for column in columns}
        width = len(self.feature_names)
        if width * len(rows) * np.dtype(dtype).itemsize > MAX_BYTES:
            raise DataError(
                f"{len(rows):,} rows with {width:,} columns after one-hot encoding need more than "
                f"{MAX_BYTES >> 30} GiB: leave out text columns (--drop), or lower --max-categories."
            )
        X = np.empty((len(rows), width), dtype=dtype)
        start = 0
        for rule in self.rules:
            for made in rule.apply(by_name[rule.column].take(rows)):
                X[:, start] = bounded(made, rule.column)
                start += 1
        return X

    def unseen(self, columns: Sequence[Column]) -> list[Unseen]:
        """The cells of new rows that are like none in training, column by column."""
        by_name = {column.name: column for column in columns}
        return [found for rule in self.rules for found in rule.unseen(by_name[rule.column])]

    def far(self, columns: Sequence[Column]) -> list[Far]:
        """The numbers of new rows that lie far from the training numbers, column by column."""
        by_name = {column.name: column for column in columns}
        found = [rule.far(by_name[rule.column]) for rule in self.rules if isinstance(rule, NumberRule)]
        return [far for far in found if far is not None]

    def resigned(self, columns: Sequence[Column]) -> list[tuple[str, str, str]]:
        """The columns of new rows with another currency or percent sign than in training, or without: name, old, new sign."""
        by_name = {column.name: column for column in columns if not column.missing.all()}
        rules = [rule for rule in self.rules if isinstance(rule, NumberRule) and rule.column in by_name]
        signs = [(rule.column, rule.sign, by_name[rule.column].sign) for rule in rules]
        return [(name, old, new) for name, old, new in signs if old is not None and old != new]

    def narrowed(self, features: Sequence[int]) -> tuple["Encoding", tuple[int, ...]]:
        """The rules that make some of the matrix's columns, and those columns' places in what they make."""
        rules: list[Rule] = []
        places: list[int] = []
        start = made = 0
        for rule in self.rules:
            width = len(rule.names)
            wanted = [feature - start for feature in features if start <= feature < start + width]
            if wanted:
                rules.append(rule)
                places += [made + place for place in wanted]
                made += width
            start += width
        return Encoding(tuple(rules)), tuple(places)

    @property
    def kinds(self) -> dict[str, Kind]:
        """The kind that each column must have."""
        return {rule.column: rule.kind for rule in self.rules}

    def to_json(self) -> list[dict[str, Any]]:
        """The rules as plain data."""
        return [asdict(rule) for rule in self.rules]

    @classmethod
    def from_json(cls, rules: Sequence[Any]) -> "Encoding":
        """The encoding that ``to_json`` wrote; raises ``ValueError`` for anything else."""
        made = tuple(rule_from_json(rule) for rule in rules)
        if len({rule.column for rule in made}) < len(made):
            raise ValueError("a column's rule is damaged")
        return cls(made)


def bounded(values: Array, name: str) -> Array:
    """The values, which must lie within ``LARGEST``; raises ``DataError``."""
    largest = values.flat[np.abs(values).argmax()] if len(values) else 0.0
    if abs(largest) > LARGEST:
        raise DataError(
            f"Column {quoted(name)} holds a value that is {largest:.2g} after scaling, too large to train on: "
            "correct it, or leave the cell empty."
        )
    return values


@dataclass(frozen=True)
class TargetScale:
    """A regression's target is learned as ``(y - mean) / scale`` of the training rows; 0 and 1 leave it as it is.

    Of several targets, each has its own mean and scale.
    """

    mean: float | tuple[float, ...] = 0.0
    scale: float | tuple[float, ...] = 1.0

    def __post_init__(self) -> None:
        if np.shape(self.mean) != np.shape(self.scale):
            raise ValueError("each target has one mean and one scale")

    @property
    def targets(self) -> int:
        """The number of targets."""
        return len(self.scale) if isinstance(self.scale, tuple) else 1

    @classmethod
    def fit(cls, y: Array, weights: Array | None = None) -> "TargetScale":
        """Mean and (1/n) standard deviation of the training rows' target, with ``weights`` (rows,)."""
        if y.ndim == 2:
            each = [cls.fit(column, weights) for column in y.T]
            return cls(tuple(one.mean for one in each), tuple(one.scale for one in each))  # type: ignore[misc]
        mean, scale = mean_and_scale(y, weights)
        return cls(mean, scale or 1.0)

    def apply(self, y: Array) -> Array:
        """From the target's own units to those of the loss."""
        return standardised(y, np.asarray(self.mean), np.asarray(self.scale))

    def undo(self, z: Array) -> Array:
        """From the units of the loss to the target's own."""
        return np.asarray(z * np.asarray(self.scale) + np.asarray(self.mean))

    def unit_in(self, other: "TargetScale") -> float | tuple[float, ...]:
        """How many of another scale's units one unit of squared error has, for each target."""
        if isinstance(self.scale, tuple):
            return tuple(((np.array(self.scale) / np.array(other.scale)) ** 2).tolist())
        return (self.scale / other.scale) ** 2  # type: ignore[operator]
