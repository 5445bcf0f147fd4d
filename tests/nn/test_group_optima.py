"""Penalties on groups without a hidden layer: scikit-learn and a slow proximal gradient method find their optimum too."""

import functools

import numpy as np
import pytest
from sklearn.linear_model import Lasso, MultiTaskLasso

from tests import cases, reference
from tests.nn.test_linear_optima import METHODS
from wdcli.nn import diagnostics
from wdcli.nn.arrays import Examples
from wdcli.nn.groups import BY_ROW, Groups
from wdcli.nn.mlp import Network, full_gradient
from wdcli.nn.recipe import Recipe
from wdcli.nn.strengths import LaneStrengths
from wdcli.nn.train import train

ROWS = 120
RNG = np.random.default_rng(3)
COLUMNS = np.repeat(np.arange(5), [1, 3, 5, 2, 1])
FEATURES = len(COLUMNS)
X = RNG.normal(size=(ROWS, FEATURES)) @ (np.eye(FEATURES) + 0.3 * RNG.normal(size=(FEATURES, FEATURES)))
X = (X - X.mean(axis=0)) / X.std(axis=0)
TRUE = np.array([2.0, -1.0, 0.5, 0, 0, 0, 0.2, 0, 0, 0.1, 0, 0])
NUMBERS = X @ np.column_stack([TRUE, TRUE[::-1]]) + RNG.normal(size=(ROWS, 2))
NUMBERS = (NUMBERS - NUMBERS.mean(axis=0)) / NUMBERS.std(axis=0)
TWO = (X @ TRUE + 2 * RNG.normal(size=ROWS) > 0)[:, None].astype(float)
THREE = np.eye(3)[np.digitize(X @ TRUE + 2 * RNG.normal(size=ROWS), [-1, 1])]
PROBLEMS = {"squared-error": NUMBERS[:, :1], "binary-cross-entropy": TWO, "cross-entropy": THREE}


def optimum(loss, Y, l1, group, groups, method):
    """Our weights and biases, and how far they are from an optimum."""
    network = cases.linear(loss, FEATURES, Y.shape[1])
    optimizer, rate, schedule, epochs = METHODS[method]
    recipe = Recipe(optimizer, rate, schedule, ROWS, epochs, "sparse-group", "proximal")
    given = LaneStrengths(*(np.array([[s]]) for s in (l1, 0.0, group)), groups)
    found = train(network, cases.start(network, 1), Examples(X, Y), given, recipe, cases.in_order(ROWS))
    kkt = diagnostics.kkt(network, found.params, Examples(X, Y), given, "sparse-group")[0]
    return found.params.weights[0][0], found.params.biases[0][0], kkt


def value(loss, W, b, Y, l1, group, columns):
    return reference.objective([W], [b], X, Y, "identity", loss, [l1], [0.0], [group], columns)


@functools.cache
def slow(loss, l1, group):
    """Proximal gradient with a fixed step and block soft thresholding, as in Simon et al. 2013, for very many steps."""
    Y, columns = PROBLEMS[loss], COLUMNS
    W, b = np.zeros((FEATURES, Y.shape[1])), np.zeros((1, Y.shape[1]))
    network, rate = Network((FEATURES, Y.shape[1]), "identity", loss), 0.1
    params = cases.start(network, 1)
    for _ in range(4_000):
        params.weights[0][0], params.biases[0][0] = W, b
        gradient = full_gradient(network, params, X, Y)
        W, b = W - rate * gradient.weights[0][0], b - rate * gradient.biases[0][0]
        W = np.sign(W) * np.maximum(np.abs(W) - rate * l1, 0)
        for label in np.unique(columns):
            part, most = W[columns == label], rate * group * np.sqrt((columns == label).sum() * Y.shape[1])
            W[columns == label] = part * max(1 - most / max(np.linalg.norm(part), 1e-300), 0)
    return W, b


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("l1, group", [(0.0, 0.05), (0.03, 0.03)])
@pytest.mark.parametrize("loss", PROBLEMS)
def test_the_optimum_of_columns_with_several_features(loss, l1, group, method):
    Y = PROBLEMS[loss]
    W, b = slow(loss, l1, group)
    ours, bias, kkt = optimum(loss, Y, l1, group, Groups.of(COLUMNS), method)
    best = value(loss, W, b, Y, l1, group, COLUMNS)
    assert value(loss, ours, bias, Y, l1, group, COLUMNS) == pytest.approx(best, rel=1e-7)
    assert np.array_equal(ours == 0, W == 0)
    assert 0 < (ours == 0).sum() < ours.size
    assert kkt < 1e-3


@pytest.mark.parametrize("method", METHODS)
def test_groups_of_one_weight_are_the_lasso(method):
    Y, group = NUMBERS[:, :1], 0.05
    model = Lasso(group / 2, tol=1e-12, max_iter=10**5).fit(X, Y[:, 0])
    W, b = model.coef_[:, None], model.intercept_
    ours, bias, _ = optimum("squared-error", Y, 0.0, group, BY_ROW, method)
    best = value("squared-error", W, b, Y, 0.0, group, None)
    assert value("squared-error", ours, bias, Y, 0.0, group, None) == pytest.approx(best, rel=1e-7)
    assert np.array_equal(ours == 0, np.abs(W) < 1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_several_targets_are_the_multi_task_lasso(method):
    """Its loss is sum (Y - XW)^2 / (2n), ours the mean over outputs too; its groups have no sqrt(size)."""
    group, outputs = 0.1, NUMBERS.shape[1]
    model = MultiTaskLasso(group * np.sqrt(outputs) * outputs / 2, tol=1e-12, max_iter=10**5).fit(X, NUMBERS)
    W, b = model.coef_.T, model.intercept_
    ours, bias, _ = optimum("squared-error", NUMBERS, 0.0, group, BY_ROW, method)
    best = value("squared-error", W, b, NUMBERS, 0.0, group, None)
    assert value("squared-error", ours, bias, NUMBERS, 0.0, group, None) == pytest.approx(best, rel=1e-7)
    assert np.array_equal(ours == 0, np.abs(W) < 1e-9)
    assert 0 < (ours == 0).sum() < ours.size


@pytest.mark.peers
@pytest.mark.parametrize("method", METHODS)
def test_columns_with_several_features_are_celers_group_lasso(method):
    """Its loss is sum (y - Xw)^2 / (2n)."""
    celer, group = pytest.importorskip("celer"), 0.05
    members = [np.flatnonzero(label == COLUMNS).tolist() for label in np.unique(COLUMNS)]
    weights = np.sqrt([len(part) for part in members])
    model = celer.GroupLasso(members, group / 2, weights=weights, tol=1e-12, max_iter=1000).fit(X, NUMBERS[:, 0])
    W, b, Y = model.coef_[:, None], model.intercept_, NUMBERS[:, :1]
    ours, bias, _ = optimum("squared-error", Y, 0.0, group, Groups.of(COLUMNS), method)
    best = value("squared-error", W, b, Y, 0.0, group, COLUMNS)
    assert value("squared-error", ours, bias, Y, 0.0, group, COLUMNS) == pytest.approx(best, rel=1e-7)
    assert np.array_equal(ours == 0, np.abs(W) < 1e-9)
