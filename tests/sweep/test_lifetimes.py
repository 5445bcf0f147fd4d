import pytest

from wdcli.sweep.lifetimes import by_lifetime, dies_at

LAMBDAS = (0, 1, 10)
NORMS = ((1.0, 2.0, 3.0, 4.0, 0.0), (0.5, 0.0, 1.5, 0.0, 0.0), (0.0, 0.1, 0.0, 0.0, 0.0))


@pytest.mark.parametrize("column, expected", [(0, 10), (1, None), (2, 10), (3, 1), (4, 0)])
def test_a_column_dies_at_the_smallest_lambda_from_which_on_nothing_uses_it(column, expected):
    assert dies_at(LAMBDAS, NORMS, column) == expected


def test_columns_that_live_longest_stand_first_and_of_those_the_heaviest():
    assert by_lifetime(NORMS) == [1, 2, 0, 3, 4]


def test_columns_that_are_alike_keep_their_order():
    assert by_lifetime([(1.0, 1.0, 1.0)]) == [0, 1, 2]
