"""Errors say which parameter or what about the data is wrong."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import ShuffleSplit

from tests.estimators.estimators import ALL, CHOSEN, CLASSIFIERS, REGRESSORS, SMALL, table, target
from wdcli import WeightDecayClassifier, WeightDecayClassifierCV, WeightDecayRegressor, WeightDecayRegressorCV

X, CLASSES, NUMBERS = table()
WRONG = {
    "penalty": ["l3", None, 2],
    "lambd": [-1, np.nan, np.inf, "1", None, True],
    "l1_ratio": [1.1, -0.1, "half"],
    "group_by": ["columns", None],
    "decay": ["AdamW"],
    "decay_layers": [0, [0], "all", []],
    "convention": ["torch"],
    "hidden": [0, (0,), (8, -1), (2.5,), "8", None],
    "activation": ["gelu"],
    "optimizer": ["lbfgs"],
    "lr": [0, -1, "fast"],
    "momentum": [1, -0.1],
    "nesterov": ["no", None, 2],
    "schedule": ["linear"],
    "batch_size": [0, "all", 1.5],
    "epochs": [0, 1.5],
    "early_stopping": ["yes"],
    "encode": ["yes"],
    "max_categories": [0],
    "dtype": ["float16", np.float32],
    "random_state": [-1, "seed", 1.5],
    "class_weight": ["equal", 2],
    "scale_target": [None],
    "lambdas": [[], [-1], "auto", 1.0, [np.nan]],
    "cv": [1, 0, True, "kfold", None, 2.5],
    "n_seeds": [0, 1.5],
    "rule": ["best"],
    "exhaustive": [None],
    "first_rows": [0, 9, "some", 2.5],
    "n_jobs": [0, 1.5, "all", True],
}


def owner(name):
    """An estimator that has the parameter."""
    return next(estimator for estimator in ALL if name in estimator.get_params())


@pytest.mark.parametrize("name, value", [(name, value) for name, values in WRONG.items() for value in values])
def test_a_parameter_that_cannot_be_is_named_with_what_it_may_be(name, value):
    estimator = clone(owner(name)).set_params(**{name: value})
    with pytest.raises(ValueError, match=rf"(The '{name}' parameter of {type(estimator).__name__} must be .* Got )"):
        estimator.fit(X, target(estimator))


def test_every_parameter_is_checked():
    assert {name for estimator in ALL for name in estimator.get_params()} - {"scale_features"} == WRONG.keys()


@pytest.mark.parametrize(
    "options, said",
    [
        ({"decay_layers": [3]}, "^decay_layers names layer 3"),
        ({"batch_size": 61}, "^batch_size 61 is more than the 60 training rows"),
        ({"penalty": "l1", "convention": "sklearn"}, "sklearn"),
        ({"lambd": 1e30}, "too strong"),
        ({"lr": 1e6, "optimizer": "sgd", "lambd": 0.0}, "diverged at lambda = 0: give a smaller lr"),
    ],
)
def test_settings_that_do_not_go_together_are_refused_by_the_parameters_names(options, said):
    with pytest.raises(ValueError, match=said):
        WeightDecayRegressor(**{**SMALL, **options}).fit(X, NUMBERS)


@pytest.mark.parametrize(
    "options, said",
    [
        ({"cv": 61}, "^cv 61: choose from 2 to 60"),
        ({"cv": ShuffleSplit(1)}, r"cv makes 1 split:"),
        ({"cv": [(np.arange(9), []), (np.arange(9), [10])]}, "Split 1 of cv trains on 9 rows and holds out 0"),
        ({"lr": 1e9, "optimizer": "sgd"}, "diverged at every lambda: lower lr"),
    ],
)
def test_folds_and_grids_that_cannot_be_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        WeightDecayRegressorCV(**{**CHOSEN, **options}).fit(X, NUMBERS)


@pytest.mark.parametrize("estimator", ALL, ids=str)
@pytest.mark.parametrize(
    "change, said",
    [
        (lambda X, y: (X[:, 0], y), "Expected 2D array"),
        (lambda X, y: (X[:9], y), "inconsistent numbers of samples"),
        (lambda X, y: (X * np.nan, y), "contains NaN"),
        (lambda X, y: (np.vstack([np.full(3, np.inf), X[1:]]), y), "contains infinity"),
        (lambda X, y: (np.ones_like(X), y), "No column is left to learn from"),
        (lambda X, y: (X[:1], y[:1]), "1 sample"),
        (lambda X, y: (X[:, :0], y), "0 feature"),
    ],
)
def test_arrays_that_cannot_be_learned_from_are_refused(estimator, change, said):
    with pytest.raises(ValueError, match=said):
        clone(estimator).fit(*change(X, target(estimator)))


@pytest.mark.parametrize("estimator", ALL, ids=str)
def test_sparse_rows_are_refused(estimator):
    with pytest.raises(TypeError, match=r"[Ss]parse"):
        clone(estimator).fit(csr_array(X), target(estimator))


@pytest.mark.parametrize("estimator", CLASSIFIERS, ids=str)
def test_one_class_is_refused_by_name_and_numbers_are_no_classes(estimator):
    with pytest.raises(ValueError, match="the data contains only one class"):
        clone(estimator).fit(X, np.full(60, "up"))
    with pytest.raises(ValueError, match="the data contains only one class"):
        clone(estimator).fit(X, CLASSES, sample_weight=(CLASSES == "up").astype(float))
    with pytest.raises(ValueError, match="Unknown label type"):
        clone(estimator).fit(X, NUMBERS)


def test_a_class_with_one_row_is_learned_and_a_class_never_seen_is_scored_as_wrong():
    y = np.where(np.arange(60) == 5, "once", CLASSES)
    assert "once" in WeightDecayClassifier(**SMALL).fit(X, y).classes_
    assert "once" in WeightDecayClassifierCV(**CHOSEN).fit(X, y).classes_
    fitted = WeightDecayClassifier(**SMALL).fit(X, CLASSES)
    assert fitted.score(X, np.full(60, "never")) == 0


def test_class_weights_must_name_classes():
    with pytest.raises(ValueError, match="not in class_weight"):
        WeightDecayClassifier(**SMALL, class_weight={"nowhere": 2.0}).fit(X, CLASSES)


@pytest.mark.parametrize("estimator", REGRESSORS, ids=str)
def test_weights_and_groups_that_do_not_fit_are_refused(estimator):
    for weights, said in ((np.ones(9), "sample_weight.shape"), (-np.ones(60), "[Nn]egative"), (np.zeros(60), "zero")):
        with pytest.raises(ValueError, match=said):
            clone(estimator).fit(X, NUMBERS, sample_weight=weights)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        WeightDecayRegressorCV(**CHOSEN).fit(X, NUMBERS, groups=np.ones(9))


@pytest.mark.parametrize("estimator", ALL, ids=str)
def test_an_estimator_that_is_not_fitted_says_so(estimator):
    with pytest.raises(NotFittedError):
        clone(estimator).predict(X)
    assert not hasattr(estimator, "classes_")


@pytest.mark.parametrize("estimator", ALL, ids=str)
def test_a_fit_that_fails_leaves_columns_and_parameters_alone(estimator):
    given = clone(estimator)
    with pytest.raises(ValueError, match="inconsistent"):
        given.fit(X[:9], target(estimator))
    assert given.get_params() == estimator.get_params()


def test_columns_of_one_name_are_refused():
    with pytest.raises(ValueError, match=r"same name|unique column names"):
        WeightDecayRegressor(**SMALL).fit(pd.DataFrame(X, columns=["a", "a", "b"]), NUMBERS)
    with pytest.raises(ValueError, match=r"more than one column named 'a'|unique column names"):
        WeightDecayRegressor(**SMALL, encode=True).fit(pd.DataFrame(X, columns=["a", "a", "b"]), NUMBERS)


UNGUARDED = """
from sklearn.datasets import load_breast_cancer
from wdcli import WeightDecayClassifierCV
print("begun", flush=True)
WeightDecayClassifierCV([0, 1, 10], hidden=(64, 64), n_jobs=2, n_seeds=2).fit(*load_breast_cancer(return_X_y=True))
print("fitted", flush=True)
"""


@pytest.mark.slow
def test_a_script_whose_work_is_not_guarded_ends_with_a_word_on_it(tmp_path):
    (tmp_path / "script.py").write_text(UNGUARDED)
    done = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "must keep its work under if __name__ == '__main__'" in done.stderr
    assert "fitted" not in done.stdout
