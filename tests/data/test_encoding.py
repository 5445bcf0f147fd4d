import json

import numpy as np
import pytest
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from wdcli.data.dataset import Column, joined
from wdcli.data.encoding import Encoding, TargetScale
from wdcli.data.rules import Unseen
from wdcli.errors import DataError

RNG = np.random.default_rng(0)
ROWS = 60
TRAIN, TEST = np.arange(40), np.arange(40, 60)


def number(name, values, kind="number"):
    return Column(name, kind, np.asarray(values, dtype=float))


def text(name, values):
    categories = tuple(sorted({v for v in values if v is not None}))
    return Column(name, "text", np.array([-1 if v is None else categories.index(v) for v in values]), categories)


def encoded(columns, train=TRAIN, rows=TEST, scale=True):
    encoding = Encoding.fit(columns, train, scale)
    return encoding, encoding.transform(columns, rows, "float64")


def test_numbers_are_scikit_learns_imputer_and_scaler():
    values = RNG.normal(5, 3, ROWS)
    values[[3, 17, 45]] = np.nan
    encoding, X = encoded([number("a", values)])
    pipeline = make_pipeline(SimpleImputer(strategy="mean", add_indicator=True)).fit(values[TRAIN, None])
    imputed = pipeline.transform(values[TEST, None])
    scaler = StandardScaler().fit(pipeline.transform(values[TRAIN, None])[:, :1])
    np.testing.assert_allclose(X[:, :1], scaler.transform(imputed[:, :1]), rtol=1e-12, atol=1e-12)
    assert np.array_equal(X[:, 1], imputed[:, 1])
    assert encoding.feature_names == ["a", "a=missing"]


def test_a_column_complete_in_training_has_no_flag_and_a_later_hole_gets_the_mean():
    values = RNG.normal(5, 3, ROWS)
    values[50] = np.nan
    encoding, X = encoded([number("a", values)])
    assert encoding.feature_names == ["a"]
    assert X[10, 0] == pytest.approx(0, abs=1e-12)


def test_text_is_scikit_learns_one_hot_with_an_other_for_rare_and_unseen():
    cells = [*RNG.choice(["x", "y", "z"], 38), "rare", "once", *RNG.choice(["x", "new", "rare"], 20)]
    encoding, X = encoded([text("t", cells)])
    theirs = OneHotEncoder(min_frequency=2, handle_unknown="infrequent_if_exist", sparse_output=False)
    theirs.fit(np.array(cells)[TRAIN, None])
    assert np.array_equal(X, theirs.transform(np.array(cells)[TEST, None]))
    assert encoding.feature_names == ["t=x", "t=y", "t=z", "t=other"]


def test_without_rare_categories_an_unseen_one_is_all_zeros_as_in_scikit_learn():
    cells = [*(["x", "y"] * 20), "new", *(["x"] * 19)]
    _, X = encoded([text("t", cells)])
    theirs = OneHotEncoder(min_frequency=2, handle_unknown="ignore", sparse_output=False).fit(
        np.array(cells)[TRAIN, None]
    )
    assert np.array_equal(X, theirs.transform(np.array(cells)[TEST, None]))
    assert not X[0].any()


@pytest.mark.parametrize("most", [1, 2, 3, 5])
def test_the_most_frequent_categories_are_those_of_scikit_learn(most):
    cells = [*(c for n, c in enumerate("qwertz", 2) for _ in range(n)), *"ab", *"uuvvwwxxyyzz"]
    train = np.arange(len(cells))
    encoding = Encoding.fit([text("t", cells)], train, most=most)
    # scikit-learn counts the column of the others too.
    theirs = OneHotEncoder(
        min_frequency=2, max_categories=most + 1, handle_unknown="infrequent_if_exist", sparse_output=False
    ).fit(np.array(cells)[:, None])
    new = ["q", "w", "e", "r", "t", "z", "a", "u", "x", "never"]
    X = encoding.transform([text("t", new)], np.arange(len(new)), "float64")
    assert np.array_equal(X, theirs.transform(np.array(new)[:, None]))
    assert encoding.unseen([text("t", new)]) == [Unseen("t", 1, "'other'", ("never",))]
    assert Encoding.from_json(json.loads(json.dumps(encoding.to_json()))) == encoding


def test_missing_text_has_a_column_of_its_own():
    cells = ["x", "y", None, "x"] * 15
    encoding, X = encoded([text("t", cells)])
    assert encoding.feature_names == ["t=x", "t=y", "t=missing"]
    assert np.array_equal(X[:4], [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]])


def test_only_training_rows_count():
    values, cells = RNG.normal(size=ROWS), ["x", "y"] * 30
    changed_values, changed_cells = values.copy(), list(cells)
    changed_values[TEST] *= 100
    changed_cells[40:] = ["else"] * 20
    one = Encoding.fit([number("a", values), text("t", cells)], TRAIN)
    other = Encoding.fit([number("a", changed_values), text("t", changed_cells)], TRAIN)
    assert one == other


@pytest.mark.parametrize("scale", [1e-300, 1e-12, 1.0, 1e12, 1e300, 1.7e307])
def test_numbers_of_any_size_are_standardised(scale):
    values = np.linspace(-1, 1, ROWS) * scale
    _, X = encoded([number("a", values)], np.arange(ROWS), np.arange(ROWS))
    assert X.mean() == pytest.approx(0, abs=1e-9)
    assert X.std() == pytest.approx(1)


@pytest.mark.parametrize(
    "column, reason",
    [
        (number("c", np.full(ROWS, 7.0)), "constant"),
        (number("c", 0.3 + 5e-17 * np.arange(ROWS)), "constant"),
        (number("c", np.where(np.arange(ROWS) < 40, np.nan, 1.0)), "no values in the training rows"),
        (text("c", ["same"] * ROWS), "constant"),
        (text("c", [f"id{i}" for i in range(ROWS)]), "different in every row (an identifier?)"),
    ],
)
def test_columns_that_say_nothing_are_dropped_with_the_reason(column, reason):
    encoding, X = encoded([column, number("a", RNG.normal(size=ROWS))])
    assert encoding.dropped == (("c", reason),)
    assert X.shape[1] == 1
    with pytest.raises(DataError, match="No column is left"):
        Encoding.fit([column], TRAIN)


def test_a_constant_with_holes_keeps_the_flag_alone():
    values = np.where(np.arange(ROWS) % 3 == 0, np.nan, 4.0)
    encoding, X = encoded([number("a", values)])
    assert encoding.feature_names == ["a=missing"]
    assert np.array_equal(X[:, 0], np.isnan(values[TEST]))


def test_unscaled_features_are_taken_as_they_are():
    values = RNG.normal(5, 3, ROWS)
    _, X = encoded([number("a", values)], scale=False)
    np.testing.assert_allclose(X[:, 0], values[TEST], rtol=1e-15)


def test_the_encoding_comes_back_from_json():
    values = np.where(np.arange(ROWS) % 5 == 0, np.nan, RNG.normal(size=ROWS))
    columns = [number("a", values), number("b", RNG.random(ROWS) < 0.5, "boolean"), text("t", ["x", None, "y"] * 20)]
    encoding, X = encoded(columns)
    back = Encoding.from_json(json.loads(json.dumps(encoding.to_json())))
    assert back.rules == encoding.rules
    assert np.array_equal(back.transform(columns, TEST, "float64"), X)


def test_a_table_that_would_not_fit_is_refused_before_it_is_made(monkeypatch):
    monkeypatch.setattr("wdcli.data.encoding.MAX_BYTES", 100)
    with pytest.raises(DataError, match="leave out text columns"):
        encoded([number("a", RNG.normal(size=ROWS)), text("t", ["x", "y", "z"] * 20)])


def test_text_missing_only_at_predict_counts_as_other_as_in_scikit_learn():
    cells = [*(["x", "y"] * 19), "once", "x", None, *(["x"] * 19)]
    _, X = encoded([text("t", cells)])
    assert X[0].tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    "known, given, taken_for",
    [
        (["1", "2", "3", "A"], ["1.0", "2.00", "A"], ["1", "2", "A"]),
        (["-3", "A"], ["-3.0"], ["-3"]),
        (["1", "1.0"], ["1.0", "1.00"], ["1.0", "1"]),
        (["1.0", "A"], ["1"], [None]),
        (["1", "A"], ["1.5", "2.0", "01", "1.", " 1.0"], [None] * 5),
    ],
)
def test_a_whole_number_written_as_a_float_is_the_category_that_training_knows(known, given, taken_for):
    trained = text("t", known * 2)
    encoding = Encoding.fit([trained], np.arange(len(known) * 2))
    rows = np.arange(len(given))
    X = encoding.transform([text("t", given)], rows, "float64")
    for cell, row in zip(taken_for, X, strict=True):
        assert dict(zip(encoding.feature_names, row, strict=True)) == {
            f"t={k}": float(k == cell) for k in trained.categories
        }
    found = encoding.unseen([text("t", given)])
    assert sum(one.cells for one in found) == taken_for.count(None)
    both = joined(trained, text("t", given))
    assert set(both.categories) == set(known) | {g for g, cell in zip(given, taken_for, strict=True) if cell is None}


def test_cells_like_none_in_training_are_counted_and_named():
    trained = [number("a", np.arange(9.0)), text("t", ["x", "y"] * 4 + ["once"]), text("u", ["x", "y", None] * 3)]
    encoding = Encoding.fit(trained, np.arange(9))
    new = [number("a", [1, np.nan, np.nan]), text("t", ["new", None, "once"]), text("u", ["new", "new", "else"])]
    assert encoding.unseen(new) == [
        Unseen("a", 2, "the mean"),
        Unseen("t", 1, "'other'", ("new",)),
        Unseen("t", 1, "'other'"),
        Unseen("u", 3, None, ("else", "new")),
    ]
    assert encoding.unseen(trained) == []


def test_names_of_rare_categories_that_are_too_long_are_not_kept(monkeypatch):
    monkeypatch.setattr("wdcli.data.rules.RARE_TEXT", 3)
    trained = [text("t", ["x", "x", "y", "y", "aa"]), text("u", ["x", "x", "y", "y", "bb"]), text("v", list("xyxyx"))]
    encoding = Encoding.fit(trained, np.arange(5))
    assert encoding.unseen(trained) == [
        Unseen("t", 1, "'other'", ("aa",), certain=False),
        Unseen("u", 1, "'other'", ("bb",), certain=False),
    ]
    assert encoding.unseen([*trained[:2], text("v", ["z"])])[-1] == Unseen("v", 1, None, ("z",))


def test_an_absurd_value_outside_training_names_its_column():
    values = RNG.normal(size=ROWS)
    values[50] = 1e300
    with pytest.raises(DataError, match="Column 'a' holds a value that is"):
        encoded([number("a", values)])


def test_the_target_is_scaled_by_its_mean_and_its_1_over_n_deviation():
    y = RNG.normal(100, 7, 30)
    scale = TargetScale.fit(y)
    assert (scale.mean, scale.scale) == pytest.approx((y.mean(), y.std()))
    assert scale.apply(y).std() == pytest.approx(1)


def test_new_numbers_far_from_those_of_training_are_counted():
    columns = [number("x", np.arange(60)), number("flag", np.arange(60) % 2, "boolean"), text("t", ["a", "b"] * 30)]
    encoding = Encoding.fit(columns, TRAIN)
    mean, scale = np.arange(40).mean(), np.arange(40).std()
    near = mean + scale * np.array([-9.9, 9.9, np.nan])
    far = mean + scale * np.array([-12, 11, 0])
    assert encoding.far([number("x", near), *columns[1:]]) == []
    ((column, cells, farthest, of),) = encoding.far([number("x", far), *columns[1:]])
    assert (column.name, cells, farthest, of) == ("x", 2, far[0], pytest.approx(mean))
    assert encoding.far([number("x", [np.nan] * 3), *columns[1:]]) == []
    # Without scaling nothing is known of the spread.
    assert Encoding.fit(columns, TRAIN, scale=False).far([number("x", far), *columns[1:]]) == []


def test_new_cells_with_another_sign_or_none_are_told():
    def amount(name, sign, values=range(60)):
        return Column(name, "number", np.array(values, dtype=float), sign=sign)

    encoding = Encoding.fit([amount("a", "$"), amount("b", "%"), amount("c", ""), amount("d", "$")], TRAIN)
    new = [amount("a", "$"), amount("b", ""), amount("c", "%"), amount("d", "", [np.nan] * 60)]
    assert encoding.resigned(new) == [("b", "%", ""), ("c", "", "%")]
    back = Encoding.from_json(json.loads(json.dumps(encoding.to_json())))
    assert back == encoding and back.resigned(new) == encoding.resigned(new)
    forgotten = [{k: v for k, v in rule.items() if k != "sign"} for rule in encoding.to_json()]
    assert Encoding.from_json(forgotten).resigned(new) == []
