"""What is said of the columns that fits use, on results made by hand."""

import math

import pytest

from wdcli.report.column_table import _importance
from wdcli.report.column_words import _recovered, agreement, usefulness
from wdcli.report.numbers import used_norm
from wdcli.sweep.features import Feature, Features
from wdcli.sweep.stability import Stability

UNDEFINED = Stability(math.nan, math.nan, math.nan)


def column(name, share, importance=math.nan, low=math.nan, high=math.nan, useful=False):
    return Feature(name, 1.0, share, share, importance, low, high, useful)


def agreed(*columns, stability=UNDEFINED, fits=15):
    return " ".join(agreement(Features(columns, stability, fits)))


def told(*columns):
    return " ".join(usefulness(Features(columns, UNDEFINED, 15)))


@pytest.mark.parametrize(
    "shares, expected",
    [
        ((1, 1), "Each of the 15 fits of cross-validation uses every column."),
        ((0, 0), "None of the 15 fits of cross-validation uses any column."),
        ((1, 0.5, 0), "1 of 3 columns is used in each of the 15 fits of cross-validation, 1 in none."),
        ((1, 1, 0.5), "2 of 3 columns are used in each of the 15 fits of cross-validation, 0 in none."),
        ((0.2,), "0 of 1 column is used in each of the 15 fits of cross-validation, 0 in none."),
    ],
)
def test_the_paragraph_counts_columns_that_all_fits_use_or_none(shares, expected):
    assert agreed(*(column(str(i), share) for i, share in enumerate(shares))) == expected


def test_the_stability_stands_with_its_spread_and_what_it_means():
    found = agreed(column("a", 0.5), stability=Stability(0.731, -0.02, 1.0))
    assert (
        "Stability of the selection: 0.73 (-0.02 to 1 by the spread between folds, which share rows); 1 means" in found
    )
    assert "Stability of the selection: 0.73; 1 means" in agreed(
        column("a", 0.5), stability=Stability(0.731, math.nan, math.nan)
    )


def test_an_index_of_nearly_all_columns_says_little():
    nearly = [column("a", 1), column("b", 0.85)]
    assert "Nearly all columns are used" in agreed(*nearly, stability=Stability(0.03, 0.0, 0.1))
    assert "Nearly all columns are used" not in agreed(*nearly, column("c", 0.2), stability=Stability(0.4, 0.3, 0.5))


def test_useful_columns_uncertain_ones_and_those_only_used_are_named():
    found = told(column("good", 1, 0.3, useful=True), column("twin", 0.9, 0.4), column("used", 1, 0.0),
                 column("rare", 0.5, 0.1), column("gone", 0), column("a\x1b[2J", 1, -0.1))  # fmt: skip
    assert (
        "certain and not negligible): good. Important on average, but the folds disagree: twin. Columns that" in found
    )
    assert found.endswith("Used in every fit, but not clearly useful: used, a\N{REPLACEMENT CHARACTER}[2J.")


def test_how_many_columns_would_seem_useful_by_chance_is_said_of_many():
    many = [column(str(i), 1, 0.5, useful=i == 0) for i in range(40)]
    assert "Each is judged by itself: of 40 useless columns about 1 would pass." in told(*many)
    assert "by itself" not in told(*many[:19])


def test_without_a_useful_column_or_without_any_in_use_no_column_is_praised():
    nothing = "No column is clearly useful: the importance of none is certain."
    assert told(column("a", 0.5, -0.1)) == nothing
    assert told(column("a", 0.5, 0.1)).startswith(f"{nothing} Important on average, but the folds disagree: a.")
    assert told(column("a", 0)) == ""


@pytest.mark.parametrize(
    "used, relevant, expected",
    [
        ("abcd", "ab", "Of the 4 columns that are in use, 2 matter: precision 50 %, recall 100 %."),
        ("a", "ab", "Of the 1 column that is in use, 1 matters: precision 100 %, recall 50 %."),
        ("c", "ab", "Of the 1 column that is in use, 0 matter: precision 0 %, recall 0 %."),
        ("", "ab", "No column is in use."),
        ("c", "", "Of the 1 column that is in use, 0 matter: precision 0 %, recall –."),
    ],
)
def test_recovery_is_said_in_counts_and_shares(used, relevant, expected):
    assert _recovered("in use", used, relevant) == expected


@pytest.mark.parametrize(
    "numbers, expected",
    [
        ((-4e-7, -6e-7, 2e-7), "0.0000 (0.0000 to 0.0000)"),
        ((0.12344, -0.5, 0.5), "0.1234 (-0.5000 to 0.5000)"),
        ((0.5, math.nan, math.nan), "0.5000 (–)"),
        ((math.nan, math.nan, math.nan), "–"),
    ],
)
def test_an_importance_is_never_minus_zero(numbers, expected):
    assert _importance(column("a", 1, *numbers)) == expected


def test_a_norm_above_0_is_never_0():
    assert [used_norm(value) for value in (0, 9.17e-6, 0.0049, 0.005, 1.234)] == [
        "0.00",
        "9.17e-06",
        "0.0049",
        "0.01",
        "1.23",
    ]
