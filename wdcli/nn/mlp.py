"""Multi-layer perceptrons as lanes: parameters, and the forward and backward passes of all lanes together.

Each layer is one matrix (fan_in + 1, fan_out) per lane: the weights, with the bias as the last row, which a column of
ones multiplies. A layer therefore takes one product, and so does the gradient of its weights and bias.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wdcli.array import Array
from wdcli.names import ActivationName, LossName
from wdcli.nn.activations import ACTIVATIONS
from wdcli.nn.arrays import chunks, lane_sum, n_rows, with_ones
from wdcli.nn.losses import LOSSES


@dataclass(frozen=True)
class Network:
    """The architecture and its loss. ``sizes``: inputs, units of each hidden layer, outputs, as in (4, 64, 64, 3)."""

    sizes: tuple[int, ...]
    activation: ActivationName
    loss: LossName

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """(fan_in, fan_out) of each weight matrix, from layer 1 to the output layer."""
        return list(zip(self.sizes[:-1], self.sizes[1:], strict=True))

    @property
    def n_parameters(self) -> int:
        """Weights and biases of one lane."""
        return sum((fan_in + 1) * fan_out for fan_in, fan_out in self.shapes)


@dataclass(frozen=True)
class Params:
    """Parameters of all lanes (or their gradients, or anything of their shape) in one buffer (lanes, P).

    ``matrices`` are views (lanes, fan_in + 1, fan_out) of it, ``weights`` their first rows, ``biases`` their last.
    """

    buffer: Array
    matrices: list[Array]

    @classmethod
    def view(cls, network: Network, buffer: Array) -> "Params":
        """The parameters stored in ``buffer`` (lanes, P); nothing is copied."""
        matrices, start = [], 0
        for fan_in, fan_out in network.shapes:
            stop = start + (fan_in + 1) * fan_out
            matrices.append(buffer[:, start:stop].reshape(len(buffer), fan_in + 1, fan_out))
            start = stop
        return cls(buffer, matrices)

    def take(self, lanes: slice) -> "Params":
        """The parameters of some of the lanes; nothing is copied."""
        return Params(self.buffer[lanes], [matrix[lanes] for matrix in self.matrices])

    def exact(self, network: Network) -> "Params":
        """The same parameters in float64, for measuring: float32 sums lose digits where large terms cancel."""
        return Params.view(network, self.buffer.astype(np.float64))

    @property
    def lanes(self) -> int:
        """The number of networks."""
        return len(self.buffer)

    @property
    def weights(self) -> list[Array]:
        """Each layer's weights, (lanes, fan_in, fan_out)."""
        return [matrix[:, :-1] for matrix in self.matrices]

    @property
    def biases(self) -> list[Array]:
        """Each layer's biases, (lanes, 1, fan_out)."""
        return [matrix[:, -1:] for matrix in self.matrices]


def init_params(network: Network, lanes: int, rng: np.random.Generator, dtype: str) -> Params:
    """Glorot-uniform weights, zero biases (Glorot and Bengio 2010), the same in every lane.

    They are drawn in float64 whatever the dtype, so that float32 and float64 start from the same weights.
    """
    one = Params.view(network, np.zeros((1, network.n_parameters)))
    for weights, (fan_in, fan_out) in zip(one.weights, network.shapes, strict=True):
        limit = np.sqrt(6 / (fan_in + fan_out))
        weights[...] = rng.uniform(-limit, limit, size=(fan_in, fan_out))
    return Params.view(network, np.repeat(one.buffer.astype(dtype), lanes, axis=0))


@dataclass(frozen=True)
class Workspace:
    """Buffers for a forward and a backward pass over ``rows`` rows; made once and reused at every step.

    ``hidden`` holds the hidden layers' values with their column of ones, (lanes, rows, units + 1); ``deltas`` the
    gradients with respect to them, with a meaningless last column of zeros; ``output`` is (lanes, rows, outputs). All
    are contiguous, so elementwise operations run over a lane's whole buffer at once, ones included.
    """

    hidden: list[Array]
    deltas: list[Array]
    output: Array

    @classmethod
    def make(cls, network: Network, lanes: int, rows: int, dtype: npt.DTypeLike) -> "Workspace":
        """Buffers for ``rows`` rows of every lane."""
        units = network.sizes[1:-1]
        return cls(
            [np.ones((lanes, rows, n + 1), dtype=dtype) for n in units],
            [np.zeros((lanes, rows, n + 1), dtype=dtype) for n in units],
            np.empty((lanes, rows, network.sizes[-1]), dtype=dtype),
        )


class Workspaces(dict[int, Workspace]):
    """One workspace per number of rows, made on demand: usually two, for full batches (chunks) and the short last."""

    def __init__(self, network: Network, lanes: int, dtype: npt.DTypeLike) -> None:
        self.network, self.lanes, self.dtype = network, lanes, dtype

    def __missing__(self, rows: int) -> Workspace:
        made = Workspace.make(self.network, self.lanes, rows, self.dtype)
        self[rows] = made
        return made


def passes(
    network: Network, params: Params, X: Array, work: Workspaces | None = None
) -> Iterator[tuple[slice, Array, Workspace]]:
    """Forward passes over all rows, chunk by chunk: the chunk's slice, its rows with a column of ones, and the results.

    X is (rows, d), or (lanes, rows, d) if every lane has its own rows. A workspace is valid until the next chunk. Making
    one takes as long as a pass: whoever makes many gives the ``work`` of the first. Everything is computed in the
    parameters' dtype.
    """
    if work is None:
        work = Workspaces(network, params.lanes, params.buffer.dtype)
    for part in chunks(n_rows(X)):
        X1 = with_ones(X[..., part, :].astype(params.buffer.dtype, copy=False))
        forward(network, params, X1, work[n_rows(X1)])
        yield part, X1, work[n_rows(X1)]


def forward(network: Network, params: Params, X: Array, work: Workspace) -> Array:
    """Compute the raw outputs z (lanes, rows, outputs), stored in ``work``.

    X is (rows, d + 1) with its column of ones, or (lanes, rows, d + 1) if every lane has its own rows; each lane's
    product is the same either way.
    """
    activation = ACTIVATIONS[network.activation]
    a = X
    for matrix, out in zip(params.matrices[:-1], work.hidden, strict=True):
        np.matmul(a, matrix, out=out[..., :-1])
        activation.function(_flat(out))
        out[..., -1] = 1
        a = out
    return np.matmul(a, params.matrices[-1], out=work.output)


def backward(
    network: Network,
    params: Params,
    X: Array,
    Y: Array,
    work: Workspace,
    gradient: Params,
    weights: Array | None = None,
) -> None:
    """Write the gradient of the mean data loss to ``gradient``, after ``forward`` over the same X and ``work``.

    ``weights`` (rows, 1), or (lanes, rows, 1), say how much each row counts: their mean over all rows is 1.
    """
    activation = ACTIVATIONS[network.activation]
    delta = work.output
    LOSSES[network.loss].gradient(Y, delta, weights)
    inputs: Sequence[Array] = [X, *work.hidden]
    for layer in reversed(range(len(params.matrices))):
        np.matmul(inputs[layer].swapaxes(-1, -2), delta, out=gradient.matrices[layer])
        if layer:
            matrix, wide = params.matrices[layer][:, :-1], work.deltas[layer - 1]
            # With one output this is the product of a column and a row, which is slow in BLAS.
            product = np.matmul if delta.shape[-1] > 1 else np.multiply
            product(delta, matrix.swapaxes(-1, -2), out=wide[..., :-1])
            activation.backward(_flat(work.hidden[layer - 1]), _flat(wide))
            delta = wide[..., :-1]


def _flat(values: Array) -> Array:
    """Each lane's values in one row: (lanes, ...) -> (lanes, .); nothing is copied."""
    return values.reshape(len(values), -1)


def outputs(network: Network, params: Params, X: Array) -> Array:
    """Raw outputs z of all lanes on the rows X (rows, d): (lanes, rows, outputs)."""
    return np.concatenate([work.output.copy() for _, _, work in passes(network, params, X)], axis=1)


def mean_loss(
    network: Network, params: Params, X: Array, Y: Array, weights: Array | None = None, work: Workspaces | None = None
) -> Array:
    """Mean data loss of each lane, without the penalty, over the shared rows or its own: (lanes,), float64."""
    loss = LOSSES[network.loss]
    total = np.zeros(params.lanes)
    for part, _, found in passes(network, params, X, work):
        each = loss.each(Y[..., part, :], found.output)
        total += lane_sum(each if weights is None else each * weights[..., part, 0])
    return total / n_rows(Y)


def full_gradient(network: Network, params: Params, X: Array, Y: Array, weights: Array | None = None) -> Params:
    """Gradient of each lane's mean data loss over all shared rows, or its own: of weights and biases, float64."""
    total = np.zeros(params.buffer.shape)
    part_gradient = Params.view(network, np.empty_like(params.buffer))
    for part, X1, work in passes(network, params, X):
        own = None if weights is None else weights[..., part, :]
        backward(network, params, X1, Y[..., part, :], work, part_gradient, own)
        total += part_gradient.buffer * (n_rows(X1) / n_rows(X))
    return Params.view(network, total)


def row_losses(network: Network, params: Params, X: Array, Y: Array) -> Array:
    """Data loss of each lane on each row of X (rows, d), Y (rows, outputs), unweighted: (lanes, rows), float64."""
    loss, forwards = LOSSES[network.loss], passes(network, params.exact(network), X)
    return np.concatenate([loss.each(Y[part], work.output) for part, _, work in forwards], axis=1)
