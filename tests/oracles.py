"""scikit-learn's models, in any of its versions."""

from typing import Any

import sklearn
from sklearn.linear_model import LogisticRegression

RENEWED = tuple(map(int, sklearn.__version__.split(".")[:2])) >= (1, 8)
"""Since 1.8 ``l1_ratio`` alone says what a logistic regression is penalised by; before, it takes ``penalty`` too."""


def logistic_regression(l1_ratio: float, **options: Any) -> LogisticRegression:
    """Penalised as ``l1_ratio`` says; lbfgs where it is 0, else saga."""
    if not l1_ratio:
        return LogisticRegression(**options)
    named = {} if RENEWED else {"penalty": "elasticnet"}
    return LogisticRegression(solver="saga", l1_ratio=l1_ratio, random_state=0, **named, **options)
