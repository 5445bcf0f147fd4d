"""Sums per lane, and rows with a column of ones."""

from collections.abc import Iterator

import numpy as np

from wdcli.array import Array

CHUNK = 256
"""Rows that are evaluated at once; fixed, so that sums are always taken in the same order."""


def lane_sum(values: Array) -> Array:
    """Sum over all axes but the first, in float64: (lanes, ...) -> (lanes,).

    The values are made contiguous float64 first: NumPy's casting reductions run through a buffer whose boundaries, and
    so whose rounding, would depend on how many lanes there are.
    """
    flat = np.ascontiguousarray(values, dtype=np.float64).reshape(len(values), -1)
    return np.asarray(flat.sum(axis=1))


def lane_norm(values: Array) -> Array:
    """Euclidean norm over all axes but the first, in float64: (lanes, ...) -> (lanes,)."""
    flat = np.ascontiguousarray(values, dtype=np.float64).reshape(len(values), -1)
    return np.asarray(np.sqrt(np.vecdot(flat, flat)))


def with_ones(X: Array) -> Array:
    """X with a last column of ones, which the biases are multiplied with: (..., rows, d) -> (..., rows, d + 1).

    Its columns are contiguous: BLAS takes half the time to multiply such a matrix with a vector, and the same with a matrix.
    """
    *lanes, rows, d = X.shape
    wide = np.ones((*lanes, d + 1, rows), dtype=X.dtype).swapaxes(-1, -2)
    wide[..., :-1] = X
    return wide


def n_rows(values: Array) -> int:
    """How many rows there are in (rows, .), or in each lane of (lanes, rows, .)."""
    return int(values.shape[-2])


def chunks(rows: int) -> Iterator[slice]:
    """The rows in slices of at most ``CHUNK``."""
    for start in range(0, rows, CHUNK):
        yield slice(start, min(start + CHUNK, rows))
