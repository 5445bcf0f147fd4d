"""A sweep is hundreds of fits, each of which one can also have alone."""

import math
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from tests.cli.run import as_json
from tests.sweep.sweeps import ONE, swept
from wdcli import study
from wdcli.data.dice import Purpose, dice
from wdcli.data.loading import load
from wdcli.data.source import Source
from wdcli.data.splits import k_folds
from wdcli.errors import ConfigError
from wdcli.fits.block import LANES
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Folds, make_fold
from wdcli.fits.measure import run_block
from wdcli.fits.plan import make_blocks, make_network, make_plan
from wdcli.fits.records import Diagnostics, LaneRecord, Strong
from wdcli.fits.resources import Resources
from wdcli.fits.room import HELPER, LATER, WORKER, Extent, Needs
from wdcli.nn.arrays import Examples
from wdcli.nn.diagnostics import feature_norms
from wdcli.nn.effective import effective
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.rows import make_row
from wdcli.sweep.runner import run_sweep

MOONS = Source("moons", rows=80)
FIT = FitConfig(hidden=(8,), epochs=4)
GRID = (0.0, 0.01, 1.0, 100.0)


def sweep(fit=FIT, lambdas=GRID, jobs=1, source=MOONS, **options):
    return swept(
        SweepConfig(fit, lambdas, **{"folds": 3, "seeds": 2, "exhaustive": True, **options}), source, Resources(jobs)
    )


def measures(row):
    return {
        name: value
        for name, value in vars(row).items()
        if name
        not in ("cv_losses", "worst_losses", "worst_rows", "verdict", "plateau", "wins", "l1_ratio", "excess_risk")
    }


@pytest.mark.parametrize("penalty", ["l1", "l2"])
@pytest.mark.parametrize("source", [MOONS, Source("friedman1", rows=60)])
def test_every_row_is_reproduced_by_one_train(source, penalty):
    fit = replace(FIT, penalty=penalty)
    result = sweep(fit, source=source, seeds=1)
    data = study.load(source, fit.seed)
    for row in result.rows:
        alone = study.train(data, fit, row.lambd, resources=ONE).record
        assert (row.train_loss, row.test_loss, row.l2_norm, row.kkt) == (
            alone.train_loss, alone.held_loss, alone.diagnostics.l2_norm, alone.diagnostics.kkt,
        )  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_numbers_are_added_one_after_the_other_in_every_python(seed):
    """From 3.12 on, ``sum`` rounds the floats of a list otherwise."""
    fit = replace(FIT, hidden=(5, 4, 3), seed=seed)
    found = study.train(study.load(MOONS, seed), fit, 1.0, resources=ONE).record
    tenths = [replace(found, train_loss=0.1, repeat=i) for i in range(10)]
    assert make_row(tenths, None).train_loss == 0.09999999999999999
    l1_norm = squares = 0.0
    for layer in found.diagnostics.layers:
        l1_norm += layer.l1_norm
        squares += layer.l2_norm**2
    assert (found.diagnostics.l1_norm, found.diagnostics.l2_norm) == (l1_norm, math.sqrt(squares))


def test_rows_are_the_same_to_the_last_bit_in_any_grid_and_number_of_jobs(monkeypatch):
    whole = sweep()
    part = sweep(lambdas=(0.01, 100.0))
    assert [measures(row) for row in part.rows] == [measures(whole.rows[i]) for i in (1, 3)]
    monkeypatch.setattr("wdcli.fits.plan.WORTH_WORKERS", 0.0)
    spread = sweep(jobs=2)
    assert [measures(row) for row in spread.rows] == [measures(row) for row in whole.rows]
    for a, b in zip(spread.rows, whole.rows, strict=True):
        assert np.array_equal(a.cv_losses, b.cv_losses)
    assert spread.selection == whole.selection


def test_lambda_and_penalty_do_not_touch_the_dice():
    """At lambda 0 every penalty trains the same network from the same weights in the same batches."""
    rows = [
        sweep(replace(FIT, penalty=penalty, decay="coupled"), (0.0, 1.0)).rows[0]
        for penalty in ("l1", "l2", "elastic-net")
    ]
    assert measures(rows[0]) == measures(rows[1]) == measures(rows[2])


def test_seeds_and_folds_differ_and_the_seed_changes_everything():
    result = sweep(lambdas=(0.01,), seeds=3)
    assert len(set(result.rows[0].cv_losses.ravel().tolist())) == 9
    other = sweep(replace(FIT, seed=1), lambdas=(0.01,), seeds=3)
    assert other.rows[0].train_loss != result.rows[0].train_loss
    assert result.networks == 3 * 4


def test_cross_validation_of_a_linear_model_is_ridges_on_the_same_folds():
    """CV loss in the units of all training rows' standardised target, each fold scaled by its own training rows."""
    source = Source("friedman1", rows=120)
    fit = FitConfig(
        hidden=(), optimizer="sgd", lr=0.05, schedule="constant", batch_size=0, epochs=3000, dtype="float64"
    )
    lambdas = (0.3, 10.0, 100.0)
    result = sweep(fit, lambdas, source=source, folds=4, seeds=1)
    dataset, split = load(source, 0)
    X = np.column_stack([column.values for column in dataset.columns])[split.train]
    y = dataset.y[split.train]
    for row, lambd in zip(result.rows, lambdas, strict=True):
        losses = []
        for part in k_folds(dice(0, Purpose.FOLDS), 4, len(y), None):
            A, b = X[part.train], y[part.train]
            mean, scale = A.mean(axis=0), A.std(axis=0)
            # In textbook lambda: |y - Xw|^2 + lambda / 2 |w|^2, on the standardised target.
            model = Ridge(lambd / 2).fit((A - mean) / scale, (b - b.mean()) / b.std())
            predicted = model.predict((X[part.test] - mean) / scale) * b.std() + b.mean()
            losses.append(((predicted - y[part.test]) ** 2).mean() / y.var())
        assert row.cv_loss == pytest.approx(np.mean(losses), rel=1e-6)
        assert row.cv_se == pytest.approx(np.std(losses, ddof=1) / 2, rel=1e-6)


def test_test_rows_change_nothing_but_what_is_reported_of_them():
    dataset, split = load(MOONS, 0)
    y = dataset.y.copy()
    y[split.test] = 1 - y[split.test]
    columns = tuple(
        replace(c, values=np.where(np.isin(np.arange(80), split.test), c.values * 50, c.values))
        for c in dataset.columns
    )
    config = SweepConfig(FIT, GRID, folds=3, seeds=1)
    one, other = (
        run_sweep(config, Folds(FIT, data, split, 3), ONE) for data in (dataset, replace(dataset, columns=columns, y=y))
    )
    assert one.selection == other.selection
    for a, b in zip(one.rows, other.rows, strict=True):
        assert (a.cv_loss, a.train_loss, a.l2_norm) == (b.cv_loss, b.train_loss, b.l2_norm)
        assert a.test_loss != b.test_loss


def test_larger_lambda_smaller_norms_and_l1_alone_makes_zeros():
    lambdas = (0.1, 0.5, 2.0, 10.0)
    l1, l2 = (sweep(replace(FIT, penalty=penalty, epochs=60), lambdas) for penalty in ("l1", "l2"))
    assert (np.diff([row.l2_norm for row in l2.rows]) < 0).all()
    assert (np.diff([row.l1_norm for row in l1.rows]) < 0).all()
    assert (np.diff([row.sparsity for row in l1.rows]) > 0).all()
    assert all(row.sparsity == 0 for row in l2.rows)


def test_a_lambda_that_diverges_is_marked_and_the_others_go_on():
    fit = replace(FIT, optimizer="sgd", lr=0.1, decay="coupled", momentum=0.0, epochs=200)
    result = sweep(fit, lambdas=(0.1, 1e5))
    good, bad = result.rows
    assert (good.status, bad.status, bad.verdict) == ("ok", "diverged", "diverged")
    assert math.isnan(bad.cv_loss)
    assert math.isnan(bad.train_loss)
    assert result.selection.chosen == 0.1


def test_a_huge_lambda_collapses_to_the_bias_only_model():
    result = sweep(replace(FIT, decay="proximal", epochs=60), lambdas=(0.1, 1e6))
    assert [row.status for row in result.rows] == ["ok", "collapsed"]
    assert result.rows[1].train_loss == pytest.approx(math.log(2), rel=1e-3)
    assert result.rows[1].collapsed_folds == 1


def test_several_seeds_of_train_show_the_neighbourhood():
    result = study.train(study.load(MOONS), FIT, 1.0, 3, ONE)
    assert sorted({r.lambd for r in result.records}) == pytest.approx([10**-0.5, 1, 10**0.5])
    assert len(result.records) == 9
    assert result.record in result.records


def test_early_stopping_fits_on_the_rows_that_are_left_and_stops():
    fit = replace(FIT, early_stopping=True, epochs=300)
    record = study.train(study.load(Source("moons", rows=200)), fit, 0.01, resources=ONE).record
    assert 10 < record.epochs < 300
    with pytest.raises(ConfigError, match="--early-stopping keeps a tenth"):
        study.train(study.load(Source("moons", rows=9)), fit, 0.01, resources=ONE)


def test_a_network_that_does_not_fit_is_refused_before_it_is_made():
    config = replace(FIT, hidden=(10**9,))
    with pytest.raises(
        ConfigError,
        match=r"4,000,000,001 parameters \(.* GiB to train\).*need about .* GiB of memory; --memory is 1.0 GiB",
    ):
        study.train(study.load(MOONS), config, 0.1, resources=Resources(memory=1 << 30))


@pytest.fixture
def nothing_held(monkeypatch):
    """This process holds no memory of its own."""
    for where in ("room", "plan"):
        monkeypatch.setattr(f"wdcli.fits.{where}.resident_memory", lambda: 0)


def plan(hidden, memory, networks=10**6, jobs=4):
    dataset, split = load(MOONS, 0)
    config = replace(FIT, hidden=hidden)
    fold, extent = make_fold(config, dataset, 0, split.train, split.test), Extent(networks, networks)
    return make_plan(config, dataset, fold, extent, jobs, memory)


def test_memory_bounds_the_lanes_of_a_block_and_then_the_workers(nothing_held):
    gib = 1 << 30
    assert (plan((8,), gib, 100).lanes_per_block, plan((8,), gib, 150_000).workers) == (LANES, 4)
    assert plan((8,), gib, networks=1).workers == 1
    assert 1 <= plan((1000, 1000), gib, 100).lanes_per_block < LANES
    assert plan((1000, 1000), gib, 100).workers == 4
    assert plan((1000, 1000), gib // 8, 100).workers == 1
    for memory in (gib // 8, gib, 4 * gib):
        found = plan((1000, 1000), memory, 100)
        assert found.workers * found.memory <= memory


@pytest.mark.parametrize("workers", [2, 3, 8])
def test_another_worker_needs_no_more_memory_for_the_rows_that_all_share(nothing_held, workers):
    dataset, split = load(Source("friedman1", rows=50_000), 0)
    fold = make_fold(FIT, dataset, 0, split.train, split.test)
    rows = sum(array.nbytes for array in (*fold.train, *fold.held, *(fold.truth or ())) if array is not None)
    extent = Extent(10**6, 2, 2)
    needs = Needs.of(FIT, make_network(FIT, dataset, 10), len(split.train), rows, extent)
    least = needs.here + HELPER + 3 * rows + workers * (WORKER + needs.ahead + needs.lane)
    found, less = (make_plan(FIT, dataset, fold, extent, 8, memory) for memory in (least, least - 1))
    assert (found.workers, found.memory, less.workers) == (workers, needs.lane, workers - 1)


@pytest.mark.parametrize(
    ("hidden", "penalty", "optimizer"), [((), "l1", "adam"), ((64, 64), "l2", "adam"), ((300,), "l1", "sgd")]
)
def test_a_block_takes_no_more_memory_than_was_planned(nothing_held, hidden, penalty, optimizer):
    config = replace(FIT, hidden=hidden, penalty=penalty, optimizer=optimizer, epochs=1)
    dataset, split = load(Source("friedman1", rows=2000), 0)
    fold = make_fold(config, dataset, 0, split.train, split.test)
    planned = make_plan(config, dataset, fold, Extent(1), 1, LATER + (64 << 20))
    (block,) = make_blocks(
        config, dataset, fold, range(1), tuple(range(planned.lanes_per_block)), planned.lanes_per_block
    )
    run_block(block)
    tracemalloc.start()
    run_block(block)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= planned.memory
    assert peak >= 0.2 * planned.memory or planned.lanes_per_block == LANES


def test_the_memory_of_two_thousand_networks_is_bounded_and_changes_no_number(nothing_held):
    config = SweepConfig(replace(FIT, hidden=(64, 64), epochs=1), tuple(np.geomspace(0.01, 100, 667).tolist()), 2, 1)
    budget, found = LATER + (32 << 20), []
    for memory in (budget, 1 << 30):
        tracemalloc.start()
        found.append(swept(config, MOONS, Resources(1, memory)))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < budget or memory > budget
    assert [measures(row) for row in found[0].rows] == [measures(row) for row in found[1].rows]
    assert found[0].networks == 2001


def test_layers_that_are_not_there_and_batches_over_the_rows_are_refused():
    with pytest.raises(ConfigError, match="--decay-layers names layer 3"):
        replace(FIT, decay_layers=(1, 3)).decayed()
    with pytest.raises(ConfigError, match="more than the 60 training rows"):
        replace(FIT, batch_size=61).resolved_batch_size(60)
    assert [FIT.resolved_batch_size(n) for n in (10, 300, 1347, 10**6)] == [10, 32, 64, 1024]
    assert replace(FIT, batch_size=0).resolved_batch_size(77) == 77
    chosen = replace(FIT, epochs=None)
    assert [chosen.resolved_epochs(n) for n in (12, 60, 90, 300, 10**5, 10**6)] == [600, 600, 200, 60, 52, 6]
    assert replace(chosen, batch_size=0).resolved_epochs(300) == 600
    assert FIT.resolved_epochs(12) == 4


def test_a_lanes_key_tells_in_which_order_its_rows_stand():
    """Rows that repeat can be cut in several ways into the same validation values and others to fit."""
    dataset, split = load(MOONS, 0)
    fold = make_fold(FIT, dataset, 0, split.train, split.test)
    early = replace(FIT, early_stopping=True)
    one = next(make_blocks(early, dataset, fold, range(1), GRID, 9))
    order = np.arange(len(one.train.X))[::-1]
    turned = Examples(*(each[::-1].copy() for each in fold.train[:2]))
    assert one.keys(False) == next(make_blocks(early, dataset, fold, range(1), GRID, 9)).keys(False)
    assert len(set(one.keys(False)) | set(one.keys(True))) == 2 * len(GRID)
    other = next(make_blocks(early, dataset, replace(fold, train=turned), range(1), GRID, 9))
    assert not np.array_equal(one.train.X, one.train.X[order])
    assert not set(one.keys(False)) & set(other.keys(False))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_default_sweep_shows_too_little_decay_enough_and_too_much(seed):
    rows = as_json("sweep", "--seed", seed, "--no-store")["rows"]
    verdicts = [row["verdict"] for row in rows]
    assert list(dict.fromkeys(verdicts)) == ["overfit", "good", "underfit", "collapsed"]
    assert rows[0]["train_loss"] < 0.1 < min(row["cv_loss"] for row in rows)


def test_a_rows_strongest_features_are_those_of_any_seed_by_their_mean_norm():
    both = [
        Diagnostics(1.0, 1.0, 0.5, 1, 1, 1.0, 0.1, 0.9, 0.9, 0.9, (), (len(found), 1), found, None)
        for found in ((Strong(3, 2.0), Strong(0, 1.0)), (Strong(1, 5.0),))
    ]
    records = [LaneRecord(1.0, 0, i, "ok", 1, *[0.5] * 6, each) for i, each in enumerate(both)]
    row = make_row(records, None)
    assert row.strongest == (Strong(1, 2.5), Strong(3, 1.0), Strong(0, 0.5))
    assert row.effective == (1.5, 1)


def test_the_strongest_features_are_those_with_a_way_to_an_output():
    config = FitConfig(hidden=(8,), epochs=60, penalty="l1")
    found = study.train(study.load(Source("friedman1", rows=80)), config, 10.0, resources=ONE)
    norms, levels = feature_norms(found.params)[0], effective(found.params)
    strongest = found.record.diagnostics.strongest
    assert 0 < len(strongest) < len(norms)
    assert {one.feature for one in strongest} == set(np.flatnonzero(levels[0][0]))
    assert [one.l2_norm for one in strongest] == sorted(norms[levels[0][0]], reverse=True)
