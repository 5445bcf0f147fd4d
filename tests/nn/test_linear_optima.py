"""Without a hidden layer the optimum is known: scikit-learn's linear models find it by other algorithms."""

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Lasso, Ridge

from tests import cases, reference
from tests.oracles import logistic_regression
from wdcli.nn import diagnostics
from wdcli.nn.arrays import Examples
from wdcli.nn.optimizers import SGD, Adam
from wdcli.nn.recipe import Recipe
from wdcli.nn.stepper import Stepper
from wdcli.nn.strengths import LaneStrengths
from wdcli.nn.train import train

ROWS, FEATURES = 120, 8
RNG = np.random.default_rng(3)
X = RNG.normal(size=(ROWS, FEATURES)) @ (np.eye(FEATURES) + 0.3 * RNG.normal(size=(FEATURES, FEATURES)))
X = (X - X.mean(axis=0)) / X.std(axis=0)
TRUE = np.array([2.0, -1.0, 0.5, 0, 0, 0, 0.2, 0])
NUMBERS = X @ TRUE + RNG.normal(size=ROWS)
NUMBERS = (NUMBERS - NUMBERS.mean()) / NUMBERS.std()
TWO = (X @ TRUE + 2 * RNG.normal(size=ROWS) > 0).astype(int)
THREE = np.digitize(X @ TRUE + 2 * RNG.normal(size=ROWS), [-1, 1])
STRENGTHS = {"none": (0.0, 0.0), "l1": (0.05, 0.0), "l2": (0.0, 0.3), "elastic-net": (0.04, 0.1)}
METHODS = {
    "sgd": (SGD(0.9), 0.02, "constant", 6000),
    "adam": (Adam(), 0.03, "cosine", 6000),
}


def optimum(loss, Y, s1, s2, method):
    network = cases.linear(loss, FEATURES, Y.shape[1])
    optimizer, rate, schedule, epochs = METHODS[method]
    penalty = "elastic-net"
    recipe = Recipe(optimizer, rate, schedule, ROWS, epochs, penalty, "proximal")
    given = LaneStrengths(np.array([[s1]]), np.array([[s2]]), np.array([[0.0]]))
    found = train(network, cases.start(network, 1), Examples(X, Y), given, recipe, cases.in_order(ROWS))
    kkt = diagnostics.kkt(network, found.params, Examples(X, Y), given, penalty)[0]
    return found.params.weights[0][0], found.params.biases[0][0], kkt


def value(loss, W, b, Y, s1, s2):
    return reference.objective([W], [b], X, Y, "identity", loss, [s1], [s2])


def check(loss, Y, s1, s2, method, W, b):
    ours, bias, kkt = optimum(loss, Y, s1, s2, method)
    best = value(loss, W, b, Y, s1, s2)
    assert value(loss, ours, bias, Y, s1, s2) == pytest.approx(best, rel=1e-5)
    if s1:
        assert np.array_equal(ours == 0, np.abs(W) < 1e-9)
    if s1 or s2:
        assert kkt < 1e-3


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic-net"])
def test_squared_error(penalty, method):
    s1, s2 = STRENGTHS[penalty]
    model = {
        "l1": Lasso(s1 / 2, tol=1e-12, max_iter=10**5),
        "l2": Ridge(s2 * ROWS / 2),
        "elastic-net": ElasticNet((s1 + s2) / 2, l1_ratio=s1 / (s1 + s2), tol=1e-12, max_iter=10**5),
    }[penalty].fit(X, NUMBERS)
    check("squared-error", NUMBERS[:, None], s1, s2, method, model.coef_[:, None], model.intercept_)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic-net"])
@pytest.mark.parametrize("classes", [2, 3])
def test_cross_entropy(classes, penalty, method):
    s1, s2 = STRENGTHS[penalty]
    y = TWO if classes == 2 else THREE
    exact = {"tol": 1e-10 if s1 else 1e-12, "max_iter": 10**5}
    model = logistic_regression(s1 / (s1 + s2), C=1 / (ROWS * (s1 + s2)), **exact).fit(X, y)
    if classes == 2:
        check("binary-cross-entropy", y[:, None].astype(float), s1, s2, method, model.coef_.T, model.intercept_)
    else:
        check("cross-entropy", np.eye(3)[y], s1, s2, method, model.coef_.T, model.intercept_)


@pytest.mark.parametrize("method", METHODS)
def test_trained_in_batches_the_zeros_are_those_of_all_rows(method, monkeypatch):
    """A batch's gradient and momentum kick weights off zero, up to the last step: nothing of that is left."""
    optimizer, rate, _, _ = METHODS[method]
    network, data = cases.linear("squared-error", FEATURES), Examples(X, NUMBERS[:, None])
    recipe, strengths = Recipe(optimizer, rate, "cosine", 16, 200, "l1", "proximal"), np.array([[0.1], [0.2], [0.3]])
    given = LaneStrengths(strengths, 0 * strengths, 0 * strengths)

    def nonzero():
        found = train(network, cases.start(network, 3), data, given, recipe, cases.orders(ROWS))
        return found.params.weights[0][:, :, 0] != 0

    lasso = np.stack([Lasso(s1 / 2, tol=1e-12, max_iter=10**5).fit(X, NUMBERS).coef_ for s1 in strengths[:, 0]])
    assert np.array_equal(nonzero(), lasso != 0)
    monkeypatch.setattr(Stepper, "settle", lambda stepper, examples: None)
    assert nonzero().sum() > (lasso != 0).sum()
