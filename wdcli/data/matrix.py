"""A dataset from the user's own arrays: a matrix of numbers, and a target."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from wdcli.array import Array
from wdcli.data.dataset import Dataset, Kind, numeric_columns
from wdcli.data.splits import check_classes
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
    in_time: bool = False,
    name: str = "arrays",
) -> Dataset:
    """The dataset of X (rows, d), nan where a value is missing, and y (rows,).

    A target of floats is a regression, any other has classes, unless ``task`` says otherwise. ``groups`` (rows,) are labels:
    no split cuts a group; ``in_time``: the rows stand in the order of time. Raises ``DataError`` for arrays of other shapes,
    for infinite values, and for a target without a value or with fewer than two classes.
    """
    matrix, target = np.asarray(X, dtype=np.float64), np.asarray(y)
    _check_shapes(matrix, target, groups)
    names = [f"x{i}" for i in range(matrix.shape[1])] if feature_names is None else list(feature_names)
    if len(names) != matrix.shape[1] or len(set(names)) < len(names):
        raise DataError(f"feature_names has {len(set(names))} different names, and X {matrix.shape[1]} columns.")
    chosen = _task(target, task)
    values, classes = _target(target, chosen)
    labels = None if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1].astype(np.int64)
    columns, kind = numeric_columns(matrix, names), KINDS.get(target.dtype.kind, "text")
    return Dataset(name, name, chosen, "y", columns, values, classes, groups=labels, in_time=in_time, class_kind=kind)


def _check_shapes(X: Array, y: Array, groups: npt.ArrayLike | None) -> None:
    if X.ndim != 2 or y.ndim != 1 or len(X) != len(y) or not X.size:
        raise DataError(f"X must be (rows, columns) and y (rows,): they are {X.shape} and {y.shape}.")
    if groups is not None and np.shape(groups) != y.shape:
        raise DataError(f"groups must be (rows,), as y is: they are {np.shape(groups)} and {y.shape}.")
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
    if task == "regression":
        return y.astype(np.float64), ()
    found, codes = np.unique(y, return_inverse=True)
    classes = tuple(str(value) for value in found.tolist())
    check_classes(codes, classes, where="y: ")
    return codes.astype(np.int64), classes
