"""The effective network: the inputs and units that still lie on a way from an input to an output.

Where weights are exactly zero, an input or a unit may be cut off. One without a way to an output has no influence; one
without a way from an input is a constant, which the biases after it can hold. Without both, the network is the same
function of its inputs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wdcli.array import Array
from wdcli.nn.activations import ACTIVATIONS
from wdcli.nn.mlp import Network, Params


def reached(params: Params) -> list[Array]:
    """Which inputs and units have a way of non-zero weights from an input: (lanes, units) for inputs, layers, outputs."""
    found = [np.ones((params.lanes, params.weights[0].shape[1]), dtype=bool)]
    for w in params.weights:
        found.append(((w != 0) & found[-1][:, :, None]).any(axis=1))
    return found


def effective(params: Params) -> list[Array]:
    """Which lie on a way from an input to an output: (lanes, units) for inputs, hidden layers and outputs.

    Outputs stay, whether or not anything leads to them.
    """
    forwards = reached(params)
    found = [np.ones_like(forwards[-1])]
    for w, from_input in zip(reversed(params.weights), reversed(forwards[:-1]), strict=True):
        to_output = ((w != 0) & found[0][:, None, :]).any(axis=2)
        found.insert(0, from_input & to_output)
    return found


def counts(levels: Sequence[Array]) -> Array:
    """How many inputs, units of each hidden layer and outputs ``effective`` leaves, (lanes, layers + 1)."""
    return np.stack([level.sum(axis=1) for level in levels], axis=1)


@dataclass(frozen=True)
class Shrunken:
    """A smaller network that is the same function: its parameters (one lane, float64) and the inputs that it takes."""

    network: Network
    params: Params
    features: Array


def shrink(network: Network, params: Params) -> Shrunken:
    """One lane's effective network.

    What is cut off from the inputs goes into the biases after it: b + sum over such units i of f(z_i) w_i. Where no way
    leads from an input to an output, one input and one unit a layer are kept, without weights, since a network has no
    empty layers.
    """
    kept = [np.flatnonzero(level[0]) for level in effective(params)]
    constant_answer = not all(len(units) for units in kept)
    if constant_answer:
        kept = [np.arange(1) for _ in kept[:-1]] + kept[-1:]
    cut = [~level[0] for level in reached(params)]
    sizes = tuple(len(units) for units in kept)
    smaller = Network(sizes, network.activation, network.loss)
    made = Params.view(smaller, np.zeros((1, smaller.n_parameters)))
    # Units that are cut off see constants alone: their own values, and those of the layer before them.
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
