"""Permutation importance, against predictions from tables with permuted cells, scikit-learn, and known causes."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t
from sklearn.inspection import permutation_importance
from sklearn.metrics import log_loss, mean_squared_error

from wdcli.data.dataset import Column, Split
from wdcli.data.dice import Purpose, dice
from wdcli.data.loading import load
from wdcli.data.matrix import from_arrays
from wdcli.data.source import Source
from wdcli.fits.config import FitConfig
from wdcli.fits.executors import one_blas_thread
from wdcli.fits.fitting import train_block
from wdcli.fits.folds import Folds
from wdcli.fits.plan import make_block
from wdcli.fits.resources import Resources
from wdcli.nn.activations import logistic
from wdcli.nn.effective import effective
from wdcli.nn.losses import softmax
from wdcli.nn.mlp import outputs
from wdcli.sweep import importance
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.importance import PERMUTATIONS, run_importance
from wdcli.sweep.runner import run_sweep

MEMORY = 1 << 30
FIT = FitConfig(penalty="group-lasso", hidden=(6,), epochs=40)
RNG = np.random.default_rng(0)
X = RNG.normal(size=(90, 4))
X[:, 0] = np.arange(90) == 5
Y = X[:, 1:] @ [[1, 50, 0], [1, -20, 0], [0, 0, 0.01]] + RNG.normal(size=(90, 3)) * [0.5, 20, 0.001]
WEIGHTS = RNG.integers(1, 5, 90)
HALF = Split(np.arange(60), np.arange(60, 90))
DATA = {
    "numbers": load(Source("friedman1", rows=90), 0),
    "two classes": load(Source("moons", rows=90), 0),
    "text and missing cells": load(Source("datasets/penguins.csv", target="species"), 0),
    "weights": (from_arrays(X, Y[:, 0], weights=WEIGHTS), HALF),
    "several targets": (from_arrays(X, Y, weights=WEIGHTS), HALF),
}
"""The first column of X is constant in the training rows of the fold that holds row 5 out."""


def sweep(data, lambdas=(3.0,), fit=FIT, **options):
    config = SweepConfig(fit, lambdas, **{"folds": 3, "seeds": 2, "exhaustive": True, **options})
    return run_sweep(config, Folds(fit, *data, config.folds), Resources(jobs=1))


def trained(result, fold, repeat):
    """A network of the chosen lambda, alone."""
    with one_blas_thread():
        block = make_block(result.fit, result.folds.dataset, fold, repeat, (result.selection.chosen,))
        return block.network, train_block(block).params.exact(block.network)


def loss_of(result, fold, network, params, columns):
    """The loss of a network's predictions for the held-out rows of a table, in the units of all training rows."""
    z = outputs(network, params, fold.encoding.transform(columns, fold.held_rows, "float64"))[0]
    y, weights = result.folds.dataset.y[fold.held_rows], fold.held.weights
    weights = None if weights is None else weights[:, 0]
    if network.loss == "squared-error":
        scale = np.asarray(result.target_scale.scale)
        predicted = fold.target_scale.undo(z).reshape(y.shape)
        return mean_squared_error(y / scale, predicted / scale, sample_weight=weights)
    shares = softmax(z) if z.shape[1] > 1 else logistic(z)[:, 0]
    return log_loss(y, shares, sample_weight=weights, labels=range(len(result.folds.dataset.class_names)))


def permuted(column, rows, order):
    """The column with the cells of these rows in another order."""
    values = column.values.copy()
    values[rows] = column.values[rows[order]]
    return replace(column, values=values)


def by_hand(result, fold, repeat):
    """Each column's rise of one network's loss, and whether the network uses it: (columns,)."""
    network, params = trained(result, fold, repeat)
    columns, rows, rises, used = result.folds.dataset.columns, fold.held_rows, [], []
    before = loss_of(result, fold, network, params, columns)
    for name in result.encoding.columns:
        losses = []
        for i in range(PERMUTATIONS):
            order = dice(result.fit.seed, Purpose.PERMUTATIONS, fold.number, i).permutation(len(rows))
            table = [permuted(each, rows, order) if each.name == name else each for each in columns]
            losses.append(loss_of(result, fold, network, params, table))
        rises.append(np.mean(losses) - before)
        features = [i for i, of in enumerate(fold.encoding.feature_columns) if of == name]
        used.append(effective(params)[0][0, features].any())
    return rises, used


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize(
    "lambd, options", [(3.0, {}), (30.0, {}), (3.0, {"penalty": "l1", "class_weight": "balanced"})]
)
def test_it_is_how_much_worse_a_table_with_permuted_cells_is_predicted(name, lambd, options):
    if "class_weight" in options and DATA[name][0].task == "regression":
        options = {**options, "class_weight": None}
    result = sweep(DATA[name], (lambd,), replace(FIT, **options))
    found = run_importance(result, MEMORY)
    fits = [[by_hand(result, fold, repeat) for repeat in (0, 1)] for fold in list(result.folds)[:-1]]
    rises, used = np.moveaxis(np.array(fits), 2, 0)
    np.testing.assert_array_equal(found.used, used.any(axis=(0, 1)))
    np.testing.assert_allclose(found.raises, rises, rtol=1e-6, atol=1e-9)
    for column in np.flatnonzero(found.used):
        of_folds = rises[:, :, column].mean(axis=1)
        mean, spread = of_folds.mean(), of_folds.std(ddof=1) * np.sqrt(1 / 3 + 1 / 2)
        low, high = t.interval(0.95, 2, mean, spread) if spread else (mean, mean)
        of = found.of(column, result.folds.test_share)
        np.testing.assert_allclose((of.mean, of.low, of.high), (mean, low, high), rtol=1e-6, atol=1e-9)


def test_the_cases_hold_what_they_are_for():
    """A column without a use, one that a fold lacks, and a column of text of several features."""
    assert not run_importance(sweep(DATA["numbers"], (30.0,)), MEMORY).used.all()
    lacking = sweep(DATA["weights"])
    assert sorted(len(fold.encoding.columns) for fold in lacking.folds) == [3, 4, 4, 4]
    assert sweep(DATA["text and missing cells"]).encoding.feature_columns.count("island") == 3


class Given:
    """What scikit-learn asks of an estimator."""

    def fit(self, X, y):
        return self


def test_scikit_learns_importance_agrees_within_its_spread(monkeypatch):
    repeats = 100
    monkeypatch.setattr(importance, "PERMUTATIONS", repeats)
    result = sweep(DATA["numbers"], (1.0,), seeds=1)
    found, theirs = run_importance(result, MEMORY), []
    for fold in list(result.folds)[:-1]:
        network, params = trained(result, fold, 0)

        def score(_, rows, y, network=network, params=params):
            return -mean_squared_error(y, outputs(network, params, rows)[0])

        drawn = permutation_importance(Given(), *fold.held[:2], scoring=score, n_repeats=repeats, random_state=0)
        theirs.append(drawn.importances * fold.loss_unit)
    spread = np.sqrt(2 * np.var(theirs, axis=2).mean(axis=0) / (repeats * len(theirs)))
    mean = found.raises.mean(axis=(0, 1))
    assert (np.abs(mean - np.mean(theirs, axis=(0, 2))) < 4 * spread).all()
    assert mean.max() > 20 * spread.max()


def test_the_columns_that_make_the_target_are_far_above_the_others():
    data = load(Source("xor-sparse", noise=0.0), 0)
    result = sweep(data, (5.0,), replace(FIT, hidden=(16,), epochs=150))
    mean = run_importance(result, MEMORY).raises.mean(axis=(0, 1))
    found = dict(zip(result.encoding.columns, mean.tolist(), strict=True))
    causes = [found.pop(name) for name in data[0].relevant]
    assert min(causes) > 0.5
    assert max(map(abs, found.values())) < 0.02


def test_no_column_matters_to_a_network_without_any():
    found = run_importance(sweep(DATA["two classes"], (1e4,)), MEMORY)
    assert not found.used.any()
    assert found.of(0, 0.5) is None


def test_the_same_bits_come_out_of_any_memory():
    result = sweep(DATA["text and missing cells"])
    one, other = (run_importance(result, memory) for memory in (1, MEMORY))
    assert np.array_equal(one.raises, other.raises)


def test_the_permutations_do_not_depend_on_the_columns_used():
    """A column that no network uses changes nothing."""
    dataset, split = DATA["numbers"]
    fit = replace(FIT, hidden=(), penalty="l1", dtype="float64", epochs=800)
    noise = Column("noise", "number", RNG.normal(size=90))
    wide = replace(dataset, columns=(noise, *dataset.columns), truth=None)
    more, fewer = (run_importance(sweep(data, (30.0,), fit), MEMORY) for data in ((wide, split), (dataset, split)))
    assert not more.used[0]
    np.testing.assert_allclose(more.raises[:, :, 1:], fewer.raises, atol=1e-3)


@pytest.mark.parametrize("path, order", [("cold", "down"), ("warm", "down"), ("warm", "up")])
def test_the_networks_are_those_of_the_sweep(monkeypatch, path, order):
    """Without a permutation nothing rises; the losses before are the sweep's."""
    losses = []

    def told(*args):
        found = measured(*args)
        losses.append(found[-1])
        return found

    measured = importance._Permuted._losses
    monkeypatch.setattr(importance._Permuted, "_losses", told)
    result = sweep(DATA["two classes"], (0.1, 1.0, 3.0), path=path, path_order=order)
    run_importance(result, MEMORY)
    each = result.chosen_row.cv_losses.ravel()
    assert all(np.isclose(losses, loss, rtol=1e-9).any() for loss in each)


@pytest.mark.parametrize("data", DATA.values(), ids=DATA)
@pytest.mark.parametrize("numbers", [1, 40])
def test_rows_and_columns_in_parts_give_the_same_importance(monkeypatch, data, numbers):
    result = sweep(data)
    whole = run_importance(result, MEMORY)
    monkeypatch.setattr(importance, "NUMBERS", numbers)
    parts = run_importance(result, MEMORY)
    np.testing.assert_allclose(parts.raises, whole.raises, rtol=1e-4, atol=1e-6)
    assert parts.used.tolist() == whole.used.tolist()
