"""Estimators that choose lambda by cross-validation, as scikit-learn's RidgeCV and LassoCV do."""

from dataclasses import dataclass

from wdcli.estimators.choosing import ChosenLambda
from wdcli.estimators.classifying import Classifying
from wdcli.estimators.documented import documented
from wdcli.estimators.regressing import Regressing


@documented
@dataclass(eq=False, repr=False)
class WeightDecayClassifierCV(Classifying, ChosenLambda):
    """A network for classes, trained with the weight decay that cross-validation chooses.

    It minimises what ``WeightDecayClassifier`` does. Every lambda is tried in every fold, for ``n_seeds`` networks; then
    one network is trained at the chosen lambda on all rows.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from wdcli import WeightDecayClassifierCV
    >>> X, y = load_iris(return_X_y=True)
    >>> classifier = WeightDecayClassifierCV([0.1, 1, 10], hidden=(8,), n_seeds=1, epochs=50).fit(X, y)
    >>> print(classifier.lambda_, round(classifier.score(X, y), 2))
    1.0 0.97
    """


@documented
@dataclass(eq=False, repr=False)
class WeightDecayRegressorCV(Regressing, ChosenLambda):
    """A network for numbers, one or several for each row, trained with the weight decay that cross-validation chooses.

    It minimises what ``WeightDecayRegressor`` does. Every lambda is tried in every fold, for ``n_seeds`` networks; then
    one network is trained at the chosen lambda on all rows.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from wdcli import WeightDecayRegressorCV
    >>> X, y = load_diabetes(return_X_y=True)
    >>> regressor = WeightDecayRegressorCV([0.1, 1, 10, 100], hidden=(), rule="min").fit(X, y)
    >>> print(regressor.lambda_, regressor.lambda_1se_)
    1.0 100.0
    """
