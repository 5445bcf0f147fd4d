import numpy as np
import pytest

from tests.data.test_encoding import number, text
from wdcli.data import made
from wdcli.data.encoding import Encoding

ROWS = 40
X = number("x", np.arange(ROWS) / 2)
DAY = number("day", np.arange(ROWS), "date")
FLAG = number("flag", np.arange(ROWS) % 2, "boolean")
KIND = text("kind", ["a", "b", "c", "d"] * 10)
CITY = text("city", [f"c{i % 16}" for i in range(ROWS)])
HOLES = text("holes", ["a", "b", None, "c"] * 10)
SAME = text("same", ["a"] * ROWS)


def said(*columns, most=50):
    rows = np.arange(ROWS)
    return made.notes(Encoding.fit(columns, rows, most=most), columns, rows)


@pytest.mark.parametrize(
    "columns, line",
    [
        ([X], "1 column became 1 feature: 1 number"),
        ([X, DAY, FLAG], "3 columns became 3 features: 1 number, 1 boolean, 1 date"),
        ([X, KIND], "2 columns became 5 features: 1 number, 1 text of 4 categories"),
        ([X, HOLES], "2 columns became 5 features: 1 number, 1 text of 3 categories, 1 mark of missing cells"),
    ],
)
def test_what_became_of_the_columns_is_counted(columns, line):
    assert said(*columns) == [line]


def test_a_column_that_is_left_out_is_named():
    assert said(X, SAME) == ["2 columns became 1 feature: 1 number", "1 column left out, constant: same"]


def test_a_column_whose_frequent_categories_share_a_feature_is_named():
    line = "city: 16 categories, of which the 12 most frequent have a column each (--max-categories)"
    assert line in said(X, DAY, FLAG, CITY, most=12)
    assert not any("most frequent" in note for note in said(X, DAY, FLAG, CITY, most=16))


def test_a_text_of_which_hardly_any_category_is_common_is_to_be_dropped_or_spelled():
    (line,) = [note for note in said(X, DAY, FLAG, CITY, most=3) if note.startswith("city: 16 categories")]
    assert "78% of the rows share one column; --drop the column" in line
    assert "--missing, --decimal" in line


def test_a_text_of_which_most_categories_stand_in_one_row_is_named_too():
    amounts = text("amount", [f"${min(i, 35)}" for i in range(ROWS)])
    (line,) = [
        note for note in said(X, amounts) if note.startswith("amount: free text? 36 different cells, hardly any twice")
    ]
    assert "--drop amount, or" in line and "--missing, --decimal" in line


def test_a_table_that_became_many_times_as_wide_is_warned_of():
    assert said(X, CITY)[-1].startswith("Warning: 17 features are 8 times the file's columns (city 16)")
    assert not any("Warning" in note for note in said(X, DAY, FLAG, CITY))


NAMES_ROWS = {
    "in order": np.arange(100001, 100041),
    "in falling order": np.arange(40)[::-1],
    "in order, with gaps": np.cumsum(np.arange(1, 41) * 37),
    "dense, in no order": np.random.default_rng(0).permutation(50)[:40] + 700,
    "of six digits each": np.random.default_rng(0).choice(900_000, 40, replace=False) + 100_000,
}
MEASURED = {
    "not whole": np.arange(40) + 0.5,
    "not all different": np.append(np.arange(39), 0),
    "with a missing cell": np.append(np.arange(39.0), np.nan),
    "different by chance": np.random.default_rng(0).choice(9000, 40, replace=False),
    "few rows": np.arange(30),
}


@pytest.mark.parametrize("case", [*NAMES_ROWS, *MEASURED])
def test_whole_numbers_that_seem_to_name_rows_are_asked_about(case):
    values = {**NAMES_ROWS, **MEASURED}[case]
    line = "Order ID: whole numbers that differ in every row: an identifier? Then --drop 'Order ID'"
    columns, rows = [number("Order ID", values)], np.arange(len(values))
    assert (line in made.notes(Encoding.fit(columns, rows), columns, rows)) == (case in NAMES_ROWS)


def test_dates_and_booleans_name_no_rows():
    assert not any("identifier" in line for line in said(X, DAY, FLAG))


def test_only_training_rows_say_whether_a_column_names_rows():
    twice = number("id", np.tile(np.arange(40), 2))
    (line,) = made.identifiers.notes([twice, twice], np.random.default_rng(0).permutation(40))
    assert line.startswith("id, id: whole numbers") and line.endswith("identifiers? Then --drop them")
