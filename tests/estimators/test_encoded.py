"""Frames with text, dates, booleans and missing cells, encoded by wdcli's own rules."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.model_selection import KFold

from tests.cli.run import as_json
from tests.estimators.estimators import ALL, CHOSEN, NAMES_POLARS, SMALL, target
from wdcli import WeightDecayClassifier, WeightDecayRegressor, WeightDecayRegressorCV
from wdcli.models import load_model, save_model

ROWS = np.arange(60)
CELLS = {
    "size": [None if i % 7 == 0 else i / 10 for i in ROWS.tolist()],
    "kind": [None if i % 11 == 0 else "uvw"[i % 3] for i in ROWS.tolist()],
    "new": [i % 2 == 0 for i in ROWS.tolist()],
    "day": [datetime.date(2020, 1, 1) + datetime.timedelta(days=5 * i) for i in ROWS.tolist()],
}
FEATURES = ["size", "size=missing", "kind=u", "kind=v", "kind=w", "kind=missing", "new", "day"]
FRAMES = {
    "polars": pl.DataFrame(CELLS),
    "pandas": pd.DataFrame(CELLS).assign(day=lambda frame: pd.to_datetime(frame["day"])),
    "pandas' own types": pd.DataFrame(CELLS)
    .convert_dtypes()
    .assign(kind=lambda frame: frame["kind"].astype("category")),
}
OBJECTS = np.array(list(zip(*CELLS.values(), strict=True)), dtype=object)


def fitted(frame, **options):
    return WeightDecayRegressor(**SMALL, encode=True, **options).fit(frame, ROWS / 10)


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_frames_are_encoded_alike(frame):
    network = fitted(frame)
    assert network.model_.encoding.feature_names == FEATURES
    assert (network.n_features_in_, network.coefs_[0].shape[0]) == (4, len(FEATURES))
    if frame is not FRAMES["polars"] or NAMES_POLARS:
        assert network.feature_names_in_.tolist() == list(CELLS)
    np.testing.assert_array_equal(network.predict(frame), fitted(FRAMES["polars"]).predict(FRAMES["polars"]))


def test_arrays_of_objects_are_encoded_too():
    network = fitted(OBJECTS)
    assert network.model_.encoding.columns == ["x0", "x1", "x2", "x3"]
    np.testing.assert_array_equal(network.predict(OBJECTS), fitted(FRAMES["polars"]).predict(FRAMES["polars"]))


def test_a_parquet_file_on_the_command_line_gives_the_same_numbers(tmp_path):
    frame = FRAMES["polars"].with_columns(y=ROWS / 10)
    for name in ("train.parquet", "test.parquet"):
        frame.write_parquet(tmp_path / name)
    shown = as_json(
        "train", "--data", tmp_path / "train.parquet", "--test-data", tmp_path / "test.parquet", "--lambd", 1,
        "--hidden", "8", "--epochs", "40", "--dtype", "float64",
    )  # fmt: skip
    assert shown["result"]["train_loss"] == fitted(FRAMES["polars"]).loss_


@pytest.mark.parametrize("estimator", ALL, ids=str)
def test_each_estimator_encodes(estimator):
    network = clone(estimator).set_params(encode=True).fit(FRAMES["pandas"], target(estimator))
    assert network.predict(FRAMES["pandas"][:5]).shape == (5,)


def test_each_fold_learns_the_encoding_from_its_own_rows():
    sizes = pl.DataFrame({"size": ROWS.astype(float), "kind": ["rare"] * 20 + ["u", "v"] * 20})
    network = WeightDecayRegressorCV(**{**CHOSEN, "cv": KFold(3)}, encode=True).fit(sizes, ROWS / 10)
    first, _, _, whole = network.result_.folds
    assert [rule.mean for rule in first.encoding.rules if rule.kind == "number"] == [39.5]
    assert "kind=rare" not in first.encoding.feature_names
    assert "kind=rare" in whole.encoding.feature_names


def test_new_rows_may_hold_unknown_categories_and_missing_cells():
    network = fitted(FRAMES["pandas"])
    new = FRAMES["pandas"][:2].assign(kind=["never seen", None], size=[np.nan, 1.0], new=[None, True])
    assert np.isfinite(network.predict(new)).all()


def test_text_that_looks_like_numbers_stays_text_and_categories_are_text():
    frame = pd.DataFrame({"code": ["1", "2", "3"] * 20, "level": pd.Categorical([1, 2, 3] * 20)})
    names = fitted(frame).model_.encoding.feature_names
    assert names == [f"{column}={value}" for column in ("code", "level") for value in "123"]


def test_a_model_of_a_frame_can_be_saved(tmp_path):
    network = fitted(FRAMES["polars"])
    save_model(network.model_, str(tmp_path / "m.model"), force=False)
    assert load_model(str(tmp_path / "m.model")).encoding.feature_names == FEATURES


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda frame: frame.assign(size="large"), "column 'size': 'large' is not a number"),
        (lambda frame: frame.assign(size=np.inf), "column 'size': the value is infinite"),
        (lambda frame: frame.drop(columns="day"), "feature names should match"),
        (lambda frame: frame.assign(day=pd.to_timedelta(ROWS, unit="D")), "are not numbers, text, dates"),
    ],
)
def test_new_rows_of_another_kind_are_refused(change, said):
    with pytest.raises(ValueError, match=said):
        fitted(FRAMES["pandas"]).predict(change(FRAMES["pandas"]))


def test_a_column_that_is_missing_is_named():
    with pytest.raises(ValueError, match=r"'X' lacks 'day'|feature names should match"):
        fitted(FRAMES["polars"]).predict(FRAMES["polars"].rename({"day": "date"}))


def test_without_encoding_text_and_missing_cells_are_refused():
    with pytest.raises(ValueError, match="could not convert string to float"):
        WeightDecayRegressor(**SMALL).fit(FRAMES["pandas"][["kind"]].fillna("u"), ROWS)
    with pytest.raises(ValueError, match="contains NaN"):
        WeightDecayClassifier(**SMALL).fit(FRAMES["pandas"][["size"]], ROWS % 2)
