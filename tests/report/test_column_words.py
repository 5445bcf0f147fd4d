"""What is said of the columns that fits use, on results made by hand."""

import math

import pytest

from wdcli.report.column_table import _importance, _norm
from wdcli.report.column_words import _recovered, columns_paragraph
from wdcli.sweep.features import Feature, Features
from wdcli.sweep.stability import Stability

UNDEFINED = Stability(math.nan, math.nan, math.nan)


def column(name, share, importance=math.nan, se=math.nan):
    return Feature(name, 1.0, share, share, importance, se)


def said(*columns, stability=UNDEFINED, fits=15):
    return columns_paragraph(Features(columns, stability, fits))


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
    assert said(*(column(str(i), share) for i, share in enumerate(shares))) == expected


def test_the_stability_stands_with_its_interval_and_what_it_means():
    found = said(column("a", 0.5), stability=Stability(0.731, -0.02, 1.0))
    assert "Stability of the selection: 0.73 (95 % interval -0.02 to 1), where 1 means" in found


def test_columns_that_are_used_but_not_useful_are_named():
    found = said(column("useful", 1, 0.5, 0.1), column("used", 1, 0.1, 0.1), column("harmful", 1, -0.3, 0.1),
                 column("rare", 0.5, 0.0, 0.1), column("a\x1b[2J", 1, 0.0, 0.0))  # fmt: skip
    assert found.endswith("not clearly useful (importance below 2 SE): used, harmful, a\N{REPLACEMENT CHARACTER}[2J.")


@pytest.mark.parametrize(
    "used, relevant, expected",
    [
        ("abcd", "ab", "Of the 4 columns in use, 2 matter: precision 50 %, recall 100 %."),
        ("a", "ab", "Of the 1 column in use, 1 matters: precision 100 %, recall 50 %."),
        ("c", "ab", "Of the 1 column in use, 0 matter: precision 0 %, recall 0 %."),
        ("", "ab", "No column is in use."),
        ("c", "", "Of the 1 column in use, 0 matter: precision 0 %, recall –."),
    ],
)
def test_recovery_is_said_in_counts_and_shares(used, relevant, expected):
    assert _recovered("in use", used, relevant) == expected


@pytest.mark.parametrize(
    "importance, se, expected",
    [(-4e-7, 2e-7, "0.0000 ± 0.0000"), (0.12344, 0.5, "0.1234 ± 0.5000"), (math.nan, math.nan, "–")],
)
def test_an_importance_is_never_minus_zero(importance, se, expected):
    assert _importance(column("a", 1, importance, se)) == expected


def test_a_norm_above_0_is_never_0():
    assert [_norm(value) for value in (0, 9.17e-6, 0.0049, 0.005, 1.234)] == [
        "0.00",
        "9.17e-06",
        "0.0049",
        "0.01",
        "1.23",
    ]
