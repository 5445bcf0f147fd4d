"""Which columns a sweep's table has."""

from dataclasses import replace

import pytest

from tests.report.test_words import MOONS, result
from tests.sweep.test_selection import row
from wdcli.report.sweep_table import rows_tables

ROWS = [
    replace(row(i, 1 + i), sparsity=0.5, effective=(2, 4, 1), column_norms=(1.0, 1.0), effective_columns=2.0 - i)
    for i in (0, 1)
]
ALL_IN_USE = [replace(each, effective_columns=2.0) for each in ROWS]


def headings(rows, width, **options):
    return [str(column.header) for column in rows_tables(MOONS, result(rows, **options), width)[0].columns]


@pytest.mark.parametrize("rows, options, there, absent", [
    (ROWS, {"penalty": "group-lasso"}, {"test loss", "columns"}, {"zeros", "|W|2"}),
    (ALL_IN_USE, {"penalty": "sparse-group"}, {"test loss", "live units"}, {"zeros", "|W|2", "columns"}),
    (ROWS, {"penalty": "group-lasso", "decay": "coupled"}, {"|W|2", "zeros"}, {"columns", "live units"}),
    (ROWS, {"penalty": "l1"}, {"|W|2", "zeros"}, {"columns", "live units"}),
])  # fmt: skip
def test_where_columns_and_units_are_taken_away_they_stand_in_place_of_zeros(rows, options, there, absent):
    narrow = set(headings(rows, 80, **options))
    assert there <= narrow and not absent & narrow


def test_a_wide_table_counts_columns_under_any_penalty_where_some_are_gone():
    assert "columns" in headings(ROWS, 300, penalty="l1")
    assert "columns" not in headings(ALL_IN_USE, 300, penalty="l1")
