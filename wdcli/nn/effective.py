"""The effective network: the inputs and units that lie on a path of non-zero weights from an input to an output.

Exact zeros can disconnect an input or a unit. Without a path to an output it has no influence; without a path from an
input it is a constant, which the next layer's biases can absorb. Removing both kinds leaves the network the same
function of its inputs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wdcli.array import Array
from wdcli.nn.activations import ACTIVATIONS
from wdcli.nn.mlp import Network, Params


def reached(params: Params) -> list[Array]:
    """Which units a path of non-zero weights from an input reaches: (lanes, units) for inputs, layers, outputs."""
    found = [np.ones((params.lanes, params.weights[0].shape[1]), dtype=bool)]
    for w in params.weights:
        found.append(((w != 0) & found[-1][:, :, None]).any(axis=1))
    return found


def effective(params: Params) -> list[Array]:
    """Which units lie on a path from an input to an output: (lanes, units) for inputs, hidden layers, outputs.

    Outputs are always kept, even if no path leads to them.
    """
    forwards = reached(params)
    found = [np.ones_like(forwards[-1])]
    for w, from_input in zip(reversed(params.weights), reversed(forwards[:-1]), strict=True):
        to_output = ((w != 0) & found[0][:, None, :]).any(axis=2)
        found.insert(0, from_input & to_output)
    return found


def counts(levels: Sequence[Array]) -> Array:
    """The numbers of inputs, units of each hidden layer and outputs that ``effective`` keeps, (lanes, layers + 1)."""
    return np.stack([level.sum(axis=1) for level in levels], axis=1)


@dataclass(frozen=True)
class Shrunken:
    """A smaller network that computes the same function: its parameters (one lane, float64) and the inputs it takes."""

    network: Network
    params: Params
    features: Array


def shrink(network: Network, params: Params) -> Shrunken:
    """One lane's effective network.

    Units that no input reaches are absorbed into the next layer's biases: b + sum over such units i of f(z_i) w_i. If
    no path leads from an input to an output, one input and one unit per hidden layer are kept, with zero weights, since
    a layer can't be empty.
    """
    kept = [np.flatnonzero(level[0]) for level in effective(params)]
    constant_answer = not all(len(units) for units in kept)
    if constant_answer:
        kept = [np.arange(1) for _ in kept[:-1]] + kept[-1:]
    cut = [~level[0] for level in reached(params)]
    sizes = tuple(len(units) for units in kept)
    smaller = Network(sizes, network.activation, network.loss)
    made = Params.view(smaller, np.zeros((1, smaller.n_parameters)))
    # Values of the current layer when all inputs are 0; they are used only for units that no input reaches.
    constant = np.zeros(network.sizes[0])
    for layer, (w, b) in enumerate(zip(params.weights, params.biases, strict=True)):
        weights = w[0].astype(np.float64)
        bias = b[0, 0] + np.where(cut[layer], constant, 0) @ weights
        joined = np.where(cut[layer][:, None], 0, weights)
        made.weights[layer][0] = 0 if constant_answer else joined[np.ix_(kept[layer], kept[layer + 1])]
        made.biases[layer][0, 0] = bias[kept[layer + 1]]
        constant = bias.copy()
        ACTIVATIONS[network.activation].function(constant)
    return Shrunken(smaller, made, kept[0])
