"""Estimators at a given lambda."""

from dataclasses import dataclass

from wdcli.estimators.choosing import OneLambda
from wdcli.estimators.classifying import Classifying
from wdcli.estimators.documented import documented
from wdcli.estimators.regressing import Regressing


@documented
@dataclass(eq=False, repr=False)
class WeightDecayClassifier(Classifying, OneLambda):
    """A network for classes, trained with weight decay of a given strength.

    Over weights W and biases b it minimises the mean cross-entropy (in nats) of n rows, plus lambda / (2 n) R(W), where R
    is the sum of w^2 over all weights for the penalty 'l2', and of abs(w) for 'l1'. Biases are never penalised.

    Examples
    --------
    >>> from sklearn.datasets import make_moons
    >>> from wdcli import WeightDecayClassifier
    >>> X, y = make_moons(200, noise=0.3, random_state=0)
    >>> classifier = WeightDecayClassifier(0.3, hidden=(16,)).fit(X[:100], y[:100])
    >>> print(classifier.score(X[100:], y[100:]))
    0.83
    """


@documented
@dataclass(eq=False, repr=False)
class WeightDecayRegressor(Regressing, OneLambda):
    """A network for numbers, one or several for each row, trained with weight decay of a given strength.

    Over weights W and biases b it minimises the mean squared error of n rows (and of their outputs), plus
    lambda / (2 n) R(W), where R is the sum of w^2 over all weights for the penalty 'l2', and of abs(w) for 'l1'. Biases are
    never penalised. The error is that of the standardised target, unless ``scale_target=False``.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from wdcli import WeightDecayRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> regressor = WeightDecayRegressor(20, penalty="l1", hidden=()).fit(X[:300], y[:300])
    >>> print((regressor.coefs_[0] != 0).sum(), "of", regressor.n_features_in_, "features used")
    8 of 10 features used
    """
