"""Paths along lambda, relaxed networks, and the chosen networks again."""

from dataclasses import replace

import numpy as np
import pytest

from tests.sweep.sweeps import swept
from wdcli.data.loading import load
from wdcli.data.source import Source
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import make_fold
from wdcli.fits.resources import Resources
from wdcli.models import Model
from wdcli.nn import diagnostics
from wdcli.sweep.chosen import fit_chosen, walk
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.refit import run_refit

MOONS, FRIEDMAN = Source("moons", rows=80), Source("friedman1", rows=90)
FIT = FitConfig(hidden=(8,), epochs=20)
LINEAR = FitConfig(hidden=())
GRID = (0.0, 0.01, 1.0, 10.0, 100.0)


def sweep(fit, lambdas=GRID, source=MOONS, jobs=1, **options):
    return swept(
        SweepConfig(fit, lambdas, **{"folds": 3, "seeds": 2, "exhaustive": True, **options}), source, Resources(jobs)
    )


@pytest.mark.parametrize("order", ["down", "up"])
@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic-net"])
@pytest.mark.parametrize("source", [FRIEDMAN, Source("moons", rows=90), Source("blobs", rows=90)])
def test_a_convex_model_ends_at_the_same_optimum_on_any_path(source, penalty, order):
    fit = replace(LINEAR, penalty=penalty)
    grid = (1.0, 3.0, 10.0, 30.0, 100.0)
    cold = sweep(fit, grid, source, seeds=1)
    warm = sweep(fit, grid, source, seeds=1, path="warm", path_order=order)
    for a, b in zip(cold.rows, warm.rows, strict=True):
        assert b.cv_loss == pytest.approx(a.cv_loss, rel=1e-3)
        assert b.l2_norm == pytest.approx(a.l2_norm, rel=5e-3, abs=1e-3)
        assert abs(b.sparsity - a.sparsity) <= 0.1
    assert warm.selection == cold.selection


@pytest.mark.parametrize("early_stopping", [False, True])
def test_a_path_has_the_same_bits_in_any_number_of_jobs_and_as_far_as_it_goes(monkeypatch, early_stopping):
    monkeypatch.setattr("wdcli.fits.plan.WORTH_WORKERS", 0.0)
    fit = replace(FIT, early_stopping=early_stopping)
    one, two = (sweep(fit, path="warm", path_order="up", jobs=jobs) for jobs in (1, 2))
    part = sweep(fit, GRID[:3], path="warm", path_order="up")
    for a, b in zip(one.rows, two.rows, strict=True):
        assert (a.train_loss, a.l2_norm, a.kkt) == (b.train_loss, b.l2_norm, b.kkt)
        assert np.array_equal(a.cv_losses, b.cv_losses)
    for a, b in zip(one.rows, part.rows, strict=False):
        assert (a.train_loss, a.test_loss) == (b.train_loss, b.test_loss)
        assert np.array_equal(a.cv_losses, b.cv_losses)


def test_a_path_begins_as_a_sweep_does_and_goes_on_from_there():
    cold, down, up = (sweep(FIT, **options) for options in ({}, {"path": "warm"}, {"path": "warm", "path_order": "up"}))
    assert down.rows[-1].train_loss == cold.rows[-1].train_loss
    assert up.rows[0].train_loss == cold.rows[0].train_loss
    assert up.rows[2].train_loss != cold.rows[2].train_loss
    assert np.array_equal(up.rows[0].cv_losses, cold.rows[0].cv_losses)


def test_a_lane_that_has_collapsed_begins_again():
    """Down from a lambda at which every weight is zero, each lane is trained as if the path began below."""
    fit = replace(FIT, epochs=60, decay="proximal")
    whole, below = (sweep(fit, grid, path="warm") for grid in ((0.1, 1.0, 1e4), (0.1, 1.0)))
    assert whole.rows[-1].status == "collapsed"
    assert whole.rows[-1].collapsed_folds == 1
    assert below.rows[1].train_loss == whole.rows[1].train_loss
    assert np.array_equal(below.rows[0].cv_losses, whole.rows[0].cv_losses)


@pytest.mark.parametrize("path, order", [("cold", "down"), ("warm", "down"), ("warm", "up")])
@pytest.mark.parametrize("penalty", ["l1", "l2"])
@pytest.mark.parametrize("batch_size", [16, 0])
def test_the_chosen_networks_are_the_sweeps_own(penalty, path, order, batch_size):
    fit = replace(FIT, penalty=penalty, batch_size=batch_size)
    result = sweep(fit, path=path, path_order=order, seeds=3)
    chosen = fit_chosen(result, 1 << 30)
    assert walk(result)[-1] == result.selection.chosen
    found = diagnostics.evaluate(chosen.network, chosen.params, *chosen.fold.train)
    assert float(np.mean(found.loss)) == result.chosen_row.train_loss


def test_a_relaxed_linear_model_is_least_squares_on_what_the_lasso_left():
    fit = replace(LINEAR, penalty="l1", dtype="float64")
    result = sweep(fit, (30.0, 60.0), FRIEDMAN, rule="min", seeds=1)
    refit = run_refit(result, 1 << 30)
    weights = refit.params.weights[0][0, :, 0]
    chosen = fit_chosen(result, 1 << 30).params.weights[0][0, :, 0]
    assert 0 < (weights != 0).sum() < len(weights)
    assert np.array_equal(weights != 0, chosen != 0)
    losses = []
    for fold in result.folds:
        # Each fold's own lasso, then least squares on its support.
        rows = replace(result.folds.split, train=fold.train_rows)
        alone = fit_chosen(replace(result, folds=replace(result.folds, split=rows)), 1 << 30)
        kept = np.flatnonzero(alone.params.weights[0][0, :, 0])
        A, B = (np.column_stack([X[:, kept], np.ones(len(X))]) for X in (fold.train.X, fold.held.X))
        w = np.linalg.lstsq(A, fold.train.Y[:, 0], rcond=None)[0]
        losses.append(((B @ w - fold.held.Y[:, 0]) ** 2).mean() * fold.loss_unit)
        if fold.number == 0:
            np.testing.assert_allclose(weights[kept], w[:-1], atol=1e-4)
    assert refit.row.test_loss == pytest.approx(losses[-1], rel=1e-3)
    assert refit.row.cv_loss == pytest.approx(np.mean(losses[:-1]), rel=1e-2)
    assert refit.row.train_loss < result.chosen_row.train_loss
    assert refit.difference.mean == pytest.approx(refit.row.cv_loss - result.chosen_row.cv_loss)


@pytest.mark.parametrize("source", [MOONS, Source("wine"), Source("friedman1", rows=80)])
def test_a_relaxed_network_keeps_its_zeros_and_fits_its_rows_better(source):
    result = sweep(FitConfig(penalty="l1", hidden=(16, 16)), (0.5, 2.0), source, seeds=2)
    refit = run_refit(result, 1 << 30)
    row, before = refit.row, result.chosen_row
    assert 0 < before.sparsity <= row.sparsity < 1
    assert row.effective == before.effective
    assert row.train_loss < before.train_loss
    assert row.l2_norm > before.l2_norm
    assert np.isnan(row.kkt)


@pytest.mark.parametrize(
    "source", [Source("wine"), Source("datasets/penguins.csv", target="species"), Source("diabetes")]
)
def test_the_shrunken_model_predicts_the_same_from_fewer_columns(source):
    fit = FitConfig(penalty="l1", hidden=(16, 16), epochs=60)
    dataset, split = load(source, 0)
    fold = make_fold(fit, dataset, 0, split.train, split.test)
    result = sweep(fit, (5.0,), source, seeds=1)
    chosen = fit_chosen(result, 1 << 30)
    model = Model.of(fit, dataset, fold, 5.0, chosen.params)
    small = model.shrunk()
    assert small.network.sizes == result.rows[0].effective
    assert small.network.n_parameters < model.network.n_parameters / 2
    assert small.encoding.kinds.keys() <= model.encoding.kinds.keys()
    columns = tuple(column for column in dataset.columns if column.name in small.encoding.kinds)
    np.testing.assert_allclose(small.raw_outputs(columns), model.raw_outputs(dataset.columns), rtol=1e-12, atol=1e-12)
    assert small.numbers(columns) == pytest.approx(model.numbers(dataset.columns))
