"""Instances that laws are checked on, and the small helpers that make them."""

import itertools
from dataclasses import replace

import numpy as np

from wdcli.nn.arrays import Examples
from wdcli.nn.groups import BY_ROW
from wdcli.nn.mlp import Network, Params, init_params
from wdcli.nn.optimizers import SGD, Adam
from wdcli.nn.recipe import Recipe
from wdcli.nn.strengths import LaneStrengths
from wdcli.nn.train import train

ACTIVATIONS = ["relu", "tanh", "logistic", "identity"]
LOSSES = ["binary-cross-entropy", "cross-entropy", "squared-error"]
PENALTIES = ["none", "l1", "l2", "elastic-net", "group-lasso", "sparse-group"]
"""Penalties on single weights first."""
SINGLE = PENALTIES[:4]
DECAYS = ["coupled", "decoupled", "proximal"]
OPTIMIZERS = {"adam": Adam(), "sgd": SGD(0.9), "plain": SGD(0.0), "nesterov": SGD(0.9, nesterov=True)}
RECIPE = Recipe(Adam(), 0.01, "constant", 10, 3, "l2", "coupled")


def sizes_for(loss, hidden=(5, 4)):
    return (3, *hidden, {"binary-cross-entropy": 1, "cross-entropy": 4, "squared-error": 2}[loss])


def problem(loss, rows=23, features=3, outputs=None, seed=0, dtype="float64"):
    """Features and a target of the loss's kind."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, features))
    if loss == "squared-error":
        Y = rng.normal(size=(rows, outputs or 2))
    elif loss == "binary-cross-entropy":
        Y = (rng.random((rows, 1)) < 0.4).astype(float)
    else:
        k = outputs or 4
        Y = np.eye(k)[np.concatenate([np.arange(k), rng.integers(0, k, rows - k)])]
    return X.astype(dtype), Y.astype(dtype)


PARTS = {
    "none": (0, 0, 0), "l1": (1, 0, 0), "l2": (0, 1, 0), "elastic-net": (1, 1, 0), "group-lasso": (0, 0, 1),
    "sparse-group": (1, 0, 1),
}  # fmt: skip
"""Which of l1, l2 and group a penalty has."""


def strengths(penalty, lambdas, layers, free=(), features=BY_ROW):
    """The same strengths in every layer but the free ones, (lanes, layers)."""
    each = np.asarray(lambdas, dtype=float)[:, None] * np.ones(layers)
    each[:, list(free)] = 0
    return LaneStrengths(*(each * part for part in PARTS[penalty]), features)


def orders(rows, seed=0):
    """A new permutation for every epoch."""
    rng = np.random.default_rng(seed)
    return (rng.permutation(rows) for _ in itertools.count())


def in_order(rows):
    """The rows as they stand, in every epoch."""
    return itertools.repeat(np.arange(rows))


def start(network, lanes, seed=1, dtype="float64"):
    return init_params(network, lanes, np.random.default_rng(seed), dtype)


def random_params(network, lanes, seed=1):
    """Parameters with biases that are not zero, different in every lane."""
    rng = np.random.default_rng(seed)
    return Params.view(network, rng.normal(0, 0.5, size=(lanes, network.n_parameters)))


def fit(network, X, Y, penalty, lambdas, *, free=(), validation=None, seed=2, dtype="float64", trace=None, **recipe):
    """Train one lane a lambda; recipe overrides as keywords."""
    given = strengths(penalty, lambdas, len(network.shapes), free)
    made = replace(RECIPE, penalty=penalty, **recipe)
    first, order = start(network, len(lambdas), dtype=dtype), orders(len(X), seed)
    return train(network, first, Examples(X, Y), given, made, order, validation, trace=trace)


def linear(loss, features, outputs=1):
    return Network((features, outputs), "identity", loss)
