"""Two models that need no lambda chosen by `wdcli`: scikit-learn's default network, and a linear model with L2.

Both take the rows and encoded features of a sweep's fold 0. Losses are those of its test rows: cross-entropy in nats, or
squared error in units of the training rows' variance. Some of scikit-learn's probabilities are 0 after rounding, which
would cost infinitely much: they are raised to the float64 epsilon, 36 nats, as `log_loss` does.
"""

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegressionCV, RidgeCV
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor

from wdcli.fits.folds import Fold

Array = npt.NDArray[Any]

TINY = float(np.finfo(np.float64).eps)


def default_mlp(fold: Fold, classes: bool) -> Array:
    """Each test row's loss by scikit-learn's network as it comes, (rows,): the mean over random_state 0, 1 and 2."""
    make = MLPClassifier if classes else MLPRegressor
    return np.asarray(np.mean([losses(make(random_state=seed), fold, classes) for seed in range(3)], axis=0))


def linear(fold: Fold, classes: bool) -> Array:
    """Each test row's loss by a linear model, (rows,), its L2 from five shuffled folds or from left-out rows."""
    if not classes:
        return losses(RidgeCV(np.geomspace(1e-3, 1e5, 33)), fold, classes)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    model = LogisticRegressionCV(Cs=np.geomspace(1e-4, 1e4, 17), cv=folds, scoring="neg_log_loss", max_iter=5000)
    return losses(model, fold, classes)


def losses(model: Any, fold: Fold, classes: bool) -> Array:
    """Each test row's loss once the model is fitted to the training rows, (rows,)."""
    X, y = fold.train.X.astype(np.float64), labels(fold.train.Y, classes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", FutureWarning)  # newer versions rename options
        model.fit(X, y)
    return losses_of(model, fold, classes)


def losses_of(model: Any, fold: Fold, classes: bool) -> Array:
    """Each test row's loss by a fitted model, (rows,)."""
    X, held = fold.held.X.astype(np.float64), labels(fold.held.Y, classes)
    if not classes:
        return np.asarray((model.predict(X).reshape(-1) - held) ** 2)
    p = model.predict_proba(X)[np.arange(len(held)), held]
    return np.asarray(-np.log(np.maximum(p, TINY)))


def labels(Y: Array, classes: bool) -> Array:
    """The target as scikit-learn wants it, (rows,): class numbers from one-hot or 0/1, or numbers."""
    if not classes:
        return Y[:, 0].astype(np.float64)
    return Y.argmax(axis=1) if Y.shape[1] > 1 else Y[:, 0].astype(np.int64)
