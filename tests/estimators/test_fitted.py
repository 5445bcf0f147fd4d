"""What a fitted estimator holds and predicts."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone, is_classifier
from sklearn.model_selection import GroupKFold, KFold, ShuffleSplit

from tests.estimators.estimators import ALL, CHOSEN, CLASSIFIERS, NAMES_POLARS, REGRESSORS, SMALL, table, target
from wdcli import WeightDecayClassifier, WeightDecayClassifierCV, WeightDecayRegressor, WeightDecayRegressorCV
from wdcli.models import load_model, save_model

X, CLASSES, NUMBERS = table()
PREDICT = ["predict", "predict_proba", "predict_log_proba", "decision_function"]


@pytest.mark.parametrize("estimator", ALL, ids=str)
def test_a_loss_is_noted_after_every_epoch(estimator):
    fitted = clone(estimator).fit(X, target(estimator))
    assert len(fitted.loss_curve_) == fitted.n_iter_ == 40
    assert fitted.loss_curve_[-1] == pytest.approx(fitted.loss_, rel=1e-12)
    assert fitted.loss_curve_[0] > fitted.loss_curve_[-1]


def test_a_long_fit_notes_every_epoch_too_and_early_stopping_ends_it():
    fitted = WeightDecayRegressor(0.1, hidden=(4,), epochs=333).fit(X, NUMBERS)
    assert len(fitted.loss_curve_) == fitted.n_iter_ == 333
    stopped = WeightDecayRegressor(0.0, hidden=(16,), epochs=2000, early_stopping=True).fit(X, NUMBERS)
    assert len(stopped.loss_curve_) == stopped.n_iter_ < 2000


@pytest.mark.parametrize("estimator", ALL, ids=str)
def test_predictions_follow_from_the_coefficients(estimator):
    fitted, standard = clone(estimator).fit(X, target(estimator)), (X - X.mean(axis=0)) / X.std(axis=0)
    (first, last), (bias, end) = fitted.coefs_, fitted.intercepts_
    z = (np.maximum(standard @ first + bias, 0) @ last + end)[:, 0]
    if is_classifier(fitted):
        np.testing.assert_allclose(fitted.decision_function(X), z, rtol=1e-10)
        np.testing.assert_allclose(fitted.predict_proba(X)[:, 1], 1 / (1 + np.exp(-z)), rtol=1e-9)
        assert fitted.classes_.tolist() == ["down", "up"]
    else:
        np.testing.assert_allclose(fitted.predict(X), z * NUMBERS.std() + NUMBERS.mean(), rtol=1e-9)


@pytest.mark.parametrize("estimator", ALL, ids=str)
def test_a_constant_column_has_weights_of_zero(estimator):
    fitted = clone(estimator).fit(np.insert(X, 1, 7.0, axis=1), target(estimator))
    assert fitted.coefs_[0].shape == (4, 8)
    assert not fitted.coefs_[0][1].any()
    np.testing.assert_array_equal(
        np.delete(fitted.coefs_[0], 1, axis=0), clone(estimator).fit(X, target(estimator)).coefs_[0]
    )


@pytest.mark.parametrize("estimator", ALL, ids=str)
def test_float32_stays_float32(estimator):
    single = clone(estimator).fit(X.astype(np.float32), target(estimator))
    double = clone(estimator).fit(X, target(estimator))
    for name in [
        name for name in PREDICT if hasattr(estimator, name) and (name, is_classifier(estimator)) != ("predict", True)
    ]:
        assert getattr(single, name)(X.astype(np.float32)).dtype == np.float32
        assert getattr(double, name)(X).dtype == np.float64
    assert (single.coefs_[0].dtype, double.coefs_[0].dtype) == (np.float32, np.float64)
    assert clone(estimator).set_params(dtype="float32").fit(X, target(estimator)).coefs_[0].dtype == np.float32


@pytest.mark.parametrize("estimator", ALL, ids=str)
def test_a_pickled_estimator_predicts_the_same(estimator):
    fitted = clone(estimator).fit(X, target(estimator))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(fitted)).predict(X), fitted.predict(X))


@pytest.mark.parametrize("estimator", ALL, ids=str)
@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame], ids=["pandas", "polars"])
def test_frames_of_numbers_are_taken_by_name(estimator, frame):
    columns = dict(zip("abc", X.T, strict=True))
    fitted = clone(estimator).fit(frame(columns), target(estimator))
    np.testing.assert_array_equal(fitted.predict(frame(columns)), clone(estimator).fit(X, target(estimator)).predict(X))
    if frame is pl.DataFrame and not NAMES_POLARS:
        return
    assert fitted.feature_names_in_.tolist() == ["a", "b", "c"]
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.predict(frame({"a": X[:, 0], "b": X[:, 1], "d": X[:, 2]}))


@pytest.mark.parametrize("estimator", REGRESSORS, ids=str)
def test_several_targets_are_predicted_in_their_own_units(estimator):
    both = np.column_stack([NUMBERS, 100 * X[:, 0] + 5])
    fitted = clone(estimator).set_params(epochs=300).fit(X, both)
    found = fitted.predict(X)
    assert found.shape == both.shape
    assert fitted.score(X, both) > 0.8
    assert fitted.coefs_[-1].shape[1] == 2
    assert clone(estimator).fit(X, NUMBERS[:, None]).predict(X).shape == (60, 1)


def test_more_than_two_classes_of_any_type_are_told_apart():
    for classes in (np.array([3, 5, 11]), np.array(["a", "b", "c"]), np.array([-1.0, 0.0, 1.0])):
        y = classes[np.digitize(NUMBERS, np.quantile(NUMBERS, [1 / 3, 2 / 3]))]
        fitted = WeightDecayClassifier(0.1, hidden=(8,), epochs=200).fit(X, y)
        assert fitted.classes_.dtype == fitted.predict(X).dtype == y.dtype
        assert fitted.score(X, y) > 0.7
        p = fitted.predict_proba(X)
        np.testing.assert_allclose(p.sum(axis=1), 1)
        np.testing.assert_allclose(fitted.predict_log_proba(X), np.log(p), rtol=1e-10)
        assert (fitted.classes_[p.argmax(axis=1)] == fitted.predict(X)).all()


def test_log_probabilities_are_finite_where_probabilities_are_0():
    fitted = WeightDecayClassifier(0.0, hidden=(), epochs=50).fit(X, CLASSES)
    assert np.isfinite(fitted.predict_log_proba(1e6 * X)).all()


@pytest.mark.parametrize("estimator", ALL, ids=str)
def test_the_model_can_be_saved_and_predicts_the_same(estimator, tmp_path):
    fitted = clone(estimator).fit(pd.DataFrame(X, columns=["a", "b", "c"]), pd.Series(target(estimator), name="what"))
    save_model(fitted.model_, str(tmp_path / "m.model"), force=False)
    loaded = load_model(str(tmp_path / "m.model"))
    assert (loaded.target, loaded.encoding.columns) == ("what", ["a", "b", "c"])
    assert loaded.parameters.tolist() == fitted.model_.parameters.tolist()


@pytest.mark.parametrize(
    "weights", [np.tile([0.0, 1.0, 2.0], 20), np.tile([2.0, 0.0, 0.0], 20)], ids=["0, 1, 2", "2, 0, 0"]
)
@pytest.mark.parametrize("estimator", [WeightDecayClassifier, WeightDecayRegressor])
def test_a_weight_counts_rows(estimator, weights):
    y = target(estimator())
    weighted = estimator(**SMALL, batch_size="full").fit(X, y, sample_weight=weights)
    rows = np.repeat(np.arange(60), weights.astype(int))
    repeated = estimator(**SMALL, batch_size="full").fit(X[rows], y[rows])
    np.testing.assert_allclose(weighted.coefs_[0], repeated.coefs_[0], rtol=1e-6, atol=1e-9)


def test_balanced_classes_weigh_the_same_as_rows_repeated():
    y = np.where(np.arange(60) < 15, "few", "many")
    balanced = WeightDecayClassifier(**SMALL, class_weight="balanced", batch_size="full").fit(X, y)
    named = WeightDecayClassifier(**SMALL, class_weight={"few": 2.0, "many": 2 / 3}, batch_size="full").fit(X, y)
    plain = WeightDecayClassifier(**SMALL, batch_size="full").fit(X, y)
    np.testing.assert_allclose(balanced.coefs_[0], named.coefs_[0], rtol=1e-9)
    assert balanced.predict_proba(X)[:, 0].mean() > plain.predict_proba(X)[:, 0].mean() + 0.05


@pytest.mark.parametrize(
    "cv", [KFold(4), list(KFold(4).split(X)), ShuffleSplit(4, random_state=0)], ids=["splitter", "splits", "shuffled"]
)
def test_given_folds_are_used_as_they_are(cv):
    fitted = WeightDecayRegressorCV(**{**CHOSEN, "cv": cv}).fit(X, NUMBERS)
    held = [part.test.tolist() for part in fitted.result_.folds.parts]
    assert held == [test.tolist() for _, test in (cv.split(X) if hasattr(cv, "split") else cv)]
    assert "split3_test_score" in fitted.cv_results_
    single = WeightDecayRegressorCV(**{**CHOSEN, "cv": KFold(4)}).fit(X, NUMBERS)
    again = WeightDecayRegressor(single.lambda_, **SMALL).fit(X, NUMBERS)
    assert again.coefs_[0].tolist() == single.coefs_[0].tolist()


def test_a_splitter_sees_the_groups_and_rows_of_weight_0_keep_their_places():
    groups, weights = np.arange(60) // 6, np.arange(60) % 4 > 0
    fitted = WeightDecayClassifierCV(**{**CHOSEN, "cv": GroupKFold(3)}).fit(X, CLASSES, weights.astype(float), groups)
    kept = groups[weights]
    for part in fitted.result_.folds.parts:
        assert not set(kept[part.train]) & set(kept[part.test])
    assert fitted.result_.folds.dataset.rows == weights.sum()


@pytest.mark.parametrize("estimator", [CLASSIFIERS[1], REGRESSORS[1]], ids=str)
def test_cv_results_are_named_and_ranked_as_grid_searchs(estimator):
    fitted = clone(estimator).set_params(exhaustive=True).fit(X, target(estimator))
    found = fitted.cv_results_
    scores = np.array([found[f"split{i}_test_score"] for i in range(3)])
    np.testing.assert_allclose(scores.mean(axis=0), found["mean_test_score"])
    np.testing.assert_allclose(scores.std(axis=0), found["std_test_score"])
    np.testing.assert_allclose(-found["mean_test_score"], found["cv_loss"], rtol=1e-12)
    assert found["params"] == [{"lambd": 0.1}, {"lambd": 1.0}, {"lambd": 10.0}]
    assert found["param_lambd"].tolist() == [0.1, 1.0, 10.0]
    assert found["params"][found["rank_test_score"].argmin()]["lambd"] == fitted.lambda_min_
    assert [row.lambd for row in fitted.rows_] == [0.1, 1.0, 10.0]


def test_a_first_pass_takes_the_rows_it_is_given_and_none_where_all_are():
    given = {**CHOSEN, "lambdas": [0.1, 1, 10, 100]}
    sampled, whole = (WeightDecayClassifierCV(**given, first_rows=rows).fit(X, CLASSES) for rows in (40, "all"))
    assert sampled.result_.first_pass.rows == 40
    assert whole.result_.first_pass is None
    assert sampled.lambda_min_ == whole.lambda_min_


def test_of_several_l1_ratios_one_is_chosen():
    fitted = WeightDecayRegressorCV(**CHOSEN, penalty="elastic-net", l1_ratio=[0.2, 0.8]).fit(X, NUMBERS)
    assert fitted.l1_ratio_ in (0.2, 0.8)
    assert set(fitted.cv_results_["param_l1_ratio"]) == {0.2, 0.8}
    assert WeightDecayRegressorCV(**CHOSEN, penalty="elastic-net").fit(X, NUMBERS).l1_ratio_ == 0.5


def test_two_processes_choose_the_same():
    one, two = (WeightDecayRegressorCV(**CHOSEN, n_jobs=n).fit(X, NUMBERS) for n in (None, 2))
    assert one.cv_results_["cv_loss"].tolist() == two.cv_results_["cv_loss"].tolist()


def test_a_random_state_draws_a_seed_and_an_int_is_one():
    drawn = [
        WeightDecayRegressor(**SMALL, random_state=np.random.RandomState(i)).fit(X, NUMBERS).loss_ for i in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]
    assert WeightDecayRegressor(**SMALL, random_state=np.int64(5)).fit(X, NUMBERS).loss_ != drawn[0]
