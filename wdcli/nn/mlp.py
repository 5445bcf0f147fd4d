"""Multi-layer perceptrons as lanes: parameters, forward and backward, side by side.

A layer is one matrix (fan_in + 1, fan_out) a lane: the weights, and the bias as the last row, multiplied with a column of
ones. So a layer is one product, and the gradient of weights and bias is one product too.
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
    """What is trained. ``sizes`` counts inputs, the units of each hidden layer, and outputs: (4, 64, 64, 3)."""

    sizes: tuple[int, ...]
    activation: ActivationName
    loss: LossName

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """(fan_in, fan_out) of each weight matrix; layer 1 comes first, the output layer last."""
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
        """The parameters that lie in ``buffer`` (lanes, P); nothing is copied."""
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
        """The same parameters in float64, to measure with: sums of float32 lose digits where large terms cancel."""
        return Params.view(network, self.buffer.astype(np.float64))

    @property
    def lanes(self) -> int:
        """How many networks there are."""
        return len(self.buffer)

    @property
    def weights(self) -> list[Array]:
        """(lanes, fan_in, fan_out) a layer."""
        return [matrix[:, :-1] for matrix in self.matrices]

    @property
    def biases(self) -> list[Array]:
        """(lanes, 1, fan_out) a layer."""
        return [matrix[:, -1:] for matrix in self.matrices]


def init_params(network: Network, lanes: int, rng: np.random.Generator, dtype: str) -> Params:
    """Glorot-uniform weights, zero biases (Glorot and Bengio 2010), the same in every lane.

    Drawn in float64 whatever the dtype, so that float32 and float64 start from the same weights.
    """
    one = Params.view(network, np.zeros((1, network.n_parameters)))
    for weights, (fan_in, fan_out) in zip(one.weights, network.shapes, strict=True):
        limit = np.sqrt(6 / (fan_in + fan_out))
        weights[...] = rng.uniform(-limit, limit, size=(fan_in, fan_out))
    return Params.view(network, np.repeat(one.buffer.astype(dtype), lanes, axis=0))


@dataclass(frozen=True)
class Workspace:
    """Where a forward and a backward pass over ``rows`` rows write; made once and used again at every step.

    ``hidden`` are the hidden layers' values with their column of ones, (lanes, rows, units + 1); ``deltas`` the gradients
    with respect to them, where the last column is 0 and means nothing; ``output`` is (lanes, rows, outputs). All are
    contiguous: what is done value by value is done on whole rows of a lane, their ones included.
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
    """A workspace for each number of rows that is asked for: two of them mostly, a batch or chunk and the short last one."""

    def __init__(self, network: Network, lanes: int, dtype: npt.DTypeLike) -> None:
        self.network, self.lanes, self.dtype = network, lanes, dtype

    def __missing__(self, rows: int) -> Workspace:
        made = Workspace.make(self.network, self.lanes, rows, self.dtype)
        self[rows] = made
        return made


def passes(network: Network, params: Params, X: Array) -> Iterator[tuple[slice, Array, Workspace]]:
    """Forward passes over all rows, chunk by chunk: which rows of X, those with a column of ones, what came out.

    X is (rows, d), or (lanes, rows, d) where every lane has rows of its own. A workspace holds until the next chunk.
    All is computed in the parameters' dtype.
    """
    work = Workspaces(network, params.lanes, params.buffer.dtype)
    for part in chunks(n_rows(X)):
        X1 = with_ones(X[..., part, :].astype(params.buffer.dtype, copy=False))
        forward(network, params, X1, work[n_rows(X1)])
        yield part, X1, work[n_rows(X1)]


def forward(network: Network, params: Params, X: Array, work: Workspace) -> Array:
    """Raw outputs z (lanes, rows, outputs), which lie in ``work``.

    X is (rows, d + 1) with its column of ones, or (lanes, rows, d + 1) where every lane has rows of its own: the products
    are the same, one a lane.
    """
    activation = ACTIVATIONS[network.activation]
    a = X
    for matrix, out in zip(params.matrices[:-1], work.hidden, strict=True):
        np.matmul(a, matrix, out=out[..., :-1])
        activation.function(_flat(out))
        out[..., -1] = 1
        a = out
    return np.matmul(a, params.matrices[-1], out=work.output)


def backward(network: Network, params: Params, X: Array, Y: Array, work: Workspace, gradient: Params) -> None:
    """Write the gradient of the mean data loss to ``gradient``, after ``forward`` over the same X and ``work``."""
    activation = ACTIVATIONS[network.activation]
    delta = work.output
    LOSSES[network.loss].gradient(Y, delta)
    inputs: Sequence[Array] = [X, *work.hidden]
    for layer in reversed(range(len(params.matrices))):
        np.matmul(inputs[layer].swapaxes(-1, -2), delta, out=gradient.matrices[layer])
        if layer:
            weights, wide = params.matrices[layer][:, :-1], work.deltas[layer - 1]
            # With one output the product is of a column and a row, which BLAS is slow at.
            product = np.matmul if delta.shape[-1] > 1 else np.multiply
            product(delta, weights.swapaxes(-1, -2), out=wide[..., :-1])
            activation.backward(_flat(work.hidden[layer - 1]), _flat(wide))
            delta = wide[..., :-1]


def _flat(values: Array) -> Array:
    """A lane's values in one row: (lanes, ...) -> (lanes, .), nothing is copied."""
    return values.reshape(len(values), -1)


def outputs(network: Network, params: Params, X: Array) -> Array:
    """Raw outputs z of all lanes on the rows X (rows, d): (lanes, rows, outputs)."""
    return np.concatenate([work.output.copy() for _, _, work in passes(network, params, X)], axis=1)


def mean_loss(network: Network, params: Params, X: Array, Y: Array) -> Array:
    """Mean data loss of each lane over all (or its own) rows, without the penalty: (lanes,), float64."""
    loss = LOSSES[network.loss]
    total = np.zeros(params.lanes)
    for part, _, work in passes(network, params, X):
        total += lane_sum(loss.each(Y[..., part, :], work.output))
    return total / n_rows(Y)


def row_losses(network: Network, params: Params, X: Array, Y: Array) -> Array:
    """Data loss of each lane on each row of X (rows, d), Y (rows, outputs): (lanes, rows), float64."""
    loss, forwards = LOSSES[network.loss], passes(network, params.exact(network), X)
    return np.concatenate([loss.each(Y[part], work.output) for part, _, work in forwards], axis=1)
