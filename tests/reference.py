"""A slow reference: one network at a time, float64, as the formulas stand in a textbook. It shares no code with wdcli."""

import numpy as np

ACTIVATIONS = {
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "tanh": np.tanh,
    "logistic": lambda z: 1 / (1 + np.exp(-z)),
    "identity": lambda z: z,
}


def outputs(weights, biases, X, activation):
    a = X
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        a = ACTIVATIONS[activation](a @ W + b)
    return a @ weights[-1] + biases[-1]


def data_loss(loss, z, Y):
    if loss == "squared-error":
        return np.mean((Y - z) ** 2)
    if loss == "binary-cross-entropy":
        p = 1 / (1 + np.exp(-z))
        return -np.mean(Y * np.log(p) + (1 - Y) * np.log(1 - p))
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return -np.mean(np.log((p * Y).sum(axis=1)))


def penalty(weights, s1, s2, g=None, columns=None):
    """One strength a layer; groups are the weights that leave a node, or features with the same number in ``columns``."""
    total = sum(a * np.abs(W).sum() + b / 2 * (W**2).sum() for W, a, b in zip(weights, s1, s2, strict=True))
    for place, W in enumerate(weights):
        labels = np.arange(len(W)) if columns is None or place else np.asarray(columns)
        for label in np.unique(labels):
            part = W[labels == label]
            total += 0 if g is None else g[place] * np.sqrt(part.size) * np.sqrt((part**2).sum())
    return total


def objective(weights, biases, X, Y, activation, loss, s1, s2, g=None, columns=None):
    fitted = data_loss(loss, outputs(weights, biases, X, activation), Y)
    return fitted + penalty(weights, s1, s2, g, columns)


def central_difference(function, x, step=1e-6):
    """Gradient of a scalar function of an array, which is changed and restored in place."""
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        before = x[i]
        x[i] = before + step
        above = function()
        x[i] = before - step
        below = function()
        x[i] = before
        gradient[i] = (above - below) / (2 * step)
    return gradient
