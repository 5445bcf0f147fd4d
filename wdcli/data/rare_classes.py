"""Classes with few rows: whether a held-out row can be judged, and the messages about those that can't.

A network is sure that no other classes exist than those it learned: the loss of a held-out row of another is many times that
of any other row, and by chance it would decide on lambda.
"""

from collections.abc import Sequence

import numpy as np

from wdcli.array import Array
from wdcli.data.dataset import Dataset, Split
from wdcli.text import listed, safe

LEARNABLE = 2
"""The fewest rows that a class can be learned from: one row doesn't show what rows of the class have in common."""
MANY = 10
"""A class of so many training rows isn't rare, into however many folds they are cut."""


def judgeable(parts: Sequence[Split], classes: Array) -> list[Split]:
    """The splits, tested only by rows whose class has at least ``LEARNABLE`` rows in their training part.

    ``classes`` (rows,) are those of the rows that the parts are positions in. All lambdas are treated alike, and the
    training parts stay as they are. Where all classes but one are so rare, one training row is enough:
    the rows of that class alone would be predicted best by a network that knows no other.
    """
    several = (np.bincount(classes) > LEARNABLE).sum() > 1
    return [_judgeable(part, classes, LEARNABLE if several else 1) for part in parts]


def _judgeable(part: Split, classes: Array, least: int) -> Split:
    learned = np.bincount(classes[part.train], minlength=classes.max() + 1)
    return Split(part.train, part.test[learned[classes[part.test]] >= least])


def fold_notes(dataset: Dataset, rows: Array, parts: Sequence[Split]) -> list[str]:
    """Notes on classes that the folds of these training rows can't judge, and what to do; none for a regression."""
    if dataset.task != "classification":
        return []
    classes, folds = dataset.y[rows], len(parts)
    sizes = np.bincount(classes, minlength=len(dataset.class_names))
    few = np.flatnonzero((sizes > 0) & (sizes < min(folds, MANY)))
    first = len(parts[0].train) if dataset.in_time else 0
    unjudged = np.setdiff1d(np.arange(first, len(rows)), np.concatenate([part.test for part in parts]))
    left_out = np.bincount(classes[unjudged], minlength=len(sizes))
    notes = []
    if len(few):
        notes.append(f"Warning: fewer training rows than folds ({folds}): {_counted(dataset, few, sizes)}")
    if len(unjudged):
        notes.append(
            f"Warning: rows left out of CV loss, since their fold trains on fewer than {LEARNABLE} rows of their class: "
            f"{_counted(dataset, np.flatnonzero(left_out), left_out)}"
        )
    advice = "Merge such a class with another, leave its rows out, add rows of it, or give fewer --folds."
    if len(dataset.class_names) == 2:
        advice = "Add rows of it: its few rows weigh as much in the choice of lambda as all others."
    return [*notes, advice] if notes else []


def _counted(dataset: Dataset, classes: Array, sizes: Array) -> str:
    """``class c (2), class d (4)``."""
    return listed(f"class {safe(dataset.class_names[c], 40)} ({sizes[c]:,})" for c in classes)
