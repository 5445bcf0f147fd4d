"""Which rows are trained on, held out, or validated on. Classes are spread evenly over the parts."""

import math

import numpy as np

from wdcli.data.dataset import Array, Split
from wdcli.errors import ConfigError, DataError
from wdcli.text import count, quoted


def hold_out(rng: np.random.Generator, rows: int, size: float, classes: Array | None) -> Split:
    """Keep ``ceil(size * rows)`` random rows for testing, as scikit-learn's ``train_test_split`` does.

    With ``classes`` (rows,) each class is split in the same proportion, as far as whole rows allow, and keeps at least
    one row to train on. Raises ``ConfigError`` if a part would be empty.
    """
    n_test = math.ceil(size * rows)
    if not 1 <= n_test < rows:
        raise ConfigError(f"--test-size {size:g} of {count(rows, 'row')} leaves no rows to train on.")
    if classes is None:
        order = rng.permutation(rows)
        return Split(np.sort(order[n_test:]), np.sort(order[:n_test]))
    test = []
    for members, wanted in zip(_by_class(rng, classes), _shares(classes, n_test), strict=True):
        test.append(members[:wanted])
    held = np.sort(np.concatenate(test))
    if not len(held):
        raise ConfigError(f"Every class has one row: none of the {rows} can be held out.")
    return Split(np.setdiff1d(np.arange(rows), held), held)


def _by_class(rng: np.random.Generator, classes: Array) -> list[Array]:
    """The rows of each class, shuffled."""
    return [rng.permutation(np.flatnonzero(classes == c)) for c in np.unique(classes)]


def _shares(classes: Array, total: int) -> Array:
    """How many rows of each class to take: proportional, the largest remainders rounded up, never a whole class."""
    _, sizes = np.unique(classes, return_counts=True)
    exact = sizes * total / len(classes)
    shares: Array = np.minimum(np.floor(exact).astype(int), sizes - 1)
    for c in np.argsort(shares - exact, kind="stable"):
        if shares.sum() < total and shares[c] < sizes[c] - 1:
            shares[c] += 1
    return shares


def k_folds(rng: np.random.Generator, folds: int, rows: int, classes: Array | None) -> list[Split]:
    """Cut the rows into ``folds`` parts of equal size (give or take one row); each is held out once.

    With ``classes`` every class is dealt out evenly over the parts, each class going on where the last one ended.
    Raises ``ConfigError`` for fewer than two folds or more folds than rows.
    """
    if not 2 <= folds <= rows:
        raise ConfigError(f"--folds {folds}: choose from 2 to {rows}, the number of training rows.")
    groups = [rng.permutation(rows)] if classes is None else _by_class(rng, classes)
    dealt = np.concatenate(groups)
    part = np.empty(rows, dtype=np.int64)
    part[dealt] = np.arange(rows) % folds
    everything = np.arange(rows)
    return [Split(everything[part != k], everything[part == k]) for k in range(folds)]


def check_classes(y: Array, class_names: tuple[str, ...], where: str = "") -> None:
    """Raise ``DataError``, which begins with ``where``, unless there are two classes or more, each with at least two rows."""
    sizes = np.bincount(y, minlength=len(class_names))
    if (sizes == 1).sum() > len(sizes) / 2:
        raise DataError(
            f"{where}{(sizes == 1).sum():,} of {len(sizes):,} classes have one row. If they are numbers to predict, say "
            "--task regression; if they are identifiers, choose another --target."
        )
    for name, size in zip(class_names, sizes, strict=True):
        if size == 1:
            raise DataError(
                f"{where}the class {quoted(name)} has one row: it can't be both trained on and tested. Add rows, or remove it."
            )
    if (sizes > 0).sum() < 2:
        raise DataError(f"{where}the target has one value in every row: there is nothing to learn.")
