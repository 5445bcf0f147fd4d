"""Sums per lane, and the rows of lanes."""

from collections.abc import Iterator

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


def chunks(rows: int) -> Iterator[slice]:
    """The rows in slices of at most ``CHUNK``."""
    for start in range(0, rows, CHUNK):
        yield slice(start, min(start + CHUNK, rows))
