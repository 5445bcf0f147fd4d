"""Small estimators, quick to fit, and tables to fit them on."""

import numpy as np
import polars as pl
from sklearn.base import is_classifier
from sklearn.preprocessing import StandardScaler

from wdcli import WeightDecayClassifier, WeightDecayClassifierCV, WeightDecayRegressor, WeightDecayRegressorCV

SMALL = {"hidden": (8,), "epochs": 40}
CHOSEN = {**SMALL, "lambdas": (0.1, 1.0, 10.0), "n_seeds": 1, "cv": 3}
CLASSIFIERS = [WeightDecayClassifier(**SMALL), WeightDecayClassifierCV(**CHOSEN)]
REGRESSORS = [WeightDecayRegressor(**SMALL), WeightDecayRegressorCV(**CHOSEN)]
NAMES_POLARS = hasattr(StandardScaler().fit(pl.DataFrame({"a": [1.0, 2.0]})), "feature_names_in_")
"""Older versions of scikit-learn don't see the names of a frame of polars 2."""
ALL = [*CLASSIFIERS, *REGRESSORS]


def table(rows=60, seed=0):
    """X (rows, 3), classes y (rows,) named by text, and numbers z (rows,)."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 3))
    z = X[:, 0] - X[:, 1] ** 2 + rng.normal(scale=0.3, size=rows)
    return X, np.where(z > np.median(z), "up", "down"), z


def target(estimator, rows=60):
    """The target of ``table`` that the estimator predicts."""
    _, y, z = table(rows)
    return y if is_classifier(estimator) else z
