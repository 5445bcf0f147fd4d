"""Without a hidden layer a sweep is what scikit-learn's cross-validated linear models do, by other algorithms."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from sklearn.linear_model import ElasticNetCV, LassoCV, LogisticRegressionCV, RidgeCV

from tests.oracles import RENEWED
from tests.sweep.sweeps import swept
from wdcli.data.dice import Purpose, dice
from wdcli.data.loading import load
from wdcli.data.source import Source
from wdcli.data.splits import k_folds
from wdcli.fits.config import FitConfig
from wdcli.sweep.config import SweepConfig

FOLDS = 4
SEED = 0
L1_RATIO = 0.3
EXACT = {"tol": 1e-10, "max_iter": 10**5}


# Each oracle gives its choice and its curve for lambdas in the sweep's convention, ascending: (lambda_min, losses).


def lasso(X, y, cv, lambdas):
    model = LassoCV(alphas=lambdas, cv=cv, **EXACT).fit(X, y)
    return model.alpha_, descending(model.alphas_, model.mse_path_.mean(axis=-1))


def elastic_net(X, y, cv, lambdas):
    model = ElasticNetCV(alphas=lambdas, l1_ratio=L1_RATIO, cv=cv, **EXACT).fit(X, y)
    return model.alpha_, descending(model.alphas_, model.mse_path_.mean(axis=-1))


def ridge(X, y, cv, lambdas):
    """A half of lambda in every fold, whatever its rows; with ``cv`` RidgeCV keeps its best score alone."""

    def fitted(alphas):
        return RidgeCV(alphas, cv=cv, scoring="neg_mean_squared_error").fit(X, y)

    return 2 * fitted(lambdas / 2).alpha_, [-fitted([alpha]).best_score_ for alpha in lambdas / 2]


def logistic(X, y, cv, lambdas):
    """C is 1 / lambda in every fold, whatever its rows; two classes or more."""
    return logistic_of(X, y, cv, lambdas, 1, l1_ratios=(0.0,), solver="newton-cholesky")


def logistic_l1(X, y, cv, lambdas):
    """Twice that: |w| has the same half as w^2, which is in scikit-learn's L2 penalty but not in its L1."""
    return logistic_of(X, y, cv, lambdas, 2, l1_ratios=(1.0,), solver="saga", random_state=0)


def logistic_of(X, y, cv, lambdas, unit, **options):
    if not RENEWED:
        pytest.skip("older versions keep the scores of each class, and take the penalty otherwise")
    model = LogisticRegressionCV(
        Cs=unit / lambdas, cv=cv, scoring="neg_log_loss", use_legacy_attributes=False, **EXACT, **options
    ).fit(X, y)
    return unit / model.C_, -model.scores_.reshape(FOLDS, len(lambdas)).mean(axis=0)


def descending(alphas, losses):
    assert (np.diff(alphas) < 0).all()
    return losses[::-1]


class Case(NamedTuple):
    oracle: Callable
    source: Source
    lambdas: tuple[float, float]
    options: dict


# Teachers' features and blobs' are drawn with a deviation of about one: neither side scales them, nor the target. The
# numbers of rows are such that the folds differ in size.
CASES = [
    Case(lasso, Source("linear-teacher-sparse", rows=199), (0.001, 0.5), {"penalty": "l1", "convention": "glmnet"}),
    Case(
        elastic_net,
        Source("linear-teacher-sparse", rows=199),
        (0.001, 0.5),
        {"penalty": "elastic-net", "l1_ratio": L1_RATIO, "convention": "glmnet"},
    ),
    Case(ridge, Source("linear-teacher", rows=199), (0.1, 1000), {"penalty": "l2"}),
    Case(logistic, Source("moons", rows=126), (0.01, 100), {"penalty": "l2"}),
    Case(logistic_l1, Source("moons", rows=126), (0.01, 30), {"penalty": "l1"}),
    # With less noise the classes all but part: the optimum of a small lambda is far out, and 3,000 steps end 1e-3 short.
    Case(logistic, Source("blobs", rows=126, noise=1.0), (0.03, 300), {"penalty": "l2"}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.oracle.__name__}-{case.source.data}")
def test_a_linear_sweep_has_the_curve_and_the_choice_of_scikit_learns_cross_validation(case):
    lambdas = np.geomspace(*case.lambdas, 9)
    fit = FitConfig(hidden=(), scale_features=False, scale_target=False, seed=SEED, **case.options)
    dataset, split = load(case.source, SEED)
    result = swept(SweepConfig(fit, tuple(lambdas.tolist()), FOLDS, seeds=1), case.source)
    X = np.column_stack([column.values for column in dataset.columns])[split.train]
    y = dataset.y[split.train]
    parts = k_folds(dice(SEED, Purpose.FOLDS), FOLDS, len(y), y if dataset.class_names else None)
    assert len({len(part.train) for part in parts}) > 1
    lambda_min, losses = case.oracle(X, y, [(part.train, part.test) for part in parts], lambdas)
    assert np.array([row.cv_loss for row in result.rows]) == pytest.approx(np.array(losses), rel=1e-3)
    assert result.selection.lambda_min == pytest.approx(lambda_min, rel=1e-9)
    assert not result.selection.at_edge
