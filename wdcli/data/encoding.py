"""From a table's columns to a matrix, by statistics of the training rows alone, which are kept and saved as JSON.

Numbers, booleans and dates: missing cells get the mean, and a column of their own says where; then (x - mean) / scale with
the (1/n) standard deviation (scikit-learn's ``SimpleImputer`` and ``StandardScaler``). Text: one-hot over the categories that
stand in at least two training rows; the others share the column "other", and so do categories never seen
(``OneHotEncoder(min_frequency=2, handle_unknown="infrequent_if_exist")``): how a network treats an unknown category is
learned from the rare ones. Missing text has a column of its own. One-hot and missing columns are 0 or 1, not rescaled.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np

from wdcli.data.dataset import Array, Column, Kind
from wdcli.errors import DataError
from wdcli.text import quoted

RARE = 2
"""A category in fewer training rows than this shares the column "other"."""
LARGEST = 1e18
"""Numbers beyond this, whose squares leave float32, are refused."""
SMALLEST = 4 * float(np.finfo(np.float64).tiny)
"""A deviation below this is none."""
MAX_BYTES = 4 << 30
"""An encoded table larger than this is refused before it is made."""


@dataclass(frozen=True)
class NumberRule:
    """``(x - mean) / scale``, ``fill`` for a missing x; no value column if ``scale`` is None; a flag if ``missing``."""

    column: str
    kind: Kind
    fill: float
    mean: float
    scale: float | None
    missing: bool

    @property
    def names(self) -> list[str]:
        """What the matrix's columns are called."""
        return [self.column] * (self.scale is not None) + [f"{self.column}=missing"] * self.missing

    @property
    def sound(self) -> bool:
        """Whether it holds what such a rule can hold, wherever it comes from."""
        numbers = (self.fill, self.mean, 1.0 if self.scale is None else self.scale)
        return (
            isinstance(self.column, str)
            and self.kind in ("number", "boolean", "date")
            and isinstance(self.missing, bool)
            and all(isinstance(number, (int, float)) and math.isfinite(number) for number in numbers)
            and numbers[-1] >= SMALLEST
        )

    def apply(self, column: Column) -> list[Array]:
        """The matrix's columns, float64."""
        made = []
        if self.scale is not None:
            filled = np.where(column.missing, self.fill, column.values)
            made.append(_standardised(filled, self.mean, self.scale))
        return made + [column.missing.astype(np.float64)] * self.missing


@dataclass(frozen=True)
class TextRule:
    """One column a category; ``other`` for rare and unseen ones, ``missing`` for empty cells."""

    column: str
    categories: tuple[str, ...]
    other: bool
    missing: bool
    kind: Kind = "text"

    @property
    def names(self) -> list[str]:
        """What the matrix's columns are called."""
        extra = ["other"] * self.other + ["missing"] * self.missing
        return [f"{self.column}={value}" for value in (*self.categories, *extra)]

    @property
    def sound(self) -> bool:
        """Whether it holds what such a rule can hold, wherever it comes from."""
        return all(isinstance(text, str) for text in (self.column, *self.categories)) and all(
            isinstance(flag, bool) for flag in (self.other, self.missing)
        )

    def apply(self, column: Column) -> list[Array]:
        """The matrix's columns, float64."""
        place = {category: i for i, category in enumerate(column.categories)}
        codes = [place.get(category, -2) for category in self.categories]
        made = [column.values == code for code in codes]
        if self.other:
            made.append(~np.isin(column.values, [*codes, -1] if self.missing else codes))
        if self.missing:
            made.append(column.missing)
        return [one.astype(np.float64) for one in made]


Rule: TypeAlias = NumberRule | TextRule


@dataclass(frozen=True)
class Encoding:
    """How each column becomes numbers; ``dropped`` says of the columns that don't why not."""

    rules: tuple[Rule, ...]
    dropped: tuple[tuple[str, str], ...] = ()

    @classmethod
    def fit(cls, columns: Sequence[Column], rows: Array, scale: bool = True) -> "Encoding":
        """Learn the encoding from the given (training) rows.

        Raises ``DataError`` if no column is left.
        """
        rules: list[Rule] = []
        dropped: list[tuple[str, str]] = []
        for column in columns:
            found = _text_rule(column.take(rows)) if column.kind == "text" else _number_rule(column.take(rows), scale)
            if isinstance(found, str):
                dropped.append((column.name, found))
            else:
                rules.append(found)
        if not rules:
            raise DataError(
                "No column is left to learn from: every one is constant, empty, or different in every row. Add columns or rows."
            )
        return cls(tuple(rules), tuple(dropped))

    @property
    def feature_names(self) -> list[str]:
        """The names of the matrix's columns."""
        return [name for rule in self.rules for name in rule.names]

    def transform(self, columns: Sequence[Column], rows: Array, dtype: str) -> Array:
        """The matrix (rows, features) of the given rows.

        The columns must be there (``Model.check_columns``). Raises ``DataError`` if the matrix would not fit into
        ``MAX_BYTES``, or for a value that is too large to train on.
        """
        by_name = {column.name: column for column in columns}
        width = len(self.feature_names)
        if width * len(rows) * np.dtype(dtype).itemsize > MAX_BYTES:
            raise DataError(
                f"{len(rows):,} rows with {width:,} columns after one-hot encoding need more than "
                f"{MAX_BYTES >> 30} GiB: leave out text columns with many categories."
            )
        X = np.empty((len(rows), width), dtype=dtype)
        start = 0
        for rule in self.rules:
            for made in rule.apply(by_name[rule.column].take(rows)):
                X[:, start] = bounded(made, rule.column)
                start += 1
        return X

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
    def from_json(cls, rules: Sequence[Mapping[str, Any]]) -> "Encoding":
        """The encoding that ``to_json`` wrote; raises ``TypeError``, ``KeyError`` or ``ValueError`` for anything else."""
        made: list[Rule] = []
        for rule in rules:
            if rule["kind"] == "text":
                made.append(TextRule(**{**rule, "categories": tuple(rule["categories"])}))
            else:
                made.append(NumberRule(**rule))
        if not all(rule.sound for rule in made) or len({rule.column for rule in made}) < len(made):
            raise ValueError("a column's rule is damaged")
        return cls(tuple(made))


def mean_and_scale(values: Array) -> tuple[float, float]:
    """Mean and (1/n) standard deviation, taken of values / max|value| so that numbers near 1e300 don't overflow.

    A deviation that is no normal number, as of values near 1e-310, is 0: nothing can be divided by it.
    """
    peak = float(np.abs(values).max(initial=0.0))
    if peak == 0:
        return 0.0, 0.0
    shares = values / peak
    scale = float(shares.std()) * peak
    return float(shares.mean()) * peak, scale if scale >= SMALLEST else 0.0


def _standardised(values: Array, mean: float, scale: float) -> Array:
    """(values - mean) / scale; halves are subtracted, since the difference of two numbers near 1e308 overflows.

    Infinite for a value that is too far off.
    """
    with np.errstate(over="ignore"):
        return np.asarray((values / 2 - mean / 2) / (scale / 2))


def bounded(values: Array, name: str) -> Array:
    """The values, which must lie within ``LARGEST``; raises ``DataError``."""
    largest = values[np.abs(values).argmax()] if len(values) else 0.0
    if abs(largest) > LARGEST:
        raise DataError(
            f"Column {quoted(name)} holds a value that is {largest:.2g} after scaling, too large to train on: "
            "correct it, or leave the cell empty."
        )
    return values


def _number_rule(column: Column, scale: bool) -> NumberRule | str:
    missing = column.missing
    given = column.values[~missing]
    if not len(given):
        return "no values in the training rows"
    flag = bool(missing.any())
    fill, _ = mean_and_scale(given)
    if _constant(given):
        return NumberRule(column.name, column.kind, fill, fill, None, True) if flag else "constant"
    mean, spread = mean_and_scale(np.where(missing, fill, column.values))
    if not scale or spread == 0:
        mean, spread = 0.0, 1.0
    return NumberRule(column.name, column.kind, fill, mean, spread, flag)


def _constant(values: Array) -> bool:
    """Whether the values are all alike but for rounding, by scikit-learn's rule for ``StandardScaler``."""
    shares = values / max(float(np.abs(values).max()), np.finfo(float).tiny)
    variance, slack = float(shares.var()), len(values) * np.finfo(float).eps
    return bool(variance <= slack * variance + (slack * float(shares.mean())) ** 2)


def _text_rule(column: Column) -> TextRule | str:
    rows = np.bincount(column.values[column.values >= 0], minlength=len(column.categories))
    flag = bool(column.missing.any())
    common = tuple(c for c, n in zip(column.categories, rows, strict=True) if n >= RARE)
    rare = int(((rows > 0) & (rows < RARE)).sum())
    if not rows.any():
        return "no values in the training rows"
    if not common and not flag and rare:
        return "different in every row (an identifier?)"
    if len(common) + bool(rare) + flag < 2:
        return "constant"
    return TextRule(column.name, common, rare > 0, flag)


@dataclass(frozen=True)
class TargetScale:
    """A regression's target is learned as ``(y - mean) / scale`` of the training rows; 0 and 1 leave it as it is."""

    mean: float = 0.0
    scale: float = 1.0

    @classmethod
    def fit(cls, y: Array) -> "TargetScale":
        """Mean and (1/n) standard deviation of the training rows' target."""
        mean, scale = mean_and_scale(y)
        return cls(mean, scale or 1.0)

    def apply(self, y: Array) -> Array:
        """From the target's own units to those of the loss."""
        return _standardised(y, self.mean, self.scale)
