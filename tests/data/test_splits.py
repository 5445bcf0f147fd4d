import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedKFold, train_test_split

from wdcli.data.dice import Purpose, dice
from wdcli.data.splits import check_classes, hold_out, k_folds
from wdcli.errors import ConfigError, DataError

SIZES = st.lists(st.integers(2, 30), min_size=2, max_size=5)


def rng():
    return np.random.default_rng(0)


def classes_of(sizes):
    return rng().permutation(np.repeat(np.arange(len(sizes)), sizes))


@given(SIZES, st.floats(0.05, 0.6))
def test_hold_out_parts_the_rows_and_leaves_each_class_one_to_train_on(sizes, size):
    y = classes_of(sizes)
    split = hold_out(rng(), len(y), size, y)
    assert np.array_equal(np.sort(np.concatenate([split.train, split.test])), np.arange(len(y)))
    assert len(split.test) <= np.ceil(size * len(y))
    assert set(y[split.train]) == set(y)
    for c in range(len(sizes)):
        held = (y[split.test] == c).sum()
        assert held <= sizes[c] * len(split.test) / len(y) + len(sizes)


@pytest.mark.parametrize("rows, size", [(150, 0.25), (101, 0.3), (178, 0.1)])
def test_hold_out_takes_as_many_rows_of_each_class_as_scikit_learn(rows, size):
    y = classes_of([rows // 2, rows // 3, rows - rows // 2 - rows // 3])
    ours = hold_out(rng(), rows, size, y)
    _, theirs = train_test_split(np.arange(rows), test_size=size, stratify=y, random_state=0)
    assert len(ours.test) == len(theirs)
    assert np.abs(np.bincount(y[ours.test]) - np.bincount(y[theirs])).max() <= 1
    plain = hold_out(rng(), rows, size, None)
    assert len(plain.test) == len(train_test_split(np.arange(rows), test_size=size, random_state=0)[1])


@pytest.mark.parametrize("rows, size", [(3, 0.9), (1, 0.5)])
def test_hold_out_refuses_to_leave_a_part_empty(rows, size):
    with pytest.raises(ConfigError, match="leaves no rows to train on"):
        hold_out(rng(), rows, size, None)


@given(SIZES, st.integers(2, 7))
def test_every_row_is_held_out_once_and_folds_and_classes_are_even(sizes, folds):
    y = classes_of(sizes)
    if folds > len(y):
        return
    parts = k_folds(rng(), folds, len(y), y)
    held = np.concatenate([part.test for part in parts])
    assert np.array_equal(np.sort(held), np.arange(len(y)))
    assert np.ptp([len(part.test) for part in parts]) <= 1
    counts = np.array([np.bincount(y[part.test], minlength=len(sizes)) for part in parts])
    assert (np.ptp(counts, axis=0) <= 1).all()
    for part in parts:
        assert not set(part.train) & set(part.test)
        assert len(part.train) + len(part.test) == len(y)


def test_stratified_folds_have_scikit_learns_class_counts():
    y = classes_of([50, 33, 17])
    theirs = [np.bincount(y[test]) for _, test in StratifiedKFold(5, shuffle=True, random_state=0).split(y, y)]
    ours = [np.bincount(y[part.test]) for part in k_folds(rng(), 5, 100, y)]
    assert np.abs(np.sort(ours, axis=0) - np.sort(theirs, axis=0)).max() <= 1


def test_plain_folds_cut_a_shuffle_into_equal_parts():
    parts = k_folds(rng(), 4, 10, None)
    assert sorted(len(part.test) for part in parts) == [2, 2, 3, 3]
    assert not all(np.array_equal(np.diff(part.test), np.full(len(part.test) - 1, 4)) for part in parts)


@pytest.mark.parametrize("folds", [0, 1, 11])
def test_folds_are_from_two_to_the_rows(folds):
    with pytest.raises(ConfigError, match="--folds"):
        k_folds(rng(), folds, 10, None)


def test_classes_of_one_row_and_single_classes_are_refused():
    with pytest.raises(DataError, match="class 'b' has one row"):
        check_classes(np.array([0, 0, 1]), ("a", "b"))
    with pytest.raises(DataError, match="one value in every row"):
        check_classes(np.array([0, 0, 0]), ("a",))


def test_dice_differ_by_seed_purpose_fold_and_repeat_and_repeat_themselves():
    def draw(*key):
        return dice(*key).random()

    weights, batches = Purpose.WEIGHTS, Purpose.BATCHES
    keys = [
        (0, weights),
        (1, weights),
        (0, batches),
        (0, weights, 1),
        (0, weights, 0, 1),
        (0, weights, 1, 1),
        (2**64 - 1, weights),
    ]
    assert len({draw(*key) for key in keys}) == len(keys)
    assert all(draw(*key) == draw(*key) for key in keys)
