"""scikit-learn estimators of networks with weight decay.

In reading order:

- parameters: each parameter: its meaning, and what it may be
- given: the rows given to ``fit``, their weights, groups and folds
- faults: wdcli's errors as ``ValueError``
- network: what all share: parameters, and a network fitted on all rows
- classifying: classes and their probabilities
- regressing: numbers
- results: a sweep's rows as ``GridSearchCV`` has its results
- choosing: a lambda that is given, or chosen
- documented: docstrings made of what the files above declare
- one: the estimators at a given lambda
- cv: the estimators that choose lambda
"""

from wdcli.estimators.cv import WeightDecayClassifierCV, WeightDecayRegressorCV
from wdcli.estimators.one import WeightDecayClassifier, WeightDecayRegressor

__all__ = ["WeightDecayClassifier", "WeightDecayClassifierCV", "WeightDecayRegressor", "WeightDecayRegressorCV"]
