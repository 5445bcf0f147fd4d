import math
from dataclasses import replace

import pytest
from selection import LASSO, Kept, kept, means

from wdcli import study
from wdcli.data.source import Source
from wdcli.fits.pool import Resources


@pytest.fixture(scope="module")
def lasso():
    data = study.load(Source("linear-teacher-sparse", rows=400), 0)
    return study.sweep(data, replace(LASSO.config, lambdas=(0, 60, 1e6), folds=2, seeds=1), Resources(jobs=1))


@pytest.mark.parametrize(
    "place, in_use, precision, recall",
    [(0, 50, 0.1, 1.0), (1, 7, 5 / 7, 1.0), (2, 0, math.nan, 0.0)],
    ids=["lambda 0 keeps all columns", "60 keeps two too many", "a huge lambda keeps none"],
)
def test_the_columns_that_a_row_keeps_are_compared_with_those_that_matter(lasso, place, in_use, precision, recall):
    found = kept(lasso, lasso.rows[place])
    assert (found.columns, found.in_use) == (50, in_use)
    assert (found.precision, found.recall) == pytest.approx((precision, recall), nan_ok=True)


def test_nothing_is_said_of_precision_where_no_draw_defines_it():
    none, two = (Kept(9, used, precision, 0.5, 1.0, 0.25) for used, precision in ((0, math.nan), (2, 0.5)))
    assert list(means([none, none])) == ["0.0", "", "0.50", "0.250"]
    assert list(means([none, two])) == ["1.0", "0.50", "0.50", "0.250"]
