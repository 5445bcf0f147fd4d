"""Losses: averaged over rows, and squared error over outputs too. Targets Y are one-hot, 0/1 or numbers: (rows,
outputs), or (lanes, rows, outputs) if every lane has its own rows.

z is the network's raw output (lanes, rows, outputs). ``each``, ``errors`` and ``constant`` are for evaluation and work in
float64. ``gradient``, the only one used in a training step, overwrites z with the gradient of the mean loss with
respect to z.
"""

from typing import Protocol

import numpy as np

from wdcli.array import Array
from wdcli.names import LossName
from wdcli.nn.activations import logistic
from wdcli.nn.arrays import lane_sum, n_rows


class Loss(Protocol):
    """A loss that networks are trained on."""

    def each(self, Y: Array, z: Array) -> Array:
        """The loss of each row, (lanes, rows)."""

    def gradient(self, Y: Array, z: Array) -> None:
        """Overwrite z with d mean loss / d z."""

    def constant(self, Y: Array, held: Array) -> float:
        """The loss on the rows ``held`` of the constant output that is best for the rows Y.

        With ``held`` = Y, it is the loss of the best network with biases only.
        """

    def expected(self, z: Array) -> Array:
        """The target that raw outputs z (..., outputs) predict: class probabilities, or numbers."""

    def errors(self, Y: Array, z: Array) -> Array:
        """Summed errors of each lane, (lanes,): wrong rows for classes, squared residuals for numbers."""


class BinaryCrossEntropy:
    """-[y ln p + (1 - y) ln(1 - p)] with p = logistic(z), one output."""

    def each(self, Y: Array, z: Array) -> Array:
        wide = z.astype(np.float64)
        losses = np.maximum(wide, 0) - wide * Y + np.log1p(np.exp(-np.abs(wide)))
        return np.asarray(losses[..., 0])

    def gradient(self, Y: Array, z: Array) -> None:
        logistic(z, out=z)
        z -= Y
        z *= 1 / n_rows(Y)

    def constant(self, Y: Array, held: Array) -> float:
        return _cross_entropy_of_shares(*(np.concatenate([y, 1 - y], axis=1) for y in (Y, held)))

    def expected(self, z: Array) -> Array:
        return logistic(z)

    def errors(self, Y: Array, z: Array) -> Array:
        return lane_sum((z > 0) != (Y > 0.5))


class CrossEntropy:
    """-ln softmax(z)[class], Y one-hot."""

    def each(self, Y: Array, z: Array) -> Array:
        wide = z.astype(np.float64)
        wide -= _largest(wide)
        ones = np.ones(z.shape[-1])
        return np.asarray(np.log(np.exp(wide) @ ones) - (wide * Y) @ ones)

    def gradient(self, Y: Array, z: Array) -> None:
        softmax(z, out=z)
        z -= Y
        z *= 1 / n_rows(Y)

    def constant(self, Y: Array, held: Array) -> float:
        return _cross_entropy_of_shares(Y, held)

    def expected(self, z: Array) -> Array:
        return softmax(z)

    def errors(self, Y: Array, z: Array) -> Array:
        return lane_sum(z.argmax(axis=-1) != Y.argmax(axis=-1))


class SquaredError:
    """(y - z)^2, without a half, averaged over the outputs."""

    def each(self, Y: Array, z: Array) -> Array:
        return np.asarray(((z - Y.astype(np.float64)) ** 2).mean(axis=-1))

    def gradient(self, Y: Array, z: Array) -> None:
        z -= Y
        z *= 2 / (n_rows(Y) * Y.shape[-1])

    def constant(self, Y: Array, held: Array) -> float:
        return float(((held - Y.mean(axis=0, dtype=np.float64)) ** 2).mean())

    def expected(self, z: Array) -> Array:
        return z

    def errors(self, Y: Array, z: Array) -> Array:
        return lane_sum((z - Y.astype(np.float64)) ** 2)


LOSSES: dict[LossName, Loss] = {
    "binary-cross-entropy": BinaryCrossEntropy(),
    "cross-entropy": CrossEntropy(),
    "squared-error": SquaredError(),
}


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


def _cross_entropy_of_shares(onehot: Array, held: Array) -> float:
    """-sum over classes of the share in ``held`` times the log of the share in ``onehot``; infinite if ``held`` has a
    class that ``onehot`` lacks.
    """
    shares, wanted = (Y.mean(axis=0, dtype=np.float64) for Y in (onehot, held))
    there = wanted > 0
    with np.errstate(divide="ignore"):
        return float(-(wanted[there] * np.log(shares[there])).sum())
