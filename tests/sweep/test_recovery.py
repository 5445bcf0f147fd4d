import math

import pytest
from sklearn.metrics import precision_score, recall_score

from wdcli.sweep.recovery import Recovery, recovery

COLUMNS = ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize("used", ["", "a", "ab", "abc", "ade", "de", "abcde"])
@pytest.mark.parametrize("relevant", ["", "a", "ab", "cd", "abcde"])
def test_precision_and_recall_are_scikit_learns(used, relevant):
    truth, guess = ([column in names for column in COLUMNS] for names in (relevant, used))
    expected = [score(truth, guess, zero_division=math.nan) for score in (precision_score, recall_score)]
    assert recovery(used, relevant) == pytest.approx(expected, nan_ok=True)


def test_a_column_that_is_named_twice_counts_once():
    assert recovery(["a", "a", "b"], ["a", "c", "c"]) == Recovery(precision=0.5, recall=0.5)
