import numpy as np
import pytest

from tests.data.test_encoding import number, text
from wdcli.data import made
from wdcli.data.encoding import Encoding

ROWS = 40
X = number("x", np.arange(ROWS))
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
    assert "78% of the rows share one column; --drop it" in line
    assert "--missing, --decimal" in line


def test_a_text_of_which_most_categories_stand_in_one_row_is_named_too():
    amounts = text("amount", [f"${min(i, 35)}" for i in range(ROWS)])
    (line,) = [note for note in said(X, amounts) if note.startswith("amount: 36 categories, of which 1 are")]
    assert "88% of the rows share one column; --drop it" in line


def test_a_table_that_became_many_times_as_wide_is_warned_of():
    assert said(X, CITY)[-1].startswith("Warning: 17 features are 8 times the file's columns (city 16)")
    assert not any("Warning" in note for note in said(X, DAY, FLAG, CITY))
