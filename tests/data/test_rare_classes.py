"""Rows that no fold could have learned to predict don't decide on lambda, and are warned of."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.test_splits import classes_of, rng
from wdcli.data.dataset import Dataset
from wdcli.data.rare_classes import LEARNABLE, MANY, fold_notes, judgeable
from wdcli.data.splits import fold_rows, k_folds
from wdcli.errors import DataError

SIZES = st.lists(st.integers(1, 12), min_size=2, max_size=5).filter(lambda sizes: sum(sizes) > 3)


def dataset(y, **ties):
    y = np.asarray(y)
    names = tuple("abcdefgh"[: y.max() + 1])
    return Dataset("d", "d", "classification", "y", (), y, names, **ties)


def folds_and_notes(data, folds):
    rows = np.arange(data.rows)
    parts = fold_rows(rng(), data, rows, folds)
    return parts, fold_notes(data, rows, parts)


def trained(y, part):
    """How many rows of each class the part trains on."""
    return np.bincount(y[part.train], minlength=y.max() + 1)


@given(SIZES, st.integers(2, 4))
def test_a_held_out_row_counts_exactly_where_its_class_can_be_learned(sizes, folds):
    y = classes_of(sizes)
    before = k_folds(rng(), folds, len(y), y)
    least = LEARNABLE if sum(size > LEARNABLE for size in sizes) > 1 else 1
    for old, new in zip(before, judgeable(before, y), strict=True):
        assert np.array_equal(old.train, new.train)
        assert new.test.tolist() == [row for row in old.test if trained(y, old)[y[row]] >= least]


def test_where_every_class_but_one_is_rare_its_rows_still_count():
    """Else the rows of one class alone would choose lambda, and the network that knows no other would win."""
    y = np.repeat([0, 1], [30, 2])
    parts, notes = folds_and_notes(dataset(y), 5)
    assert sorted(np.concatenate([part.test for part in parts]).tolist()) == list(range(32))
    assert notes == [
        "Warning: fewer training rows than folds (5): class b (2)",
        "Add rows of it: its few rows weigh as much in the choice of lambda as all others.",
    ]


def test_a_class_that_is_in_one_group_alone_is_trained_on_and_not_tested():
    y = np.repeat([0, 1, 2], 20)
    groups = np.where(y == 2, 99, np.arange(60) % 6)
    parts, notes = folds_and_notes(dataset(y, groups=groups), 3)
    assert set(y[np.concatenate([part.test for part in parts])]) == {0, 1}
    assert sum((y[part.train] == 2).any() for part in parts) == 2
    assert [note.rpartition(": ")[2] for note in notes[:-1]] == ["class c (20)"]
    assert notes[-1].endswith("or give fewer --folds.")


def test_in_time_a_class_counts_once_it_has_been_seen():
    y = np.array([0, 1] * 8 + [2] * 4 + [0, 1, 2, 0] * 3)
    parts, notes = folds_and_notes(dataset(y, in_time=True), 3)
    assert [sorted(set(y[part.test])) for part in parts] == [[0, 1], [0, 1], [0, 1, 2]]
    assert [note.rpartition(": ")[2] for note in notes[:-1]] == ["class c (5)"]


@pytest.mark.parametrize(
    "y, ties, folds",
    [
        (np.repeat([0, 1, 2], [10, 10, 2]), {}, 22),
        (np.array([0, 1] * 10 + [2] * 10), {"in_time": True}, 2),
    ],
)
def test_a_fold_with_nothing_to_be_judged_by_is_refused(y, ties, folds):
    with pytest.raises(
        DataError, match=r"^Fold \d+ can't be judged: it holds out no row of a class that it trains on.*fewer --folds"
    ):
        fold_rows(rng(), dataset(y, **ties), np.arange(len(y)), folds)


@pytest.mark.parametrize(
    "sizes, folds, counted",
    [
        ([40, 40], 5, []),
        ([40, 40, 5], 5, []),
        ([40, 40, 4], 5, ["class c (4)"]),
        ([40, 40, 2, 3], 5, ["class c (2), class d (3)", "class c (2)"]),
        ([40, 40, 1], 5, ["class c (1)", "class c (1)"]),
        ([40, 40, MANY], 20, []),
        ([40, 40, MANY - 1], 20, ["class c (9)"]),
    ],
)
def test_classes_with_fewer_rows_than_folds_are_named_and_counted(sizes, folds, counted):
    _, notes = folds_and_notes(dataset(np.repeat(np.arange(len(sizes)), sizes)), folds)
    assert [note.rpartition(": ")[2] for note in notes[:-1]] == counted
    assert notes[-1:] == ["Merge such a class with another, leave its rows out, add rows of it, or give fewer --folds."] * bool(
        counted
    )  # fmt: skip


def test_numbers_have_no_classes():
    data = Dataset("d", "d", "regression", "y", (), rng().normal(size=20))
    assert folds_and_notes(data, 5)[1] == []
