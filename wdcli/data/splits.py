"""Which rows are trained on, held out, or validated on.

At random, with classes spread evenly over the parts; or whole groups; or the later rows after the earlier ones. For the
last two scikit-learn's splitters are imported where they are asked for.
"""

import math
import warnings
from collections.abc import Iterator, Sequence

import numpy as np

from wdcli.array import Array
from wdcli.data.dataset import Dataset, Split
from wdcli.data.rare_classes import judgeable
from wdcli.errors import ConfigError, DataError
from wdcli.text import count, quoted


def part_rows(
    rng: np.random.Generator, dataset: Dataset, rows: Array, size: float, option: str = "--test-size"
) -> Split:
    """Hold out a share ``size`` of some rows of the dataset, as it says: by time, by groups, or at random.

    The parts are positions in ``rows``. Raises ``ConfigError``, which names the ``option``, if a part would be empty.
    """
    if dataset.in_time:
        return hold_out_last(len(rows), size, option)
    if dataset.groups is not None:
        return hold_out_groups(rng, dataset.groups[rows], size, option)
    return hold_out(rng, len(rows), size, _classes(dataset, rows))


def fold_rows(rng: np.random.Generator, dataset: Dataset, rows: Array, folds: int) -> list[Split]:
    """The folds of cross-validation over some rows of the dataset: by time, by groups, or at random.

    The parts are positions in ``rows``. Raises ``ConfigError`` for more folds than there can be, and as ``fold_parts``.
    """
    classes = _classes(dataset, rows)
    if dataset.in_time:
        parts = time_folds(folds, len(rows))
    elif dataset.groups is not None:
        parts = group_folds(rng, folds, dataset.groups[rows], classes)
    else:
        parts = k_folds(rng, folds, len(rows), classes)
    for part in parts:
        if not len(part.test):
            raise ConfigError(f"--folds {folds}: the groups are too few or too uneven for so many folds; give fewer.")
    return fold_parts(dataset, rows, parts)


def fold_parts(dataset: Dataset, rows: Array, parts: Sequence[Split]) -> list[Split]:
    """The folds, positions in some ``rows``, without held-out rows of classes that a fold can't learn (``rare_classes``).

    Raises ``DataError`` if one has nothing to learn from, or to be judged by.
    """
    for number, part in enumerate(parts, 1):
        check_varies(dataset, rows[part.train], f" of fold {number}", _hint(dataset))
        if not len(part.test):
            raise DataError(f"Fold {number} holds out no row, so that it can't be judged. Give fewer --folds.")
    classes = _classes(dataset, rows)
    return list(parts) if classes is None else _judged(parts, classes)


def _hint(dataset: Dataset) -> str:
    """What may help where a fold has nothing to learn from."""
    if dataset.in_time:
        return (
            " Are the rows sorted by the target? --folds-by time trains on the first rows only. Fewer --folds may help."
        )
    return " Fewer --folds may help." if dataset.groups is not None else " A smaller --test-size may help."


def _judged(parts: Sequence[Split], classes: Array) -> list[Split]:
    """The parts without rows that can't be judged; raises ``DataError`` if a fold holds out no other rows."""
    found = judgeable(parts, classes)
    for number, part in enumerate(found, 1):
        if not len(part.test):
            raise DataError(
                f"Fold {number} can't be judged: it holds out no row of a class that it trains on with two rows or more. "
                "Give fewer --folds, merge rare classes with others, or leave their rows out."
            )
    return found


def units(dataset: Dataset, rows: Array) -> Array:
    """Which of some rows belong together, as integers (rows,): groups, neighbours in time, or each row by itself.

    Neighbours are blocks of n^(1/3) rows, the length for which a block bootstrap's variance errs least (Hall, Horowitz and
    Jing 1995).
    """
    if dataset.groups is not None:
        return np.asarray(dataset.groups[rows])
    if dataset.in_time:
        return np.asarray(np.arange(len(rows)) // round(len(rows) ** (1 / 3)))
    return np.arange(len(rows))


def _classes(dataset: Dataset, rows: Array) -> Array | None:
    return dataset.y[rows] if dataset.task == "classification" else None


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
    kept = np.ones(rows, dtype=bool)
    kept[held] = False
    return Split(np.flatnonzero(kept), held)


def _by_class(rng: np.random.Generator, classes: Array) -> list[Array]:
    """The rows of each class, shuffled."""
    return [rng.permutation(np.flatnonzero(classes == c)) for c in np.flatnonzero(np.bincount(classes))]


def _shares(classes: Array, total: int) -> Array:
    """How many rows of each class to take: proportional, the largest remainders rounded up, never a whole class."""
    sizes = np.bincount(classes)
    sizes = sizes[sizes > 0]
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


def hold_out_last(rows: int, size: float, option: str = "--test-size") -> Split:
    """The last ``ceil(size * rows)`` rows are held out. Raises ``ConfigError`` if a part would be empty."""
    n_test = math.ceil(size * rows)
    if not 1 <= n_test < rows:
        raise ConfigError(f"{option} {size:g} of {count(rows, 'row')} leaves no rows to train on.")
    return Split(np.arange(rows - n_test), np.arange(rows - n_test, rows))


def hold_out_groups(rng: np.random.Generator, groups: Array, size: float, option: str = "--test-size") -> Split:
    """A share ``size`` of the groups is held out (scikit-learn's ``GroupShuffleSplit``).

    Raises ``ConfigError`` if a part would be empty.
    """
    from sklearn.model_selection import GroupShuffleSplit

    n_groups = len(np.unique(groups))
    if not 1 <= math.ceil(size * n_groups) < n_groups:
        raise ConfigError(f"{option} {size:g} of {count(n_groups, 'group')} leaves no groups to train on.")
    splitter = GroupShuffleSplit(1, test_size=size, random_state=_sklearn_seed(rng))
    train, test = next(splitter.split(groups, groups=groups))
    return Split(np.sort(train), np.sort(test))


def time_folds(folds: int, rows: int) -> list[Split]:
    """Each part tests a fit on the rows before it (scikit-learn's ``TimeSeriesSplit``); the first rows only train.

    Raises ``ConfigError`` for fewer than two folds or more than there are rows for.
    """
    from sklearn.model_selection import TimeSeriesSplit

    if not 2 <= folds < rows:
        raise ConfigError(f"--folds {folds}: choose from 2 to {rows - 1}, one less than the training rows.")
    return _splits(TimeSeriesSplit(folds).split(np.zeros(rows)))


def group_folds(rng: np.random.Generator, folds: int, groups: Array, classes: Array | None) -> list[Split]:
    """Whole groups, in parts of about as many rows each, every one held out once.

    scikit-learn's ``GroupKFold``, or with ``classes`` its ``StratifiedGroupKFold``. Raises ``ConfigError`` for fewer than
    two folds or more folds than groups.
    """
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

    n_groups = len(np.unique(groups))
    if n_groups < 2:
        raise ConfigError(
            "--groups: one group is left to train on, and cross-validation needs two; use a smaller --test-size."
        )
    if not 2 <= folds <= n_groups:
        raise ConfigError(f"--folds {folds}: choose from 2 to {n_groups}, the number of groups in the training rows.")
    if classes is None:
        return _splits(GroupKFold(folds).split(groups, groups=groups))
    largest = int(np.unique(classes, return_counts=True)[1].max())
    if folds > largest:
        raise ConfigError(f"--folds {folds}: choose at most {largest}, the rows of the largest class.")
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=_sklearn_seed(rng))
    with warnings.catch_warnings():
        # A class with fewer rows than folds is spread as far as it goes.
        warnings.simplefilter("ignore", UserWarning)
        return _splits(splitter.split(groups, classes, groups))


def _splits(parts: Iterator[tuple[Array, Array]]) -> list[Split]:
    return [Split(train, test) for train, test in parts]


def _sklearn_seed(rng: np.random.Generator) -> int:
    """A seed for scikit-learn, which takes 32 bits."""
    return int(rng.integers(2**32))


def check_varies(dataset: Dataset, train: Array, where: str = "", hint: str = "") -> None:
    """Raise ``DataError``, which says ``where`` and what to do, if the target is the same in all training rows."""
    y = dataset.y[train]
    if len(y) < 2 or (y == y[0]).all():
        rows = count(len(y), "training row")
        raise DataError(
            f"The target {quoted(dataset.target)} has one value in all {rows}{where}: there is nothing to learn. "
            f"Add rows of another value, or choose another --target.{hint}"
        )


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
