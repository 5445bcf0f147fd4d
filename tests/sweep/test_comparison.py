"""Differences between penalties: found where they are, and not where they aren't."""

import math
import operator
from dataclasses import replace
from types import SimpleNamespace
from typing import get_args

import numpy as np
import pytest

from tests.sweep.sweeps import swept
from wdcli.data.dataset import Dataset, Split, numeric_columns
from wdcli.data.source import Source
from wdcli.data.splits import time_folds
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Folds
from wdcli.sweep.chosen import fit_chosen
from wdcli.sweep.comparison import EQUAL, NEGLIGIBLE, NO_DIFFERENCE, FrontPoint, Size, compare, front
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.difference import FEWEST_UNITS, FLOOR, Difference, corrected_t, paired_bootstrap

PAIRS = 200
MOST_FALSE = 20
"""Of 200 at 5 %: a binomial count of 10 is above this in less than one case in 700."""
FIVE = 1 / 4
"""The test share of five folds."""


def ridge(X, y, new, penalty=1.0):
    return new @ np.linalg.solve(X.T @ X + penalty * np.eye(X.shape[1]), X.T @ y)


def equal_learners(rng, rows=100, features=12, folds=5):
    """Squared losses of two ridge regressions, each on half of the features, all of which matter alike: fold by fold, and on
    new rows.
    """
    X, new = rng.normal(size=(rows, features)), rng.normal(size=(200, features))
    y, y_new = (A.sum(axis=1) / 2 + rng.normal(size=len(A)) for A in (X, new))
    halves = (slice(0, features // 2), slice(features // 2, features))
    part = np.arange(rows) % folds
    cv = np.array([
        [((ridge(X[part != k][:, half], y[part != k], X[part == k][:, half]) - y[part == k]) ** 2).mean() for k in range(folds)]
        for half in halves
    ])  # fmt: skip
    test = [(ridge(X[:, half], y, new[:, half]) - y_new) ** 2 for half in halves]
    return cv[..., None], test


def test_learners_that_are_equally_good_are_seldom_told_apart_by_cross_validation():
    rng = np.random.default_rng(0)
    found = [corrected_t(*equal_learners(rng)[0], FIVE) for _ in range(PAIRS)]
    assert sum(d.detectable for d in found) <= MOST_FALSE


@pytest.mark.parametrize("folds", [5, 10])
def test_in_time_too_equal_learners_are_seldom_told_apart_and_unequal_ones_are(folds):
    rng = np.random.default_rng(0)
    share = in_time(folds).test_share
    false, found = [], []
    for _ in range(PAIRS):
        X, w = rng.normal(size=(120, 8)), rng.normal(size=8)
        y = X @ w + rng.normal(size=120)
        halves = [slice(0, 4), slice(4, 8), slice(0, 8)]
        losses = [time_losses(X[:, half], y, folds) for half in halves]
        exchangeable = rng.permutation(2)
        y_equal = X.sum(axis=1) + rng.normal(size=120)
        equal = [time_losses(X[:, halves[i]], y_equal, folds) for i in exchangeable]
        false.append(corrected_t(*equal, share).detectable)
        found.append(corrected_t(losses[2], losses[0], share).detectable)
    assert sum(false) <= MOST_FALSE
    assert sum(found) > PAIRS / 4


def in_time(folds):
    """The folds of a table whose rows stand in the order of time."""
    columns = numeric_columns(np.zeros((120, 1)), ["x"])
    dataset = Dataset("t", "t", "regression", "y", columns, np.zeros(120), in_time=True)
    return Folds(FitConfig(), dataset, Split(np.arange(100), np.arange(100, 120)), folds)


def time_losses(X, y, folds):
    """Squared losses of a ridge regression, (folds, 1)."""
    return np.array([
        [((ridge(X[part.train], y[part.train], X[part.test]) - y[part.test]) ** 2).mean()]
        for part in time_folds(folds, len(y))
    ])  # fmt: skip


@pytest.mark.parametrize("units, group_size", [(150, 1), (20, 1), (20, 15)])
def test_networks_that_are_equally_good_are_seldom_told_apart_by_test_rows(units, group_size):
    """Two fixed predictors with errors of the same distribution; those of a group have most of their error in common."""
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(units), group_size)
    false = 0
    for _ in range(PAIRS):
        errors = rng.normal(size=(2, len(groups))) + 2 * rng.normal(size=(2, units))[:, groups]
        found = paired_bootstrap(*errors**2, groups, rng, resamples=400)
        false += found.detectable
    assert 1 <= false <= MOST_FALSE


SAMPLES = {
    "normal": lambda rng, n: rng.normal(0.4, 1, n),
    "skewed": lambda rng, n: rng.exponential(1, n) - 0.7,
    "tied": lambda rng, n: rng.integers(-1, 3, n).astype(float),
    "mostly 0": lambda rng, n: np.where(rng.random(n) < 0.3, rng.random(n), 0.0),
    "constant": lambda rng, n: np.full(n, rng.choice([-0.1, 0.0, 0.3])),
    "rounding": lambda rng, n: 0.1 + rng.integers(-1, 2, n) * 2.0**-53,
}


def leaves_out_0(found):
    return found.low > 0 or found.high < 0


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_the_interval_leaves_0_out_exactly_where_p_is_below_the_level(sample):
    rng = np.random.default_rng(0)
    for n in (2, 3, 5, FEWEST_UNITS - 1, FEWEST_UNITS, FEWEST_UNITS + 1, 20, 21, 40):
        for _ in range(40):
            d, zeros = sample(rng, n), np.zeros(n)
            for found in (
                corrected_t(d[:, None], zeros[:, None], 1 / (n - 1)),
                paired_bootstrap(d, zeros, np.arange(n), rng, resamples=200),
                paired_bootstrap(d, zeros, np.arange(n) // 2, rng, resamples=200),
            ):
                assert leaves_out_0(found) == (found.p_value < 0.05) == found.detectable


def test_folds_that_all_differ_by_the_same_amount_have_no_spread_to_judge_by():
    """To the last bits: 0.3 - 0.2 and 0.4 - 0.3 are not the same number."""
    found = corrected_t(np.array([[0.3], [0.4], [0.5]]), np.array([[0.2], [0.3], [0.4]]), 1 / 2)
    assert found.mean == pytest.approx(0.1)
    assert np.isnan([found.low, found.high, found.p_value]).all()
    assert not found.detectable


def test_folds_that_differ_by_rounding_alone_do_not_differ():
    losses = np.array([[0.3], [0.4], [0.5]])
    found = corrected_t(losses, losses * (1 - 2.0**-52), 1 / 2)
    assert found.mean != 0
    assert found.p_value == 1
    assert not leaves_out_0(found)


def test_losses_beyond_all_bounds_have_no_interval():
    found = paired_bootstrap(np.append(np.ones(20), np.inf), np.zeros(21), np.arange(21), np.random.default_rng(0))
    assert np.isnan([found.low, found.high, found.p_value]).all()


@pytest.mark.parametrize("constant", [0.3, 1.0, 40.0])
@pytest.mark.parametrize(
    "share, p_value, finding",
    [
        (-1.01, 0.04, "less"),
        (1.01, 0.04, "more"),
        (-0.99, 1e-9, "negligible"),
        (0.99, 1e-9, "negligible"),
        (0.99, 0.05, "none"),
        (500, 0.06, "none"),
        (500, math.nan, "none"),
    ],
)
def test_a_difference_below_a_thousandth_of_a_constant_answers_loss_is_negligible(share, p_value, finding, constant):
    mean = share * FLOOR * constant
    assert Difference(mean, mean, mean, p_value).finding(constant) == finding


def test_p_is_the_level_at_which_the_interval_ends_at_0():
    rng = np.random.default_rng(0)
    d = rng.normal(0.3, 1, 30)
    found = paired_bootstrap(d, np.zeros(30), np.arange(30), np.random.default_rng(1), 20_000)
    edge = paired_bootstrap(d - found.low, np.zeros(30), np.arange(30), np.random.default_rng(1), 20_000)
    assert edge.low == pytest.approx(0, abs=1e-12)
    assert edge.p_value == pytest.approx(0.05, abs=0.005)


def test_few_test_rows_or_groups_show_no_difference():
    found = paired_bootstrap(np.arange(1.0, 19.0), np.zeros(18), np.arange(18) // 2, np.random.default_rng(0))
    assert (found.mean, found.detectable) == (9.5, False)
    assert math.isnan(found.p_value)


def test_the_bootstrap_interval_is_the_normal_one_where_rows_are_many():
    rng = np.random.default_rng(0)
    a, b = rng.normal(1, 1, 4000), rng.normal(0.9, 1, 4000)
    found = paired_bootstrap(a, b, np.arange(4000), rng)
    mean, half = np.mean(a - b), 1.96 * (a - b).std() / math.sqrt(4000)
    assert (found.mean, found.low, found.high) == pytest.approx((mean, mean - half, mean + half), abs=0.1 * half)


def test_a_difference_that_is_there_is_found():
    rng = np.random.default_rng(0)
    better, worse = rng.normal(1, 0.1, (5, 3)), rng.normal(2, 0.1, (5, 3))
    assert corrected_t(better, worse, FIVE).high < 0 < corrected_t(worse, better, FIVE).low
    assert paired_bootstrap(better.ravel(), worse.ravel(), np.arange(15), rng).high < 0


def point(name, size, count, loss):
    return FrontPoint(name, SimpleNamespace(**{size: count}, cv_loss=loss))


@pytest.mark.parametrize("size", get_args(Size))
def test_no_point_beats_one_on_the_front_and_one_does_beat_every_other(size):
    rng = np.random.default_rng(0)
    points = [
        point("p", size, int(w), float(loss)) for w, loss in zip(rng.integers(20, size=60), rng.random(60), strict=True)
    ]
    found, place = front(points, size), operator.methodcaller("place", size)

    def beats(a, b):
        return place(a) != place(b) and place(a)[0] <= place(b)[0] and place(a)[1] <= place(b)[1]

    assert not any(beats(a, b) for a in points for b in found)
    assert all(any(beats(a, b) for a in found) for b in points if b not in found)
    assert [place(p) for p in found] == sorted(place(p) for p in found)


@pytest.fixture(scope="module")
def both():
    fits = [FitConfig(hidden=(8,), epochs=30, penalty=penalty) for penalty in ("l1", "l2")]
    configs = [SweepConfig(fit, (0.0, 0.5, 5.0), folds=3, seeds=2) for fit in fits]
    sweeps = [swept(config, Source("moons", rows=80)) for config in configs]
    return sweeps, [fit_chosen(sweep, 1 << 30).test_losses() for sweep in sweeps]


def test_two_copies_of_a_penalty_do_not_differ(both):
    (sweep, _), (losses, _) = both
    result = compare(["l1", "l1"], [sweep, sweep], [losses, losses], np.arange(20), np.random.default_rng(0))
    (found,) = result.comparisons
    assert (found.conclusion, found.test_conclusion) == (NO_DIFFERENCE, NO_DIFFERENCE)
    for d in (found.difference, found.test):
        assert (d.mean, d.low, d.high, d.p_value) == (0, 0, 0, 1)


def shifted(sweep, by, status):
    """The sweep with other CV losses, and another end, at its chosen lambda."""
    (folds, seeds), chosen = sweep.chosen_row.cv_losses.shape, sweep.chosen_row
    losses = chosen.cv_losses + by * (1 + 0.01 * np.arange(folds * seeds).reshape(folds, seeds))
    moved = replace(chosen, cv_losses=losses, status=status)
    return replace(sweep, rows=tuple(moved if r is chosen else r for r in sweep.rows))


@pytest.mark.parametrize(
    "by, ends, conclusion",
    [
        (0.1, ("collapsed", "collapsed"), EQUAL),
        (1e-6, ("collapsed", "collapsed"), EQUAL),
        (0.0, ("collapsed", "collapsed"), EQUAL),
        (0.1, ("collapsed", "ok"), "a is better"),
        (0.1, ("ok", "ok"), "a is better"),
        (-0.1, ("ok", "ok"), "b is better"),
        (1e-4, ("ok", "ok"), NEGLIGIBLE),
        (0.0, ("ok", "ok"), NO_DIFFERENCE),
    ],
)
def test_collapsed_networks_are_equal_and_differences_of_no_use_are_negligible(both, by, ends, conclusion):
    (sweep, _), (losses, _) = both
    sweeps = [shifted(sweep, by, status) for by, status in zip((0, by), ends, strict=True)]
    worse = losses + by * (1 + 0.01 * np.arange(20))
    result = compare(["a", "b"], sweeps, [losses, worse], np.arange(20), np.random.default_rng(0))
    (found,) = result.comparisons
    assert (found.conclusion, found.test_conclusion) == (conclusion, conclusion)


def test_the_losses_of_the_test_rows_are_those_of_the_chosen_row(both):
    for sweep, losses in zip(*both, strict=True):
        assert losses.shape == (20,)
        assert losses.mean() == pytest.approx(sweep.chosen_row.test_loss, rel=1e-12)


def test_the_smallest_network_of_each_penalty_is_as_good_as_the_best_of_all(both):
    sweeps, losses = both
    result = compare(["l1", "l2"], sweeps, losses, np.arange(20), np.random.default_rng(0))
    rows = [r for sweep in sweeps for r in sweep.rows]
    best = min(rows, key=lambda r: r.cv_loss)
    for found in (result.weights, result.columns):
        for sweep, smallest in zip(sweeps, found.smallest, strict=True):
            good = [getattr(r, found.size) for r in sweep.rows if r.cv_loss <= best.cv_loss + best.cv_se]
            assert (smallest is None) == (not good)
            assert smallest is None or getattr(smallest.row, found.size) == min(good)
    l1 = sweeps[0].rows[1]
    assert l1.nonzero_weights == pytest.approx((1 - l1.sparsity) * 24)


def test_two_copies_of_the_same_losses_do_not_differ():
    losses = np.random.default_rng(0).normal(size=(5, 3))
    found = corrected_t(losses, losses, FIVE)
    assert (found.mean, found.low, found.high, found.p_value) == (0, 0, 0, 1)


def test_the_corrected_interval_by_hand():
    a = np.array([[1.0], [2.0], [3.0], [4.0], [5.0]])
    found = corrected_t(a, np.zeros((5, 1)), FIVE)
    s = math.sqrt(2.5)
    half = 2.7764451051977987 * s * math.sqrt(1 / 5 + 1 / 4)
    assert (found.mean, found.low, found.high) == pytest.approx((3, 3 - half, 3 + half))


def test_p_is_the_level_at_the_edge_of_the_interval_and_seeds_alone_are_no_evidence():
    rng = np.random.default_rng(1)
    fold_effects = rng.normal(size=(5, 1))
    one = corrected_t(fold_effects, np.zeros((5, 1)), FIVE)
    many = corrected_t(np.repeat(fold_effects, 100, axis=1), np.zeros((5, 100)), FIVE)
    assert one.p_value == pytest.approx(many.p_value)
    edge = corrected_t(fold_effects - one.low, np.zeros((5, 1)), FIVE)
    assert edge.p_value == pytest.approx(0.05)
