"""scikit-learn's own checks of estimators, none of them expected to fail."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from wdcli import WeightDecayClassifier, WeightDecayClassifierCV, WeightDecayRegressor, WeightDecayRegressorCV

QUICK = {"hidden": (8,), "epochs": 200, "n_seeds": 1, "cv": 3}


@parametrize_with_checks([
    WeightDecayClassifier(), WeightDecayRegressor(), WeightDecayClassifierCV(**QUICK), WeightDecayRegressorCV(**QUICK),
])  # fmt: skip
def test_scikit_learns_checks_pass(estimator, check):
    check(estimator)


@pytest.mark.long  # a hundred networks and more for each of their fits
@pytest.mark.timeout(600)
@parametrize_with_checks([WeightDecayClassifierCV(), WeightDecayRegressorCV()])
def test_scikit_learns_checks_pass_with_all_lambdas_and_seeds(estimator, check):
    check(estimator)
