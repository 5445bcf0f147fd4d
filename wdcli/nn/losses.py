"""Losses: averaged over rows, and squared error over outputs too. Targets Y are one-hot, 0/1 or numbers: (rows,
outputs), or (lanes, rows, outputs) if every lane has its own rows. So are weights, (rows, 1) or (lanes, rows, 1): a row of
weight 2 counts twice. Their mean over all rows is 1; None stands for rows that count alike.

z is the network's raw output (lanes, rows, outputs). ``each``, ``errors`` and ``constant`` are for evaluation and work in
float64. ``gradient``, the only one used in a training step, overwrites z with the gradient of the mean loss with
respect to z.
"""

from typing import Protocol

import numpy as np

from wdcli.array import Array
from wdcli.names import LossName
from wdcli.nn.activations import logistic
from wdcli.nn.arrays import Examples, lane_sum, mean_row, n_rows, weighted


class Loss(Protocol):
    """A loss that networks are trained on."""

    def each(self, Y: Array, z: Array) -> Array:
        """The loss of each row, (lanes, rows)."""

    def gradient(self, Y: Array, z: Array, weights: Array | None = None) -> None:
        """Overwrite z with d mean loss / d z."""

    def constant(self, fitted: Examples, measured: Examples) -> float:
        """The loss on the ``measured`` rows of the constant output that is best for the ``fitted`` ones.

        If these are the same, it is the loss of the best network with biases only.
        """

    def expected(self, z: Array) -> Array:
        """The target that raw outputs z (..., outputs) predict: class probabilities, or numbers."""

    def errors(self, Y: Array, z: Array, weights: Array | None = None) -> Array:
        """Summed errors: wrong rows of each lane, (lanes, 1), for numbers squared residuals, (lanes, outputs)."""


class BinaryCrossEntropy:
    """-[y ln p + (1 - y) ln(1 - p)] with p = logistic(z), one output."""

    def each(self, Y: Array, z: Array) -> Array:
        wide = z.astype(np.float64)
        losses = np.maximum(wide, 0) - wide * Y + np.log1p(np.exp(-np.abs(wide)))
        return np.asarray(losses[..., 0])

    def gradient(self, Y: Array, z: Array, weights: Array | None = None) -> None:
        logistic(z, out=z)
        z -= Y
        z *= _share(1 / n_rows(Y), weights)

    def constant(self, fitted: Examples, measured: Examples) -> float:
        return _cross_entropy_of_shares(fitted, measured)

    def expected(self, z: Array) -> Array:
        return logistic(z)

    def errors(self, Y: Array, z: Array, weights: Array | None = None) -> Array:
        return lane_sum(weighted((z > 0) != (Y > 0.5), weights))[:, None]


class CrossEntropy:
    """-ln softmax(z)[class], Y one-hot."""

    def each(self, Y: Array, z: Array) -> Array:
        wide = z.astype(np.float64)
        wide -= _largest(wide)
        ones = np.ones(z.shape[-1])
        return np.asarray(np.log(np.exp(wide) @ ones) - (wide * Y) @ ones)

    def gradient(self, Y: Array, z: Array, weights: Array | None = None) -> None:
        softmax(z, out=z)
        z -= Y
        z *= _share(1 / n_rows(Y), weights)

    def constant(self, fitted: Examples, measured: Examples) -> float:
        return _cross_entropy_of_shares(fitted, measured)

    def expected(self, z: Array) -> Array:
        return softmax(z)

    def errors(self, Y: Array, z: Array, weights: Array | None = None) -> Array:
        wrong = z.argmax(axis=-1) != Y.argmax(axis=-1)
        return lane_sum(weighted(wrong[..., None], weights))[:, None]


class SquaredError:
    """(y - z)^2, without a half, averaged over the outputs."""

    def each(self, Y: Array, z: Array) -> Array:
        return np.asarray(((z - Y.astype(np.float64)) ** 2).mean(axis=-1))

    def gradient(self, Y: Array, z: Array, weights: Array | None = None) -> None:
        z -= Y
        z *= _share(2 / (n_rows(Y) * Y.shape[-1]), weights)

    def constant(self, fitted: Examples, measured: Examples) -> float:
        squares = weighted((measured.Y - mean_row(fitted.Y, fitted.weights)) ** 2, measured.weights)
        return float(squares.mean()) if len(squares) else np.nan

    def expected(self, z: Array) -> Array:
        return z

    def errors(self, Y: Array, z: Array, weights: Array | None = None) -> Array:
        squares = weighted((z - Y.astype(np.float64)) ** 2, weights)
        return np.stack([lane_sum(squares[..., k]) for k in range(Y.shape[-1])], axis=1)


LOSSES: dict[LossName, Loss] = {
    "binary-cross-entropy": BinaryCrossEntropy(),
    "cross-entropy": CrossEntropy(),
    "squared-error": SquaredError(),
}


def class_shares(Y: Array, weights: Array | None) -> Array:
    """The share of each class among rows, one-hot or 0/1 (rows, outputs), with weights (rows, 1): (classes,)."""
    return mean_row(Y if Y.shape[1] > 1 else np.concatenate([1 - Y, Y], axis=1), weights)


def softmax(z: Array, out: Array | None = None) -> Array:
    """exp(z) / sum exp(z) over the last axis, shifted by the largest value to prevent overflow."""
    shares = np.subtract(z, _largest(z), out=out)
    np.exp(shares, out=shares)
    # A product with ones puts the sum into every column: on a short last axis, faster than NumPy's sum and division.
    shares /= shares @ np.ones((z.shape[-1], z.shape[-1]), dtype=z.dtype)
    return np.asarray(shares)


def _largest(z: Array) -> Array:
    """Maximum over the last axis, which is kept; a loop over columns beats NumPy's reduction over a short axis."""
    largest = z[..., :1].copy()
    for column in range(1, z.shape[-1]):
        np.maximum(largest, z[..., column : column + 1], out=largest)
    return largest


def _share(share: float, weights: Array | None) -> Array | float:
    """What each row counts in the mean loss."""
    return share if weights is None else weights * share


def _cross_entropy_of_shares(fitted: Examples, measured: Examples) -> float:
    """-sum over classes of the share in ``measured.Y`` times the log of that in ``fitted.Y``; infinite for a class that
    ``fitted`` lacks.
    """
    if not len(measured.Y):
        return np.nan
    shares, wanted = (class_shares(e.Y, e.weights) for e in (fitted, measured))
    there = wanted > 0
    with np.errstate(divide="ignore"):
        return float(-(wanted[there] * np.log(shares[there])).sum())
