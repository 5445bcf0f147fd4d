"""The function of one or two features, as a stored result's JSON object tells it: its grid, and rows to draw beside it."""

import math
from dataclasses import dataclass

from wdcli.figures.values import Json, numbers
from wdcli.text import safe

MOST_POINTS = 1000
"""The most points of an axis of a function's grid."""


@dataclass(frozen=True)
class ShownAxis:
    """A feature's part of the grid."""

    feature: str
    low: float
    high: float
    points: int

    @property
    def values(self) -> tuple[float, ...]:
        """The values of the grid."""
        return tuple(self.low + (self.high - self.low) * i / (self.points - 1) for i in range(self.points))


@dataclass(frozen=True)
class ShownRows:
    """Some rows of the table: their features (features, rows) and target."""

    x: tuple[tuple[float, ...], ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class ShownFunction:
    """The grid on which a network with one or two features was evaluated, and rows of the table to draw beside it."""

    axes: tuple[ShownAxis, ...]
    train: ShownRows
    test: ShownRows
    n_train: int
    n_test: int
    truth: tuple[float, ...]


def function_of(told: Json) -> ShownFunction:
    """The function in a result. Raises ``ValueError`` if its parts don't fit together."""
    axes = tuple(ShownAxis(safe(one["feature"]), float(one["low"]), float(one["high"]), int(one["points"]))
                 for one in told["axes"])  # fmt: skip
    train, test = (_rows(told[name]) for name in ("train", "test"))
    placed = all(len(each) == len(rows.y) for rows in (train, test) for each in rows.x)
    known = all(len(rows.x) == len(axes) in (1, 2) for rows in (train, test)) and placed
    if not known or not all(2 <= axis.points <= MOST_POINTS and axis.low < axis.high < math.inf for axis in axes):
        raise ValueError("not a function that this program has shown")
    return ShownFunction(axes, train, test, int(told["n_train"]), int(told["n_test"]), numbers(told["truth"] or []))


def _rows(told: Json) -> ShownRows:
    return ShownRows(tuple(numbers(each) for each in told["x"]), numbers(told["y"]))
