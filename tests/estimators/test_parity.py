"""The estimators give the command line's numbers, to the last bit, and scikit-learn's where the model is the same."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.linear_model import LogisticRegression, Ridge

from tests.cli.run import as_json
from tests.estimators.estimators import table
from wdcli import WeightDecayClassifier, WeightDecayClassifierCV, WeightDecayRegressor, WeightDecayRegressorCV

OPTIONS = ["--hidden", "8", "--epochs", "20", "--dtype", "float64", "--seed", "3"]
PARAMETERS = {"hidden": (8,), "epochs": 20, "random_state": 3}
SWEPT = ["--lambdas", "0.1,1,10", "--folds", "3", "--seeds", "2"]
CHOOSING = {"lambdas": (0.1, 1, 10), "cv": 3, "n_seeds": 2}
X, CLASSES, NUMBERS = table(90)
TEST = np.arange(90) >= 60
GROUPS = np.arange(60) // 5


def written(path, X, y, **more):
    """A CSV file of the columns of X, the target, and more columns."""
    columns = {**{f"x{i}": column for i, column in enumerate(X.T)}, "y": y, **more}
    lines = [",".join(columns), *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    path.write_text("\n".join(lines) + "\n")
    return path


def files(folder, y, **more):
    """The options that train on the first 60 rows and test on the others."""
    train = written(folder / "train.csv", X[~TEST], y[~TEST], **more)
    return ["--data", train, "--target", "y", "--test-data", written(folder / "test.csv", X[TEST], y[TEST])]


@pytest.mark.parametrize(
    "estimator, y", [(WeightDecayClassifier, CLASSES), (WeightDecayRegressor, NUMBERS)], ids=["classes", "numbers"]
)
def test_a_fit_has_the_command_lines_numbers(estimator, y, tmp_path):
    shown = as_json("train", *files(tmp_path, y), "--lambd", 0.5, *OPTIONS)["result"]
    fitted = estimator(0.5, **PARAMETERS).fit(X[~TEST], y[~TEST])
    assert (fitted.loss_, fitted.n_iter_) == (shown["train_loss"], shown["epochs"])
    assert fitted.score(X[TEST], y[TEST]) == pytest.approx(shown["test_score"], rel=1e-14)


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize(
    "estimator, y", [(WeightDecayClassifierCV, CLASSES), (WeightDecayRegressorCV, NUMBERS)], ids=["classes", "numbers"]
)
def test_a_choice_has_the_command_lines_numbers(estimator, y, grouped, tmp_path):
    more, groups = ({"g": GROUPS}, ["--groups", "g"]) if grouped else ({}, [])
    shown = as_json("sweep", *files(tmp_path, y, **more), *groups, *SWEPT, *OPTIONS)
    fitted = estimator(**CHOOSING, **PARAMETERS).fit(X[~TEST], y[~TEST], groups=GROUPS if grouped else None)
    chosen = shown["selection"]
    assert (fitted.lambda_, fitted.lambda_min_, fitted.lambda_1se_) == (
        chosen["chosen"], chosen["lambda_min"], chosen["lambda_1se"],
    )  # fmt: skip
    assert fitted.cv_results_["cv_loss"].tolist() == [row["cv_loss"] for row in shown["rows"]]
    assert [row.train_loss for row in fitted.rows_] == [row["train_loss"] for row in shown["rows"]]


def test_a_linear_regression_is_ridges():
    X, y = load_diabetes(return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    fitted = WeightDecayRegressor(50, hidden=()).fit(X, y)
    # Squared error over n with lambda / (2n) w^2, of a standardised target: Ridge's alpha is lambda / 2.
    np.testing.assert_allclose(fitted.predict(X), Ridge(25).fit(X, y).predict(X), rtol=1e-4)


def test_a_linear_classification_is_logistic_regressions():
    X, y = load_breast_cancer(return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    fitted = WeightDecayClassifier(20, hidden=(), batch_size="full", lr=0.05, epochs=6000).fit(X, y)
    # Mean cross-entropy with lambda / (2n) w^2: the sum of cross-entropies, times C, with w^2 / 2 has C = 1 / lambda.
    np.testing.assert_allclose(
        fitted.predict_proba(X), LogisticRegression(C=1 / 20, tol=1e-8).fit(X, y).predict_proba(X), atol=1e-4
    )
    np.testing.assert_allclose(
        fitted.coefs_[0][:, 0], LogisticRegression(C=1 / 20, tol=1e-8).fit(X, y).coef_[0], atol=1e-4
    )
