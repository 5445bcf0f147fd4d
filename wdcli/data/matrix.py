"""A dataset from the user's own arrays: a matrix of numbers, and a target."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from wdcli.array import Array
from wdcli.data.dataset import Dataset, Kind, numeric_columns
from wdcli.data.splits import check_classes
from wdcli.data.weights import frequencies
from wdcli.errors import DataError
from wdcli.names import Task, TaskChoice

KINDS: dict[str, Kind] = {"b": "boolean", "i": "number", "u": "number", "f": "number"}
"""What NumPy calls arrays of booleans and numbers."""


def from_arrays(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    feature_names: Sequence[str] | None = None,
    task: TaskChoice = "auto",
    groups: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    in_time: bool = False,
    name: str = "arrays",
) -> Dataset:
    """The dataset of X (rows, d), nan where a value is missing, and y (rows,), or (rows, k) numbers to predict together.

    A target of floats is a regression, any other has classes, unless ``task`` says otherwise. ``groups`` (rows,) are labels:
    no split cuts a group; ``weights`` (rows,) are frequencies: a row of weight 2 counts as two such rows, and rows of
    weight 0 are left out. ``in_time``: the rows stand in the order of time. Raises ``DataError`` for arrays of other shapes,
    for infinite values, for weights that can't be, and for a target without a value or with fewer than two classes.
    """
    matrix, target = np.asarray(X, dtype=np.float64), np.asarray(y)
    _check_shapes(matrix, target, groups, weights)
    counted = None if weights is None else frequencies(np.asarray(weights, dtype=np.float64), "weights")
    kept = slice(None) if counted is None else np.flatnonzero(counted)
    matrix, target = matrix[kept], target[kept]
    names = [f"x{i}" for i in range(matrix.shape[1])] if feature_names is None else list(feature_names)
    if len(names) != matrix.shape[1] or len(set(names)) < len(names):
        raise DataError(f"feature_names has {len(set(names))} different names, and X {matrix.shape[1]} columns.")
    chosen = _task(target, task)
    values, classes = _target(target, chosen)
    labels = None if groups is None else np.unique(np.asarray(groups)[kept], return_inverse=True)[1].astype(np.int64)
    return Dataset(
        name, name, chosen, "y", numeric_columns(matrix, names), values, classes, groups=labels,
        weights=None if counted is None else counted[kept], in_time=in_time,
        class_kind=KINDS.get(target.dtype.kind, "text"),
    )  # fmt: skip


def _check_shapes(X: Array, y: Array, groups: npt.ArrayLike | None, weights: npt.ArrayLike | None) -> None:
    if X.ndim != 2 or y.ndim not in (1, 2) or len(X) != len(y) or not X.size or not y.size:
        raise DataError(
            f"X must be (rows, columns) and y (rows,), or (rows, targets): they are {X.shape} and {y.shape}."
        )
    for name, given in (("groups", groups), ("weights", weights)):
        if given is not None and np.shape(given) != y.shape[:1]:
            raise DataError(f"{name} must be {y.shape[:1]}, one for each row: it is {np.shape(given)}.")
    if np.isinf(X).any():
        raise DataError("X holds infinite values: leave those rows out, or make them nan.")


def _task(y: Array, task: TaskChoice) -> Task:
    if task != "auto":
        return task
    return "regression" if y.dtype.kind == "f" else "classification"


def _target(y: Array, task: Task) -> tuple[Array, tuple[str, ...]]:
    """The numbers, or the codes and names of the classes in the order of their values."""
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        raise DataError("y holds values that are nan or infinite: leave those rows out.")
    y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if task == "regression":
        return y.astype(np.float64), ()
    if y.ndim == 2:
        raise DataError(f"y has {y.shape[1]} columns: only a regression has several targets.")
    found, codes = np.unique(y, return_inverse=True)
    classes = tuple(str(value) for value in found.tolist())
    check_classes(codes, classes, where="y: ")
    return codes.astype(np.int64), classes
