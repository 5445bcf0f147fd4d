"""The points at which a network's function of one or two columns is evaluated, to be drawn."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wdcli.array import Array
from wdcli.data.dataset import Column, Dataset, numeric_columns
from wdcli.data.encoding import Encoding

POINTS = {1: 201, 2: 64}
"""Points on each axis, by the number of axes; more columns are not drawn."""
MARGIN = 0.05
"""The axes go beyond the rows by this share of their range, on each side."""
MOST_OUTPUTS = 10
"""The function of a network with more outputs is not kept."""


@dataclass(frozen=True)
class Axis:
    """Equally spaced values of a column of numbers, in its own units."""

    feature: str
    low: float
    high: float
    points: int


@dataclass(frozen=True)
class Mesh:
    """All combinations of the axes' values; they don't depend on lambda."""

    axes: tuple[Axis, ...]

    @property
    def points(self) -> Array:
        """The points, (points, axes), in the columns' own units; the first axis varies fastest."""
        values = [np.linspace(axis.low, axis.high, axis.points) for axis in self.axes]
        return np.stack([each.ravel() for each in np.meshgrid(*values[::-1], indexing="ij")[::-1]], axis=1)

    def encoded(self, encoding: Encoding) -> Array:
        """The points as a network sees them, (points, axes), float64."""
        columns = numeric_columns(self.points, [axis.feature for axis in self.axes])
        both = zip(encoding.rules, columns, strict=True)
        return np.column_stack([made for rule, column in both for made in rule.apply(column)])


def mesh_of(dataset: Dataset, rows: Array, encoding: Encoding) -> Mesh | None:
    """The mesh over these rows, training and test rows alike.

    None unless the network sees one or two columns, each of numbers, without a mark of missing cells, and of a range that
    is finite; and for a network with many outputs, or several targets.
    """
    plain = all(rule.kind == "number" and rule.names == [rule.column] for rule in encoding.rules)
    if not plain or len(encoding.rules) not in POINTS or dataset.n_outputs > MOST_OUTPUTS or dataset.y.ndim > 1:
        return None
    by_name = {column.name: column for column in dataset.columns}
    axes = _axes([by_name[rule.column] for rule in encoding.rules], rows)
    return Mesh(axes) if all(math.isfinite(axis.high - axis.low) for axis in axes) else None


def _axes(columns: Sequence[Column], rows: Array) -> tuple[Axis, ...]:
    """An axis for each column, over its values in the rows and a margin."""
    found = []
    for column in columns:
        values = column.values[rows]
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        margin = MARGIN * (high - low)
        found.append(Axis(column.name, low - margin, high + margin, POINTS[len(columns)]))
    return tuple(found)
