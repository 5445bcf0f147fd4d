"""The estimators within scikit-learn's own: pipelines, searches, cross-validation, and the metadata that these route."""

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone, is_classifier
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import BaggingRegressor
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tests.estimators.estimators import ALL, CHOSEN, NAMES_POLARS, SMALL, table, target
from wdcli import WeightDecayClassifier, WeightDecayClassifierCV, WeightDecayRegressor, WeightDecayRegressorCV

X, CLASSES, NUMBERS = table()
GROUPS, WEIGHTS = np.arange(60) // 6, np.tile([0.0, 1.0, 2.0], 20)


@pytest.mark.parametrize("output", ["default", "pandas", "polars"])
@pytest.mark.parametrize("estimator", ALL, ids=str)
def test_a_pipeline_hands_on_frames_of_any_kind(estimator, output):
    pipeline = make_pipeline(StandardScaler(), clone(estimator)).set_output(transform=output)
    pipeline.fit(pd.DataFrame(X, columns=["a", "b", "c"]), target(estimator))
    assert pipeline.score(pd.DataFrame(X, columns=["a", "b", "c"]), target(estimator)) > 0.3
    assert hasattr(pipeline[-1], "feature_names_in_") == (output == "pandas" or (output == "polars" and NAMES_POLARS))


def test_a_column_transformer_encodes_for_it():
    frame = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "kind": np.where(X[:, 2] > 0, "u", "v")})
    encoder = ColumnTransformer([("kind", OneHotEncoder(sparse_output=False), ["kind"])], remainder="passthrough")
    pipeline = make_pipeline(encoder, WeightDecayClassifierCV(**CHOSEN)).fit(frame, CLASSES)
    assert pipeline[-1].n_features_in_ == 4
    assert pipeline.score(frame, CLASSES) > 0.6


@pytest.mark.parametrize("estimator", [WeightDecayClassifier(**SMALL), WeightDecayRegressor(**SMALL)], ids=str)
def test_a_grid_search_tries_lambdas(estimator):
    search = GridSearchCV(estimator, {"lambd": np.logspace(-1, 3, 3), "hidden": [(), (4,)]}, cv=3)
    search.fit(X, target(estimator))
    assert search.best_params_["lambd"] < 1000
    assert search.best_estimator_.get_params()["lambd"] == search.best_params_["lambd"]


@pytest.mark.parametrize("estimator", ALL, ids=str)
def test_cross_val_score_scores_every_fold(estimator):
    y = target(estimator)
    scores = cross_val_score(estimator, X, y, groups=GROUPS, cv=GroupKFold(3))
    train, test = next(GroupKFold(3).split(X, y, GROUPS))
    assert scores[0] == clone(estimator).fit(X[train], y[train]).score(X[test], y[test])


@pytest.mark.parametrize("estimator", ALL, ids=str)
def test_weights_and_groups_are_routed(estimator):
    asked = {"sample_weight": True, **({"groups": True} if hasattr(estimator, "cv") else {})}
    with sklearn.config_context(enable_metadata_routing=True):
        routed = clone(estimator).set_fit_request(**asked).set_score_request(sample_weight=True)
        params = {"sample_weight": WEIGHTS, "groups": GROUPS}
        found = cross_validate(
            routed, X, target(estimator), params=params, cv=GroupKFold(3), return_estimator=True
        )  # fmt: skip
    train, _ = next(GroupKFold(3).split(X, groups=GROUPS))
    own = {"groups": GROUPS[train]} if "groups" in asked else {}
    by_hand = clone(estimator).fit(X[train], target(estimator)[train], sample_weight=WEIGHTS[train], **own)
    np.testing.assert_array_equal(found["estimator"][0].predict(X), by_hand.predict(X))


def test_others_estimators_take_it():
    logged = TransformedTargetRegressor(WeightDecayRegressor(**SMALL), func=np.exp, inverse_func=np.log)
    assert logged.fit(X, NUMBERS / 4).score(X, NUMBERS / 4) > 0.3
    bagged = BaggingRegressor(WeightDecayRegressorCV(**CHOSEN), n_estimators=2, random_state=0)
    assert bagged.fit(X, NUMBERS).score(X, NUMBERS) > 0.3


@pytest.mark.parametrize("estimator", ALL, ids=str)
def test_its_tags_say_what_it_does(estimator):
    tags = estimator.__sklearn_tags__()
    assert (tags.estimator_type == "classifier") == is_classifier(estimator)
    assert tags.target_tags.multi_output == (not is_classifier(estimator))
    assert not tags.input_tags.sparse
    assert not tags.input_tags.allow_nan
    assert clone(estimator).set_params(encode=True).__sklearn_tags__().input_tags.allow_nan
