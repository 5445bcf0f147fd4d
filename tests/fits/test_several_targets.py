"""A regression of several targets at once: scikit-learn's answer, and losses in comparable units."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from wdcli import study
from wdcli.data.dataset import Split
from wdcli.data.matrix import from_arrays
from wdcli.errors import DataError
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Folds
from wdcli.fits.plan import make_network
from wdcli.fits.single import fit_one
from wdcli.models import Model
from wdcli.nn.mlp import outputs
from wdcli.study import Data
from wdcli.sweep.config import SweepConfig

RNG = np.random.default_rng(1)
X = RNG.normal(size=(80, 4))
Y = X @ RNG.normal(size=(4, 3)) * [1, 100, 0.01] + RNG.normal(size=(80, 3)) * [0.5, 20, 0.001] + [0, 1000, 0]
DATA = Data(from_arrays(X, Y), Split(np.arange(60), np.arange(60, 80)))
LINEAR = FitConfig(hidden=(), dtype="float64")


def test_a_linear_model_of_several_targets_is_ridge():
    """Standardised; the loss is averaged over k outputs, so that Ridge's alpha is k lambda / 2."""
    lambd, (dataset, split) = 5.0, DATA
    found = study.train(DATA, LINEAR, lambd)
    Z, T = (X - X[:60].mean(axis=0)) / X[:60].std(axis=0), (Y - Y[:60].mean(axis=0)) / Y[:60].std(axis=0)
    theirs = Ridge(3 * lambd / 2).fit(Z[:60], T[:60])
    assert found.params.weights[0][0] == pytest.approx(theirs.coef_.T, abs=1e-4)
    model = Model.of(LINEAR, dataset, found.fold, lambd, found.params)
    expected = theirs.predict(Z[60:]) * Y[:60].std(axis=0) + Y[:60].mean(axis=0)
    rows = [column.take(split.test) for column in dataset.columns]
    assert model.numbers(rows) == pytest.approx(expected, rel=1e-3)


def test_the_losses_of_folds_are_in_the_units_of_all_training_rows():
    config, (dataset, split) = replace(FitConfig(hidden=(5,)), epochs=40), DATA
    folds = Folds(config, dataset, split, 3)
    for fold in list(folds)[:-1]:
        record, params = fit_one(config, dataset, fold, 1.0)
        network = make_network(config, dataset, fold.n_features)
        for rows, examples, found in (
            (fold.train_rows, fold.train, record.train_loss), (fold.held_rows, fold.held, record.held_loss),
        ):  # fmt: skip
            z = outputs(network, params.exact(network), examples.X)[0]
            errors = (fold.target_scale.undo(z) - dataset.y[rows]) / folds.whole.target_scale.scale
            assert found == pytest.approx((errors**2).mean(), rel=1e-6)


def test_one_column_is_one_target_and_classes_have_no_columns():
    assert from_arrays(X, Y[:, :1]).y.shape == (80,)
    with pytest.raises(DataError, match="only a regression"):
        from_arrays(X, (Y > 0).astype(int))


def test_a_fit_without_test_rows_has_no_test_numbers():
    for y in (Y, Y[:, 0], (Y[:, 0] > 0).astype(int)):
        data = Data(from_arrays(X, y), Split(np.arange(80), np.arange(0)))
        found = study.train(data, FitConfig(hidden=(4,), epochs=5), 1.0)
        assert np.isfinite(found.record.train_loss)
        assert np.isnan([found.record.held_loss, found.record.held_score, found.test_se, found.constant[1]]).all()
        result = study.sweep(data, SweepConfig(FitConfig(hidden=(4,), epochs=5), lambdas=(0.1, 1.0), folds=3))
        assert np.isfinite(result.chosen_row.cv_loss)
        assert np.isnan(result.chosen_row.test_loss)
