import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedKFold, train_test_split

from wdcli.data.dataset import Dataset
from wdcli.data.dice import Purpose, dice
from wdcli.data.splits import check_classes, fold_rows, hold_out, k_folds, part_rows, units
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


GROUPS = np.repeat(np.arange(12), [3, 5, 8, 2, 9, 4, 7, 6, 1, 10, 3, 2])


def dataset(task, **ties):
    y = rng().integers(0, 2, 60) if task == "classification" else rng().normal(size=60)
    return Dataset("d", "d", task, "y", (), y, ("a", "b") if task == "classification" else (), **ties)


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_no_split_cuts_a_group(task):
    data = dataset(task, groups=rng().permutation(GROUPS))
    rows = rng().permutation(60)[:50]
    held_out = part_rows(rng(), data, rows, 0.25)
    folds = fold_rows(rng(), data, rows, 4)
    assert np.array_equal(np.sort(np.concatenate([part.test for part in folds])), np.arange(50))
    for part in (held_out, *folds):
        assert not set(data.groups[rows[part.train]]) & set(data.groups[rows[part.test]])
        assert np.array_equal(np.sort(np.concatenate([part.train, part.test])), np.arange(50))
    assert 0.05 < len(held_out.test) / 50 < 0.5
    assert max(len(part.test) for part in folds) < 25
    assert [p.test.tolist() for p in folds] == [p.test.tolist() for p in fold_rows(rng(), data, rows, 4)]


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_in_time_what_is_held_out_comes_last_and_every_fold_is_tested_by_what_came_before(task):
    data = dataset(task, in_time=True)
    rows = np.arange(40)
    assert part_rows(rng(), data, rows, 0.25).test.tolist() == list(range(30, 40))
    folds = fold_rows(rng(), data, rows, 4)
    assert [(len(part.train), len(part.test)) for part in folds] == [(8, 8), (16, 8), (24, 8), (32, 8)]
    assert all(part.train.max() + 1 == part.test.min() for part in folds)


def test_folds_that_cannot_be_are_refused():
    rows = np.arange(60)
    one_of_b = Dataset("d", "d", "classification", "y", (), np.arange(60) // 59, ("a", "b"))
    with pytest.raises(DataError, match=r"one value in all 48 training rows of fold .* A smaller --test-size may help"):
        fold_rows(rng(), one_of_b, rows, 5)
    with pytest.raises(ConfigError, match="choose from 2 to 12, the number of groups"):
        fold_rows(rng(), dataset("regression", groups=GROUPS), rows, 13)
    with pytest.raises(ConfigError, match="one group is left to train on"):
        fold_rows(rng(), dataset("regression", groups=np.zeros(60)), rows, 2)
    with pytest.raises(ConfigError, match="choose at most 8, the rows of the largest class"):
        fold_rows(rng(), Dataset("d", "d", "classification", "y", (), np.arange(16) % 2, ("a", "b"), groups=np.arange(16)),
                  np.arange(16), 10)  # fmt: skip
    with pytest.raises(ConfigError, match=r"--early-stopping 0\.1 of 1 group"):
        part_rows(rng(), dataset("regression", groups=np.zeros(60)), rows, 0.1, "--early-stopping")
    with pytest.raises(ConfigError, match="choose from 2 to 59, one less than"):
        fold_rows(rng(), dataset("regression", in_time=True), rows, 60)
    with pytest.raises(ConfigError, match="of 1 group leaves no groups to train on"):
        part_rows(rng(), dataset("regression", groups=np.zeros(60)), rows, 0.25)
    with pytest.raises(ConfigError, match=r"--test-size 0\.99 of 60 rows leaves no rows"):
        part_rows(rng(), dataset("regression", in_time=True), rows, 0.99)
    sorted_by_class = Dataset("d", "d", "classification", "y", (), np.repeat([0, 1], 30), ("a", "b"), in_time=True)
    with pytest.raises(DataError, match=r"one value in all 10 training rows of fold 1.*Fewer --folds may help"):
        fold_rows(rng(), sorted_by_class, rows, 5)


def test_rows_that_belong_together_are_units():
    rows = np.arange(30, 57)
    assert units(dataset("regression"), rows).tolist() == list(range(27))
    assert units(dataset("regression", groups=GROUPS), rows).tolist() == GROUPS[rows].tolist()
    assert units(dataset("regression", in_time=True), rows).tolist() == [i // 3 for i in range(27)]
