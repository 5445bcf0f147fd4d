"""The front door from Python: arrays in, results out, and the same numbers as the command line's."""

import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from tests.cli.run import as_json
from wdcli import study
from wdcli.data.dataset import Split
from wdcli.data.encoding import Encoding
from wdcli.data.source import Source
from wdcli.errors import ConfigError, DataError
from wdcli.fits import job
from wdcli.fits.config import FitConfig
from wdcli.fits.resources import Resources
from wdcli.models import load_model, save_model
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.result import BrokenOffError

FIT = FitConfig(hidden=(8,), epochs=20)
SWEEP = SweepConfig(FIT, (0.1, 1.0, 10.0), folds=3, seeds=2, exhaustive=True)
OPTIONS = ["--hidden", "8", "--epochs", "20"]
SWEPT = [*OPTIONS, "--lambdas", "0.1,1,10", "--folds", "3", "--seeds", "2", "--exhaustive"]
ONE = Resources(jobs=1)


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(90, 3))
    return X, X[:, 0] - X[:, 1] ** 2 + rng.normal(scale=0.3, size=90)


def test_a_sweep_from_python_is_the_command_lines():
    found = study.sweep(study.load(Source("moons", rows=80)), SWEEP, ONE)
    shown = as_json("sweep", "--rows", 80, *SWEPT)
    assert shown["selection"] == vars(found.selection)
    assert [row["cv_loss"] for row in shown["rows"]] == [row.cv_loss for row in found.rows]
    assert tuple(shown["notes"]) == found.notes


def test_a_fit_from_python_is_the_command_lines():
    found = study.train(study.load(Source("diabetes")), FIT, 2.0, resources=ONE)
    assert (
        as_json("train", "--data", "diabetes", "--lambd", 2, *OPTIONS)["result"]["train_loss"]
        == found.record.train_loss
    )


def test_a_caller_may_ask_for_every_epoch_of_a_history(table):
    config, data = replace(FIT, epochs=100), study.arrays(*table)
    usual, every = (study.train(data, config, 1.0, resources=ONE, **more).record for more in ({}, {"points": 100}))
    assert every.diagnostics.history.epochs == tuple(range(101))
    thinned = every.diagnostics.history.train_loss[::4]
    assert usual.diagnostics.history.train_loss == thinned
    assert every.train_loss == usual.train_loss


def test_given_folds_take_the_place_of_drawn_ones(table):
    data = study.arrays(*table)
    drawn = study.sweep(data, SWEEP, ONE)
    given = study.sweep(data, replace(SWEEP, folds=7), ONE, parts=drawn.folds.parts)
    assert [row.cv_loss for row in given.rows] == [row.cv_loss for row in drawn.rows]
    assert (given.config.folds, given.folds.test_share) == (3, drawn.folds.test_share)
    constant = replace(data.dataset, y=np.where(np.arange(90) < 60, 1.0, data.dataset.y))
    first = Split(np.flatnonzero(data.split.train < 60), np.flatnonzero(data.split.train >= 60))
    with pytest.raises(DataError, match=r"one value in all .* of fold 1"):
        study.sweep(study.Data(constant, data.split), SWEEP, ONE, parts=[first, first])


def test_a_comparison_from_python_is_the_command_lines():
    both = [(name, replace(SWEEP, fit=replace(FIT, penalty=name))) for name in ("l1", "l2")]
    found = study.compare(study.load(Source("moons", rows=80)), both, ONE)
    (pair,) = as_json("compare", "l1", "l2", "--rows", 80, *SWEPT)["comparisons"]
    assert (pair["difference"], pair["conclusion"]) == (
        found.comparisons[0].difference.mean,
        found.comparisons[0].conclusion,
    )


def test_arrays_of_ones_own_are_swept_refitted_saved_and_predicted_from(table, tmp_path):
    X, y = table
    data = study.arrays(X, y, feature_names=["a", "b", "c"])
    result = study.sweep(data, replace(SWEEP, fit=replace(FIT, penalty="l1")), ONE)
    path = str(tmp_path / "m.model")
    save_model(study.model(result, study.refit(result, ONE), ONE), path, force=False)
    predicted = load_model(path).numbers(data.dataset.columns)
    held = data.split.test
    assert ((predicted[held] - y[held]) ** 2).mean() < y[held].var()


@pytest.mark.parametrize(
    "y, task, classes",
    [
        (np.arange(12.0) / 7, "regression", ()),
        (np.repeat([3, 10], 6), "classification", ("3", "10")),
        (np.repeat(["no", "yes", "perhaps"], 4), "classification", ("no", "perhaps", "yes")),
        (np.repeat([True, False], 6), "classification", ("False", "True")),
    ],
)
def test_floats_are_a_regression_and_anything_else_has_classes(y, task, classes):
    dataset = study.arrays(np.arange(24.0).reshape(12, 2), y).dataset
    assert (dataset.task, dataset.class_names) == (task, classes)
    if classes:
        assert [dataset.class_names[code] for code in dataset.y] == [str(value) for value in y.tolist()]


def test_whole_numbers_are_a_regression_where_that_is_said():
    assert study.arrays(np.eye(9), np.arange(9), task="regression").dataset.y.tolist() == list(range(9))


def test_missing_values_groups_and_time_are_taken(table):
    X, y = table
    X = X.copy()
    X[::7, 1] = math.nan
    groups = np.repeat(np.array([f"g{i}" for i in range(15)]), 6)
    data = study.arrays(X, y, groups=groups)
    held, trained = (set(groups[rows]) for rows in (data.split.test, data.split.train))
    assert not held & trained
    assert study.train(data, FIT, 1.0, resources=ONE).record.status == "ok"
    later = study.arrays(X, y, in_time=True)
    assert later.split.train.max() < later.split.test.min()
    assert study.sweep(later, SWEEP, ONE).folds.test_share == 2 / 4


@pytest.mark.parametrize(
    "X, y, options, said",
    [
        (np.zeros(9), np.arange(9.0), {}, "X must be"),
        (np.zeros((9, 2)), np.arange(8.0), {}, "X must be"),
        (np.zeros((9, 0)), np.arange(9.0), {}, "X must be"),
        (np.full((9, 2), np.inf), np.arange(9.0), {}, "infinite"),
        (np.zeros((9, 2)), np.full(9, math.nan), {}, "y holds values that are nan"),
        (np.zeros((9, 2)), np.zeros(9, dtype=int), {}, "one value in every row"),
        (np.zeros((9, 2)), np.zeros(9), {}, "one value in all"),
        (np.zeros((9, 2)), np.arange(9.0), {"groups": [1, 2]}, "groups must be"),
        (np.zeros((9, 2)), np.arange(9.0), {"feature_names": ["a", "a"]}, "1 different names, and X 2 columns"),
    ],
)
def test_arrays_that_cannot_be_learned_from_are_refused(X, y, options, said):
    with pytest.raises(DataError, match=said):
        study.arrays(X, y, **options)


def test_notes_are_told_before_the_work_and_kept(table):
    told = []
    data = study.arrays(np.column_stack([*table[0].T, np.ones(90)]), table[1])
    result = study.sweep(data, replace(SWEEP, lambdas=(0.001, 0.002)), ONE, say=told.extend)
    assert any("x3" in line for line in told)
    assert any(line.startswith("Warning: the best lambda of l2") for line in told)
    assert result.notes == tuple(told)


def test_a_fit_and_its_notes_share_one_encoding(table, monkeypatch):
    learned, fit = [], Encoding.fit
    monkeypatch.setattr(Encoding, "fit", lambda *args: learned.append(fit(*args)) or learned[-1])
    result = study.train(study.arrays(*table), FitConfig(hidden=(4,), epochs=1), 0.1)
    assert [id(one) for one in learned] == [id(result.fold.encoding)]


def test_a_comparison_of_other_networks_is_refused(table):
    both = [("a", SWEEP), ("b", replace(SWEEP, fit=replace(FIT, hidden=(3,))))]
    with pytest.raises(ConfigError, match="differ in their penalties alone"):
        study.compare(study.arrays(*table), both, ONE)


def test_a_sweep_that_is_broken_off_is_another_type_and_holds_its_rows(table, monkeypatch):
    original, done = job.Job.run, []

    def run(self):
        done.append(self)
        if len(done) > 3:
            raise KeyboardInterrupt
        return original(self)

    monkeypatch.setattr(job.Job, "run", run)
    with pytest.raises(BrokenOffError) as broken:
        study.sweep(study.arrays(*table), SWEEP, ONE)
    partial = broken.value.partial
    assert (broken.value.done, partial.of) == ((), 24)
    assert 0 < partial.networks < 24
    assert not hasattr(partial, "selection")
    assert all(math.isfinite(row.cv_loss) for row in partial.rows)


def test_the_front_door_needs_no_click():
    code = "import sys, wdcli.study; sys.exit(bool({'click', 'rich', 'sklearn', 'polars'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
