"""Sums per lane, and the rows that lanes learn from."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from wdcli.array import Array

CHUNK = 256
"""Rows evaluated at once; fixed, so that sums are always taken in the same order."""


def lane_sum(values: Array) -> Array:
    """Sum over all axes but the first, in float64: (lanes, ...) -> (lanes,).

    The values are first copied to contiguous float64: NumPy's casting reductions work through a buffer, whose
    boundaries (and therefore the rounding) would depend on the number of lanes.
    """
    flat = np.ascontiguousarray(values, dtype=np.float64).reshape(len(values), -1)
    return np.asarray(flat.sum(axis=1))


def lane_norm(values: Array) -> Array:
    """Euclidean norm over all axes but the first, in float64: (lanes, ...) -> (lanes,)."""
    flat = np.ascontiguousarray(values, dtype=np.float64).reshape(len(values), -1)
    return np.asarray(np.sqrt(np.vecdot(flat, flat)))


def weighted(values: Array, weights: Array | None) -> Array:
    """Values (..., rows, n) times their rows' weights (..., rows, 1); None: as they are."""
    return values if weights is None else values * weights


def mean_row(values: Array, weights: Array | None) -> Array:
    """The mean over rows of values (rows, n), with weights (rows, 1) of mean 1: (n,), float64; nan for no rows."""
    if not len(values):
        return np.full(values.shape[1], np.nan)
    return np.asarray(weighted(values, weights).mean(axis=0, dtype=np.float64))


def with_ones(X: Array) -> Array:
    """Append a column of ones to X, to multiply the biases: (..., rows, d) -> (..., rows, d + 1).

    The columns are contiguous: this halves the time of a BLAS matrix-vector product and doesn't slow matrix-matrix
    ones.
    """
    *lanes, rows, d = X.shape
    wide = np.ones((*lanes, d + 1, rows), dtype=X.dtype).swapaxes(-1, -2)
    wide[..., :-1] = X
    return wide


def n_rows(values: Array) -> int:
    """The number of rows in (rows, .), or in each lane of (lanes, rows, .)."""
    return int(values.shape[-2])


def taken(values: Array, lane: Array, order: Array | None = None) -> Array:
    """Rows in this order (default: unchanged), from shared (rows, .) or from the given lanes of (lanes, rows, .)."""
    if values.ndim == 2:
        return values if order is None else values[order]
    if order is None:
        return values if len(lane) == len(values) else values[lane]
    return np.stack([values[i][order[i]] for i in lane])


class Examples(NamedTuple):
    """Rows that networks learn from, or are measured on: X (rows, d) and Y (rows, outputs).

    ``weights`` (rows, 1) say how much each row counts in the loss, with a mean of 1; None if all count alike. ``counts``
    (rows, 1) say it for scores; None if as in the loss. If every lane has its own rows, all are (lanes, rows, .).
    """

    X: Array
    Y: Array
    weights: Array | None = None
    counts: Array | None = None

    @property
    def in_loss(self) -> tuple[Array, Array, Array | None]:
        """X, Y and the weights of the loss."""
        return self.X, self.Y, self.weights

    @property
    def in_scores(self) -> tuple[Array, Array, Array | None]:
        """X, Y and the weights of scores."""
        return self.X, self.Y, self.weights if self.counts is None else self.counts

    def taken(self, lane: Array, order: Array | None = None) -> "Examples":
        """Rows in this order (default: unchanged), shared or of the given lanes."""
        return Examples(*(None if each is None else taken(each, lane, order) for each in self))  # type: ignore[arg-type]

    def part(self, rows: Array) -> tuple["Examples", float]:
        """Some of the shared rows, whose weights have a mean of 1 again, and their mean before."""
        X, Y, weights = (None if each is None else each[rows] for each in self.in_loss)
        mean = 1 if weights is None else float(weights.mean(dtype=np.float64))
        return Examples(X, Y, None if weights is None else weights / weights.dtype.type(mean)), mean  # type: ignore[arg-type]

    @classmethod
    def stacked(cls, each: Sequence["Examples"]) -> "Examples":
        """A lane for each of some examples of the same shape."""
        X, Y, weights = zip(*(examples.in_loss for examples in each), strict=True)
        return cls(np.stack(X), np.stack(Y), None if weights[0] is None else np.stack(weights))


def chunks(rows: int) -> Iterator[slice]:
    """The rows in slices of at most ``CHUNK``."""
    for start in range(0, rows, CHUNK):
        yield slice(start, min(start + CHUNK, rows))
