"""Row weights from the table to the result: repeated rows give the same network, and classes can weigh alike."""

from dataclasses import astuple, replace

import numpy as np
import pytest
from sklearn import metrics
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_class_weight

from wdcli import study
from wdcli.data.dataset import Column, Split
from wdcli.data.encoding import Encoding
from wdcli.data.matrix import from_arrays
from wdcli.errors import ConfigError, DataError
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import class_weights, make_fold
from wdcli.fits.plan import make_setting
from wdcli.study import Data
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.difference import paired_bootstrap
from wdcli.sweep.grid import first_grid

ROWS = 60
RNG = np.random.default_rng(0)
X = RNG.normal(size=(ROWS, 3)) * [1, 10, 0.1] + 5
SIGNAL = X[:, 0] - 5 + 0.5 * RNG.normal(size=ROWS)
TARGETS = {"regression": SIGNAL, "classification": (SIGNAL > 0.5).astype(int)}
TIMES = np.arange(ROWS) % 4
FIT = FitConfig(hidden=(6,), dtype="float64", batch_size=0, epochs=80)


def both(y, **options):
    """Rows with weights, of which some are 0, and the same rows repeated; the last 20 rows are for testing."""
    order = np.repeat(np.arange(ROWS), TIMES)
    weighted, repeated = from_arrays(X, y, weights=TIMES, **options), from_arrays(X[order], y[order], **options)
    kept = np.flatnonzero(TIMES)
    return [
        Data(dataset, Split(*(np.flatnonzero(part) for part in (rows < 40, rows >= 40))))
        for dataset, rows in ((weighted, kept), (repeated, order))
    ]


@pytest.mark.parametrize("penalty", ["l1", "l2"])
@pytest.mark.parametrize("task", TARGETS)
@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_a_row_of_weight_2_is_that_row_twice(task, penalty, class_weight):
    if task == "regression" and class_weight:
        pytest.skip("a regression has no classes")
    config = replace(FIT, penalty=penalty, class_weight=class_weight)
    one, other = (study.train(data, config, 2.0) for data in both(TARGETS[task]))
    assert one.params.buffer == pytest.approx(other.params.buffer, abs=1e-8)
    for name in ("train_loss", "train_score", "train_penalty", "held_loss", "held_score"):
        assert getattr(one.record, name) == pytest.approx(getattr(other.record, name), rel=1e-7)
    assert one.constant == pytest.approx(other.constant)


@pytest.mark.parametrize("convention", ["textbook", "keras", "glmnet", "pytorch"])
def test_the_automatic_grid_is_that_of_the_repeated_rows(convention):
    grids = []
    for dataset, split in both(TARGETS["regression"]):
        fit = replace(FIT, penalty="l1", convention=convention)
        whole = make_fold(fit, dataset, 0, split.train, split.test)
        grids.append(first_grid(fit, None, make_setting(fit, dataset, whole), whole.train))
    assert grids[0] == grids[1]


def test_standardisation_counts_rows_by_their_weights():
    weights = TIMES[TIMES > 0].astype(float)
    (dataset, _), _ = both(TARGETS["regression"])
    rows = np.arange(dataset.rows)
    ours = Encoding.fit(dataset.columns, rows, weights=weights).transform(dataset.columns, rows, "float64")
    theirs = StandardScaler().fit(X[TIMES > 0], sample_weight=weights)
    assert ours == pytest.approx(theirs.transform(X[TIMES > 0]), abs=1e-12)


def test_a_category_of_one_row_of_weight_2_is_not_rare():
    column = Column("t", "text", np.array([0, 0, 1, 2]), ("a", "b", "c"))
    names = Encoding.fit([column], np.arange(4), weights=np.array([1.0, 1, 2, 1])).feature_names
    assert names == ["t=a", "t=b", "t=other"]


def test_missing_cells_are_filled_with_the_weighted_mean():
    column = Column("x", "number", np.array([1.0, 4.0, np.nan]))
    (rule,) = Encoding.fit([column], np.arange(3), weights=np.array([2.0, 1.0, 5.0])).rules
    assert (rule.fill, rule.mean) == (pytest.approx(2), pytest.approx(2))


def test_only_the_weights_sum_decides_on_textbook_lambda():
    """n is the sum of the weights: twice the weights and twice lambda are the same network."""
    y = TARGETS["regression"]
    results = [
        study.train(Data(from_arrays(X, y, weights=w), Split(np.arange(40), np.arange(40, ROWS))), FIT, lambd)
        for w, lambd in ((np.arange(1.0, ROWS + 1), 1.0), (2 * np.arange(1.0, ROWS + 1), 2.0))
    ]
    assert results[0].params.buffer == pytest.approx(results[1].params.buffer, abs=1e-9)


@pytest.mark.parametrize("weights", [None, TIMES])
def test_balanced_classes_have_scikit_learns_weights(weights):
    y = TARGETS["classification"]
    dataset = from_arrays(X, y, weights=weights)
    found = class_weights("balanced", dataset, np.arange(dataset.rows))
    times = np.ones(ROWS, dtype=int) if weights is None else weights
    expected = compute_class_weight("balanced", classes=np.array([0, 1]), y=np.repeat(y, times))
    assert found == pytest.approx(expected)


def test_weights_of_classes_multiply_those_of_rows():
    y = TARGETS["classification"]
    split, costs = Split(np.arange(40), np.arange(40, ROWS)), (1.0, 3.0)
    one = study.train(Data(from_arrays(X, y), split), replace(FIT, class_weight=costs, scale_features=False), 1.0)
    rows = from_arrays(X, y, weights=np.array(costs)[y])
    other = study.train(Data(rows, split), replace(FIT, scale_features=False), 1.0)
    assert one.record.train_loss == pytest.approx(other.record.train_loss, rel=1e-9)
    assert one.record.held_loss == pytest.approx(other.record.held_loss, rel=1e-9)


def test_early_stopping_and_a_sweep_take_weights():
    data = study.arrays(X, SIGNAL, weights=1 + TIMES)
    config = SweepConfig(replace(FIT, early_stopping=True, epochs=20), lambdas=(0.1, 1.0), folds=3, seeds=2)
    result = study.sweep(data, config)
    assert all(np.isfinite(row.cv_loss) for row in result.rows)
    warm = study.sweep(data, replace(config, path="warm", fit=replace(config.fit, early_stopping=False)))
    assert all(np.isfinite(row.cv_loss) for row in warm.rows)


@pytest.mark.parametrize(
    "weights, message",
    [(-1 * np.ones(ROWS), "negative"), (np.full(ROWS, np.nan), "finite"), (np.zeros(ROWS), "every weight is 0"),
     (np.ones(3), "one for each row")],
)  # fmt: skip
def test_weights_that_cannot_be_are_refused(weights, message):
    with pytest.raises(DataError, match=message):
        from_arrays(X, SIGNAL, weights=weights)


def test_classes_cannot_be_balanced_in_a_regression():
    with pytest.raises(ConfigError, match="needs classes"):
        study.train(study.arrays(X, SIGNAL), replace(FIT, class_weight="balanced"), 1.0)


def test_scores_count_rows_by_their_weights_alone_and_losses_by_those_of_classes_too():
    y, times = (SIGNAL > 1.5).astype(int), 1.0 + TIMES
    data = Data(from_arrays(X, y, weights=times), Split(np.arange(40), np.arange(40, ROWS)))
    found = study.train(data, replace(FIT, class_weight="balanced"), 1.0)
    rows = [column.take(data.split.test) for column in data.dataset.columns]
    p = study.Model.of(
        replace(FIT, class_weight="balanced"), data.dataset, found.fold, 1.0, found.params
    ).probabilities(rows)
    truth, w = y[40:], times[40:]
    measured = found.record.diagnostics
    assert found.record.held_score == pytest.approx(metrics.accuracy_score(truth, p[:, 1] > 0.5, sample_weight=w))
    assert measured.test_auc == pytest.approx(metrics.roc_auc_score(truth, p[:, 1], sample_weight=w))
    assert measured.test_average_precision == pytest.approx(
        metrics.average_precision_score(truth, p[:, 1], sample_weight=w)
    )
    costs = class_weights("balanced", data.dataset, data.split.train)[truth] * w
    assert found.record.held_loss == pytest.approx(metrics.log_loss(truth, p, sample_weight=costs), rel=1e-6)


def test_test_losses_are_compared_as_those_of_repeated_rows():
    rng, times = np.random.default_rng(2), np.resize([1, 2, 5, 9], 60)
    a, b = rng.exponential(size=(2, 60))
    order = np.repeat(np.arange(60), times)
    found = [
        paired_bootstrap(*losses, units, np.random.default_rng(0), weights=weights)
        for losses, units, weights in (
            ((a, b), np.arange(60), times / times.mean()),
            ((a[order], b[order]), order, None),
        )
    ]
    assert astuple(found[0]) == pytest.approx(astuple(found[1]), rel=1e-9)


@pytest.mark.parametrize("costs", [(1.0,), (1.0, -1.0), (1.0, np.nan), (0.0, 0.0), (1.0, 2.0, 3.0)])
def test_class_weights_that_cannot_be_are_refused(costs):
    with pytest.raises(ConfigError, match="a number above 0 for each of the 2 classes"):
        study.train(study.arrays(X, TARGETS["classification"]), replace(FIT, class_weight=costs), 1.0)


def test_small_weights_leave_the_categories_as_they_are():
    column = Column("t", "text", np.array([0, 0, 1, 1, 2]), ("a", "b", "c"))
    assert Encoding.fit([column], np.arange(5), weights=np.full(5, 0.2)).feature_names == ["t=a", "t=b", "t=other"]
