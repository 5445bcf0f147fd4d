"""The same initial weights and batches give scikit-learn's weights, step for step."""

import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from tests import cases
from wdcli.conventions import Setting, strengths
from wdcli.nn.arrays import Examples
from wdcli.nn.mlp import Network
from wdcli.nn.optimizers import SGD, Adam
from wdcli.nn.recipe import Recipe
from wdcli.nn.train import train

ROWS, BATCH, EPOCHS, ALPHA = 24, 8, 4, 0.7
OPTIMIZERS = {
    "sgd": (SGD(0.9), {"solver": "sgd", "momentum": 0.9, "nesterovs_momentum": False}),
    "nesterov": (SGD(0.9, nesterov=True), {"solver": "sgd", "momentum": 0.9, "nesterovs_momentum": True}),
    # Where epsilon stands differs by the bias correction (scikit-learn has Kingma and Ba's second form): it is made to vanish.
    "adam": (Adam(epsilon=1e-30), {"solver": "adam", "epsilon": 1e-30}),
}


def sklearn_weights(model, start, X, y):
    """Fit from the given start: one fit to allocate, then a warm start from our weights."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.set_params(max_iter=1).fit(X, y)
        model.coefs_ = [w[0].copy() for w in start.weights]
        model.intercepts_ = [b[0, 0].copy() for b in start.biases]
        model.set_params(max_iter=EPOCHS, warm_start=True).fit(X, y)
    return model.coefs_, model.intercepts_


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", cases.ACTIVATIONS)
@pytest.mark.parametrize("loss", cases.LOSSES)
def test_weights_after_several_epochs(loss, activation, optimizer):
    X, Y = cases.problem(loss, rows=ROWS, outputs=1 if loss == "squared-error" else None)
    network = Network((3, 6, 5, Y.shape[1]), activation, loss)
    ours, theirs = OPTIMIZERS[optimizer]
    # scikit-learn's squared loss has a half: ours is twice theirs, and half the learning rate takes SGD's same steps.
    rate = 0.02 / (2 if loss == "squared-error" and optimizer != "adam" else 1)
    s2 = strengths("sklearn", "l2", ALPHA, 0.5, Setting(ROWS, BATCH, loss, Y.shape[1])).l2
    start = cases.start(network, 1)
    recipe = Recipe(ours, rate, "constant", BATCH, EPOCHS, "l2", "coupled")
    trained = train(network, start, Examples(X, Y), cases.strengths("l2", [s2], 3), recipe, cases.in_order(ROWS))
    common = {"hidden_layer_sizes": (6, 5), "activation": activation, "alpha": ALPHA, "batch_size": BATCH,
              "learning_rate_init": 0.02, "shuffle": False, "n_iter_no_change": 10**6, "random_state": 0}  # fmt: skip
    kind = MLPRegressor if loss == "squared-error" else MLPClassifier
    y = Y.argmax(axis=1) if loss == "cross-entropy" else Y[:, 0]
    coefs, intercepts = sklearn_weights(kind(**common, **theirs), start, X, y)
    for w, b, coef, intercept in zip(trained.params.weights, trained.params.biases, coefs, intercepts, strict=True):
        np.testing.assert_allclose(w[0], coef, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(b[0, 0], intercept, rtol=1e-8, atol=1e-10)
